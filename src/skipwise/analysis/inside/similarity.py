"""Representation similarity of the layers of two networks (linear CKA, Kornblith et al. 2019, arXiv 1905.00414)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from skipwise.analysis.hooks import undisturbed, watched
from skipwise.analysis.inside.trained import MOST_EXAMPLES, Trained
from skipwise.networks import layers_in_order
from skipwise.networks.layers import ADAPTIVE_POOLS
from skipwise.networks.lengths import lengths_in

AT_ONCE = 100
MOST_NUMBERS = 4096
"""Of an example at one place: larger maps are averaged down to so many."""
FEWEST = 4
"""Examples without which it cannot be told from chance."""
TINY = float(np.finfo(np.float64).tiny)
Gram = Float[np.ndarray, "examples examples"]


@dataclass(frozen=True, kw_only=True)
class Alignment:
    """The similarity of a network's `places` to those of the first network: `table` has a row for each of the
    latter.
    """

    places: list[str]
    table: list[list[float]]


@dataclass(frozen=True, kw_only=True)
class Similarity:
    """The similarity of each place of the first contender's network to each place of the others, by label."""

    first: str
    places: list[str]
    against: dict[str, Alignment]


def similarity(runs: Mapping[str, Trained]) -> Similarity | None:
    """Return the similarity of networks on the same test examples; left out are those that were tested on other
    examples.

    None where there is nothing to compare, or fewer than four examples to compare with.
    """
    examples = next((run.indices for run in runs.values()), np.zeros(0, np.int64))
    runs = {label: run for label, run in runs.items() if np.array_equal(run.indices, examples)}
    if len(runs) < 2 or len(examples) < FEWEST:
        return None
    grams = {
        label: {place: centred_gram(x) for place, x in representations(run).items()} for label, run in runs.items()
    }
    first, *others = grams
    return Similarity(
        first=first,
        places=list(grams[first]),
        against={
            label: Alignment(
                places=list(grams[label]),
                table=alignments(list(grams[first].values()), list(grams[label].values())).round(4).tolist(),
            )
            for label in others
        },
    )


@torch.no_grad()
def representations(run: Trained) -> dict[str, Float[np.ndarray, "examples _"]]:
    """Return each layer's response to each example, in eval mode, as a row of numbers."""
    found: dict[str, list[Tensor]] = {}

    def look(name: str, output: Tensor) -> None:
        found.setdefault(name, []).append(_rows(output.float(), run.network).cpu())

    with undisturbed(run.network), watched(layers_in_order(run.network), look), run.plan.autocast():
        run.network.eval()
        for batch in run.stream.eval_batches(run.indices[:MOST_EXAMPLES], min(AT_ONCE, run.task.eval_batch_size)):
            run.task.eval_step(run.network, batch)
    return {name: torch.cat(rows).numpy() for name, rows in found.items()}


def centred_gram(x: Float[np.ndarray, "examples features"]) -> Gram:
    """The inner products of different examples with each other, centred so that unrelated features give 0 on average.

    With the diagonal left out (Szekely and Rizzo 2014, the U-centred matrix): otherwise the similarity of maps of many
    numbers is near 1 by chance. Of at least FEWEST examples.
    """
    x = x.astype(np.float64)
    x = x - x.mean(0)
    gram = x @ x.T
    np.fill_diagonal(gram, 0)
    count, rows = len(gram), gram.sum(0)
    gram += rows.sum() / ((count - 1) * (count - 2)) - (rows[:, None] + rows) / (count - 2)
    np.fill_diagonal(gram, 0)
    return np.asarray(gram)


def alignments(ones: Sequence[Gram], others: Sequence[Gram]) -> Float[np.ndarray, "ones others"]:
    """Linear CKA from centred Gram matrices: 1 for equal ones up to a factor, 0 on average for unrelated ones.

    0, too, for a place that gives the same for all examples.
    """
    units = [np.stack([gram.ravel() / max(np.linalg.norm(gram), TINY) for gram in grams]) for grams in (ones, others)]
    return np.asarray(units[0] @ units[1].T)


def _rows(output: Float[Tensor, "batch channels *space"], network: nn.Module) -> Float[Tensor, "batch numbers"]:
    """Maps as rows, in as many cells as fit MOST_NUMBERS; of texts, whose lengths differ, the mean over positions."""
    lengths = lengths_in(network)
    if output.ndim == 3 and lengths is not None:
        return lengths.fill(output, 0).sum(2) / lengths.of(output)[:, None]
    if output.ndim == 3 and hasattr(network, "embedding"):
        return output.mean(2)
    dims = output.ndim - 2
    if output[0].numel() <= MOST_NUMBERS or dims not in (1, 2, 3):
        return output.flatten(1)
    cells = max(1, int((MOST_NUMBERS / output.shape[1]) ** (1 / dims)))
    pool: nn.Module = ADAPTIVE_POOLS[dims](tuple(min(cells, side) for side in output.shape[2:]))
    rows: Tensor = pool(output).flatten(1)
    return rows
