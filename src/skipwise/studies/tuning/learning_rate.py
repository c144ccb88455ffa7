"""A small search for each contender's learning rate, on validation data, before the seeds start."""

from dataclasses import dataclass, replace

from skipwise.data.dataset import Dataset
from skipwise.errors import UserError
from skipwise.studies.config import StudyConfig
from skipwise.studies.contender import Contender
from skipwise.studies.prepare import ResolvedStudy, StudyPlan, plan_study
from skipwise.studies.searches import Found, Search, SearchListener
from skipwise.studies.study import Study
from skipwise.studies.sweeps import Sweep
from skipwise.studies.train import train_missing

FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Of the contender's own rate; the same ones for each contender."""
SEED = 1_000_000
"""Of the runs of a search, so that none of a study's own seeds has been seen."""
SEARCH = "search"


@dataclass(frozen=True, kw_only=True)
class RateSearch(Search):
    """Each contender with each rate, one run each."""

    opening: str = "First a search for each contender's learning rate, on validation data:"

    @classmethod
    def plan(cls, resolved: ResolvedStudy) -> "RateSearch":
        """Settle the search. Raises UserError where the study was begun without one."""
        return cls(resolved=resolved, ready=plan_rate_search(resolved))

    def run(self, listener: SearchListener) -> Found:
        resolved = with_best_rates(self.resolved, train_missing(self.ready, listener))
        score = resolved.config.to_learn.score_name
        lines = []
        for contender in resolved.sweep.contenders:
            tried = ", ".join(f"{rate}: {value:.3f}" for rate, value in resolved.tuned[contender.label].items())
            lines.append(f"{contender.label}: rate {contender.recipe.lr:g} (validation {score} by rate: {tried})")
        return Found(resolved=resolved, lines=tuple(lines))


def plan_rate_search(resolved: ResolvedStudy) -> StudyPlan:
    """A study inside the study's folder: each contender with each rate, one run each."""
    tried = tuple(
        replace(_of_rate(contender, rate), label=_label(contender, rate))
        for contender in resolved.sweep.contenders
        for rate in rates(contender)
    )
    config = inside_search(resolved)
    _check_tuned(resolved)
    inside = replace(resolved, config=config, dataset=without_test(resolved.dataset), sweep=Sweep(contenders=tried))
    ready = plan_study(inside, seeds=(SEED,))
    return replace(ready, design=replace(ready.design, config=None, command=resolved.config.line))


def inside_search(resolved: ResolvedStudy) -> StudyConfig:
    """The configuration of a search, which is a study inside the study's folder."""
    return replace(resolved.config, command="compare", name=SEARCH, out=resolved.folder.path, seeds=1, folds=None)


def without_test(dataset: Dataset) -> Dataset:
    """The data set with its validation examples in place of the test examples: no search gets to see the latter."""
    return replace(dataset, test=dataset.validation)


def _check_tuned(resolved: ResolvedStudy) -> None:
    """Raises UserError, before anything is searched, for a study that was begun without a search or with other
    recipes.
    """
    kept = resolved.folder.design()
    for contender in resolved.sweep.contenders:
        begun = [one for one in kept.contenders if one.label == contender.label] if kept else []
        if (
            kept
            and begun
            and (contender.label not in kept.tuned or _of_rate(begun[0], 1.0) != _of_rate(contender, 1.0))
        ):
            raise UserError(
                f"The study {kept.name!r} was begun with {contender.label!r} of other settings or without a search for its "
                "rate: take another --name, or --out, for a study of its own."
            )


def with_best_rates(resolved: ResolvedStudy, search: Study) -> ResolvedStudy:
    """The same with the rate of each contender that did best by validation accuracy, then by validation loss.

    A rate whose run failed is taken only where all of them failed.
    """
    tuned: dict[str, dict[str, float]] = {}
    contenders = []
    for contender in resolved.sweep.contenders:
        merits = {}
        for rate in rates(contender):
            (result,) = search.results[_label(contender, rate)]
            losses = [epoch.validation_loss for epoch in result.history() if epoch.validation_loss is not None]
            accuracy = result.validation_score or 0.0
            merits[rate] = (result.failed is None, accuracy, -min(losses, default=float("inf")))
        best = max(merits, key=merits.__getitem__)
        tuned[contender.label] = {f"{rate:g}": accuracy for rate, (_, accuracy, _) in merits.items()}
        contenders.append(_of_rate(contender, best))
    return replace(resolved, sweep=replace(resolved.sweep, contenders=tuple(contenders)), tuned=tuned)


def rates(contender: Contender) -> list[float]:
    """The learning rates that are tried for it, rising."""
    return [float(f"{factor * contender.recipe.lr:.6g}") for factor in FACTORS]


def _of_rate(contender: Contender, rate: float) -> Contender:
    return replace(contender, recipe=replace(contender.recipe, lr=rate))


def _label(contender: Contender, rate: float) -> str:
    return f"{contender.label} at rate {rate:g}"
