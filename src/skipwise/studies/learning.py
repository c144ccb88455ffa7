"""Whether the runs of contenders have learned anything: what a verdict must say first, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from skipwise.recipe import Recipe
from skipwise.statistics import Verdict
from skipwise.studies.results import Result
from skipwise.tasks import Guess
from skipwise.training.metrics import EpochMetrics

FACTOR = 3
"""By which more epochs, and another learning rate, are proposed."""
CLEARLY = 1.2
"""The factor by which a training loss must rise to mean more than other batches and crops."""
FEWEST_EPOCHS = 3
"""Of a run whose first epoch can mean something by being the best."""


@dataclass(frozen=True, kw_only=True)
class Learning:
    """The evidence on what the runs of a contender have learned, and how they were trained.

    `score` is that on test data, and `unbeaten` the guess that it does not beat, None where it does. Of its `runs`,
    `untrained` have a training score that does not beat naming the commonest class, the loss of `diverged` rose or was
    not finite, and `first_best` were best after the first of several epochs. `budget` is the study's, "" for none;
    `can_tune` says whether its rate could still be searched.
    """

    label: str
    runs: int
    score: float
    recipe: Recipe
    budget: str = ""
    can_tune: bool = True
    unbeaten: Guess | None = None
    untrained: int = 0
    diverged: int = 0
    first_best: int = 0

    @property
    def problem(self) -> str:
        """The problem of all or most runs, in words that follow the label; empty where there is none."""
        if self.unbeaten is not None:
            return f"has learned no more{self.by_chance} than {self.unbeaten.words}"
        if 2 * self.untrained > self.runs:
            return f"did not learn its training data in {self._counted(self.untrained)}"
        if 2 * self.first_best > self.runs:
            return f"was best after the first epoch in {self._counted(self.first_best)}"
        return ""

    @property
    def learned_nothing(self) -> bool:
        """Whether test data or training data show that it learned nothing."""
        return self.unbeaten is not None or 2 * self.untrained > self.runs

    @property
    def advice(self) -> str:
        """How training might come to more, with the options to write."""
        tune = ", or have one searched for each contender (--tune lr)" if self.can_tune else ""
        lower = f"lower the learning rate (--set lr={self.recipe.lr / FACTOR:.2g}){tune}, with another --name"
        if 2 * self.diverged > self.runs:
            return f"the training loss of {self.label} rose or broke off: {lower}; more seeds would not help"
        if not self.learned_nothing:
            return f"no later epoch of {self.label} was better on validation data: {lower}"
        return (
            f"train longer ({self._longer}) and raise the learning rate (--set lr={FACTOR * self.recipe.lr:.2g}){tune}, "
            "with another --name; more seeds would not help"
        )

    @property
    def _longer(self) -> str:
        """The option that makes a run longer."""
        kind, _, value = self.budget.partition("=")
        if value:
            return f"--budget {kind}={FACTOR * float(value):g}"
        return f"--epochs {max(10, FACTOR * self.recipe.epochs)}"

    @property
    def by_chance(self) -> str:
        """Words for a score that is above the guess, and not by more than chance."""
        return ", beyond chance," if self.unbeaten is not None and self.score > self.unbeaten.score else ""

    def _counted(self, some: int) -> str:
        return "its one run" if self.runs == 1 else f"{some} of {self.runs} runs"


def learning_of(results: Sequence[Result], recipe: Recipe, *, budget: str, can_tune: bool) -> Learning:
    """Gather the evidence of the runs of one contender, which `recipe` trained; of folds one by one."""
    task = results[0].to_learn
    score = sum(result.score for result in results) / len(results)
    runs = [fold for result in results for fold in result.folds or (result,)]
    unbeaten = task.unbeaten_guess(score, (result.predictions() for result in results))
    first_best = [run for run in runs if run.best_epoch == 1 and (run.validation_score or 0.0) < 1]
    return Learning(
        label=results[0].contender,
        runs=len(runs),
        score=score,
        recipe=recipe,
        budget=budget,
        can_tune=can_tune,
        unbeaten=unbeaten,
        untrained=sum(run.failed is not None and not run.diverged for run in runs),
        diverged=0 if unbeaten is None else sum(_diverged(run) for run in runs),
        first_best=sum(len(run.history()) >= FEWEST_EPOCHS for run in first_best),
    )


def with_learning(verdict: Verdict, reference: Learning, contender: Learning) -> Verdict:
    """Return a verdict that begins with what was not learned, and advises to train otherwise instead of more seeds."""
    both = (reference, contender)
    opening = opening_of(both)
    if not opening:
        return verdict
    worst = max(both, key=lambda each: (each.learned_nothing, bool(each.problem)))
    unlearned = tuple(each.label for each in both if each.learned_nothing)
    return replace(
        verdict, opening=opening, unlearned=unlearned, advice=worst.advice, needed_seeds=None, needed_images=None
    )


def opening_of(several: Sequence[Learning]) -> str:
    """Say of contenders that they learned nothing, or nothing after the first epoch; empty where none is such.

    Of more than two, only those that learned nothing are named.
    """
    found = [each for each in several if each.learned_nothing or (each.problem and len(several) < 3)]
    at_chance = [each for each in several if each.unbeaten is not None]
    if len(at_chance) < 2 or len({each.unbeaten for each in at_chance}) > 1:
        return "; ".join(f"{each.label} {each.problem}" for each in found)
    guess = at_chance[0].unbeaten
    assert guess is not None
    more = f"more{max(each.by_chance for each in at_chance)} than {guess.words}"
    *labels, last = (each.label for each in at_chance)
    if len(at_chance) == len(several):
        return (
            f"Neither {labels[0]} nor {last} has learned {more}"
            if len(labels) == 1
            else (f"None of {len(several)} contenders has learned {more}")
        )
    others = "".join(f"; {each.label} {each.problem}" for each in found if each not in at_chance)
    return f"{', '.join(labels)} and {last} have learned no {more}{others}"


def _diverged(run: Result) -> bool:
    """Whether the loss was not finite, or that on training data rose from the first epoch to the last."""
    return "finite" in (run.failed or "") or loss_rose(run.history())


def loss_rose(history: Sequence[EpochMetrics]) -> bool:
    """Whether the training loss was clearly higher in the last epoch than in the first, or not a number."""
    return bool(history) and not history[-1].train_loss <= CLEARLY * history[0].train_loss
