"""A trained network as it is deployed: normalisations and RepVGG's arms taken into the convolutions."""

import copy

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd
from torch.nn.utils.fusion import fuse_conv_bn_eval

from skipwise.networks.additions import ArmsAddition, NoAddition
from skipwise.networks.blocks import ShortcutBlock
from skipwise.networks.layers import centre
from skipwise.networks.masks import StochasticDepth
from skipwise.networks.network import networks_in


def fuse(network: nn.Module) -> nn.Module:
    """Return a copy in eval mode that computes the same with fewer layers, for use after training.

    Batch normalisation behind a convolution goes into its weights and bias. Arms round a single convolution
    go into its kernel (Ding et al. 2021, arXiv 2101.03697, section 3.3), which leaves a plain network. What is built
    round a network, as a detector, stays; a network that is not skipwise's own comes back as it is.
    """
    fused = copy.deepcopy(network).eval()
    for ours in networks_in(fused):
        for block in ours.modules():
            if isinstance(block, ShortcutBlock):
                _merge_arms(block)
        for layers in list(ours.modules()):
            if type(layers) is nn.Sequential:
                _merge_normalisations(layers)
    return fused


def has_shortcuts(network: nn.Module) -> bool:
    """Whether any block adds something to its branch."""
    return any(
        isinstance(block, ShortcutBlock) and not isinstance(block.shortcut, NoAddition) for block in network.modules()
    )


def _merge_normalisations(layers: nn.Sequential) -> None:
    previous: tuple[str, nn.Module] | None = None
    for name, layer in list(layers.named_children()):
        if isinstance(layer, _BatchNorm) and previous is not None and isinstance(previous[1], _ConvNd):
            setattr(layers, previous[0], fuse_conv_bn_eval(previous[1], layer))
            delattr(layers, name)
        previous = name, layer


def _merge_arms(block: ShortcutBlock) -> None:
    """Arms go into the branch where all of them, and the branch, are one convolution with batch normalisation or
    none.
    """
    arms, branch = block.shortcut, block.branch
    if not isinstance(arms, ArmsAddition):
        return
    layers = list(branch.children())
    main = _as_convolution(layers)
    if main is None:
        return
    added = []
    if arms.convolution is not None:
        added.append(_as_convolution(list(arms.convolution)))
    if arms.identity is not None:
        added.append(_as_convolution([_identity(main), arms.identity]))
    if any(arm is None for arm in added):
        return
    with torch.no_grad():
        for arm in added:
            assert arm is not None
            assert arm.bias is not None
            assert main.bias is not None
            centre(main.weight).add_(centre(arm.weight))
            main.bias.add_(arm.bias)
    block.branch = nn.Sequential()
    block.branch.add_module("conv1", main)
    block.shortcut = NoAddition()


def _as_convolution(layers: list[nn.Module]) -> _ConvNd | None:
    """A convolution, perhaps with batch normalisation behind it, as one convolution with a bias; None for anything
    else.
    """
    if not layers or not isinstance(layers[0], _ConvNd) or layers[0].groups != 1:
        return None
    conv = copy.deepcopy(layers[0])
    if conv.bias is None:
        conv.bias = nn.Parameter(conv.weight.new_zeros(conv.out_channels))
    rest = [layer for layer in layers[1:] if not isinstance(layer, nn.Identity | StochasticDepth)]
    if not rest:
        return conv
    if len(rest) > 1 or not isinstance(rest[0], _BatchNorm):
        return None
    fused: _ConvNd = fuse_conv_bn_eval(conv, rest[0])
    return fused


def _identity(like: _ConvNd) -> _ConvNd:
    """The convolution of that shape whose output is its input."""
    made = copy.deepcopy(like)
    with torch.no_grad():
        made.weight.zero_()
        centre(made.weight).copy_(torch.eye(made.in_channels))
        assert made.bias is not None
        made.bias.zero_()
    return made
