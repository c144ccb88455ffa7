"""Calibration of classifiers: whether confidence equals accuracy (Guo et al. 2017, arXiv 1706.04599)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import minimize_scalar

from skipwise.analysis.scores.calibration_interval import error_interval
from skipwise.analysis.scores.confusion import Classified

BINS = 15
"""Of equal width in confidence, as in the paper's section 2."""
LEAST_PROBABILITY = 1e-12
COLDEST, HOTTEST = 0.05, 20.0
"""Between which a temperature is looked for."""

Probabilities = Float[np.ndarray, "examples classes"]
Labels = Int[np.ndarray, "examples"]
OthersClassified = tuple[Float[np.ndarray, "_ classes"], Int[np.ndarray, "_"]]
"""The same of other examples, as many as there are."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Of one contender over its runs. A confidence is the probability of the class that is named.

    `examples`, `confidence` and `right` are of each bin, all runs together: how many there are, how sure on average,
    and which share is right; nan where there are none. `error` is the expected calibration error, the mean over runs,
    `without_chance` what is left of it without what chance alone gives, `interval` its 95 % interval. `temperatures` of
    the runs were fitted on validation examples; `scaled_error` is the error on test examples with them. `spoiled` says
    whether they make true classes less likely there, by more than chance over examples.
    """

    examples: Int[np.ndarray, "bins"]
    confidence: Float[np.ndarray, "bins"]
    right: Float[np.ndarray, "bins"]
    error: float
    without_chance: float
    interval: tuple[float, float]
    temperatures: tuple[float, ...]
    scaled_error: float
    spoiled: bool


def calibration(test: Sequence[Classified], validation: Sequence[OthersClassified]) -> Calibration:
    """Compute the calibration from the probabilities and labels of each run, on test and on validation examples."""
    tables = [_gaps(*run) for run in test]
    error = float(np.mean([expected_calibration_error(*run) for run in test]))
    interval = error_interval(tables, [probabilities.max(1) for probabilities, _ in test])
    temperatures = tuple(temperature(*run) for run in validation)
    scaled = [
        (at_temperature(probabilities, found), labels)
        for (probabilities, labels), found in zip(test, temperatures, strict=True)
    ]
    places = np.concatenate([bin_of(probabilities) for probabilities, _ in test])
    confidence = np.concatenate([probabilities.max(1) for probabilities, _ in test])
    right = np.concatenate([_right(*run) for run in test])
    examples = np.bincount(places, minlength=BINS)
    with np.errstate(invalid="ignore"):
        return Calibration(
            examples=examples,
            confidence=np.bincount(places, confidence, BINS) / examples,
            right=np.bincount(places, right, BINS) / examples,
            error=error,
            without_chance=interval.middle,
            interval=(interval.low, interval.high),
            temperatures=temperatures,
            scaled_error=float(np.mean([expected_calibration_error(*run) for run in scaled])),
            spoiled=_less_likely(scaled, test),
        )


def expected_calibration_error(probabilities: Probabilities, labels: Labels) -> float:
    """Return the mean over examples of the gap between confidence and accuracy in their bin (equation 3)."""
    return float(np.abs(_gaps(probabilities, labels).sum(0)).sum() / len(labels))


def bin_of(probabilities: Probabilities) -> Int[np.ndarray, "examples"]:
    """The bin of each example's confidence; a bin holds its upper end."""
    return np.asarray(np.ceil(probabilities.max(1) * BINS).astype(np.int64).clip(1, BINS) - 1)


def temperature(probabilities: Probabilities, labels: Labels) -> float:
    """Return the temperature, by which logits are divided so that the true classes are most likely (section 4.2)."""
    logits = np.log(probabilities.clip(LEAST_PROBABILITY))

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        true = np.take_along_axis(scaled, labels[:, None], 1)[:, 0]
        return float((np.logaddexp.reduce(scaled, 1) - true).mean())

    found = minimize_scalar(loss, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded")
    return float(np.exp(found.x))


def at_temperature(probabilities: Probabilities, divisor: float) -> Probabilities:
    """Return the probabilities when logits are divided by `divisor`; their order stays."""
    scaled = np.log(probabilities.clip(LEAST_PROBABILITY)) / divisor
    return np.asarray(np.exp(scaled - np.logaddexp.reduce(scaled, 1)[:, None]))


def _less_likely(ones: Sequence[Classified], others: Sequence[Classified]) -> bool:
    """Whether the true classes are less likely with the former, on the mean over runs, by two standard errors over
    examples.
    """
    lost = [_likelihood(*other) - _likelihood(*one) for one, other in zip(ones, others, strict=True)]
    if len({len(run) for run in lost}) > 1:
        lost = [np.concatenate(lost)]  # each of its own examples
    of_examples = np.mean(lost, axis=0)
    return bool(of_examples.mean() > 2 * of_examples.std() / np.sqrt(len(of_examples)))


def _likelihood(probabilities: Probabilities, labels: Labels) -> Float[np.ndarray, "examples"]:
    """The logarithm of each true class's probability."""
    return np.asarray(np.log(probabilities[np.arange(len(labels)), labels].clip(LEAST_PROBABILITY)))


def _gaps(probabilities: Probabilities, labels: Labels) -> Float[np.ndarray, "examples bins"]:
    """In each example's own bin whether it is right less how sure it was, and 0 in the others alone."""
    gaps = np.zeros((len(labels), BINS))
    sure = probabilities.max(1).astype(np.float64).clip(max=1 - 1e-9)  # a gap of 0 would be no example
    gaps[np.arange(len(labels)), bin_of(probabilities)] = _right(probabilities, labels) - sure
    return gaps


def _right(probabilities: Probabilities, labels: Labels) -> Float[np.ndarray, "examples"]:
    return np.asarray((probabilities.argmax(1) == labels).astype(np.float64))
