"""The section of a report that suits the kind of its study."""

from skipwise.reports.ablation import ablation_section
from skipwise.reports.depth import depth_section
from skipwise.reports.learning_curve import learning_curve_section
from skipwise.reports.section import SweepSection
from skipwise.reports.tuning import tuning_section
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
