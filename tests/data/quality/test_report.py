"""Which findings are errors, and what a study keeps of a report."""

import pytest

from skipwise.data.manifest import DataManifest
from skipwise.data.quality.kinds import KINDS, FindingKind
from skipwise.data.quality.report import MOST_LISTED, Finding, QualityReport
from skipwise.records import record_from_json, record_to_json


@pytest.mark.parametrize(
    ("doubted", "agreement", "counts"), [(3, 0.9, True), (2, 0.9, False), (3, 0.79, False), (3, 0.8, True)]
)
def test_label_errors_are_errors_where_they_are_many_and_the_model_is_mostly_right(doubted, agreement, counts):
    wrong = tuple(Finding(kind=FindingKind.LABEL_ERROR, file=str(number)) for number in range(doubted))
    unreadable = Finding(kind=FindingKind.UNREADABLE, file="a")
    report = QualityReport(examples=200, findings=(unreadable, *wrong), agreement=agreement)
    assert report.errors == [unreadable, *(wrong if counts else [])]


def test_every_kind_has_its_words():
    assert list(KINDS) == list(FindingKind)
    assert FindingKind.BLANK.counted(1) == "1 blank image"
    assert FindingKind.BLANK.counted(2) == "2 blank images"


def test_a_summary_has_all_counts_the_first_files_and_notes_and_survives_json(tmp_path):
    findings = [
        Finding(kind=FindingKind.LEAKAGE, file=f"test/{number}.png", other_file="train/0.png")
        for number in range(MOST_LISTED + 5)
    ]
    findings.append(Finding(kind=FindingKind.CLASS_IMBALANCE, label="cat", detail="3 images"))
    summary = QualityReport(examples=200, findings=tuple(findings), compared=True).summary
    assert summary.count(FindingKind.LEAKAGE) == MOST_LISTED + 5
    assert summary.count(FindingKind.BLANK) == 0
    assert summary.first(FindingKind.LEAKAGE)[0] == ("test/0.png", "train/0.png")
    assert len(summary.first(FindingKind.LEAKAGE)) == MOST_LISTED
    assert summary.first(FindingKind.CLASS_IMBALANCE) == (("cat",),)
    assert summary.notes() == [
        "25 exact duplicates across the split: test examples that are in training or validation, too "
        "(`skipwise check` shows them)"
    ]
    manifest = DataManifest(name="some", fingerprint="", classes=("cat", "dog"), quality=summary)
    stored = record_to_json(manifest, format_number=2)
    assert record_from_json(DataManifest, stored, where=tmp_path, format_number=2, remedy="") == manifest
    assert manifest.told() == tuple(summary.notes())
    assert manifest.told(folds=3) == ()  # they have no split of which it would be true
    assert [one.kind for one in summary.shown()] == [FindingKind.LEAKAGE, FindingKind.CLASS_IMBALANCE]
    assert [one.kind for one in summary.shown(folds=3)] == [FindingKind.CLASS_IMBALANCE]
    again = summary.report(200)
    assert again.findings[0].file == "test/0.png"
    assert len(again.errors) == MOST_LISTED
