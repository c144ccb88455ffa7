"""A small data set and what trains on it in a second."""

import numpy as np
import pytest
from PIL import Image

from skipwise.data import Options, prepare_images
from skipwise.data.images.dataset import open_source
from skipwise.errors import UserError


def shapes(path, *, side=8, train=96, test=48, classes=3, seed=0):
    """An .npz of noisy squares whose place is their class."""
    generator = np.random.default_rng(seed)
    images, labels = {}, {}
    for part, count in (("train", train), ("test", test)):
        y = np.arange(count) % classes
        x = generator.integers(0, 90, (count, side, side))
        for image, label in zip(x, y, strict=True):
            image[2 * label : 2 * label + 3, 1:5] += 130
        images[part], labels[part] = x.astype(np.uint8), y
    np.savez(path, x_train=images["train"], y_train=labels["train"], x_test=images["test"], y_test=labels["test"])
    return path


def dataset(path, **options):
    return prepare_images(shapes(path, **options), Options(), photo_size=64)


def squares_in_folders(folder, *, each=20, classes=3, seed=0):
    """The same as files in class folders, without parts."""
    generator = np.random.default_rng(seed)
    for label in range(classes):
        (folder / f"place {label}").mkdir(parents=True)
        for number in range(each):
            pixels = generator.integers(0, 90, (8, 8)).astype(np.uint8)
            pixels[2 * label : 2 * label + 3, 1:5] += 130
            Image.fromarray(pixels).save(folder / f"place {label}" / f"{number}.png")
    return folder


def refused(data):
    """The sentence with which data that are no images are refused."""
    with pytest.raises(UserError) as error:
        open_source(data)
    return str(error.value)
