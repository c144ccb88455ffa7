"""Photos as they come."""

import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from skipwise.data.images.decode import decode, decode_for_prediction, open_image
from skipwise.data.images.fit import fit
from skipwise.data.images.regular_file import Unreadable
from skipwise.errors import UserError


def content(image, form="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def flat(mode, colour, size=(20, 16)):
    return Image.new(mode, size, colour)


@pytest.mark.parametrize(
    ("image", "form", "expected"),
    [
        (flat("RGB", (200, 100, 50)), "PNG", (200, 100, 50)),
        (flat("L", 80), "PNG", (80, 80, 80)),
        (flat("1", 1), "PNG", (255, 255, 255)),
        (flat("LA", (80, 0)), "PNG", (255, 255, 255)),
        (flat("RGBA", (0, 0, 0, 0)), "PNG", (255, 255, 255)),
        (flat("RGBA", (200, 0, 0, 255)), "PNG", (200, 0, 0)),
        (flat("I;16", 257 * 100), "PNG", (100, 100, 100)),
        (flat("I", 257 * 100), "TIFF", (100, 100, 100)),
        (flat("F", 0.5), "TIFF", (128, 128, 128)),
        (flat("CMYK", (0, 0, 0, 0)), "TIFF", (255, 255, 255)),
        (flat("RGB", (200, 100, 50)).quantize(4), "PNG", (200, 100, 50)),
        (flat("RGB", (200, 100, 50)), "BMP", (200, 100, 50)),
        (flat("RGB", (200, 100, 50)), "GIF", (200, 100, 50)),
    ],
)
def test_every_mode_becomes_rgb(image, form, expected):
    pixels = decode(content(image, form), 8, 8)
    assert pixels.shape == (8, 8, 3)
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_lossy_colours_stay_near(form):
    pixels = decode(content(flat("RGB", (200, 100, 50)), form, quality=95), 8, 8)
    assert np.abs(pixels.astype(int) - (200, 100, 50)).max() <= 4


def test_cmyk_jpeg():
    assert decode(content(flat("CMYK", (0, 0, 0, 0)), "JPEG"), 8, 8).min() >= 250


def test_palette_with_transparency_shows_white():
    image = flat("P", 0)
    image.putpalette([10, 20, 30])
    assert (decode(content(image, transparency=0), 8, 8) == 255).all()


def test_exif_turns_the_image_upright():
    """Stored lying on its side with orientation 6: the left edge of the file is the top of the picture."""
    image = flat("RGB", "black", (40, 40))
    image.paste("white", (0, 0, 20, 40))
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = decode(content(image, "JPEG", exif=exif, quality=95), 8, 8)
    assert pixels[:3].min() > 240
    assert pixels[5:].max() < 15


def test_an_animation_gives_its_first_frame():
    frames = [flat("RGB", colour) for colour in ("red", "blue")]
    buffer = content(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert decode(buffer, 8, 8)[0, 0].tolist() == [255, 0, 0]


def test_the_centre_is_cut():
    image = flat("RGB", "black", (60, 20))
    image.paste("white", (20, 0, 40, 20))
    assert decode(content(image), 20, 20).min() == 255


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(side):
    """A PNG of a few bytes whose header claims side x side pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100))


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", "empty file"),
        (b"just text", "no image that Pillow knows"),
        (content(Image.effect_noise((99, 99), 50), "JPEG")[:900], "damaged: "),
        (bomb(50_000), "refused as a decompression bomb"),
        (bomb(10_000), r"10000x10000 px \(100 megapixels\) in a file of 57 bytes: refused as a decompression bomb"),
    ],
    ids=["empty", "text", "truncated", "bomb", "smaller bomb"],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_hostile_files_are_named_unreadable(file, reason):
    with pytest.raises(Unreadable, match=reason):
        decode(file, 8, 8)


def test_a_new_image_comes_as_the_studys_own_did(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(content(Image.effect_noise((33, 20), 90)))
    grey = decode_for_prediction(path, height=8, width=8, channels=1)
    assert grey.shape == (8, 8, 1)
    np.testing.assert_array_equal(grey[..., 0], decode(path.read_bytes(), 8, 8)[..., 0])


def test_a_new_image_that_cannot_be_read(tmp_path):
    path = tmp_path / "a.png"
    with pytest.raises(UserError, match=r"a\.png cannot be read as an image \(no such file"):
        decode_for_prediction(path, height=8, width=8, channels=3)
    path.write_bytes(b"text")
    with pytest.raises(UserError, match=r"cannot be read as an image \(no image that Pillow knows\)"):
        decode_for_prediction(path, height=8, width=8, channels=3)


def test_padding_is_grey_on_the_right_or_below():
    image = fit(Image.new("RGB", (200, 100), (255, 0, 0)), 40, 40, "pad")
    pixels = np.asarray(image)
    assert (pixels[:20] == (255, 0, 0)).all()
    assert (pixels[20:] == 128).all()


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


def test_damaged_metadata_say_nothing_on_the_terminal(tmp_path):
    """In a process of its own: pytest has filters of its own."""
    exif = Image.Exif()
    exif[0x010E] = "a long description of what is there to be seen"
    file = tmp_path / "a.jpg"
    file.write_bytes(content(flat("RGB", (9, 9, 9)), "JPEG", exif=exif.tobytes()[:30]))
    with pytest.warns(UserWarning, match="Corrupt EXIF data"):
        Image.open(file).getexif()
    program = f"""
from pathlib import Path
from skipwise.data.images.decode import decode_for_prediction

decode_for_prediction(Path({str(file)!r}), height=8, width=8, channels=3)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\0\0\0\x18ftypheic" + bytes(40), "HEIC, which cannot be opened: save it as JPEG or PNG"),
        (b"\0\0\0\x18ftypmif1" + bytes(40), "HEIC, which"),
        (b"\0\0\0\x18ftypavif" + bytes(40), "AVIF, which"),
        (b"\0\0\0\x18ftypcrx " + bytes(40), r"a camera's raw file \(CR3\), which"),
        (b"FUJIFILMCCD-RAW " + bytes(40), "a camera's raw file, which"),
        (b"II*\0\x08\0\0\0" + bytes(40), "a TIFF or a camera's raw file, which"),
        (b"\xff\x0a" + bytes(40), "JPEG XL, which"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG, which"),
    ],
)
def test_formats_that_cannot_be_opened_are_named(content, said):
    with pytest.raises(Unreadable, match=said):
        open_image(content)


def test_the_thumbnail_of_a_raw_file_is_not_the_photo():
    for tags, refused in (({254: 1, 271: "Canon"}, True), ({254: 1}, False), ({271: "Canon"}, False)):
        file = io.BytesIO()
        Image.new("RGB", (9, 9)).save(file, "TIFF", tiffinfo=tags)
        if refused:
            with pytest.raises(Unreadable, match="of which a thumbnail alone can be opened: save it as JPEG or PNG"):
                open_image(file.getvalue())
        else:
            assert open_image(file.getvalue()).size == (9, 9)
