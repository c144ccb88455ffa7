"""Blocks: a branch F(x), where its normalisations and activations stand, and a shortcut round it."""

from dataclasses import dataclass, replace
from typing import Literal

from jaxtyping import Float
from torch import Tensor, nn

from skipwise.networks.branches import Basic, Branch, Convolution, CustomBranch
from skipwise.networks.layers import (
    Activation,
    Map,
    Normalisation,
    ResidualScale,
    ScalarBias,
    SqueezeExcitation,
    activation,
    convolution,
    normalisation,
)
from skipwise.networks.masks import StochasticDepth
from skipwise.networks.shortcuts import BlockContext, NoShortcut, Shortcut
from skipwise.networks.text.sequences import OnlyText

Order = Literal["post", "norm-after-addition", "relu-before-addition", "relu-only-pre-activation", "pre-activation"]
Step = Literal["norm", "act"]


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The steps before the branch, after its last convolution, and after the addition.

    Between two convolutions stand normalisation and activation.
    """

    before: tuple[Step, ...] = ()
    last: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()


ORDERS: dict[Order, Steps] = {
    "post": Steps(last=("norm",), after=("act",)),
    "norm-after-addition": Steps(after=("norm", "act")),
    "relu-before-addition": Steps(last=("norm", "act")),
    "relu-only-pre-activation": Steps(before=("act",), last=("norm",)),
    "pre-activation": Steps(before=("norm", "act")),
}
"""The five orders of He et al. 2016 (arXiv 1603.05027), Fig. 4 a to e."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """y = after(shortcut(x, branch(before(x)))), with normalisations and activations as `order` has them.

    In pre-activation orders the shortcut of a stage's first block is handed before(x), as in He et al. 2016's code.
    A convolution of the branch may have other kinds of its own. Convolutions carry a bias only where nothing
    normalises, or where `bias` asks for it. `squeeze`: the reduction of
    squeeze-and-excitation at the branch's end, 0 for none. `multiplier`: where a learned factor of the branch begins,
    None for no factor.
    """

    branch: Branch = Basic()
    order: Order = "post"
    normalisation: Normalisation = "batch"
    activation: Activation = "relu"
    bias: bool = False
    squeeze: int = 0
    multiplier: float | None = None
    shortcut: Shortcut = NoShortcut()

    def build(
        self, in_channels: int, width: int, *, stride: int, dims: int, first: bool, drop_rate: float
    ) -> "ShortcutBlock":
        """Build the module; `first` of its stage, its branch dropped with `drop_rate`."""
        context = self.context(in_channels, width, stride=stride, dims=dims)
        order = ORDERS[self.order]
        return ShortcutBlock(
            before=self.steps(order.before, in_channels, dims),
            branch=self._build_branch(context, drop_rate),
            shortcut=self.shortcut.build(context),
            after=self.steps(order.after, context.out_channels, dims),
            shared=first and bool(order.before),
            formula=self.shortcut.formula(context),
        )

    def context(self, in_channels: int, width: int, *, stride: int, dims: int) -> BlockContext:
        """Return the shapes, normalisation and bias to which a shortcut has to keep."""
        context = BlockContext(
            in_channels=in_channels,
            width=width,
            out_channels=self.branch.out_channels(width),
            stride=stride,
            dims=dims,
            normalisation=self.normalisation if "norm" in ORDERS[self.order].last else "none",
            bias=self.carries_bias,
        )
        last = next(reversed(self.branch.convolutions(context)), None)
        if last is None or last.normalisation is None or context.normalisation == "none":
            return context
        return replace(context, normalisation=last.normalisation, bias=self._has_bias(last))

    @property
    def carries_bias(self) -> bool:
        return self.bias or self.normalisation == "none"

    def _has_bias(self, convolution: Convolution) -> bool:
        return self.carries_bias or convolution.normalisation == "none"

    def steps(
        self, steps: tuple[Step, ...], channels: int, dims: int, *, of: Convolution | None = None
    ) -> nn.Sequential:
        """Build normalisation and activation for maps of so many channels, as `norm` and `act`.

        They are the block's, or those that the convolution `of` which they stand says.
        """
        norm = of.normalisation if of is not None and of.normalisation is not None else self.normalisation
        act = of.activation if of is not None and of.activation is not None else self.activation
        made = nn.Sequential()
        for step in steps:
            layer = normalisation(norm, dims, channels) if step == "norm" else activation(act)
            if layer is not None:
                made.add_module(step, layer)
        return made

    def _build_branch(self, context: BlockContext, drop_rate: float) -> nn.Sequential:
        if isinstance(self.branch, CustomBranch):
            branch = nn.Sequential()
            if context.dims == 1:
                branch.add_module("only_text", OnlyText())
            branch.add_module("own", self.branch.build(context))
        else:
            branch = self._convolutions(context, self.branch.convolutions(context))
        if self.squeeze:
            branch.add_module("squeeze", SqueezeExcitation(context.out_channels, self.squeeze, self.activation))
        if self.multiplier is not None and not hasattr(branch, "multiplier"):
            branch.add_module("multiplier", ResidualScale(self.multiplier))
        if drop_rate:
            branch.add_module("drop", StochasticDepth(drop_rate))
        return branch

    def _convolutions(self, context: BlockContext, convolutions: tuple[Convolution, ...]) -> nn.Sequential:
        layers = nn.Sequential()
        channels = context.in_channels
        for number, conv in enumerate(convolutions, start=1):
            if self.normalisation == "scalar-bias":
                layers.add_module(f"bias{number}", ScalarBias())
            layers.add_module(
                f"conv{number}",
                convolution(
                    context.dims,
                    channels,
                    conv.channels,
                    conv.kernel,
                    stride=conv.stride,
                    groups=conv.groups,
                    bias=self._has_bias(conv),
                ),
            )
            last = number == len(convolutions)
            if last and self.multiplier is not None and self.normalisation == "scalar-bias":
                layers.add_module(
                    "multiplier", ResidualScale(self.multiplier)
                )  # in front of the last bias, as in Fixup
            steps: tuple[Step, ...] = ORDERS[self.order].last if last else ("norm", "act")
            for name, layer in self.steps(steps, conv.channels, context.dims, of=conv).named_children():
                layers.add_module(f"{name}{number}", layer)
            channels = conv.channels
        return layers


class ShortcutBlock(nn.Module):
    """The module of a Block. `shared`: the shortcut too begins after the steps before the branch."""

    def __init__(
        self,
        *,
        before: nn.Sequential,
        branch: nn.Module,
        shortcut: nn.Module,
        after: nn.Sequential,
        shared: bool,
        formula: str,
    ) -> None:
        super().__init__()
        self.before = before
        self.branch = branch
        self.shortcut = shortcut
        self.after = after
        self.shared = shared
        self.formula = formula

    def forward(self, x: Map) -> Float[Tensor, "batch out_channels *out_space"]:
        stepped: Tensor = self.before(x)
        y: Tensor = self.after(self.shortcut(stepped if self.shared else x, self.branch(stepped)))
        return y
