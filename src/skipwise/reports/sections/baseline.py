"""The section on the baseline that stands beside its contenders."""

from dataclasses import dataclass

from skipwise.reports.format import interval_words, percent, points
from skipwise.statistics import accuracy_interval, crossed_t, one_seed
from skipwise.studies import Study
from skipwise.studies.baseline import Baseline


@dataclass(frozen=True, kw_only=True)
class BaselineRow:
    """Its score with the 95 % interval over test examples, and what that says of the contenders.

    `differences` are those of each contender, less the baseline, with their 95 % intervals.
    """

    name: str
    score: float
    interval: tuple[float, float]
    differences: dict[str, tuple[float, tuple[float, float]]]
    sentence: str


def baseline_row(study: Study) -> BaselineRow | None:
    """None where the task has no baseline. It is one model without seeds: only the contenders' training varies."""
    baseline = study.baseline
    if baseline is None:
        return None
    differences = {}
    for label, scores in study.scores.items():
        table = scores - baseline.scores
        test = crossed_t(table) if len(table) > 1 else one_seed(table[0])
        differences[label] = (test.mean, test.interval(0.95))
    return BaselineRow(
        name=baseline.name,
        score=baseline.score,
        interval=accuracy_interval(baseline.scores[None]),
        differences=differences,
        sentence=_sentence(study, baseline, differences),
    )


def _sentence(study: Study, baseline: Baseline, differences: dict[str, tuple[float, tuple[float, float]]]) -> str:
    """Held against the contender that did best on validation data."""
    reached = f"{baseline.name}, a baseline without a network, reaches {percent(baseline.score)}"
    if study.best_result is None:
        return f"{reached}, and no contender learned anything"
    difference, (low, high) = differences[study.best_result.contender]
    is_better = "is better than it" if low > 0 else "is worse than it" if high < 0 else "is not told apart from it"
    said = interval_words((low, high), points)
    interval = "no interval: both answer every example alike" if said == "-" else f"95 % interval {said}"
    one = ", of this one seed" if len(study.seeds) == 1 else ""
    return (
        f"{reached}: {study.best_result.contender}, best by validation, {is_better} "
        f"({points(difference)} points, {interval}{one})"
    )
