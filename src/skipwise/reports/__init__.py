"""Finished studies as pages, tables and pictures."""

from skipwise.reports.page import write_report

__all__ = ["write_report"]
