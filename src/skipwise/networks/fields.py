"""The fields of an architecture that can be set by name: `resnet20:shortcut=none,kernel=5,widths=16/32/64`."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, get_args, get_type_hints

from skipwise.errors import UserError, unknown
from skipwise.networks.architecture import Architecture, Pyramid, Stage
from skipwise.networks.blocks import ORDERS
from skipwise.networks.branches import BRANCHES, CustomBranch, parse_branch
from skipwise.networks.initialisation import Initialisation
from skipwise.networks.layers import Activation, Downsample, Normalisation
from skipwise.networks.presets import STEMS
from skipwise.networks.shortcuts import SHORTCUTS, parse_shortcut


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


def _choice(what: str, text: str, known: Iterable[str]) -> str:
    if text not in known:
        raise unknown(what, text, known)
    return text


def _whole_number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 <= rate < 1:
        raise ValueError(text)
    return rate


def _each_stage(architecture: Architecture, text: str, change: Callable[[Stage, int], Stage]) -> Architecture:
    """Stages changed by one number for all or one for each."""
    numbers = [_whole_number(word) for word in text.split("/")]
    if len(numbers) == 1:
        numbers *= len(architecture.stages)
    stages = tuple(change(stage, number) for stage, number in zip(architecture.stages, numbers, strict=True))
    return replace(architecture, stages=stages)


def _set_kernel(architecture: Architecture, text: str) -> Architecture:
    """One kernel for all stages or one for each; of kernels side by side those of every stage."""
    if all(hasattr(stage.block.branch, "kernels") for stage in architecture.stages):
        kernels = tuple(_whole_number(word) for word in text.split("/"))
        if len(set(kernels)) < len(kernels):
            raise UserError(f"kernel={text} cannot be: branch=parallel takes each kernel once, as 3/4/5.")
        return _with_branch_field(architecture, "kernels", kernels)
    _check_branches_have(architecture, "kernel")

    def change(stage: Stage, kernel: int) -> Stage:
        if kernel % 2 == 0:
            raise ValueError(text)
        return _of_stage(stage, "kernel", kernel)

    return _each_stage(architecture, text, change)


def _set_widths(architecture: Architecture, text: str) -> Architecture:
    """A stem as wide as the first stage stays so."""
    changed = _each_stage(architecture, text, lambda stage, width: replace(stage, width=width))
    stem = changed.stem
    if stem is None or stem.width != architecture.stages[0].width:
        return changed
    return replace(changed, stem=replace(stem, width=changed.stages[0].width))


def _set_downsample(architecture: Architecture, text: str) -> Architecture:
    """One kind for every stage that shrinks its maps, or one for each stage."""
    kinds: list[Any] = [_choice("downsampling", word, get_args(Downsample)) for word in text.split("/")]
    if len(kinds) == 1:
        if kinds == ["none"]:
            raise ValueError(text)
        kinds = ["none" if stage.downsample == "none" else kinds[0] for stage in architecture.stages]
    stages = tuple(replace(stage, downsample=kind) for stage, kind in zip(architecture.stages, kinds, strict=True))
    return replace(architecture, stages=stages)


def _set_stem(architecture: Architecture, text: str) -> Architecture:
    stem = STEMS[_choice("stem", text, STEMS)]
    kept = architecture.stem
    if kept is None:
        raise UserError("This network has no stem that another could take the place of.")
    return replace(
        architecture,
        stem=replace(stem, width=kept.width, normalisation=kept.normalisation, activation=kept.activation),
    )


def _set_branch(architecture: Architecture, text: str) -> Architecture:
    branch = parse_branch(text)
    if branch is None:
        raise unknown("branch", text, BRANCHES)
    return architecture.replace_blocks(branch=branch)


def _set_everywhere(what: str, known: Iterable[str], field: str) -> Callable[[Architecture, str], Architecture]:
    """Sets a field that blocks and stem have both."""

    def set_both(architecture: Architecture, text: str) -> Architecture:
        changed = architecture.replace_blocks(**{field: _choice(what, text, known)})
        stem = changed.stem
        return changed if stem is None else replace(changed, stem=replace(stem, **{field: text}))  # type: ignore[arg-type]

    return set_both


def _set_branch_field(field: str, parse: Callable[[str], Any]) -> Callable[[Architecture, str], Architecture]:
    """Sets a field of every branch, where the branches have one of its name."""

    def set_branches(architecture: Architecture, text: str) -> Architecture:
        _check_branches_have(architecture, field)
        return _with_branch_field(architecture, field, parse(text))

    return set_branches


def _check_branches_have(architecture: Architecture, field: str) -> None:
    """Raises UserError where a branch has no such field."""
    for stage in architecture.stages:
        branch = stage.block.branch
        if not hasattr(branch, field):
            kind = branch.path if isinstance(branch, CustomBranch) else branch.kind
            having = " or ".join(name for name, known in BRANCHES.items() if hasattr(known, field))
            raise UserError(f"{field} cannot be set for the branch {kind}: set branch={having} before it.")


def _with_branch_field(architecture: Architecture, field: str, value: Any) -> Architecture:
    return replace(architecture, stages=tuple(_of_stage(stage, field, value) for stage in architecture.stages))


def _of_stage(stage: Stage, field: str, value: Any) -> Stage:
    branch = replace(stage.block.branch, **{field: value})
    return replace(stage, block=replace(stage.block, branch=branch))


def _set_pyramid(field: str, parse: Callable[[str], Any]) -> Callable[[Architecture, str], Architecture]:
    """Sets a field of what finds objects."""
    return lambda a, text: replace(a, pyramid=replace(a.pyramid, **{field: parse(text)}))


def _set_embedding(architecture: Architecture, text: str) -> Architecture:
    if architecture.dims != 1:
        raise UserError("embedding is for networks that read text: this one reads images.")
    return replace(architecture, embedding=_whole_number(text))


def _multiplier(text: str) -> float | None:
    if text == "none":
        return None
    start = float(text)
    if not math.isfinite(start):
        raise ValueError(text)
    return start


def _listed(names: Iterable[str]) -> str:
    return f"one of {', '.join(names)}"


DETECTORS: tuple[str, ...] = get_args(get_type_hints(Pyramid)["detector"])


ARCHITECTURE_FIELDS: dict[str, ArchitectureField] = {
    "shortcut": ArchitectureField(
        takes=f"{_listed(SHORTCUTS)}, with numbers after slashes as scale/0.5/0.5, or a dotted path",
        set=lambda a, text: a.with_shortcut(parse_shortcut(text)),
    ),
    "branch": ArchitectureField(takes=f"{_listed(BRANCHES)}, or a dotted path", set=_set_branch),
    "order": ArchitectureField(
        takes=_listed(ORDERS), set=lambda a, text: a.replace_blocks(order=_choice("order", text, ORDERS))
    ),
    "kernel": ArchitectureField(
        takes="an odd number of pixels, or one a stage as 3/5/7, or those of branch=parallel as 3/4/5", set=_set_kernel
    ),
    "blocks": ArchitectureField(
        takes="a number of blocks of at least 1, or one a stage as 3/4/6/3",
        set=lambda a, text: _each_stage(a, text, lambda stage, blocks: replace(stage, blocks=blocks)),
    ),
    "widths": ArchitectureField(
        takes="a number of channels of at least 1, or one a stage as 16/32/64", set=_set_widths
    ),
    "stride_on": ArchitectureField(
        takes="3x3 or 1x1, the convolution of a bottleneck that strides",
        set=_set_branch_field("stride_on", lambda text: _choice("convolution of a bottleneck", text, ["1x1", "3x3"])),
    ),
    "groups": ArchitectureField(
        takes="a number of groups of at least 1, for a bottleneck's 3x3", set=_set_branch_field("groups", _whole_number)
    ),
    "expansion": ArchitectureField(
        takes="a whole number of at least 1: the widest channels of a branch by its narrowest",
        set=_set_branch_field("expansion", _whole_number),
    ),
    "inner": ArchitectureField(
        takes="a whole number of at least 1: a bottleneck's inner channels by its width",
        set=_set_branch_field("inner", _whole_number),
    ),
    "squeeze": ArchitectureField(
        takes="the reduction of squeeze-and-excitation as 16, 0 for none",
        set=lambda a, text: a.replace_blocks(squeeze=0 if text == "0" else _whole_number(text)),
    ),
    "multiplier": ArchitectureField(
        takes="where a learned factor of each branch begins, 0 for SkipInit or ReZero, or none",
        set=lambda a, text: a.replace_blocks(multiplier=_multiplier(text)),
    ),
    "stochastic_depth": ArchitectureField(
        takes="the rate from 0 to below 1 with which the last branch is dropped",
        set=lambda a, text: replace(a, stochastic_depth=_rate(text)),
    ),
    "normalisation": ArchitectureField(
        takes=_listed(get_args(Normalisation)),
        set=_set_everywhere("normalisation", get_args(Normalisation), "normalisation"),
    ),
    "activation": ArchitectureField(
        takes=_listed(get_args(Activation)), set=_set_everywhere("activation", get_args(Activation), "activation")
    ),
    "initialisation": ArchitectureField(
        takes=_listed(get_args(Initialisation)),
        set=lambda a, text: replace(a, initialisation=_choice("initialisation", text, get_args(Initialisation))),  # type: ignore[arg-type]
    ),
    "downsample": ArchitectureField(
        takes="stride, max, average, anti-aliased or k-max (texts), or one a stage as none/stride/stride",
        set=_set_downsample,
    ),
    "stem": ArchitectureField(takes=_listed(STEMS), set=_set_stem),
    "dropout": ArchitectureField(
        takes="a rate from 0 to below 1, before the dense layer",
        set=lambda a, text: replace(a, head=replace(a.head, dropout=_rate(text))),
    ),
    "embedding": ArchitectureField(takes="the width of a text network's lookup table", set=_set_embedding),
    "detector": ArchitectureField(
        takes=_listed(DETECTORS),
        set=_set_pyramid("detector", lambda text: _choice("detector", text, DETECTORS)),
    ),
    "pyramid": ArchitectureField(
        takes="the channels of a detector's feature pyramid, a multiple of 32 as 64",
        set=_set_pyramid("width", lambda text: 32 * _whole_number(str(int(text) / 32).removesuffix(".0"))),
    ),
    "head_convolutions": ArchitectureField(
        takes="how many 3x3 convolutions the heads of fcos and retinanet have",
        set=_set_pyramid("convolutions", _whole_number),
    ),
}
