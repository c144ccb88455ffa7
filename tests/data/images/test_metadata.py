"""Broken metadata never cost the pixels."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from skipwise.data.images.decode import Unreadable, decode, looks_like_image

PIXELS = np.random.default_rng(0).integers(0, 255, (40, 60, 3)).astype(np.uint8)


def saved(form):
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, form)
    return buffer.getvalue()


def png(kind, data, *, times=1, checksum=None):
    """A PNG with a chunk before its pixels."""
    content = saved("PNG")
    crc = zlib.crc32(kind + data) if checksum is None else checksum
    return content[:33] + (struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)) * times + content[33:]


def jpeg(marker, data):
    """A JPEG with a segment before its pixels."""
    content = saved("JPEG")
    return content[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data + content[2:]


def tiff(tag, kind, count, data):
    """An uncompressed TIFF with one more tag."""
    tags = {256: (4, 60), 257: (4, 40), 258: (3, 8), 259: (3, 1), 262: (3, 2), 273: (4, 0), 277: (3, 3), 278: (4, 40),
            279: (4, PIXELS.size)}  # fmt: skip
    ends = 8 + 2 + 12 * (len(tags) + 1) + 4
    entries = {number: struct.pack("<HHII", number, of, 1, value) for number, (of, value) in tags.items()}
    start = ends + len(data)
    entries[tag] = struct.pack("<HHII", tag, kind, count, ends)
    entries[273] = struct.pack("<HHII", 273, 4, 1, start)
    entries[258] = struct.pack("<HHII", 258, 3, 3, start + PIXELS.size)
    listed = b"".join(entries[number] for number in sorted(entries))
    return (
        b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + listed + bytes(4) + data + PIXELS.tobytes()
        + struct.pack("<HHH", 8, 8, 8)
    )  # fmt: skip


LONG = b"Comment\0\0" + zlib.compress(b"a" * 5_000_000)


@pytest.mark.parametrize(
    "file",
    [
        png(b"zTXt", LONG),
        png(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 1_000_000), times=80),
        png(b"zTXt", b"Comment\0\5junk"),
        png(b"tEXt", b"Comment\0aaa", checksum=0),
        png(b"iCCP", b""),
        png(b"pHYs", b"ab"),
        png(b"eXIf", b"\xff\xff junk"),
        png(b"acTL", b""),
        png(b"gAMA", b""),
        saved("PNG")[:-12] + struct.pack(">I", 50) + b"tEXtabc",
        saved("PNG") + b"junk",
        tiff(282, 2, 8, b"abcdefg\0"),
        tiff(282, 11, 1, struct.pack("<f", np.nan)),
        tiff(282, 5, 1, bytes(8)),
    ],
)
def test_lossless_files_give_their_pixels(file):
    np.testing.assert_array_equal(decode(file, 40, 60), PIXELS)


@pytest.mark.parametrize(
    "file",
    [
        jpeg(0xE1, b"Exif\0\0garbage!!"),
        jpeg(0xE1, b"Exif\0\0II*\0\xff\xff\xff\x7f"),
        jpeg(0xE0, b"JFIF\0"),
        jpeg(0xE2, b"ICC_PROFILE\0"),
        jpeg(0xEE, b"Adobe\0"),
        b"\n\n" + saved("JPEG"),
        b"\xef\xbb\xbf" + saved("JPEG"),
        saved("JPEG") + b"junk" * 1000,
    ],
)
def test_jpegs_give_their_pixels(file):
    np.testing.assert_array_equal(decode(file, 40, 60), decode(saved("JPEG"), 40, 60))


@pytest.mark.parametrize("file", [saved("JPEG")[:-200], saved("PNG")[:-200]])
def test_truncated_pixels_are_still_refused(file):
    with pytest.raises(Unreadable, match="damaged"):
        decode(file, 40, 60)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "JPEG2000", "ICO", "DDS"])
def test_images_are_known_by_how_they_begin(form):
    assert looks_like_image(saved(form)[:32])


@pytest.mark.parametrize(
    "text", [b"", b"BM is a car maker, as are others", b"P1 was first", b"Photo of a cat", b"RIFF\0\0\0\0WAVEfmt "]
)
def test_texts_and_sounds_are_no_images(text):
    assert not looks_like_image(text)
