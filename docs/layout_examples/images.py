"""Images that have a class each."""

from pathlib import Path

import numpy as np

from layout_examples.files import images, table, text


def class_folders(root: Path) -> Path:
    return images(root / "photos", "cats/1.jpg", "cats/2.jpg", "dogs/1.jpg")


def parts_above(root: Path) -> Path:
    return images(
        root / "photos", "Training/cats/1.jpg", "Training/dogs/1.jpg", "Testing/cats/2.jpg", "Testing/dogs/2.jpg"
    )


def parts_below(root: Path) -> Path:
    return images(root / "photos", "cats/train/1.jpg", "cats/val/2.jpg", "dogs/train/1.jpg", "dogs/val/2.jpg")


def unpacked(root: Path) -> Path:
    return images(root / "archive", "pets/cats/1.jpg", "pets/dogs/1.jpg")


def image_table(root: Path) -> Path:
    images(root, "a.jpg", "b.jpg", "c.jpg")
    return table(
        root / "photos.csv", "path,label,split,group", "a.jpg,cat,train,1", "b.jpg,dog,train,2", "c.jpg,cat,test,3"
    )


def image_tables(root: Path) -> Path:
    images(root / "photos/images", "a.jpg", "b.jpg", "c.jpg")
    table(root / "photos/train.csv", "image_id,breed", "a,cat", "b,dog")
    table(root / "photos/val.csv", "image_id,breed", "c,cat")
    return root / "photos"


def column_for_each_class(root: Path) -> Path:
    images(root / "photos", "a.jpg", "b.jpg", "c.jpg")
    table(root / "photos/_classes.csv", "filename, cat, dog", "a.jpg, 1, 0", "b.jpg, 0, 1", "c.jpg, 1, 0")
    return root / "photos"


def image_lists(root: Path) -> Path:
    images(root / "photos", "train/1.jpg", "train/2.jpg", "val/1.jpg", "val/2.jpg")
    text(root / "photos/meta/train.txt", "1.jpg 0", "2.jpg 1")
    text(root / "photos/meta/val.txt", "1.jpg 1", "2.jpg 0")
    text(root / "photos/classes.txt", "cat", "dog")
    return root / "photos"


def part_lists(root: Path) -> Path:
    images(root / "photos/images", "cat/1.jpg", "cat/2.jpg", "dog/1.jpg", "dog/2.jpg")
    text(root / "photos/meta/train.txt", "cat/1", "dog/1")
    text(root / "photos/meta/test.txt", "cat/2", "dog/2")
    return root / "photos"


def numbered_lists(root: Path) -> Path:
    images(root / "birds/images", "001.Auk/1.jpg", "002.Wren/2.jpg", "002.Wren/3.jpg")
    text(root / "birds/images.txt", "1 001.Auk/1.jpg", "2 002.Wren/2.jpg", "3 002.Wren/3.jpg")
    text(root / "birds/image_class_labels.txt", "1 1", "2 2", "3 2")
    text(root / "birds/classes.txt", "1 001.Auk", "2 002.Wren")
    text(root / "birds/train_test_split.txt", "1 1", "2 1", "3 0")
    return root / "birds"


def idx_files(root: Path) -> Path:
    (root / "digits").mkdir()
    for part, count in (("train", 4), ("t10k", 2)):
        for name, array in (
            ("images-idx3", np.zeros((count, 8, 8), np.uint8)),
            ("labels-idx1", np.arange(count, dtype=np.uint8) % 2),
        ):
            head = bytes([0, 0, 8, array.ndim]) + b"".join(side.to_bytes(4, "big") for side in array.shape)
            (root / f"digits/{part}-{name}-ubyte").write_bytes(head + array.tobytes())
    return root / "digits"


def cifar_binary(root: Path) -> Path:
    (root / "cifar").mkdir()
    for name in ("data_batch_1.bin", "test_batch.bin"):
        (root / "cifar" / name).write_bytes(bytes([0, *[9] * 3072, 1, *[7] * 3072]))
    return root / "cifar"


def arrays(root: Path) -> Path:
    x, y = np.zeros((6, 8, 8, 3), np.uint8), np.arange(6) % 2
    np.savez(root / "photos.npz", x_train=x, y_train=y, x_val=x[:2], y_val=y[:2], x_test=x[:2], y_test=y[:2])
    return root / "photos.npz"


def pixel_rows(root: Path) -> Path:
    header = ",".join(["label", *(f"pixel{number}" for number in range(64))])
    return table(root / "digits.csv", header, *(",".join(map(str, [digit, *[10 * digit] * 64])) for digit in (3, 5, 3)))
