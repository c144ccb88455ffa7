"""A study with its runs done: results, verdicts, and the best model."""

from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Float

from skipwise.data import DataManifest, Dataset, StoredData
from skipwise.deployment import Model
from skipwise.errors import UserError
from skipwise.networks.dotted import trust_folder
from skipwise.statistics import Verdict, decide_each, shared_alpha
from skipwise.studies.baseline import BASELINE, Baseline, read_baseline
from skipwise.studies.folder import StudyFolder
from skipwise.studies.learning import Learning, learning_of, with_learning
from skipwise.studies.looks import record_look
from skipwise.studies.record import StudyRecord
from skipwise.studies.results import NO_MODEL, Result, scores
from skipwise.training.record import RUN

ALPHA = 0.05
MARGIN = 0.01


class Study:
    """A study as its folder tells it. Only seeds whose runs are all done are looked at."""

    def __init__(self, folder: StudyFolder, design: StudyRecord) -> None:
        self.folder = folder
        self.design = design
        self.seeds = tuple(
            seed
            for seed in design.seeds
            if all(
                (path / RUN).exists()
                for contender in design.contenders
                for path in folder.run_folders(design, contender, seed)
            )
        )

    @classmethod
    def open(cls, path: str | Path, *, trust: bool = False) -> "Study":
        """The study in a folder. Raises UserError where there is none, or where no seed is done.

        With `trust` the programs that its files name are imported and run; without it they are refused.
        """
        if trust:
            trust_folder(path)
        folder = StudyFolder.open(Path(path))
        design = folder.design()
        assert design is not None
        study = cls(folder, design)
        if not study.seeds:
            raise UserError(f"No seed of {path} is done for every contender: finish it with `{design.command}`.")
        return study

    @property
    def path(self) -> Path:
        return self.folder.path

    @property
    def report(self) -> Path:
        """Where the page is, once it is built."""
        return self.folder.file("report.html")

    @cached_property
    def stored(self) -> StoredData:
        """Its data as its folder keeps them."""
        return StoredData.read(self.path)

    @property
    def manifest(self) -> DataManifest:
        """The manifest of its data."""
        return self.stored.manifest

    @cached_property
    def dataset(self) -> Dataset:
        """Its data, for who looks at examples again. Raises UserError where the cache is gone."""
        return self.design.to_learn.load(self.stored)

    @cached_property
    def results(self) -> dict[str, list[Result]]:
        """The runs of each contender, by label, in the order of the seeds."""
        return {
            contender.label: [
                Result.of_folds(self.folder.run_folders(self.design, contender, seed), contender.label)
                for seed in self.seeds
            ]
            for contender in self.design.contenders
        }

    @property
    def alpha(self) -> float:
        """The error of one look: declared looks share it."""
        return shared_alpha(ALPHA, self.design.looks)

    @cached_property
    def scores(self) -> dict[str, Float[np.ndarray, "seeds examples"]]:
        """Of each contender, the score of each test example."""
        found = {label: scores(results) for label, results in self.results.items()}
        sizes = {label: of_label.shape[1] for label, of_label in found.items()}
        if len(set(sizes.values())) > 1:
            told = ", ".join(f"{size} of {label}" for label, size in sizes.items())
            raise UserError(
                f"{self.path} is damaged (its runs were tested on different examples: {told}): train it again."
            )
        return found

    @cached_property
    def baseline(self) -> Baseline | None:
        """The baseline beside every contender, where the task has one."""
        return read_baseline(self.folder.file(BASELINE), self.design, len(self.manifest.classes))

    @cached_property
    def verdicts(self) -> dict[str, Verdict]:
        """The verdict on each contender that is compared with another, by label."""
        comparisons = self.design.comparisons
        if not comparisons:
            return {}
        failures = {label: [result.failed is not None for result in of] for label, of in self.results.items()}
        verdicts = decide_each(comparisons, self.scores, failures, margin=MARGIN, alpha=self.alpha)
        learned = self.learning
        return {
            verdict.contender: with_learning(verdict, learned[verdict.reference], learned[verdict.contender])
            for verdict in verdicts
        }

    @cached_property
    def learning(self) -> dict[str, Learning]:
        """The evidence on what each contender learned, by label."""
        can_tune = "tune" in self.design.study_kind.fields and not self.design.tuned
        return {
            contender.label: learning_of(
                self.results[contender.label], contender.recipe, budget=self.design.budget, can_tune=can_tune
            )
            for contender in self.design.contenders
        }

    @property
    def decided(self) -> bool:
        """Whether there is nothing left to decide: each contender is better, worse or equivalent."""
        return all(verdict.direction != "undecided" or verdict.equivalent for verdict in self.verdicts.values())

    @property
    def learned_nothing(self) -> bool:
        """Whether no verdict is on a contender that learned anything, so that more seeds would be in vain."""
        return bool(self.verdicts) and all(len(verdict.unlearned) == 2 for verdict in self.verdicts.values())

    @property
    def look_sentence(self) -> str | None:
        """Of a study with declared looks: at which it stands, and what was saved by not going on."""
        looks, now = self.design.looks, len(self.seeds)
        if now not in looks:
            return None
        total = max(looks) * len(self.design.contenders) * len(self.design.fold_numbers)
        saved = total - now * len(self.design.contenders) * len(self.design.fold_numbers)
        what = "decided" if self.decided else "not decided"
        spared = f": {saved} of {total} runs saved" if saved and self.decided else ""
        return (
            f"{what} at look {looks.index(now) + 1} of {len(looks)}, declared before the first run at "
            f"{', '.join(map(str, looks))} seeds and sharing the 5 % error, so that each has {100 * self.alpha:.3g} %{spared}"
        )

    @property
    def verdict(self) -> Verdict:
        """The verdict on the second contender. Raises UserError in a study of one contender."""
        if not self.verdicts:
            raise UserError(f"{self.path} has one contender: a verdict needs two.")
        return next(iter(self.verdicts.values()))

    def look(self) -> list[str]:
        """Record that the verdicts are being shown; gives the cautions that concern all of them."""
        if not self.verdicts:
            return []
        labels = [contender.label for contender in self.design.contenders]
        caution = record_look(
            self.folder.file("looks.jsonl"),
            seeds=len(self.seeds),
            contenders=labels,
            alpha=self.alpha,
            declared=self.design.looks,
        )
        undone = len(self.design.seeds) - len(self.seeds)
        begun = [contender.label for contender in self.design.contenders if contender.recipe.pretrained]
        unequal = (
            f"{', '.join(begun)} began with pretrained weights and the others did not: this is no study of twins, and "
            "says nothing about the shortcut"
            if 0 < len(begun) < len(labels)
            else None
        )
        unfinished = f"unfinished: {undone} of {len(self.design.seeds)} seeds are not done" if undone else None
        return [sentence for sentence in (self.look_sentence, caution, unequal, unfinished) if sentence]

    @cached_property
    def best_result(self) -> Result | None:
        """The best run, by validation, of the contender best by mean validation score, then the cheaper one.

        A run that failed is not the best where another did not; one that diverged never is: None where all of them did.
        """

        def merit(label: str) -> tuple[float, int]:
            results = self.results[label]
            return sum(result.merit for result in results) / len(results), -results[0].multiply_adds

        best = max(self.results[max(self.results, key=merit)], key=lambda result: result.merit)
        return None if best.merit == NO_MODEL else best

    @cached_property
    def best(self) -> Model:
        """The model of the best run. Raises UserError where every run diverged."""
        if self.best_result is None:
            raise UserError(
                f"No run of {self.path} came to its end with finite numbers, so that there is no model: lower the learning rate."
            )
        return Model.load(self.best_result.folder)
