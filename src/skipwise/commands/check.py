"""`skipwise check`: what is wrong with data, on the console, as a page and as a table."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from skipwise.commands.console import DRAWING, LOOKING, READING, Console
from skipwise.commands.output import say_json
from skipwise.data import Images, Options
from skipwise.data.layout import layout_lines
from skipwise.data.links import quoting_no_links
from skipwise.data.options import Fit
from skipwise.data.quality.check import check
from skipwise.errors import UserError
from skipwise.reports.check import CheckedData, write_check
from skipwise.tasks import TASKS, check_exists, find_task, recognised
from skipwise.training.plan import choose_plan


def check_data(
    data: str,
    console: Console,
    *,
    task: str | None = None,
    size: int | None = None,
    fit: Fit | None = None,
    out: Path | None = None,
    with_labels: bool = True,
    as_json: bool = False,
) -> bool:
    """Look at the data, say what was found, write the page and the table; return whether there are errors.

    `fit`: how images of another shape come to their size, None for the rule that a study would choose. `with_labels`:
    train models to find label errors. `as_json`: print the findings as one JSON object instead. Raises UserError for
    what cannot be checked.
    """
    if out is not None and out.exists() and not out.is_dir():
        raise UserError(f"--out is {out}, which is a file: name a folder.")
    options = Options(size=size, fit=fit, device=choose_plan(1).device, compare_all=True)
    with quoting_no_links(data), console.phase(READING):
        found = recognised(data, task)
        to_learn = find_task(data, task) if found is None else TASKS[found.reading.task]
        if found is not None:
            console.say(layout_lines(found))
        check_exists(data, to_learn)
        dataset = to_learn.prepare(data, options, console.decoding)
    described = [*to_learn.described(dataset, options), *dataset.manifest.notes]
    console.say("\n            ".join([f"Data        {dataset.name}: {described[0]}", *dataset.manifest.notes]))
    with console.phase("training models that look for wrong labels" if with_labels else LOOKING):
        report = check(dataset, with_labels=with_labels)
    for line in report.limits:
        console.say(line)
    counts = dataset.manifest.counts
    checked = CheckedData(
        name=dataset.name,
        described=described,
        classes=list(zip(dataset.classes, counts.train, counts.validation, counts.test, strict=True)),
        report=report,
        images=dataset.images if isinstance(dataset, Images) else None,
        cropped=dataset.cropped if isinstance(dataset, Images) else (),
        fit=dataset.framing,
    )
    with console.phase(DRAWING):
        page, table = write_check(checked, out or Path("checks") / dataset.name)
    if as_json:
        say_json(_as_json(checked, page, table))
    else:
        _conclude(console, checked, page, table)
    return bool(report.errors)


def _as_json(checked: CheckedData, page: Path, table: Path) -> dict[str, Any]:
    """Return what a program reads of a check: every finding, whether it is an error, and where page and table are."""
    report, kinds = checked.report, checked.report.error_kinds
    findings = [{**asdict(finding), "error": finding.kind in kinds} for finding in report.findings]
    files = {"page": str(page), "table": str(table)}
    return {
        "data": checked.name,
        "answer": checked.verdict,
        "errors": len(report.errors),
        "findings": findings,
        **files,
    }


def _conclude(console: Console, checked: CheckedData, page: Path, table: Path) -> None:
    """Say what was found, kind by kind, and where the rest is."""
    if checked.groups:
        console.say("")
    for kind, wrong, found in checked.groups:
        first = found[0]
        what = first.file or first.label
        detail = f" ({first.detail})" if first.detail and what else first.detail
        beside = f" and {first.other_file}" if first.other_file else detail
        think = f" (more likely {first.suggested_label})" if first.suggested_label else ""
        count, words = kind.counted(len(found)).split(" ", 1)
        console.say(f"{'error' if wrong else 'note':<6} {count:>6} {words}: {what}{beside}{think}")
    console.say(f"\n{checked.verdict}\nPage: {page}\nTable: {table}")
