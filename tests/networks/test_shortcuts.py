"""Each shortcut's formula, by numpy."""

import numpy as np
import pytest
import torch

from skipwise.errors import UserError
from skipwise.networks import ConvReLU, NoShortcut, OwnShortcut, Place, Projection, ZeroPad


def place(*, in_channels=2, out_channels=4, stride=2, normalisation="none"):
    return Place(
        in_channels=in_channels,
        width=out_channels,
        out_channels=out_channels,
        stride=stride,
        dims=2,
        normalisation=normalisation,
        bias=normalisation == "none",
    )


@pytest.fixture
def x():
    return torch.randn(3, 2, 5, 5, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def branch():
    return torch.randn(3, 4, 3, 3, generator=torch.Generator().manual_seed(1))


def test_none_gives_the_branch(x, branch):
    assert torch.equal(NoShortcut().build(place())(x, branch), branch)


def test_zero_pad_adds_every_second_pixel_to_the_first_channels(x, branch):
    expected = branch.numpy().copy()
    expected[:, :2] += x.numpy()[:, :, ::2, ::2]
    module = ZeroPad().build(place())
    np.testing.assert_array_equal(module(x, branch).numpy(), expected)
    assert not list(module.parameters())


def test_zero_pad_is_the_identity_where_shapes_stay(x):
    y = torch.randn_like(x)
    assert torch.equal(ZeroPad().build(place(out_channels=2, stride=1))(x, y), x + y)


def test_zero_pad_cannot_lose_channels():
    with pytest.raises(UserError, match="cannot go from 8 to 4 channels"):
        ZeroPad().build(place(in_channels=8, out_channels=4))


def test_projection_maps_channels_where_shapes_change(x, branch):
    module = Projection().build(place())
    weight, bias = (parameter.detach().numpy() for parameter in module.parameters())
    mapped = np.einsum("nihw,oi->nohw", x.numpy()[:, :, ::2, ::2], weight[:, :, 0, 0])
    expected = branch.numpy() + mapped + bias[:, None, None]
    np.testing.assert_allclose(module(x, branch).detach().numpy(), expected, atol=1e-5)


def test_projection_is_normalised_as_its_block_is():
    names = [name for name, _ in Projection().build(place(normalisation="batch")).named_parameters()]
    assert names == ["path.conv.weight", "path.norm.weight", "path.norm.bias"]


@pytest.mark.parametrize(("always", "parameters"), [(False, 0), (True, 1)])
def test_option_c_projects_everywhere_and_option_b_does_not(always, parameters):
    module = Projection(always=always).build(place(in_channels=4, stride=1, normalisation="batch"))
    assert sum(parameter.ndim == 4 for parameter in module.parameters()) == parameters


def test_the_articles_shortcut_strides_by_a_1x1_then_convolves(x, branch):
    module = ConvReLU().build(place())
    narrow = module.path[1](module.path[0](x))
    assert [tuple(p.shape) for p in module.parameters() if p.ndim == 4] == [(4, 2, 1, 1), (4, 4, 3, 3)]
    assert narrow.shape == (3, 4, 3, 3)
    mapped = module.path[2](narrow).clamp(min=0)
    torch.testing.assert_close(module(x, branch), branch + mapped)


def test_the_articles_shortcut_is_one_convolution_without_stride():
    module = ConvReLU().build(place(stride=1))
    assert [tuple(p.shape) for p in module.parameters() if p.ndim == 4] == [(4, 2, 3, 3)]


class Halved(torch.nn.Module):
    def __init__(self, place):
        super().__init__()

    def forward(self, x, branch):
        return branch + 0.5 * x


def not_a_module(place):
    return "no module"


def test_a_users_own_shortcut(x):
    module = OwnShortcut(path=f"{__name__}.Halved").build(place(out_channels=2, stride=1))
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
        OwnShortcut(path=path).build(place())
