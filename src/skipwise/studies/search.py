"""A small search for each contender's learning rate, on validation data, before the seeds start."""

from dataclasses import replace

from skipwise.studies.contender import Contender
from skipwise.studies.prepare import Ready, Settled, make_ready
from skipwise.studies.study import Study
from skipwise.studies.sweeps import Sweep

FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Of the contender's own rate; the same ones for each contender."""
SEED = 1_000_000
"""Of the runs of a search, so that none of a study's own seeds has been seen."""
SEARCH = "search"


def make_search_ready(settled: Settled) -> Ready:
    """A study inside the study's folder: each contender with each rate, one run each."""
    tried = tuple(
        replace(contender, label=_label(contender, rate), recipe=replace(contender.recipe, lr=rate))
        for contender in settled.sweep.contenders
        for rate in rates(contender)
    )
    asked = replace(
        settled.asked, command="compare", name=SEARCH, out=settled.asked.out / settled.name, seeds=1, folds=None
    )
    return make_ready(replace(settled, asked=asked, sweep=Sweep(contenders=tried)), seeds=(SEED,))


def with_best_rates(settled: Settled, search: Study) -> Settled:
    """The same with the rate of each contender that did best by validation accuracy, then by validation loss."""
    tuned: dict[str, dict[str, float]] = {}
    contenders = []
    for contender in settled.sweep.contenders:
        merits = {}
        for rate in rates(contender):
            (result,) = search.results[_label(contender, rate)]
            losses = [epoch["validation_loss"] for epoch in result.history()]
            merits[rate] = (result.validation_accuracy or 0.0, -min(losses, default=float("inf")))
        best = max(merits, key=merits.__getitem__)
        tuned[contender.label] = {f"{rate:g}": accuracy for rate, (accuracy, _) in merits.items()}
        contenders.append(replace(contender, recipe=replace(contender.recipe, lr=best)))
    return replace(settled, sweep=replace(settled.sweep, contenders=tuple(contenders)), tuned=tuned)


def rates(contender: Contender) -> list[float]:
    """The learning rates that are tried for it, rising."""
    return [float(f"{factor * contender.recipe.lr:.6g}") for factor in FACTORS]


def _label(contender: Contender, rate: float) -> str:
    return f"{contender.label} at rate {rate:g}"
