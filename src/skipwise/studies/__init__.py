"""Contenders x seeds on one data set, in a folder."""

from skipwise.studies.asked import Asked
from skipwise.studies.contender import Contender, parse_contender
from skipwise.studies.prepare import Ready, Settled, make_ready, settle
from skipwise.studies.study import Study
from skipwise.studies.train import train_missing

__all__ = [
    "Asked",
    "Contender",
    "Ready",
    "Settled",
    "Study",
    "make_ready",
    "parse_contender",
    "settle",
    "train_missing",
]
