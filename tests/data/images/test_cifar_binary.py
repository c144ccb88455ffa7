"""CIFAR's binary version."""

import numpy as np
import pytest

from skipwise.data.images.dataset import open_source
from skipwise.errors import UserError


def records(*labels):
    """Return records whose red is 1, green 2 and blue 3."""
    pixels = bytes(np.repeat(np.array([1, 2, 3], np.uint8), 1024))
    return b"".join(bytes(some) + pixels for some in labels)


def test_of_ten_classes(tmp_path):
    (tmp_path / "data_batch_1.bin").write_bytes(records([1], [0]))
    (tmp_path / "data_batch_2.bin").write_bytes(records([1]))
    (tmp_path / "test_batch.bin").write_bytes(records([0], [1]))
    (tmp_path / "batches.meta.txt").write_text("plane\ncar\n\n")
    source = open_source(tmp_path)
    assert (source.arrays.shape, source.arrays[0, 0, 0].tolist()) == ((5, 32, 32, 3), [1, 2, 3])
    assert (source.classes, source.labels.tolist()) == (("plane", "car"), [1, 0, 1, 0, 1])
    assert source.parts == ["train"] * 3 + ["test"] * 2
    assert source.layout == (
        "images in the binary version of CIFAR-10: data_batch_1.bin, data_batch_2.bin, test_batch.bin",
    )


def test_of_a_hundred_classes_the_fine_label_is_the_class(tmp_path):
    (tmp_path / "train.bin").write_bytes(records([7, 1], [7, 0]))
    (tmp_path / "test.bin").write_bytes(records([7, 1]))
    (tmp_path / "fine_label_names.txt").write_text("apple\npear\n")
    source = open_source(tmp_path)
    assert (source.classes, source.labels.tolist()) == (("apple", "pear"), [1, 0, 1])


def test_a_file_that_is_cut(tmp_path):
    (tmp_path / "data_batch_1.bin").write_bytes(records([1], [0])[:-1])
    with pytest.raises(UserError, match="has 6,145 bytes, which are no records of 3073: get it anew"):
        open_source(tmp_path)


def test_several_data_sets(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "data_batch_1.bin").write_bytes(records([1], [0]))
    said = r"holds several data sets \(a/data_batch_1\.bin; b/data_batch_1\.bin\): give a folder of one"
    with pytest.raises(UserError, match=said):
        open_source(tmp_path)


def test_a_class_without_a_name(tmp_path):
    (tmp_path / "data_batch_1.bin").write_bytes(records([1], [0], [2]))
    (tmp_path / "batches.meta.txt").write_text("plane\ncar\n")
    with pytest.raises(UserError, match=r"batches\.meta\.txt has 2 names of classes, and labels go from 0 to 2: write"):
        open_source(tmp_path)
