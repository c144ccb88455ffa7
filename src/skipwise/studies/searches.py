"""Searches that go before a study's own runs, and choose what it trains."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from skipwise.studies.config import StudyConfig
from skipwise.studies.estimate import Estimate
from skipwise.studies.prepare import ResolvedStudy, StudyPlan
from skipwise.studies.workers.pool import Job, Listener


@runtime_checkable
class SearchListener(Listener, Protocol):
    """Somebody who wants to know how a search goes; the line tells what became of one, and is empty for old news."""

    def ended(self, job: Job, line: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Found:
    """The outcome of a search: the study with what was chosen, and what is to be said of it, line by line."""

    resolved: ResolvedStudy
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Search(ABC):
    """A search that is about to begin or to go on. `ready` is of a study inside the study's folder.

    `details` say what is searched, line by line, where that is more than the contenders of `ready`; `recipe_note` and
    `time_note` are added to what is said of recipe and time then.
    """

    resolved: ResolvedStudy
    ready: StudyPlan
    opening: str = ""
    details: tuple[str, ...] = ()
    recipe_note: str = ""
    time_note: str = ""

    @property
    def work(self) -> dict[Job, float]:
        """Every job, with the seconds that it may take alone."""
        return self.ready.work

    @property
    def estimate(self) -> Estimate:
        """How long the whole search takes."""
        return self.ready.estimate

    @abstractmethod
    def run(self, listener: SearchListener) -> Found:
        """Train what is missing, and choose. Raises UserError where nothing came to anything."""


def searches(config: StudyConfig) -> Iterable[Callable[[ResolvedStudy], Search | None]]:
    """Return the functions that prepare each search of a study, in their order: that for rates, and that of its
    kind.
    """
    from skipwise.studies.tuning.learning_rate import RateSearch

    return [*([RateSearch.plan] if config.tune else []), config.kind.search]
