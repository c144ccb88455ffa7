"""How parameters begin: deviations, gains, identities and orthogonal maps, each counted or multiplied out."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from skipwise.errors import UserError
from skipwise.networks import PRESETS, Basic, Bottleneck, Gate, Single, build
from skipwise.networks.initialisation import initialise, orthogonal
from skipwise.networks.layers import ACTIVATIONS, convolution

KINDS = ["he", "dirac", "looks-linear", "delta-orthogonal"]
GAINS = {
    "relu": math.sqrt(2),
    "relu6": math.sqrt(2),
    "leaky-relu": math.sqrt(2 / (1 + 0.01**2)),
    "tanh": 5 / 3,
    "elu": math.sqrt(2),
    "gelu": math.sqrt(2),
    "silu": math.sqrt(2),
}

channels = st.integers(1, 6)
dimensions = st.sampled_from([1, 2, 3])


def begun(layer, kind="he", *, seed=0, activation="relu"):
    initialise(layer, seed, kind=kind, activation=activation)
    return layer


def middle(weight):
    """The matrix at the kernel's centre; everything else must be zero."""
    weight = weight.detach().double().numpy()
    at = (slice(None), slice(None), *(side // 2 for side in weight.shape[2:]))
    around = weight.copy()
    around[at] = 0
    assert not around.any()
    return weight[at]


def unnormalised(name, **changes):
    """A preset that nothing normalises, not even its stem."""
    architecture = PRESETS[name].replace_blocks(**{"normalisation": "none"} | changes)
    return replace(architecture, stem=replace(architecture.stem, normalisation="none"))


def convolution_weights(network):
    return {name: parameter for name, parameter in network.named_parameters() if parameter.ndim > 2}


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("dims", "inputs", "kernel", "groups"), [(1, 8, 5, 1), (2, 16, 3, 4), (3, 2, 3, 1)])
def test_he_draws_normal_numbers_of_variance_gain_squared_by_fan_in(activation, dims, inputs, kernel, groups):
    """Mean, deviation and the 68 % within one deviation, each to about four of its own deviations."""
    layer = begun(convolution(dims, inputs, 400, kernel, groups=groups, bias=True), activation=activation)
    fan_in = inputs // groups * kernel**dims
    standard = layer.weight.detach().flatten() / (GAINS[activation] / math.sqrt(fan_in))
    root = math.sqrt(len(standard))
    assert standard.mean().item() == pytest.approx(0, abs=4 / root)
    assert standard.std().item() == pytest.approx(1, abs=3 / root)
    assert (standard.abs() < 1).float().mean().item() == pytest.approx(0.6827, abs=2 / root)
    assert layer.bias.eq(0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_dense_layers_have_variance_1_by_fan_in(kind):
    layer = begun(nn.Linear(50, 400), kind)
    assert layer.weight.std().item() == pytest.approx(1 / math.sqrt(50), rel=0.02)
    assert layer.bias.eq(0).all()


@settings(max_examples=20, deadline=None)
@given(dims=dimensions, inputs=channels, outputs=channels, kernel=st.sampled_from([1, 3]))
def test_dirac_copies_the_channels_it_can_and_draws_the_other_filters(dims, inputs, outputs, kernel):
    layer = begun(convolution(dims, inputs, outputs, kernel, bias=False), "dirac")
    copied = min(inputs, outputs)
    x = torch.randn(2, inputs, *[3] * dims)
    torch.testing.assert_close(layer(x)[:, :copied], x[:, :copied])
    drawn = begun(convolution(dims, inputs, outputs, kernel, bias=False), "he")
    assert torch.equal(layer.weight[copied:], drawn.weight[copied:])
    assert layer.weight[copied:].ne(0).all()


@settings(max_examples=20, deadline=None)
@given(dims=dimensions, inputs=channels, outputs=channels, activation=st.sampled_from(["relu", "tanh"]))
def test_delta_orthogonal_layers_keep_the_norm_up_to_the_gain(dims, inputs, outputs, activation):
    """Every input's norm where no channel is lost; where some are, the filters are orthonormal."""
    layer = begun(convolution(dims, inputs, outputs, 3, bias=False), "delta-orthogonal", activation=activation)
    matrix, gain = middle(layer.weight), GAINS[activation]
    few = matrix.T if outputs >= inputs else matrix
    for i, one in enumerate(few):
        for j, other in enumerate(few):
            product = sum(a * b for a, b in zip(one, other, strict=True))
            assert product == pytest.approx(gain**2 if i == j else 0, abs=1e-5)
    x = torch.randn(2, inputs, *[3] * dims)
    if outputs >= inputs:
        assert layer(x).norm().item() == pytest.approx(gain * x.norm().item(), rel=1e-4)
    else:
        assert layer(x).norm().item() < gain * x.norm().item() * (1 + 1e-4)


def test_orthogonal_matrices_are_uniform():
    """Of each entry of a uniform 4x4 one, the mean is 0 and the mean square 1/4: no sign and no place is favoured."""
    generator = torch.Generator().manual_seed(0)
    matrices = torch.stack([orthogonal(4, 4, generator) for _ in range(2000)]).numpy()
    np.testing.assert_allclose(matrices.mean(0), 0, atol=0.05)
    np.testing.assert_allclose((matrices**2).mean(0), 0.25, atol=0.025)


@settings(max_examples=15, deadline=None)
@given(dims=dimensions, inputs=st.sampled_from([1, 2, 3, 4, 6]), half=st.integers(1, 4))
def test_looks_linear_weights_come_in_pairs_of_opposite_sign(dims, inputs, half):
    """[[W, -W], [-W, W]] of an even number of channels, [W, -W] above one another of an odd one; W is orthogonal."""
    matrix = middle(begun(convolution(dims, inputs, 2 * half, 3, bias=False), "looks-linear").weight)
    columns = inputs // 2 if inputs % 2 == 0 else inputs
    w = matrix[:half, :columns]
    row = np.hstack([w, -w]) if inputs % 2 == 0 else w
    np.testing.assert_array_equal(matrix, np.vstack([row, -row]))
    product = w @ w.T if half <= columns else w.T @ w
    np.testing.assert_allclose(product, np.eye(min(half, columns)), atol=1e-5)


def departure_from_linearity(kind, *, dims, order, a, b):
    """|f(a x + b y) - a f(x) - b f(y)| by |f(a x + b y)|."""
    architecture = replace(unnormalised("plain8", order=order), dims=dims, initialisation=kind)
    f = build(architecture, (3, *[8] * dims), 5, seed=0).eval().double()
    x, y = torch.randn(2, 4, 3, *[8] * dims, dtype=torch.double)
    with torch.no_grad():
        mixed = f(a * x + b * y)
        return ((mixed - a * f(x) - b * f(y)).norm() / mixed.norm()).item()


@settings(max_examples=10, deadline=None)
@given(
    dims=dimensions,
    order=st.sampled_from(["post", "pre-activation"]),
    a=st.floats(0.5, 2),
    b=st.floats(-2, -0.5),
)
def test_a_looks_linear_plain_network_begins_as_a_linear_map(dims, order, a, b):
    assert departure_from_linearity("looks-linear", dims=dims, order=order, a=a, b=b) < 1e-5


@pytest.mark.parametrize("kind", ["he", "delta-orthogonal"])
def test_other_plain_networks_do_not(kind):
    assert departure_from_linearity(kind, dims=2, order="post", a=1.5, b=-1.0) > 0.1


@pytest.mark.parametrize(
    ("branch", "last", "factor"),
    [(Basic(), "conv2", 3**-0.5), (Bottleneck(), "conv3", 3**-0.25), (Single(), "conv1", 1)],
)
def test_fixup_scales_branches_and_ends_them_in_zero(branch, last, factor):
    """L = 3 blocks of m = 2, 3 and 1 convolutions: L^(-1 / (2 m - 2)); what is no branch stays as `he` has it."""
    architecture = unnormalised("resnet8", branch=branch, shortcut=Gate())
    he = convolution_weights(build(architecture, (3, 8, 8), 4, seed=0))
    network = build(replace(architecture, initialisation="fixup"), (3, 8, 8), 4, seed=0)
    zero = 0
    for name, weight in convolution_weights(network).items():
        expected = 1 if ".branch." not in name else 0 if last in name else factor
        zero += expected == 0
        torch.testing.assert_close(weight, expected * he[name])
    assert zero == 3
    assert network.head[-1].weight.eq(0).all()


def test_a_fixup_network_begins_with_zero_logits_and_learns():
    """At first only the dense layer has a gradient; once it has moved, the branches' ends have one too."""
    architecture = PRESETS["resnet8"].replace_blocks(normalisation="scalar-bias", multiplier=1.0)
    architecture = replace(
        architecture, stem=replace(architecture.stem, normalisation="scalar-bias"), initialisation="fixup"
    )
    network = build(architecture, (3, 8, 8), 4, seed=0)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    x, labels = torch.randn(8, 3, 8, 8), torch.arange(8) % 4
    assert network(x).eq(0).all()
    for _ in range(2):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(x), labels).backward()
        assert all(parameter.grad.isfinite().all() for parameter in network.parameters())
        optimizer.step()
    assert all(block.branch.conv2.weight.grad.abs().sum() > 0 for stage in network.stages for block in stage)
    assert all(block.branch.multiplier.factor.item() == pytest.approx(1) for stage in network.stages for block in stage)


def test_fixup_is_for_networks_that_nothing_normalises():
    with pytest.raises(UserError, match="initialisation=fixup is for networks that nothing normalises"):
        build(replace(PRESETS["resnet8"], initialisation="fixup"), (3, 8, 8), 4, seed=0)


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_are_functions_of_seed_and_name_whatever_else_there_is(kind):
    def layer():
        return convolution(2, 4, 6, 3, bias=True)

    alone = begun(nn.ModuleDict({"b": layer()}), kind)
    torch.rand(5)  # other draws in between must change nothing
    among = begun(nn.ModuleDict({"a": layer(), "b": layer(), "c": nn.Linear(3, 2)}), kind)
    assert torch.equal(alone["b"].weight, among["b"].weight)
    assert not torch.equal(among["a"].weight, among["b"].weight)
    assert not torch.equal(alone["b"].weight, begun(nn.ModuleDict({"b": layer()}), kind, seed=1)["b"].weight)


@pytest.mark.parametrize("kind", [*KINDS, "fixup"])
def test_twins_and_relatives_begin_with_the_same_bits(kind):
    """The parameters that a gate or a squeeze adds change nothing of what has the same name and shape elsewhere."""
    architecture = replace(unnormalised("resnet8"), initialisation=kind)
    one = build(architecture, (3, 8, 8), 4, seed=2).state_dict()
    more = architecture.replace_blocks(shortcut=Gate(), squeeze=4)
    two = build(more, (3, 8, 8), 4, seed=2).state_dict()
    assert len(two) > len(one)
    for name, tensor in one.items():
        assert torch.equal(tensor, two[name]), name


def test_drawing_leaves_torchs_own_generator_alone():
    network = nn.Sequential(convolution(2, 2, 4, 3, bias=True), nn.Linear(4, 2))
    before = torch.get_rng_state()
    for kind in KINDS:
        initialise(network, 0, kind=kind)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("groups", [2, 4])
def test_a_grouped_dirac_convolution_begins_as_the_identity(groups):
    layer = convolution(2, 8, 8, 3, groups=groups, bias=False)
    initialise(layer, 0, kind="dirac")
    x = torch.randn(2, 8, 5, 5)
    torch.testing.assert_close(layer(x), x)


@pytest.mark.parametrize("groups", [2, 4])
def test_a_grouped_delta_orthogonal_convolution_keeps_the_norm(groups):
    layer = convolution(2, 8, 8, 3, groups=groups, bias=False)
    initialise(layer, 0, kind="delta-orthogonal")
    x = torch.randn(2, 8, 5, 5)
    assert layer(x).norm().item() == pytest.approx(2**0.5 * x.norm().item(), rel=1e-4)


def test_a_dense_layer_of_an_odd_number_of_features_has_independent_logits():
    layer = nn.Linear(3, 4)
    initialise(layer, 0, kind="looks-linear")
    assert not torch.equal(layer.weight[:2], -layer.weight[2:])


def test_looks_linear_sees_an_image_of_two_equal_channels():
    architecture = replace(PRESETS["plain8"].replace_blocks(normalisation="none"), initialisation="looks-linear")
    architecture = replace(architecture, stem=replace(architecture.stem, normalisation="none"))
    image = torch.rand(1, 1, 8, 8).expand(1, 2, 8, 8)
    assert build(architecture, (2, 8, 8), 5, seed=0)(image).abs().max() > 1e-4
