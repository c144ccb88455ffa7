"""Runs side by side, each in one of a few worker processes."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch

from skipwise.errors import UserError
from skipwise.training.loop import Tick
from skipwise.training.plan import Plan

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
    """Somebody who wants to know how the runs go."""

    def tick(self, job: Job, tick: Tick) -> None: ...
    def finished(self, job: Job, error: str | None) -> None: ...


class Worker:
    """A worker process and the run it is at. Leaves what it says in `heard`, the last word being None."""

    def __init__(self, study: Path, plan: Plan, number: int, heard: "queue.Queue[tuple[Worker, Any]]") -> None:
        self.job: Job | None = None
        self.process = subprocess.Popen(
            [sys.executable, "-m", "skipwise.studies.worker", str(study)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(study / "workers.log").open("a"),
            text=True,
            env=worker_environment(plan, number),
            start_new_session=True,  # so that Ctrl-C reaches the study alone, which then ends its workers in order
        )
        threading.Thread(target=self._listen, args=(heard,), daemon=True).start()

    def give(self, job: Job) -> None:
        self.job = job
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # it has died, and is about to be heard of
            print(json.dumps(asdict(job)), file=self.process.stdin, flush=True)

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


def train_side_by_side(study: Path, jobs: list[Job], plan: Plan, workers: int, listener: Listener) -> dict[Job, str]:
    """Train these runs of a study, `workers` at once. Gives the runs that could not be finished, with the reason.

    When interrupted (KeyboardInterrupt) every worker writes a checkpoint first.
    """
    waiting, errors = deque(jobs), dict[Job, str]()
    heard: queue.Queue[tuple[Worker, Any]] = queue.Queue()
    alive = [Worker(study, plan, number, heard) for number in range(min(workers, len(jobs)))]
    everyone = list(alive)
    try:
        while alive:
            worker, message = heard.get()
            job = worker.job
            if message is None:
                alive.remove(worker)
                if job is not None:
                    errors[job] = _how_it_died(worker, study)
                    listener.finished(job, errors[job])
                    if waiting:
                        alive.append(Worker(study, plan, len(everyone), heard))
                        everyone.append(alive[-1])
                elif worker.process.wait() != 0:
                    raise UserError(f"A worker could not begin: {_how_it_died(worker, study)}.")
            elif message["event"] == "tick" and job is not None:
                listener.tick(job, Tick(**message["tick"]))
            else:
                if job is not None:
                    worker.job = None
                    if message["event"] == "error":
                        errors[job] = message["message"]
                    listener.finished(job, errors.get(job))
                if waiting:
                    worker.give(waiting.popleft())
                else:
                    worker.stop()
    finally:
        for worker in everyone:
            worker.stop()
        for worker in everyone:
            worker.wait()
    return errors


def _how_it_died(worker: Worker, study: Path) -> str:
    code = worker.process.wait()
    memory = " (often: out of memory)" if code == -9 else ""
    return f"its process ended with code {code}{memory}; see {study / 'workers.log'}"


KEEP_FREED_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}
"""Else glibc hands every large tensor's memory back to the kernel, which clears it for the next one, step after step."""


def worker_environment(plan: Plan, number: int) -> dict[str, str]:
    """The environment of worker `number`: this process's modules, the plan's threads, one GPU."""
    environment = {
        **KEEP_FREED_MEMORY,
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path),
        "OMP_NUM_THREADS": str(plan.threads),
    }
    if plan.device == "cuda":
        count = torch.cuda.device_count()
        visible = os.environ.get("CUDA_VISIBLE_DEVICES", ",".join(map(str, range(count)))).split(",")
        environment["CUDA_VISIBLE_DEVICES"] = visible[number % count]
    return environment
