"""Scenes of handwritten digits on textured ground: a data set for detection that needs no download.

The digits are scikit-learn's 1,797 samples of 8x8 px. They are dealt into pools, and each scene takes its digits from
one pool: scenes of one pool stay on one side of a split, so that no digit is in training and test scenes both.
"""

import numpy as np
from jaxtyping import Float, Int, UInt8
from PIL import Image

from skipwise import keyed_rng
from skipwise.data.boxes.annotated import Annotated, Annotation

NAME = "digit-scenes"
SIDE = 96
POOLS = 40
SCENES_PER_POOL = 25
HEIGHTS = (12, 36)
"""Of the ink, in pixels."""
MOST_DIGITS = 5
MOST_COVERED = 0.1
"""The share of a digit's box that another box may cover."""
TRIES = 30
INK = 0.25
"""A pixel of which at least this share is ink belongs to the digit."""

Ground = Float[np.ndarray, "side side"]
Mask = Float[np.ndarray, "height width"]


def digit_scenes(pools: int = POOLS, scenes_per_pool: int = SCENES_PER_POOL) -> Annotated:
    """The scenes, the same on every machine: scene n is a function of n alone."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    dealt = np.zeros(len(digits.target), np.int64)
    order = keyed_rng.order(len(dealt), NAME, "pools")
    order = order[np.argsort(digits.target[order], kind="stable")]
    dealt[order] = np.arange(len(order)) % pools
    pixels, annotations, groups = [], [], []
    for number in range(pools * scenes_per_pool):
        pool = number % pools
        own = np.flatnonzero(dealt == pool)
        image, boxes, labels = _scene(digits.images[own] / 16, digits.target[own], number)
        pixels.append(image)
        annotations.append(
            Annotation(boxes=boxes, labels=labels, places=[f"digit {place}" for place in range(len(boxes))])
        )
        groups.append(f"pool {pool}")
    return Annotated(
        name=NAME,
        classes=tuple(str(digit) for digit in range(10)),
        annotations=annotations,
        parts=[""] * len(pixels),
        names=[f"{NAME}[{number}]" for number in range(len(pixels))],
        arrays=np.stack(pixels)[..., None],
        groups=groups,
    )


def _scene(
    samples: Float[np.ndarray, "samples 8 8"], targets: Int[np.ndarray, "samples"], number: int
) -> tuple[UInt8[np.ndarray, "side side"], Float[np.ndarray, "objects 4"], Int[np.ndarray, "objects"]]:
    """Pixels, exact boxes and classes of one scene."""
    generator = np.random.Generator(np.random.Philox(key=keyed_rng.key(NAME, "scene", number)))
    image = _ground(generator)
    boxes: list[np.ndarray] = []
    labels: list[int] = []
    wanted = int(generator.integers(1, MOST_DIGITS + 1))
    for _ in range(TRIES):
        chosen = int(generator.integers(len(samples)))
        mask = _written(samples[chosen], generator)
        height, width = mask.shape
        top, left = (int(generator.integers(0, SIDE - extent + 1)) for extent in mask.shape)
        box = _bounds(mask >= INK) + np.array([left, top, left, top])
        if any(_covered(box, other) > MOST_COVERED for other in boxes):
            continue
        below = image[top : top + height, left : left + width]
        below += mask * (_ink(float(below.mean()), generator) - below)
        boxes.append(box)
        labels.append(int(targets[chosen]))
        if len(boxes) == wanted:
            break
    image += generator.normal(0, generator.uniform(2, 8), image.shape)
    return np.clip(np.round(image), 0, 255).astype(np.uint8), np.stack(boxes), np.array(labels, np.int64)


def _ground(generator: np.random.Generator) -> Ground:
    """Smooth noise, a slope and stripes, each as strong as it happens to be, about a random brightness."""
    cells = int(generator.integers(3, 13))
    noise = _resized(generator.uniform(-1, 1, (cells, cells)).astype(np.float32), SIDE, SIDE)
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE - 0.5
    angle, turned = generator.uniform(0, 2 * np.pi, 2)
    slope = x * np.cos(angle) + y * np.sin(angle)
    along = x * np.cos(turned) + y * np.sin(turned)
    stripes = np.sin(2 * np.pi * generator.uniform(3, 14) * along + generator.uniform(0, 6))
    strengths = generator.uniform(0, 1, 3) * (30, 60, 15)
    layers = strengths[0] * noise + strengths[1] * slope + strengths[2] * stripes
    return np.asarray(generator.uniform(60, 195) + layers, np.float64)


def _written(sample: Float[np.ndarray, "8 8"], generator: np.random.Generator) -> Mask:
    """The share of ink in each pixel of a digit at a random size, its proportions kept within 15 %."""
    left, top, right, bottom = _bounds(sample >= INK).astype(int)
    ink = sample[top:bottom, left:right]
    height = int(generator.integers(HEIGHTS[0], HEIGHTS[1] + 1))
    width = round(height * ink.shape[1] / ink.shape[0] * generator.uniform(0.85, 1.15))
    sharp = (_resized(ink.astype(np.float32), height, width) - 0.15) / 0.6
    return np.asarray(np.clip(sharp, 0, 1), np.float64)


def _ink(ground: float, generator: np.random.Generator) -> float:
    """A brightness at least 60 levels from the ground's, on the side that happens or that has room."""
    step = float(generator.uniform(60, 110) * generator.choice((-1, 1)))
    return ground + step if 5 <= ground + step <= 250 else ground - step


def _resized(values: np.ndarray, height: int, width: int) -> np.ndarray:
    return np.asarray(Image.fromarray(values).resize((width, height), Image.Resampling.BICUBIC))


def _bounds(inside: np.ndarray) -> Float[np.ndarray, "4"]:
    """Corners x, y, x, y round the true pixels, the far ones one pixel beyond the last."""
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], np.float64)


def _covered(one: np.ndarray, other: np.ndarray) -> float:
    """Return the overlap of two boxes, as a fraction of the smaller one."""
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    smaller = min(float((box[2:] - box[:2]).prod()) for box in (one, other))
    return float(sides.clip(min=0).prod()) / smaller
