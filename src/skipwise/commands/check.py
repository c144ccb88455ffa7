"""The command `check`: duplicates, likely wrong labels, outliers, files that cannot be read."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from skipwise.commands.console import Console
from skipwise.data import Dataset, Images, Options, Scenes, Texts, open_scenes, open_source
from skipwise.data.fingerprint import digest
from skipwise.data.images.cache import survey
from skipwise.data.images.open import Source
from skipwise.data.quality import data_check
from skipwise.data.quality.data_check import Examples, Finding
from skipwise.data.quality.findings import MOST_EXAMPLES
from skipwise.data.quality.headers import headers
from skipwise.data.quality.label_errors import cleanlab, label_errors
from skipwise.data.quality.out_of_fold import FOLDS, by_patches, by_words
from skipwise.data.quality.pixels import look_once, same_bytes
from skipwise.data.text.open import open_texts
from skipwise.errors import UserError
from skipwise.extras import MissingLibraryError
from skipwise.reports.check import Checked, write_check
from skipwise.reports.check_kinds import KINDS
from skipwise.tasks import Task, check_exists, find_task
from skipwise.training.plan import choose_plan

MOST_LABELS = 100_000
"""Examples whose labels are checked: features of more would fill the memory."""


def check_data(
    data: str,
    console: Console,
    *,
    task: str | None = None,
    size: int | None = None,
    out: Path | None = None,
    with_labels: bool = True,
    as_json: bool = False,
) -> bool:
    """Look at the data, say what was found, write the page and the table; whether there are errors.

    `with_labels`: train models for labels that are likely wrong. `as_json`: print the findings as one JSON
    object instead. Raises UserError for what cannot be checked.
    """
    to_learn = find_task(data, task)
    check_exists(data, to_learn)
    if out is not None and out.exists() and not out.is_dir():
        raise UserError(f"--out is {out}, which is a file: name a folder.")
    options = Options(size=size, device=choose_plan(1).device)
    dataset = to_learn.prepare(data, options, console.decoding)
    folder = out or Path("checks") / dataset.name
    described = to_learn.described(dataset, options)
    console.say(f"Data        {dataset.name}: {described[0]}")
    done: list[str] = []
    agreement = 0.0
    findings = [*data_check.unreadable(dataset.manifest)]
    if isinstance(dataset, Images):
        findings += _of_images(data, dataset, console, done)
    elif isinstance(dataset, Texts):
        findings += _of_texts(data, dataset, done)
    else:
        findings += _of_others(dataset, to_learn, done)
    findings += [*data_check.class_balance(dataset, to_learn.examples)]
    if isinstance(dataset, Scenes):
        if dataset.manifest.boxes is not None:
            findings += [*data_check.mended_boxes(dataset.manifest.boxes)]
        done.append("Whether boxes lie where they should and have the right class was not checked.")
    elif not with_labels:
        done.append("Labels were not checked (--no-labels).")
    elif isinstance(dataset, Images | Texts):
        examples = Examples(dataset=dataset, names=_names(data, dataset))
        doubted, agreement = _of_labels(dataset, examples, to_learn, console, done)
        findings += doubted
    checked = Checked(
        name=dataset.name,
        data=data,
        described=described,
        classes=[(name, *row) for name, *row in zip(dataset.classes, *_counts(dataset), strict=True)],
        findings=findings,
        errors=data_check.errors(findings, len(dataset.labels), agreement),
        done=done,
        images=dataset.images if isinstance(dataset, Images) else None,
    )
    page, table = write_check(checked, folder)
    if as_json:
        print(json.dumps(_as_json(checked, page, table), indent=2, ensure_ascii=False))
    else:
        _conclude(console, checked, page, table)
    return bool(checked.errors)


def _as_json(checked: Checked, page: Path, table: Path) -> dict[str, Any]:
    """Return what a program reads of a check: every finding, whether it is an error, and where page and table are."""
    wrong = {id(finding) for finding in checked.errors}
    findings = [{**asdict(finding), "error": id(finding) in wrong} for finding in checked.findings]
    files = {"page": str(page), "table": str(table)}
    return {"data": checked.name, "answer": checked.answer, "errors": len(wrong), "findings": findings, **files}


def _of_images(data: str, dataset: Images, console: Console, done: list[str]) -> list[Finding]:
    """Return the findings that need no training."""
    source = _source(data, dataset)
    looked = survey(source)
    readable = _readable(source.names, dataset)
    same = same_bytes([looked.digests[i] for i in readable])
    examples = Examples(dataset=dataset, names=[source.names[i] for i in readable])
    padded = dataset.covered if isinstance(dataset, Scenes) else None
    seen = look_once(dataset.images, same, dataset.manifest.cache_path, padded)
    findings = [
        *data_check.exact_duplicates(examples, same),
        *data_check.near_duplicates(examples, seen.near),
        *data_check.unlike_levels(examples, seen.levels),
    ]
    if source.files is not None:
        of_files = headers([source.files[i] for i in readable])
        findings += data_check.unlike_files(examples, of_files)
        if data_check.mostly_enlarged(of_files, dataset):
            height, width = dataset.input_shape[1:]
            done.append(
                f"Most files are smaller than the {height}x{width} px that they are enlarged to (--size), so they are not listed."
            )
            console.say(done[-1])
    drawn = "" if dataset.manifest.own_test else " The split is the one that skipwise draws with --split-seed 0."
    done.append(
        f"All {len(readable)} readable images were compared with each other, for the same bytes and for nearly the same "
        f"picture.{drawn}"
    )
    return findings


def _of_texts(data: str, dataset: Texts, done: list[str]) -> list[Finding]:
    """Equal texts."""
    same = same_bytes([digest(text.encode()) for text in dataset.texts])
    drawn = "" if dataset.manifest.own_test else " The split is the one that skipwise draws with --split-seed 0."
    done.append(f"All {len(same)} readable texts were compared with each other, for the same text.{drawn}")
    return [*data_check.exact_duplicates(Examples(dataset=dataset, names=_names(data, dataset)), same)]


def _of_others(dataset: Dataset, task: Task, done: list[str]) -> list[Finding]:
    """Return the findings of reading them. Raises UserError where that is nothing."""
    duplicates = dataset.manifest.duplicates
    if duplicates is None:
        raise UserError(f"The task {task.name} does not say what it found in its data: check has nothing to look at.")
    done.append(
        f"Of {task.examples} only what reading them finds is told: unreadable ones and exact duplicates, by name the "
        f"first {MOST_EXAMPLES} groups of each kind, of {duplicates.groups} in all; nothing is compared by its content."
    )
    kinds = (
        (duplicates.across_split_examples, "duplicate-across-split"),
        (duplicates.other_label_examples, "contradictory-labels"),
        (duplicates.examples, "duplicate"),
    )
    groups: dict[tuple[str, ...], str] = {}
    for listed, kind in kinds:
        for group in listed:
            groups.setdefault(group, kind)  # each is told once, as what matters most
    return [Finding(kind=kind, file=group[0], other_file=group[1], score=1.0) for group, kind in groups.items()]


def _of_labels(
    dataset: Images | Texts, examples: Examples, task: Task, console: Console, done: list[str]
) -> tuple[list[Finding], float]:
    """Labels that are likely wrong, by answers of models that were not trained on them, and how many labels these
    name.
    """
    together = dataset.together
    fewest = min(len(np.unique(together[dataset.labels == label])) for label in np.unique(dataset.labels))
    if fewest < 5:
        done.append(
            f"Labels were not checked: the smallest class has {fewest} {task.examples} that differ, and it takes 5."
        )
        return [], 0.0
    if len(dataset.labels) > MOST_LABELS:
        done.append(f"Labels were not checked: they are for up to {MOST_LABELS:,} {task.examples}.")
        return [], 0.0
    try:
        cleanlab()
    except MissingLibraryError as error:
        done.append(f"Labels were not checked: {error}")
        console.say(done[-1])
        return [], 0.0
    if isinstance(dataset, Texts):
        probabilities, model = by_words(dataset), str(task.baseline)
    else:
        probabilities, model = (
            by_patches(dataset.images, dataset.labels, together),
            "ridge regression on patch features",
        )
    right = float((probabilities.argmax(1) == dataset.labels).mean())
    few = "" if right >= data_check.TRUSTED else ", too few for its doubts to count as errors"
    done.append(f"Labels were checked by {FOLDS} folds of {model}; it agrees with {100 * right:.1f} % of them{few}.")
    console.say(done[-1])
    return [*data_check.wrong_labels(examples, label_errors(probabilities, dataset.labels))], right


def _names(data: str, dataset: Images | Texts) -> list[str]:
    """Of the readable examples."""
    if isinstance(dataset, Images):
        source = _source(data, dataset)
        return [source.names[i] for i in _readable(source.names, dataset)]
    return list(open_texts(data).names)


def _source(data: str, dataset: Images) -> Source:
    return open_scenes(data).images if isinstance(dataset, Scenes) else open_source(data)


def _readable(names: Sequence[str], dataset: Images) -> list[int]:
    """The places of the readable images among all of the source."""
    left_out = {file.name for file in dataset.manifest.unreadable}
    return [place for place, name in enumerate(names) if name not in left_out]


def _counts(dataset: Dataset) -> list[tuple[int, ...]]:
    counts = dataset.manifest.counts
    return [counts.train, counts.validation, counts.test]


def _conclude(console: Console, checked: Checked, page: Path, table: Path) -> None:
    """Say what was found, kind by kind, and where the rest is."""
    if checked.groups:
        console.say("")
    wrong = {found.kind for found in checked.errors}
    for kind, _, found in checked.groups:
        first = found[0]
        what = first.file or first.label
        detail = f" ({first.detail})" if first.detail and what else first.detail
        beside = f" and {first.other_file}" if first.other_file else detail
        think = f" (more likely {first.suggested_label})" if first.suggested_label else ""
        words = KINDS[kind.name].one if len(found) == 1 else KINDS[kind.name].many
        label = "error" if kind.name in wrong else "note"
        console.say(f"{label:<6} {len(found):>6} {words}: {what}{beside}{think}")
    console.say(f"\n{checked.answer}\nPage: {page}\nTable: {table}")
