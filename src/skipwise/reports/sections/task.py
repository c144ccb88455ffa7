"""The sections of a report that a task names."""

from collections.abc import Callable

from skipwise.networks.dotted import load_dotted
from skipwise.reports.sections.calibration import calibration_section
from skipwise.reports.sections.class_scores import class_scores_section
from skipwise.reports.sections.confusion import confusion_section
from skipwise.reports.sections.detection import detection_scores_section, detections_section
from skipwise.reports.sections.detection_examples import detection_examples_section
from skipwise.reports.sections.report_section import ReportSection
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
    """The parts that the study's task names; a dotted path is a function of one's own, from a study to a ReportSection."""
    makers = [SECTIONS.get(name) or load_dotted(name) for name in study.design.to_learn.sections]
    return [make(study) for make in makers]
