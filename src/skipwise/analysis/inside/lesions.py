"""Lesions: the accuracy that a trained network loses with each of its blocks (Veit et al. 2016, arXiv 1605.06431, Fig.
3 to 5).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from skipwise.analysis.hooks import undisturbed
from skipwise.analysis.inside.trained import Trained
from skipwise.networks import ShortcutBlock, blocks_of, networks_in
from skipwise.networks.additions import NoAddition


@dataclass(frozen=True, kw_only=True)
class Lesions:
    """Scores of one network: whole, with each block removed, and with each exchanged for the next one of its stage."""

    whole: float
    removed: dict[str, float]
    exchanged: dict[str, float]


@torch.no_grad()
def lesions(trained: Trained) -> Lesions:
    """Score the network with one lesion at a time; nothing is trained again."""
    with undisturbed(trained.network):
        found = Lesions(whole=trained.score(), removed={}, exchanged={})
        for place, block in blocks_of(trained.network).items():
            assert isinstance(block, ShortcutBlock)
            with removed(block):
                found.removed[place] = trained.score()
        for place, stage, number in exchangeable(trained.network):
            with exchanged(stage, number):
                found.exchanged[place] = trained.score()
    return found


@contextmanager
def removed(block: ShortcutBlock) -> Iterator[None]:
    """Within, the block's branch gives zero.

    Where there is no shortcut, what comes to the block goes round it: strided, and padded with zero channels, where
    shapes change.
    """
    block.forward = partial(_without_branch, block)  # type: ignore[method-assign]
    try:
        yield
    finally:
        del block.forward


@contextmanager
def exchanged(stage: nn.Sequential, number: int) -> Iterator[None]:
    """Within, module `number` of the stage and the next one stand in each other's place."""
    one, other = stage[number], stage[number + 1]
    stage[number], stage[number + 1] = other, one
    try:
        yield
    finally:
        stage[number], stage[number + 1] = one, other


def exchangeable(network: nn.Module) -> list[tuple[str, nn.Sequential, int]]:
    """Neighbours of one stage that both keep the shape of what comes to them: all but the stage's first block."""
    names = {block: place for place, block in blocks_of(network).items()}
    found = []
    for inner in networks_in(network):
        for stage in inner.stages:
            assert isinstance(stage, nn.Sequential)
            numbers = [number for number, part in enumerate(stage) if isinstance(part, ShortcutBlock)]
            found += [(names[stage[number]], stage, number) for number in numbers[1:-1]]
    return found


def _without_branch(block: ShortcutBlock, x: Tensor) -> Tensor:
    stepped: Tensor = block.before(x)
    entering = stepped if block.shared else x
    nothing = torch.zeros_like(block.branch(stepped))
    around = passed(entering, nothing) if isinstance(block.shortcut, NoAddition) else block.shortcut(entering, nothing)
    y: Tensor = block.after(around)
    return y


def passed(x: Tensor, like: Tensor) -> Tensor:
    """The input in the shape of the output, without parameters: strided, and with zero channels behind."""
    strides = [-(-size // out) for size, out in zip(x.shape[2:], like.shape[2:], strict=True)]
    for axis, stride in enumerate(strides, start=2):
        x = x[(slice(None),) * axis + (slice(None, None, stride),)]
    return F.pad(x, (*[0, 0] * len(strides), 0, like.shape[1] - x.shape[1]))
