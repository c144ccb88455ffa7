"""The section of a report that suits the kind of its study."""

from skipwise.reports.sections.ablation import ablation_section
from skipwise.reports.sections.depth import depth_section
from skipwise.reports.sections.learning_curve import learning_curve_section
from skipwise.reports.sections.sweep import SweepSection
from skipwise.reports.sections.tuning import tuning_section
from skipwise.studies import Study


def sweep_section(study: Study) -> SweepSection | None:
    """None for a plain comparison."""
    sections = {
        "depth": depth_section,
        "ablate": ablation_section,
        "learning-curve": learning_curve_section,
        "tune": tuning_section,
    }
    make = sections.get(study.design.kind)
    return make(study) if make is not None else None
