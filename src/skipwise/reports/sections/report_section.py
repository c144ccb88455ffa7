"""A part of a report that some tasks have: a table, charts, pictures, and what they show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from skipwise.errors import UserError, reason_of
from skipwise.extras import MissingLibraryError
from skipwise.reports.charts.charts import Chart

Part = TypeVar("Part")


@dataclass(frozen=True, kw_only=True)
class Failure:
    """The reason why a part of a report could not be made, as a sentence without its full stop."""

    name: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class CardGroup:
    """Cards under a title that opens and closes, as SVG or HTML."""

    title: str
    cards: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ReportSection:
    """`lead` says what is seen, `note` what belongs under the table.

    A cell that is a contender's label gets its colour. `svgs` are pictures drawn without altair, `card_groups` groups
    of such to browse, which are in the page alone. `numbers` go into verdict.json under the part's name. `failure` says
    why the section could not be made.
    """

    name: str
    title: str
    lead: str = ""
    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    note: str = ""
    charts: Sequence[Chart] = ()
    svgs: Sequence[str] = ()
    card_groups: Sequence[CardGroup] = ()
    numbers: Any = field(default=None)
    failure: str = ""


def skipped_section(name: str, error: MissingLibraryError) -> ReportSection:
    """Return the section that stands for one whose library is missing, and says which extra brings it."""
    return ReportSection(name=name, title=name.replace("_", " ").capitalize(), note=f"Skipped: {error}")


def failed_section(failure: Failure) -> ReportSection:
    """Return the section that stands for one that could not be made, and says why."""
    title = failure.name.replace("_", " ").capitalize()
    return ReportSection(name=failure.name, title=title, note=f"Failed: {failure.sentence}.", failure=failure.sentence)


def attempted(name: str, make: Callable[[], Part], verb: str = "shown") -> Part | Failure:
    """Make a part of a report, or return why it could not be made: one that fails costs nothing of the others.

    Raises UserError for what a user can mend, and MissingLibraryError.
    """
    try:
        return make()
    except (MissingLibraryError, UserError):
        raise
    except Exception as error:
        reason = reason_of(error)
        told = f"{type(error).__name__}: {reason}" if reason else type(error).__name__
        return Failure(name=name, sentence=f"{name.replace('_', ' ')} could not be {verb} ({told})")


def made(name: str, make: Callable[[], ReportSection]) -> ReportSection:
    """Make a section; one that fails, or that lacks its library, says so in its place."""
    try:
        section = attempted(name, make)
    except MissingLibraryError as error:
        return skipped_section(name, error)
    return failed_section(section) if isinstance(section, Failure) else section
