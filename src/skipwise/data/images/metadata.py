"""Image files without what stands beside the pixels: comments, resolutions, profiles, which may be broken."""

import struct
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
"""Chunks that the pixels of a PNG are made of."""
TIFF_TAGS = frozenset((*range(254, 260), 262, 266, 273, *range(277, 280), 284, 317, *range(320, 326), 338, 339, 347))
TIFF_TAGS |= frozenset((*range(512, 522), *range(529, 533)))
"""Tags that the pixels of a TIFF are made of."""
TAG_SIZE = 12
JPEG_START = b"\xff\xd8"
TIFF_STARTS = (b"II*\0", b"MM\0*")
PRINTED = b"\r\n\t \xef\xbb\xbf"
"""Line ends and marks that programs print before a file that they send."""
HEAD = 64
"""Bytes that tell the format."""
ADOBE = 0xEE
"""The segment of a JPEG that says how its colours are stored."""
ADOBE_SIZE = 12


def has_metadata(head: bytes) -> bool:
    """Return whether a file that begins so is of a format that can be read without its metadata."""
    return head.lstrip(PRINTED).startswith((SIGNATURE, JPEG_START, *TIFF_STARTS))


def without_metadata(content: bytes) -> bytes | None:
    """Return an image file of the same pixels without metadata, None where it is of another format, or too short.

    The pixels' own data stay as they are: what is damaged there is found when they are decoded.
    """
    content = content.lstrip(PRINTED)
    if content.startswith(SIGNATURE):
        return _png(content)
    if content.startswith(JPEG_START):
        return _jpeg(content)
    return _tiff(content) if content.startswith(TIFF_STARTS) else None


def _png(content: bytes) -> bytes:
    kept = [content[start:end] for kind, start, end in _chunks(content) if kind in PNG_CHUNKS]
    return SIGNATURE + b"".join(kept) + b"\0\0\0\0IEND\xaeB`\x82"


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name, the start and the end of each whole chunk."""
    start = len(SIGNATURE)
    while start + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, start)
        end = start + 12 + length
        if end > len(content):
            return
        yield content[start + 4 : start + 8], start, end
        start = end


def _jpeg(content: bytes) -> bytes:
    """Leave out comments and the segments of programs, before the first scan."""
    kept, start = [JPEG_START], len(JPEG_START)
    while start + 4 <= len(content) and content[start] == 0xFF:
        marker = content[start + 1]
        if marker == 0xFF:  # fill
            start += 1
            continue
        if marker == 0xDA:
            break
        length = int.from_bytes(content[start + 2 : start + 4], "big")
        adobe = marker == ADOBE and length >= ADOBE_SIZE + 2
        if adobe or not (marker == 0xFE or 0xE0 <= marker <= 0xEF):
            kept.append(content[start : start + 2 + length])
        start += 2 + max(2, length)
    return b"".join((*kept, content[start:]))


def _tiff(content: bytes) -> bytes | None:
    """Take the tags of the first image that are about its pixels, in place; offsets stay as they are."""
    order = "<" if content[:2] == b"II" else ">"
    if len(content) < 8:
        return None
    (start,) = struct.unpack_from(f"{order}I", content, 4)
    if start + 2 > len(content):
        return None
    (count,) = struct.unpack_from(f"{order}H", content, start)
    tags = [content[at : at + TAG_SIZE] for at in range(start + 2, start + 2 + TAG_SIZE * count, TAG_SIZE)]
    kept = [tag for tag in tags if len(tag) == TAG_SIZE and struct.unpack_from(f"{order}H", tag)[0] in TIFF_TAGS]
    written = struct.pack(f"{order}H", len(kept)) + b"".join(kept) + b"\0\0\0\0"
    return content[:start] + written + content[start + len(written) :]
