"""The part of a report in which each class counts alike, from a small study with real runs."""

import json

import pytest

from skipwise import compare
from skipwise.commands.compare import run
from skipwise.reports.sections.class_scores import class_score_table, imbalance_warning
from support.images import shapes

OPTIONS = {"seeds": 2, "epochs": 3, "settings": ["batch_size=16"]}


@pytest.fixture(scope="module")
def unbalanced(tmp_path_factory):
    home = tmp_path_factory.mktemp("unbalanced")
    file = shapes(home / "squares.npz", train=240)
    return run(
        data=str(file),
        contenders=["plain8", "resnet8:imbalance=logit-adjustment"],
        long_tail=10.0,
        out=home,
        **OPTIONS,
    )


def test_scores_by_how_many_images_classes_have(unbalanced):
    section = class_score_table(unbalanced)
    assert section.groups == {"many": ["0"], "medium": ["1"], "few": ["2"]}
    assert [(row.score, row.label) for row in section.rows[:4]] == [
        ("balanced accuracy", "plain8"),
        ("balanced accuracy", "resnet8:imbalance=logit-adjustment"),
        ("macro-F1", "plain8"),
        ("macro-F1", "resnet8:imbalance=logit-adjustment"),
    ]
    assert all((row.difference is None) == (row.label == "plain8") for row in section.rows)
    few = next(row for row in section.rows if row.score == "recall, few images" and row.label == "plain8")
    right = unbalanced.scores["plain8"]
    labels = unbalanced.results["plain8"][0].predictions()["labels"]
    assert few.found.value == pytest.approx(right[:, labels == 2].mean())


def test_the_report_has_it_and_warns(unbalanced):
    page = unbalanced.report.read_text()
    assert "Per-class scores" in page
    assert "recall, few images" in page
    assert "imbalance logit-adjustment" in page
    warning = imbalance_warning(unbalanced)
    assert warning.startswith("the classes are unbalanced in training, and the test images are not")
    assert json.loads((unbalanced.path / "verdict.json").read_text())["cautions"] == [warning]
    assert (unbalanced.path / "figures" / "class_scores.svg").exists()


def test_the_command_and_the_file_repeat_the_tail(unbalanced):
    assert "--long-tail 10" in unbalanced.design.command
    assert "long_tail = 10.0" in (unbalanced.path / "study.toml").read_text()
    assert unbalanced.path.name.endswith("-tail-10")


@pytest.mark.slow
def test_balanced_classes_need_no_warning(tmp_path):
    study = compare(shapes(tmp_path / "a.npz"), ["plain8"], seeds=1, epochs=1, out=tmp_path)
    assert imbalance_warning(study) is None
    assert class_score_table(study).groups == {}
