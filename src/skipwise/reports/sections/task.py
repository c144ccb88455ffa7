"""The sections of a report that a task names."""

from collections.abc import Callable

from skipwise.networks.dotted import load_dotted, trust
from skipwise.reports.sections.calibration import calibration_section
from skipwise.reports.sections.class_scores import class_scores_section
from skipwise.reports.sections.confusion import confusion_section
from skipwise.reports.sections.detection import detection_scores_section, detections_section
from skipwise.reports.sections.detection_examples import detection_examples_section
from skipwise.reports.sections.report_section import ReportSection, made
from skipwise.studies import Study

SECTIONS: dict[str, Callable[[Study], ReportSection]] = {
    "confusion": confusion_section,
    "class scores": class_scores_section,
    "calibration": calibration_section,
    "detection scores": detection_scores_section,
    "detections": detections_section,
    "detection examples": detection_examples_section,
}


def task_sections(study: Study) -> list[ReportSection]:
    """The parts that the study's task names; a dotted path is a function of one's own, from a study to a
    ReportSection.
    """
    return [_section(study, name) for name in study.design.to_learn.sections]


def _section(study: Study, name: str) -> ReportSection:
    if name not in SECTIONS:
        trust(name)  # the task's own code names it
    make = SECTIONS.get(name) or load_dotted(name)
    return made(name, lambda: make(study))
