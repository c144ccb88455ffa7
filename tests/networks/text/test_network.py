"""Networks that read text: every preset learns, twins are alike in all they share, what reads no text is refused."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from skipwise.errors import UserError
from skipwise.networks import CATALOGUE, PRESETS, TWINS, CustomNetwork, ExternalNetwork, build_text, cost

TEXTS = [name for name, preset in CATALOGUE.items() if preset.vocabulary]


def shallow(name):
    """One block a stage, for speed."""
    architecture = PRESETS[name]
    return replace(architecture, stages=tuple(replace(stage, blocks=1) for stage in architecture.stages))


@pytest.mark.parametrize("name", TEXTS)
def test_every_preset_learns_and_is_kept(name):
    architecture = shallow(name)
    network = build_text(architecture, 20, 32, 5, seed=0)
    tokens = torch.randint(1, 20, (3, 32))
    tokens[0, 11:] = 0
    network(tokens).logsumexp(1).sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.any() for p in network.parameters())
    assert network.embedding.weight.grad[0].eq(0).all()
    again = build_text(architecture, 20, 32, 5, seed=1).eval()
    again.load_state_dict(network.eval().state_dict())
    assert torch.equal(again(tokens), network(tokens))


@pytest.mark.parametrize("name", [name for name in TWINS if name in TEXTS])
def test_twins_begin_with_equal_bits(name):
    residual, plain = (build_text(shallow(one), 20, 32, 5, seed=3).state_dict() for one in (name, TWINS[name]))
    assert all(torch.equal(value, residual[key]) for key, value in plain.items())
    added = residual.keys() - plain.keys()
    assert added
    assert all(".shortcut." in key for key in added)
    other = build_text(shallow(name), 20, 32, 5, seed=4).state_dict()
    assert not torch.equal(other["embedding.weight"], residual["embedding.weight"])


def test_the_table_is_drawn_small_and_padding_is_zero():
    table = build_text(shallow("textcnn"), 500, 32, 5, seed=0).embedding.weight
    assert table[0].eq(0).all()
    assert table[1:].std().item() == pytest.approx(0.1, rel=0.02)


def own_mean(input_shape, classes):
    vocabulary, length = input_shape
    return nn.Sequential(nn.Embedding(vocabulary, 8), nn.Flatten(), nn.Linear(8 * length, classes))


def test_a_network_of_ones_own_gets_tokens():
    network = build_text(CustomNetwork(path=f"{__name__}.own_mean"), 20, 12, 3, seed=0)
    assert network(torch.randint(20, (2, 12))).shape == (2, 3)
    assert cost(network, (20, 12)).multiply_adds == 8 * 12 * 3


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        (ExternalNetwork(library="torchvision", name="resnet18"), "torchvision/resnet18 reads images"),
        (PRESETS["resnet20"], "This network reads inputs of 2 dimensions in space, and texts have one"),
        (replace(PRESETS["textcnn"], embedding=0), "This network has no table for tokens"),
        (replace(PRESETS["textcnn"], head=replace(PRESETS["textcnn"].head, reduce="flatten")), "A head with reduce=flat"),
        (replace(PRESETS["textcnn"], initialisation="fixup"), "initialisation=fixup is not for branch=parallel"),
    ],
)  # fmt: skip
def test_what_reads_no_text_is_refused(network, sentence):
    with pytest.raises(UserError, match=sentence):
        build_text(network, 20, 32, 3, seed=0)
