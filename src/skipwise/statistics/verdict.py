"""From scores to verdicts: is a contender better than the reference, or equivalent, and how surely."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from skipwise.statistics.crossed import CrossedT, crossed_t
from skipwise.statistics.holm import holm_levels
from skipwise.statistics.mcnemar import McNemar, mcnemar
from skipwise.statistics.needed import images_needed, seeds_needed

LEAST_PAIRS_FOR_EQUIVALENCE = 5


@dataclass(frozen=True, kw_only=True)
class Needed:
    """What would decide: so many seeds, or else so many test images, or nothing of the kind (both None)."""

    kind: Literal["direction", "equivalence"] = "direction"
    seeds: int | None = None
    images: int | None = None


Scores = Float[np.ndarray, "seeds examples"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Verdict:
    """What can be said of a contender against the reference. Differences are of mean scores, contender - reference.

    `interval` is at `level`, which Holm's rule raises where several contenders are judged; `differences` holds each
    pair's, `failures` the failed runs of (reference, contender).
    """

    reference: str
    contender: str
    direction: Literal["better", "worse", "undecided"]
    equivalent: bool
    difference: float
    interval: tuple[float, float]
    level: float
    margin: float
    equivalence_interval: tuple[float, float] | None
    p_value: float
    pairs: int
    examples: int
    wins: int
    differences: tuple[float, ...]
    failures: tuple[int, int]
    method: Literal["crossed t", "McNemar"]
    needed_for: Literal["direction", "equivalence"]
    needed_seeds: int | None
    needed_images: int | None

    def __str__(self) -> str:
        low, high = self.interval
        opening = {
            "better": f"{self.contender} is better than {self.reference}",
            "worse": f"{self.contender} is worse than {self.reference}",
            "undecided": f"Undecided between {self.reference} and {self.contender}",
        }[self.direction]
        if self.equivalent:
            within = f"by less than the margin of {self.margin:g}"
            opening = (
                f"{self.contender} and {self.reference} are equivalent: they differ {within}"
                if self.direction == "undecided"
                else f"{opening}, but {within}"
            )
        return (
            f"{opening}: difference {self.difference:+.3f}, {100 * self.level:.4g} % interval ({low:+.3f}, {high:+.3f}), "
            f"{self.wins} of {self.pairs} pairs won."
        )

    def __repr__(self) -> str:
        """A notebook shows the sentence."""
        return str(self)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What belongs beside the sentence: what it rests on, what it cannot see, what is still needed."""
        said = []
        if self.pairs == 1:
            said.append("one seed: this judges these two checkpoints, not these two networks")
        elif self.pairs < LEAST_PAIRS_FOR_EQUIVALENCE:
            said.append(f"a preview: {self.pairs} seeds show little of how much training varies; 5 are usual")
        for label, failed in zip((self.reference, self.contender), self.failures, strict=True):
            if failed:
                said.append(f"{failed} of {self.pairs} runs of {label} failed; they count with what they answer")
        if self.equivalent:
            rate = 1 - 0.05 ** (1 / self.pairs)
            said.append(f"failures 0 of {self.pairs}: a failure rate of up to {rate:.0%} is still possible")
        if self.direction == "undecided" and not self.equivalent:
            said.append(self._still_needed())
        return tuple(said)

    def to_json(self) -> dict[str, Any]:
        return {"sentence": str(self), **asdict(self), "cautions": list(self.cautions)}

    def _still_needed(self) -> str:
        if self.pairs == 1:
            return "more seeds are needed to judge the networks"
        shown = "which is better" if self.needed_for == "direction" else "that they differ by less than the margin"
        if self.needed_seeds is not None:
            return f"if the difference stays as it is, about {self.needed_seeds} seeds in all would show {shown}"
        if self.needed_images is not None:
            return (
                "if the difference stays as it is, more seeds alone would not decide, but about "
                f"{self.needed_images} test images in all would show {shown}"
            )
        return "if the difference stays as it is, neither more seeds nor more test images alone would decide"


def decide(
    reference: str,
    scores: Mapping[str, Scores],
    failures: Mapping[str, Sequence[bool]],
    *,
    margin: float = 0.01,
    alpha: float = 0.05,
) -> dict[str, Verdict]:
    """A verdict on every contender but the reference, all held to one error `alpha` by Holm's rule.

    `scores[label][k, n]` is the score of seed k on example n, `failures[label][k]` whether that run failed. Raises
    ValueError for tables that do not fit together.
    """
    _check(scores)
    labels = [label for label in scores if label != reference]
    tables = {label: scores[label] - scores[reference] for label in labels}
    tests: dict[str, CrossedT | McNemar] = {
        label: crossed_t(table) if len(table) > 1 else mcnemar(table[0]) for label, table in tables.items()
    }
    may_be_equivalent = {
        label: _may_be_equivalent(tests[label], margin, [*failures[reference], *failures[label]]) for label in labels
    }
    p_equivalent = [
        test.equivalence_p_value(margin) if isinstance(test, CrossedT) and may_be_equivalent[label] else 1.0
        for label, test in tests.items()
    ]
    direction_alphas = holm_levels([test.p_value() for test in tests.values()], alpha)
    equivalence_alphas = holm_levels(p_equivalent, alpha)
    verdicts = {}
    for label, p, alpha_direction, alpha_equivalence in zip(
        labels, p_equivalent, direction_alphas, equivalence_alphas, strict=True
    ):
        test = tests[label]
        rejected = test.p_value() < alpha_direction
        failed = [*failures[reference], *failures[label]]
        needed = Needed() if rejected else _needed(test, margin, failed, alpha_direction)
        pair_differences = tables[label].mean(1)
        verdicts[label] = Verdict(
            reference=reference,
            contender=label,
            direction=("better" if test.mean > 0 else "worse") if rejected else "undecided",
            equivalent=p < alpha_equivalence,
            difference=test.mean,
            interval=_possible(test.interval(1 - alpha_direction), scores),
            level=1 - alpha_direction,
            margin=margin,
            equivalence_interval=(test.interval(1 - 2 * alpha_equivalence) if isinstance(test, CrossedT) else None),
            p_value=test.p_value(),
            pairs=len(tables[label]),
            examples=tables[label].shape[1],
            wins=int((pair_differences > 0).sum()),
            differences=tuple(pair_differences.tolist()),
            failures=(sum(failures[reference]), sum(failures[label])),
            method="crossed t" if isinstance(test, CrossedT) else "McNemar",
            needed_for=needed.kind,
            needed_seeds=needed.seeds,
            needed_images=needed.images,
        )
    return verdicts


def _possible(interval: tuple[float, float], scores: Mapping[str, Scores]) -> tuple[float, float]:
    """The part of an interval that differences of these scores can reach: scores from 0 to 1 differ by at most 1."""
    if any(table.min() < 0 or table.max() > 1 for table in scores.values()):
        return interval
    return max(-1.0, interval[0]), min(1.0, interval[1])


def _may_be_equivalent(test: CrossedT | McNemar, margin: float, failed: Sequence[bool]) -> bool:
    """Whether equivalence may be claimed at all: enough pairs, none failed, and enough examples if all agree."""
    if not isinstance(test, CrossedT) or test.seeds < LEAST_PAIRS_FOR_EQUIVALENCE or any(failed):
        return False
    return test.variance > 0 or 3 / test.examples < margin


def _needed(test: CrossedT | McNemar, margin: float, failed: Sequence[bool], alpha: float) -> Needed:
    """Seeds or else test images that would decide the direction or, if that is nearer, equivalence."""
    if not isinstance(test, CrossedT):
        return Needed()
    ways: list[Needed] = []
    options: list[tuple[Literal["direction", "equivalence"], float, float]] = [
        ("direction", abs(test.mean), 1 - alpha / 2),
        ("equivalence", margin - abs(test.mean), 1 - alpha),
    ]
    for kind, distance, quantile in options:
        if kind == "equivalence" and any(failed):
            continue
        seeds = seeds_needed(test, distance=distance, quantile=quantile)
        images = images_needed(test, distance=distance, quantile=quantile) if seeds is None else None
        if kind == "equivalence" and seeds is not None:
            seeds = max(seeds, LEAST_PAIRS_FOR_EQUIVALENCE)
        ways.append(Needed(kind=kind, seeds=seeds, images=images))
    never = float("inf")
    return min(ways, key=lambda way: (way.seeds or never, way.images or never))


def _check(scores: Mapping[str, Scores]) -> None:
    shapes = {label: table.shape for label, table in scores.items()}
    if len(set(shapes.values())) != 1:
        raise ValueError(f"Every contender needs scores for the same seeds and examples, not {shapes}.")
    seeds, examples = next(iter(shapes.values()))
    if seeds < 1 or examples < 2:
        raise ValueError(f"A verdict needs at least 1 seed and 2 examples, not {seeds} and {examples}.")
    for label, table in scores.items():
        if not np.isfinite(table).all():
            raise ValueError(f"Scores of {label} are not all finite.")
