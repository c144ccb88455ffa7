"""The training loop of one run: exact after any interruption."""

import math
import time
from collections.abc import Callable, Collection
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from skipwise.data.stream import Batch, Stream
from skipwise.networks import Network, key_masks
from skipwise.recipe import Recipe
from skipwise.tasks import Task
from skipwise.training.average import Average
from skipwise.training.checkpoint import CHECKPOINT, Checkpoint, Progress, State, load_checkpoint, save_checkpoint
from skipwise.training.evaluate import evaluate
from skipwise.training.finite import not_finite
from skipwise.training.gradients import EVERY, gradient_norms, root_mean_squares, weights_by_place
from skipwise.training.length import Length
from skipwise.training.metrics import METRICS, EpochMetrics, write_metrics
from skipwise.training.optimizers import optimizer, weights
from skipwise.training.plan import ComputePlan

SECONDS_BETWEEN_CHECKPOINTS = 30.0


@dataclass(frozen=True, kw_only=True)
class Tick:
    """Where a run stands, told after each step: loss and score are means since validation data last judged.

    `progress` is the fraction of the run that is done; `score` is None where training knows none, `validation_score`
    before the first.
    """

    epoch: int
    step: int
    steps_per_epoch: int
    progress: float
    loss: float
    score: float | None
    validation_score: float | None


class Stopped(Exception):  # noqa: N818
    """The run was asked to stop; its checkpoint is written."""


class Loop:
    """Trains one network by a recipe over a stream and keeps the weights of the best epoch by validation.

    With `gradients` it also notes how large they are along the network.
    """

    def __init__(
        self,
        task: Task,
        network: nn.Module,
        recipe: Recipe,
        stream: Stream[Any],
        plan: ComputePlan,
        folder: Path,
        backbone: Collection[str] = (),
        *,
        gradients: bool = True,
    ) -> None:
        self.task = task
        self.network = network
        self.frozen = set(backbone) if recipe.backbone_lr_multiplier == 0 else set()
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(name not in self.frozen)
        for module in network.modules():
            if isinstance(module, Network):
                module.recompute = recipe.checkpointing
        self.recipe = recipe
        self.stream = stream
        self.length = Length(recipe=recipe, steps_per_epoch=stream.steps_per_epoch)
        self.plan = plan
        self.folder = folder
        self.optimizer = optimizer(network, recipe, backbone)
        self.teach = task.training_step(stream.dataset, recipe, plan.device)
        self.average = Average(network, recipe.ema) if recipe.ema else None
        self.watched = weights_by_place(network) if gradients else {}
        self.progress = Progress()
        self.best: State = {}
        self._resume()

    def run(self, tell: Callable[[Tick], None], should_stop: Callable[[], bool]) -> Progress:
        """Train to the end. Raises Stopped after writing a checkpoint when `should_stop` says so."""
        while (self.progress.step or not self.length.over(self.progress)) and self.progress.failed is None:
            self._train_epoch(tell, should_stop)
            self._check_finite()
            if self.progress.failed is None:
                self._close_epoch()
            self._save()
        return self.progress

    def _train_epoch(self, tell: Callable[[Tick], None], should_stop: Callable[[], bool]) -> None:
        self.train_mode()
        progress, totals = self.progress, self.progress.totals
        saved = started = time.monotonic()
        for batch in self.stream.epoch(progress.epoch, progress.step):
            if self.length.over(progress):
                return
            loss, score = self.train_step(batch)
            progress.step += 1
            progress.done += 1
            if self.average is not None:
                self.average.update(self.network, progress.done)
            totals["loss"] += loss * len(batch)
            totals["score"] += math.nan if score is None else score
            totals["seen"] += len(batch)
            now = time.monotonic()
            totals["seconds"] += now - started
            started = now
            if progress.done % EVERY == 0 or not math.isfinite(loss):
                self._check_finite()
                if progress.failed is not None:
                    return
            tell(self._tick())
            if should_stop():
                self._save(durable=True)
                raise Stopped
            if now - saved > SECONDS_BETWEEN_CHECKPOINTS:
                self._save(durable=True)
                saved = started = time.monotonic()

    def train_mode(self) -> None:
        """Ready to learn; normalisations of a frozen backbone keep their statistics."""
        self.network.train()
        for name, module in self.network.named_modules():
            if f"{name}.weight" in self.frozen and hasattr(module, "running_mean"):
                module.eval()

    def train_step(self, batch: Batch) -> tuple[float, float | None]:
        """One step down the gradient. Gives the batch's mean loss and its summed scores, if the task knows them."""
        key_masks(self.network, self.stream.seed, self.progress.done)
        self.progress.rate = self.length.rate(self.progress)
        for group in self.optimizer.param_groups:
            group["lr"] = group["share"] * self.progress.rate
        self.optimizer.zero_grad(set_to_none=True)
        with self.plan.autocast():
            loss, score = self.teach(self.network, batch, self.length.fraction_done(self.progress))
        penalised = loss
        if self.recipe.l1:
            penalised = loss + self.recipe.l1 * sum(weight.abs().sum() for weight in weights(self.network))
        penalised.backward()  # type: ignore[no-untyped-call]
        self._watch_gradients()
        self.optimizer.step()
        return loss.item(), score

    def _check_finite(self) -> None:
        """Fail the run where loss, gradients or weights are not: taps that no pixel reaches would not show in the loss.

        Weights that broke stay broken, so that it is enough to look at every tenth step and where an epoch ends.
        """
        gradients = {f"the gradient of {name}": each.grad for name, each in self.network.named_parameters()}
        numbers = {name: gradient for name, gradient in gradients.items() if gradient is not None}
        if not math.isfinite(self.progress.totals["loss"]):
            self.progress.failed = f"the loss was no longer finite in epoch {self.progress.epoch + 1}"
        elif name := not_finite({**numbers, **self.network.state_dict()}):
            self.progress.failed = f"{name} was no longer finite at step {self.progress.done}"

    def _watch_gradients(self) -> None:
        """Note how large the gradient is, at the first step after validation data judged and at every tenth."""
        norms = self.progress.norms
        if self.watched and (not norms or self.progress.done % EVERY == 0):
            for name, norm in gradient_norms(self.watched).items():
                norms.setdefault(name, []).append(norm)

    def _close_epoch(self) -> None:
        """Begin the next epoch, after judging on validation data where it is time to."""
        self.progress.epoch += 1
        self.progress.step = 0
        if self.length.round_over(self.progress):
            self._judge()
            self.progress.rounds = self.length.rounds_begun(self.progress)
            self.progress.totals, self.progress.norms = Progress().totals, {}

    def _judge(self) -> None:
        """Judge the network, or its average, on validation data, and keep its weights if they are the best so far."""
        with self.average.in_place_of(self.network) if self.average is not None else nullcontext():
            self._judge_as_it_is()

    def _judge_as_it_is(self) -> None:
        progress, totals = self.progress, self.progress.totals
        dataset = self.stream.dataset
        answers, validation_loss = evaluate(self.task, self.network, self.stream, dataset.validation, self.plan)
        score = self.task.score(answers)
        finite = math.isfinite(validation_loss)  # weights that broke in the last step answer nothing
        if finite and (score, -validation_loss) > (progress.best_score, -progress.best_loss):
            progress.best_epoch = progress.epoch - 1
            progress.best_score, progress.best_loss = score, validation_loss
            self.best = {name: tensor.detach().clone() for name, tensor in self.network.state_dict().items()}
        progress.history.append(
            EpochMetrics(
                epoch=progress.epoch,
                train_loss=totals["loss"] / totals["seen"],
                train_score=self._training_score(),
                validation_loss=validation_loss if finite else None,
                validation_score=score,
                learning_rate=progress.rate,
                seconds=totals["seconds"],
                examples_per_second=totals["seen"] / totals["seconds"],
                gradients=root_mean_squares(progress.norms),
            )
        )

    def _training_score(self) -> float | None:
        """The mean since validation data last judged."""
        score = self.progress.totals["score"] / self.progress.totals["seen"]
        return None if math.isnan(score) else score

    def _tick(self) -> Tick:
        totals = self.progress.totals
        return Tick(
            epoch=self.progress.epoch,
            step=self.progress.step,
            steps_per_epoch=self.stream.steps_per_epoch,
            progress=self.length.fraction_done(self.progress),
            loss=totals["loss"] / totals["seen"],
            score=self._training_score(),
            validation_score=self.progress.history[-1].validation_score if self.progress.history else None,
        )

    def _save(self, *, durable: bool = False) -> None:
        write_metrics(self.folder / METRICS, self.progress.history)
        save_checkpoint(
            self.folder / CHECKPOINT,
            Checkpoint(
                progress=self.progress,
                network=self.network.state_dict(),
                optimizer=self.optimizer.state_dict(),
                best=self.best,
                average=self.average.state if self.average is not None else {},
            ),
            durable=durable,
        )

    def _resume(self) -> None:
        loaded = load_checkpoint(self.folder / CHECKPOINT, self.plan.device)
        if loaded is not None:
            self.progress, self.best = loaded.progress, loaded.best
            self.network.load_state_dict(loaded.network)
            self.optimizer.load_state_dict(loaded.optimizer)
            if self.average is not None:
                self.average.state = loaded.average
