"""Files that are refused in one sentence rather than with a traceback, and files that are never opened."""

import io

import numpy as np
import pytest
from PIL import Image

from skipwise.data import prepare_images
from skipwise.data.images.decode import Unreadable, decode
from skipwise.data.images.open import open_source
from skipwise.errors import UserError


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"size": 0}, "The size asked for is 0: images need at least 1 pixel a side, and at most 2,048."),
        ({"size": -3}, "The size asked for is -3: images need at least 1 pixel a side, and at most 2,048."),
        ({"size": 100_000}, "The size asked for is 100000: images need at least 1 pixel a side, and at most 2,048."),
        *(
            ({"test_size": share},
             f"The test size asked for is {share}: give a share of the images between 0 and 1, as 0.2.")
            for share in (0.0, 1.0, -0.5, 2.0, float("nan"))
        ),
    ],
)  # fmt: skip
def test_sizes_that_cannot_be(options, sentence):
    with pytest.raises(UserError) as error:
        prepare_images("digits", **{"size": None, "photo_size": 16, "test_size": None, "split_seed": 0, **options})
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "The data have an empty name"),
        ("a" * 5000, "cannot be a path"),
        ("~nobody-of-this-name/photos", "cannot be a path"),
    ],
    ids=["empty", "too long", "unknown home"],
)
def test_names_that_are_no_path(data, words):
    with pytest.raises(UserError, match=words):
        open_source(data)


def test_an_npy_under_the_name_of_an_npz(tmp_path):
    with (tmp_path / "a.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(UserError, match=r"a\.npz cannot be read as \.npz"):
        open_source(tmp_path / "a.npz")


def test_a_damaged_npz(tmp_path):
    x = np.random.default_rng(0).integers(0, 255, (40, 8, 8), np.uint8)
    np.savez_compressed(tmp_path / "a.npz", x_train=x, y_train=np.arange(40) % 2, x_test=x, y_test=np.arange(40) % 2)
    content = bytearray((tmp_path / "a.npz").read_bytes())
    content[200:400] = b"\xff" * 200
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(UserError, match=r"a\.npz cannot be read as \.npz"):
        open_source(tmp_path / "a.npz")


def test_one_label_is_no_comparison(tmp_path):
    x = np.zeros((4, 8, 8), np.uint8)
    np.savez(tmp_path / "a.npz", x_train=x, y_train=np.full(4, 3), x_test=x, y_test=np.full(4, 3))
    with pytest.raises(UserError) as error:
        open_source(tmp_path / "a.npz")
    assert str(error.value) == "a has one label, 3: a comparison needs at least two classes."


def test_postscript_is_never_run(monkeypatch):
    """Pillow hands it to Ghostscript, whatever the file is called."""
    from PIL import EpsImagePlugin

    def ran(*_, **__):
        raise AssertionError("handed to Ghostscript")

    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", ran)
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20)).save(buffer, "EPS")
    with pytest.raises(Unreadable, match="no image that Pillow knows"):
        decode(buffer.getvalue(), 8, 8)


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (200, 1), (257, 1), (257 * 100, 100), (65535, 255)])
def test_sixteen_bits_are_scaled_alike_in_dark_images_and_light_ones(value, expected):
    buffer = io.BytesIO()
    Image.fromarray(np.full((10, 10), value, np.uint16)).save(buffer, "PNG")
    assert (decode(buffer.getvalue(), 10, 10) == expected).all()
