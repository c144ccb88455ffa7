"""The sections of a report that analyse the trained networks: why they differ."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from skipwise.analysis.inside.attribution_faithfulness import (
    AttributionFaithfulness,
    attribution_faithfulness,
    pointing_game,
)
from skipwise.analysis.inside.disagreements import AttributionMaps, maps_of
from skipwise.analysis.inside.features import Features, features
from skipwise.analysis.inside.landscape import LossSurfaces, loss_surfaces
from skipwise.analysis.inside.lesions import Lesions, lesions
from skipwise.analysis.inside.receptive_field import ReceptiveField, receptive_field
from skipwise.analysis.inside.responses import layer_responses
from skipwise.analysis.inside.robustness import Robustness, robustness
from skipwise.analysis.inside.sharpness import Sharpness, sharpness
from skipwise.analysis.inside.shattered import GradientCorrelations, shattered
from skipwise.analysis.inside.similarity import Similarity, similarity
from skipwise.analysis.inside.trained import (
    MOST_EXAMPLES,
    MOST_SEEDS,
    Trained,
    inspected_runs,
    inspected_seeds,
    trained,
    trained_on_folds,
)
from skipwise.analysis.result_cache import cached
from skipwise.extras import MissingLibraryError, load_optional
from skipwise.reports.sections.attribution_faithfulness import attribution_faithfulness_section, pointing_game_section
from skipwise.reports.sections.disagreements import disagreements_section
from skipwise.reports.sections.features import features_section
from skipwise.reports.sections.landscape import landscape_section
from skipwise.reports.sections.lesions import lesions_section
from skipwise.reports.sections.receptive_field import receptive_field_section
from skipwise.reports.sections.report_section import (
    Failure,
    ReportSection,
    attempted,
    failed_section,
    made,
    skipped_section,
)
from skipwise.reports.sections.responses import responses_section
from skipwise.reports.sections.robustness import robustness_section
from skipwise.reports.sections.sharpness import sharpness_section
from skipwise.reports.sections.shattered import shattered_section
from skipwise.reports.sections.similarity import similarity_section
from skipwise.studies import Study
from skipwise.tasks import Task
from skipwise.tasks.boxes import ObjectDetection
from skipwise.tasks.images import ImageClassification
from skipwise.training.plan import threads

OfRun = Callable[[Trained], Any]
OfSeed = Callable[[Study, Mapping[str, Trained]], Any]


@dataclass(frozen=True, kw_only=True)
class NetworkAnalysis:
    """An analysis of trained networks, and the section of the report that shows its results.

    `of_run` analyses one network: results are kept by contender, as a list over runs. `of_seed` analyses the networks
    of all contenders, by label, trained with the first seed: its result is kept as it is. Both return a value that JSON
    can hold, or None where the analysis does not apply to such networks or data. `slow` describes an analysis that runs
    with
    `--all` alone; `task_type` limits it to some tasks; `library` is the optional module that it needs. `version` is
    raised where the kept result changes its meaning;
    `needs_all_seeds` says that the result depends on the predictions of all seeds.
    """

    section: Callable[[Study, Any], ReportSection]
    result: Any
    of_run: OfRun | None = None
    of_seed: OfSeed | None = None
    slow: str = ""
    task_type: type = object
    library: str = ""
    version: int = 1
    needs_all_seeds: bool = False

    @property
    def kept(self) -> Any:
        """The type of what is kept of all networks."""
        return self.result if self.of_run is None else dict[str, list[self.result]]  # type: ignore[name-defined]


NETWORK_ANALYSES: dict[str, NetworkAnalysis] = {
    "shattered": NetworkAnalysis(of_run=shattered, result=GradientCorrelations, section=shattered_section, version=3),
    "responses": NetworkAnalysis(of_run=layer_responses, result=dict[str, float], section=responses_section),
    "lesions": NetworkAnalysis(of_run=lesions, result=Lesions, section=lesions_section),
    "similarity": NetworkAnalysis(
        of_seed=lambda _, runs: similarity(runs), result=Similarity, section=similarity_section, version=4
    ),
    "receptive_field": NetworkAnalysis(
        of_run=receptive_field, result=ReceptiveField, section=receptive_field_section, version=5
    ),
    "sharpness": NetworkAnalysis(
        of_run=sharpness, result=Sharpness, section=sharpness_section, slow="sharpness", version=2
    ),
    "landscape": NetworkAnalysis(
        of_seed=lambda _, runs: loss_surfaces(runs),
        result=LossSurfaces,
        section=landscape_section,
        slow="loss landscape",
        library="matplotlib",
        version=4,
    ),
    "features": NetworkAnalysis(of_run=features, result=Features, section=features_section, version=5),
    "disagreements": NetworkAnalysis(
        of_seed=maps_of,
        result=AttributionMaps,
        section=disagreements_section,
        library="captum.attr",
        version=2,
        needs_all_seeds=True,
    ),
    "attribution_faithfulness": NetworkAnalysis(
        of_run=attribution_faithfulness,
        result=AttributionFaithfulness,
        section=attribution_faithfulness_section,
        slow="attribution faithfulness",
        task_type=ImageClassification,
        library="captum.attr",
        version=5,
    ),
    "pointing_game": NetworkAnalysis(
        of_run=pointing_game,
        result=dict[str, list[float]],
        section=pointing_game_section,
        slow="pointing game",
        task_type=ObjectDetection,
        library="captum.attr",
        version=4,
    ),
    "robustness": NetworkAnalysis(
        of_run=robustness,
        result=Robustness,
        section=robustness_section,
        slow="robustness to corruptions",
        task_type=ImageClassification,
    ),
}
"""In the order in which they stand on the page."""


SAMPLE = (
    f"This section and those after it use up to {MOST_SEEDS} seeds and {MOST_EXAMPLES} test examples, so that scores may "
    "differ from those above."
)
SAMPLE_OF_FOLDS = "With folds they use the fold that is best by validation, and the first fold where contenders are compared layer by layer."


def inside_sections(
    study: Study, tell: Callable[[str], None] | None, *, everything: bool = False
) -> list[ReportSection]:
    """Return a section for each analysis of the study's networks whose result is kept; with `tell`, run the missing
    ones first.

    `tell` hears of the progress; `everything` runs the slow analyses as well. Networks of other libraries have no named
    blocks to analyse: a note says so.
    """
    runs = inspected_runs(study)
    inputs = {name: _inputs(study, analysis, runs) for name, analysis in NETWORK_ANALYSES.items()}
    results = {
        name: cached(study, name, inputs[name], analysis.kept, None) for name, analysis in NETWORK_ANALYSES.items()
    }
    missing = {
        name: analysis
        for name, analysis in NETWORK_ANALYSES.items()
        if tell and results[name] is None and (everything or not analysis.slow)
    }
    skipped = _without_library(missing, study.design.to_learn)
    missing = {name: analysis for name, analysis in missing.items() if name not in skipped}
    failed: dict[str, Failure] = {}
    if missing and tell:
        with threads(study.design.plan.threads):
            for name, found in _analyse(study, missing, tell):
                kept = found if isinstance(found, Failure) else _kept(study, name, inputs[name], found)
                (failed if isinstance(kept, Failure) else results)[name] = kept
    sections = []
    for name, found in results.items():
        if found:
            sections.append(_section(study, name, found))
        elif name in failed:
            sections.append(failed_section(failed[name]))
        elif name in skipped:
            sections.append(skipped_section(name, skipped[name]))
    if sections:
        sample = SAMPLE if study.design.folds is None else f"{SAMPLE} {SAMPLE_OF_FOLDS}"
        sections[0] = replace(sections[0], lead=f"{sections[0].lead} {sample}")
    by_contender = [results[name] for name, of in NETWORK_ANALYSES.items() if of.of_run and results[name] is not None]
    not_analysed = [label for label in runs if by_contender and all(label not in found for found in by_contender)]
    if not not_analysed:
        return sections
    sentence = (
        f"Not analysed: {', '.join(not_analysed)}. Only skipwise's own networks have named blocks, and only runs with "
        "weights can be analysed."
    )
    if not sections:
        return [ReportSection(name="inside", title="Inside the networks", note=sentence)]
    return [*sections[:-1], replace(sections[-1], note=f"{sections[-1].note} {sentence}".strip())]


def _without_library(analyses: Mapping[str, NetworkAnalysis], task: Task) -> dict[str, MissingLibraryError]:
    """Return the analyses of this task whose library is missing, each with the error that says so."""
    errors: dict[str, MissingLibraryError] = {}
    for name, analysis in analyses.items():
        if analysis.library and isinstance(task, analysis.task_type):
            try:
                load_optional(analysis.library, "this analysis")
            except MissingLibraryError as error:
                errors[name] = error
    return errors


def _kept(study: Study, name: str, inputs: Mapping[str, object], found: Any) -> Any:
    """Keep what an analysis found, and return it, or why that could not be."""
    return attempted(name, lambda: cached(study, name, inputs, NETWORK_ANALYSES[name].kept, lambda: found), "kept")


def _section(study: Study, name: str, found: Any) -> ReportSection:
    return made(name, lambda: NETWORK_ANALYSES[name].section(study, found))


def not_yet_analysed(study: Study) -> list[str]:
    """Return the names of the slow analyses that have no kept result: `report --all` runs them."""
    runs, task = inspected_runs(study), study.design.to_learn
    return [
        analysis.slow
        for name, analysis in NETWORK_ANALYSES.items()
        if analysis.slow
        and isinstance(task, analysis.task_type)
        and cached(study, name, _inputs(study, analysis, runs), analysis.kept, None) is None
    ]


def _inputs(study: Study, analysis: NetworkAnalysis, runs: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return what the result of an analysis depends on."""
    inputs = {"version": analysis.version, "runs": runs}
    return {**inputs, "seeds": list(study.seeds)} if analysis.needs_all_seeds else inputs


def _analyse(
    study: Study, missing: Mapping[str, NetworkAnalysis], tell: Callable[[str], None]
) -> Iterator[tuple[str, Any]]:
    """Run the missing analyses, loading each network once, and yield each result with its name, or why it failed."""
    found: dict[str, Any] = {name: {} for name, analysis in missing.items() if analysis.of_run}
    first: dict[str, Trained] = {}
    for run in trained(study):
        tell(f"Looking into {run.contender} seed {run.seed}")
        if run.seed == inspected_seeds(study)[0]:
            first[run.contender] = run
        for name, analysis in missing.items():
            if analysis.of_run is None or not isinstance(run.task, analysis.task_type):
                continue
            if isinstance(found[name], Failure):  # with an earlier run
                continue
            if analysis.slow:
                tell(f"  {analysis.slow}")
            of_run = attempted(name, partial(analysis.of_run, run), "analysed")
            if isinstance(of_run, Failure):
                found[name] = of_run
            elif of_run is not None:
                found[name].setdefault(run.contender, []).append(of_run)
    yield from found.items()
    if study.design.folds is not None:  # twins are compared on the same examples
        first = {label: next(trained_on_folds(study, label)) for label in first}
    for name, analysis in missing.items():
        if analysis.of_seed is not None:
            tell(f"Comparing networks: {name.replace('_', ' ')}")
            yield name, attempted(name, partial(analysis.of_seed, study, first), "analysed") or {}
