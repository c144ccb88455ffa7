"""Reports of classes with any names, and of charts and sections that fail."""

import json
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from skipwise.reports import page, write_report
from skipwise.reports.sections import task
from skipwise.studies import Study

WRITTEN = Path(__file__).parent.parent / "data" / "studies_format_1" / "studies"


HOSTILE = {
    "odd": ("constructor", "\x1b[31mred\n", "👨‍👩‍👧‍👦" * 30 + "n" * 300),
    "alike": ("NaN", "cat", "cat\u200b"),
}


@pytest.mark.parametrize("names", HOSTILE.values(), ids=HOSTILE)
def test_no_class_name_costs_a_report(tmp_path, names):
    """Every chart is drawn, and every file is UTF-8, and XML where it is a picture."""
    folder = shutil.copytree(WRITTEN / "compare", tmp_path / "study")
    for file in (folder / "data.json", *folder.rglob("run.json")):
        text = file.read_text()
        for number, name in enumerate(names):
            assert f'"place {number}"' in text
            text = text.replace(
                f'"place {number}"',
                json.dumps(name),
            )
        file.write_text(text)
    summary = write_report(Study.open(folder))
    assert not any("could not be" in caution for caution in summary.cautions), summary.cautions
    words = (folder / "report.html").read_text(encoding="utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", words)
    for figure in (folder / "figures").glob("*.svg"):
        ET.parse(figure)
    (folder / "results.csv").read_text(encoding="utf-8")


def test_a_chart_and_a_section_that_fail_cost_nothing_else(tmp_path, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("no such number")

    folder = shutil.copytree(WRITTEN / "compare", tmp_path / "study")
    monkeypatch.setitem(task.SECTIONS, "confusion", broken)
    draw = page.to_svg
    monkeypatch.setattr(
        page,
        "to_svg",
        lambda chart: (
            broken() if "calibration" in str(chart.to_dict()) or "confidence" in str(chart.to_dict()) else draw(chart)
        ),
    )
    summary = write_report(Study.open(folder))
    told = " ".join(summary.cautions)
    assert "confusion could not be shown (ZeroDivisionError: no such number)" in told
    assert "a chart of calibration could not be drawn (ZeroDivisionError: no such number)" in told
    text = (folder / "report.html").read_text()
    assert "Failed: confusion could not be shown (ZeroDivisionError: no such number)." in text
    assert "This chart could not be drawn." in text
    assert json.loads((folder / "verdict.json").read_text())["cautions"][-2:] == list(summary.cautions[-2:])


def broken(*_, **__):
    raise ZeroDivisionError("no such number.")


def failing_report(tmp_path, kind, **options):
    """Report on a study of this kind as an earlier version left it, and give its page and its verdict.json."""
    folder = shutil.copytree(WRITTEN / kind, tmp_path / "study")
    write_report(Study.open(folder), **options)
    return (folder / "report.html").read_text(), json.loads((folder / "verdict.json").read_text())


PARTS = {
    "gradients": ("compare", "skipwise.reports.page.gradients_section", "gradients could not be shown"),
    "baseline": ("compare", "skipwise.reports.summary.baseline_row", "baseline could not be shown"),
    "classes": ("compare", "skipwise.reports.summary.imbalance_warning", "class balance could not be shown"),
    "scores": ("compare", "skipwise.reports.charts.study.scores", "a chart of scores could not be drawn"),
    "curves": ("compare", "skipwise.reports.charts.study.learning_curves", "a chart of learning curves could not be"),
    "depth": ("depth", "skipwise.reports.sections.depth.depth_section", "depth could not be shown"),
    "ablate": ("ablate", "skipwise.reports.sections.ablation.ablation_section", "ablate could not be shown"),
    "tune": ("tune", "skipwise.reports.sections.tuning.tuning_section", "tune could not be shown"),
    "learning-curve": (
        "learning-curve",
        "skipwise.reports.sections.learning_curve.learning_curve_section",
        "learning-curve could not be shown",
    ),
}


@pytest.mark.parametrize(("kind", "part", "sentence"), PARTS.values(), ids=PARTS)
def test_no_part_that_fails_costs_the_page_and_its_verdicts(tmp_path, monkeypatch, kind, part, sentence):
    monkeypatch.setattr(part, broken)
    text, told = failing_report(tmp_path, kind)
    (caution,) = {said for said in told["cautions"] if sentence in said}
    assert caution.endswith("(ZeroDivisionError: no such number)")
    assert caution in text
    assert told["verdicts"]
    assert all(verdict["contender"] in text for verdict in told["verdicts"])
    assert '<p class="verdict">' in text


def test_an_error_without_words_is_told_by_its_type(tmp_path, monkeypatch):
    def silent(*_):
        raise AssertionError

    monkeypatch.setitem(task.SECTIONS, "confusion", silent)
    text, _ = failing_report(tmp_path, "compare")
    assert "Failed: confusion could not be shown (AssertionError)." in text
