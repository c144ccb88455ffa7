"""Inputs of images: folders in every arrangement, files of every format, tables and arrays."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any, Literal

import numpy as np
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from fuzzed.files import PARTS, Entry, Files, Input, changed_files, odd_name
from fuzzed.mutations import NUMBERS, changed_bytes, changed_tree, how_many
from fuzzed.text_inputs import separated

CLASSES = ("cat", "dog")
EACH = 6
"""Images of a class: as few as can be split."""


@cache
def photo(number: int, form: str = "PNG", mode: str = "RGB", **saved: Any) -> bytes:
    """Return a small image, each number another one."""
    pixels = np.random.default_rng(number).integers(0, 255, (8, 9, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, form, **saved)
    return file.getvalue()


@cache
def formats() -> dict[str, bytes]:
    """Return a small valid image of each format and depth, by name."""
    noise = np.random.default_rng(0).random((8, 9))
    grey: dict[str, np.ndarray] = {
        "16 bit.png": (noise * 65535).astype(np.uint16),
        "16 bit.tif": (noise * 65535).astype(np.uint16),
        "float.tif": noise.astype(np.float32),
        "whole.tif": (noise * 1e6).astype(np.int32),
    }
    made = {name: _saved(Image.fromarray(pixels), name) for name, pixels in grey.items()}
    words = PngInfo()
    words.add_text("comment", "a text " * 9)
    words.add_itxt("title", "été", zip=True)
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x8298] = 6, "a description", "somebody"
    turned = exif.tobytes()
    frames = [Image.fromarray((noise * shade).astype(np.uint8)) for shade in (255, 90, 30)]
    return made | {
        "plain.png": photo(1),
        "words.png": photo(2, pnginfo=words, dpi=(300, 300)),
        "palette.png": photo(3, mode="P"),
        "clear.png": photo(4, mode="RGBA"),
        "bits.png": photo(5, mode="1"),
        "turned.jpg": photo(6, "JPEG", exif=turned, dpi=(72, 72), comment=b"a comment"),
        "slow.jpg": photo(7, "JPEG", progressive=True, quality=60),
        "print.jpg": photo(8, "JPEG", mode="CMYK"),
        "turned.tif": photo(9, "TIFF", exif=turned, compression="tiff_lzw"),
        "pages.tif": _saved(
            frames[0], "pages.tif", save_all=True, append_images=frames[1:], compression="tiff_adobe_deflate"
        ),
        "frames.gif": _saved(frames[0], "frames.gif", save_all=True, append_images=frames[1:], duration=40),
        "frames.webp": _saved(frames[0], "frames.webp", save_all=True, append_images=frames[1:], lossless=True),
        "plain.webp": photo(10, "WEBP", exif=turned),
        "plain.bmp": photo(11, "BMP"),
        "plain.ppm": photo(12, "PPM"),
        "plain.tga": photo(13, "TGA"),
        "plain.ico": photo(14, "ICO"),
        "plain.pcx": photo(15, "PCX"),
        "plain.dds": photo(16, "DDS"),
        "plain.sgi": photo(17, "SGI"),
        "plain.im": photo(18, "IM"),
        "plain.mpo": photo(19, "MPO"),
        "plain.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 9\n%%EndComments\nshowpage\n",
    }


def _saved(image: Image.Image, name: str, **options: Any) -> bytes:
    file = io.BytesIO()
    file.name = name
    image.save(file, {"tif": "TIFF"}.get(name[-3:]) or name.rpartition(".")[2].upper(), **options)
    return file.getvalue()


def class_folders() -> Files:
    """Return images in a folder for each class."""
    return {f"{name}/{i}.png": photo(20 * label + i) for label, name in enumerate(CLASSES) for i in range(EACH)}


@st.composite
def image_folders(draw: st.DrawFn) -> Input:
    """Draw a folder of images by class, with parts above or below or none, and odd things in it."""
    files: Files = dict(class_folders())
    parts = draw(st.one_of(st.just([]), st.lists(st.sampled_from(PARTS), min_size=1, max_size=4)))
    below = draw(st.booleans())
    if parts:
        files = {
            _with_part(name, parts[i % len(parts)], below=below): entry for i, (name, entry) in enumerate(files.items())
        }
    return Input(files=draw(changed_files(files, 6)))


@st.composite
def image_lists(draw: st.DrawFn) -> Input:
    """Draw images with lists that say which is of which class and part, as public data sets have them."""
    names = [f"{CLASSES[i % 2]}/{i}" for i in range(4 * EACH)]
    lists: dict[str, list[list[Any]]]
    match draw(st.sampled_from(["numbers", "names", "stems", "ids"])):
        case "numbers":  # a list for each part, of flat images and numbers of classes
            names = [f"{('train', 'val')[i // 2 % 2]}/{i}" for i in range(4 * EACH)]
            lists = {
                f"meta/{part}.txt": [
                    [f"{name[len(part) + 1 :]}.png", i % 2] for i, name in enumerate(names) if part in name
                ]
                for part in ("train", "val")
            }
            lists["meta/classes.txt"] = [[name] for name in CLASSES]
        case "names":  # one list of paths and classes, without a header
            lists = {"labels.txt": [[f"{name}.png", CLASSES[i % 2]] for i, name in enumerate(names)]}
        case "stems":  # a list for each part, of paths without a suffix
            lists = {f"meta/{part}.txt": [[name] for name in names[k::2]] for k, part in enumerate(("train", "test"))}
        case _:  # numbered images, with a table of each thing by number
            lists = {
                "images.txt": [[i + 1, f"{name}.png"] for i, name in enumerate(names)],
                "image_class_labels.txt": [[i + 1, 1 + i % 2] for i in range(len(names))],
                "train_test_split.txt": [[i + 1, i // 2 % 2] for i in range(len(names))],
                "classes.txt": [[i + 1, name] for i, name in enumerate(CLASSES)],
            }
            names = [f"images/{name}" for name in names]
    files: Files = {f"{name}.png": photo(i) for i, name in enumerate(names)}
    files = draw(changed_files(files, 2)) if draw(st.integers(0, 2)) == 2 else files
    odd = draw(st.sampled_from(sorted(lists)))
    for name, rows in lists.items():
        changed = draw(changed_tree(rows)) if name == odd else rows
        lines = [
            row if isinstance(row, list) else [row] for row in (changed if isinstance(changed, list) else [changed])
        ]
        content = "\n".join(" ".join(map(str, line)) for line in lines).encode("utf-8", "surrogatepass")
        files[name] = draw(changed_bytes(content, 3)) if name == odd and draw(st.integers(0, 3)) == 3 else content
    return Input(files=files)


def _with_part(name: str, part: str, *, below: bool) -> str:
    above, _, last = name.partition("/")
    return f"{above}/{part}/{last}" if below else f"{part}/{name}"


@st.composite
def image_files(draw: st.DrawFn) -> Input:
    """Draw a folder of images by class in which some of any format are damaged, or say what they do not hold."""
    files: Files = dict(class_folders())
    known = formats()
    for number in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(known)))
        content = draw(draw(st.sampled_from(IMAGE_CHANGES))(known[name]))
        suffix = draw(st.sampled_from([name[name.rindex(".") :]] * 4 + [".jpg", ".png", "", ".jpg_large"]))
        files[f"{draw(st.sampled_from(CLASSES))}/new{number}{suffix}"] = content
    return Input(files=files)


@st.composite
def changed_png(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw a PNG with changed chunks whose checksums are right, so that it is read further."""
    chunks = _chunks(content)
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(chunks) - 1)) if chunks else 0
        kind, data = chunks[place] if chunks else (b"IHDR", b"")
        kinds = [kind] * 4 + [
            b"iCCP",
            b"eXIf",
            b"pHYs",
            b"tRNS",
            b"PLTE",
            b"gAMA",
            b"acTL",
            b"fcTL",
            b"zTXt",
            b"iTXt",
            b"IEND",
            b"cHRM",
        ]
        new = draw(st.sampled_from(kinds)), draw(changed_bytes(data, 3))
        chunks[place : place + draw(st.integers(0, 1))] = [new]
    written = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return content[:8] + b"".join(written)


def _chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    chunks, place = [], 8
    while place + 8 <= len(png) and png.startswith(b"\x89PNG"):
        (length,) = struct.unpack(">I", png[place : place + 4])
        chunks.append((png[place + 4 : place + 8], png[place + 8 : place + 8 + length]))
        place += length + 12
    return chunks


@st.composite
def lying_header(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw an image that says it is of another size: where 9 and 8 stand in its head, other numbers do."""
    changed = bytearray(content)
    for place in range(min(len(content) - 4, 200)):
        for width in (2, 4):
            for order in ("little", "big"):
                number = int.from_bytes(content[place : place + width], order)
                if number in (8, 9) and draw(st.integers(0, 3)) == 3:
                    other = draw(st.sampled_from([*NUMBERS, 3_000, 20_000, 60_000])) % 256**width
                    changed[place : place + width] = other.to_bytes(width, order)
    return draw(changed_png(bytes(changed))) if content.startswith(b"\x89PNG") else bytes(changed)


@st.composite
def changed_entries(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw an image with changed entries of its TIFF directory, which is that of EXIF too: tag, type, count, value."""
    changed = bytearray(content)
    start = max(content.find(b"II*\0"), content.find(b"MM\0*"))
    if start < 0:
        return draw(changed_bytes(content))
    order: Literal["little", "big"] = "little" if content[start : start + 1] == b"I" else "big"
    directory = start + int.from_bytes(content[start + 4 : start + 8], order)
    for _ in range(draw(st.integers(1, 3))):
        entry = directory + 2 + 12 * draw(st.integers(0, 14))
        offset, width = draw(st.sampled_from([(0, 2), (2, 2), (4, 4), (8, 4), (8, 2)]))
        tags = [
            256,
            257,
            258,
            259,
            262,
            273,
            274,
            277,
            278,
            279,
            282,
            283,
            317,
            320,
            322,
            323,
            338,
            339,
            700,
            34665,
            34675,
        ]
        number = draw(st.sampled_from(tags if offset == 0 else [*range(14), *NUMBERS])) % 256**width
        changed[entry + offset : entry + offset + width] = number.to_bytes(width, order)
    return bytes(changed)


IMAGE_CHANGES: list[Callable[[bytes], st.SearchStrategy[bytes]]] = [
    changed_bytes,
    changed_png,
    lying_header,
    changed_entries,
]


@st.composite
def image_tables(draw: st.DrawFn) -> Input:
    """Draw a table of paths and labels beside the images."""
    images: Files = {f"photos/{i}.png": photo(i) for i in range(2 * EACH)}
    heads = [
        ["path", "label"],
        ["path", "label", "split"],
        ["path", "label", "split", "group"],
        ["filename", "class"],
        ["label", "path"],
    ]
    head = draw(st.sampled_from(heads))
    cells = {"split": ["train", "train", "val", "test"], "group": ["a", "b", "c"]}
    rows = [head]
    for i, name in enumerate(images):
        row = {"path": name, "filename": name, "label": CLASSES[i % 2], "class": CLASSES[i % 2]}
        rows.append([row.get(column) or cells[column][i // 2 % len(cells[column])] for column in head])
    files: Files = draw(changed_files(images, 2))
    name = draw(st.sampled_from(["table.csv"] * 5 + ["table.CSV", "labels.tsv", "table.txt", "train.csv"]))
    files[name] = draw(separated(draw(changed_tree(rows)), odd=draw(st.integers(0, 3)) == 3))
    return Input(files=files, data=draw(st.sampled_from([name, name, ""])))


@st.composite
def image_arrays(draw: st.DrawFn) -> Input:
    """Draw an .npz whose arrays have other names, types, shapes and values, or are none."""
    pixels = np.random.default_rng(0).integers(0, 255, (20, 6, 6), np.uint8)
    arrays: dict[str, Any] = {
        "x_train": pixels[:14],
        "y_train": np.arange(14) % 2,
        "x_test": pixels[14:],
        "y_test": np.arange(6) % 2,
    }
    arrays |= {name: array for name, array in _more_arrays(pixels).items() if draw(st.integers(0, 3)) == 3}
    for _ in range(draw(how_many(3))):
        name = draw(st.sampled_from(sorted(arrays) or ["x_train"]))
        change = draw(st.sampled_from(ARRAY_CHANGES))
        new = change(draw, arrays.pop(name, pixels))
        arrays[
            draw(
                st.one_of(
                    st.just(name), st.just(name), odd_name(), st.sampled_from(["x_val", "images", "labels", "arr_0"])
                )
            )
        ] = new
    content = _npz(arrays, draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])))
    whole = draw(changed_bytes(content)) if draw(st.integers(0, 3)) == 3 else content
    return Input(files={"arrays.npz": whole}, data="arrays.npz")


def _more_arrays(pixels: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "class_names": np.array(CLASSES),
        "x_val": pixels[:4],
        "y_val": np.arange(4) % 2,
        "train_images": pixels[:4],
        "train_labels": np.arange(4)[:, None],
    }


def _npz(arrays: dict[str, Any], compression: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, array in arrays.items():
            member = array if isinstance(array, bytes) else _npy(array)
            archive.writestr(f"{name}.npy" if name.isprintable() else "odd.npy", member)
    return file.getvalue()


def _npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(array), allow_pickle=True)
    return file.getvalue()


class Runs:
    """An object whose pickle runs a program where it is read."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return print, ("the pickle ran",)


def _of_type(draw: st.DrawFn, array: Any) -> Any:
    kinds = ["u1", "i8", "i1", "u8", "f4", "f8", "f2", "c8", "?", "S3", "U3", "M8[s]", "O", "V2"]
    try:
        return np.asarray(array).astype(draw(st.sampled_from(kinds)))
    except (TypeError, ValueError):
        return array


def _of_shape(draw: st.DrawFn, array: Any) -> Any:
    shapes = [
        (-1,),
        (1, -1),
        (-1, 1),
        (20, -1),
        (0, 3),
        (0,),
        (),
        (-1, 6, 6, 1),
        (-1, 6, 6, 3),
        (1, 1, 1, 1, -1),
        (-1, 3, 6, 6),
        (-1, 2, 18),
    ]
    try:
        return (
            np.resize(np.asarray(array), (12,))
            if draw(st.integers(0, 5)) == 5
            else np.asarray(array).reshape(draw(st.sampled_from(shapes)))
        )
    except (TypeError, ValueError):
        return array


def _of_values(draw: st.DrawFn, array: Any) -> Any:
    odd = [
        -1,
        1,
        255,
        256,
        2**31,
        2**63 - 1,
        -(2**63),
        float("nan"),
        float("inf"),
        1e300,
        0.5,
        "",
        "cat",
        "\x1b[31m",
        b"\xff",
        None,
        True,
    ]
    filled = [draw(st.sampled_from(odd)) for _ in range(draw(st.integers(0, 14)))]
    try:
        return np.array(filled) if draw(st.booleans()) else np.full(np.shape(array), filled[0] if filled else 0)
    except (TypeError, ValueError, OverflowError):
        return np.array(filled, object)


def _lying(draw: st.DrawFn, array: Any) -> Any:
    """The array with a head that says another shape or type, or an object that runs, or no array at all."""
    content = _npy(array)
    if draw(st.integers(0, 3)) == 3:
        return draw(
            st.sampled_from(
                [_npy(np.array([Runs()], object)), b"", b"text", content[:40], b"\x93NUMPY\x09\0" + content[8:]]
            )
        )
    shapes = [
        "(100000, 1000, 1000)",
        "(9223372036854775807,)",
        "(-1,)",
        "(2, " * 40 + ")" * 40,
        "10",
        "(14, 6, 6, 3)",
        "('a',)",
        "(1.5,)",
    ]
    kinds = [
        "'|O'",
        "'<f8'",
        "'|V1000000000'",
        "'|S2000000000'",
        "'<U1'",
        "[('a', '<i4')]",
        "__import__('os')",
        "'|u1'",
    ]
    head = f"{{'descr': {draw(st.sampled_from(kinds))}, 'fortran_order': {draw(st.booleans())}, 'shape': {draw(st.sampled_from(shapes))}}}"
    head = head.ljust(117) + "\n"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(head)) + head.encode() + content[128:]


ARRAY_CHANGES: list[Callable[[st.DrawFn, Any], Any]] = [_of_type, _of_shape, _of_values, _lying]


def one_photo(entry: Entry | None = None) -> Files:
    """Return the image that a study is asked about."""
    return {"new.png": entry or photo(99)}
