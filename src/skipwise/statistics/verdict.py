"""From scores to verdicts: is a contender better than the reference, or equivalent, and how surely."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from skipwise.statistics.crossed import CrossedT, crossed_t
from skipwise.statistics.mcnemar import McNemar
from skipwise.statistics.multiple_testing import holm_levels
from skipwise.statistics.needed import (
    LEAST_PAIRS_FOR_EQUIVALENCE,
    Needed,
    examples_if_all_agree,
    needed_for_direction,
    needed_for_equivalence,
)
from skipwise.statistics.paired import PairedT, one_seed

Scores = Float[np.ndarray, "seeds examples"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Verdict:
    """The finding on a contender against the reference. Differences are of mean scores, contender - reference.

    `interval` is at `level`, which Holm's rule raises where several contenders are judged; `differences` holds each
    pair's, `failures` the failed runs of (reference, contender). Where networks learned nothing or little, `opening`
    says so first, `unlearned` names those that learned nothing, and `advice` stands in place of how many seeds are
    needed.
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
    method: Literal["crossed t", "McNemar", "paired t"]
    needed_for: Literal["direction", "equivalence"]
    needed_seeds: int | None
    needed_images: int | None
    opening: str = ""
    unlearned: tuple[str, ...] = ()
    advice: str = ""

    @property
    def claim(self) -> str:
        """The finding in words, without its numbers and without a full stop."""
        return (
            f"{self.opening}: {self._finding.replace('Undecided', 'undecided', 1)}" if self.opening else self._finding
        )

    @property
    def _finding(self) -> str:
        opening = {
            "better": f"{self.contender} is better than {self.reference}",
            "worse": f"{self.contender} is worse than {self.reference}",
            "undecided": f"Undecided between {self.reference} and {self.contender}",
        }[self.direction]
        if not self.equivalent:
            return opening
        within = f"by less than the margin of {self.margin:g}"
        if self.direction == "undecided":
            return f"{self.contender} and {self.reference} are equivalent: they differ {within}"
        return f"{opening}, but {within}"

    @property
    def outcome(self) -> str:
        """The finding in a word or three, for a table."""
        if len(self.unlearned) == 2:
            return "nothing learned"
        if self.direction == "undecided":
            return "equivalent" if self.equivalent else "undecided"
        return f"{self.direction}, but equivalent" if self.equivalent else self.direction

    @property
    def no_interval(self) -> str:
        """Why there is no interval: no two differences are unlike. Empty where there is one."""
        if self.interval[0] < self.interval[1]:
            return ""
        return "it cannot be told from 1 run" if self.pairs == 1 else f"all {self.pairs} pairs agree"

    def __str__(self) -> str:
        interval = self.interval_words("({:+.3f}, {:+.3f})", 0.001)
        return f"{self.claim}: difference {self.difference:+.3f}, {interval}, {self.wins} of {self.pairs} pairs won."

    def interval_words(self, written: str, digit: float, unit: float = 1.0) -> str:
        """The interval with its level in words, `written` with its ends, where they differ by a `digit` at least.

        Ends and digit are in multiples of `unit`.
        """
        if self.no_interval:
            return f"no interval ({self.no_interval})"
        low, high = (end / unit for end in self.interval)
        narrow = round(low / digit) == round(high / digit)
        said = f"narrower than {digit:g}" if narrow else written.format(low, high)
        return f"{100 * self.level:.4g} % interval {said}"

    def __repr__(self) -> str:
        """A notebook shows the sentence."""
        return str(self)

    @property
    def cautions(self) -> tuple[str, ...]:
        """The sentences that belong beside it: on what it rests, what it cannot see, what is still needed."""
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
            said.append(f"failures 0 of {self.pairs}: a failure rate of up to {100 * rate:.0f} % is still possible")
        if len(self.unlearned) == 1:
            said.append(
                f"{self.unlearned[0]} learned nothing here: the difference says that it did not train, and little about "
                "the shortcut of a network that does"
            )
        if len(self.unlearned) == 2:
            said.append("a difference between networks that learned nothing says nothing about the shortcut")
        if self.advice:
            said.append(self.advice)
        elif self.direction == "undecided" and not self.equivalent:
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
                f"{self.needed_images} test examples in all would show {shown}"
            )
        return "if the difference stays as it is, neither more seeds nor more test examples alone would decide"


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
    pairs = [(reference, label) for label in scores if label != reference]
    verdicts = decide_each(pairs, scores, failures, margin=margin, alpha=alpha)
    return {verdict.contender: verdict for verdict in verdicts}


def decide_each(
    comparisons: Sequence[tuple[str, str]],
    scores: Mapping[str, Scores],
    failures: Mapping[str, Sequence[bool]],
    *,
    margin: float = 0.01,
    alpha: float = 0.05,
) -> list[Verdict]:
    """A verdict on each (reference, contender), all held to one error `alpha` by Holm's rule; else as `decide`."""
    _check(comparisons, scores, failures)
    tables = [scores[contender] - scores[reference] for reference, contender in comparisons]
    tests = [crossed_t(table) if len(table) > 1 else one_seed(table[0]) for table in tables]
    failed = [(sum(failures[reference]), sum(failures[contender])) for reference, contender in comparisons]
    p_equivalent = [_equivalence_p_value(test, margin, some) for test, some in zip(tests, failed, strict=True)]
    alphas = holm_levels([test.p_value() for test in tests], alpha)
    alphas_equivalent = holm_levels(p_equivalent, alpha)
    return [
        _verdict(
            reference,
            contender,
            tables[index],
            tests[index],
            interval=_possible(tests[index].interval(1 - alphas[index]), scores),
            equivalent=p_equivalent[index] < alphas_equivalent[index],
            failures=failed[index],
            margin=margin,
            alpha=alphas[index],
            alpha_equivalent=alphas_equivalent[index],
        )
        for index, (reference, contender) in enumerate(comparisons)
    ]


def _verdict(
    reference: str,
    contender: str,
    table: Scores,
    test: CrossedT | McNemar | PairedT,
    *,
    interval: tuple[float, float],
    equivalent: bool,
    failures: tuple[int, int],
    margin: float,
    alpha: float,
    alpha_equivalent: float,
) -> Verdict:
    crossed = test if isinstance(test, CrossedT) else None
    decided = test.p_value() < alpha
    needed = Needed()
    if crossed and not decided and not equivalent:
        needed = _needed(crossed, failures, margin, alpha, alpha_equivalent)
    pair_differences = table.mean(1)
    return Verdict(
        reference=reference,
        contender=contender,
        direction=("better" if test.mean > 0 else "worse") if decided else "undecided",
        equivalent=equivalent,
        difference=test.mean,
        interval=interval,
        level=1 - alpha,
        margin=margin,
        equivalence_interval=crossed.interval(1 - 2 * alpha_equivalent) if crossed else None,
        p_value=test.p_value(),
        pairs=len(table),
        examples=table.shape[1],
        wins=int((pair_differences > 0).sum()),
        differences=tuple(pair_differences.tolist()),
        failures=failures,
        method="crossed t" if crossed else "McNemar" if isinstance(test, McNemar) else "paired t",
        needed_for=needed.kind,
        needed_seeds=needed.seeds,
        needed_images=needed.images,
    )


def _possible(interval: tuple[float, float], scores: Mapping[str, Scores]) -> tuple[float, float]:
    """The part of an interval that differences of these scores can reach: scores from 0 to 1 differ by at most 1."""
    if any(table.min() < 0 or table.max() > 1 for table in scores.values()):
        return interval
    return max(-1.0, interval[0]), min(1.0, interval[1])


def _equivalence_p_value(test: CrossedT | McNemar | PairedT, margin: float, failures: tuple[int, int]) -> float:
    """1 where equivalence may not be claimed at all: too few pairs, a failed run, or too few examples if all agree."""
    if not isinstance(test, CrossedT) or test.seeds < LEAST_PAIRS_FOR_EQUIVALENCE or any(failures):
        return 1.0
    if test.variance == 0 and test.examples < examples_if_all_agree(margin):
        return 1.0
    return test.equivalence_p_value(margin)


def _needed(test: CrossedT, failures: tuple[int, int], margin: float, alpha: float, alpha_equivalent: float) -> Needed:
    """Return how much more would show the direction or, if that is nearer and no run failed, equivalence."""
    ways = [needed_for_direction(test, alpha=alpha)]
    if not any(failures):
        ways.append(needed_for_equivalence(test, margin=margin, alpha=alpha_equivalent))
    never = float("inf")
    return min(ways, key=lambda way: (way.seeds or never, way.images or never))


def _check(
    comparisons: Sequence[tuple[str, str]], scores: Mapping[str, Scores], failures: Mapping[str, Sequence[bool]]
) -> None:
    for label in (label for pair in comparisons for label in pair):
        if label not in scores:
            raise ValueError(f"There are no scores of {label!r}, only of {', '.join(scores)}.")
    shapes = {label: table.shape for label, table in scores.items()}
    if len(set(shapes.values())) != 1:
        raise ValueError(f"Every contender needs scores for the same seeds and examples, not {shapes}.")
    seeds, examples = next(iter(shapes.values()))
    if seeds < 1 or examples < 2:
        raise ValueError(f"A verdict needs at least 1 seed and 2 examples, not {seeds} and {examples}.")
    for label, table in scores.items():
        if not np.isfinite(table).all():
            raise ValueError(f"Scores of {label} are not all finite.")
        if len(failures.get(label, ())) != seeds:
            raise ValueError(f"It must be said of each of the {seeds} runs of {label} whether it failed.")
