"""A finished run as a model that answers for new examples."""

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import nn

from skipwise.errors import UserError
from skipwise.networks import fuse
from skipwise.networks.dotted import trust_folder
from skipwise.tasks import Prediction, task_named
from skipwise.training.record import MODEL, RUN, RunRecord, read_run


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
        return cls(fuse(network), record, folder)

    @torch.no_grad()
    def predict(self, examples: Sequence[str | Path]) -> list[Prediction]:
        """Return the prediction for each new example, a file. Raises UserError naming one that cannot be read."""
        return self.task.predict(self.network, [str(example) for example in examples], self.record.input_spec)


def trained_network(folder: Path) -> tuple[nn.Module, RunRecord]:
    """Return the network of a run's best epoch as it was trained, nothing merged, and the run's record.

    Raises UserError as Model.load does.
    """
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
    network = task_named(record.task).build(record.contender.network, record.input_spec, seed=0)
    try:
        network.load_state_dict(load((folder / MODEL).read_bytes()))  # by bytes: its path may have any
    except (SafetensorError, RuntimeError) as error:
        raise UserError(
            f"{folder / MODEL} is damaged ({error}): delete the run's folder, and the command that made the "
            "study trains it again."
        ) from error
    return network, record
