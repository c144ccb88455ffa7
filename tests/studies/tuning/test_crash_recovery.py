"""Searches with real worker processes: runs that are dropped, and what a kill leaves."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from skipwise.studies import Study, plan_study, resolve
from skipwise.studies.config import StudyConfig
from skipwise.studies.tuning.journal import Journal
from skipwise.studies.tuning.learning_rate import SEED
from skipwise.studies.tuning.space import family_of
from skipwise.studies.tuning.space_file import parse_space
from skipwise.studies.tuning.trials import read_search_result
from skipwise.studies.workers.pool import Job, train_side_by_side


@pytest.mark.slow
def test_a_run_that_is_dropped_ends_where_it_stands_and_its_worker_goes_on(npz, tmp_path):
    config = StudyConfig(
        data=npz, out=tmp_path, contenders=("plain8", "resnet8"), seeds=1, epochs=200, settings=("batch_size=16",)
    )
    ready = plan_study(resolve(config))
    folder, design = ready.folder, ready.design
    folder.path.mkdir(parents=True)
    ready.dataset.stored.write(folder.path)
    folder.write_design(design)
    waiting = iter([Job(contender="plain8", seed=0), Job(contender="resnet8", seed=0)])
    ended = []

    class Listen:
        def tick(self, job, tick):
            assert tick.epoch < 150, "it was not dropped"

        def finished(self, job, error):
            ended.append((job.contender, error))

    assert not train_side_by_side(folder.path, lambda: next(waiting, None), design.plan, 1, Listen(), lambda _: True)
    assert ended == [("plain8", None), ("resnet8", None)]
    for contender in design.contenders:
        run_folder = folder.run_folder(design, contender, 0)
        assert (run_folder / "checkpoint.pt").exists()
        assert not (run_folder / "run.json").exists()


def children(parent):
    """The processes whose parent this is."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent.pid:
            found.append(int(entry.parent.name))
    return found


def wait_until(holds, process):
    deadline = time.monotonic() + 200
    while not holds():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def search_command(npz, space, name, *, trials, epochs):
    """A search beside its file, from the command line."""
    return [
        sys.executable, "-m", "skipwise", "tune", npz, "--family", "resnet8", "--trials", str(trials), "--epochs", str(epochs),
        "--seeds", "1", "--set", "batch_size=16", "--space", str(space), "--out", str(space.parent), "--name", name,
    ]  # fmt: skip


@pytest.mark.slow
def test_a_trial_that_was_done_before_the_search_heard_so_is_not_trained_again(npz, tmp_path):
    """As when everything is killed between a worker's last file and the journal's line."""
    space = tmp_path / "space.toml"
    space.write_text("kernel = [3, 5]")
    command = search_command(npz, space, "unheard", trials=2, epochs=6)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=300)
    search = tmp_path / "unheard" / "search"
    journal, before = search / "optuna.jsonl", read_search_result(search)
    *lines, last = journal.read_text().splitlines(keepends=True)
    assert '"values"' in last, "the line that closes a trial"
    journal.write_text("".join(lines))
    done = {path: path.stat().st_mtime_ns for path in search.glob("runs/*/*/run.json")}

    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=300)
    assert {path: path.stat().st_mtime_ns for path in search.glob("runs/*/*/run.json")} == done
    assert read_search_result(search) == before


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds workers through /proc")
@pytest.mark.slow
def test_killed_it_keeps_what_is_done_and_continues_what_was_going(npz, tmp_path):
    """SIGKILL to a worker, then to everything; the same command then ends with as many trials as were asked for."""
    space = tmp_path / "space.toml"
    space.write_text("kernel = [3, 5]\nlr = {low = 0.01, high = 0.1, log = true}")
    command = search_command(npz, space, "killed", trials=4, epochs=20)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    search = tmp_path / "killed" / "search"
    wait_until(lambda: list(search.glob("runs/trial-*/*/checkpoint.pt")), process)
    os.kill(children(process)[0], signal.SIGKILL)
    wait_until(lambda: list(search.glob("runs/trial-*/*/run.json")), process)
    for worker in children(process):
        os.kill(worker, signal.SIGKILL)
    process.kill()
    process.wait()

    done = {path: path.stat().st_mtime_ns for path in search.glob("runs/*/*/run.json")}
    before = Journal(
        search / "optuna.jsonl", parse_space(space.read_text(), family_of("resnet8"), ""), 4, SEED, None
    ).all()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=300)
    assert {path: path.stat().st_mtime_ns for path in done} == done
    found = read_search_result(search)
    assert [trial.number for trial in found.trials] == [0, 1, 2, 3]
    assert [trial.values for trial in found.trials][: len(before)] == [told.values for told in before]
    assert all(trial.state in ("finished", "dropped") for trial in found.trials)
    runs = {path.parent.parent.name.rpartition("-")[0] for path in search.glob("runs/*/*/run.json")}
    assert runs == {trial.label for trial in found.trials if trial.state == "finished"}
    assert Study.open(tmp_path / "killed").verdicts
