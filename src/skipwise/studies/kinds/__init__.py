"""Kinds of study: which contenders are trained, and how they are compared, named and extended."""

from skipwise.studies.kinds.find import KINDS, kind_named
from skipwise.studies.kinds.kind import StudyKind

__all__ = ["KINDS", "StudyKind", "kind_named"]
