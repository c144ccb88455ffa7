"""A finished run as a model that answers for new examples."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from skipwise.data import InputSpec
from skipwise.errors import UserError
from skipwise.networks import fuse, network_from_json
from skipwise.tasks import Prediction, task_named


class Model:
    """The network of one run with the weights of its best epoch, and what its input must be."""

    def __init__(self, network: nn.Module, about: dict[str, Any], folder: Path) -> None:
        self.network = network.eval()
        self.about = about
        self.folder = folder
        self.task = task_named(about["task"])
        self.input_spec = InputSpec.from_json(about["form"])

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that it tells apart."""
        return self.input_spec.classes

    @classmethod
    def load(cls, folder: str | Path) -> "Model":
        """The model of a run's folder. Raises UserError where there is no finished run, or none with weights."""
        folder = Path(folder)
        network, about = trained_network(folder)
        return cls(fuse(network), about, folder)

    @torch.no_grad()
    def predict(self, examples: Sequence[str | Path]) -> list[Prediction]:
        """What it answers about each new example, as a file. Raises UserError naming one that cannot be read."""
        return self.task.predict(self.network, [str(example) for example in examples], self.input_spec)


def trained_network(folder: Path) -> tuple[nn.Module, dict[str, Any]]:
    """The network of a run's best epoch as it was trained, nothing merged, and what its run.json says.

    Raises UserError as Model.load does.
    """
    if not (folder / "run.json").exists():
        raise UserError(
            f"{folder} holds no finished run (it has no run.json): name the folder of a run, as STUDY/runs/CONTENDER/0, or of a study."
        )
    try:
        about = json.loads((folder / "run.json").read_text())
    except (ValueError, OSError) as error:
        raise UserError(
            f"{folder / 'run.json'} is damaged ({error}): delete the run's folder, and the command that made the study trains "
            "it again."
        ) from error
    if "form" not in about:
        raise UserError(f"{folder} was written by an earlier version: run the command that made the study again.")
    if not (folder / "model.safetensors").exists():
        raise UserError(
            f"{folder} holds no weights: the run failed ({about['failed']})."
            if about["validation_score"] is None
            else f"{folder / 'model.safetensors'} is gone: delete the run's folder, and the command that made the study trains it again."
        )
    spec = InputSpec.from_json(about["form"])
    network = task_named(about["task"]).build(network_from_json(about["contender"]["network"]), spec, seed=0)
    try:
        network.load_state_dict(load_file(folder / "model.safetensors"))
    except (SafetensorError, RuntimeError) as error:
        raise UserError(
            f"{folder / 'model.safetensors'} is damaged ({error}): delete the run's folder, and the command that made the "
            "study trains it again."
        ) from error
    return network, about
