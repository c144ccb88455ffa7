"""Tables whose rows are images, as handwritten digits are often given."""

import numpy as np
import pytest

from skipwise.data.images.dataset import open_source
from support.images import refused


def write(path, rows, header):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(map(str, row)) for row in rows]
    path.write_text("\n".join([*([",".join(header)] if header else []), *lines]) + "\n")
    return path


def digits(count=6, seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (count, 64))
    return [[number % 2 + 3, *row] for number, row in enumerate(pixels.tolist())]


NAMES = ["label", *(f"pixel{number}" for number in range(64))]


def test_with_a_header(tmp_path):
    rows = digits()
    source = open_source(write(tmp_path / "train.csv", rows, NAMES))
    assert source.arrays.shape == (6, 8, 8, 1)
    assert source.arrays[2, 1, 3, 0] == rows[2][1 + 11]
    assert source.classes == ("3", "4")
    assert source.labels.tolist() == [0, 1] * 3
    assert source.layout == ("images as rows of pixels: train.csv, 8x8 px, grey",)
    assert source.notes == ()


def test_without_a_header_it_is_said_which_column_is_the_label(tmp_path):
    source = open_source(write(tmp_path / "mnist.csv", digits(), None))
    assert len(source.labels) == 6
    assert source.notes == ("mnist.csv has no header: column 1 is taken for the labels, the others for pixels",)


def test_tables_of_parts(tmp_path):
    write(tmp_path / "mnist_train.csv", digits(6), NAMES)
    write(tmp_path / "mnist_test.csv", digits(4, seed=1), NAMES)
    source = open_source(tmp_path)
    assert list(source.parts) == ["test"] * 4 + ["train"] * 6


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ([3, *[256] * 64], "row 7 holds the pixel 256: values must be from 0 to 255"),
        ([3, *["a"] * 64], "cannot be read as whole numbers"),
    ],
)
def test_rows_that_are_no_images(tmp_path, row, words):
    assert words in refused(write(tmp_path / "train.csv", [*digits(), row], NAMES))


def test_measurements_are_no_images(tmp_path):
    path = write(tmp_path / "iris.csv", [[1, 2, 3, 4, 0]] * 3, ["a", "b", "c", "d", "label"])
    assert "rows of pixels" not in refused(path)
