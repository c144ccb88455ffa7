"""Maps of attribution on a network so simple that each method's answer is worked by hand."""

import pytest
import torch
from torch import nn

from skipwise.analysis.inside.attribution import METHODS, attribute, last_maps
from skipwise.analysis.inside.attribution_faithfulness import deletion_and_insertion, rank_correlations
from skipwise.errors import UserError
from skipwise.networks import PRESETS, build


class Weighed(nn.Module):
    """The score of class c is the mean over pixels of sum_k dense[c, k] conv[k] x: linear in every pixel."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 1, bias=False)
        self.dense = nn.Linear(2, 2, bias=False)
        self.conv.weight.data = torch.tensor([2.0, -1.0]).view(2, 1, 1, 1)
        self.dense.weight.data = torch.tensor([[1.0, 3.0], [0.5, -2.0]])

    def forward(self, x):
        return self.dense(self.conv(x).mean((2, 3)))


WEIGHTS = (2 - 3, 1 + 2)
"""Of a pixel in the two scores, times the number of pixels."""


@pytest.fixture
def x():
    return torch.randn(3, 1, 4, 4, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("method", METHODS)
def test_a_linear_network_worked_by_hand(x, method, label):
    found = attribute(Weighed(), x, torch.full((3,), label), method)
    shares = WEIGHTS[label] * x[:, 0] / 16
    expected = {
        "integrated-gradients": shares,
        "occlusion": shares,
        "grad-cam": shares.clamp(min=0),
        "smooth-grad": torch.full((3, 4, 4), abs(WEIGHTS[label]) / 16),
    }[method]
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-4)


def test_each_input_is_asked_for_its_own_answer(x):
    together = attribute(Weighed(), x, torch.tensor([0, 1, 0]), "integrated-gradients")
    torch.testing.assert_close(together[1], WEIGHTS[1] * x[1, 0] / 16, atol=1e-6, rtol=1e-4)
    torch.testing.assert_close(together[2], WEIGHTS[0] * x[2, 0] / 16, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_the_network_is_left_as_it_was(x, method):
    network = build(PRESETS["resnet8"], (1, 8, 8), 3, seed=0).train()
    network.stem.conv1.weight.requires_grad_(False)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    images, state = torch.randn(2, 1, 8, 8), torch.random.get_rng_state()
    one, again = (attribute(network, images, torch.tensor([0, 1]), method) for _ in range(2))
    assert one.shape == (2, 8, 8)
    assert torch.equal(one, again)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert network.training
    assert not network.stem.conv1.weight.requires_grad
    assert not images.requires_grad
    assert all(parameter.grad is None for parameter in network.parameters())
    assert not any(
        module._forward_hooks or module._backward_hooks or module._forward_pre_hooks for module in network.modules()
    )
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


def test_no_hook_stays_after_an_error(x):
    class Breaking(Weighed):
        broken = False

        def forward(self, x):
            if self.broken:
                raise ArithmeticError
            self.broken = True
            return super().forward(x)

    network = Breaking()
    with pytest.raises(ArithmeticError):
        attribute(network, x, torch.zeros(3, dtype=torch.long), "grad-cam")
    assert not any(
        module._forward_hooks or module._backward_hooks or module._forward_pre_hooks for module in network.modules()
    )


def test_grad_cam_takes_the_last_maps_of_more_than_one_place():
    network = build(PRESETS["resnet8"], (1, 8, 8), 3, seed=0).eval()
    assert last_maps(network, torch.zeros(1, 1, 8, 8)) is network.stages[2][0]
    assert last_maps(network, torch.zeros(1, 1, 4, 4)) is network.stages[1][0]
    with pytest.raises(UserError, match="no convolution whose maps Grad-CAM could weigh: take --method occlusion"):
        last_maps(nn.Sequential(nn.Flatten(), nn.Linear(4, 2)), torch.zeros(1, 1, 2, 2))


def test_integrated_gradients_add_up_to_the_difference_in_the_score():
    network = build(PRESETS["resnet8"], (1, 8, 8), 3, seed=0).eval()
    x = 0.1 * torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    found = attribute(network, x, torch.tensor([2]), "integrated-gradients")
    with torch.no_grad():
        difference = (network(x) - network(torch.zeros_like(x)))[0, 2]
    assert float(found.sum()) == pytest.approx(float(difference), rel=0.1, abs=1e-3)


class OnePixel(nn.Module):
    """Logits 0 and three times the pixel at the top left."""

    def forward(self, x):
        pixel = x[:, 0, 0, 0]
        return torch.stack([torch.zeros_like(pixel), 3 * pixel], 1)


def test_deletion_and_insertion_by_hand():
    """With the pixel p = sigmoid(3), without it 1/2; of 17 shares only the first, or all but the first, have it."""
    x, label = torch.ones(2, 1, 4, 4), torch.ones(2, dtype=torch.long)
    maps = torch.zeros(2, 4, 4)
    maps[0, 0, 0], maps[1, 0, 0] = 1, -1  # the first map names the pixel first, the second one last
    p = float(torch.sigmoid(torch.tensor(3.0)))
    found = deletion_and_insertion(OnePixel(), x, label, maps)
    early, late = (p + 0.5) / 2 / 16, 15 / 16
    told = found.measures([])
    assert told.deletion == pytest.approx([early + 0.5 * late, early + p * late], rel=1e-5)
    assert told.insertion == pytest.approx([early + p * late, early + 0.5 * late], rel=1e-5)
    between = [(p + 0.5) / 2] * 15
    assert told.deletion_curve == pytest.approx([p, *between, 0.5], abs=1e-5)
    assert told.insertion_curve == pytest.approx([0.5, *between, p], abs=1e-5)


def test_likeness_is_a_rank_correlation_of_sizes():
    maps = torch.tensor([[[1.0, -2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0], [1.0, 1.0]]])
    others = torch.tensor([[[10.0, 20.0], [-30.0, 50.0]], [[4.0, 3.0], [2.0, 1.0]], [[4.0, 3.0], [2.0, 1.0]]])
    assert rank_correlations(maps, others) == [
        pytest.approx(1),
        pytest.approx(-1),
        pytest.approx(float("nan"), nan_ok=True),
    ]


def test_what_gives_channels_last_is_no_map():
    class Last(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.mix, self.dense = nn.Conv2d(1, 2, 3), nn.Linear(2, 3), nn.Linear(3, 2)

        def forward(self, x):
            return self.dense(self.mix(self.conv(x).permute(0, 2, 3, 1)).mean((1, 2)))

    network = Last()
    assert last_maps(network, torch.zeros(1, 1, 5, 5)) is network.conv


def test_equal_places_are_taken_in_no_order_of_the_image():
    x, label = torch.ones(1, 1, 16, 16), torch.ones(1, dtype=torch.long)
    found = deletion_and_insertion(OnePixel(), x, label, torch.zeros(1, 16, 16))
    p = float(torch.sigmoid(torch.tensor(3.0)))
    first = ((p + 0.5) / 2 + 15 * 0.5) / 16  # if the top left went first
    assert found.measures([]).deletion[0] > first + 0.02
