"""Recomputed maps: the same bits with less memory."""

import pytest
import torch
import torch.nn.functional as F

from skipwise.networks import PRESETS, build, build_text, key_masks
from skipwise.networks.fields import set_field
from skipwise.networks.recompute import statistics_kept


def trained(architecture, *, recompute, steps=3):
    network = build(architecture, (3, 16, 16), 5, seed=0)
    network.recompute = recompute
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    generator = torch.Generator().manual_seed(1)
    for step in range(steps):
        key_masks(network, 0, step)
        x, labels = torch.randn(8, 3, 16, 16, generator=generator), torch.randint(5, (8,), generator=generator)
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = network(x)
        F.cross_entropy(logits.float(), labels).backward()
        optimizer.step()
    return network


@pytest.mark.parametrize(
    "name", ["resnet20", "preresnet110", "repvgg-a0:widths=8/8/8/8/8", "resnet14:stochastic_depth=0.5"]
)
def test_weights_and_buffers_have_the_same_bits(name):
    name, _, field = name.partition(":")
    architecture = PRESETS[name]
    if field:
        architecture = set_field(architecture, *field.split("="))
    if name == "repvgg-a0":
        architecture = set_field(architecture, "blocks", "1/2/2/2/1")
        architecture = set_field(architecture, "downsample", "none/none/none/stride/none")
    kept, again = (trained(architecture, recompute=recompute).state_dict() for recompute in (False, True))
    assert any(name.endswith("running_mean") for name in kept)
    for name, value in kept.items():
        assert torch.equal(value, again[name]), name


def test_fewer_maps_are_kept():
    """Autograd saves little outside the segments: with 27 blocks in segments of 5, far less than half."""
    network = build(PRESETS["resnet56"], (3, 16, 16), 5, seed=0).train()
    x = torch.randn(2, 3, 16, 16)
    saved = {}
    for recompute in (False, True):
        network.recompute = recompute
        seen = {}

        def remember(tensor, seen=seen):
            seen[tensor.untyped_storage().data_ptr()] = tensor.numel()
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(remember, lambda tensor: tensor):
            network(x)
        saved[recompute] = sum(seen.values())
    assert saved[True] < 0.4 * saved[False]


def test_statistics_are_tracked_again_even_after_an_error():
    norm = torch.nn.BatchNorm2d(2)

    def break_off():
        with statistics_kept(norm):
            norm(torch.randn(4, 2, 3, 3))
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        break_off()
    assert norm.momentum == 0.1
    assert norm.num_batches_tracked == 0
    assert torch.equal(norm.running_mean, torch.zeros(2))
    norm(torch.randn(4, 2, 3, 3))
    assert norm.num_batches_tracked == 1


def test_evaluation_does_not_recompute():
    network = build(PRESETS["resnet8"], (3, 16, 16), 5, seed=0).eval()
    x = torch.randn(2, 3, 16, 16)
    expected = network(x)
    network.recompute = True
    assert torch.equal(network(x), expected)


def trained_on_texts(architecture, *, recompute):
    network = build_text(architecture, 20, 40, 3, seed=0)
    network.network.recompute = recompute
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    generator = torch.Generator().manual_seed(1)
    for number in range(3):
        key_masks(network, 0, number)
        tokens = torch.randint(1, 20, (6, 40), generator=generator)
        for row in range(6):
            tokens[row, 20 + 3 * row + number :] = 0
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = network(tokens)
        network.eval()(torch.randint(1, 20, (2, 9)))  # other lengths between the two ways
        network.train()
        F.cross_entropy(logits.float(), torch.arange(6) % 3).backward()
        optimizer.step()
    return network.state_dict()


@pytest.mark.parametrize("fields", ["blocks=3", "stochastic_depth=0.5", "downsample=k-max", "normalisation=group"])
def test_recomputed_maps_of_texts_have_the_same_bits(fields):
    architecture = set_field(PRESETS["resnet-text-14"], "widths", "8/16/16")
    architecture = set_field(architecture, *fields.split("="))
    kept, again = (trained_on_texts(architecture, recompute=recompute) for recompute in (False, True))
    assert all(torch.equal(value, again[name]) for name, value in kept.items())
