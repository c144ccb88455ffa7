"""The process that trains runs: reads orders from standard input, tells how they go on standard output, in JSON lines.

An order is a job, `{"contender": label, "seed": n, "fold": n or null}`, or `{"drop": job}`, which ends that job's run
with a checkpoint where it stands. When standard input ends, because the study was stopped or killed, the run is ended
in the same way and the process leaves.
"""

import json
import os
import queue
import sys
import threading
import time
import traceback
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import torch
from filelock import FileLock

from skipwise.data import StoredData
from skipwise.data.folds import fold_of
from skipwise.errors import UserError, clause
from skipwise.networks.dotted import trust
from skipwise.records import full_disk, is_full_disk
from skipwise.studies.folder import StudyFolder
from skipwise.studies.workers.pool import Job
from skipwise.training.loop import Stopped, Tick
from skipwise.training.run import train_run

SECONDS_BETWEEN_TICKS = 0.25


def main(study: str, *trusted: str) -> None:
    """Train what standard input asks for, until it ends; `trusted` are the dotted paths that the study may name."""
    trust(*trusted)
    tell = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a user's own network prints must not mix with ours
    orders = Orders()
    threading.Thread(target=orders.read, daemon=True).start()
    folder = StudyFolder(Path(study))
    design = folder.design()
    assert design is not None
    torch.set_num_threads(design.plan.threads)
    task = design.to_learn
    whole = task.load(StoredData.read(folder.path))
    _say(tell, event="ready")
    while (job := orders.jobs.get()) is not None and not orders.stop.is_set():
        design = folder.design()  # a search has added its newest trial
        assert design is not None
        contender, seed, fold = design.contender(job.contender), job.seed, job.fold
        dataset = whole if fold is None else fold_of(whole, fold, design.folds or 0, seed)
        run_folder = folder.run_folder(design, contender, seed, fold)
        try:
            run_folder.mkdir(parents=True, exist_ok=True)
            with FileLock(run_folder / ".lock"):  # an orphan of a killed study may still be writing its checkpoint
                train_run(
                    task,
                    contender,
                    dataset,
                    seed=seed,
                    fold=fold,
                    plan=design.plan,
                    folder=run_folder,
                    tell=_Ticker(tell),
                    should_stop=partial(orders.ended, job),
                    gradients=design.config is not None and design.config.gradients,
                )
        except Stopped:
            if orders.stop.is_set():
                break
            _say(tell, event="dropped")
        except Exception as error:
            with suppress(OSError):  # of a full disk, too, the study hears
                trace = traceback.format_exc()
                (run_folder / "error.txt").write_text(trace, encoding="utf-8", errors="backslashreplace")
            _say(tell, event="error", message=_reason(error, run_folder))
        else:
            _say(tell, event="done")


class Orders:
    """Orders of the study to this process: jobs, and which one to drop."""

    def __init__(self) -> None:
        self.jobs: queue.Queue[Job | None] = queue.Queue()
        self.stop = threading.Event()
        self.dropped: Job | None = None

    def read(self) -> None:
        """Take in every order, until standard input ends."""
        for line in sys.stdin:
            order = json.loads(line)
            if "drop" in order:
                self.dropped = Job(**order["drop"])
            else:
                self.jobs.put(Job(**order))
        self.stop.set()
        self.jobs.put(None)

    def ended(self, job: Job) -> bool:
        """Whether the run of this job is to end where it stands. An order that comes too late concerns no other job."""
        return self.stop.is_set() or self.dropped == job


class _Ticker:
    """Tells where a run stands: at the first step after each epoch, and a few times a second."""

    def __init__(self, tell: TextIO) -> None:
        self.tell = tell
        self.told = 0.0
        self.epoch = 0

    def __call__(self, tick: Tick) -> None:
        if tick.epoch != self.epoch or time.monotonic() - self.told > SECONDS_BETWEEN_TICKS:
            self.told, self.epoch = time.monotonic(), tick.epoch
            _say(self.tell, event="tick", tick=asdict(tick))


def _reason(error: Exception, folder: Path) -> str:
    """Return why a run broke off, to stand within a sentence."""
    if isinstance(error, UserError):
        return clause(error)
    if isinstance(error, OSError) and is_full_disk(error, folder):
        return clause(full_disk(folder))
    return clause(f"{type(error).__name__}: {error}")


def _say(tell: TextIO, **message: Any) -> None:
    try:
        tell.write(json.dumps(message) + "\n")
    except BrokenPipeError:
        return  # nobody listens any more; the end of standard input stops this process


if __name__ == "__main__":
    main(*sys.argv[1:])
