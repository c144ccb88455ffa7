"""Initialisation: each parameter of a network is drawn from a generator of its own, keyed by (seed, its name)."""

import math
from collections.abc import Callable
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from skipwise.keyed_rng import key
from skipwise.networks.blocks import ShortcutBlock
from skipwise.networks.layers import centre

Initialisation = Literal["he", "dirac", "looks-linear", "delta-orthogonal", "fixup"]

Weight = Float[Tensor, "out_channels in_channels *kernel"]
Draw = Callable[[torch.Size, torch.Generator, float], Tensor]
"""From shape, generator and gain to a weight."""


def he(shape: torch.Size, generator: torch.Generator, gain: float) -> Weight:
    """Normal with variance gain^2 / fan-in (He et al. 2015, arXiv 1502.01852, equation 10, with gain^2 = 2 for
    ReLU).
    """
    return torch.randn(shape, generator=generator) * (gain / math.sqrt(shape[1:].numel()))


def dirac(shape: torch.Size, generator: torch.Generator, gain: float) -> Weight:
    """Filter i copies channel i, as if there were a shortcut; further filters are drawn as `he` does.

    The beginning of Zagoruyko and Komodakis 2017 (DiracNets, arXiv 1706.00388).
    """
    weight = he(shape, generator, gain)
    copied = min(shape[0], shape[1])
    weight[:copied] = 0
    centre(weight)[range(copied), range(copied)] = 1
    return weight


def delta_orthogonal(shape: torch.Size, generator: torch.Generator, gain: float) -> Weight:
    """Zero but for the kernel's centre, which is gain times a random (semi-)orthogonal matrix (Xiao et al. 2018,
    1806.05393).
    """
    weight = torch.zeros(shape)
    centre(weight).copy_(gain * orthogonal(shape[0], shape[1], generator))
    return weight


def looks_linear(shape: torch.Size, generator: torch.Generator, gain: float, *, first: bool = False) -> Weight:
    """[[W, -W], [-W, W]] with a delta-orthogonal W: a plain ReLU network begins as a linear map (Balduzzi et al. 2017).

    Channels come in pairs, c and c + half, of opposite sign: relu(a) - relu(-a) = a. The `first` layer takes an image's
    channels as they are. A dense layer, whose answers have no ReLU, is [W, -W] with W from `he`
    (arXiv 1702.08591, section 5).
    """
    out_channels, in_channels, *kernel = shape
    if not kernel and in_channels % 2:
        return he(shape, generator, gain)
    if not kernel:
        weight = he(torch.Size((out_channels, in_channels // 2)), generator, gain / math.sqrt(2))
        return torch.cat([weight, -weight], 1)
    if out_channels % 2:
        return delta_orthogonal(shape, generator, gain)
    paired = in_channels % 2 == 0 and not first
    half = torch.Size((out_channels // 2, in_channels // 2 if paired else in_channels, *kernel))
    weight = delta_orthogonal(half, generator, 1.0)
    row = torch.cat([weight, -weight], 1) if paired else weight
    return torch.cat([row, -row], 0)


DRAWS: dict[Initialisation, Draw] = {
    "he": he,
    "dirac": dirac,
    "looks-linear": looks_linear,
    "delta-orthogonal": delta_orthogonal,
    "fixup": he,
}


def orthogonal(rows: int, columns: int, generator: torch.Generator) -> Float[Tensor, "rows columns"]:
    """A random matrix whose rows or columns, whichever are fewer, are orthonormal; uniform among these."""
    tall = torch.randn(max(rows, columns), min(rows, columns), generator=generator, dtype=torch.float64)
    q, r = torch.linalg.qr(tall)
    uniform: Tensor = (q * r.diagonal().sign()).float()
    return uniform if rows >= columns else uniform.T


def gain_of(activation: str) -> float:
    """Return the factor of a convolution's weights that makes up for the activation that follows."""
    name = activation.replace("-", "_")
    return nn.init.calculate_gain(name) if name in ("relu", "leaky_relu", "tanh") else math.sqrt(2)  # type: ignore[arg-type]


@torch.no_grad()
def initialise(network: nn.Module, seed: int, *, kind: Initialisation = "he", activation: str = "relu") -> None:
    """Draw each parameter, whatever else there is, so that what twins share by name begins with the same bits.

    Convolutions as `kind` says; dense layers normal with variance 1 / fan-in, since no ReLU follows the last; lookup
    tables normal with variance 1, as inputs of numbers are; biases zero and normalisations the identity, unless the
    module's own `initial` names a number.
    """
    for prefix, module in network.named_modules():
        constants: dict[str, float] = getattr(module, "initial", {})
        for own_name, parameter in module.named_parameters(recurse=False):
            name = f"{prefix}.{own_name}" if prefix else own_name
            if own_name in constants:
                parameter.fill_(constants[own_name])
            elif own_name.endswith("bias"):
                parameter.zero_()
            elif parameter.ndim == 1:
                parameter.fill_(1)
            else:
                generator = torch.Generator().manual_seed(key(seed, "parameter", name))
                parameter.copy_(_weight(module, parameter.shape, generator, kind, activation))
    if kind == "fixup":
        _fixup(network)


def _weight(
    module: nn.Module, shape: torch.Size, generator: torch.Generator, kind: Initialisation, activation: str
) -> Weight:
    """The weight of one layer; each group of a grouped convolution is drawn as a convolution of its own."""
    if isinstance(module, nn.Embedding):
        return torch.randn(shape, generator=generator)
    if len(shape) == 2:
        return looks_linear(shape, generator, 1.0) if kind == "looks-linear" else he(shape, generator, 1.0)
    gain = gain_of(activation)
    if kind == "looks-linear":
        return looks_linear(shape, generator, gain, first=hasattr(module, "takes_image"))
    groups = 1 if DRAWS[kind] is he else getattr(module, "groups", 1)
    of_group = torch.Size((shape[0] // groups, *shape[1:]))
    return torch.cat([DRAWS[kind](of_group, generator, gain) for _ in range(groups)])


def _fixup(network: nn.Module) -> None:
    """Zhang et al. 2019 (arXiv 1901.09321), section 3.

    In each of L branches with m convolutions, the last is zero and the others shrink by L^(-1 / (2 m - 2)); the
    dense layer is zero.
    """
    blocks = [module for module in network.modules() if isinstance(module, ShortcutBlock)]
    for block in blocks:
        weights = [parameter for parameter in block.branch.parameters() if parameter.ndim > 2]
        if not weights:
            continue
        for weight in weights[:-1]:
            weight.mul_(len(blocks) ** (-1 / (2 * len(weights) - 2)))
        weights[-1].zero_()
    dense = [module for module in network.modules() if isinstance(module, nn.Linear)]
    dense[-1].weight.zero_()
