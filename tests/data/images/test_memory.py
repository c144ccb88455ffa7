"""Large images within one bound of memory."""

import io
import threading
import time

import numpy as np
import pytest
from PIL import Image

from skipwise.data.images import decode as decoding
from skipwise.data.images.decode import Unreadable, decode
from skipwise.data.images.memory import Room, tiles


def saved(image, form, **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def smooth(mode):
    rows, columns = np.indices((900, 1200))
    grey = Image.fromarray(((rows / 900 + columns / 1200) * 127).astype(np.uint8))
    return grey.convert(mode)


@pytest.mark.parametrize(
    ("mode", "form"), [("RGB", "PNG"), ("L", "TIFF"), ("RGBA", "PNG"), ("P", "PNG"), ("RGB", "BMP")]
)
def test_large_images_are_reduced_part_by_part(monkeypatch, mode, form):
    """Nearly the same pixels as those of the whole image that is resized at once."""
    file = saved(smooth(mode), form)
    whole = decode(file, 32, 32).astype(int)
    monkeypatch.setattr(decoding, "LARGE", 1000)
    monkeypatch.setattr(decoding, "PACKED", 10**9)
    assert np.abs(decode(file, 32, 32) - whole).max() <= 4


def test_what_never_fits_is_refused_with_its_sizes(monkeypatch):
    monkeypatch.setattr(decoding, "ROOM", Room(1_000_000))
    with pytest.raises(Unreadable, match=r"1200x900 px \(1 megapixels\), which take 0\.0 GB to decode"):
        decode(saved(smooth("RGB"), "PNG"), 32, 32)
    assert decode(saved(smooth("RGB"), "JPEG"), 32, 32).shape == (32, 32, 3)  # decoded at an eighth


def test_all_threads_share_the_room():
    room, most = Room(10), 0

    def use():
        nonlocal most
        with room.hold(4):
            most = max(most, room.taken)
            time.sleep(0.01)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, room.taken) == (8, 0)


def test_tiles_cover_everything_once():
    seen = np.zeros((2500, 1300), int)
    for left, top, right, bottom in tiles(1300, 2500, 7):
        assert left % 7 == 0
        assert top % 7 == 0
        seen[top:bottom, left:right] += 1
    assert (seen == 1).all()
