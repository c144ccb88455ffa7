"""One image file, whatever its format, as pixels of one size."""

import io
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from skipwise.data.images.fit import fit
from skipwise.data.images.memory import MOST_PIXELS, ROOM, TILE, tiles
from skipwise.data.images.metadata import HEAD, has_metadata, without_metadata
from skipwise.data.images.regular_file import OpenFile, Unreadable, reading
from skipwise.data.images.value_range import ValueRange, Values, eight_bits, is_wide, own_range, values_of
from skipwise.data.options import Fit
from skipwise.errors import UserError, reason_of

OF_ALL = "transparent parts on white, more than 8 bits scaled to 8, the first frame of an animation"
RULES: dict[Fit, str] = {
    "crop": "turned upright by EXIF, the shorter side resized (bicubic, antialiased) and the centre cropped; " + OF_ALL,
    "pad": "turned upright by EXIF, resized to fit (bicubic, antialiased) and filled with grey on the right or below; "
    + OF_ALL,
    "stretch": "turned upright by EXIF, both sides resized (bicubic, antialiased), which changes the shape; " + OF_ALL,
}
RESIZE_RULE, PAD_RULE = RULES["crop"], RULES["pad"]
RULE_VERSION = 2

LARGE = 89_478_485
"""Pixels above which an image is made smaller part by part before it is resized, and its file must be large as well."""
PACKED = 1_100
"""Pixels that a byte of a file may stand for: deflate packs 1,032 bytes into one."""
DECODER_BYTES = {"JPEG": 0, "MPO": 0, "PNG": 0, "GIF": 0, "BMP": 0, "PPM": 0, "TIFF": 4, "WEBP": 8}
"""Bytes that a decoder takes for each pixel beside the image itself, strips of any height being possible in a TIFF."""
OTHER_DECODER_BYTES = 12
NESTED = {"ICO", "ICNS"}
"""Formats that hold images of sizes which their headers do not tell: decoded one at a time."""
READ_WHOLE = {b"RIFF": 2**26, b"ftyp": 2**26}
"""The bytes of files that Pillow reads at once when it opens them, by what stands in their first eight bytes."""

MENDED_BYTES = 2**27
"""Of files that are held twice, to try them without metadata."""
Result = TypeVar("Result")
Pixels = UInt8[np.ndarray, "height width 3"]

warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # refused here, by name, instead
warnings.filterwarnings("ignore", module=r"PIL\.")  # words on damaged metadata, from any thread, which name no file
if Image.MAX_IMAGE_PIXELS is not None:
    Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS, MOST_PIXELS // 2)  # Pillow refuses more than twice as many

RUN_BY_OTHERS = {"EPS"}
"""Formats that Pillow hands to another program: never opened, whatever a file is called."""

REDUCED, CAMERA, DNG = 254, 271, 50706
"""Tags of a TIFF: whether an image is a small copy of another, who made the camera, and the version of DNG."""
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How an image of each EXIF orientation is turned to be seen."""
TURNED = range(5, 9)
"""EXIF orientations that exchange height and width."""

HEADS = (
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+",
    b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51", b"8BPS", b"qoif", b"\0\0\1\0", b"DDS ", b"icns", b"\xff\x0a",
    b"\0\0\0\x0cJXL ",
)  # fmt: skip
"""How files of common formats begin, those included that Pillow may not read."""
BRANDS = (b"avif", b"avis", b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
"""Of photos in the container of videos."""
CONTAINED = {b"avi": "AVIF", b"crx": "a camera's raw file (CR3)", b"he": "HEIC", b"mif1": "HEIC", b"msf1": "HEIC"}
"""Formats by the beginnings of these brands."""
RAW = "a camera's raw file"
OTHER_FORMATS = {
    b"\xff\x0a": "JPEG XL", b"\0\0\0\x0cJXL ": "JPEG XL", b"<svg": "SVG", b"<?xml": "SVG or other XML",
    b"8BPS": "Photoshop's PSD", b"FUJIFILMCCD-RAW": RAW, b"IIRO": RAW, b"IIU\0": RAW, b"FOVb": RAW, b"\0MRM": RAW,
    b"II*\0": f"a TIFF or {RAW}", b"MM\0*": f"a TIFF or {RAW}",
}  # fmt: skip
"""Formats by how their files begin."""


def looks_like_image(head: bytes) -> bool:
    """Return whether a file that begins so (32 bytes are enough) is an image, whatever its name."""
    if head[:4] == b"RIFF":
        return head[8:12] == b"WEBP"
    if head[4:8] == b"ftyp":
        return head[8:12] in BRANDS
    if head[:1] == b"P" and head[1:2] in b"123456" and len(head) > 2:
        return head[2:3].isspace() and (head[3:4].isdigit() or head[3:4] == b"#")
    if head[:2] == b"BM":
        return head[6:10] == b"\0\0\0\0" and len(head) >= 26
    return head.startswith(HEADS) or head.lstrip(b"\r\n\t \xef\xbb\xbf").startswith(HEADS[:2])


def format_by_head(head: bytes) -> str | None:
    """Return the name of a format of images that Pillow may not open, by how a file begins; None for others."""
    if head[4:8] == b"ftyp":
        return next((name for brand, name in CONTAINED.items() if head[8:12].startswith(brand)), None)
    return next(
        (name for start, name in OTHER_FORMATS.items() if head.lstrip(b"\xef\xbb\xbf \r\n").startswith(start)), None
    )


def open_image(file: bytes | OpenFile) -> Image.Image:
    """The image in a file, its header read and its pixels not yet. Raises Unreadable.

    Metadata that are broken are done without. A small file that claims to be huge is refused, since it would fill the
    memory.
    """
    opened = io.BytesIO(file) if isinstance(file, bytes) else file
    size = opened.seek(0, io.SEEK_END)
    _check_read_at_once(opened, size)
    try:
        return _checked(_open(opened), size)
    except Unreadable:
        raise
    except Exception as error:
        if (mended := _mended(opened)) is not None:
            try:
                return _checked(_open(mended), size)
            except Unreadable:
                raise
            except Exception:  # noqa: S110  # the first reason counts
                pass
        raise Unreadable(_unknown(opened) if size else "empty file") from error


def _unknown(file: OpenFile) -> str:
    """Say what a file is that Pillow cannot open, where its first bytes tell."""
    file.seek(0)
    name = format_by_head(file.read(HEAD))
    return f"{name}, which cannot be opened: save it as JPEG or PNG" if name else "no image that Pillow knows"


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Height and width as EXIF says the image is to be seen, from its header alone."""
    turned = _orientation(image, Image.Image.getexif) in TURNED  # PNG's own getexif would read the pixels
    return (image.width, image.height) if turned else (image.height, image.width)


def decode(
    file: bytes | OpenFile, height: int, width: int, how: Fit = "crop", scaled: ValueRange | None = None
) -> Pixels:
    """The pixels of an image file as RGB of this size, by RULES. Raises Unreadable.

    `scaled`: the values that become black and white in images of more than 8 bits, None where nothing is known of
    others. Large images are made smaller before they are resized, JPEGs while they are decoded.
    """
    side = 2 * max(height, width)

    def pixels_of(image: Image.Image) -> Pixels:
        small = _shrunk(image, side, scaled)
        turn = UPRIGHT.get(_orientation(image, type(image).getexif))
        return np.asarray(fit(small if turn is None else small.transpose(turn), height, width, how))

    return _with_pixels(file, pixels_of, side)


def wide_values(file: bytes | OpenFile) -> Values | None:
    """Return the values of an image of more than 8 bits, None where there are none. Raises Unreadable."""
    return _with_pixels(file, values_of, None)


def _with_pixels(file: bytes | OpenFile, do: Callable[[Image.Image], Result], side: int | None) -> Result:
    """Return what `do` gives for the image in a file when its pixels are read. Raises Unreadable.

    `side`: what its shorter side may be reduced to. Where reading fails, the file is tried without its metadata.
    """
    opened = io.BytesIO(file) if isinstance(file, bytes) else file
    try:
        return _in_room(open_image(opened), do, side)
    except Unreadable:
        raise
    except Exception as error:
        try:
            if (mended := _mended(opened)) is not None:
                return _in_room(_open(mended), do, side)
        except Exception:  # noqa: S110  # the first reason counts
            pass
        raise Unreadable(f"damaged: {reason_of(error) or type(error).__name__}") from error


def _in_room(image: Image.Image, do: Callable[[Image.Image], Result], side: int | None) -> Result:
    """Read the pixels when there is memory for them. Raises Unreadable where there never will be."""
    whole = image.width * image.height
    if image.format in ("JPEG", "MPO") and side is not None:
        image.draft(None, (side, side))
    needed = _bytes_for(image, whole, side)
    if needed > ROOM.size:
        raise Unreadable(
            f"{_words(image)}, which take {needed / 1e9:.1f} GB to decode, and at most {ROOM.size / 1e9:.1f} GB are taken"
        )
    with ROOM.hold(needed):
        image.load()
        return do(image)


def _bytes_for(image: Image.Image, whole: int, side: int | None) -> int:
    """Return the memory to decode an image in, `whole` being its pixels before a JPEG is made smaller."""
    if image.format in NESTED:
        return ROOM.size
    pixels, factor = image.width * image.height, _factor(image, side)
    own = 1 if image.mode in ("1", "L", "P") else 2 if image.mode.startswith("I;16") else 4
    decoder = DECODER_BYTES.get(image.format or "", OTHER_DECODER_BYTES) * pixels
    if "progressive" in image.info:  # its coefficients stay until the last scan
        decoder += 2 * len(image.getbands()) * whole
    shown = 4 * pixels // factor**2
    return own * pixels + decoder + (shown if image.mode == "RGB" and factor == 1 else 2 * shown)


def _factor(image: Image.Image, side: int | None) -> int:
    """Return by how much both sides of a large image are divided before it is resized."""
    if side is None or image.width * image.height <= LARGE:
        return 1
    return max(1, min(image.size) // side)


def _shrunk(image: Image.Image, side: int, scaled: ValueRange | None) -> Image.Image:
    """Return the image as RGB, made smaller where it is large, and converted part by part."""
    factor = _factor(image, side)
    if is_wide(image.mode) and scaled is None:
        scaled = own_range(image)
    if factor == 1 and (image.mode == "RGB" or image.width * image.height <= TILE**2):
        return to_rgb(image, scaled)
    shown = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)))
    for left, top, right, bottom in tiles(*image.size, factor):
        part = to_rgb(image.crop((left, top, right, bottom)), scaled)
        shown.paste(part.reduce(factor) if factor > 1 else part, (left // factor, top // factor))
    return shown


def _orientation(image: Image.Image, getexif: Callable[[Any], Image.Exif]) -> int:
    """Return how EXIF says that an image is turned; 1 where it says nothing that can be read."""
    try:
        found = getexif(image).get(ORIENTATION, 1)
    except Exception:
        return 1
    return found if isinstance(found, int) else 1


def _open(file: OpenFile) -> Image.Image:
    file.seek(0)
    try:
        return Image.open(file, formats=_formats())
    except Image.DecompressionBombError as error:
        raise Unreadable(f"more than {MOST_PIXELS // 10**6} megapixels: refused as a decompression bomb") from error


def _checked(image: Image.Image, size: int) -> Image.Image:
    """Return the image. Raises Unreadable for one that claims more pixels than a file of `size` bytes can hold."""
    pixels = image.width * image.height
    if image.format == "TIFF" and _is_thumbnail(image):
        raise Unreadable(f"{RAW}, of which a thumbnail alone can be opened: save it as JPEG or PNG")
    if pixels > MOST_PIXELS:
        raise Unreadable(f"{_words(image)}, and at most {MOST_PIXELS // 10**6} megapixels are decoded")
    if pixels > LARGE and pixels > PACKED * size:
        raise Unreadable(f"{_words(image)} in a file of {size:,} bytes: refused as a decompression bomb")
    return image


def _is_thumbnail(image: Any) -> bool:
    """Return whether the first image of a TIFF is a small copy of a camera's photo, as DNG and NEF have it."""
    tags = image.tag_v2
    return tags.get(REDUCED) == 1 and bool({CAMERA, DNG} & set(tags))


def _check_read_at_once(file: OpenFile, size: int) -> None:
    """Raises Unreadable for a file that Pillow would read at once, and that is too large for it."""
    file.seek(0)
    head = file.read(8)
    for mark, most in READ_WHOLE.items():
        if mark in (head[:4], head[4:]) and size > most:
            raise Unreadable(f"{size / 1e6:.0f} MB, and files of this format are read up to {most / 1e6:.0f} MB")


def _mended(file: OpenFile) -> OpenFile | None:
    """Return the file without its metadata, None where it is of another format or too large to be held twice."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size > MENDED_BYTES or not has_metadata(file.read(HEAD)):
        return None
    file.seek(0)
    with ROOM.hold(2 * size):
        content = without_metadata(file.read())
        return None if content is None else io.BytesIO(content)


def _words(image: Image.Image) -> str:
    return f"{image.width}x{image.height} px ({image.width * image.height // 10**6} megapixels)"


@cache
def _formats() -> list[str]:
    Image.init()
    return [name for name in Image.OPEN if name not in RUN_BY_OTHERS]


def to_rgb(image: Image.Image, scaled: ValueRange | None = None) -> Image.Image:
    """Any mode of Pillow as 8-bit RGB; what is transparent shows white."""
    if is_wide(image.mode):
        return eight_bits(image, scaled or own_range(image)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def image_for_prediction(path: Path, value_range: tuple[float, ...] = ()) -> Pixels:
    """A new image of its own size as it is to be seen. Raises UserError naming the file."""
    height, width = size_for_prediction(path)
    return decode_for_prediction(path, height=height, width=width, channels=3, value_range=value_range)


def decode_for_prediction(
    path: Path, *, height: int, width: int, channels: int, framing: Fit = "crop", value_range: tuple[float, ...] = ()
) -> np.ndarray:
    """A new image as the study's own were: uint8 (height, width, channels). Raises UserError naming the file."""
    scaled = (value_range[0], value_range[1]) if value_range else None
    try:
        with reading(path) as file:
            pixels = decode(file, height, width, framing, scaled)
    except (OSError, ValueError, Unreadable) as error:
        raise _no_image(path, error) from error
    return to_channels(pixels, channels)


def size_for_prediction(path: Path) -> tuple[int, int]:
    """Height and width of a new image as it is to be seen. Raises UserError naming the file."""
    try:
        with reading(path) as file:
            return upright_size(open_image(file))
    except (OSError, ValueError, Unreadable) as error:
        raise _no_image(path, error) from error


def _no_image(path: Path, error: Exception) -> UserError:
    reason = str(getattr(error, "strerror", None) or error)
    return UserError(f"{path} cannot be read as an image ({reason[:1].lower()}{reason[1:]}): name an image file.")


def to_channels(pixels: Pixels, channels: int) -> np.ndarray:
    """RGB as it is, or one grey channel (for grey pixels the same number)."""
    if channels == 3:
        return pixels
    return np.asarray(Image.fromarray(pixels).convert("L"))[..., None]
