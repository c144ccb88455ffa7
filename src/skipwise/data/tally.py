"""Counts what was left out or read otherwise than written, and says where first."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from skipwise.errors import UserError, short

LONGEST_PLACE = 200
"""Characters of a place that are told: a cell that should be a name can hold anything."""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Something that was left out or taken otherwise than written."""

    what: str
    count: int
    first: str


class Tally:
    """How often something was left out or mended, and where first."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.firsts: dict[str, str] = {}

    def add(self, what: str, where: str) -> None:
        """Count one more."""
        self.counts[what] = self.counts.get(what, 0) + 1
        self.firsts.setdefault(what, short(where, LONGEST_PLACE))

    @property
    def mended(self) -> tuple[LeftOut, ...]:
        """Return an entry for each, as a manifest keeps it."""
        return tuple(LeftOut(what=what, count=count, first=self.firsts[what]) for what, count in self.counts.items())

    @property
    def because(self) -> str:
        """Return what an error adds in brackets, "" where nothing was left out."""
        return f" ({'; '.join(self.notes())})" if self.counts else ""

    def notes(self) -> list[str]:
        """Return a line for each."""
        return [
            f"{what}: {count} ({'' if count == 1 else 'the first: '}{self.firsts[what]})"
            for what, count in self.counts.items()
        ]

    def with_notes(self, sentence: str) -> str:
        """Return an error's sentence with all that was left out before it."""
        return with_notes(sentence, self.notes())


def with_notes(sentence: str, notes: Sequence[str]) -> str:
    """Return an error's sentence with what was found or left out before it."""
    return f"{sentence} So far, {'; '.join(notes)}." if notes else sentence


@contextmanager
def telling(notes: Sequence[str]) -> Iterator[None]:
    """Add what was found or left out to the sentence of an error that comes later."""
    try:
        yield
    except UserError as error:
        raise UserError(with_notes(str(error), notes)) from error
