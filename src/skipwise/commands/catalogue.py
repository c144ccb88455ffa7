"""What is known by name: networks, data, shortcuts, and the studies of a folder."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from skipwise.errors import UserError
from skipwise.networks import CATALOGUE, Preset, architecture_cost, least_size
from skipwise.networks.shortcuts import FORMULAS
from skipwise.studies import Study
from skipwise.studies.folder import StudyFolder
from skipwise.tasks import known_data


def catalogue(what: Literal["networks", "data", "shortcuts", "studies"], studies: Path) -> Iterable[str]:
    """The lines of `skipwise list WHAT`, as they are found."""
    if what == "studies":
        return _studies(studies)
    return {"networks": _networks, "data": _data, "shortcuts": _shortcuts}[what]()


def _networks() -> Iterator[str]:
    yield f"{'network':<24}{'layers':>6}{'parameters':>13}{'multiply-adds':>15}{'made for':>10}{'least':>7}   source"
    for name, preset in CATALOGUE.items():
        if not preset.vocabulary:
            least = f"{least_size(preset.architecture)} px"
            yield f"{_costs(name, preset)}{preset.side:>7} px{least:>7}   {preset.source}"
    made_for = "made for texts of"
    yield from (
        "",
        f"{'network for texts':<24}{'layers':>6}{'parameters':>13}{'multiply-adds':>15}{made_for:>26}   source",
    )
    for name, preset in CATALOGUE.items():
        if preset.vocabulary:
            made_for = f"{preset.side} of {preset.vocabulary:,} tokens"
            yield f"{_costs(name, preset)}{made_for:>26}   {preset.source}"
    yield from (
        "",
        "Layers are those with weights on the longest way; the names of wide networks count the three projections beside",
        "it too. A multiply-add counts once, for one colour image of the size that the network was made for (32 px with",
        "10 classes, 224 px with 1000); `least` is the smallest side it takes. torchvision/NAME and timm/NAME are known",
        "too; `skipwise show NAME` draws a network and tells its costs by layer. Parameters of networks for texts include",
        "the table of tokens.",
    )


def _costs(name: str, preset: Preset) -> str:
    costs = architecture_cost(preset.architecture, preset.input_shape, preset.classes)
    return f"{name:<24}{costs.depth:>6}{costs.parameters:>13,}{costs.multiply_adds / 1e6:>13,.0f} M"


def _data() -> list[str]:
    return [f"{name:<16}{what}" for name, what in known_data().items()]


def _shortcuts() -> list[str]:
    return [
        *(f"{name:<20}y = {formula}" for name, formula in FORMULAS.items()),
        "",
        "W is a 1x1 convolution. Where shapes change, x is strided and padded with zero channels unless it is projected.",
    ]


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
    state = f"{len(study.seeds)} of {len(design.seeds)} {'seed' if len(design.seeds) == 1 else 'seeds'} done"
    verdict = "; ".join(str(verdict) for verdict in study.verdicts.values()) if study.seeds else ""
    return f"{folder.path}  {state}  {verdict}"
