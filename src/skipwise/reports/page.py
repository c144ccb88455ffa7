"""The report of a study: one page that asks for nothing from outside, and its numbers beside it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from skipwise.analysis.result_cache import without_nan
from skipwise.recipe import Recipe
from skipwise.records import write_atomically
from skipwise.reports.charts.charts import Chart
from skipwise.reports.charts.palette import colours
from skipwise.reports.charts.study import all_charts, same, to_svg
from skipwise.reports.format import duration, interval_words, length, percent, points
from skipwise.reports.markup import template, write_text
from skipwise.reports.sections.gradients import gradients_section
from skipwise.reports.sections.inside import NETWORK_ANALYSES, inside_sections, not_yet_analysed
from skipwise.reports.sections.report_section import Failure, ReportSection, attempted, failed_section
from skipwise.reports.sections.sweep import tuned_rows
from skipwise.reports.sections.task import task_sections
from skipwise.reports.summary import StudySummary, summarise
from skipwise.studies import Contender, Study
from skipwise.studies.budget import parse_budget
from skipwise.studies.results import write_csv

FORMAT = 1
"""Of verdict.json."""
KEYS = {
    "class_scores": "classes",
    "detections": "found",
    "attribution_faithfulness": "map_truth",
    "pointing_game": "pointing",
}
"""Of the numbers of sections in verdict.json, where its format has another word than the page."""

NOT_DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="24" font-family="sans-serif" font-size="12">'
    '<text y="16">This chart could not be drawn.</text></svg>'
)


def write_report(
    study: Study,
    look_inside: Callable[[str], None] | None = None,
    *,
    everything: bool = False,
    doing: Callable[[str], None] = lambda _: None,
) -> StudySummary:
    """Write report.html, verdict.json, results.csv and figures/ of a study, and return the summary that they render.

    What was found inside its networks is shown; with `look_inside`, which hears of it, they are looked into where
    that is not done, with `everything` in ways that take minutes, too. `doing` hears when the drawing begins.
    """
    summary = summarise(study)
    sections = _sections(study, look_inside, everything=everything) if study.design.study_kind.section is None else []
    sections = [*map(failed_section, summary.failures), *sections]
    doing("drawing the page")
    figures, failures = _figures(summary, sections)
    summary = replace(summary, cautions=(*summary.cautions, *failures))
    study.folder.file("figures").mkdir(exist_ok=True)
    for name, several in figures.items():
        for number, svg in enumerate(several):
            suffix = f"-{number + 1}" if len(several) > 1 else ""
            write_text(study.folder.file("figures") / f"{name}{suffix}.svg", svg)
    results = [result for of_contender in study.results.values() for result in of_contender]
    write_atomically(study.folder.file("results.csv"), lambda part: write_csv(part, results, study.path))
    study.folder.write("verdict.json", verdict_json(summary, sections))
    page = _template().render(**_content(summary, figures, sections))
    write_text(study.report, page)
    return summary


def _sections(study: Study, look_inside: Callable[[str], None] | None, *, everything: bool) -> list[ReportSection]:
    gradients = attempted("gradients", lambda: gradients_section(study))
    seen = [failed_section(gradients) if isinstance(gradients, Failure) else gradients] if gradients else []
    return [*task_sections(study), *seen, *inside_sections(study, look_inside, everything=everything)]


def _figures(summary: StudySummary, sections: Sequence[ReportSection]) -> tuple[dict[str, Sequence[str]], list[str]]:
    """Return the page's pictures as SVG, by the name of their file, and what could not be drawn or made."""
    failures = [each.failure for each in sections if each.failure]

    def drawn(name: str, make: Callable[[], Chart]) -> str:
        svg = attempted(f"a chart of {name}", lambda: to_svg(make()), "drawn")
        if isinstance(svg, Failure):
            failures.append(svg.sentence)
            return NOT_DRAWN
        return svg

    figures: dict[str, Sequence[str]] = {
        name: [drawn(name, make) for make in several] for name, several in all_charts(summary).items()
    }
    figures |= {
        each.name: [*(drawn(each.name, partial(same, one)) for one in each.charts), *each.svgs] for each in sections
    }
    return figures, failures


def _template() -> Template:
    return template(
        "report.html.jinja",
        training_length=length,
        percent=percent,
        points=points,
        duration=duration,
        interval=_interval,
    )


def _interval(ends: Sequence[float]) -> str:
    return interval_words(ends, percent)


def verdict_json(summary: StudySummary, sections: Sequence[ReportSection]) -> dict[str, Any]:
    """Return a summary as verdict.json keeps it, with the numbers of the page's sections."""
    study, section, best = summary.study, summary.section, summary.best
    return {
        "format": FORMAT,
        "study": study.design.name,
        "kind": study.design.kind,
        "headline": section.headline if section else None,
        "facts": list(section.facts) if section else [],
        "seeds": list(study.seeds),
        "verdicts": [verdict.to_json() for verdict in summary.verdicts],
        "cautions": list(summary.cautions),
        "contenders": [asdict(row) for row in summary.contenders],
        "baseline": asdict(summary.baseline) if summary.baseline else None,
        **{KEYS.get(each.name, each.name): without_nan(each.numbers) for each in sections if each.numbers is not None},
        "best": best
        and {
            "contender": best.contender,
            "seed": best.seed,
            "validation_score": best.validation_score,
            "folder": best.folder.relative_to(study.path).as_posix(),
        },
    }


def _content(
    summary: StudySummary, figures: dict[str, Sequence[str]], sections: Sequence[ReportSection]
) -> dict[str, Any]:
    """Return everything that the template asks for."""
    study = summary.study
    design = study.design
    looked = bool({each.name for each in sections} & {"inside", *NETWORK_ANALYSES})
    failed = [result for results in study.results.values() for result in results if result.failed is not None]
    return {
        "design": design,
        "task": design.to_learn,
        "baseline": summary.baseline,
        "facts": design.to_learn.facts(study.manifest),
        "seeds": study.seeds,
        "rows": summary.contenders,
        "deployments": summary.deployments,
        "opening": summary.opening,
        "section": summary.section,
        "sections": sections,
        "budget": parse_budget(design.budget) if design.budget else None,
        "tuned": tuned_rows(study),
        "verdicts": summary.verdicts,
        "cautions": summary.cautions,
        "colours": colours(design.contenders, design.points),
        "figures": {name: [Markup(svg) for svg in several] for name, several in figures.items()},  # noqa: S704
        "manifest": study.manifest,
        "failed": failed,
        "not_yet_analysed": not_yet_analysed(study) if looked else [],
        "inside": looked,
        "best": summary.best,
        "folder": study.path.as_posix(),
        "best_folder": summary.best and summary.best.folder.relative_to(study.path).as_posix(),
        "versions": study.design.versions,
        "recipes": _recipes(design.contenders),
    }


def _recipes(contenders: Sequence[Contender]) -> list[tuple[str, Recipe]]:
    """Each recipe once, with the labels of the contenders that it trained."""
    labels: dict[Recipe, list[str]] = {}
    for contender in contenders:
        labels.setdefault(contender.recipe, []).append(contender.label)
    return [(", ".join(names), recipe) for recipe, names in labels.items()]
