"""The contenders that each command trains, and which of them are compared."""

import json
from dataclasses import replace

import pytest

from skipwise import UserError
from skipwise.recipe import Recipe
from skipwise.studies.config import StudyConfig
from skipwise.studies.kinds.ablate import Ablate
from skipwise.studies.record import SplitKey, StudyRecord, read_study, write_study
from skipwise.training.plan import ComputePlan
from support.images import dataset

PLAN = ComputePlan(device="cpu", precision="fp32", channels_last=False, threads=1)


def design(config, data=None):
    sweep = config.kind.sweep(config, Recipe(epochs=4, batch_size=16), data)
    return StudyRecord(
        name="it", kind=config.command, data="digits", command=config.line, split=SplitKey(), contenders=sweep.contenders,
        seeds=(0, 1), plan=PLAN, points=sweep.points, config=config,
    )  # fmt: skip


def test_depths_are_sorted_pairs_of_twins():
    made = design(StudyConfig(command="depth", depths=(14, 8, 14)))
    assert [contender.label for contender in made.contenders] == ["plain8", "resnet8", "plain14", "resnet14"]
    assert made.comparisons == [("plain8", "resnet8"), ("plain14", "resnet14")]
    assert [(point.series, point.at) for point in made.points] == [
        ("plain", 8), ("resnet", 8), ("plain", 14), ("resnet", 14),
    ]  # fmt: skip


def test_fractions_take_as_many_steps_as_all_the_images(tmp_path):
    """87 training images in batches of 16 are 5 steps an epoch, 20 in 4 epochs."""
    config = StudyConfig(command="learning-curve", contenders=("plain8", "resnet8"), fractions=(1.0, 0.1))
    made = design(config, dataset(tmp_path / "a.npz"))
    assert [(one.label, one.recipe.fraction, one.recipe.steps) for one in made.contenders] == [
        ("plain8 at 10 %", 0.1, 20), ("resnet8 at 10 %", 0.1, 20),
        ("plain8 at 100 %", 1.0, 20), ("resnet8 at 100 %", 1.0, 20),
    ]  # fmt: skip
    assert made.comparisons == [("plain8 at 10 %", "resnet8 at 10 %"), ("plain8 at 100 %", "resnet8 at 100 %")]


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (StudyConfig(command="depth", depths=()), "--depths names no depth: give some, as 8,20,56."),
        (StudyConfig(command="depth", depths=(8, 21)), "There is no resnet of 21 layers: known are 8, 9, 14, 18, 20, 32, 34, 44, 50, 56, 101, 110, 152, 200, 1202."),
        (StudyConfig(command="depth", family="wrn-28-"), "There is no family of networks with a depth in its name called 'wrn-28-': known are convnext, mobilenet, preresnet, res-vdcnn, resnet, resnet-slim, resnet-text-, resnext."),
        (StudyConfig(command="depth", family="resnets"), "There is no family of networks with a depth in its name called 'resnets': did you mean 'resnet'?"),
        (StudyConfig(command="learning-curve", fractions=()), "--fractions names no fraction: give some, as .1,.3,1."),
        (StudyConfig(command="train", contenders=("plain8", "resnet8")), "train takes one contender, not 2: compare takes several."),
        (StudyConfig(command="ablate", contenders=("plain8", "resnet8")), "ablate takes one contender, not 2: the base that is changed."),
        (StudyConfig(command="ablate", over=("l3",)), "There is no ingredient called 'l3': did you mean 'l2'?"),
    ],
)  # fmt: skip
def test_what_cannot_be_swept(config, sentence):
    with pytest.raises(UserError) as error:
        config.kind.sweep(config, Recipe(), None)
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    "config", [StudyConfig(command="depth", depths=(8,), seeds=2), StudyConfig(contenders=["a@plain8:lr=0.1"], seeds=1)]
)
def test_a_record_reads_back_as_the_same(config, tmp_path):
    made = replace(design(config), tuned={"a": {"0.1": 0.5}}, split=SplitKey(fingerprint="f", folds=3))
    write_study(tmp_path / "study.json", made)
    assert read_study(tmp_path / "study.json") == made


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"format": 3}, "has format 3, which a newer skipwise wrote (this one reads 2): install that one, or restore it, or "
         "delete the study."),
        ({"format": 2}, "is damaged (KeyError: 'contenders'): restore it, or delete the study."),
        ([], "is damaged (ValueError: it holds no study): restore it, or delete the study."),
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_read_is_one_sentence(content, sentence, tmp_path):
    file = tmp_path / "study.json"
    file.write_text(json.dumps(content))
    with pytest.raises(UserError) as error:
        read_study(file)
    assert str(error.value) == f"{file} {sentence}"


def test_a_sweep_is_extended_by_depths_on_either_side_and_repeats_all_of_them():
    made = design(StudyConfig(command="depth", depths=(14,))).extended_by(
        design(StudyConfig(command="depth", depths=(8, 20)))
    )
    assert sorted(at for _, at in {(point.series, point.at) for point in made.points}) == [8, 8, 14, 14, 20, 20]
    assert made.config.depths == (8, 14, 20)
    assert "--depths 8,14,20" in made.command


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        (StudyConfig(command="depth", depths=(8,)), StudyConfig(command="depth", depths=(110,), family="preresnet"),
         "The study 'it' is about another family of networks: take another --name, or --out."),
        (StudyConfig(command="learning-curve", contenders=("plain8",), fractions=(0.1, 1)),
         StudyConfig(command="learning-curve", contenders=("resnet8",), fractions=(1,)),
         "The study 'it' would lack resnet8 at 0.1: ask for all contenders at all of them."),
    ],
)  # fmt: skip
def test_a_sweep_with_gaps_is_refused(first, second, sentence):
    with pytest.raises(UserError) as error:
        design(first).extended_by(design(second))
    assert str(error.value) == sentence


def test_an_extended_comparison_repeats_every_contender():
    first = design(StudyConfig(contenders=("plain8", "resnet8"), seeds=3))
    made = first.extended_by(design(StudyConfig(contenders=("plain8", "c@resnet8:kernel=5"), seeds=2)))
    assert made.config.contenders == ("plain8", "resnet8", "c@resnet8:kernel=5")
    assert made.command == "skipwise compare digits plain8 resnet8 c@resnet8:kernel=5 --seeds 3"


def test_points_of_a_sweep_are_trained_alike():
    first = design(StudyConfig(command="depth", depths=(8,), budget="steps=50"))
    with pytest.raises(UserError) as error:
        first.extended_by(design(StudyConfig(command="depth", depths=(14,), budget="steps=500")))
    assert str(error.value) == (
        "The study 'it' was begun with budget steps=50, not steps=500, and its points must be trained alike: "
        "take another --name, or --out, for a study of its own."
    )


def test_an_ablation_needs_an_ingredient():
    with pytest.raises(UserError, match=r"--over names no ingredient: give some, as crop,mixup\."):
        Ablate().sweep(StudyConfig(command="ablate", over=()), Recipe(), None)
