"""What is known by name: networks, data, shortcuts, and the studies of a folder."""

import inspect
from pathlib import Path
from typing import Literal

import torch

from skipwise.data import NAMES
from skipwise.errors import UserError
from skipwise.networks import PRESETS, SHORTCUTS, Network, cost, least_size
from skipwise.studies import Study
from skipwise.studies.folder import StudyFolder

NATIVE_SIZES = {"resnet18": 224, "resnet34": 224, "plain18": 224, "plain34": 224}


def catalogue(what: Literal["networks", "data", "shortcuts", "studies"], studies: Path) -> list[str]:
    """The lines of `skipwise list WHAT`."""
    if what == "studies":
        return _studies(studies)
    return {"networks": _networks, "data": _data, "shortcuts": _shortcuts}[what]()


def _networks() -> list[str]:
    lines = [f"{'network':<16}{'parameters':>12}{'multiply-adds':>16}   input, least side"]
    for name, architecture in PRESETS.items():
        side = NATIVE_SIZES.get(name, 32)
        with torch.device("meta"):
            network = Network(architecture, (3, side, side), 10)
        costs = cost(network, (3, side, side))
        lines.append(
            f"{name:<16}{costs.parameters:>12,}{costs.multiply_adds:>16,}   "
            f"{side}x{side} px, 10 classes; at least {least_size(architecture)} px"
        )
    return lines


def _data() -> list[str]:
    return [f"{name:<16}{what}" for name, what in NAMES.items()]


def _shortcuts() -> list[str]:
    return [f"{name:<20}{inspect.getdoc(type(shortcut))}" for name, shortcut in SHORTCUTS.items()]


def _studies(out: Path) -> list[str]:
    lines = []
    for path in sorted(out.glob("*/study.json")):
        try:
            lines.append(_study(StudyFolder(path.parent)))
        except UserError as error:
            lines.append(f"{path.parent}  damaged: {error}")
    return lines or [f"There is no study in {out}/ yet: `skipwise compare` makes one."]


def _study(folder: StudyFolder) -> str:
    design = folder.design()
    assert design is not None
    study = Study(folder, design)
    state = f"{len(study.seeds)} of {len(design.seeds)} seeds done"
    verdict = "; ".join(str(verdict) for verdict in study.verdicts.values()) if study.seeds else ""
    return f"{folder.path}  {state}  {verdict}"
