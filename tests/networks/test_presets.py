"""Every preset: builds, runs, learns, is kept and exported, and differs from its twin by the shortcut alone."""

from dataclasses import replace

import pytest
import torch

from skipwise.networks import (
    CATALOGUE,
    PRESETS,
    TWINS,
    Architecture,
    NoShortcut,
    Stage,
    build,
    cost,
    least_size,
    shapes_of,
)
from skipwise.networks.presets import depths_of, families
from support.slow import slow_where

IMAGES = [name for name, preset in CATALOGUE.items() if not preset.vocabulary]
EXPLODING = ("plain1202", "plain-preresnet1001")
"""Plain networks with batch normalisation, whose gradients grow by about 1.2 a layer: beyond fp32 at this depth."""


def with_few_blocks(architecture):
    """At most two blocks in a stage, the first and one like all others, and few channels: every kind of layer once."""
    stages = [
        replace(stage, blocks=min(2, stage.blocks), width=min(16 * (1 + number), stage.width))
        for number, stage in enumerate(architecture.stages)
    ]
    return replace(architecture, stages=tuple(stages))


KINDS = {with_few_blocks(PRESETS[name]): name for name in reversed(IMAGES)}
"""One preset of those that only differ in depth and width, by its architecture with few blocks."""


def is_large(name):
    """Whether another preset differs only in depth and width, and is shallower; or there are many weights."""
    return name not in KINDS.values() or any(word in name for word in ("vgg", "wide", "resnext101", "wrn-28", "200"))


def steady(network):
    """In eval mode, normalisations with the statistics of their last batch, so that maps stay of ordinary size."""
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    return network


def after_a_batch(architecture, side):
    """A network in eval mode that has seen one batch, and the batch, at least so many pixels a side."""
    side = max(side, least_size(architecture))
    network = steady(build(architecture, (3, side, side), 5, seed=0))
    x = torch.randn(4, 3, side, side)
    network(x)
    network.eval()
    return network, x


@pytest.mark.parametrize("name", slow_where(is_large, IMAGES))
def test_runs_at_its_least_size_learns_and_is_kept(name):
    architecture = PRESETS[name]
    side = max(8, least_size(architecture))
    precision = torch.float64 if name in EXPLODING else torch.float32
    network = steady(build(architecture, (3, side, side), 5, seed=0)).to(precision)
    x = torch.randn(4, 3, side, side, dtype=precision)
    logits = network(x)
    assert logits.shape == (4, 5)
    logits.logsumexp(1).sum().backward()
    assert all(parameter.grad is not None and parameter.grad.isfinite().all() for parameter in network.parameters())
    assert any(parameter.grad.abs().sum() > 0 for parameter in network.stages.parameters())

    again = build(architecture, (3, side, side), 5, seed=1).to(precision).eval()
    again.load_state_dict(network.eval().state_dict(), strict=True)
    with torch.no_grad():
        expected = network(x)
        assert expected.isfinite().all()
        assert torch.equal(again(x), expected)


@pytest.mark.parametrize("name", slow_where(lambda name: name.startswith("plain"), KINDS.values()))
def test_exported_it_computes_the_same(name):
    check_export(with_few_blocks(PRESETS[name]))


@pytest.mark.slow
def test_a_deep_one_is_exported_whole():
    check_export(PRESETS["resnet110"])


def check_export(architecture):
    network, x = after_a_batch(architecture, 8)
    with torch.no_grad():
        exported = torch.export.export(network, (x,)).module()
        torch.testing.assert_close(exported(x), network(x))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet20", "plain20", "preresnet110", "repvgg-a0", "resnet50", "vgg11-bn"])
def test_compiled_it_computes_the_same(name):
    network, x = after_a_batch(with_few_blocks(PRESETS[name]), 32)
    with torch.no_grad():
        torch.testing.assert_close(torch.compile(network)(x), network(x), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", PRESETS)
def test_comes_back_from_json(name):
    assert Architecture.from_json(PRESETS[name].to_json()) == PRESETS[name]


@pytest.mark.parametrize("name", slow_where(is_large, TWINS))
def test_the_twin_differs_by_the_shortcut_alone(name):
    residual, plain = PRESETS[name], PRESETS[TWINS[name]]
    assert plain == residual.replace_blocks(shortcut=NoShortcut())
    assert plain.is_plain
    assert not residual.is_plain
    theirs, ours = (build_shapes(architecture, CATALOGUE[name].input_shape) for architecture in (residual, plain))
    assert ours.items() <= theirs.items()
    assert all(".shortcut." in added for added in theirs.keys() - ours.keys())


def build_shapes(architecture, shape):
    return {key: tuple(value.shape) for key, value in shapes_of(architecture, shape, 5).state_dict().items()}


def test_twins_have_the_names_that_are_documented():
    for name, twin in {
        "resnet20": "plain20",
        "resnet50": "plain50",
        "resnet50-d": "plain50-d",
        "wrn-28-10": "plain-wrn-28-10",
        "preresnet110": "plain-preresnet110",
        "repvgg-a0": "plain-repvgg-a0",
        "wide-resnet50-2": "plain-wide-resnet50-2",
        "res-vdcnn9": "vdcnn9",
        "resnet-text-14": "plain-text-14",
    }.items():
        assert TWINS[name] == twin
        assert twin in PRESETS


def test_every_preset_names_its_source():
    assert all(preset.source for preset in CATALOGUE.values())
    assert CATALOGUE["plain50"].source == "resnet50 without shortcuts"


def test_a_depth_of_1202_is_shown_by_the_count_of_its_layers():
    assert cost(build(PRESETS["resnet110"], (3, 32, 32), 10, seed=0), (3, 32, 32)).depth == 110


def test_the_articles_networks_have_its_layers():
    cnn = build(PRESETS["article-cnn"], (3, 32, 32), 7, seed=0)
    kernels = [tuple(p.shape) for p in cnn.parameters() if p.ndim == 4]
    assert [shape[0] for shape in kernels] == [32, 64, 128, 256, 512]
    assert all(shape[2:] == (3, 3) for shape in kernels)
    assert cnn.head.dense.in_features == 512

    resnet = build(PRESETS["article-resnet"], (3, 32, 32), 7, seed=0)
    assert [tuple(m.shape) for m in resnet.features(torch.zeros(1, 3, 32, 32))] == [
        (1, 64, 8, 8),
        (1, 256, 8, 8),
        (1, 512, 4, 4),
        (1, 1024, 2, 2),
        (1, 2048, 1, 1),
    ]
    assert PRESETS["article-resnet"].stages[0].block.order == "relu-before-addition"


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("name", ["resnet8", "preresnet164", "repvgg-a0", "se-resnet50", "resnet50-d"])
def test_one_architecture_in_every_dimension(name, dims):
    small = replace(PRESETS[name], dims=dims)
    small = replace(small, stages=tuple(replace(stage, blocks=1) for stage in small.stages))
    side = max(8, least_size(small))
    network = build(small, (2, *[side] * dims), 3, seed=0)
    assert network(torch.randn(2, 2, *[side] * dims)).shape == (2, 3)


def test_a_sweep_over_depth_finds_them():
    assert depths_of("res-vdcnn") == [9, 17, 29, 49]
    assert depths_of("resnet-text-") == [8, 14, 20, 32]
    assert {"res-vdcnn", "resnet-text-"} <= set(families())
    assert "vdcnn" not in families()


def test_the_slim_family():
    assert depths_of("resnet-slim") == [10, 18, 34]
    assert "resnet-slim" in families()
    assert PRESETS["plain-slim18"] == PRESETS["resnet-slim18"].plain_twin()
    for depth in depths_of("resnet-slim"):
        assert cost(build(PRESETS[f"plain-slim{depth}"], (3, 96, 96), 5, seed=0), (3, 96, 96)).depth == depth
    assert all(isinstance(stage, Stage) and stage.downsample == "stride" for stage in PRESETS["resnet-slim34"].stages)
