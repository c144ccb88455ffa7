"""A finished run as a model that answers for new examples."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor, nn

from skipwise.deployment import familiar
from skipwise.deployment.examples import (
    Given,
    NewExample,
    Unanswered,
    as_words,
    given_examples,
    named_as_given,
    renamed,
)
from skipwise.deployment.standing import Standing
from skipwise.errors import UserError, clause, reason_of
from skipwise.networks import Architecture, fuse
from skipwise.networks.dotted import trust_folder
from skipwise.regular_files import read_regular
from skipwise.tasks import Prediction, task_named
from skipwise.tasks.traits import joined
from skipwise.training.finite import not_finite
from skipwise.training.predictions import read_predictions
from skipwise.training.record import MODEL, RUN, RunRecord, read_run

AT_ONCE, MEMORY = 64, 2**28
"""Examples of a batch at most, and bytes that its activations may take."""

GROWN = 2
"""Times the recorded activations that an input may take by today's count: another version may count otherwise."""


class Model:
    """The network of one run with the weights of its best epoch, and the record that says how examples come to it."""

    def __init__(self, network: nn.Module, record: RunRecord, folder: Path) -> None:
        self.network = network.eval()
        self.record = record
        self.folder = folder
        self.task = task_named(record.task)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that it tells apart."""
        return self.record.input_spec.classes

    @classmethod
    def load(cls, folder: str | Path, *, trust: bool = False) -> "Model":
        """Return the model of a run's folder. Raises UserError where there is no finished run, or none with weights.

        With `trust` the programs that its run.json names are imported and run; without it they are refused.
        """
        folder = Path(folder)
        if trust:
            trust_folder(folder)
        network, record = trained_network(folder)
        check_finite(network, folder)
        return cls(fuse(network), record, folder)

    def predict(self, examples: Any) -> list[Prediction]:
        """Return the prediction for each new example: files, folders, tables, PIL images, uint8 arrays; of texts also
        the texts themselves. One alone may stand without a list.

        Raises UserError naming those that cannot be read, of which `answers` keeps the others.
        """
        found = list(self.answers(self.given(examples)))
        bad = [answer.reason for answer in found if isinstance(answer, Unanswered)]
        if bad:
            more = f" And {len(bad) - 1} more of {len(found)} examples have no answer." if len(bad) > 1 else ""
            raise UserError(f"{bad[0]}{more}")
        return [answer for answer in found if isinstance(answer, Prediction)]

    def given(self, examples: Any) -> Given:
        """Return every example that is given, folders and tables unfolded. Raises UserError for what can be none."""
        return given_examples(examples, self.task)

    def answers(self, given: Given, told: Callable[[int], None] | None = None) -> Iterator[Prediction | Unanswered]:
        """Yield the answer for each example in order, batch by batch, or why there is none; `told` hears how many."""
        size = self.batch_size
        for start in range(0, len(given.examples), size):
            batch = given.examples[start : start + size]
            answered = iter(self._answered([each for each in batch if isinstance(each, NewExample)]))
            for each in batch:
                yield each if isinstance(each, Unanswered) else next(answered)
            if told is not None:
                told(start + len(batch))

    @property
    def batch_size(self) -> int:
        """Examples that are answered at once."""
        return int(np.clip(MEMORY // max(1, self.record.activation_bytes), 1, AT_ONCE))

    @cached_property
    def standing(self) -> Standing:
        """Which run this is, and how good its answers were on test examples."""
        record = self.record
        try:
            tested, _ = read_predictions(self.folder, "test", self.task, len(self.classes))
            guess = self.task.guess(tested)
        except UserError:
            tested, guess = {}, None
        name, score = guess or ("", None)
        count = len(next(iter(tested.values()), ()))
        chance = 2 * sqrt(score * (1 - score) / count) if score is not None and count else 0.0
        return Standing(
            contender=record.contender.label,
            seed=record.seed,
            fold=record.fold,
            score_name=self.task.score_name,
            test_score=record.score,
            guess=name,
            guess_score=score,
            beats_guess=None if score is None else record.score > score + chance,
            failed=record.failed,
        )

    @cached_property
    def familiar(self) -> familiar.Familiar | str:
        """The limits of what it knows from training, learned once and kept in its folder; or why there are none."""
        found = familiar.kept(self.folder, self.record.finished)
        if found is None:
            try:
                found = familiar.learn(self.network, self.task, self.record, self.folder, self.batch_size)
            except (OSError, ValueError, LookupError) as error:
                return f"Whether an example is unlike all it was trained on is not told ({clause(error)})."
            familiar.keep(found, self.folder)
        return found

    @property
    def must_learn(self) -> bool:
        """Whether it has to look at its study before it answers, which takes seconds for large networks."""
        return familiar.kept(self.folder, self.record.finished) is None

    def _answered(self, examples: Sequence[NewExample]) -> list[Prediction | Unanswered]:
        """Answer for a batch. Where an example cannot be read its halves are tried, so that the others are answered."""
        if not examples:
            return []
        words: list[str] = []
        try:
            with as_words(examples) as words:
                return list(self._predicted(examples, words))
        except UserError as error:
            if len(examples) == 1:
                reason = named_as_given(str(error), words, examples)
                return [Unanswered(file=examples[0].name, reason=reason)]
        half = len(examples) // 2
        return [*self._answered(examples[:half]), *self._answered(examples[half:])]

    def _predicted(self, examples: Sequence[NewExample], words: Sequence[str]) -> Iterator[Prediction]:
        task, spec = self.task, self.record.input_spec
        knows = self.familiar
        with torch.no_grad(), familiar.watching(self.network, features=task.compares_features) as seen:
            found = task.predict(self.network, words, spec)
        warnings = [""] * len(found)
        if isinstance(knows, familiar.Familiar) and sum(map(len, seen.inputs)) == len(found):
            traits = joined([task.traits(inputs, spec) for inputs in seen.inputs])
            features = familiar.features_of(seen)
            if features is not None and len(features) != len(found):
                features = None
            warnings = knows.warnings(traits, features, task.examples) or warnings
        for example, word, prediction, warning in zip(examples, words, found, warnings, strict=True):
            remarks = [remark for remark in (task.remark(word, spec), warning) if remark]
            yield renamed(replace(prediction, warning="; ".join(remarks)), example)


def trained_network(folder: Path) -> tuple[nn.Module, RunRecord]:
    """Return the network of a run's best epoch as it was trained, nothing merged, and the run's record.

    Raises UserError as Model.load does.
    """
    if not (folder / RUN).exists() and (folder / "study.json").exists():
        raise UserError(
            f"{folder} is a study of several runs: take the best one, as skipwise.Study.open({str(folder)!r}).best."
        )
    if not (folder / RUN).exists():
        raise UserError(
            f"{folder} holds no finished run (it has no run.json): name the folder of a run, as STUDY/runs/CONTENDER/0, or of a study."
        )
    record = read_run(folder)
    if not (folder / MODEL).exists():
        raise UserError(
            f"{folder} holds no weights: the run failed ({record.failed})."
            if record.validation_score is None
            else f"{folder / MODEL} is gone: delete the run's folder, and the command that made the study trains it again."
        )
    try:
        state = load(read_regular(folder / MODEL))  # by bytes: its path may have any
        _check_shapes(record, state)
        network = task_named(record.task).build(record.contender.network, record.input_spec, seed=0)
        network.load_state_dict(state)
    except UserError:
        raise
    except (SafetensorError, RuntimeError, OSError, ValueError, LookupError, TypeError, OverflowError) as error:
        raise UserError(
            f"{folder / MODEL} is damaged, or {RUN} is ({reason_of(error)}): delete the run's folder, and the command that made the "
            "study trains it again."
        ) from error
    return network, record


def check_finite(network: nn.Module, folder: Path) -> None:
    """Raises UserError where weights are not finite: such a network is looked into, and never answers."""
    if broken := not_finite(network.state_dict()):
        raise UserError(
            f"{folder / MODEL} is no model ({broken} holds numbers that are not finite): delete the run's folder, and the "
            "command that made the study trains it again."
        )


def _check_shapes(record: RunRecord, state: Mapping[str, Tensor]) -> None:
    """Raise ValueError where weights or inputs are not those of the record's network, before either takes memory."""
    if not isinstance(record.contender.network, Architecture):  # of a program, which may know no meta device
        return
    blocks = sum(stage.blocks for stage in record.contender.network.stages)
    if blocks > len(state):  # each has weights
        raise ValueError(f"it holds {len(state)} arrays, and in run.json are {blocks} blocks")
    task = task_named(record.task)
    with torch.device("meta"):
        network = task.build(record.contender.network, record.input_spec, seed=0)
    for name, wanted in network.state_dict().items():
        if name not in state or state[name].shape != wanted.shape:
            found = tuple(state[name].shape) if name in state else "not there"
            raise ValueError(f"{name} is {found}, and in run.json {tuple(wanted.shape)}")
    needed = task.cost(network, record.input_spec).activation_bytes
    if needed > GROWN * record.activation_bytes:
        raise ValueError(
            f"an input of the shape in run.json takes {needed:,} bytes, and one took {record.activation_bytes:,} in training"
        )
