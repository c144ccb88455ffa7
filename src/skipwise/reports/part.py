"""A part of a report that some tasks have: a table, charts, pictures, and what they show."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from skipwise.reports.charts import Chart


@dataclass(frozen=True, kw_only=True)
class Part:
    """`lead` says what is seen, `note` what belongs under the table.

    A cell that is a contender's label gets its colour. `svgs` are pictures drawn without altair. `numbers` go into
    verdict.json under the part's name.
    """

    name: str
    title: str
    lead: str = ""
    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    note: str = ""
    charts: Sequence[Chart] = ()
    svgs: Sequence[str] = ()
    numbers: Any = field(default=None)
