"""Fused and unfused networks are one function."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from skipwise.networks import (
    PRESETS,
    Architecture,
    Arms,
    Block,
    Single,
    Stage,
    build,
    build_text,
    cost,
    fuse,
    has_shortcuts,
    least_size,
)

FUSED = ["resnet8", "plain8", "preresnet110", "resnet9", "repvgg-a0", "se-resnet50", "resnet50-d", "resnext50",
         "vgg11-bn", "article-resnet", "wrn-16-4"]  # fmt: skip


def lived_in(network, x):
    """Statistics and scales as training might leave them."""
    network.train()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * parameter.std(unbiased=False) * torch.randn(parameter.shape))
            if parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn(parameter.shape))
        for _ in range(3):
            network(x)
    return network.eval()


@pytest.mark.parametrize("name", FUSED)
def test_fused_and_unfused_agree(name):
    side = max(16, least_size(PRESETS[name]))
    x = torch.randn(8, 3, side, side)
    network = lived_in(build(PRESETS[name], (3, side, side), 5, seed=0), x)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    with torch.no_grad():
        expected = network(x)
        torch.testing.assert_close(fuse(network)(x), expected, atol=1e-4 * expected.abs().max().item(), rtol=1e-4)
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


@pytest.mark.parametrize("name", ["resnet8", "repvgg-a0"])
def test_they_agree_after_training(name):
    side = max(16, least_size(PRESETS[name]))
    network = build(PRESETS[name], (1, side, side), 2, seed=0)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.5
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    generator = torch.Generator().manual_seed(0)
    for _ in range(25):
        labels = torch.randint(2, (16,), generator=generator)
        x = torch.randn(16, 1, side, side, generator=generator) + labels.reshape(-1, 1, 1, 1)
        optimizer.zero_grad()
        F.cross_entropy(network(x), labels).backward()
        optimizer.step()
    network.eval()
    with torch.no_grad():
        assert (fuse(network)(x) - network(x)).abs().max() < 1e-4


@pytest.mark.parametrize("name", ["repvgg-a0", "repvgg-b0"])
def test_a_fused_repvgg_holds_only_3x3_convolutions_and_relu(name):
    network = build(PRESETS[name], (3, 64, 64), 10, seed=0)
    fused = fuse(network)
    leaves = [module for module in fused.stages.modules() if next(module.children(), None) is None]
    working = [module for module in leaves if not isinstance(module, torch.nn.Sequential)]
    kinds = {type(module).__name__ for module in working}
    assert kinds == {"Conv2d", "ReLU", "NoAddition"}
    assert {module.kernel_size for module in working if isinstance(module, torch.nn.Conv2d)} == {(3, 3)}
    assert has_shortcuts(network)
    assert not has_shortcuts(fused)
    plain = fuse(build(PRESETS[f"plain-{name}"], (3, 64, 64), 10, seed=0))
    assert cost(fused, (3, 64, 64)) == cost(plain, (3, 64, 64))


def test_a_residual_network_stays_residual_and_loses_its_normalisations():
    fused = fuse(build(PRESETS["resnet8"], (3, 16, 16), 5, seed=0))
    assert has_shortcuts(fused)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in fused.modules())


def test_pre_activation_keeps_the_normalisations_that_stand_before_a_convolution():
    fused = fuse(build(PRESETS["preresnet110"], (3, 16, 16), 5, seed=0))
    names = {
        name.rpartition(".")[2] for name, module in fused.named_modules() if isinstance(module, torch.nn.BatchNorm2d)
    }
    assert names == {"norm"}


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("arms", [Arms(), Arms(identity=False), Arms(convolution=False)])
@pytest.mark.parametrize("normalisation", ["batch", "none"])
def test_arms_merge_in_every_dimension(dims, arms, normalisation):
    block = Block(branch=Single(), shortcut=arms, normalisation=normalisation)
    architecture = Architecture(stem=None, stages=(Stage(blocks=2, width=4, block=block),), dims=dims)
    x = torch.randn(4, 2, *[6] * dims)
    network = lived_in(build(architecture, (2, *[6] * dims), 3, seed=0), x)
    fused = fuse(network)
    assert not has_shortcuts(fused)
    with torch.no_grad():
        torch.testing.assert_close(fused(x), network(x), atol=1e-5, rtol=1e-5)


def test_stochastic_depth_does_not_keep_arms_from_merging():
    architecture = replace(PRESETS["repvgg-a0"], stochastic_depth=0.5)
    network = build(architecture, (3, 32, 32), 3, seed=0).eval()
    fused = fuse(network)
    assert not has_shortcuts(fused)
    x = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        expected = network(x)
        torch.testing.assert_close(fused(x), expected, atol=1e-4 * expected.abs().max().item(), rtol=1e-4)


def test_arms_that_cannot_merge_stay():
    """Group normalisation looks at the image, and two convolutions are not one."""
    for block in (Block(branch=Single(), shortcut=Arms(), normalisation="group"), Block(shortcut=Arms())):
        architecture = Architecture(stem=None, stages=(Stage(blocks=2, width=4, block=block),))
        network = build(architecture, (3, 6, 6), 3, seed=0).eval()
        fused = fuse(network)
        assert has_shortcuts(fused)
        x = torch.randn(2, 3, 6, 6)
        torch.testing.assert_close(fused(x), network(x), atol=1e-5, rtol=1e-5)


def test_another_make_of_network_comes_back_as_it_is():
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    assert len(fuse(network)) == 2


def test_fuse_reaches_the_network_inside():
    network = build_text(PRESETS["resnet-text-8"], 20, 32, 5, seed=0)
    tokens = torch.randint(1, 20, (8, 32))
    tokens[0, 9:] = 0
    for _ in range(5):
        network(tokens)
    network.eval()
    fused = fuse(network)
    assert not any(isinstance(module, nn.BatchNorm1d) for module in fused.modules())
    torch.testing.assert_close(fused(tokens), network(tokens), atol=1e-4, rtol=1e-4)
