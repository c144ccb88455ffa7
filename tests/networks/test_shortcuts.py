"""Each shortcut's formula, by loops in numpy, in one, two and three dimensions."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from skipwise.errors import UserError
from skipwise.networks import (
    PRESETS,
    SHORTCUTS,
    Arms,
    BlockContext,
    ConvReLU,
    CustomShortcut,
    Dropout,
    Gate,
    Projection,
    Scale,
    ZeroPad,
    build,
    key_masks,
)
from skipwise.networks.initialisation import initialise
from skipwise.networks.shortcuts import parse_shortcut
from support.naive_layers import drawn, naive_convolution, naive_normalisation, redrawn


def context(*, in_channels=2, out_channels=4, stride=2, dims=2, normalisation="none"):
    return BlockContext(
        in_channels=in_channels,
        width=out_channels,
        out_channels=out_channels,
        stride=stride,
        dims=dims,
        normalisation=normalisation,
        bias=normalisation == "none",
    )


@pytest.mark.parametrize("name", ["none", "zero-pad", "identity", "scale", "dropout"])
def test_shortcuts_without_parameters(name):
    assert not list(SHORTCUTS[name].build(context()).parameters())


def test_zero_pad_cannot_lose_channels():
    with pytest.raises(UserError, match="cannot go from 8 to 4 channels"):
        ZeroPad().build(context(in_channels=8, out_channels=4))


def test_projection_is_normalised_as_its_block_is():
    names = [name for name, _ in Projection().build(context(normalisation="batch")).named_parameters()]
    assert names == ["path.conv.weight", "path.norm.weight", "path.norm.bias"]


@pytest.mark.parametrize(("always", "parameters"), [(False, 0), (True, 1)])
def test_option_c_projects_everywhere_and_option_b_does_not(always, parameters):
    module = Projection(always=always).build(context(in_channels=4, stride=1, normalisation="batch"))
    assert sum(parameter.ndim == 4 for parameter in module.parameters()) == parameters


@pytest.mark.parametrize(("stride", "shapes"), [(1, [(4, 2, 3, 3)]), (2, [(4, 2, 1, 1), (4, 4, 3, 3)])])
def test_the_articles_shortcut_is_a_1x1_where_it_strides_and_a_3x3(stride, shapes):
    module = ConvReLU().build(context(stride=stride))
    assert [tuple(p.shape) for p in module.parameters() if p.ndim == 4] == shapes


class Halved(torch.nn.Module):
    formula = "F(x) + 0.5 x"
    caption = "half"

    def __init__(self, context):
        super().__init__()

    def forward(self, x, branch):
        return branch + 0.5 * x


def not_a_module(context):
    return "no module"


def test_a_users_own_shortcut():
    x = drawn(3, 2, 5, 5)
    module = CustomShortcut(path=f"{__name__}.Halved").build(context(out_channels=2, stride=1))
    torch.testing.assert_close(module(x, x), 1.5 * x)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("nowhere.Shortcut", "nowhere.Shortcut cannot be used: importing nowhere fails with ModuleNotFoundError"),
        (f"{__name__}.Absent", "has no 'Absent'"),
        (f"{__name__}.not_a_module", "gave str for a shortcut: it must give a torch.nn.Module."),
    ],
)
def test_an_own_shortcut_that_cannot_be(path, sentence):
    with pytest.raises(UserError, match=sentence):
        CustomShortcut(path=path).build(context())


def padded(x, stride, channels):
    """x at every `stride`-th pixel in the first channels, zero in the others."""
    y = np.zeros((len(x), channels, *(-(-side // stride) for side in x.shape[2:])))
    for p in itertools.product(*map(range, y.shape[2:])):
        y[(slice(None), slice(x.shape[1]), *p)] = x[(..., *(stride * position for position in p))]
    return y


def averaged(x):
    """The mean of each 2 pixels a side, of fewer where an odd map ends."""
    y = np.zeros((*x.shape[:2], *(-(-side // 2) for side in x.shape[2:])))
    for p in itertools.product(*map(range, y.shape[2:])):
        pixels = [x[(..., *at)] for at in itertools.product(*((2 * i, 2 * i + 1) for i in p)) if in_map(at, x)]
        y[(..., *p)] = sum(pixels) / len(pixels)
    return y


def in_map(at, x):
    return all(position < side for position, side in zip(at, x.shape[2:], strict=True))


def projected(x, weights, name, stride):
    y = naive_convolution(x, weights[f"{name}.conv.weight"], weights.get(f"{name}.conv.bias"), stride=stride)
    return normalised(y, weights, f"{name}.norm")


def normalised(x, weights, name):
    """Over the batch, where a layer of that name does."""
    if f"{name}.weight" not in weights:
        return x
    shape = (1, -1, *[1] * (x.ndim - 2))
    scale, bias = weights[f"{name}.weight"].reshape(shape), weights[f"{name}.bias"].reshape(shape)
    return naive_normalisation("batch", x) * scale + bias


def gate(x, weights, stride):
    return 1 / (1 + np.exp(-naive_convolution(x, weights["gate.weight"], weights["gate.bias"], stride=stride)))


def projection(x, weights, context, *, always=False, average=False):
    if not always and context.stride == 1 and context.in_channels == context.out_channels:
        return x
    if average and context.stride == 2:
        return projected(averaged(x), weights, "path", 1)
    return projected(x, weights, "path", context.stride)


def conv_relu(x, weights, context):
    names = ["path.0", "path.2"] if context.stride == 2 else ["path.0"]
    for number, name in enumerate(names, start=1):
        stride = context.stride if number < len(names) else 1
        x = np.maximum(naive_convolution(x, weights[f"{name}.weight"], weights[f"{name}.bias"], stride=stride), 0)
    return x


def arms(x, weights, context, *, convolution=True, identity=True):
    sum_of_arms = 0
    if convolution:
        sum_of_arms = sum_of_arms + projected(x, weights, "convolution", context.stride)
    if identity and context.stride == 1 and context.in_channels == context.out_channels:
        sum_of_arms = sum_of_arms + normalised(x, weights, "identity")
    return sum_of_arms


FORMULAS = {
    "none": lambda x, f, w, context: f,
    "zero-pad": lambda x, f, w, context: f + padded(x, context.stride, context.out_channels),
    "identity": lambda x, f, w, context: f + x if x.shape == f.shape else f,
    "projection": lambda x, f, w, context: f + projection(x, w, context),
    "projection-always": lambda x, f, w, context: f + projection(x, w, context, always=True),
    "projection-average": lambda x, f, w, context: f + projection(x, w, context, average=True),
    "conv-relu": lambda x, f, w, context: f + conv_relu(x, w, context),
    "scale": lambda x, f, w, context: 1.0 * f + 0.5 * padded(x, context.stride, context.out_channels),
    "gate": lambda x, f, w, context: (
        f + (1 - gate(x, w, context.stride)) * padded(x, context.stride, context.out_channels)
    ),
    "exclusive-gate": lambda x, f, w, context: (
        gate(x, w, context.stride) * f
        + (1 - gate(x, w, context.stride)) * padded(x, context.stride, context.out_channels)
    ),
    "dropout": lambda x, f, w, context: f + 0.5 * padded(x, context.stride, context.out_channels),
    "arms": lambda x, f, w, context: f + arms(x, w, context),
    "arms-1x1": lambda x, f, w, context: f + arms(x, w, context, identity=False),
    "arms-identity": lambda x, f, w, context: f + arms(x, w, context, convolution=False),
}


@pytest.mark.parametrize("name", SHORTCUTS)
@settings(max_examples=20, deadline=None)
@given(
    dims=st.sampled_from([1, 2, 3]),
    stride=st.sampled_from([1, 2]),
    out_channels=st.sampled_from([2, 4]),
    side=st.integers(2, 5),
    normalisation=st.sampled_from(["none", "batch"]),
)
def test_every_shortcut_by_its_formula(name, dims, stride, out_channels, side, normalisation):
    """Batch normalisation by the batch; dropout as it is after training."""
    where = context(out_channels=out_channels, stride=stride, dims=dims, normalisation=normalisation)
    module = redrawn(SHORTCUTS[name].build(where)).train(name != "dropout")
    x, f = drawn(3, 2, *[side] * dims), drawn(3, out_channels, *[-(-side // stride)] * dims, seed=9)
    weights = {name: parameter.detach().numpy() for name, parameter in module.named_parameters()}
    expected = FORMULAS[name](x.numpy(), f.numpy(), weights, where)
    np.testing.assert_allclose(module(x, f).detach().numpy(), expected, atol=1e-10)


@settings(max_examples=10, deadline=None)
@given(shortcut=st.sampled_from([0.0, 0.5, 1.5]), of_branch=st.sampled_from([0.0, 0.25, -1.0]))
def test_scale_has_a_number_for_the_shortcut_and_one_for_the_branch(shortcut, of_branch):
    x, f = drawn(3, 2, 5, 4), drawn(3, 4, 3, 2, seed=9)
    expected = of_branch * f.numpy() + shortcut * padded(x.numpy(), 2, 4)
    np.testing.assert_allclose(Scale(shortcut=shortcut, branch=of_branch).build(context())(x, f).numpy(), expected)


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("bias", [-6.0, -3.0, 0.5])
def test_gates_begin_with_their_bias(bias, exclusive):
    module = Gate(bias=bias, exclusive=exclusive).build(context(stride=1, out_channels=2)).double()
    initialise(module, 0)
    assert module.gate.bias.tolist() == [bias, bias]
    x, f = drawn(1, 2, 1, 1), drawn(1, 2, 1, 1, seed=9)
    for c, weight in enumerate(module.gate.weight.flatten(1).tolist()):
        g = 1 / (1 + np.exp(-(weight[0] * x[0, 0].item() + weight[1] * x[0, 1].item() + bias)))
        expected = (g if exclusive else 1) * f[0, c].item() + (1 - g) * x[0, c].item()
        assert module(x, f)[0, c].item() == pytest.approx(expected)


def test_gates_of_a_network_begin_with_their_bias():
    network = build(PRESETS["resnet8"].with_shortcut(Gate()), (1, 8, 8), 2, seed=0)
    gates = [parameter for name, parameter in network.named_parameters() if name.endswith("gate.bias")]
    assert len(gates) == 3
    assert all(bias.eq(-6).all() for bias in gates)


@pytest.mark.parametrize("rate", [0.25, 0.5])
def test_dropout_thins_the_shortcut_without_rescaling_it(rate):
    """Each number of x is kept as it is or zero; the branch is whole."""
    module = Dropout(rate=rate).build(context(out_channels=2, stride=1))
    key_masks(module, 0, 0)
    x, f = torch.full((4, 2, 30, 30), 2.0), torch.full((4, 2, 30, 30), 8.0)
    y = module(x, f)
    assert y.unique().tolist() == [8, 10]
    assert (y == 8).float().mean().item() == pytest.approx(rate, abs=0.03)
    assert torch.equal(module.eval()(x, f), f + (1 - rate) * x)


def test_arms_are_where_they_can_be():
    growing, staying = context(stride=1), context(stride=1, out_channels=2)
    assert Arms().build(growing).identity is None
    assert Arms().build(context(out_channels=2)).identity is None
    assert Arms().build(staying).identity is not None
    assert Arms(identity=False).build(staying).identity is None
    assert Arms(convolution=False).build(staying).convolution is None


@pytest.mark.parametrize(
    ("text", "shortcut"),
    [
        *SHORTCUTS.items(),
        ("scale/0.25", Scale(shortcut=0.25, branch=1.0)),
        ("scale/0.5/0.75", Scale(shortcut=0.5, branch=0.75)),
        ("gate/-3", Gate(bias=-3.0)),
        ("exclusive-gate/-1", Gate(bias=-1.0, exclusive=True)),
        ("dropout/0", Dropout(rate=0.0)),
        ("my_module.Mine", CustomShortcut(path="my_module.Mine")),
    ],
)
def test_shortcuts_are_parsed(text, shortcut):
    assert parse_shortcut(text) == shortcut


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("zero-pad/1", "shortcut=zero-pad/1 cannot be: zero-pad takes no number after its name."),
        ("scale/1/2/3", "shortcut=scale/1/2/3 cannot be: scale takes 2 numbers after its name."),
        ("gate/1/2", "shortcut=gate/1/2 cannot be: gate takes 1 number after its name."),
        ("dropout/1", "shortcut=dropout/1 cannot be: dropout takes a rate from 0 to below 1."),
        ("dropout/-0.1", "shortcut=dropout/-0.1 cannot be: dropout takes a rate from 0 to below 1."),
        ("gat/1", "There is no shortcut called 'gat': did you mean 'gate'?"),
        ("", f"There is no shortcut called '': known are {', '.join(sorted(SHORTCUTS))}."),
    ],
)
def test_a_shortcut_that_cannot_be_is_one_sentence(text, sentence):
    with pytest.raises(UserError) as error:
        parse_shortcut(text)
    assert str(error.value) == sentence


@pytest.mark.parametrize("text", ["scale/nan", "scale/1/inf", "gate/", "dropout/half"])
def test_numbers_that_cannot_be_are_a_value_error(text):
    """Not a UserError: the field's own sentence says what it takes."""
    with pytest.raises(ValueError, match=r"scale|float") as error:
        parse_shortcut(text)
    assert type(error.value) is ValueError


STAYS, CHANGES = context(out_channels=2, stride=1), context()


@pytest.mark.parametrize("name", SHORTCUTS)
def test_every_shortcut_has_a_formula_captions_and_a_source(name):
    shortcut = SHORTCUTS[name]
    for where in (STAYS, CHANGES):
        assert "F(x)" in shortcut.formula(where)
        assert (shortcut.formula(where) == "F(x)") == (shortcut.captions(where) == ())
        assert (shortcut.captions(where) == ("",)) == (shortcut.formula(where) in ("F(x) + x", "F(x) + norm(x)"))
    assert shortcut.source


@pytest.mark.parametrize(
    ("text", "stays", "changes"),
    [
        ("scale/0.3/0.7", "0.7 F(x) + 0.3 x", "0.7 F(x) + 0.3 pad(x)"),
        ("projection-average", "F(x) + x", "F(x) + W mean(x)"),
        ("exclusive-gate/-3", "g F(x) + (1 - g) x", "g F(x) + (1 - g) pad(x)"),
        ("identity", "F(x) + x", "F(x)"),
        (f"{__name__}.Halved", "F(x) + 0.5 x", "F(x) + 0.5 x"),
        (f"{__name__}.not_a_module", "not_a_module(x, F(x))", "not_a_module(x, F(x))"),
    ],
)
def test_formulas_have_their_numbers(text, stays, changes):
    shortcut = parse_shortcut(text)
    assert (shortcut.formula(STAYS), shortcut.formula(CHANGES)) == (stays, changes)


def test_a_users_own_shortcut_says_its_caption():
    assert parse_shortcut(f"{__name__}.Halved").captions(STAYS) == ("half",)
    assert parse_shortcut(f"{__name__}.not_a_module").captions(STAYS) == ("not_a_module",)


def test_numbers_are_checked_however_an_architecture_is_made():
    with pytest.raises(UserError, match="dropout takes a rate from 0 to below 1"):
        PRESETS["resnet8"].with_shortcut(Dropout(rate=1.0)).check()
