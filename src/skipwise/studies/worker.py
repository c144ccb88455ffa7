"""The process that trains runs: reads jobs from standard input, tells how they go on standard output, in JSON lines.

When its standard input ends, because the study was stopped or killed, it writes a checkpoint and leaves.
"""

import json
import os
import queue
import sys
import threading
import time
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import torch
from filelock import FileLock

from skipwise.data.dataset import load
from skipwise.data.folds import fold_of
from skipwise.errors import UserError
from skipwise.networks import build
from skipwise.studies.folder import StudyFolder
from skipwise.training.loop import Stopped, Tick
from skipwise.training.run import train_run

SECONDS_BETWEEN_TICKS = 0.25


def main(study: str) -> None:
    """Train what standard input asks for, `{"contender": label, "seed": n}` a line, until it ends."""
    tell = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a user's own network prints must not mix with ours
    jobs: queue.Queue[dict[str, Any] | None] = queue.Queue()
    stop = threading.Event()
    threading.Thread(target=_read_jobs, args=(jobs, stop), daemon=True).start()
    folder = StudyFolder(Path(study))
    design = folder.design()
    assert design is not None
    torch.set_num_threads(design.plan.threads)
    dataset = load(folder.read("data.json"))
    _say(tell, event="ready")
    while (job := jobs.get()) is not None and not stop.is_set():
        contender, seed, fold = design.contender(job["contender"]), job["seed"], job["fold"]
        run_folder = folder.run_folder(design, contender, seed, fold)
        run_folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(run_folder / ".lock"):  # an orphan of a killed study may still be writing its checkpoint
                train_run(
                    build(contender.network, dataset.input_shape, len(dataset.classes), seed),
                    contender.recipe,
                    dataset if fold is None else fold_of(dataset, fold, design.folds or 0, seed),
                    seed=seed,
                    plan=design.plan,
                    folder=run_folder,
                    about={"contender": contender.to_json(), "fold": fold},
                    tell=_Ticker(tell),
                    should_stop=stop.is_set,
                )
        except Stopped:
            break
        except Exception as error:
            (run_folder / "error.txt").write_text(traceback.format_exc())
            _say(
                tell,
                event="error",
                message=str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}",
            )
        else:
            _say(tell, event="done")


class _Ticker:
    """Tells where a run stands, a few times a second."""

    def __init__(self, tell: TextIO) -> None:
        self.tell = tell
        self.told = 0.0

    def __call__(self, tick: Tick) -> None:
        if time.monotonic() - self.told > SECONDS_BETWEEN_TICKS:
            self.told = time.monotonic()
            _say(self.tell, event="tick", tick=asdict(tick))


def _say(tell: TextIO, **message: Any) -> None:
    try:
        tell.write(json.dumps(message) + "\n")
    except BrokenPipeError:
        return  # nobody listens any more; the end of standard input stops this process


def _read_jobs(jobs: "queue.Queue[dict[str, Any] | None]", stop: threading.Event) -> None:
    for line in sys.stdin:
        jobs.put(json.loads(line))
    stop.set()
    jobs.put(None)


if __name__ == "__main__":
    main(sys.argv[1])
