"""Optuna's memory of a search, on disk: which values were tried, how they fared, and what to try next."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

from skipwise.extras import load_optional
from skipwise.regular_files import read_regular
from skipwise.studies.tuning.space import Range, Space, Value

JOURNAL = "optuna.jsonl"
RANDOM_TRIALS = 10
"""Before the sampler has seen so many, it draws at random."""
MOST_REPEATS = 10
"""A search ends, too, where so many times its trials were asked for: a small space has no others."""
FIRST_RUNG, REDUCTION = 25, 2
"""In percent of a run: of the trials that come to 25 %, and again to 50 %, the better half goes on."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A trial in the journal: its values by dimension, what was noted of it, and accuracies by percent of the run."""

    number: int
    values: dict[str, Value]
    notes: dict[str, Any]
    accuracies: dict[int, float]
    value: float | None
    running: bool
    dropped: bool


class Journal:
    """One search of a space with so many trials in all; `first` are the values to begin with.

    A space with no more combinations than trials is tried out, each combination once, and nothing is dropped. Else the
    Tree-structured Parzen Estimator chooses (Bergstra et al. 2011; multivariate as in Falkner et al. 2018), and
    asynchronous successive halving drops (Li et al. 2020). Hyperband would share the trials among several
    brackets, each with a sampler of its own, and 30 are too few for that.
    What trial n draws depends on n and on what is known by then, so a search that was killed does not repeat itself.
    """

    def __init__(self, path: Path, space: Space, trials: int, seed: int, first: Mapping[str, Value] | None) -> None:
        self.optuna = optuna()
        self.space = space
        self.seed = seed
        self.first = dict(first) if first is not None else None
        size = space.combinations
        self.exhaustive = size is not None and size <= trials
        self.total = size if size is not None and size <= trials else trials
        _mend(path)
        pruners = self.optuna.pruners
        backend = self.optuna.storages.journal.JournalFileBackend(str(path), lock_obj=_HeldLock())
        self.study = self.optuna.create_study(
            storage=self.optuna.storages.JournalStorage(backend),
            study_name="search",
            direction="maximize",
            load_if_exists=True,
            pruner=pruners.NopPruner()
            if self.exhaustive
            else pruners.SuccessiveHalvingPruner(min_resource=FIRST_RUNG, reduction_factor=REDUCTION),
        )
        self.open = {
            trial.number: self._suggested(self.optuna.trial.Trial(self.study, trial._trial_id))
            for trial in self.study.get_trials(deepcopy=False)
            if _runs(trial)
        }

    def ask(self) -> Entry | None:
        """The next trial, None where there are enough. Repeated ones do not count."""
        asked = [trial for trial in self.study.get_trials(deepcopy=False) if trial.state.name != "WAITING"]
        number = len(asked)
        most = self.total if self.exhaustive else MOST_REPEATS * self.total
        if sum("repeats" not in trial.user_attrs for trial in asked) >= self.total or number >= most:
            return None
        self.study.sampler = self.optuna.samplers.TPESampler(seed=self.seed + number, n_startup_trials=RANDOM_TRIALS)
        wanted = self._wanted(number)
        if wanted is not None and number == len(self.study.get_trials(deepcopy=False)):
            self.study.enqueue_trial(wanted)
        self.open[number] = self._suggested(self.study.ask())
        return self.entry(number)

    def report(self, number: int, percent: int, accuracy: float) -> bool:
        """Note the accuracy of a trial at this percentage of its run. Whether the trial is to be dropped."""
        if percent in self.entry(number).accuracies:
            return False
        trial = self.open[number]
        trial.report(accuracy, percent)
        hopeless: bool = trial.should_prune()
        return hopeless

    def note(self, number: int, name: str, what: Any) -> None:
        self.open[number].set_user_attr(name, what)

    def finish(self, number: int, accuracy: float) -> None:
        self.study.tell(self.open.pop(number), accuracy)

    def drop(self, number: int) -> None:
        """Close a trial that was dropped or came to nothing; the sampler takes it for bad."""
        self.study.tell(self.open.pop(number), state=self.optuna.trial.TrialState.PRUNED)

    def repeat(self, number: int, of: int) -> None:
        """Close a trial that is the same as another one; the sampler leaves it out."""
        self.note(number, "repeats", of)
        self.study.tell(self.open.pop(number), state=self.optuna.trial.TrialState.FAIL)

    def entry(self, number: int) -> Entry:
        return self._entry(self.study.get_trials(deepcopy=False)[number])

    def all(self) -> list[Entry]:
        """Every trial but the repeated ones, in order."""
        return [
            self._entry(trial)
            for trial in self.study.get_trials(deepcopy=False)
            if trial.state.name != "WAITING" and "repeats" not in trial.user_attrs
        ]

    def _wanted(self, number: int) -> dict[str, Value] | None:
        """The values that trial `number` must have, if it is not for the sampler to choose."""
        if not self.exhaustive:
            return self.first if number == 0 else None
        names = [one.name for one in self.space.dimensions]
        lists = [one.values for one in self.space.dimensions if not isinstance(one.values, Range)]
        every = [dict(zip(names, values, strict=True)) for values in product(*lists)]
        every.sort(key=lambda values: values != self.first)
        return every[number]

    def _suggested(self, trial: Any) -> Any:
        """The trial with a value in each dimension; those that it had before the search was stopped stay."""
        for one in self.space.dimensions:
            if not isinstance(one.values, Range):
                trial.suggest_categorical(one.name, one.values)
            elif one.values.whole:
                trial.suggest_int(one.name, one.values.low, one.values.high, log=one.values.log)
            else:
                trial.suggest_float(one.name, one.values.low, one.values.high, log=one.values.log)
        return trial

    def _entry(self, trial: Any) -> Entry:
        return Entry(
            number=trial.number,
            values=dict(trial.params),
            notes=dict(trial.user_attrs),
            accuracies=dict(trial.intermediate_values),
            value=trial.value if trial.state.name == "COMPLETE" else None,
            running=_runs(trial),
            dropped=trial.state.name == "PRUNED",
        )


def optuna() -> ModuleType:
    """The library, without what it says of itself. Raises MissingLibraryError where it is not installed."""
    library = load_optional("optuna", "skipwise tune")
    library.logging.set_verbosity(library.logging.ERROR)
    warnings.filterwarnings("ignore", category=library.exceptions.ExperimentalWarning)
    return library


class _HeldLock:
    """The search's folder is locked for the whole search: a lock of the journal's own would only outlive a kill."""

    def acquire(self) -> bool:
        return True

    def release(self) -> None:
        return


def _mend(path: Path) -> None:
    """Cut off a last line that a kill left half written: another one behind it would spoil the journal."""
    if path.exists():
        content = read_regular(path)
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with path.open("r+b") as file:
                file.truncate(whole)


def _runs(trial: Any) -> bool:
    running: bool = trial.state.name == "RUNNING"
    return running
