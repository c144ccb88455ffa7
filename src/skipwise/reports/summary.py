"""The summary of a study: computed once, and rendered by the console, the page, results.csv and verdict.json."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from skipwise.errors import clause
from skipwise.extras import MissingLibraryError
from skipwise.reports.format import short_count
from skipwise.reports.sections.baseline import BaselineRow, baseline_row
from skipwise.reports.sections.class_scores import imbalance_warning
from skipwise.reports.sections.report_section import Failure, Part, attempted
from skipwise.reports.sections.sweep import SweepSection, sweep_section
from skipwise.statistics import Verdict, accuracy_interval
from skipwise.studies import Study
from skipwise.studies.learning import opening_of
from skipwise.studies.results import Result
from skipwise.training.deployed import Deployed


@dataclass(frozen=True, kw_only=True)
class ContenderRow:
    """A contender in the table: mean score with its 95 % interval (fractions), every seed, and costs of a run."""

    label: str
    score: float
    interval: tuple[float, float]
    seeds: tuple[float, ...]
    parameters: int
    multiply_adds: int
    seconds: float
    failures: int
    runs: int
    deployed: Deployed | None


@dataclass(frozen=True, kw_only=True)
class StudySummary:
    """The summary of a study: contenders, the reference first, and the verdicts on those that are compared.

    `cautions` concern all verdicts; `section` is that of a sweep; `best` is the best run by validation, None where
    every run diverged; `opening` says which contenders learned nothing, "" for none; `deployments` are sentences on
    contenders that lose their shortcuts when they are deployed; `failures` are the parts that could not be made.
    """

    study: Study
    contenders: tuple[ContenderRow, ...]
    baseline: BaselineRow | None
    verdicts: tuple[Verdict, ...]
    cautions: tuple[str, ...]
    section: SweepSection | None
    deployments: tuple[str, ...]
    best: Result | None
    opening: str
    failures: tuple[Failure, ...] = ()


def summarise(study: Study) -> StudySummary:
    """Summarise a study; its verdicts count as looked at from then on."""
    failures: list[Failure] = []

    def part(name: str, make: Callable[[], Part | None]) -> Part | None:
        try:
            found = attempted(name, make)
        except MissingLibraryError as error:
            found = Failure(name=name, sentence=f"{name} could not be shown ({clause(error)})")
        if isinstance(found, Failure):
            failures.append(found)
            return None
        return found

    warning = part("class balance", lambda: imbalance_warning(study))
    section = part(study.design.kind, lambda: sweep_section(study))
    opening = opening_of([*study.learning.values()])
    advice = [each.advice for each in study.learning.values() if opening and each.problem]
    alone = advice[:1] if section is not None or not study.verdicts else []  # else each verdict has its own
    cautions = (*alone, *study.look(), *([warning] if warning else []))
    contenders = tuple(_row(study, label) for label in study.results)
    return StudySummary(
        study=study,
        contenders=contenders,
        baseline=part("baseline", lambda: baseline_row(study)),
        verdicts=tuple(study.verdicts.values()),
        cautions=cautions,
        section=_told_first(opening, section),
        deployments=tuple(_deployments(study, contenders)),
        best=study.best_result,
        opening=opening,
        failures=tuple(failures),
    )


def _told_first(opening: str, section: SweepSection | None) -> SweepSection | None:
    """Begin the headline of a sweep with what was not learned."""
    return section and replace(section, headline=f"{opening}. {section.headline}") if opening else section


def _row(study: Study, label: str) -> ContenderRow:
    results = study.results[label]
    seeds = tuple(result.score for result in results)
    return ContenderRow(
        label=label,
        score=float(np.mean(seeds)),
        interval=accuracy_interval(study.scores[label]),
        seeds=seeds,
        parameters=results[0].parameters,
        multiply_adds=results[0].multiply_adds,
        seconds=float(np.mean([result.train_seconds for result in results])),
        failures=sum(result.failed is not None for result in results),
        runs=len(results),
        deployed=_deployed([result.deployed for result in results if result.deployed is not None]),
    )


def _deployed(several: Sequence[Deployed]) -> Deployed | None:
    """Return what the runs of one contender become when they are deployed, with the largest difference of all."""
    if not several:
        return None
    return replace(several[0], difference=max(deployed.difference for deployed in several))


def _deployments(study: Study, rows: Sequence[ContenderRow]) -> list[str]:
    """Return a sentence for each contender that is trained with shortcuts and deployed without any."""
    residual = [contender.label for contender in study.design.contenders if contender.is_residual]
    return [
        f"{row.label} is trained with shortcuts and deployed plain: its arms merge into single convolutions, "
        f"{short_count(row.deployed.parameters)} parameters and {short_count(row.deployed.multiply_adds)} multiply-adds "
        f"instead of {short_count(row.parameters)} and {short_count(row.multiply_adds)}; "
        f"the same answers within {row.deployed.difference:.0e}"
        for row in rows
        if row.label in residual and row.deployed is not None and row.deployed.plain
    ]
