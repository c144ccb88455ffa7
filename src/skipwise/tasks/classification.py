"""Classification, of whatever: the loss, the answer, and the score of each example."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from skipwise.data import Batch
from skipwise.data.array_checks import FRACTIONS, WHOLE, Expected, check_arrays, check_range
from skipwise.errors import unknown
from skipwise.recipe import Recipe
from skipwise.tasks.attributable import Answer
from skipwise.tasks.imbalance import objective
from skipwise.tasks.task import Guess, Prediction, Predictions, Task, TrainingStep

CHANCE = 2.0
"""Standard errors of a training accuracy by which a run must be better: a dead network is right on .503 of two classes,
too.
"""

ANSWERS = {
    "probabilities": Expected(FRACTIONS, ("examples", "classes")),
    "labels": Expected(WHOLE, ("examples",)),
}
"""The arrays of answers, as check_arrays compares them."""

COLUMNS = ("file", "answer", "probability", "warning")
"""Of a table of predictions, beside those of the classes."""


@dataclass(frozen=True, kw_only=True)
class ClassPrediction(Prediction):
    """The class of an example, and the probability of every class."""

    label: str
    probability: float
    probabilities: dict[str, float]

    @property
    def words(self) -> str:
        return f"{self.label}  {self.probability:.3f}"

    def rows(self) -> list[dict[str, str | float]]:
        """One row, with a column for the probability of each class."""
        own: dict[str, str | float] = {"answer": self.label, "probability": self.probability}
        return [own | {f"class {name}" if name in COLUMNS else name: p for name, p in self.probabilities.items()}]


class Classification(Task):
    """One class for each example. Answers are `probabilities` of each class and the true `labels`."""

    sections = ("confusion", "class scores", "calibration")
    right_or_wrong = True

    def training_step(self, dataset: Any, recipe: Recipe, device: str) -> TrainingStep:
        """Cross-entropy, treated for imbalance; of mixed examples by the share of each label."""
        treated = objective(
            recipe.imbalance, recipe.label_smoothing, dataset.labels[dataset.train], len(dataset.classes), device
        )

        def teach(network: nn.Module, batch: Batch, done: float) -> tuple[Tensor, float]:
            logits: Tensor = network(batch.inputs)
            losses = treated.losses(logits, batch.targets, done)
            if batch.mix_weight is not None and batch.other_targets is not None:
                losses = batch.mix_weight * losses + (1 - batch.mix_weight) * treated.losses(
                    logits, batch.other_targets, done
                )
            right = (logits.detach().argmax(1) == batch.targets).sum()
            return losses.mean(), right.item()

        return teach

    def eval_step(self, network: nn.Module, batch: Batch) -> tuple[Predictions, float]:
        logits: Tensor = network(batch.inputs)
        loss = F.cross_entropy(logits.float(), batch.targets)
        probabilities = logits.float().softmax(1)
        return {"probabilities": probabilities.cpu().numpy(), "labels": batch.targets.cpu().numpy()}, loss.item()

    def guess(self, answers: Predictions) -> tuple[str, float] | None:
        labels = answers.get("labels")
        return None if labels is None else ("always naming the commonest class", commonest_share(labels))

    def fallback_predictions(self, dataset: Any, indices: Int[np.ndarray, "some"]) -> Predictions:
        """The commonest class of the training examples."""
        probabilities = np.zeros((len(indices), len(dataset.classes)), np.float32)
        probabilities[:, np.bincount(dataset.labels[dataset.train]).argmax()] = 1
        return {"probabilities": probabilities, "labels": dataset.labels[indices]}

    def failure(
        self, dataset: Any, recipe: Recipe, train_score: float | None, fitted: Predictions | None
    ) -> str | None:
        """No better than always naming the commonest class, beyond what chance makes of one answer after another.

        Examples are mixed in training or classes weighted by some recipes, so that training accuracy means something
        else: there the mean recall on `fitted` must be above that of a single answer.
        """
        if fitted is not None and (recipe.mixup or recipe.cutmix or recipe.imbalance != "none"):
            recall, classes = mean_recall(fitted), len(np.unique(fitted["labels"]))
            if recall <= 1 / classes:
                return f"mean recall {recall:.3f} on training {self.examples} is no better than naming one of {classes} classes"
            return None
        commonest = commonest_share(dataset.labels[dataset.train])
        if train_score is not None and train_score <= reached_by_chance(commonest, len(dataset.train)):
            how = "no better than" if train_score <= commonest else "by no more than chance above"
            return f"training accuracy {train_score:.3f} is {how} always naming the commonest class ({commonest:.3f})"
        return None

    def unbeaten_guess(self, score: float, runs: Iterable[Predictions]) -> Guess | None:
        """Always naming the commonest class; a mean recall above chance shows that more than that was learned, too."""
        if not self._scores_classes:
            return None
        several = iter(runs)
        first = next(several)
        commonest = commonest_share(first["labels"])
        if score > reached_by_chance(commonest, len(first["labels"])):
            return None
        recalls = [(mean_recall(answers), *recall_by_chance(answers)) for answers in (first, *several)]
        recall, expected, deviation = np.mean(recalls, axis=0)
        if recall > expected + CHANCE * deviation:
            return None
        share = f"{100 * commonest:.1f} % of {len(first['labels'])} test {self.examples}"
        return Guess(words=f"always naming the commonest class ({share})", score=commonest)

    @property
    def _scores_classes(self) -> bool:
        """Whether answers are those of classes: a task of one's own may have others, and scores of them."""
        return type(self).scores is Classification.scores

    def check_answers(self, answers: Predictions, classes: int) -> None:
        super().check_answers(answers, classes)
        if self._scores_classes:
            check_arrays(answers, ANSWERS, {"classes": classes})
            check_range("labels", answers["labels"], 0, classes - 1)

    def scores(self, answers: Predictions) -> Float[np.ndarray, "examples"]:
        return right_answers(answers).astype(np.float64)


def right_answers(answers: Predictions) -> Bool[np.ndarray, "examples"]:
    """Whether each example is answered rightly: the class of highest probability is its label."""
    right: Bool[np.ndarray, examples] = answers["probabilities"].argmax(1) == answers["labels"]
    return right


def mean_recall(answers: Predictions) -> float:
    """The share of each class that is answered rightly, averaged over the classes that there are."""
    right, labels = right_answers(answers), answers["labels"]
    return float(np.mean([right[labels == label].mean() for label in np.unique(labels)]))


def recall_by_chance(answers: Predictions) -> tuple[float, float]:
    """Return the mean recall that answers of these frequencies have where they know nothing, and its standard error."""
    classes = answers["probabilities"].shape[1]
    examples = np.bincount(answers["labels"], minlength=classes)
    named = np.bincount(answers["probabilities"].argmax(1), minlength=classes) / len(answers["labels"])
    there = examples > 0
    variances = named[there] * (1 - named[there]) / examples[there]
    return float(named[there].mean()), float(sqrt(variances.sum()) / there.sum())


def reached_by_chance(commonest: float, examples: int) -> float:
    """Return the accuracy up to which so many answers are no better than always naming the commonest class."""
    by_chance = CHANCE * sqrt(commonest * (1 - commonest) / examples)
    return commonest + min(by_chance, (1 - commonest) / 2)


def commonest_share(labels: Int[np.ndarray, "examples"]) -> float:
    """The accuracy of always naming the commonest class."""
    return float(np.bincount(labels).max() / len(labels))


def answered(logits: Float[Tensor, "1 classes"], classes: Sequence[str], label: str | None) -> Answer:
    """The likeliest class, or this one. Raises UserError for an unknown class."""
    if label is not None and label not in classes:
        raise unknown("class", label, classes)
    probabilities = logits.detach().float().softmax(1)[0]
    own = int(probabilities.argmax())
    index = own if label is None else list(classes).index(label)
    instead = "" if index == own else f"{classes[own]} {float(probabilities[own]):.2f}"
    return Answer(index=index, label=classes[index], score=float(probabilities[index]), instead=instead)


def named(
    files: Sequence[str], probabilities: Float[np.ndarray, "examples classes"], classes: Sequence[str]
) -> list[Prediction]:
    """The answers of a classifier in words."""
    return [
        ClassPrediction(
            file=file,
            label=classes[int(row.argmax())],
            probability=float(row.max()),
            probabilities=dict(zip(classes, row.tolist(), strict=True)),
        )
        for file, row in zip(files, probabilities, strict=True)
    ]
