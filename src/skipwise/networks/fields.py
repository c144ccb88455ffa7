"""The fields of an architecture that can be set by name: `resnet20:shortcut=none,kernel=5,widths=16/32/64`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from skipwise.errors import UserError, unknown
from skipwise.networks.architecture import Architecture, Stage
from skipwise.networks.blocks import BRANCHES
from skipwise.networks.dotted import is_dotted
from skipwise.networks.presets import STEMS
from skipwise.networks.shortcuts import SHORTCUTS, OwnShortcut, Shortcut


@dataclass(frozen=True, kw_only=True)
class ArchitectureField:
    """A field by name: what it takes, in words, and the architecture with the text set."""

    takes: str
    set: Callable[[Architecture, str], Architecture]


def set_field(architecture: Architecture, name: str, text: str) -> Architecture:
    """The architecture with one field set from text. Raises UserError for a bad value."""
    field = ARCHITECTURE_FIELDS[name]
    try:
        return field.set(architecture, text)
    except UserError:
        raise
    except (ValueError, OverflowError) as error:
        raise UserError(f"{name}={text} cannot be: {name} takes {field.takes}.") from error


def parse_shortcut(text: str) -> Shortcut:
    """A shortcut by name, or a user's own by dotted path."""
    if text in SHORTCUTS:
        return SHORTCUTS[text]
    if is_dotted(text):
        return OwnShortcut(path=text)
    raise unknown("shortcut", text, SHORTCUTS)


def _choice(what: str, text: str, known: dict[str, Any]) -> Any:
    if text not in known:
        raise unknown(what, text, known)
    return known[text]


def _whole_numbers(text: str, stages: int) -> list[int]:
    """One number for all stages or one for each, each at least 1."""
    numbers = [int(word) for word in text.split("/")]
    if len(numbers) not in (1, stages) or min(numbers) < 1:
        raise ValueError(text)
    return numbers * stages if len(numbers) == 1 else numbers


def _each_stage(architecture: Architecture, text: str, change: Callable[[Stage, int], Stage]) -> Architecture:
    numbers = _whole_numbers(text, len(architecture.stages))
    stages = tuple(change(stage, number) for stage, number in zip(architecture.stages, numbers, strict=True))
    return replace(architecture, stages=stages)


def _set_kernel(architecture: Architecture, text: str) -> Architecture:
    def change(stage: Stage, kernel: int) -> Stage:
        if kernel % 2 == 0:
            raise ValueError(text)
        return replace(stage, block=replace(stage.block, branch=replace(stage.block.branch, kernel=kernel)))

    return _each_stage(architecture, text, change)


def _set_widths(architecture: Architecture, text: str) -> Architecture:
    """A stem as wide as the first stage stays so."""
    changed = _each_stage(architecture, text, lambda stage, width: replace(stage, width=width))
    if architecture.stem.width != architecture.stages[0].width:
        return changed
    return replace(changed, stem=replace(changed.stem, width=changed.stages[0].width))


def _set_downsample(architecture: Architecture, text: str) -> Architecture:
    kind = _choice("downsampling", text, {name: name for name in ("stride", "max", "average")})
    stages = tuple(
        stage if stage.downsample == "none" else replace(stage, downsample=kind) for stage in architecture.stages
    )
    return replace(architecture, stages=stages)


def _set_dropout(architecture: Architecture, text: str) -> Architecture:
    rate = float(text)
    if not 0 <= rate < 1:
        raise ValueError(text)
    return replace(architecture, head=replace(architecture.head, dropout=rate))


ARCHITECTURE_FIELDS: dict[str, ArchitectureField] = {
    "shortcut": ArchitectureField(
        takes=f"one of {', '.join(SHORTCUTS)}, or a dotted path",
        set=lambda a, text: a.replace_blocks(shortcut=parse_shortcut(text)),
    ),
    "branch": ArchitectureField(
        takes=f"one of {', '.join(BRANCHES)}",
        set=lambda a, text: a.replace_blocks(branch=_choice("branch", text, BRANCHES)),
    ),
    "kernel": ArchitectureField(takes="an odd number of pixels, or one a stage as 3/5/7", set=_set_kernel),
    "blocks": ArchitectureField(
        takes="a number of blocks of at least 1, or one a stage as 3/4/6/3",
        set=lambda a, text: _each_stage(a, text, lambda stage, blocks: replace(stage, blocks=blocks)),
    ),
    "widths": ArchitectureField(
        takes="a number of channels of at least 1, or one a stage as 16/32/64", set=_set_widths
    ),
    "downsample": ArchitectureField(takes="one of stride, max, average", set=_set_downsample),
    "stem": ArchitectureField(
        takes=f"one of {', '.join(STEMS)}",
        set=lambda a, text: replace(
            a, stem=replace(_choice("stem", text, STEMS), width=a.stem.width, normalisation=a.stem.normalisation)
        ),
    ),
    "dropout": ArchitectureField(takes="a rate from 0 to below 1, before the dense layer", set=_set_dropout),
}
