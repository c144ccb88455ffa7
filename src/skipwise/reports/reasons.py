"""The parts of a report that look into the trained networks: why they differ."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from jaxtyping import Float

from skipwise.analysis.kept import kept
from skipwise.analysis.lesions import lesions
from skipwise.analysis.responses import layer_responses
from skipwise.analysis.trained import Trained, folders_of, trained
from skipwise.reports.by_place import Axes, by_place
from skipwise.reports.palette import colours
from skipwise.reports.part import Part
from skipwise.reports.tables import percent
from skipwise.studies import Study

Found = dict[str, list[Any]]
"""Of each contender, what was found in each of its runs."""

ANALYSES: dict[str, Callable[[Trained], Any]] = {
    "responses": layer_responses,
    "lesions": lambda run: asdict(lesions(run)),
}


def reason_parts(study: Study, tell: Callable[[str], None] | None) -> list[Part]:
    """What was found inside the study's networks before; with `tell`, which hears of it, also what was not looked for yet.

    Networks of other libraries have no blocks to look into: a note says so.
    """
    about = {label: [path.relative_to(study.path).as_posix() for path in of] for label, of in folders_of(study).items()}
    missing = [name for name in ANALYSES if kept(study, name, about, None) is None]
    if missing and tell:
        found: dict[str, Found] = {name: {} for name in missing}
        for run in trained(study):
            tell(f"Looking into {run.contender} seed {run.seed}")
            for name in missing:
                found[name].setdefault(run.contender, []).append(ANALYSES[name](run))
        for name in missing:
            kept(study, name, about, lambda name=name: found[name])  # type: ignore[misc]
    known = {name: kept(study, name, about, None) for name in ANALYSES}
    parts = [part(study, known[name]) for name, part in PARTS.items() if known[name]]
    left_out = [label for label in about if any(found is not None and label not in found for found in known.values())]
    if not left_out:
        return parts
    sentence = (
        f"Not looked into: {', '.join(left_out)}. Only skipwise's own networks have blocks, and only runs with weights."
    )
    if not parts:
        return [Part(name="inside", title="Inside the networks", note=sentence)]
    return [*parts[:-1], replace(parts[-1], note=sentence)]


def responses_part(study: Study, found: Found) -> Part:
    """The standard deviation of each layer's response."""
    tables = {label: np.array([list(run.values()) for run in runs]) for label, runs in found.items()}
    axes = Axes(places="layer from input to answer", values="standard deviation of the response")
    return Part(
        name="responses",
        title="What each layer answers with",
        lead="The standard deviation of what each convolution gives after its normalisation, before activation and addition "
        "(He et al. 2015, Fig. 7), on test examples; seeds are dots. Smaller responses with shortcuts mean that each layer "
        "changes what comes to it less. That they make a network better this does not prove.",
        columns=("contender", "mean response", "smallest", "largest"),
        rows=[
            (label, *(f"{value:.2f}" for value in (table.mean(), table.mean(0).min(), table.mean(0).max())))
            for label, table in tables.items()
        ],
        charts=[by_place(tables, axes, colours(study.design.contenders, study.design.points))],
        numbers={label: {"layers": list(runs[0]), "by_seed": tables[label].tolist()} for label, runs in found.items()},
    )


def lesions_part(study: Study, found: Found) -> Part:
    """The error without each block, and with neighbours exchanged."""
    score = study.design.to_learn.score_name
    whole = {label: float(np.mean([1 - run["whole"] for run in runs])) for label, runs in found.items()}
    chosen = colours(study.design.contenders, study.design.points)
    removed, exchanged = _errors(found, "removed"), _errors(found, "exchanged")
    charts = [
        by_place(
            tables, Axes(places="block from input to answer", values=f"error, 1 - {score} (%)", percent=True),
            chosen, whole,
        ).properties(title=title)
        for tables, title in (
            (removed, "without one block"),
            (exchanged, "one block and the next in each other's place"),
        )
        if tables
    ]  # fmt: skip
    return Part(
        name="lesions",
        title="What they lose with a block",
        lead=f"1 - {score} on test examples when the branch of one block gives zero, and when two neighbours of a stage change "
        "places (Veit et al. 2016); nothing is trained again, the dashed lines are the whole networks. In a plain network what "
        "comes to a removed block goes round it. Mild losses mean that no single block is needed, as in many networks of "
        "different depths added up; that shallower ones were as good this does not prove.",
        columns=("contender", "whole", "without a block", "at worst", "with two exchanged"),
        rows=[
            (
                label,
                percent(whole[label]),
                percent(removed[label].mean()) if label in removed else "-",
                percent(removed[label].mean(0).max()) if label in removed else "-",
                percent(np.nanmean(exchanged[label])) if label in exchanged else "-",
            )
            for label in found
        ],
        charts=charts,
        numbers=found,
    )


PARTS: Mapping[str, Callable[[Study, Found], Part]] = {"responses": responses_part, "lesions": lesions_part}


def _errors(found: Mapping[str, Sequence[Any]], name: str) -> dict[str, Float[np.ndarray, "seeds places"]]:
    """At each block, nan where it cannot be hurt so; of the contenders that have such lesions."""
    return {
        label: np.array([[1 - run[name].get(place, np.nan) for place in run["removed"]] for run in runs])
        for label, runs in found.items()
        if runs[0][name]
    }
