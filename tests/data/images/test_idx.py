"""MNIST's IDX files."""

import gzip
import struct

import numpy as np
import pytest

from skipwise.data.images.dataset import open_source
from skipwise.errors import UserError


def idx(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def write(folder, *, packed=False, labels=6):
    folder.mkdir(parents=True, exist_ok=True)
    for part, count in (("train", 6), ("t10k", 4)):
        images = np.arange(count * 20, dtype=np.uint8).reshape(count, 4, 5)
        numbers = np.arange(min(count, labels), dtype=np.uint8) % 2
        for name, array in (("images-idx3", images), ("labels-idx1", numbers)):
            content = idx(array)
            file = folder / f"{part}-{name}-ubyte{'.gz' if packed else ''}"
            file.write_bytes(gzip.compress(content) if packed else content)
    return folder


@pytest.mark.parametrize("packed", [False, True])
def test_images_and_labels(tmp_path, packed):
    source = open_source(write(tmp_path / "MNIST/raw", packed=packed).parent)
    assert source.arrays.shape == (10, 4, 5, 1)
    assert source.arrays[1, 0, :, 0].tolist() == [20, 21, 22, 23, 24]
    assert (source.labels.tolist(), source.classes) == ([0, 1] * 5, ("0", "1"))
    assert source.parts == ["train"] * 6 + ["test"] * 4
    assert source.layout[0].startswith("images as MNIST's IDX files: raw/train-images-idx3-ubyte")


def test_packed_beside_unpacked_is_read_once(tmp_path):
    write(tmp_path, packed=True)
    assert len(open_source(write(tmp_path)).labels) == 10


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\0\0\x08\x03\0\0\0\x06", "cannot be read"),
        (idx(np.zeros((2, 4, 5), np.uint8))[:-1], "holds 39 bytes of 40: get it anew"),
        (struct.pack(">HBB3I", 0, 8, 3, 2**31, 2**10, 2**10), "claims to hold 2,251,799.8 GB, which it cannot"),
        (idx(np.zeros((2, 4, 5), np.uint8)), "holds 2 images and train-labels-idx1-ubyte 6 labels: get both anew"),
        (b"\x1f\x8b damaged", "is no IDX file of bytes with 3 axes"),
    ],
)
def test_damaged_files(tmp_path, content, said):
    (write(tmp_path) / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(UserError, match=said):
        open_source(tmp_path)


def test_a_damaged_gzip_file(tmp_path):
    (write(tmp_path, packed=True) / "train-images-idx3-ubyte.gz").write_bytes(b"\x1f\x8b damaged")
    with pytest.raises(UserError, match=r"ubyte\.gz cannot be read \(.*\): get it anew"):
        open_source(tmp_path)


def test_several_data_sets(tmp_path):
    write(tmp_path / "digits")
    write(tmp_path / "letters")
    with pytest.raises(UserError, match=f"^{tmp_path} holds several data sets .*: give a folder of one"):
        open_source(tmp_path)


@pytest.mark.parametrize(("gone", "left"), [("labels-idx1", "images-idx3"), ("images-idx3", "labels-idx1")])
def test_a_part_without_its_other_file(tmp_path, gone, left):
    (write(tmp_path) / f"t10k-{gone}-ubyte").unlink()
    with pytest.raises(UserError, match=f"t10k-{left}-ubyte lies there without t10k-{gone}-ubyte: put it there too"):
        open_source(tmp_path)


@pytest.mark.parametrize("packed", [False, True])
def test_more_bytes_than_announced(tmp_path, packed):
    content = idx(np.zeros((6, 4, 5), np.uint8)) + b"more"
    file = write(tmp_path, packed=packed) / f"train-images-idx3-ubyte{'.gz' if packed else ''}"
    file.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(UserError, match="holds more than the 120 bytes that it announces: get it anew"):
        open_source(tmp_path)
