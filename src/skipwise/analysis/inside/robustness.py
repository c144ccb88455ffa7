"""Robustness: the accuracy of a trained classifier on corrupted images (Hendrycks and Dietterich 2019)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from skipwise import keyed_rng
from skipwise.analysis.inside.trained import Trained
from skipwise.data import ImageStream
from skipwise.data.images.corruption import CORRUPTIONS, SEVERITIES, corruption
from skipwise.statistics import crossed_t, paired_t
from skipwise.tasks import ImageClassification
from skipwise.training.evaluate import evaluate

CLEAN = "clean"


@dataclass(frozen=True, kw_only=True)
class Robustness:
    """Of one run. `clean` is its accuracy on images as they are, `scores` those by corruption at severities 1 to 5.

    `right` keeps the examples: a digit for each, how many of the severities of a corruption it is answered rightly at;
    of clean images 0 or 1. `shown` stands for which examples they are: runs with the same one saw the same.
    """

    seed: int
    shown: int
    clean: float
    scores: dict[str, list[float]]
    right: dict[str, str]


def robustness(trained: Trained) -> Robustness | None:
    """Its accuracy under each corruption; None for what is no classifier of images."""
    if not isinstance(trained.task, ImageClassification) or not isinstance(trained.stream, ImageStream):
        return None
    clean = _right(trained, trained.stream)
    scores, right = {}, {CLEAN: _digits(clean)}
    for name in CORRUPTIONS:
        table = np.stack([_right(trained, trained.stream.altered(corruption(name, each))) for each in SEVERITIES])
        scores[name] = table.mean(1).tolist()
        right[name] = _digits(table.sum(0))
    return Robustness(
        seed=trained.seed,
        shown=keyed_rng.key(*trained.indices.tolist()),
        clean=float(clean.mean()),
        scores=scores,
        right=right,
    )


def fraction_correct(found: Robustness, name: str) -> Float[np.ndarray, "examples"]:
    """Of each example, at which share of a corruption's severities it is answered rightly; `name` may be CLEAN."""
    return np.array([int(digit) for digit in found.right[name]]) / (1 if name == CLEAN else len(SEVERITIES))


def advantage_over(
    runs: Mapping[int, Robustness], reference: Mapping[int, Robustness], name: str, *, less_clean: bool = False
) -> tuple[float, float, float] | None:
    """By how much runs are more often right than those of the reference with the same seed, and the 95 % interval.

    With `less_clean` what each loses against clean images is compared instead: positive where they lose less. Of
    several seeds the interval is the crossed t's, of one Student's over examples. None where seeds or examples are not
    the same.
    """
    seeds = [seed for seed in runs if seed in reference]
    if not seeds or len({each.shown for seed in seeds for each in (runs[seed], reference[seed])}) > 1:
        return None

    def row(found: Robustness) -> Float[np.ndarray, "examples"]:
        return fraction_correct(found, name) - (fraction_correct(found, CLEAN) if less_clean else 0)

    table = np.stack([row(runs[seed]) - row(reference[seed]) for seed in seeds])
    if table.shape[1] < 2:
        return None
    low, high = (crossed_t(table) if len(seeds) > 1 else paired_t(table[0])).interval(0.95)
    return float(table.mean()), low, high


def _right(trained: Trained, stream: ImageStream) -> Float[np.ndarray, "examples"]:
    answers, _ = evaluate(trained.task, trained.network, stream, trained.indices, trained.plan)
    return trained.task.scores(answers)


def _digits(counts: Float[np.ndarray, "examples"]) -> str:
    return "".join(str(round(count)) for count in counts)
