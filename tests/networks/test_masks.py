"""Random masks: what they are functions of, how often they drop, and where stochastic depth may stand."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from skipwise.errors import UserError
from skipwise.networks import PRESETS, build, key_masks
from skipwise.networks.masks import KeyedDropout, StochasticDepth, ThinnedMaps
from skipwise.networks.shortcuts import parse_shortcut

MASKS = [KeyedDropout, ThinnedMaps, StochasticDepth]
RESIDUAL = PRESETS["resnet8"]


def ones(mask, count):
    """Input of `count` numbers that are dropped one by one."""
    return torch.ones(1, count) if mask is KeyedDropout else torch.ones(count, 1, 1)


@pytest.mark.parametrize("mask", MASKS)
def test_masks_are_functions_of_seed_step_and_name(mask):
    network = torch.nn.Sequential(mask(0.5), mask(0.5))
    x = ones(mask, 100)

    def masks(seed, step):
        key_masks(network, seed, step)
        torch.rand(7)  # other draws in between must change nothing
        return network[0](x), network[1](x)

    first, again, later, other = masks(0, 3), masks(0, 3), masks(0, 4), masks(1, 3)
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    assert not torch.equal(first[0], first[1])
    assert not torch.equal(first[0], later[0])
    assert not torch.equal(first[0], other[0])


@pytest.mark.parametrize("mask", MASKS)
def test_a_mask_depends_on_its_own_name_whatever_else_the_network_has(mask):
    x = ones(mask, 100)
    small, large = torch.nn.ModuleDict({"b": mask(0.5)}), torch.nn.ModuleDict({"a": mask(0.5), "b": mask(0.5)})
    key_masks(small, 0, 1)
    key_masks(large, 0, 1)
    large["a"](x)
    assert torch.equal(small["b"](x), large["b"](x))


def test_own_dropout_is_keyed_by_seed_and_step_too():
    dropout = torch.nn.Dropout(0.5)
    key_masks(dropout, 0, 5)
    first = dropout(torch.ones(100))
    torch.rand(3)
    key_masks(dropout, 0, 5)
    assert torch.equal(first, dropout(torch.ones(100)))


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_masks_drop_with_their_rate_and_rescale_where_they_should(mask, rate):
    """Kept numbers are divided by 1 - rate, but for thinned maps, which stay; the count within four deviations."""
    count = 10_000
    module = mask(rate)
    key_masks(module, 0, 0)
    x = ones(mask, count)
    y = module(x)
    kept = 1.0 if mask is ThinnedMaps else 1 / (1 - rate)
    assert sorted(y.unique().tolist()) == pytest.approx([0, kept])
    assert abs((y == 0).sum().item() - rate * count) < 4 * (rate * (1 - rate) * count) ** 0.5


@pytest.mark.parametrize("mask", MASKS)
def test_trained_networks_drop_nothing(mask):
    x = ones(mask, 20)
    expected = 0.75 * x if mask is ThinnedMaps else x
    assert torch.equal(mask(0.25).eval()(x), expected)
    assert torch.equal(mask(0.0)(x), x)


def test_neighbours_are_dropped_independently():
    """Of two neighbouring numbers, and of two modules, both are kept in a quarter of all cases."""
    network = torch.nn.Sequential(StochasticDepth(0.5), StochasticDepth(0.5))
    key_masks(network, 0, 0)
    x = torch.ones(10_000, 1, 1)
    one, two = (module(x).flatten() > 0 for module in network)
    assert (one & two).float().mean().item() == pytest.approx(0.25, abs=0.02)
    assert (one[1:] & one[:-1]).float().mean().item() == pytest.approx(0.25, abs=0.02)


@settings(max_examples=15, deadline=None)
@given(dims=st.sampled_from([1, 2, 3]), rate=st.sampled_from([0.25, 0.5, 0.75]), step=st.integers(0, 1000))
def test_stochastic_depth_drops_whole_examples(dims, rate, step):
    module = StochasticDepth(rate)
    key_masks(module, 0, step)
    x = torch.rand(8, 2, *[3] * dims) + 1
    for example, result in zip(x, module(x), strict=True):
        if result.flatten()[0] == 0:
            assert result.abs().sum() == 0
        else:
            torch.testing.assert_close(result, example / (1 - rate))


@pytest.mark.parametrize("mask", [KeyedDropout, ThinnedMaps])
def test_the_other_masks_drop_number_by_number(mask):
    module = mask(0.5)
    key_masks(module, 0, 0)
    x = torch.ones(8, 64) if mask is KeyedDropout else torch.ones(8, 4, 16)
    dropped = (module(x) == 0).flatten(1)
    assert (dropped.any(1) & ~dropped.all(1)).all()
    assert len(dropped.unique(dim=0)) == 8


@pytest.mark.parametrize(("name", "blocks"), [("resnet8", 3), ("resnet20", 9)])
def test_the_rate_grows_linearly_to_the_last_block(name, blocks):
    network = build(replace(PRESETS[name], stochastic_depth=0.5), (3, 8, 8), 2, seed=0)
    rates = [module.rate for module in network.modules() if isinstance(module, StochasticDepth)]
    assert rates == pytest.approx([0.5 * number / blocks for number in range(1, blocks + 1)])


def test_without_stochastic_depth_nothing_can_be_dropped():
    assert not any(isinstance(module, StochasticDepth) for module in build(RESIDUAL, (3, 8, 8), 2, seed=0).modules())


def test_a_networks_answers_in_training_are_functions_of_seed_and_step():
    network = build(replace(RESIDUAL, stochastic_depth=0.5), (3, 8, 8), 2, seed=0)
    x = torch.randn(8, 3, 8, 8)

    def answers(step):
        key_masks(network, 0, step)
        return network(x)

    assert torch.equal(answers(1), answers(1))
    assert not torch.equal(answers(1), answers(2))


@pytest.mark.parametrize(
    ("architecture", "sentence"),
    [
        (replace(RESIDUAL, stochastic_depth=0.5), "as in a plain twin, cannot have stochastic_depth"),
        (RESIDUAL.replace_blocks(multiplier=0.0), "as in a plain twin, cannot have multiplier=0"),
        (
            replace(RESIDUAL.replace_blocks(normalisation="none"), initialisation="fixup"),
            "as in a plain twin, cannot begin with initialisation=fixup",
        ),
    ],
)
def test_a_plain_twin_through_which_nothing_flows_is_refused(architecture, sentence):
    build(architecture, (3, 8, 8), 2, seed=0)
    with pytest.raises(UserError, match=sentence):
        architecture.plain_twin()
    with pytest.raises(UserError, match=sentence):
        build(architecture.replace_blocks(shortcut=PRESETS["plain8"].stages[0].block.shortcut), (3, 8, 8), 2, seed=0)


@pytest.mark.parametrize("multiplier", [None, 1.0])
def test_a_plain_twin_through_which_something_flows_is_not(multiplier):
    assert RESIDUAL.replace_blocks(multiplier=multiplier).plain_twin().is_plain


@pytest.mark.parametrize(
    "architecture", [PRESETS["resnet9"], PRESETS["resnet8"].with_shortcut(parse_shortcut("arms-identity"))]
)
def test_stochastic_depth_drops_only_branches_that_have_a_shortcut(architecture):
    architecture = replace(architecture.replace_blocks(normalisation="none"), stochastic_depth=0.9)
    try:
        network = build(architecture, (3, 32, 32), 10, seed=0)
    except UserError:
        return
    key_masks(network, 0, 0)
    for maps in network.features(torch.randn(64, 3, 32, 32)):
        assert maps.flatten(1).abs().sum(1).ne(0).all()
