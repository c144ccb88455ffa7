"""What was left out or read otherwise than written: how often, and where first."""

from dataclasses import dataclass


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
        self.firsts.setdefault(what, where)

    @property
    def mended(self) -> tuple[LeftOut, ...]:
        """Return an entry for each, as a manifest keeps it."""
        return tuple(LeftOut(what=what, count=count, first=self.firsts[what]) for what, count in self.counts.items())

    def notes(self) -> list[str]:
        """Return a line for each."""
        return [
            f"{what}: {count} ({'' if count == 1 else 'the first: '}{self.firsts[what]})"
            for what, count in self.counts.items()
        ]

    def with_notes(self, sentence: str) -> str:
        """Return an error's sentence with all that was left out before it."""
        return f"{sentence} So far, {'; '.join(self.notes())}." if self.counts else sentence
