"""The contract of a task: what is to be learned from data of one kind. All that a study knows of it is here."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Int
from torch import Tensor, nn

from skipwise.data import Batch, DataManifest, Dataset, InputSpec, Options, ProgressCallback, StoredData, Stream
from skipwise.data.images.folder import is_image
from skipwise.errors import UserError
from skipwise.networks import AnyNetwork, Cost, build, cost
from skipwise.recipe import RECIPE_FIELDS, Recipe
from skipwise.tasks.attributable import Attributable
from skipwise.tasks.traits import Trait, begins_as_image

Predictions = dict[str, np.ndarray]
"""Predictions on examples and the truth about them: arrays whose first axis are the examples."""
TrainingStep = Callable[[nn.Module, Batch, float], tuple[Tensor, float | None]]
"""From a network, a batch and the share of the run that is done: the batch's mean loss, and its summed scores if they
are known.
"""


@dataclass(frozen=True, kw_only=True)
class Prediction(ABC):
    """A model's prediction for one new example; `warning` says how it is unlike all that the model was trained on."""

    file: str
    warning: str = ""

    @property
    @abstractmethod
    def words(self) -> str:
        """The answer in a line."""

    def rows(self) -> list[dict[str, str | float]]:
        """Return the answer as rows of a table, by column: one, or as many as there are answers."""
        return [{"answer": self.words}]

    def draw_into(self, folder: Path) -> Path | None:
        """Write a picture of the answer, where one says more than words, and tell its file."""
        return None


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A way to answer that looks at no example, in words, and the score that it comes to."""

    words: str
    score: float


class Task(ABC):
    """A kind of learning: how data are read, a network's head, loss, scores, and how predictions are shown.

    A score is from 0 to 1, more is better, and that of a run is the mean over its examples; so it can be judged by
    the crossed t. One file with a subclass is a new task, named by a dotted path (`--task mine.Angles`).
    """

    name: ClassVar[str]
    """On the command line, and in the files of a study; a dotted path for a task of one's own."""
    examples: ClassVar[str] = "images"
    """The word for several examples."""
    names: ClassVar[Mapping[str, str]] = {}
    """Data known by name, and what they are."""
    score_name: ClassVar[str] = "accuracy"
    loss_name: ClassVar[str] = "cross-entropy (nats)"
    contenders: ClassVar[tuple[str, ...]] = ("plain32", "resnet32")
    """Of a comparison, unless others are named; the second one is the base of an ablation."""
    curve_contenders: ClassVar[tuple[str, ...]] = ("plain20", "resnet20")
    """Of a learning curve."""
    family: ClassVar[str] = "resnet"
    """Whose depths are compared: residual presets, the name before the number."""
    depths: ClassVar[tuple[int, ...]] = (8, 14, 20, 32, 44, 56)
    unsupported_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields of the recipe that mean nothing here."""
    sections: ClassVar[tuple[str, ...]] = ()
    """Of a report: names in `skipwise.reports.sections.task`, or dotted paths to functions of a study."""
    baseline: ClassVar[str | None] = None
    """The name of the baseline that stands beside every contender, if there is one."""
    can_fit: ClassVar[bool] = False
    """Whether a user may say how images of another shape come to their size."""
    right_or_wrong: ClassVar[bool] = False
    """Whether an example's score is 1 or 0."""
    eval_batch_size: ClassVar[int] = 500
    attribution: ClassVar[str] = "occlusion"
    """The method of maps that tells most here, unless one is asked for."""
    takes_images: ClassVar[bool] = True
    """Whether a new example is an image, so that Pillow's images and arrays are such, too."""
    compares_features: ClassVar[bool] = True
    """Whether what comes to the network's last layer tells how far a new example is from those of the study."""

    # Data

    @abstractmethod
    def prepare(self, data: str, options: Options, told: ProgressCallback | None) -> Dataset:
        """Read, check and split what `data` names. `told(done, total)` hears how it goes. Raises UserError."""

    @abstractmethod
    def load(self, stored: StoredData) -> Dataset:
        """The data set that a study's folder keeps, in any process."""

    @abstractmethod
    def stream(self, dataset: Any, recipe: Recipe, seed: int, device: str) -> Stream[Any]:
        """The training examples of a seed as a recipe shows them."""

    def described(self, dataset: Any, options: Options) -> list[str]:
        """Describe the data in a line; further lines say by which rules."""
        return [f"{len(dataset.labels)} {self.examples}, {len(dataset.classes)} classes"]

    def facts(self, manifest: DataManifest) -> list[tuple[str, str]]:
        """The same for a report: terms and what they are."""
        return []

    def recipe(self, dataset: Any, epochs: int | None) -> Recipe:
        """Return the recipe that every contender starts from on these data; fewer examples are shown more often."""
        shown = len(dataset.train)
        return Recipe(epochs=epochs or epochs_for(shown), batch_size=32 if shown < 1_000 else 128)

    def check(self, network: AnyNetwork, recipe: Recipe) -> None:
        """Raises UserError for what this task cannot train, or fields of the recipe that mean nothing here."""
        for name in sorted(self.unsupported_fields):
            if getattr(recipe, name) != _without(name):
                raise UserError(f"{name} cannot be set here: it means nothing for the task {self.name}.")

    def notes(self, network: AnyNetwork, dataset: Any) -> list[str]:
        """Return notes on what a network does to examples that one might not expect."""
        return []

    # The network

    def build(self, network: AnyNetwork, spec: InputSpec, seed: int) -> nn.Module:
        """The module for this input, its parameters drawn from the seed."""
        return build(network, spec.input_shape, len(spec.classes), seed)

    def cost(self, network: nn.Module, spec: InputSpec) -> Cost:
        """Return the cost for one example."""
        return cost(network, spec.input_shape)

    # Learning

    @abstractmethod
    def training_step(self, dataset: Any, recipe: Recipe, device: str) -> TrainingStep:
        """Return the loss of a batch, to learn from."""

    @abstractmethod
    def eval_step(self, network: nn.Module, batch: Batch) -> tuple[Predictions, float]:
        """Return the predictions of a network in eval mode on a batch, with the truth, and its mean loss."""

    def fallback_predictions(self, dataset: Any, indices: Int[np.ndarray, "some"]) -> Predictions:
        """Return the predictions of a network that learned nothing: they stand in for one whose loss was never
        finite.
        """
        raise UserError(
            f"The loss was not finite before the first epoch's end, and {self.name} has no answer for that."
        )

    def failure(
        self, dataset: Any, recipe: Recipe, train_score: float | None, fitted: Predictions | None
    ) -> str | None:
        """Why a run that came to its end has learned nothing, if so; `fitted` are answers on training examples."""
        return None

    def unbeaten_guess(self, score: float, runs: Iterable[Predictions]) -> Guess | None:
        """Return the guess that a contender does not beat on test examples, beyond chance; None where it does.

        `score` is the mean of its runs. A task without such a guess never finds one.
        """
        return None

    # Scores

    def check_answers(self, answers: Predictions, classes: int) -> None:
        """Raise ValueError for arrays of a file that cannot be answers, so that nothing else has to expect them."""
        lengths = {len(array) if array.ndim else 0 for array in answers.values()}
        if len(lengths) != 1 or 0 in lengths:
            raise ValueError("it does not hold as many answers of each kind, at least one")

    @abstractmethod
    def scores(self, answers: Predictions) -> Float[np.ndarray, "examples"]:
        """The score of each example, whose mean is what is compared."""

    def score(self, answers: Predictions) -> float:
        """The score of a run."""
        return float(self.scores(answers).mean())

    def difference(self, one: nn.Module, other: nn.Module, batch: Batch) -> float:
        """The largest difference between the answers of two networks that should be the same."""
        before, after = (self.eval_step(network, batch)[0] for network in (one, other))
        return max(float(np.abs(before[name] - after[name]).max()) for name in before if before[name].dtype.kind == "f")

    def baseline_answers(self, dataset: Any) -> Predictions:
        """Return the predictions on the test examples of the baseline, trained on the training examples; called where
        one is named.
        """
        raise NotImplementedError(f"{type(self).__name__} names the baseline {self.baseline!r} and does not train it")

    # Use

    def attributable(self, network: nn.Module, example: str, spec: InputSpec, label: str | None = None) -> Attributable:
        """A new example with what a network in eval mode answers, for maps of what speaks for it; or for this class.

        Raises UserError where the task has no such maps, for an example that cannot be read, and for an unknown class.
        """
        raise UserError(f"The task {self.name} does not say how its answers could be explained.")

    @abstractmethod
    def predict(self, network: nn.Module, examples: Sequence[str], spec: InputSpec) -> list[Prediction]:
        """Return a trained network's predictions for new examples, so few that they are one batch.

        An example is a file, or whatever a user wrote in its place. Raises UserError naming one that cannot be read.
        """

    def is_example(self, file: Path) -> bool:
        """Whether a file below a folder is to be answered for."""
        return is_image(file) or begins_as_image(file)

    def traits(self, inputs: Tensor, spec: InputSpec) -> list[Trait]:
        """Return numbers about inputs by which an example can be unlike those of the study."""
        return []

    def remark(self, example: str, spec: InputSpec) -> str:
        """Return what of a new example the network cannot see, "" where that is nothing."""
        return ""

    def guess(self, answers: Predictions) -> tuple[str, float] | None:
        """Return how one could answer without looking at examples, and the score of that, where it is known."""
        return None


def check_options(options: Options, task: Task) -> None:
    """Raises UserError for options that mean nothing for what the task's examples are."""
    if options.fit is not None and not task.can_fit:
        raise UserError(f"--fit is for images that get one class each: it means nothing for the task {task.name}.")
    for name in ("tokens", "text_column"):
        if getattr(options, name) is not None and task.takes_images:
            raise UserError(f"--{name.replace('_', '-')} is for texts: it means nothing for the task {task.name}.")


def epochs_for(training_examples: int) -> int:
    """Fewer examples are shown more often: 40 epochs below 1,000, 5 from 100,000 on."""
    for below, count in ((1_000, 40), (5_000, 20), (20_000, 15), (100_000, 10)):
        if training_examples < below:
            return count
    return 5


def _without(name: str) -> Any:
    """The value of a recipe's field that does without it."""
    return RECIPE_FIELDS[name].default
