"""The parts of a report that a task names."""

from collections.abc import Callable

from skipwise.networks.dotted import load_dotted
from skipwise.reports.sections.calibration import calibration_part
from skipwise.reports.sections.class_scores import classes_part
from skipwise.reports.sections.confusion import confusion_part
from skipwise.reports.sections.detection import detection_scores_part, found_part
from skipwise.reports.sections.part import Part
from skipwise.reports.sections.scene_pictures import pictures_part
from skipwise.studies import Study

SECTIONS: dict[str, Callable[[Study], Part]] = {
    "confusion": confusion_part,
    "classes": classes_part,
    "calibration": calibration_part,
    "detection scores": detection_scores_part,
    "found": found_part,
    "pictures": pictures_part,
}


def task_parts(study: Study) -> list[Part]:
    """The parts that the study's task names; a dotted path is a function of one's own, from a study to a Part."""
    makers = [SECTIONS.get(name) or load_dotted(name) for name in study.design.to_learn.sections]
    return [make(study) for make in makers]
