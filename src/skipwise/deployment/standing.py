"""The standing of a model: which run it is, and how far its answers can be trusted."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A run's test score, and that of guessing without looking at examples. Scores are fractions.

    `beats_guess`: whether it is better by more than two standard errors of the guess; None where no guess is known.
    """

    contender: str
    seed: int
    fold: int | None
    score_name: str
    test_score: float
    guess: str
    guess_score: float | None
    beats_guess: bool | None
    failed: str | None

    @property
    def words(self) -> str:
        """The standing in a line."""
        fold = "" if self.fold is None else f", fold {self.fold}"
        said = f"{self.contender}, seed {self.seed}{fold}: test {self.score_name} {_percent(self.test_score)}"
        if self.guess_score is not None:
            said += f", {self.guess} {_percent(self.guess_score)}"
            said += "" if self.beats_guess else "; this may be chance: do not rely on these answers"
        return said + (f"; the run counts as failed: {self.failed}" if self.failed else "")


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f} %"
