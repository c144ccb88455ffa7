"""The trials of a search as its folder tells them, readable without the library that chose them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from skipwise.studies.folder import StudyFolder
from skipwise.studies.tuning.space import Value

State = Literal["finished", "dropped", "failed", "impossible"]
TRIALS = "trials.json"
FEW = 3
"""Of the best trials, so many are confirmed."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One contender of a search, trained once with the seed of the search.

    `accuracy` is the score on validation data: of the best epoch where it is finished, the last one where it was
    dropped, None before any. `early` is the accuracy when the first trials were dropped, the same share of a run for
    all.
    `share` of the run was trained. `reason` says why it failed (its loss diverged, its process broke off) or is
    impossible (no such network can be built). `usual` marks the network that the search must beat.
    """

    number: int
    text: str
    values: dict[str, Value]
    state: State
    accuracy: float | None = None
    early: float | None = None
    share: float = 0.0
    multiply_adds: int | None = None
    parameters: int | None = None
    plain: bool = False
    reason: str = ""
    usual: bool = False

    @property
    def label(self) -> str:
        return f"trial-{self.number}"


TRIAL_LIST: TypeAdapter[list[Trial]] = TypeAdapter(list[Trial])


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """The result of a search. `dimensions` are the names of what was searched, some of it evenly in factors
    (`logarithmic`).

    `halving` says whether trials were dropped.
    """

    trials: tuple[Trial, ...]
    dimensions: tuple[str, ...]
    logarithmic: tuple[str, ...]
    usual: str
    seed: int
    validation_images: int
    halving: bool

    def best(self, count: int = FEW) -> list[Trial]:
        """The best trials but the usual network: by validation accuracy, then the cheaper one.

        Finished ones; where there is none, those that came furthest.
        """
        others = [trial for trial in self.trials if not trial.usual and trial.accuracy is not None]
        finished = [trial for trial in others if trial.state == "finished"]
        dropped = [trial for trial in others if trial.state == "dropped"]
        return sorted(finished or dropped, key=merit)[:count]

    def count(self, state: str) -> int:
        return sum(trial.state == state for trial in self.trials)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def merit(trial: Trial) -> tuple[float, float, int]:
    """The best first: by share of the run, where that differs, by accuracy, then the cheaper one."""
    share = 1.0 if trial.state == "finished" else trial.share
    return -share, -(trial.accuracy or 0.0), trial.multiply_adds or 0


def ranked(trials: Sequence[Trial]) -> list[Trial]:
    """Finished trials, the best first, then dropped ones by how far they came, then those without an accuracy."""
    told = sorted((trial for trial in trials if trial.state in ("finished", "dropped")), key=merit)
    return told + [trial for trial in trials if trial.state not in ("finished", "dropped")]


def read_search_result(search: Path) -> SearchResult:
    """Read the result of the search in this folder. Raises UserError for a damaged file."""
    content = StudyFolder(search).read(TRIALS)
    return SearchResult(
        **{
            **content,
            "trials": tuple(TRIAL_LIST.validate_python(content["trials"])),
            "dimensions": tuple(content["dimensions"]),
            "logarithmic": tuple(content["logarithmic"]),
        }
    )
