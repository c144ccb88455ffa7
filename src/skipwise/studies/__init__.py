"""Contenders x seeds on one data set, in a folder."""

from skipwise.studies.config import StudyConfig
from skipwise.studies.contender import Contender, parse_contender
from skipwise.studies.prepare import ResolvedStudy, StudyPlan, plan_study, resolve
from skipwise.studies.study import Study
from skipwise.studies.train import train_missing

__all__ = [
    "Contender",
    "ResolvedStudy",
    "Study",
    "StudyConfig",
    "StudyPlan",
    "parse_contender",
    "plan_study",
    "resolve",
    "train_missing",
]
