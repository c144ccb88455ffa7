"""New examples that are unlike all that a model was trained on: by traits of the input, and by distance of features.

The distance is that to the k-th nearest training example among normalised features in front of the last layer (Sun et
al. 2022, arXiv 2204.06507). Its limit, and that of each trait, is a quantile of what the study's own examples have, of
the distance those for validation, so that an example like them is warned of in at most ALARMS of cases for each
(conformal prediction; Bates et al. 2023, arXiv 2104.08279).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from skipwise.data import Dataset, StoredData
from skipwise.data.array_checks import FRACTIONS, WHOLE, Expected, check_arrays
from skipwise.data.images.npz import Npz
from skipwise.data.subset import subset_of
from skipwise.errors import UserError
from skipwise.networks import Detector
from skipwise.records import write_atomically
from skipwise.tasks import Task
from skipwise.tasks.traits import Trait, joined
from skipwise.training.predictions import read_indices
from skipwise.training.record import RunRecord

FAMILIAR = "familiar.npz"
"""In the folder of a run."""
ARRAYS = {
    "finished": Expected("U", ()),
    "count": Expected(WHOLE, ()),
    "names": Expected("U", ("traits",)),
    "low": Expected(FRACTIONS, ("traits",)),
    "high": Expected(FRACTIONS, ("traits",)),
    "near": Expected(FRACTIONS, ("training", "features")),
    "distances": Expected(FRACTIONS, ("validation",)),
}
"""The arrays that it holds, as check_arrays compares them."""
ALARMS = 0.005
"""Of examples like those of the study, how many each limit warns of at most, where there are enough to tell."""
NEAREST = 5
"""The neighbour to which the distance counts: a single training example near by may be a slip."""
MOST, LEAST, FEWEST = 1_000, 100, 50
"""Examples of each part that are looked at, at most and where networks are large, and those without which no limit is
set: it would warn of one example in as many.
"""
MULTIPLY_ADDS = 2e11
"""The cost of looking at one part, at most where networks are not huge: some ten seconds on one core."""


@dataclass
class Seen:
    """The inputs that came to a network, and the features in front of its last layer, batch by batch."""

    inputs: list[Tensor] = field(default_factory=list)
    features: list[Tensor] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Familiar:
    """The limits of what a model knows, and training examples' features. `finished` tells which run's.

    `low`, `high`: limits by trait; `count`: the examples that set them. `near`: normalised features of training
    examples, `distances` those of validation examples to them, in order; empty where they set no limit.
    """

    finished: str
    count: int
    low: Mapping[str, float]
    high: Mapping[str, float]
    near: Float[np.ndarray, "training features"]
    distances: Float[np.ndarray, "validation"]

    def warnings(self, traits: Sequence[Trait], features: Tensor | None, examples: str) -> list[str]:
        """Return for each example how it is unlike those of the study, in clauses about it, "" where it is not."""
        said: list[list[str]] = [[] for _ in (traits[0].values if traits else features if features is not None else ())]
        for trait in traits:
            for place, value in enumerate(trait.values):
                if trait.below and value < self.low.get(trait.name, -np.inf):
                    said[place].append(f"it has {trait.below} than {self._nearly_all(examples)}")
                if trait.above and value > self.high.get(trait.name, np.inf):
                    said[place].append(f"it has {trait.above} than {self._nearly_all(examples)}")
        if features is not None and len(self.distances) >= FEWEST and features.shape[1] == self.near.shape[1]:
            limit = _upper(self.distances)
            for place, distance in enumerate(distances_to(self.near, features)):
                if distance > limit:
                    beyond, count = int((self.distances < distance).sum()), len(self.distances)
                    of_all = f"all {count}" if beyond == count else f"{beyond} of {count}"
                    said[place].append(f"it is farther from all training {examples} than {of_all} for validation")
        return ["; ".join(of_one) for of_one in said]

    def _nearly_all(self, examples: str) -> str:
        return f"nearly all of {self.count:,} {examples} of the study"


def features_of(seen: Seen) -> Tensor | None:
    """Return the features of all examples, a row each; None where none were seen."""
    return torch.cat(seen.features) if seen.features else None


@contextmanager
def watching(network: nn.Module, *, features: bool) -> Iterator[Seen]:
    """Within, see what comes to the network, and with `features` what comes to its last layer."""
    seen = Seen()
    names = [name for name, _ in network.named_parameters()]
    last = network.get_submodule(names[-1].rpartition(".")[0]) if names else network
    first = network.backbone.stem if isinstance(network, Detector) else network

    def note(into: list[Tensor]) -> Any:
        def look(_: nn.Module, inputs: tuple[Any, ...]) -> None:
            if inputs and isinstance(inputs[0], Tensor):
                into.append(inputs[0].detach().cpu())

        return look

    def pooled(_: nn.Module, inputs: tuple[Any, ...]) -> None:
        if inputs and isinstance(inputs[0], Tensor) and inputs[0].ndim > 1:
            maps = inputs[0].detach().cpu().float()
            seen.features.append(maps.flatten(2).mean(2) if maps.ndim > 2 else maps)

    with ExitStack() as hooks:
        hooks.enter_context(first.register_forward_pre_hook(note(seen.inputs)))
        if features:
            hooks.enter_context(last.register_forward_pre_hook(pooled))
        yield seen


def distances_to(near: Float[np.ndarray, "training features"], features: Tensor) -> Float[np.ndarray, "examples"]:
    """Return the distance of each example to the NEAREST-th nearest of these, all normalised to length 1."""
    likeness = F.normalize(features.float(), dim=1) @ torch.from_numpy(near.astype(np.float32)).T
    nearest = likeness.topk(min(NEAREST, len(near)), dim=1).values[:, -1]
    return (2 - 2 * nearest).clamp(min=0).sqrt().numpy().astype(np.float64)


@torch.no_grad()
def learn(network: nn.Module, task: Task, record: RunRecord, folder: Path, batch_size: int) -> Familiar:
    """Look at the study's own examples, at training and validation ones alone.

    Raises UserError where the study's data are not there.
    """
    dataset = _dataset(task, record, folder)
    most = int(np.clip(MULTIPLY_ADDS / max(1, record.multiply_adds), LEAST, MOST))
    stream = task.stream(dataset, record.contender.recipe, record.seed, "cpu")
    parts = [_some(indices, most) for indices in (dataset.train, dataset.validation)]
    traits: list[list[Trait]] = []
    features: list[Tensor] = []
    for indices in parts:
        with watching(network, features=task.compares_features) as seen:
            for batch in stream.eval_batches(indices, batch_size):
                traits.append(task.traits(batch.inputs, record.input_spec))
                if task.compares_features:
                    network(batch.inputs)
        features.append(F.normalize(torch.cat(seen.features), dim=1) if seen.features else torch.zeros(0, 1))
    whole = joined(traits)
    count = sum(map(len, parts))
    enough = [trait for trait in whole if count >= FEWEST]
    near = features[0].numpy().astype(np.float16)
    complete = [len(of_part) for of_part in features] == [len(part) for part in parts]
    return Familiar(
        finished=record.finished,
        count=count,
        low={trait.name: -_upper(-trait.values) for trait in enough},
        high={trait.name: _upper(trait.values) for trait in enough},
        near=near,
        distances=np.sort(distances_to(near, features[1])) if complete else np.zeros(0),
    )


def keep(familiar: Familiar, folder: Path) -> None:
    """Write it into a run's folder, if that can be written to."""
    arrays = {
        "finished": np.array(familiar.finished),
        "count": np.array(familiar.count),
        "names": np.array(list(familiar.low), dtype=str),
        "low": np.array(list(familiar.low.values()), float),
        "high": np.array(list(familiar.high.values()), float),
        "near": familiar.near,
        "distances": familiar.distances,
    }

    def write(part: Path) -> None:
        with part.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]

    try:
        write_atomically(folder / FAMILIAR, write)
    except OSError:  # a folder to be read only: it is looked at anew each time
        return


def kept(folder: Path, finished: str) -> Familiar | None:
    """Read what was kept of the run that finished then; None where there is nothing, or what is damaged."""
    try:
        with Npz(folder / FAMILIAR) as opened:
            arrays = opened.read(opened.names)
        check_arrays(arrays, ARRAYS)
        names = arrays["names"].tolist()
        found = Familiar(
            finished=str(arrays["finished"]),
            count=int(arrays["count"]),
            low=dict(zip(names, arrays["low"].tolist(), strict=True)),
            high=dict(zip(names, arrays["high"].tolist(), strict=True)),
            near=arrays["near"],
            distances=arrays["distances"],
        )
    except ValueError:
        return None
    return found if found.finished == finished else None


def _dataset(task: Task, record: RunRecord, folder: Path) -> Dataset:
    """Return the run's own data set: with its part of the training examples, and with its fold."""
    study = next((above for above in folder.absolute().parents if (above / "data.json").exists()), None)
    if study is None:
        raise UserError(f"{folder} lies in no study, whose examples would tell")
    dataset = task.load(StoredData.read(study))
    if record.fold is None:
        return subset_of(dataset, record.contender.recipe.fraction, record.seed)
    validation, test = read_indices(folder, "validation"), read_indices(folder, "test")
    train = np.setdiff1d(np.arange(len(dataset.labels)), np.concatenate([validation, test]))
    return dataset.with_parts(train=train, validation=validation, test=test)


def _some(indices: Int[np.ndarray, "all"], most: int) -> Int[np.ndarray, "some"]:
    """Return so many of the examples, from all over."""
    places = np.linspace(0, len(indices) - 1, min(len(indices), most)).round().astype(int)
    return np.asarray(indices[places])


def _upper(values: Float[np.ndarray, "examples"]) -> float:
    """Return the number above which a further one lies in ALARMS of cases, or in one of as many as there are."""
    rank = max(1, int(ALARMS * (len(values) + 1)))
    return float(np.sort(values)[-rank])
