"""How long a run is: so many epochs, so many steps, or so many seconds."""

from dataclasses import dataclass

from skipwise.recipe import Recipe
from skipwise.training.checkpoint import Progress
from skipwise.training.optimizers import learning_rate

ROUNDS = 40
"""Where the length is not in epochs, validation data judge at most so often: short epochs are many."""
CLOCK = 10_000
"""Parts that a run of so many seconds is divided into for its learning rate."""


@dataclass(frozen=True, kw_only=True)
class Length:
    """The end of a run and the times to judge it, by its recipe and the steps of an epoch.

    A length in steps or seconds goes before one in epochs. Seconds are those of training alone, without validation.
    """

    recipe: Recipe
    steps_per_epoch: int

    @property
    def steps(self) -> int:
        """Of the whole run; what they would be by epochs where seconds decide."""
        return self.recipe.steps or self.recipe.epochs * self.steps_per_epoch

    def fraction_done(self, progress: Progress) -> float:
        """How much of the run is done, from 0 to 1."""
        if self.recipe.seconds:
            return min(1.0, progress.seconds / self.recipe.seconds)
        return min(1.0, progress.done / self.steps)

    def over(self, progress: Progress) -> bool:
        return self.fraction_done(progress) >= 1

    def round_over(self, progress: Progress) -> bool:
        """Whether the epoch that has just ended is to be judged."""
        by_epochs = not self.recipe.seconds and not self.recipe.steps
        return by_epochs or self.over(progress) or self.fraction_done(progress) >= (progress.rounds + 1) / ROUNDS

    def rounds_begun(self, progress: Progress) -> int:
        """The rounds that this share of the run has finished."""
        return int(self.fraction_done(progress) * ROUNDS)

    def rate(self, progress: Progress) -> float:
        """The learning rate of the next step."""
        if self.recipe.seconds:
            return learning_rate(self.recipe, min(CLOCK - 1, int(self.fraction_done(progress) * CLOCK)), CLOCK)
        return learning_rate(self.recipe, progress.done, self.steps)
