"""Ways in which a path can be read as images."""

import numpy as np
from PIL import Image

from skipwise.data.glimpse import look_at
from skipwise.data.images.open import readings


def read(path):
    return [(one.words, one.explicit, one.refused) for one in readings(look_at(path))]


def paint(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (9, 9)).save(path)
    return path


def test_arrays(tmp_path):
    np.savez(tmp_path / "a.npz", x_train=np.zeros(3))
    assert read(tmp_path / "a.npz") == [("images as arrays: a.npz", True, None)]


def test_one_image(tmp_path):
    path = paint(tmp_path / "a.png")
    assert [refused for _, _, refused in read(path)] == [
        f"{path} is one image: give the folder that holds the images of each class in a folder of its own."
    ]


def test_folders(tmp_path):
    for place in ("train/cats/a.png", "train/dogs/a.png", "test/cats/a.png"):
        paint(tmp_path / place)
    assert read(tmp_path) == [
        ("images in a folder for each class: 2 classes (cats, dogs; parts: train, test)", False, None)
    ]


def test_folders_without_images(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b.txt").write_text("words")
    assert read(tmp_path) == []


def test_tables_in_the_only_folder(tmp_path):
    for number in range(4):
        paint(tmp_path / f"EuroSAT/{'ab'[number % 2]}/{number}.png")
    for part, numbers in (("train", (0, 1)), ("test", (2, 3))):
        rows = "".join(f"{'ab'[number % 2]}/{number}.png,{number % 2}\n" for number in numbers)
        (tmp_path / f"EuroSAT/{part}.csv").write_text(f"Filename,Label\n{rows}", encoding="utf-8")
    found = readings(look_at(tmp_path))
    assert [one.words for one in found if one.explicit] == ["images in tables: test.csv, train.csv"]
    assert sorted(found[0].read().parts) == ["test", "test", "train", "train"]
