"""Examples that contenders classify differently, or that all misclassify."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int

from skipwise.analysis.inside.attribution import attribute
from skipwise.analysis.inside.trained import Trained, trained_on_folds
from skipwise.analysis.scores.confusion import answers_of
from skipwise.networks import TextNetwork
from skipwise.studies import Study
from skipwise.tasks.classification import Classification
from skipwise.tasks.images import ImageClassification
from skipwise.tasks.text import TextClassification

MOST = 8
"""Examples of a group that are shown; all of them are counted."""
FINEST = 16
"""Places along a side of a map that is kept."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Examples with something in common, by their place in the test part: `first` are the clearest, `count` is of all.

    `about` are the contenders of which the title speaks; none where it is all of them.
    """

    title: str
    count: int
    first: tuple[int, ...]
    about: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """The predictions of one contender: the probabilities are means over seeds."""

    probabilities: Float[np.ndarray, "examples classes"]
    right: Float[np.ndarray, "seeds examples"]


def answers_by_label(study: Study) -> dict[str, Table]:
    return {
        label: Table(
            probabilities=np.mean([answers_of(result)[0] for result in results], axis=0), right=study.scores[label]
        )
        for label, results in study.results.items()
    }


def groups(
    tables: Mapping[str, Table], labels: Int[np.ndarray, "examples"], pairs: list[tuple[str, str]]
) -> list[Group]:
    """Group the examples that one twin gets right with every seed and the other with none, that nobody gets, and the
    surest mistakes.

    Where there is no such example, those that the one gets right with more seeds. Sorted by how far the probability of
    the true class is apart, by how low it is, and by how sure the mistake is.
    """
    true = {label: table.probabilities[np.arange(len(labels)), labels] for label, table in tables.items()}
    often = {label: table.right.mean(0) for label, table in tables.items()}
    found = []
    for reference, other in pairs:
        for better, worse in ((other, reference), (reference, other)):
            members = (often[better] == 1) & (often[worse] == 0)
            title = f"{better} is right with every seed, {worse} with none"
            if not members.any():
                members = often[better] > often[worse]
                title = f"{better} is right with more seeds than {worse}"
            found.append(_group(title, members, true[better] - true[worse], (better, worse)))
    found.append(_group("all contenders are wrong", sum(often.values()) == 0, -np.mean([*true.values()], axis=0)))
    for label, table in tables.items():
        named = table.probabilities.argmax(1)
        found.append(_group(f"most confident errors of {label}", named != labels, table.probabilities.max(1), (label,)))
    return found


def _group(
    title: str, members: Bool[np.ndarray, "examples"], merit: Float[np.ndarray, "examples"], about: tuple[str, ...] = ()
) -> Group:
    places = np.flatnonzero(members)
    first = places[np.argsort(-merit[places], kind="stable")[:MOST]]
    return Group(title=title, count=len(places), first=tuple(first.tolist()), about=about)


def groups_of(study: Study) -> list[Group]:
    """The groups of a study of classifiers."""
    _, labels = answers_of(next(iter(study.results.values()))[0])
    return groups(answers_by_label(study), labels, study.design.comparisons)


@dataclass(frozen=True, kw_only=True)
class AttributionMaps:
    """By contender and place in the test part, what speaks for the answer that the first seed's network gives.

    Of an image a table of values, of a text a row of first character, end and value for each token.
    """

    maps: dict[str, dict[str, list[list[float]]]]


def maps_of(study: Study, runs: Mapping[str, Trained]) -> AttributionMaps | None:
    """Return attribution maps by occlusion of the examples on which classifiers part; None where nothing is classified.

    With folds the network is the one that was tested on the example.
    """
    if not isinstance(study.design.to_learn, Classification):
        return None
    places = np.array(sorted({place for group in groups_of(study) for place in group.first}), np.int64)
    indices = next(iter(study.results.values()))[0].test_indices()
    maps: dict[str, dict[str, list[list[float]]]] = {}
    for label, run in runs.items():
        for tested in [run] if study.design.folds is None else trained_on_folds(study, label):
            its = places[np.isin(indices[places], tested.stream.dataset.test)]
            found = zip(map(str, its.tolist()), _maps(tested, indices[its]), strict=True)
            maps.setdefault(label, {}).update((place, of_place) for place, of_place in found if of_place is not None)
    return AttributionMaps(maps=maps)


def _maps(run: Trained, indices: Int[np.ndarray, "some"]) -> list[Any]:
    match run.task:
        case ImageClassification():
            return _of_images(run, indices)
        case TextClassification() if isinstance(run.network, TextNetwork):
            return [_of_text(run, run.task, text) for text in run.stream.dataset.texts.of(indices)]
        case _:
            return [None] * len(indices)


def _of_text(run: Trained, task: TextClassification, text: str) -> list[list[float]]:
    with torch.no_grad():
        given = task.attributable_text(run.network, text, run.stream.dataset.input_spec)
    answer = torch.tensor([given.answers[0].index], device=given.inputs.device)
    values = attribute(given.scores, given.inputs, answer, "occlusion")[0].cpu().numpy().round(4).tolist()
    return [[*span, value] for span, value in zip(given.spans, values, strict=False)]


def _of_images(run: Trained, indices: Int[np.ndarray, "some"]) -> list[list[list[float]]]:
    found: list[list[list[float]]] = []
    for batch in run.stream.eval_batches(indices, 16):
        with torch.no_grad():
            answers = run.network(batch.inputs).argmax(1)
        maps = attribute(run.network, batch.inputs, answers, "occlusion")
        height, width = (min(FINEST, length) for length in maps.shape[1:])
        found += F.adaptive_avg_pool2d(maps[:, None], (height, width))[:, 0].cpu().numpy().round(4).tolist()
    return found
