"""Runs side by side, each in one of a few worker processes."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch

from skipwise.errors import UserError
from skipwise.networks.dotted import trusted_paths
from skipwise.training.loop import Tick
from skipwise.training.plan import ComputePlan

SECONDS_TO_STOP = 60


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run to train."""

    contender: str
    seed: int
    fold: int | None = None

    def __str__(self) -> str:
        return f"{self.contender} seed {self.seed}" + ("" if self.fold is None else f" fold {self.fold}")


@runtime_checkable
class Listener(Protocol):
    """Somebody who wants to know how the runs go. A run that was dropped is finished too, without an error."""

    def tick(self, job: Job, tick: Tick) -> None: ...
    def finished(self, job: Job, error: str | None) -> None: ...


class Worker:
    """A worker process and the run it is at. Leaves what it says in `heard`, the last word being None."""

    def __init__(self, study: Path, plan: ComputePlan, number: int, heard: "queue.Queue[tuple[Worker, Any]]") -> None:
        self.job: Job | None = None
        self.ready = self.dropping = False
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "skipwise.studies.workers.process", str(study), *trusted_paths()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(study / "workers.log").open("a"),
            text=True,
            env=worker_environment(plan, number),
            start_new_session=True,  # so that Ctrl-C reaches the study alone, which then ends its workers in order
        )
        threading.Thread(target=self._listen, args=(heard,), daemon=True).start()

    def give(self, job: Job) -> None:
        """Have it train this run, as soon as it can."""
        self.job, self.dropping = job, False
        self._order(asdict(job))

    def drop(self) -> None:
        """Have it end its run where it stands, with a checkpoint, and stay for another."""
        if self.job is not None and not self.dropping:
            self.dropping = True
            self._order({"drop": asdict(self.job)})

    def _order(self, order: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # it has died, and is about to be heard of
            print(json.dumps(order), file=self.process.stdin, flush=True)

    def stop(self) -> None:
        """Ask it to write its checkpoint and to leave."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()

    def wait(self) -> None:
        try:
            self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def _listen(self, heard: "queue.Queue[tuple[Worker, Any]]") -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            heard.put((self, json.loads(line)))
        heard.put((self, None))


def train_side_by_side(
    study: Path,
    next_job: Callable[[], Job | None],
    plan: ComputePlan,
    workers: int,
    listener: Listener,
    hopeless: Callable[[Job], bool] = lambda _: False,
) -> dict[Job, str]:
    """Train runs of a study, `workers` at once. Gives the runs that could not be finished, with the reason.

    `next_job` is asked whenever a worker is free, and gives None where nothing is left to begin. A run that is
    `hopeless` after a tick is dropped. When interrupted (KeyboardInterrupt) every worker writes a checkpoint first.
    """
    errors: dict[Job, str] = {}
    heard: queue.Queue[tuple[Worker, Any]] = queue.Queue()
    alive: list[Worker] = []
    everyone: list[Worker] = []

    def one_more() -> None:
        if (job := next_job()) is not None:
            everyone.append(Worker(study, plan, len(everyone), heard))
            alive.append(everyone[-1])
            everyone[-1].give(job)

    def finished(worker: Worker, error: str | None) -> None:
        assert worker.job is not None
        job, worker.job = worker.job, None
        if error is not None:
            errors[job] = error
        else:
            errors.pop(job, None)  # it was given again
        listener.finished(job, error)

    try:
        for _ in range(workers):
            one_more()
        while alive:
            worker, message = heard.get()
            if message is None:
                alive.remove(worker)
                if not worker.ready:
                    raise UserError(f"A worker could not begin: {_how_it_died(worker, study)}.")
                if worker.job is not None:
                    finished(worker, _how_it_died(worker, study))
                    one_more()
            elif message["event"] == "ready":
                worker.ready = True
            elif message["event"] == "tick" and worker.job is not None:
                listener.tick(worker.job, Tick(**message["tick"]))
                if hopeless(worker.job):
                    worker.drop()
            elif worker.job is not None:
                finished(worker, message.get("message"))
                if (job := next_job()) is not None:
                    worker.give(job)
                else:
                    worker.stop()
    finally:
        _end(everyone)
    return errors


def _end(workers: Sequence[Worker]) -> None:
    """Tell all workers to leave, and wait until they have."""
    for worker in workers:
        worker.stop()
    for worker in workers:
        worker.wait()


def _how_it_died(worker: Worker, study: Path) -> str:
    code = worker.process.wait()
    memory = " (often: out of memory)" if code == -9 else ""
    return f"its process ended with code {code}{memory}; see {study / 'workers.log'}"


KEEP_FREED_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}
"""Else glibc hands every large tensor's memory back to the kernel, which clears it for the next one, step after
step.
"""


def _module_folders() -> list[str]:
    """Where this process finds modules, the working directory last: nothing in it stands for Python's own modules."""
    here = str(Path.cwd())
    elsewhere = [folder for folder in sys.path if folder not in ("", here)]
    return elsewhere if len(elsewhere) == len(sys.path) else [*elsewhere, here]


def worker_environment(plan: ComputePlan, number: int) -> dict[str, str]:
    """The environment of worker `number`: this process's modules, the plan's threads, one GPU."""
    environment = {
        **KEEP_FREED_MEMORY,
        **os.environ,
        "PYTHONPATH": os.pathsep.join(_module_folders()),
        "OMP_NUM_THREADS": str(plan.threads),
    }
    if plan.device == "cuda":
        count = torch.cuda.device_count()
        visible = os.environ.get("CUDA_VISIBLE_DEVICES", ",".join(map(str, range(count)))).split(",")
        environment["CUDA_VISIBLE_DEVICES"] = visible[number % count if plan.gpu is None else plan.gpu]
    return environment
