"""Attribution faithfulness: deletion, insertion, a sanity check on an untrained network, and the pointing game."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from scipy.stats import spearmanr
from torch import Tensor, nn

from skipwise.analysis.inside.attribution import METHODS, Maps, Method, attribute
from skipwise.analysis.inside.trained import Trained
from skipwise.analysis.inside.untrained import untrained_network
from skipwise.analysis.sample_budget import affordable_examples
from skipwise.data import Batch
from skipwise.data.images.fit import fitted
from skipwise.keyed_rng import key
from skipwise.tasks.boxes import ObjectDetection
from skipwise.tasks.images import ImageClassification

EXAMPLES, SCENES = 32, 16
"""Test images that are asked about, at most, and scenes of boxes."""
PASSES = 600
"""Of an image through a network, for the maps of all methods, those of the untrained network, and what they are
worth.
"""
SHARES = np.linspace(0, 1, 17)
"""Of the places that are taken away, or put in."""
RANDOM = "random order"
"""A random order, which any map must be better than."""


@dataclass(frozen=True, kw_only=True)
class Curves:
    """Of each example, the probability of its answer when each of `SHARES` is taken away or put in, highest value
    first.
    """

    deletion: Float[np.ndarray, "examples shares"]
    insertion: Float[np.ndarray, "examples shares"]

    def measures(self, similarity_to_untrained: list[float]) -> "MethodMeasures":
        """Return the area under each example's curve, and the means of the curves, beside the similarities."""
        return MethodMeasures(
            deletion=np.trapezoid(self.deletion, SHARES, axis=1).tolist(),
            insertion=np.trapezoid(self.insertion, SHARES, axis=1).tolist(),
            deletion_curve=self.deletion.mean(0).round(5).tolist(),
            insertion_curve=self.insertion.mean(0).round(5).tolist(),
            similarity_to_untrained=similarity_to_untrained,
        )


@dataclass(frozen=True, kw_only=True)
class MethodMeasures:
    """How faithful the maps of one method are, an entry for each example; the curves are means over examples by share.

    Deletion and insertion are mean probabilities of the answer while places are taken away, or put in, highest value
    first (Petsiuk et al. 2018, arXiv 1806.07421); here what is away is zero, the mean colour. The similarity is the
    rank correlation with the sizes in the map of the network before its first step (Adebayo et al. 2018, arXiv
    1810.03292): nan where one of them is the same everywhere, no entries for a network that began with weights from
    elsewhere.
    """

    deletion: list[float]
    insertion: list[float]
    deletion_curve: list[float]
    insertion_curve: list[float]
    similarity_to_untrained: list[float]


@dataclass(frozen=True, kw_only=True)
class AttributionFaithfulness:
    """Measures by method of one network; `shown` stands for which examples they are."""

    shown: int
    methods: dict[str, MethodMeasures]


def attribution_faithfulness(run: Trained) -> AttributionFaithfulness | None:
    """Return how faithful each method's maps are to a network of images; None for other tasks."""
    if not isinstance(run.task, ImageClassification):
        return None
    examples = run.subset(affordable_examples(run, EXAMPLES, PASSES))
    batch = next(run.stream.eval_batches(examples, EXAMPLES))
    with torch.no_grad():
        answers = run.network(batch.inputs).argmax(1)
    untrained = untrained_network(run)
    methods: dict[str, MethodMeasures] = {}
    for method in METHODS:
        maps = attribute(run.network, batch.inputs, answers, method)
        curves = deletion_and_insertion(run.network, batch.inputs, answers, maps)
        before = attribute(untrained, batch.inputs, answers, method) if untrained else None
        methods[method] = curves.measures([] if before is None else rank_correlations(maps, before))
    generator = torch.Generator().manual_seed(key(run.seed, "maps at random"))
    drawn = torch.rand(len(batch), *batch.inputs.shape[2:], generator=generator).to(batch.inputs.device)
    methods[RANDOM] = deletion_and_insertion(run.network, batch.inputs, answers, drawn).measures([])
    return AttributionFaithfulness(shown=key(*examples.tolist()), methods=methods)


@torch.no_grad()
def deletion_and_insertion(network: nn.Module, inputs: Tensor, answers: Tensor, maps: Maps) -> Curves:
    """Return the probability of the answer while each input is changed as its map says; places of equal value in an
    order drawn at random.
    """
    generator = torch.Generator().manual_seed(key("places of equal value"))
    mixed = torch.randperm(maps[0].numel(), generator=generator).to(maps.device)
    order = maps.flatten(1)[:, mixed].argsort(dim=1, descending=True, stable=True).argsort(dim=1)[:, mixed.argsort()]
    rank = order.view_as(maps)[:, None] / order.shape[1]
    curves = []
    for inserted in (False, True):
        steps = []
        for share in SHARES.tolist():
            first = rank < share
            probabilities = network(inputs * (first if inserted else ~first)).float().softmax(1)
            steps.append(probabilities.gather(1, answers[:, None])[:, 0].cpu().numpy())
        curves.append(np.stack(steps, axis=1))
    return Curves(deletion=curves[0], insertion=curves[1])


def rank_correlations(maps: Maps, others: Maps) -> list[float]:
    """Return the rank correlation of the sizes in both maps of each example, nan where one is the same everywhere."""
    found: list[float] = []
    for one, other in zip(maps.flatten(1).abs().cpu().numpy(), others.flatten(1).abs().cpu().numpy(), strict=True):
        flat = np.ptp(one) == 0 or np.ptp(other) == 0
        found.append(float("nan") if flat else float(spearmanr(one, other).statistic))
    return found


def pointing_game(run: Trained) -> dict[str, list[float]] | None:
    """By method, for each box that is found rightly: 1 where its map is highest within the true box (Zhang et al.
    2016).

    What chance would do, the box's share of the image, stands beside it. None where examples are no scenes with boxes.
    """
    if not isinstance(run.task, ObjectDetection):
        return None
    found: dict[str, list[float]] = {method: [] for method in METHODS} | {RANDOM: []}
    examples = run.subset(SCENES)
    for index, batch in zip(examples.tolist(), run.stream.eval_batches(examples, 1), strict=True):
        rows, columns = batch.inputs.shape[2:]
        height, width = fitted(tuple(run.stream.dataset.sizes[index].tolist()), (rows, columns))
        for answer, true in _found_rightly(run, batch):
            inside = _inside(true, batch.inputs)
            found[RANDOM].append(float(inside[:height, :width].float().mean()))
            for method in METHODS:
                found[method].append(_points(answer, batch, method, inside))
    return found


def _points(scores: Any, batch: Batch, method: Method, inside: Tensor) -> float:
    (values,) = attribute(scores, batch.inputs, torch.zeros(1, dtype=torch.long, device=batch.inputs.device), method)
    return float(inside.flatten()[int(values.argmax())]) if bool((values > 0).any()) else 0.0


def _found_rightly(run: Trained, batch: Batch) -> list[tuple[Any, Tensor]]:
    """Of one scene, the scores of each box that lies on an object of its class, with that object's box in the input."""
    from torchvision.ops import box_iou

    from skipwise.tasks.box_scores import SAME, BoxScores
    from skipwise.tasks.boxes import TOLD_FROM

    (target,) = batch.targets
    (told,) = run.network.detect(batch.inputs)  # type: ignore[operator]
    pairs = []
    for box, label, score in zip(told["boxes"], told["labels"], told["scores"].tolist(), strict=True):
        overlaps = box_iou(box[None], target["boxes"])[0] * (target["labels"] == label)
        if score >= TOLD_FROM and len(overlaps) and float(overlaps.max()) >= SAME:
            pairs.append((BoxScores(run.network, box[None], label[None]), target["boxes"][int(overlaps.argmax())]))
    return pairs


def _inside(box: Tensor, inputs: Tensor) -> Tensor:
    """Which places of the input lie in the box."""
    rows, columns = (torch.arange(side, device=inputs.device) + 0.5 for side in inputs.shape[2:])
    left, top, right, bottom = box.tolist()
    inside: Tensor = ((rows >= top) & (rows <= bottom))[:, None] & ((columns >= left) & (columns <= right))
    return inside
