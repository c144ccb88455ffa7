"""The console tells phases that last, corrects its estimate once, and tells training apart from the rest; by a fake
clock.
"""

from types import SimpleNamespace

import pytest

from skipwise.commands.console import LOOKING, READING, Console, reading_line, time_sentence
from skipwise.commands.consoles import LiveConsole, QuietConsole, SilentConsole
from skipwise.commands.phases import Phases
from skipwise.commands.terminal import Terminal
from skipwise.studies.estimate import Estimate
from skipwise.studies.workers.pool import Job
from skipwise.training.loop import Tick

JOBS = [Job(contender="plain8", seed=seed) for seed in range(4)]


class Clock:
    """A clock that stands until it is moved, with timers that ring then."""

    def __init__(self):
        self.time, self.timers = 100.0, []

    def __call__(self):
        return self.time

    def timer(self, seconds, call):
        timer = SimpleNamespace(at=self.time + seconds, call=call, daemon=False, start=lambda: None)
        timer.cancel = lambda: timer in self.timers and self.timers.remove(timer)
        self.timers.append(timer)
        return timer

    def pass_by(self, seconds):
        self.time += seconds
        for timer in [timer for timer in self.timers if timer.at <= self.time]:
            self.timers.remove(timer)
            timer.call()


class Said(Console):
    """A console that keeps what is said."""

    def __init__(self):
        self.clock_at_hand, self.lines = Clock(), []
        super().__init__(phases=Phases(self.clock_at_hand, self.clock_at_hand.timer))

    def say(self, text):
        self.lines.append(text)

    def wait(self, seconds):
        self.clock_at_hand.pass_by(seconds)


def tick(progress):
    return Tick(
        epoch=0, step=1, steps_per_epoch=10, progress=progress, loss=1.0, score=None, validation_score=None
    )  # fmt: skip


@pytest.fixture
def console():
    return Said()


def test_a_phase_is_told_once_it_lasts_two_seconds(console):
    console.doing("drawing the page")
    console.wait(1.9)
    assert console.lines == []
    console.wait(0.2)
    console.wait(100)
    assert console.lines == ["drawing the page ..."]
    console.doing("")
    assert console.phases.seconds == {"drawing the page": pytest.approx(102.1)}


def test_a_short_phase_is_counted_and_not_told(console):
    for words in ("one", "two", "one"):
        with console.phase(words):
            console.wait(1)
    console.wait(10)
    assert console.lines == []
    assert console.phases.seconds == {"one": 2, "two": 1}


def test_a_phase_that_raises_is_not_told_later(console):
    with pytest.raises(ValueError, match="broken"), console.phase("reading"):
        raise ValueError("broken")
    console.wait(10)
    assert console.lines == []


def test_reading_is_told_from_two_seconds_on_with_its_rate(console):
    console.doing(READING)
    for done in range(1, 50):
        console.wait(0.5)
        console.decoding(done, 50)
    assert console.lines == ["reading the data: 5 of 50", "reading the data: 46 of 50, 2 a second, about 2 s left"]
    console.decoding(50, 50)
    console.wait(3)
    assert console.lines[2:] == [f"{LOOKING} ..."]
    console.doing("")
    assert console.phases.seconds == {READING: 24.5, LOOKING: 3}


def test_the_time_before_the_first_example_does_not_count_in_the_rate_of_reading(console):
    console.doing(READING)
    console.wait(100)
    console.decoding(100, 50_000)
    console.wait(30)
    console.decoding(30_100, 50_000)
    assert console.lines[-1] == "reading the data: 30,100 of 50,000, 1,000 a second, about 20 s left"


def test_a_line_on_reading():
    assert reading_line(1_200, 3_600, 120.0) == "reading the data: 1,200 of 3,600, 120 a second, about 20 s left"
    assert reading_line(100, 50_000, 12.4) == "reading the data: 100 of 50,000, 12 a second"
    assert reading_line(0, 10, 0.0) == "reading the data: 0 of 10"


def begun(console, *, training, report=0.0):
    console.ready = SimpleNamespace(design=SimpleNamespace(to_learn=SimpleNamespace(score_name="accuracy")))
    console.begin(dict.fromkeys(JOBS, training / len(JOBS)), Estimate(training=training, report=report), workers=2)
    console.__enter__()


def test_starting_is_a_phase_until_the_first_tick(console):
    begun(console, training=40.0)
    console.wait(3)
    console.tick(JOBS[0], tick(0.1))
    console.wait(5)
    console.doing("")
    assert console.lines == ["starting 2 workers ..."]
    assert console.phases.seconds == {"starting 2 workers": 3, "training": 5}


@pytest.mark.parametrize(
    ("seconds", "line"),
    [
        (10, []),
        (12, []),
        (16, ["slower than estimated: about 74 s in all instead of 50 s"]),
        (5, ["faster than estimated: about 30 s in all instead of 50 s"]),
    ],
)
def test_the_estimate_is_corrected_once_where_the_pace_differs(console, seconds, line):
    """A quarter of 40 s of work should take 10 s; 10 s of page follow."""
    begun(console, training=40.0, report=10.0)
    console.tick(JOBS[0], tick(0.0))
    console.wait(seconds)
    console.said = console.clock()  # so that no line on what is running comes between
    console.tick(JOBS[0], tick(1.0))
    console.wait(seconds)
    console.said = console.clock()
    console.tick(JOBS[1], tick(1.0))
    assert console.lines == line


def test_time_left_counts_what_comes_after_training(console):
    begun(console, training=40.0, report=10.0)
    assert console.time_left() == "50 s"
    console.tick(JOBS[0], tick(0.0))
    console.wait(10)
    console.tick(JOBS[0], tick(1.0))
    assert console.time_left() == "40 s"


def test_training_is_told_apart_from_start_and_page():
    phases = {"starting 2 workers": 20.0, "training": 14.0, "drawing the page": 25.0, "reading the data": 0.2}
    assert time_sentence(4, 8.0, phases) == (
        "4 runs took 8 s of training; 59 s in all: 25 s drawing the page, 20 s starting 2 workers, 14 s training."
    )
    assert time_sentence(1, 2.0, {"training": 0.1}) == "1 run took 2 s of training; 0 s in all."


@pytest.mark.parametrize("kind", [QuietConsole, SilentConsole])
def test_quiet_consoles_tell_no_phase(kind, capsys):
    clock = Clock()
    console = kind(phases=Phases(clock, clock.timer))
    with console.phase(READING):
        clock.pass_by(5)
        console.decoding(1, 50)
    begun(console, training=40.0)
    console.tick(JOBS[0], tick(0.0))
    clock.pass_by(100)
    console.tick(JOBS[0], tick(1.0))
    assert capsys.readouterr().out == ""


def test_a_closed_output_is_no_traceback_of_the_timer():
    def closed(line):
        told.append(line)
        raise BrokenPipeError

    clock, told = Clock(), []
    Phases(clock, clock.timer).begin("drawing the page", closed)
    clock.pass_by(5)
    assert told == ["drawing the page ..."]


def test_a_terminal_shows_the_phase_at_once(tmp_path):
    with (tmp_path / "shown").open("w") as file:
        console = LiveConsole(Terminal(file=file, force_terminal=True, width=80))
        with console.phase("drawing the page"):
            pass
        begun(console, training=40.0)
        console.tick(JOBS[0], tick(0.5))
        console.doing("fitting TF-IDF")
        console.live.refresh()
        console.__exit__(None, None, None)
    shown = (tmp_path / "shown").read_text()
    assert "drawing the page ..." in shown
    assert "fitting TF-IDF ..." in shown
    assert console.status is None
