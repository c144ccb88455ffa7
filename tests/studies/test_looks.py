"""Looks at verdicts: recorded once each, and a caution where more were taken than share the error."""

import json
import os

import pytest

from skipwise.commands import compare as comparison
from skipwise.commands.console import Console
from skipwise.errors import UserError
from skipwise.recipe import Recipe
from skipwise.statistics import DECLARED_LOOKS
from skipwise.studies.config import StudyConfig
from skipwise.studies.contender import parse_contender
from skipwise.studies.folder import StudyFolder
from skipwise.studies.looks import record_look
from skipwise.studies.record import SplitKey, StudyRecord
from skipwise.studies.study import Study
from skipwise.training.plan import ComputePlan

PLAN = ComputePlan(device="cpu", precision="fp32", channels_last=False, threads=1)


def taken(path, seeds, alpha, declared=()):
    return [record_look(path, seeds=number, contenders=["a", "b"], alpha=alpha, declared=declared) for number in seeds][
        -1
    ]


def test_undeclared_looks_sum_their_errors(tmp_path):
    """Three looks at 5 % each: at most 15 %."""
    assert taken(tmp_path / "looks.jsonl", [5], 0.05) is None
    assert taken(tmp_path / "looks.jsonl", [10, 20], 0.05) == (
        "extended after a look: verdicts were shown at 5, 10 and 20 seeds, so the chance of a false claim is at most 15%, "
        "not 5%"
    )


def test_declared_looks_share_the_error(tmp_path):
    path = tmp_path / "looks.jsonl"
    assert taken(path, [3, 5, 10], 0.05 / 3, (3, 5, 10)) is None
    assert [json.loads(line)["seeds"] for line in path.read_text().splitlines()] == [3, 5, 10]


def test_as_many_looks_as_were_declared_stay_within_the_error(tmp_path):
    """Each costs a third of 5 %, wherever it is taken: 3 of them are within it, a fourth makes 6.7 %."""
    path = tmp_path / "looks.jsonl"
    assert taken(path, [3, 4, 5], 0.05 / 3, (3, 5, 10)) is None
    assert "at most 7%, not 5%" in taken(path, [10], 0.05 / 3, (3, 5, 10))


class SaidConsole(Console):
    """A console that keeps what is said."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def say(self, text):
        self.lines.append(text)

    def announce(self, ready, *, briefly=False):
        pass

    def conclude(self, summary):
        pass


@pytest.fixture
def looked_at(monkeypatch):
    """The numbers of seeds that `--seeds auto` trains, where verdicts are decided from so many seeds on."""

    def run(decided_from, already=0, learned_nothing=False):
        counts = []

        class Stand(Study):
            def __init__(self, seeds):
                self.seeds = tuple(range(max(seeds, already)))

            @property
            def decided(self):
                return len(self.seeds) >= decided_from

            @property
            def learned_nothing(self):
                return learned_nothing

            def look(self):
                counts.append(len(self.seeds))
                return []

        monkeypatch.setattr(comparison, "resolve", lambda config, *_: None)
        monkeypatch.setattr(comparison, "plan_study", lambda resolved, seeds: len(seeds))
        monkeypatch.setattr(comparison, "train_missing", lambda ready, *_: Stand(ready))
        monkeypatch.setattr(comparison, "write_report", lambda study, doing: None)
        console = SaidConsole()
        comparison.run_study(StudyConfig(seeds="auto"), console)
        return counts, console.lines

    return run


@pytest.mark.parametrize(
    ("decided_from", "counts"), [(1, [3]), (3, [3]), (4, [3, 5]), (6, [3, 5, 10]), (11, [3, 5, 10])]
)
def test_auto_goes_on_until_it_is_decided(looked_at, decided_from, counts):
    seen, lines = looked_at(decided_from)
    assert seen == counts
    assert lines == [f"Not decided at {count} seeds: going on.\n" for count in counts[:-1]]


def test_auto_stops_where_nothing_was_learned(looked_at):
    seen, lines = looked_at(11, learned_nothing=True)
    assert (seen, lines) == ([3], [])


def test_auto_after_a_cut_in_the_second_look_says_how_many_seeds_there_are(looked_at):
    """Five seeds were begun: the first look is past."""
    seen, lines = looked_at(6, already=5)
    assert seen == [5, 5, 10]
    assert lines == ["Not decided at 5 seeds: going on.\n"]


@pytest.mark.parametrize(
    ("seeds", "decided", "sentence"),
    [
        (3, True, "decided at look 1 of 3, declared before the first run at 3, 5, 10 seeds and sharing the 5 % error, so "
         "that each has 1.67 %: 14 of 20 runs saved"),
        (5, False, "not decided at look 2 of 3, declared before the first run at 3, 5, 10 seeds and sharing the 5 % error, "
         "so that each has 1.67 %"),
        (4, True, None),
    ],
)  # fmt: skip
def test_a_study_tells_at_which_look_it_was_decided(tmp_path, monkeypatch, seeds, decided, sentence):
    """Two contenders and 10 seeds are 20 runs; after 3 seeds 6 are done."""
    design = StudyRecord(
        name="it", kind="compare", data="digits", command="", split=SplitKey(), seeds=tuple(range(seeds)), plan=PLAN,
        contenders=tuple(parse_contender(text, Recipe()) for text in ["plain8", "resnet8"]), looks=DECLARED_LOOKS,
    )  # fmt: skip
    for contender in design.contenders:
        for seed in design.seeds:
            folder = StudyFolder(tmp_path).run_folder(design, contender, seed)
            folder.mkdir(parents=True)
            (folder / "run.json").touch()
    monkeypatch.setattr(Study, "decided", decided)
    assert Study(StudyFolder(tmp_path), design).look_sentence == sentence


@pytest.mark.parametrize("line", ["null", "{}", "[]", '{"seeds": "5", "contenders": []}', "{"])
def test_a_line_that_is_no_look_is_named(tmp_path, line):
    (tmp_path / "looks.jsonl").write_text(f"{line}\n")
    with pytest.raises(UserError, match=r"looks.jsonl, line 1 is damaged .*: delete the line"):
        taken(tmp_path / "looks.jsonl", [5], 0.05)


def test_a_pipe_of_looks_is_refused(tmp_path):
    os.mkfifo(tmp_path / "looks.jsonl")
    with pytest.raises(UserError, match=r"looks\.jsonl is damaged \(it is a device or a pipe"):
        taken(tmp_path / "looks.jsonl", [5], 0.05)
