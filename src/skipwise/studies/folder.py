"""A study is a folder: where its files are, and how they are read and written."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from skipwise.errors import UserError, reason_of
from skipwise.records import write_atomically
from skipwise.regular_files import read_text
from skipwise.studies.contender import Contender
from skipwise.studies.record import Run, StudyRecord, read_study, write_study
from skipwise.training.record import RUN
from skipwise.training.run import versions

STUDY = "study.json"


class StudyFolder:
    """The files of one study; docs/decisions.md lists them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def open(cls, path: Path) -> "StudyFolder":
        """A folder that holds a study. Raises UserError where there is none."""
        folder = cls(path)
        if not (path / STUDY).exists():
            what = "is no study (it has no study.json)" if path.exists() else "does not exist"
            raise UserError(f"{path} {what}: name the folder of a study, as studies/digits-plain32-resnet32.")
        return folder

    def file(self, name: str) -> Path:
        return self.path / name

    def read(self, name: str) -> Any:
        """The content of one of its JSON files. Raises UserError for a damaged one."""
        try:
            return json.loads(read_text(self.file(name)))
        except (OSError, ValueError, RecursionError) as error:
            raise UserError(
                f"{self.file(name)} cannot be read ({reason_of(error)}): restore it, or delete the study."
            ) from error

    def write(self, name: str, content: Any) -> None:
        write_atomically(self.file(name), lambda part: part.write_text(json.dumps(content, indent=2) + "\n"))

    def design(self) -> StudyRecord | None:
        """Read the design of this study, or None for a new one."""
        return read_study(self.file(STUDY)) if self.file(STUDY).exists() else None

    def write_design(self, design: StudyRecord) -> StudyRecord:
        """Write study.json with the versions of the packages it is computed with, and return what was written."""
        written = replace(design, versions=versions())
        write_study(self.file(STUDY), written)
        return written

    def run_folder(self, design: StudyRecord, contender: Contender, seed: int, fold: int | None = None) -> Path:
        of_seed = self.path / "runs" / contender.run_name(design.split.identity) / str(seed)
        return of_seed if fold is None else of_seed / f"fold-{fold}"

    def run_folders(self, design: StudyRecord, contender: Contender, seed: int) -> list[Path]:
        """The folder of a contender's run with this seed, or those of its folds."""
        return [self.run_folder(design, contender, seed, fold) for fold in design.fold_numbers]

    def missing(self, design: StudyRecord) -> list[Run]:
        """The runs that are not done."""
        return [
            run
            for run in design.runs
            if not (self.run_folder(design, run.contender, run.seed, run.fold) / RUN).exists()
        ]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only writer. Raises UserError where somebody else is."""
        self.path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.file(".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise UserError(
                f"{self.path} is being written by another skipwise: wait for it, or take --name."
            ) from error
        try:
            yield
        finally:
            lock.release()
