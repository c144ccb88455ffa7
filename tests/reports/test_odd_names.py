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
