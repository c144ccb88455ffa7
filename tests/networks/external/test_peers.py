"""Against torchvision and timm: weights copied both ways, equal counts, outputs and gradients."""

from dataclasses import replace

import pytest
import timm
import torch
import torchvision

from skipwise.networks import PRESETS, build
from skipwise.networks.external.pretrained import load_weights
from skipwise.networks.external.weight_names import name_maps
from support.slow import slow_where

TORCHVISION = {
    "resnet18": "resnet18",
    "resnet34": "resnet34",
    "resnet50": "resnet50",
    "resnet101": "resnet101",
    "resnet152": "resnet152",
    "wide-resnet50-2": "wide_resnet50_2",
    "wide-resnet101-2": "wide_resnet101_2",
    "resnext50": "resnext50_32x4d",
    "resnext101": "resnext101_32x8d",
    "vgg11": "vgg11",
    "vgg13": "vgg13",
    "vgg16": "vgg16",
    "vgg19": "vgg19",
    "vgg11-bn": "vgg11_bn",
    "vgg13-bn": "vgg13_bn",
    "vgg16-bn": "vgg16_bn",
    "vgg19-bn": "vgg19_bn",
    "mobilenet-v2": "mobilenet_v2",
}
TIMM = {
    "se-resnet50": "seresnet50",
    "resnet50-d": "resnet50d",
    "repvgg-a0": "repvgg_a0",
    "repvgg-a1": "repvgg_a1",
    "repvgg-a2": "repvgg_a2",
    "repvgg-b0": "repvgg_b0",
    "preresnet50": "resnetv2_50",
}
OURS = {
    **PRESETS,
    "preresnet50": PRESETS["resnet50"].replace_blocks(order="pre-activation"),
}
PAIRS = [*((ours, "torchvision", name) for ours, name in TORCHVISION.items()),
         *((ours, "timm", name) for ours, name in TIMM.items())]  # fmt: skip

SMALL = ("resnet18", "resnet50", "mobilenet-v2", "se-resnet50", "resnet50-d", "repvgg-a0", "preresnet50")
"""One of each kind. VGGs have more than 100 million weights."""


def theirs(library, name):
    """Their network, its parameters and statistics moved away from where they begin."""
    torch.manual_seed(0)
    network = torchvision.models.get_model(name) if library == "torchvision" else timm.create_model(name)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.05 * torch.randn(parameter.shape))
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.1)
                module.running_var.uniform_(0.5, 1.5)
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return network


def close(ours, expected, tolerance):
    """Relative to the largest number of the expected."""
    assert (ours - expected).abs().max() <= tolerance * max(1.0, expected.abs().max())


@pytest.mark.parametrize(("name", "library", "their_name"), slow_where(lambda pair: pair[0] not in SMALL, PAIRS))
def test_equal_to_theirs(name, library, their_name):
    peer = theirs(library, their_name)
    architecture = replace(OURS[name], head=replace(OURS[name].head, dropout=0.0))
    ours = build(architecture, (3, 64, 64), 1000, seed=0)
    assert sum(p.numel() for p in ours.parameters()) == sum(p.numel() for p in peer.parameters())
    assert len(load_weights(ours, peer.state_dict(), their_name).backbone) == len(list(peer.parameters())) - 2

    x = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        close(ours.eval()(x), peer.eval()(x), 1e-5)

    ours, peer, x = ours.double().train(), peer.double().train(), x.double()
    mine, expected = ours(x), peer(x)
    close(mine, expected, 1e-10)
    mine.logsumexp(1).sum().backward()
    expected.logsumexp(1).sum().backward()
    names = next(names for names in name_maps(ours) if set(names.values()) >= set(dict(peer.named_parameters())))
    gradients = {key: parameter.grad for key, parameter in peer.named_parameters()}
    for key, parameter in ours.named_parameters():
        close(parameter.grad, gradients[names[key]].reshape(parameter.shape), 1e-9)


@pytest.mark.parametrize(("name", "library", "their_name"), slow_where(lambda pair: pair[0] != "resnet18", [
    ("resnet18", "torchvision", "resnet18"), ("resnext50", "torchvision", "resnext50_32x4d"),
    ("vgg11-bn", "torchvision", "vgg11_bn"), ("se-resnet50", "timm", "seresnet50"),
    ("resnet50-d", "timm", "resnet50d"), ("repvgg-a0", "timm", "repvgg_a0"), ("preresnet50", "timm", "resnetv2_50"),
]))  # fmt: skip
def test_our_weights_fit_into_theirs(name, library, their_name):
    ours = build(OURS[name], (3, 64, 64), 1000, seed=0).double().eval()
    peer = theirs(library, their_name).double().eval()
    expected = {key for key in peer.state_dict() if not key.endswith("num_batches_tracked")}
    names = next(names for names in name_maps(ours) if set(names.values()) >= expected)
    shapes = peer.state_dict()
    state = {names[key]: value.reshape(shapes[names[key]].shape) for key, value in ours.state_dict().items()}
    peer.load_state_dict(state, strict=True)
    x = torch.randn(2, 3, 64, 64, dtype=torch.double)
    with torch.no_grad():
        close(peer(x), ours(x), 1e-10)
