"""A part of a report that some tasks have: a table, charts, pictures, and what they show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from skipwise.errors import UserError
from skipwise.extras import MissingLibraryError
from skipwise.reports.charts.charts import Chart


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


def made(name: str, make: Callable[[], ReportSection]) -> ReportSection:
    """Make a section; one that fails says so in its place, and costs nothing of the others."""
    try:
        return make()
    except MissingLibraryError as error:
        return skipped_section(name, error)
    except UserError:
        raise
    except Exception as error:
        failure = f"{name.replace('_', ' ')} could not be shown ({type(error).__name__}: {str(error).splitlines()[0]})"
        title = name.replace("_", " ").capitalize()
        return ReportSection(name=name, title=title, note=f"Failed: {failure}.", failure=failure)
