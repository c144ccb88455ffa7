"""A finished run as a model that answers for new images."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from skipwise.data import Normaliser, decode_for_prediction
from skipwise.errors import UserError
from skipwise.networks import build, fuse, network_from_json


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """The class of an image, and the probability of every class."""

    file: str
    label: str
    probability: float
    probabilities: dict[str, float]


class Model:
    """The network of one run with the weights of its best epoch, and the rule by which images come to it."""

    def __init__(self, network: nn.Module, about: dict[str, Any], folder: Path) -> None:
        self.network = network.eval()
        self.about = about
        self.folder = folder
        self.classes: list[str] = about["classes"]

    @classmethod
    def load(cls, folder: str | Path) -> "Model":
        """The model of a run's folder. Raises UserError where there is no finished run, or none with weights."""
        folder = Path(folder)
        if not (folder / "run.json").exists():
            raise UserError(
                f"{folder} holds no finished run (it has no run.json): name the folder of a run or a study."
            )
        about = json.loads((folder / "run.json").read_text())
        if not (folder / "model.safetensors").exists():
            raise UserError(f"{folder} holds no weights: the run failed before its first epoch ({about['failed']}).")
        image = about["image"]
        shape = (image["channels"], image["height"], image["width"])
        network = build(network_from_json(about["contender"]["network"]), shape, len(about["classes"]), seed=0)
        network.load_state_dict(load_file(folder / "model.safetensors"))
        return cls(fuse(network), about, folder)

    @torch.no_grad()
    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """The probability of each class for images (n, height, width, channels) of uint8; rows sum to 1."""
        normalise = Normaliser(self.about["image"]["mean"], self.about["image"]["std"], "cpu")
        logits: torch.Tensor = self.network(normalise(torch.from_numpy(images.copy())))
        return logits.softmax(1).numpy()

    def predict(self, files: Sequence[str | Path]) -> list[Prediction]:
        """The class and its probability for each image file. Raises UserError naming a file that cannot be read."""
        image = self.about["image"]
        shape = {side: image[side] for side in ("height", "width", "channels")}
        answers = []
        for file in files:
            pixels = decode_for_prediction(Path(file), **shape)
            row = self.probabilities(pixels[None])[0]
            best = int(row.argmax())
            answers.append(
                Prediction(
                    file=str(file),
                    label=self.classes[best],
                    probability=float(row[best]),
                    probabilities=dict(zip(self.classes, row.tolist(), strict=True)),
                )
            )
        return answers
