"""Sections of a report, each named after the analysis it shows."""
