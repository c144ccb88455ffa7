"""Two undisturbed backward passes give the same bits, for the whole family at the least sizes of its inputs."""

from dataclasses import replace

import pytest
import torch

from skipwise.networks import CATALOGUE, build, key_masks, least_size
from skipwise.networks.text.network import build_text
from skipwise.recipe import Recipe
from skipwise.studies.contender import parse_contender
from skipwise.studies.tuning.space import Range, family_of
from skipwise.studies.tuning.space_file import usual_space
from skipwise.training.plan import ComputePlan

PLAN = ComputePlan(device="cpu", precision="bf16", channels_last=True, threads=1)
JUNK = (3e35, float("nan"))
"""The first and the second pass find the one or the other in the memory that they are given."""


def with_two_blocks(architecture):
    """At most two blocks in a stage of at most 128 channels: every convolution that the network has, once."""
    stages = [replace(stage, blocks=min(2, stage.blocks), width=min(128, stage.width)) for stage in architecture.stages]
    head = replace(architecture.head, hidden=(16,) * len(architecture.head.hidden))
    return replace(architecture, stages=tuple(stages), head=head)


def unlike(vocabulary):
    """One preset of those that only differ in depth and width, by its architecture with two blocks."""
    named = {name: preset for name, preset in CATALOGUE.items() if bool(preset.vocabulary) == vocabulary}
    return {with_two_blocks(preset.architecture): name for name, preset in reversed(named.items())}


def usual_tunings():
    """Yield the contenders that `skipwise tune` searches by default: each choice once, in the widest network."""
    space = usual_space(family_of("resnet"), Recipe())
    usual = space.values_of_usual(Recipe(), ())
    choices = {one.name: one.values for one in space.dimensions if not isinstance(one.values, Range)}
    wide = {**usual, "width": max(choices["width"]), "depth": min(choices["depth"])}
    for name, values in choices.items():
        for value in values:
            yield space.description({**wide, name: value}, Recipe(), ())
    largest = {name: max(values) for name, values in choices.items() if name.startswith("kernel")}
    yield space.description({**wide, **largest}, Recipe(), ())


def gradients(network, inputs, junk):
    """By parameter, after memory of the size of each was freed that held `junk`."""
    freed = [torch.full_like(parameter, junk) for parameter in network.parameters() for _ in range(3)]
    del freed
    network.zero_grad()
    key_masks(network, 0, 0)
    with PLAN.autocast():
        answers = network(inputs)
    answers.float().square().mean().backward()
    return {name: parameter.grad for name, parameter in network.named_parameters() if parameter.grad is not None}


def check_bits(network, inputs):
    network = PLAN.place(network).train()
    first, second = ({**gradients(network, inputs, junk)} for junk in JUNK)
    assert first.keys() == second.keys()
    assert not [name for name, gradient in first.items() if not gradient.isfinite().all()]
    assert not [name for name, gradient in first.items() if not torch.equal(gradient, second[name])]


@pytest.mark.parametrize(("architecture", "name"), unlike(vocabulary=False).items(), ids=lambda value: str(value)[:20])
def test_a_network_for_images_has_the_same_gradients_twice(architecture, name):
    side = least_size(architecture)
    check_bits(build(architecture, (3, side, side), 5, seed=0), torch.randn(4, 3, side, side))


@pytest.mark.parametrize(("architecture", "name"), unlike(vocabulary=True).items(), ids=lambda value: str(value)[:20])
def test_a_network_for_texts_has_the_same_gradients_twice(architecture, name):
    length = least_size(architecture)
    check_bits(build_text(architecture, 50, length, 5, 0), torch.randint(1, 50, (4, length)))


@pytest.mark.parametrize("text", dict.fromkeys(usual_tunings()))
def test_the_usual_space_of_a_tuning_has_the_same_gradients_twice(text):
    architecture = parse_contender(text, Recipe(), ()).network
    for side in (least_size(architecture), 8):
        check_bits(build(architecture, (1, side, side), 5, seed=0), torch.randn(4, 1, side, side))


def test_the_junk_is_found_where_nothing_is_mended(monkeypatch):
    monkeypatch.setattr("skipwise.training.plan.mend_convolutions", lambda network: network)
    architecture = parse_contender("resnet8:kernel=5/7/7,widths=32/64/128", Recipe(), ()).network
    with pytest.raises(AssertionError):
        check_bits(build(architecture, (1, 8, 8), 5, seed=0), torch.randn(4, 1, 8, 8))
