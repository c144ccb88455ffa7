"""Signal and gradient before training, against networks whose answer is worked by hand."""

import numpy as np
import pytest
import torch
from torch import nn

from skipwise.analysis.inside.signal import signal
from skipwise.networks import PRESETS, build, build_text
from skipwise.networks.external.libraries import external_network
from skipwise.reports.sections.signal import signal_sentence


def scaled(*factors):
    """Dense layers without bias, each a multiple of the identity on two numbers."""
    layers = [nn.Linear(2, 2, bias=False) for _ in factors]
    for layer, factor in zip(layers, factors, strict=True):
        layer.weight.data = factor * torch.eye(2)
    return nn.Sequential(*layers)


def test_three_layers_by_hand():
    """Layers that multiply by 3, 5 and 2 give deviations in 1 to 5 to 10, and gradients in 10 to 2 to 1."""
    found = signal(lambda _: scaled(3, 5, 2), (2,), 2, seeds=4)
    assert found.places == ("0", "1", "2")
    assert found.activation.shape == found.gradient.shape == (4, 3)
    np.testing.assert_allclose(found.activation / found.activation[:, :1], [[1, 5, 10]] * 4, rtol=1e-5)
    np.testing.assert_allclose(found.gradient / found.gradient[:, -1:], [[10, 2, 1]] * 4, rtol=1e-5)
    np.testing.assert_allclose(found.activation[:, 0], 3, rtol=0.3)
    assert found.steepness == pytest.approx(5)
    assert signal_sentence("mine", found) == "mine: before training the gradient grows 5.0 times from 1 back to 0."


def test_the_gradient_of_the_answer_is_that_of_cross_entropy():
    """Where the answer is always 0, both of two classes have probability 1/2: the gradient is (1/2, -1/2)."""
    found = signal(lambda _: scaled(1, 1, 0), (2,), 2)
    np.testing.assert_allclose(found.gradient[:, -1], 0.5**0.5, rtol=1e-6)


@pytest.mark.parametrize(
    ("factors", "sentence"),
    [
        ((1, 0.001, 1), "shrinks 1,000 times from 1 back to 0."),
        ((1, 2000, 1), "grows 2,000 times from 1 back to 0."),
        ((1, 0, 1), "before training no gradient comes back to 0."),
        ((1, 1, 0), "its answer begins at zero, so that no gradient comes back in the first step."),
        ((1, 1e30, 1e30), "is no longer finite on its way."),
    ],
)
def test_what_is_said(factors, sentence):
    assert sentence in signal_sentence("mine", signal(lambda _: scaled(*factors), (2,), 2))


def test_plain_is_steep_where_residual_is_not():
    """Batch normalisation makes the gradient of a plain network grow by a factor with each layer (Yang et al. 2019)."""

    def of(name):
        return signal(lambda seed: build(PRESETS[name], (1, 8, 8), 10, seed), (1, 8, 8), 10)

    plain20, plain32, resnet32 = of("plain20"), of("plain32"), of("resnet32")
    per_layer = (plain32.steepness / plain20.steepness) ** (1 / 12)
    assert 1.1 < per_layer < 1.3
    assert resnet32.steepness < plain32.steepness / 5
    shared = plain32.places.index("stem")
    np.testing.assert_allclose(plain32.activation[:, shared], resnet32.activation[:, shared], rtol=1e-6)


def test_texts_and_networks_of_others():
    text = signal(lambda seed: build_text(PRESETS["res-vdcnn9"], 70, 64, 2, seed), (70, 64), 2, seeds=1)
    assert text.places[0] == "stem"
    assert (text.gradient > 0).all()
    network = external_network("torchvision/resnet18")
    other = signal(lambda seed: network.build((3, 32, 32), 10, seed), (3, 32, 32), 10, seeds=1)
    assert other.places[0] == "conv1"
    assert other.places[-1] == "fc"
    assert (other.activation > 0).all()
