"""The study config as a command line, and together with what was asked before; an option is said there once."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from skipwise.data import Options
from skipwise.studies.config import DATA_OPTIONS, OPTIONS, StudyConfig
from skipwise.studies.contender_spec import ContenderSpec
from skipwise.studies.kinds import KINDS


@pytest.mark.parametrize(
    ("config", "line"),
    [
        (StudyConfig(), "skipwise compare digits plain32 resnet32 --seeds 5"),
        (
            StudyConfig(
                data="my photos",
                contenders=("plain8", "a@resnet8:lr=0.1"),
                seeds="auto",
                settings=("crop=2", "l1=1e-5"),
            ),
            "skipwise compare 'my photos' plain8 a@resnet8:lr=0.1 --seeds auto --set crop=2 --set l1=1e-5",
        ),
        (
            StudyConfig(command="train", contenders=("resnet8",), seeds=1, seed=3),
            "skipwise train digits resnet8 --seed 3",
        ),
        (StudyConfig(command="depth", depths=(8, 14), seeds=3), "skipwise depth digits --seeds 3 --depths 8,14"),
        (
            StudyConfig(command="ablate", over=("l2", "crop"), folds=4),
            "skipwise ablate digits resnet32 --seeds 5 --folds 4 --over l2,crop",
        ),
        (
            StudyConfig(command="learning-curve", fractions=(1 / 3, 1.0), tune="lr", budget="steps=20"),
            "skipwise learning-curve digits plain20 resnet20 --seeds 5 --budget steps=20 --tune lr "
            "--fractions 0.3333333333333333,1",
        ),
    ],
)
def test_the_command_line_that_asks_for_the_same(config, line):
    assert sorted(config.line.split(" --")) == sorted(line.split(" --"))


def test_how_many_work_is_left_out_and_where_it_goes_is_not():
    assert StudyConfig(workers=3).line == StudyConfig().line
    assert "--out x" in StudyConfig(out=Path("x")).line


def test_together_with_what_was_asked_before():
    one = StudyConfig(contenders=("plain8", "resnet8"), seeds=3, settings=("crop=1",))
    more = StudyConfig(contenders=("plain8", "c@resnet8:kernel=5"), seeds=2, settings=("crop=1",))
    assert one.with_more(more) == StudyConfig(
        contenders=("plain8", "resnet8", "c@resnet8:kernel=5"), seeds=3, settings=("crop=1",)
    )
    assert one.with_more(one) == one
    assert StudyConfig(seeds="auto").with_more(StudyConfig(seeds=4)).seeds == "auto"
    depths = [StudyConfig(command="depth", depths=depths) for depths in ((8, 20), (14, 8))]
    assert depths[0].with_more(depths[1]).depths == (8, 14, 20)
    fractions = [StudyConfig(command="learning-curve", fractions=fractions) for fractions in ((0.1, 1), (0.5,))]
    assert fractions[0].with_more(fractions[1]).fractions == (0.1, 0.5, 1)
    chosen, every = StudyConfig(command="ablate", over=("l2",)), StudyConfig(command="ablate")
    assert chosen.with_more(replace(chosen, over=("crop", "l2"))).over == ("l2", "crop")
    assert chosen.with_more(every).over is None
    assert StudyConfig(device="cpu", precision="fp32").with_more(StudyConfig()) == StudyConfig(
        device="cpu", precision="fp32"
    )


def test_lists_and_paths_are_kept_in_one_form_and_weights_of_all_as_a_setting():
    config = StudyConfig(Path("photos"), ["plain8"], out="x", settings=["lr=0.1"], pretrained="a.pth")
    assert config == StudyConfig("photos", ("plain8",), out=Path("x"), settings=("lr=0.1", "pretrained=a.pth"))


def test_other_settings_are_spelt_out_for_each_contender():
    """`crop` of the first command holds for its own contenders only; a known label keeps what it was."""
    one = StudyConfig(contenders=("plain8", "b@resnet8:lr=0.1"), settings=("crop=1",))
    more = StudyConfig(contenders=("plain8", "resnet14"), settings=("crop=1", "flip=true"))
    both = one.with_more(more)
    assert both.settings == ()
    assert both.contenders == ("plain8@plain8:crop=1", "b@resnet8:crop=1,lr=0.1", "resnet14@resnet14:crop=1,flip=true")


def test_a_contender_spelt_out_keeps_its_label():
    assert str(ContenderSpec.parse("resnet8:kernel=5").with_settings(())) == "resnet8:kernel=5"
    assert str(ContenderSpec.parse("resnet8").with_settings(["lr=0.1"])) == "resnet8@resnet8:lr=0.1"
    assert str(ContenderSpec.parse("a@resnet8").with_settings(["lr=0.1"])) == "a@resnet8:lr=0.1"


def test_options_of_data_are_those_that_the_data_room_takes():
    """So that one more touches three files: config.py, data/options.py, and where it is used."""
    of_no_study = {"device", "compare_all"}  # the first comes of the compute plan, the second is for `skipwise check`
    assert {*DATA_OPTIONS, *of_no_study} == {entry.name for entry in fields(Options)}


def test_fields_that_a_kind_names_are_there():
    assert all(name in OPTIONS and OPTIONS[name].of_some_kinds for kind in KINDS.values() for name in kind.fields)
