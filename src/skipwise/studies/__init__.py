"""Contenders x seeds on one data set, in a folder."""

from skipwise.studies.contender import Contender, parse_contender
from skipwise.studies.prepare import Asked, Ready, make_ready
from skipwise.studies.study import Study
from skipwise.studies.train import train_missing

__all__ = ["Asked", "Contender", "Ready", "Study", "make_ready", "parse_contender", "train_missing"]
