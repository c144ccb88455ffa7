"""Study files: what is written reads back as the same, and a mistake is named with its place."""

import os
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipwise import UserError
from skipwise.studies.config import StudyConfig
from skipwise.studies.study_file import read_study_file, study_file, validated

COMPLETE = StudyConfig(
    command="compare",
    data="digits",
    contenders=("plain8", 'it\'s "big"@resnet8:kernel=5'),
    seeds="auto",
    budget="steps=1000",
    tune="lr",
    test_size=0.123456789,
    folds=3,
    size=16,
    split_seed=7,
    settings=("batch_size=16",),
    out=Path("a/b c"),
    name="näme",
)


@pytest.mark.parametrize(
    "config",
    [
        COMPLETE,
        StudyConfig(),
        StudyConfig(command="train", contenders=("resnet8",), seed=3),
        StudyConfig(command="depth", depths=(8, 14), family="resnet", epochs=2),
        StudyConfig(command="ablate", contenders=("resnet8",), over=("l2", "crop")),
        StudyConfig(command="learning-curve", fractions=(0.1, 1 / 3, 1.0)),
    ],
)
def test_what_is_written_reads_back_as_the_same(config, tmp_path):
    (tmp_path / "study.toml").write_text(study_file(config, "a head\nof two lines"), encoding="utf-8")
    assert read_study_file(tmp_path / "study.toml") == config


def test_how_many_work_at_once_is_left_to_the_machine():
    assert study_file(replace(COMPLETE, workers=2), "") == study_file(COMPLETE, "")


@given(
    st.fixed_dictionaries(
        {
            "seeds": st.integers(1, 100) | st.just("auto"),
            "test_size": st.none() | st.floats(0.01, 0.99),
            "settings": st.lists(st.text(st.characters(exclude_categories=["Cs"]))).map(tuple),
            "fractions": st.lists(st.floats(1e-6, 1), min_size=1).map(tuple),
        }
    )
)
@settings(deadline=None)
def test_any_text_and_number_survive(words):
    config = StudyConfig(command="learning-curve", **words)
    assert validated(tomllib.loads(study_file(config, "it"))) == config


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("seedz = 3", 1, "There is no field of a study called 'seedz': did you mean 'seed'?"),
        ("[study]\nseeds = 3", 1, "There is no field of a study called 'study': "),
        ("# seeds\n\nseeds = 0", 3, "seeds is 0: it must be at least 1."),
        ('seeds = "many"', 1, "seeds is 'many': it must be a whole number, or \"auto\"."),
        ("seeds = true", 1, 'seeds is True: it must be a whole number, or "auto".'),
        ("epochs = 2.5", 1, "epochs is 2.5: it must be a whole number."),
        ('"epochs" = "2"', 1, "epochs is '2': it must be a whole number."),
        ("test_size = 20", 1, "test_size is 20: it must be a fraction between 0 and 1, as 0.2."),
        ("size = 100000", 1, "size is 100000: it must be at most 2048, in px or tokens."),
        ("folds = 1", 1, "folds is 1: it must be at least 2."),
        ('name = "../x"', 1, "name is '../x': it must be a plain folder name; out says where it goes."),
        ('contenders = "plain8"', 1, "contenders is 'plain8': it must be a list in brackets, as [...]."),
        ("data = 3", 1, "data is 3: it must be text in quotes."),
        ("fractions = [0.5,\n  0]", 1, "fractions is 0: it must be fractions above 0 and up to 1, as 0.1."),
        ('command = "comp"', 1, "There is no kind of study called 'comp': did you mean 'compare'?"),
        ('seeds = 3\nbudget = "foo"', 2, "There is no budget called 'foo': known are epochs, multiply-adds, "),
        ('budget = "steps=0"', 1, "--budget is 'steps=0': steps takes a whole number above 0, as steps=1000."),
        ('seeds = 3\n\ncontenders = [\n "plain8",\n "resnet21",\n]', 5,
         "There is no network called 'resnet21': did you mean 'resnet20'?"),
        ('contenders = ["plain8"]\nsettings = ["epoch=3"]', 2,
         "There is no field of plain8 called 'epoch': did you mean 'epochs'?"),
        ('settings = ["lr=fast"]', 1, "lr=fast cannot be: lr takes a learning rate above 0."),
        ('command = "ablate"\ncontenders = ["resnet8"]\nover = ["l3"]', 3,
         "There is no ingredient called 'l3': did you mean "),
        ('# none.npz\ndata = "photos/none.npz"', 2,
         "photos/none.npz does not exist: give a folder, a file, or a name as `skipwise list data` has them. "
         "Paths begin at the folder where skipwise is run, not at the study file."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(tmp_path, text, line, sentence):
    file = tmp_path / "s.toml"
    file.write_text(text)
    with pytest.raises(UserError) as error:
        read_study_file(file)
    assert str(error.value).startswith(f"{file}, line {line}: {sentence}")


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(UserError, match=r"There is no file .*none\.toml: name a study file, as study\.toml\."):
        read_study_file(tmp_path / "none.toml")
    with pytest.raises(UserError, match=r"is a folder: name the study file, as .*study\.toml\."):
        read_study_file(tmp_path)
    (tmp_path / "a.toml").write_text("seeds = 3\nepochs = \n")
    with pytest.raises(UserError, match=r"a\.toml is no TOML: Invalid value \(at line 2, column 10\)\."):
        read_study_file(tmp_path / "a.toml")
    (tmp_path / "b.toml").write_bytes('data = "ä"'.encode("latin-1"))
    with pytest.raises(UserError, match=r"b\.toml is no text in UTF-8: save it as UTF-8\."):
        read_study_file(tmp_path / "b.toml")


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    (tmp_path / "a.toml").write_text("seeds = 3\n", encoding="utf-8-sig")
    assert read_study_file(tmp_path / "a.toml").seeds == 3


@pytest.mark.parametrize("field", [entry.name for entry in fields(StudyConfig)])
def test_every_field_refuses_a_wrong_type_in_one_sentence(field):
    """A table is right for no field; the words for it must be there for each of them."""
    with pytest.raises(UserError) as error:
        validated({field: {"a": 1}}, place=lambda field: f"line of {field}: ")
    assert str(error.value).startswith(f"line of {field}: {field} is {{'a': 1}}: it must be ")


def test_words_of_the_command_line_are_called_as_there():
    with pytest.raises(UserError, match=r"^--split-seed is -1: it must be at least 0\.$"):
        validated({"split_seed": -1})
    assert validated({"contenders": ("plain8",), "out": Path("x"), "test_size": 0.5}) == StudyConfig(
        contenders=("plain8",), out=Path("x"), test_size=0.5
    )


@pytest.mark.parametrize(
    "name", ["..", ".", " . ", "~", "~root", "a/b", "a\\b", "a\x1b[31m", "a\nb", "caf\udce9", "n" * 201, "é" * 101, ""]
)
def test_a_name_that_no_folder_should_have(name):
    with pytest.raises(UserError, match=r"^--name is .*: it must be a plain folder name"):
        validated({"name": name})


def test_a_plain_name_may_have_letters_of_any_script():
    assert validated({"name": ".été-第一.v2"}).name == ".été-第一.v2"


def test_a_field_of_another_command_is_told(tmp_path):
    """Depths without a command would train the usual pair, which nobody asked for."""
    file = tmp_path / "study.toml"
    file.write_text('data = "digits"\ndepths = [8, 20]\n')
    with pytest.raises(UserError) as error:
        read_study_file(file)
    assert str(error.value) == (
        f"{file}, line 2: depths is a field of depth, not of compare: leave it out, or take another command."
    )


def test_deep_nesting_endless_numbers_and_pipes_are_refused(tmp_path):
    (tmp_path / "study.toml").write_text(f"data = {'[' * 5_000}{']' * 5_000}")
    with pytest.raises(UserError, match="nested too deeply"):
        read_study_file(tmp_path / "study.toml")
    (tmp_path / "study.toml").write_text(f"epochs = {'9' * 5_000}")
    with pytest.raises(UserError, match="write smaller numbers"):
        read_study_file(tmp_path / "study.toml")
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(UserError, match="no regular file"):
        read_study_file(tmp_path / "pipe.toml")
