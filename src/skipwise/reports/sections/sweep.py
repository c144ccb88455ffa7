"""The part of a report that a sweep has and a plain comparison has not, and the words that all sweeps share."""

from collections.abc import Sequence
from dataclasses import dataclass

from skipwise.networks.dotted import load_dotted, trust
from skipwise.reports.charts.charts import Chart
from skipwise.reports.format import interval_words, percent, points
from skipwise.statistics import Verdict
from skipwise.studies import Study


@dataclass(frozen=True, kw_only=True)
class SweepSection:
    """`headline` answers the question, `facts` add to it, `limits` says what it does not prove.

    `charts` are by the name of their file, `caption` is under them.
    """

    headline: str
    explanation: str
    limits: str
    charts: dict[str, Sequence[Chart]]
    rows: Sequence[tuple[str, ...]]
    columns: tuple[str, ...]
    facts: Sequence[str] = ()
    caption: str = "Dots are single seeds, bars are intervals."


def sweep_section(study: Study) -> SweepSection | None:
    """Make the section that the kind of the study names; None for a plain comparison."""
    path = study.design.study_kind.section
    if path is None:
        return None
    trust(path)  # the kind's own code names it
    section: SweepSection = load_dotted(path)(study)
    return section


def series_of(study: Study) -> dict[str, list[tuple[float, str]]]:
    """Of each series, its points in rising order, as (at, label)."""
    found: dict[str, list[tuple[float, str]]] = {}
    for point in sorted(study.design.points, key=lambda point: point.at):
        found.setdefault(point.series, []).append((point.at, point.label))
    return found


def needed_text(verdict: Verdict) -> str:
    """Describe what an undecided verdict would still need, if the difference stays as it is."""
    if verdict.direction != "undecided" or verdict.equivalent:
        return ""
    if verdict.opening:
        return "other training"
    if verdict.pairs == 1:
        return "more seeds"
    if verdict.needed_seeds is not None:
        return f"{verdict.needed_seeds} seeds"
    return f"{verdict.needed_images:,} test examples" if verdict.needed_images is not None else "more of both"


def interval_text(verdict: Verdict) -> str:
    """Return the interval of a difference in points, "-" where all runs agree."""
    return interval_words(verdict.interval, points)


def level_text(study: Study) -> str:
    levels = {verdict.level for verdict in study.verdicts.values()}
    return " to ".join(f"{100 * level:.4g}" for level in (sorted({min(levels), max(levels)})))


def tuned_rows(study: Study) -> list[tuple[str, str, str]]:
    """Of each contender whose rate was searched: its rate, and the validation score of each one that was tried."""
    return [
        (
            contender.label,
            f"{contender.recipe.lr:g}",
            ", ".join(f"{rate}: {percent(accuracy)}" for rate, accuracy in study.design.tuned[contender.label].items()),
        )
        for contender in study.design.contenders
        if contender.label in study.design.tuned
    ]
