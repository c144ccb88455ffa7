"""The parts of a report that look into the trained networks: why they differ."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from skipwise.analysis.inside.attribution_faithfulness import map_truth, pointing_game
from skipwise.analysis.inside.disagreements import maps_of
from skipwise.analysis.inside.features import features
from skipwise.analysis.inside.landscape import loss_surfaces
from skipwise.analysis.inside.lesions import lesions
from skipwise.analysis.inside.receptive_field import receptive_field
from skipwise.analysis.inside.responses import layer_responses
from skipwise.analysis.inside.robustness import robustness
from skipwise.analysis.inside.sharpness import sharpness
from skipwise.analysis.inside.shattered import shattered
from skipwise.analysis.inside.similarity import similarity
from skipwise.analysis.inside.trained import (
    MOST_EXAMPLES,
    MOST_SEEDS,
    Trained,
    finished_runs,
    looked_seeds,
    trained,
    trained_on_folds,
)
from skipwise.analysis.result_cache import kept
from skipwise.reports.sections.attribution_faithfulness import map_truth_part, pointing_part
from skipwise.reports.sections.disagreements import disagreements_part
from skipwise.reports.sections.features import features_part
from skipwise.reports.sections.landscape import landscape_part
from skipwise.reports.sections.lesions import lesions_part
from skipwise.reports.sections.part import Part
from skipwise.reports.sections.receptive_field import receptive_field_part
from skipwise.reports.sections.responses import responses_part
from skipwise.reports.sections.robustness import robustness_part
from skipwise.reports.sections.sharpness import sharpness_part
from skipwise.reports.sections.shattered import shattered_part
from skipwise.reports.sections.similarity import similarity_part
from skipwise.studies import Study
from skipwise.tasks.boxes import ObjectDetection
from skipwise.tasks.images import ImageClassification
from skipwise.training.plan import threads

OfRun = Callable[[Trained], Any]
OfSeed = Callable[[Study, Mapping[str, Trained]], Any]


@dataclass(frozen=True, kw_only=True)
class Reason:
    """What can be found inside the networks of a study, and the part of the report that shows it.

    `of_run` looks into one network: what it finds is kept by contender, as a list over the runs. `of_seed` looks into
    those of all contenders, by label, trained with the first seed: what it finds is kept as it is. Both give what JSON
    can hold, or None where there is nothing to find in such networks or data. `slow` says in words what is looked at only
    where everything is asked for, `only` of which tasks. `version` is raised where what is kept means something new;
    `of_all` says that it depends on the answers of all seeds.
    """

    part: Callable[[Study, Any], Part]
    of_run: OfRun | None = None
    of_seed: OfSeed | None = None
    slow: str = ""
    only: type = object
    version: int = 1
    of_all: bool = False


def _robustness(run: Trained) -> Any:
    return None if (found := robustness(run)) is None else asdict(found)


REASONS: dict[str, Reason] = {
    "shattered": Reason(of_run=shattered, part=shattered_part, version=2),
    "responses": Reason(of_run=layer_responses, part=responses_part),
    "lesions": Reason(of_run=lambda run: asdict(lesions(run)), part=lesions_part),
    "similarity": Reason(of_seed=lambda _, runs: similarity(runs), part=similarity_part, version=4),
    "receptive_field": Reason(of_run=receptive_field, part=receptive_field_part, version=4),
    "sharpness": Reason(of_run=sharpness, part=sharpness_part, slow="sharpness", version=2),
    "landscape": Reason(
        of_seed=lambda _, runs: loss_surfaces(runs), part=landscape_part, slow="the loss around the networks", version=4
    ),
    "features": Reason(of_run=features, part=features_part, version=3),
    "disagreements": Reason(of_seed=maps_of, part=disagreements_part, version=2, of_all=True),
    "map_truth": Reason(
        of_run=map_truth, part=map_truth_part, slow="whether maps are true", only=ImageClassification, version=4
    ),
    "pointing": Reason(
        of_run=pointing_game,
        part=pointing_part,
        slow="whether maps point at the object",
        only=ObjectDetection,
        version=3,
    ),
    "robustness": Reason(
        of_run=_robustness, part=robustness_part, slow="what happens when images get worse", only=ImageClassification
    ),
}
"""In the order in which they stand on the page."""


LOOKED_AT = (
    f"This part and those after it look at up to {MOST_SEEDS} seeds and {MOST_EXAMPLES} test examples, so that scores may differ from "
    "those above."
)
OF_FOLDS = "Of folds they look at the one best by validation, and at the first one where layers or losses of contenders stand beside one another."


def reason_parts(study: Study, tell: Callable[[str], None] | None, *, everything: bool = False) -> list[Part]:
    """What was found inside the study's networks before; with `tell`, which hears of it, also what was not looked for yet.

    With `everything` what takes long is looked for too. Networks of other libraries have no blocks to look into: a note says so.
    """
    runs = finished_runs(study)
    about = {name: _about(study, reason, runs) for name, reason in REASONS.items()}
    known = {name: kept(study, name, about[name], None) for name in REASONS}
    missing = {
        name: reason for name, reason in REASONS.items() if known[name] is None and (everything or not reason.slow)
    }
    if missing and tell:
        with threads(study.design.plan.threads):
            for name, found in _look(study, missing, tell):
                known[name] = kept(study, name, about[name], lambda found=found: found)  # type: ignore[misc]
    parts = [REASONS[name].part(study, found) for name, found in known.items() if found]
    inside = [known[name] for name, reason in REASONS.items() if reason.of_run and known[name] is not None]
    if parts:
        told = LOOKED_AT if study.design.folds is None else f"{LOOKED_AT} {OF_FOLDS}"
        parts[0] = replace(parts[0], lead=f"{parts[0].lead} {told}")
    left_out = [label for label in runs if inside and all(label not in found for found in inside)]
    if not left_out:
        return parts
    sentence = (
        f"Not looked into: {', '.join(left_out)}. Only skipwise's own networks have blocks, and only runs with weights."
    )
    if not parts:
        return [Part(name="inside", title="Inside the networks", note=sentence)]
    return [*parts[:-1], replace(parts[-1], note=f"{parts[-1].note} {sentence}".strip())]


def unlooked(study: Study) -> list[str]:
    """What only `report --all` looks for, and was not looked for yet, in words."""
    runs, task = finished_runs(study), study.design.to_learn
    return [
        reason.slow
        for name, reason in REASONS.items()
        if reason.slow
        and isinstance(task, reason.only)
        and kept(study, name, _about(study, reason, runs), None) is None
    ]


def _about(study: Study, reason: Reason, runs: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """What is found depends on this."""
    about = {"version": reason.version, "runs": runs}
    return {**about, "seeds": list(study.seeds)} if reason.of_all else about


def _look(study: Study, missing: Mapping[str, Reason], tell: Callable[[str], None]) -> Iterator[tuple[str, Any]]:
    """What is found now, each network being loaded once."""
    found: dict[str, Any] = {name: {} for name, reason in missing.items() if reason.of_run}
    first: dict[str, Trained] = {}
    for run in trained(study):
        tell(f"Looking into {run.contender} seed {run.seed}")
        if run.seed == looked_seeds(study)[0]:
            first[run.contender] = run
        for name, reason in missing.items():
            if reason.of_run is None or not isinstance(run.task, reason.only):
                continue
            if reason.slow:
                tell(f"  {reason.slow}")
            if (of_run := reason.of_run(run)) is not None:
                found[name].setdefault(run.contender, []).append(of_run)
    yield from found.items()
    if study.design.folds is not None:  # twins stand beside one another on the same examples
        first = {label: next(trained_on_folds(study, label)) for label in first}
    for name, reason in missing.items():
        if reason.of_seed is not None:
            tell(f"Looking at {name.replace('_', ' ')}")
            yield name, reason.of_seed(study, first) or {}
