"""Data sets known by name: scikit-learn's digits, and those that torchvision downloads."""

from typing import Any

import numpy as np

from skipwise.data.cache_home import data_home
from skipwise.data.images.arrays import ArrayPart, source_of_arrays
from skipwise.data.images.source import Source
from skipwise.errors import UserError, clause

NAMES: dict[str, str] = {
    "digits": "1,797 handwritten digits of 8x8 px, comes with scikit-learn: no network needed",
    "cifar10": "60,000 photos of 32x32 px in 10 classes (torchvision downloads it)",
    "cifar100": "60,000 photos of 32x32 px in 100 classes (torchvision downloads it)",
    "mnist": "70,000 handwritten digits of 28x28 px (torchvision downloads it)",
    "fashion-mnist": "70,000 pictures of clothes of 28x28 px (torchvision downloads it)",
    "svhn": "99,289 house numbers of 32x32 px (torchvision downloads it)",
}


def read_named(name: str) -> Source:
    """A data set by name. Raises UserError where it cannot be downloaded."""
    return _digits() if name == "digits" else _torchvision(name)


def _digits() -> Source:
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = np.round(digits.images * (255 / 16)).astype(np.uint8)
    return Source(
        name="digits",
        labels=digits.target.astype(np.int64),
        classes=tuple(str(digit) for digit in digits.target_names),
        parts=[""] * len(images),
        names=[f"digits[{i}]" for i in range(len(images))],
        arrays=images[..., None],
    )


def _torchvision(name: str) -> Source:
    from torchvision import datasets

    root = data_home() / "downloads"
    makers: dict[str, Any] = {
        "cifar10": datasets.CIFAR10,
        "cifar100": datasets.CIFAR100,
        "mnist": datasets.MNIST,
        "fashion-mnist": datasets.FashionMNIST,
        "svhn": datasets.SVHN,
    }
    try:
        train, test = (
            makers[name](root, download=True, **({"split": part} if name == "svhn" else {"train": part == "train"}))
            for part in ("train", "test")
        )
    except Exception as error:
        raise UserError(
            f"{name} is not in {root} and cannot be downloaded ({clause(f'{type(error).__name__}: {error}')}): connect to a "
            "network, or give an .npz with the same arrays, or begin with digits, which needs none."
        ) from error
    (x_train, y_train), (x_test, y_test) = _pixels(train), _pixels(test)
    classes = [str(label) for label in getattr(train, "classes", range(10))]
    if name == "mnist":
        classes = [str(digit) for digit in range(10)]
    parts = [
        ArrayPart(part="train", images=x_train, labels=y_train),
        ArrayPart(part="test", images=x_test, labels=y_test),
    ]
    return source_of_arrays(name, parts, classes)


def _pixels(dataset: Any) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, height, width, channels) and labels of one of torchvision's data sets."""
    images = np.asarray(dataset.data)
    if images.ndim == 3:
        images = images[..., None]
    elif images.shape[1] == 3:
        images = images.transpose(0, 2, 3, 1)
    labels = dataset.labels if hasattr(dataset, "labels") else dataset.targets
    return np.ascontiguousarray(images), np.asarray(labels, np.int64)
