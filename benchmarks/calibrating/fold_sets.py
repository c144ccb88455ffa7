"""Many small data sets, each judged by folds: the answers of networks on images they did not learn from.

A verdict by folds speaks of data sets like this one, so that many data sets are needed to judge it. Each is a set of
Fashion-MNIST training images that no other set holds. Three contenders are trained on it with the same folds and
streams: plain8, resnet8, and plain8 again from other first weights, from which it differs in nothing that matters.
"""

import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int, UInt8

Images = UInt8[np.ndarray, "images height width channels"]
CONTENDERS = (("plain8", 0), ("plain8", 1_000), ("resnet8", 0))
"""A preset, and what is added to the seed for its first weights."""
FOLDS, SEEDS, EPOCHS, LEARNING_RATE = 5, 3, 10, 0.05
SHRINK = 4
"""The sides of the images are divided by it: 28 px become 7, so that a run takes half a second."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One data set to be trained on."""

    images: Images
    labels: Int[np.ndarray, "images"]
    number: int


def small_sets(data: Path, sets: int, images: int = 250) -> list[Task]:
    """Disjoint sets of images made smaller (means of pixels), from the training part of an .npz."""
    with np.load(data) as arrays:
        pixels, labels = arrays["x_train"], arrays["y_train"].astype(np.int64)
    chosen = np.random.default_rng(0).permutation(len(labels))[: sets * images].reshape(sets, images)
    return [
        Task(images=shrunk(pixels[np.sort(indices)]), labels=labels[np.sort(indices)], number=number)
        for number, indices in enumerate(chosen)
    ]


def shrunk(pixels: UInt8[np.ndarray, "images height width"]) -> Images:
    count, height, width = pixels.shape
    means = pixels.reshape(count, height // SHRINK, SHRINK, width // SHRINK, SHRINK).mean((2, 4))
    small: Images = means.round().astype(np.uint8)[..., None]
    return small


def train_sets(tasks: list[Task], cache: Path, workers: int = 2) -> Float[np.ndarray, "sets contenders seeds images"]:
    """Right (1) or wrong (0) out of fold. Each set is kept in the folder `cache`, so that what was cut goes on."""
    cache.mkdir(parents=True, exist_ok=True)
    missing = [task for task in tasks if not kept(cache, task).exists()]
    with ProcessPoolExecutor(workers) as pool:
        for task, right in zip(missing, pool.map(right_out_of_fold, missing), strict=True):
            np.save(kept(cache, task), right)
            print(f"set {task.number}: {right.mean((1, 2)).round(3)}", flush=True)
    return np.stack([np.load(kept(cache, task)) for task in tasks]).astype(np.float64)


def kept(cache: Path, task: Task) -> Path:
    """The file of one set's answers."""
    return cache / f"set-{task.number}.npy"


def folds_of(task: Task) -> Int[np.ndarray, "seeds images"]:
    """The fold that each image is in, for each seed."""
    from skipwise.data.folds import fold_numbers

    together = np.arange(len(task.labels))
    return np.stack(
        [fold_numbers(task.labels, together, FOLDS, f"set {task.number}", seed, "folds") for seed in range(SEEDS)]
    )


def right_out_of_fold(task: Task) -> UInt8[np.ndarray, "contenders seeds images"]:
    """Train every contender, seed and fold on one set."""
    import torch

    from skipwise.data import DataManifest, Images
    from skipwise.data.folds import fold_of

    torch.set_num_threads(1)
    count = len(task.labels)
    shares = task.images / 255
    dataset = Images(
        manifest=DataManifest(name="set", fingerprint=f"set {task.number}", classes=tuple("0123456789")),
        images=task.images, labels=task.labels, together=np.arange(count), train=np.arange(count),
        validation=np.arange(0), test=np.arange(0), mean=(float(shares.mean()),), std=(float(shares.std()),),
    )  # fmt: skip
    right = np.zeros((len(CONTENDERS), SEEDS, count), np.uint8)
    for seed in range(SEEDS):
        for fold in range(FOLDS):
            part = fold_of(dataset, fold, FOLDS, seed)
            for number, (preset, shift) in enumerate(CONTENDERS):
                right[number, seed, part.test] = _right(part, preset, seed, seed + shift)
    return right


def _right(part, preset: str, seed: int, first_weights: int) -> UInt8[np.ndarray, "test"]:  # type: ignore[no-untyped-def]
    """Whether the network after its last step answers the test images of `part` rightly."""
    from skipwise.networks import PRESETS, build
    from skipwise.recipe import Recipe
    from skipwise.tasks import TASKS
    from skipwise.training import ComputePlan
    from skipwise.training.evaluate import evaluate
    from skipwise.training.loop import Loop

    recipe = Recipe(epochs=EPOCHS, batch_size=64, lr=LEARNING_RATE, crop=1, flip=True)
    plan = ComputePlan(device="cpu", precision="fp32", channels_last=False, threads=1)
    images = TASKS["images"]
    stream = images.stream(part, recipe, seed, "cpu")
    network = build(PRESETS[preset], part.input_shape, len(part.classes), first_weights)
    with tempfile.TemporaryDirectory() as folder:  # where nothing is written: a cut set is trained again
        loop = Loop(images, network, recipe, stream, plan, Path(folder))
    loop.train_mode()
    for epoch in range(EPOCHS):
        for batch in stream.epoch(epoch):
            loop.train_step(batch)
            loop.progress.done += 1
    answers, _ = evaluate(images, network, stream, part.test, plan)
    return images.scores(answers).astype(np.uint8)
