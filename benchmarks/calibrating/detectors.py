"""Detectors, whose score is no mean over images: three rules on simulated studies of which the truth is known.

Images differ in how hard they are, for all contenders alike; contenders may differ in which images they are good at;
runs of one contender differ in how much they learned, and each answers with noise. None of it comes from a trained
network.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from calibrating.drawing import Generator, binomial_error
from skipwise.statistics import crossed_t, two_way_bootstrap_of
from skipwise.tasks.average_precision import Matches, influence_values, match, pseudo_values, resampled

SEEDS, IMAGES = (3, 5), (100, 400)
LEVEL, DRAWS = 0.95, 200
DIFFERENCE = 0.03
"""In mAP: the true difference that power is told of."""
CLASSES, OBJECTS, FALSE = 5, 3, 6
"""Classes; true objects of an image, and detections of nothing, on average."""
MOST_OBJECTS, MOST_FALSE = 8, 14
HARD, OWN, RUN, LEARNED = 0.7, 0.7, 0.5, 0.04
"""Deviations of ease, the log-odds of a score: between images, between objects, of a run's noise, and between runs."""
TASTES = (0.0, 0.5)
"""Deviations of what makes an image easier for one contender than for the other; 0 is a contender against itself."""
Interval = tuple[float, float]
Runs = list[Matches]


@dataclass(frozen=True, kw_only=True)
class SimulatedScenes:
    """True objects (label -1 where there is none), and how easily each is found."""

    boxes: Float[np.ndarray, "images most_true 4"]
    labels: Int[np.ndarray, "images most_true"]
    ease: Float[np.ndarray, "images most_true"]


def detector_rates(studies: int) -> Iterator[dict[str, Any]]:
    """False claims and power of each rule; the slow ones are asked about the first quarter of the studies.

    Both contenders are drawn alike, so that the true difference is 0 and every claim is false, and 1 less their share
    is coverage. For power a constant is added. Spread is 1.96 deviations of the middle of the interval: the half-width
    that would do if it were known.
    """
    for taste in TASTES:
        for images in IMAGES:
            found: dict[tuple[str, int], list[Interval]] = {(rule, seeds): [] for rule in RULES for seeds in SEEDS}
            for study in range(studies):
                one, other = two_contenders(np.random.default_rng([images, study]), images, taste)
                for rule, intervals in RULES.items():
                    if rule == FAST or study < studies // 4:
                        for seeds, interval in zip(SEEDS, intervals(one, other, study), strict=True):
                            found[rule, seeds].append(interval)
            for (rule, seeds), known in found.items():
                names = {"taste": taste, "images": images, "seeds": seeds, "rule": rule, "studies": len(known)}
                yield names | _rates(np.array(known))


def two_contenders(generator: Generator, images: int, taste: float) -> tuple[Runs, Runs]:
    """Runs of two contenders of equal population on the same images, as many as the most seeds."""
    shape = (images, MOST_OBJECTS)
    labels = generator.integers(0, CLASSES, shape)
    labels[np.arange(MOST_OBJECTS) >= generator.poisson(OBJECTS, images)[:, None]] = -1
    ease = generator.normal(0, HARD, (images, 1)) + generator.normal(0, OWN, shape)
    scenes = SimulatedScenes(boxes=_boxes(generator, shape), labels=labels, ease=ease)
    one, other = ([taste * own] * max(SEEDS) for own in generator.normal(0, 1, (2, images, 1)))
    return [run_of(generator, scenes, own) for own in one], [run_of(generator, scenes, own) for own in other]


def run_of(generator: Generator, scenes: SimulatedScenes, taste: Float[np.ndarray, "images 1"]) -> Matches:
    """One run's detections: of objects, doubles of these, and of nothing."""
    noise = generator.normal(0, LEARNED) + generator.normal(0, RUN, scenes.ease.shape)
    ease = scenes.ease + taste + noise
    images = len(ease)
    shape = (images, MOST_FALSE)
    labels = generator.integers(0, CLASSES, shape)
    labels[np.arange(MOST_FALSE) >= generator.poisson(FALSE, images)[:, None]] = -1
    nothing = (_boxes(generator, shape), labels, generator.normal(-1.5, 1, shape))
    parts = (_of_objects(generator, scenes, ease), _of_objects(generator, scenes, ease / 2 - 1), nothing)
    boxes, labels, log_odds = (np.concatenate(some, axis=1) for some in zip(*parts, strict=True))
    found = {"boxes": boxes, "labels": labels, "scores": 1 / (1 + np.exp(-log_odds))}
    return match(found | {"true_boxes": scenes.boxes, "true_labels": scenes.labels}, CLASSES)


def _of_objects(generator: Generator, scenes: SimulatedScenes, ease: np.ndarray) -> tuple[np.ndarray, ...]:
    """Boxes, labels and log-odds of scores: what is easy has a close box, its own class and a high score."""
    size = np.tile(scenes.boxes[..., 2:] - scenes.boxes[..., :2], 2)
    boxes = scenes.boxes + generator.normal(0, 0.06, size.shape) * np.exp(-ease / 2)[..., None] * size
    wrong = generator.normal(0, 1, ease.shape) > ease + 1.5
    labels = np.where(wrong, generator.integers(0, CLASSES, ease.shape), scenes.labels)
    labels = np.where((scenes.labels >= 0) & (ease > -1.2), labels, -1)
    return boxes, labels, ease + generator.normal(0, 0.5, ease.shape)


def _boxes(generator: Generator, shape: tuple[int, int]) -> Float[np.ndarray, "images most 4"]:
    """With sides of 20 to 150 pixels, in images of 500."""
    corners = generator.uniform(0, 350, (*shape, 2))
    return np.concatenate([corners, corners + generator.uniform(20, 150, (*shape, 2))], axis=2)


def _by_crossed_t(values: Callable[[Matches], np.ndarray], one: Runs, other: Runs, _: int) -> list[Interval]:
    """For each of SEEDS."""
    table = np.stack([values(b) - values(a) for a, b in zip(one, other, strict=True)])
    return [crossed_t(table[:seeds]).interval(LEVEL) for seeds in SEEDS]


def _by_bootstrap(one: Runs, other: Runs, study: int) -> list[Interval]:
    def score(run: int, counts: np.ndarray) -> np.ndarray:
        difference: np.ndarray = resampled(other[run], counts) - resampled(one[run], counts)
        return difference

    images = one[0].images
    return [two_way_bootstrap_of(score, seeds, images, level=LEVEL, draws=DRAWS, seed=study) for seeds in SEEDS]


FAST = "influence values"
RULES: dict[str, Callable[[Runs, Runs, int], list[Interval]]] = {
    "pseudo-values": partial(_by_crossed_t, pseudo_values),
    FAST: partial(_by_crossed_t, influence_values),
    "two-way bootstrap": _by_bootstrap,
}


def _rates(intervals: Float[np.ndarray, "studies 2"]) -> dict[str, float]:
    low, high = intervals.T
    false, power = (float(((low + shift > 0) | (high + shift < 0)).mean()) for shift in (0.0, DIFFERENCE))
    return {
        "false": false,
        "false_error": binomial_error(false, len(intervals)),
        "half_width": float((high - low).mean() / 2),
        "spread": float(1.96 * ((low + high) / 2).std(ddof=1)),
        "power": power,
        "power_error": binomial_error(power, len(intervals)),
    }
