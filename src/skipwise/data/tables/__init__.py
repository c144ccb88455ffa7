"""Tables of any format as named columns and rows, each with the place where it begins."""

from skipwise.data.tables.columns import Columns, choose_columns, is_known, is_list, names_path
from skipwise.data.tables.open import TABLE_SUFFIXES, glance_at_table, open_table
from skipwise.data.tables.table import Line, Table

__all__ = [
    "TABLE_SUFFIXES",
    "Columns",
    "Line",
    "Table",
    "choose_columns",
    "glance_at_table",
    "is_known",
    "is_list",
    "names_path",
    "open_table",
]
