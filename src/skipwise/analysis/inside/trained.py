"""Finished runs as networks to analyse, with test examples for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import nn

from skipwise.data import Batch, Stream
from skipwise.data.folds import fold_of
from skipwise.deployment.model import trained_network
from skipwise.networks import networks_in
from skipwise.recipe import Recipe
from skipwise.studies import Study
from skipwise.studies.results import Result
from skipwise.tasks import Task
from skipwise.training.evaluate import evaluate
from skipwise.training.plan import ComputePlan
from skipwise.training.record import MODEL

MOST_SEEDS, MOST_EXAMPLES = 3, 500
"""That an analysis looks at, so that it takes seconds."""


@dataclass(frozen=True, kw_only=True)
class Trained:
    """The network of a run as it was trained, nothing merged, in eval mode; `indices` are test examples for it."""

    contender: str
    seed: int
    folder: Path
    network: nn.Module
    task: Task
    stream: Stream[Any]
    indices: Int[np.ndarray, "examples"]
    plan: ComputePlan

    def score(self) -> float:
        """Of the network as it is now, on these examples."""
        answers, _ = evaluate(self.task, self.network, self.stream, self.indices, self.plan)
        return self.task.score(answers)

    @torch.no_grad()
    def batch(self, most: int) -> Batch:
        """So many of these examples, or all there are."""
        return next(self.stream.eval_batches(self.subset(most), most))

    def subset(self, most: int) -> Int[np.ndarray, "some"]:
        """So many of these examples at even steps: they may stand class by class."""
        return evenly_spaced(self.indices, most)


def inspected_seeds(study: Study) -> list[int]:
    """The seeds that are looked at: the first ones, where there are such those with weights of all contenders."""
    known = [{result.seed for result in results if _has_weights(result)} for results in study.results.values()]
    return sorted(study.seeds, key=lambda seed: -sum(seed in seeds for seeds in known))[:MOST_SEEDS]


def inspected_runs(study: Study) -> dict[str, dict[str, str]]:
    """The runs of a study to look into, and when each was finished."""
    return {
        label: {
            result.folder.relative_to(study.path).as_posix(): result.finished
            for result in _inspected_results(study, label)
        }
        for label in study.results
    }


def trained(study: Study) -> Iterator[Trained]:
    """The same, loaded one after the other; of folds the best one. Networks of other libraries are left out."""
    return _loaded(study, [result for label in study.results for result in _inspected_results(study, label)])


def trained_on_folds(study: Study, label: str) -> Iterator[Trained]:
    """The networks of a contender's first seed, one for each fold, so that one of them was tested on each example."""
    first = _inspected_results(study, label)[:1]
    return _loaded(study, [fold for result in first for fold in result.folds if _has_weights(fold)])


def _loaded(study: Study, results: Sequence[Result]) -> Iterator[Trained]:
    task, plan = study.design.to_learn, available_plan(study.design.plan)
    whole = study.dataset
    for result in results:
        network, _ = trained_network(result.folder)
        dataset = whole
        if study.design.folds is not None:
            fold = int(result.folder.name.removeprefix("fold-"))
            dataset = fold_of(whole, fold, study.design.folds, result.seed)
        if len(networks_in(network)) == 1:
            yield Trained(
                contender=result.contender,
                seed=result.seed,
                folder=result.folder,
                network=plan.place(network.eval()),
                task=task,
                stream=task.stream(dataset, Recipe(epochs=1, batch_size=1), result.seed, plan.device),
                indices=evenly_spaced(dataset.test, MOST_EXAMPLES),
                plan=plan,
            )


def available_plan(plan: ComputePlan) -> ComputePlan:
    """The plan of a study, or one for the CPU where this machine lacks its device."""
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return plan if available[plan.device] else replace(plan, device="cpu", precision="fp32")


def _inspected_results(study: Study, label: str) -> list[Result]:
    """The results of a contender that have weights, of the seeds that are looked at, in their order."""
    of_seed = {result.seed: result for result in study.results[label] if _has_weights(result)}
    return [of_seed[seed] for seed in inspected_seeds(study) if seed in of_seed]


def _has_weights(result: Result) -> bool:
    """Whether it has weights: a run that diverged at once has none."""
    return (result.folder / MODEL).exists()


def evenly_spaced(indices: Int[np.ndarray, "all"], most: int) -> Int[np.ndarray, "some"]:
    """So many of the examples, or all there are, from all over."""
    places = np.linspace(0, len(indices) - 1, min(len(indices), most)).round().astype(int)
    return np.asarray(indices[places])
