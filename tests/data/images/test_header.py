"""Headers of image files: format, colour mode and size."""

import struct
import zlib

import pytest
from PIL import Image

from skipwise.data.images.header import Header, read_header
from skipwise.data.images.regular_file import Unreadable


def test_headers_tell_mode_and_size(tmp_path):
    Image.new("CMYK", (5, 3)).save(tmp_path / "print.jpg")
    Image.new("P", (2, 4)).save(tmp_path / "palette.png")
    first, second = (read_header((tmp_path / name).read_bytes()) for name in ("print.jpg", "palette.png"))
    assert first == Header(3, 5, format="JPEG", mode="CMYK (print colours)")
    assert second == Header(4, 2, format="PNG", mode="palette")
    assert second.size == (4, 2)
    with pytest.raises(Unreadable):
        read_header(b"no image")


def test_an_image_that_is_turned_by_exif_has_the_size_at_which_it_is_seen(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("L", (5, 3)).save(tmp_path / "turned.jpg", exif=exif)
    assert read_header((tmp_path / "turned.jpg").read_bytes()).size == (5, 3)


def test_colours_of_16_bits_are_cut_to_their_upper_8():
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    for depth, size, cut in ((16, 6, True), (8, 3, False)):
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, depth, 2, 0, 0, 0))
        png = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1 + size))) + chunk(b"IEND", b"")
        header = read_header(png)
        assert (header.cut, header.wide) == (cut, False)
