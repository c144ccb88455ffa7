"""Which kind of study a command names."""

from typing import Any

from skipwise.errors import UserError, unknown
from skipwise.studies.kinds.ablate import Ablate
from skipwise.studies.kinds.compare import Compare
from skipwise.studies.kinds.depth import Depth
from skipwise.studies.kinds.kind import StudyKind
from skipwise.studies.kinds.learning_curve import LearningCurve
from skipwise.studies.kinds.train import Train
from skipwise.studies.kinds.tune import Tune

KINDS: dict[str, StudyKind] = {
    kind.name: kind for kind in (Compare(), Train(), Depth(), Ablate(), LearningCurve(), Tune())
}
"""Those that come with skipwise, in the order of the command line's help."""


def kind_named(name: str) -> StudyKind:
    """Return a kind by its name, or one of a user's own by its dotted path. Raises UserError where there is none."""
    if name in KINDS:
        return KINDS[name]
    if "." not in name:
        raise unknown("kind of study", name, KINDS)
    from skipwise.networks.dotted import load_dotted

    found: Any = load_dotted(name)
    try:
        kind = found() if isinstance(found, type) and issubclass(found, StudyKind) else found
    except Exception as error:
        raise UserError(f"{name} cannot be used as a kind of study: making one fails with {error!r}.") from error
    if not isinstance(kind, StudyKind):
        raise UserError(f"{name} is no kind of study: it must be a subclass of skipwise.StudyKind, or an instance.")
    kind.name = name  # type: ignore[misc]
    return kind
