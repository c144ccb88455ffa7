"""Lists of networks, data and shortcuts by name, and of the studies of a folder."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from skipwise.errors import UserError
from skipwise.networks import CATALOGUE, Preset, architecture_cost, least_size
from skipwise.networks.dotted import UntrustedError
from skipwise.networks.shortcuts import SHORTCUTS, BlockContext
from skipwise.statistics import Verdict
from skipwise.studies import Study
from skipwise.studies.folder import StudyFolder
from skipwise.tasks import known_data


def catalogue(what: Literal["networks", "data", "shortcuts", "studies"], studies: Path) -> Iterable[str]:
    """The lines of `skipwise list WHAT`, as they are found."""
    if what == "studies":
        return _studies(studies)
    return {"networks": _networks, "data": _data, "shortcuts": _shortcuts}[what]()


def catalogue_json(what: Literal["networks", "data", "shortcuts", "studies"], studies: Path) -> list[dict[str, Any]]:
    """Return the same for a program."""
    if what == "data":
        return [{"name": name, "about": about} for name, about in known_data().items()]
    if what == "shortcuts":
        return [
            {"name": name, "formula": shortcut.formula(STAYS), "formula_where_shapes_change": shortcut.formula(CHANGES)}
            for name, shortcut in SHORTCUTS.items()
        ]
    if what == "studies":
        return _studies_json(studies)
    return [
        {
            "name": name,
            "input": list(preset.input_shape),
            "classes": preset.classes,
            **asdict(architecture_cost(preset.architecture, preset.input_shape, preset.classes)),
            "source": preset.source,
        }
        for name, preset in CATALOGUE.items()
    ]


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


STAYS = BlockContext(in_channels=16, width=16, out_channels=16, stride=1, dims=2, normalisation="batch", bias=False)
CHANGES = replace(STAYS, width=32, out_channels=32, stride=2)


def _shortcuts() -> Iterator[str]:
    yield f"{'shortcut':<20}{'y where shapes stay':<28}{'y where they change':<28}source"
    for name, shortcut in SHORTCUTS.items():
        with_numbers = "/".join([name, *(f"{number:g}" for number in shortcut.numbers.values())])
        yield f"{with_numbers:<20}{shortcut.formula(STAYS):<28}{shortcut.formula(CHANGES):<28}{shortcut.source}".rstrip()
    yield from (
        "",
        "x is a block's input, F(x) its branch, W a 1x1 convolution, g = sigmoid(W x + b), and pad(x) is x strided and",
        "padded with zero channels. mean(x) is the mean over 2x2 pixels. Numbers after slashes are defaults: b of a gate at",
        "the start, a dropout's rate, the factors of x and of F(x) in scale. Table 1 is that of He et al. 2016 (arXiv",
        "1603.05027). RepVGG's arms merge into F when the network is deployed.",
    )


@dataclass(frozen=True, kw_only=True)
class ListedStudy:
    """A study of a folder, with its verdicts so far."""

    kind: str
    seeds: int
    seeds_done: int
    verdicts: tuple[Verdict, ...]

    @classmethod
    def open(cls, folder: StudyFolder) -> "ListedStudy":
        """Open the study of a folder. Raises UserError for a damaged one."""
        design = folder.design()
        assert design is not None
        study = Study(folder, design)
        verdicts = tuple(study.verdicts.values()) if study.seeds else ()
        return cls(kind=design.kind, seeds=len(design.seeds), seeds_done=len(study.seeds), verdicts=verdicts)

    def __str__(self) -> str:
        done = f"{self.seeds_done} of {self.seeds} {'seed' if self.seeds == 1 else 'seeds'} done"
        return f"{done}  {'; '.join(map(str, self.verdicts))}"

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "verdicts": [verdict.to_json() for verdict in self.verdicts]}


def _opened(out: Path) -> Iterator[tuple[Path, ListedStudy | UserError]]:
    """Yield each study's folder, and the study or why it cannot be read."""
    for path in sorted(out.glob("*/study.json")):
        try:
            yield path.parent, ListedStudy.open(StudyFolder(path.parent))
        except UserError as error:
            yield path.parent, error


def _state(error: UserError) -> str:
    return "not trusted" if isinstance(error, UntrustedError) else "damaged"


def _studies(out: Path) -> list[str]:
    lines = [
        f"{folder}  {f'{_state(study)}: {study}' if isinstance(study, UserError) else study}"
        for folder, study in _opened(out)
    ]
    return lines or [f"There is no study in {out}/ yet: `skipwise compare` makes one."]


def _studies_json(out: Path) -> list[dict[str, Any]]:
    return [
        {"folder": str(folder)} | ({_state(study): str(study)} if isinstance(study, UserError) else study.to_json())
        for folder, study in _opened(out)
    ]
