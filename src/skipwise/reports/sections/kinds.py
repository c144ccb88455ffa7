"""The section of a report that suits the kind of its study."""

from skipwise.networks.dotted import load_dotted
from skipwise.reports.sections.sweep import SweepSection
from skipwise.studies import Study


def sweep_section(study: Study) -> SweepSection | None:
    """Make the section that the study's kind names; None for a plain comparison."""
    path = study.design.study_kind.section
    if path is None:
        return None
    section: SweepSection = load_dotted(path)(study)
    return section
