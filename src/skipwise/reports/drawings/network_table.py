"""A network as a table: a row for each layer, and one for blocks that are alike."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from torch import nn
from torch.nn.modules.conv import _ConvNd

from skipwise.networks import LayerCost, Network, ShortcutBlock, TextNetwork, layer_costs
from skipwise.networks.layers import BlurPool, Enlarge, GlobalAverage, GlobalMaximum
from skipwise.networks.lengths import FollowsLengths
from skipwise.networks.text.sequences import LargestFew, LargestHalf


@dataclass(frozen=True, kw_only=True)
class Row:
    """A layer with the normalisation and activation that follow it; `where` it stands, for `times` blocks alike.

    Counts are for one image and one of these blocks; `depth` and `receptive_field` are those of the last of them.
    """

    where: str
    what: str
    output: tuple[int, ...]
    parameters: int
    multiply_adds: int
    activation_bytes: int
    depth: int
    receptive_field: float
    times: int = 1
    unit: str = "px"

    @property
    def sees(self) -> str:
        """Write the receptive field, "all" for the whole input."""
        return "all" if math.isinf(self.receptive_field) else f"{self.receptive_field:.0f} {self.unit}"


def network_rows(network: nn.Module, input_shape: Sequence[int]) -> list[Row]:
    """Return the rows of a network; equal blocks of a stage that follow each other share theirs."""
    rows: list[Row] = []
    waiting: list[LayerCost] = []
    for layer in layer_costs(network, input_shape):
        where, what = place_of(network, layer.name), _words(network, layer)
        if what is not None:
            rows.append(_row(where, what, layer))
            while waiting:
                rows[-1] = _joined(rows[-1], waiting.pop())
        elif rows and rows[-1].where == where:
            rows[-1] = _joined(rows[-1], layer)
        else:
            waiting.append(layer)
    unit = "tokens" if isinstance(network, TextNetwork) else "px"
    return _alike_together([replace(row, unit=unit) for row in rows])


def place_of(network: nn.Module, name: str) -> str:
    """Name the stage and block of a module, counted from 1."""
    for outer, part in network.named_modules():
        if isinstance(part, Network) and f"{name}.".startswith(f"{outer}." if outer else ""):
            return _place_inside(part, name[len(outer) :].removeprefix("."))
    return name


def _place_inside(network: Network, name: str) -> str:
    parts = name.split(".")
    if parts[0] != "stages":
        return parts[0]
    stage = network.stages[int(parts[1])]
    pooled = sum(1 for _ in stage.children()) - network.architecture.stages[int(parts[1])].blocks
    number = int(parts[2]) + 1 - pooled
    return f"stage {int(parts[1]) + 1}" + (f", block {number}" if number else "")


def _words(network: nn.Module, layer: LayerCost) -> str | None:
    """Name a layer; None where it belongs to its neighbour's row."""
    if ".squeeze." in layer.name:
        return "squeeze-and-excitation" if isinstance(layer.module, GlobalAverage) else None
    outer, _, last = layer.name.rpartition(".")
    if last == "shortcut" and isinstance(block := network.get_submodule(outer), ShortcutBlock):
        return f"shortcut: {block.formula}"
    words = words_for(layer.module)
    return f"shortcut: {words}" if words is not None and ".shortcut." in layer.name else words


def words_for(module: nn.Module) -> str | None:
    """Name what a layer computes; None for normalisations and activations, which belong to their neighbour's row."""
    match module:
        case _ConvNd():
            kernel = "x".join(map(str, module.kernel_size))
            stride = f", stride {module.stride[-1]}" if module.stride[-1] != 1 else ""
            if 1 < module.groups == module.out_channels:
                return f"{kernel} depthwise conv, {module.out_channels}{stride}"
            groups = f", {module.groups} groups" if module.groups != 1 else ""
            return f"{kernel} conv, {module.in_channels} to {module.out_channels}{stride}{groups}"
        case nn.Embedding():
            return f"table, {module.num_embeddings} tokens to {module.embedding_dim}"
        case LargestHalf():
            return "larger half of each channel, in order"
        case LargestFew():
            return f"{module.k} largest of each channel, in order"
        case nn.Linear():
            return f"dense, {module.in_features} to {module.out_features}"
        case Enlarge():
            return f"enlarged to {module.least} px"
        case BlurPool():
            return "blurred, every second pixel"
        case GlobalAverage():
            return "mean over space"
        case nn.AdaptiveAvgPool1d() | nn.AdaptiveAvgPool2d() | nn.AdaptiveAvgPool3d():
            return f"mean in {module.output_size} parts a side"
        case GlobalMaximum():
            return "maximum over space"
    name = type(module).__name__
    if "Pool" in name:
        sizes: list[Any] = [module.kernel_size, module.stride]
        wide, step = (size if isinstance(size, int) else size[0] for size in sizes)
        unit = "wide" if isinstance(module, FollowsLengths) else "px"
        return f"{wide} {unit} {'max' if 'Max' in name else 'average'} pool, stride {step}"
    return None


def _row(where: str, what: str, layer: LayerCost) -> Row:
    return Row(
        where=where,
        what=what,
        output=layer.output,
        parameters=layer.parameters,
        multiply_adds=layer.multiply_adds,
        activation_bytes=layer.activation_bytes,
        depth=layer.depth,
        receptive_field=layer.receptive_field,
    )


def _joined(row: Row, layer: LayerCost) -> Row:
    """Return the row with a neighbour's counts added; depth and receptive field are the convolution's own."""
    return replace(
        row,
        parameters=row.parameters + layer.parameters,
        multiply_adds=row.multiply_adds + layer.multiply_adds,
        activation_bytes=row.activation_bytes + layer.activation_bytes,
    )


def _alike_together(rows: list[Row]) -> list[Row]:
    """Return the rows with equal blocks that follow each other as one, and how many they are."""
    blocks = [(where, list(several)) for where, several in groupby(rows, lambda row: row.where)]
    together: list[Row] = []
    for alike, several in groupby(blocks, lambda block: [_content(row) for row in block[1]]):
        names, contents = zip(*several, strict=True)
        count = len(names)
        where = names[0] if count == 1 else f"{names[0].replace('block', 'blocks')} to {names[-1].split()[-1]}, each"
        assert len(alike) == len(contents[-1])
        together += [replace(row, where=where, times=count) for row in contents[-1]]
    return together


def _content(row: Row) -> tuple[object, ...]:
    return row.what, row.output, row.parameters, row.multiply_adds, row.activation_bytes
