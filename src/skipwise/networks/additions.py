"""The modules that shortcuts build: each joins a block's input x with its branch F(x)."""

from types import EllipsisType

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from skipwise.networks.layers import Map
from skipwise.networks.lengths import FollowsLengths

BranchMap = Float[Tensor, "batch out_channels *out_space"]


class ZeroPadding(FollowsLengths):
    """x at every `stride`-th pixel, and zero channels added after its own: no parameters."""

    def __init__(self, stride: int, new_channels: int) -> None:
        super().__init__()
        self.stride = stride
        self.new_channels = new_channels

    def forward(self, x: Map) -> BranchMap:
        space = x.ndim - 2
        if self.stride != 1:
            strided: list[slice | EllipsisType] = [..., *[slice(None, None, self.stride)] * space]
            length, x = x.shape[-1], x[tuple(strided)]
            if self.lengths is not None:
                self.lengths.shrink(length, x.shape[-1], self.stride)
        return F.pad(x, (0, 0) * space + (0, self.new_channels)) if self.new_channels else x


class NoAddition(nn.Module):
    """y = F(x)."""

    def forward(self, x: Map, branch: BranchMap) -> BranchMap:
        return branch


class Addition(nn.Module):
    """y = F(x) + path(x)."""

    def __init__(self, path: nn.Module) -> None:
        super().__init__()
        self.path = path

    def forward(self, x: Map, branch: BranchMap) -> BranchMap:
        mapped: Tensor = self.path(x)
        return branch + mapped


class ScaledAddition(nn.Module):
    """y = branch_scale F(x) + shortcut_scale path(x)."""

    def __init__(self, path: nn.Module, *, shortcut_scale: float, branch_scale: float) -> None:
        super().__init__()
        self.path = path
        self.shortcut_scale = shortcut_scale
        self.branch_scale = branch_scale

    def forward(self, x: Map, branch: BranchMap) -> BranchMap:
        mapped: Tensor = self.path(x)
        return self.branch_scale * branch + self.shortcut_scale * mapped


class GatedAddition(nn.Module):
    """With g = sigmoid(gate(x)): y = g F(x) + (1 - g) path(x), or y = F(x) + (1 - g) path(x)."""

    def __init__(self, path: nn.Module, gate: nn.Module, *, gates_branch: bool) -> None:
        super().__init__()
        self.path = path
        self.gate = gate
        self.gates_branch = gates_branch

    def forward(self, x: Map, branch: BranchMap) -> BranchMap:
        gate: Tensor = self.gate(x).sigmoid()
        mapped: Tensor = self.path(x)
        return (branch * gate if self.gates_branch else branch) + mapped * (1 - gate)


class ArmsAddition(nn.Module):
    """y = F(x) + the sum of the arms, each a map of x. Linear arms merge into F's convolution: see `fuse`."""

    def __init__(self, *, convolution: nn.Sequential | None, identity: nn.Module | None) -> None:
        super().__init__()
        self.convolution = convolution
        self.identity = identity

    def forward(self, x: Map, branch: BranchMap) -> BranchMap:
        for arm in (self.convolution, self.identity):
            if arm is not None:
                mapped: Tensor = arm(x)
                branch = branch + mapped
        return branch
