"""Networks known by name: CATALOGUE has each with its source, PRESETS the architectures alone, TWINS the plain
twins.
"""

from dataclasses import replace

from skipwise.networks.architecture import Architecture
from skipwise.networks.presets.images import ARTICLE, PLAIN, RESIDUAL
from skipwise.networks.presets.preset import STEMS, Preset
from skipwise.networks.presets.text import TEXT_PLAIN, TEXT_RESIDUAL, TEXT_TWIN_SOURCES

__all__ = ["CATALOGUE", "PRESETS", "STEMS", "TWINS", "Preset", "depths_of", "families", "twin_name"]


def twin_name(name: str) -> str:
    """Return the name of the plain twin of a residual preset: `plain50`, `plain-wrn-28-10`, `vdcnn9` of
    `res-vdcnn9`.
    """
    if name.startswith("res-"):
        return name.removeprefix("res-")
    return name.replace("resnet", "plain", 1) if name.startswith("resnet") else f"plain-{name}"


def depths_of(family: str) -> list[int]:
    """Return the depths of the presets that are called so and end in a number: of `resnet` 8, 9, 14, ..."""
    ends = [name.removeprefix(family) for name in PRESETS if name.startswith(family) and twin_name(name) in PRESETS]
    return sorted(int(end) for end in ends if end.isdigit())


def families() -> list[str]:
    """Return the names of residual presets without their number of layers.

    A number that is none makes no family: `wrn-28-2` and `wrn-28-10` differ in width, `mobilenet-v2` is a version.
    """
    blocks: dict[str, set[int]] = {}
    for name, architecture in PRESETS.items():
        if name[-1].isdigit() and twin_name(name) in PRESETS:
            of_name = blocks.setdefault(name.rstrip("0123456789"), set())
            of_name.add(sum(stage.blocks for stage in architecture.stages))
    return sorted(name for name, depths in blocks.items() if len(depths) > 1)


def _with_twins(residual: dict[str, Preset]) -> dict[str, Preset]:
    """Return each preset behind its plain twin."""
    named: dict[str, Preset] = {}
    for name, preset in residual.items():
        plain = preset.architecture.plain_twin()
        source = TEXT_TWIN_SOURCES.get(twin_name(name), f"{name} without shortcuts")
        named[twin_name(name)] = replace(preset, architecture=plain, source=source)
        named[name] = preset
    return named


CATALOGUE: dict[str, Preset] = {
    **_with_twins(RESIDUAL),
    **PLAIN,
    **_with_twins(TEXT_RESIDUAL),
    **TEXT_PLAIN,
    **ARTICLE,
}

PRESETS: dict[str, Architecture] = {name: preset.architecture for name, preset in CATALOGUE.items()}
TWINS: dict[str, str] = {name: twin_name(name) for name in (*RESIDUAL, *TEXT_RESIDUAL)}
"""The plain twin of each residual preset, by name."""
