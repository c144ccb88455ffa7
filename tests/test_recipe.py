import itertools
from dataclasses import fields

import pytest
import torch

from skipwise.errors import UserError
from skipwise.networks.fields import ARCHITECTURE_FIELDS
from skipwise.recipe import RECIPE_FIELDS, Recipe
from skipwise.training.optimizers import learning_rate, optimizer


def test_fields_of_recipe_and_architecture_never_share_a_name():
    assert not RECIPE_FIELDS.keys() & ARCHITECTURE_FIELDS.keys()
    assert len(RECIPE_FIELDS) == len(fields(Recipe))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("lr", "0.01", 0.01), ("epochs", "7", 7), ("flip", "true", True), ("schedule", "one-cycle", "one-cycle")],
)
def test_set_by_text(name, text, value):
    assert getattr(Recipe().set_field(name, text), name) == value


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("lr", "fast", "lr=fast cannot be: lr takes a learning rate above 0."),
        ("lr", "0", "lr=0 cannot be: lr takes a learning rate above 0."),
        ("lr", "nan", "lr=nan cannot be: lr takes a learning rate above 0."),
        ("l1", "inf", "l1=inf cannot be: l1 takes a number of at least 0."),
        ("epochs", "2.5", "epochs=2.5 cannot be: epochs takes a whole number of at least 1."),
        ("momentum", "1", "momentum=1 cannot be: momentum takes a number from 0 to below 1."),
        ("schedule", "linear", "schedule=linear cannot be: schedule takes cosine or one-cycle."),
        ("batch_size", "1", "batch_size=1 cannot be: batch_size takes a whole number of at least 2."),
    ],
)
def test_what_cannot_be_is_one_sentence(name, text, sentence):
    with pytest.raises(UserError) as error:
        Recipe().set_field(name, text)
    assert str(error.value) == sentence


def rates(steps=100, **recipe):
    return [learning_rate(Recipe(lr=1.0, **recipe), step, steps) for step in range(steps)]


def test_cosine_after_warm_up():
    found = rates(schedule="cosine", warmup=0.1)
    assert found[:10] == pytest.approx([0.1 * n for n in range(1, 11)])
    assert found[54] == pytest.approx(0.5, abs=0.02)
    assert found[9:] == sorted(found[9:], reverse=True)
    assert 0 < found[-1] < 0.01


def test_one_cycle_is_two_straight_lines():
    found = rates(schedule="one-cycle", warmup=0.3)
    assert found[29] == pytest.approx(1)
    falls = [a - b for a, b in itertools.pairwise(found[29:])]
    assert falls == pytest.approx([falls[0]] * len(falls))
    assert 0 < found[-1] < 0.02


def test_no_warm_up_begins_at_the_top():
    assert rates(warmup=0.0)[0] == pytest.approx(1, abs=0.01)


def test_one_step_in_all():
    assert 0 < learning_rate(Recipe(lr=1.0), 0, 1) <= 1


def test_weight_decay_spares_biases_and_normalisations():
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Linear(2, 2))
    decays = {
        id(parameter): group["weight_decay"]
        for group in optimizer(network, Recipe(weight_decay=0.1)).param_groups
        for parameter in group["params"]
    }
    assert {name: decays[id(parameter)] for name, parameter in network.named_parameters()} == {
        "0.weight": 0.1, "0.bias": 0.0, "1.weight": 0.0, "1.bias": 0.0, "2.weight": 0.1, "2.bias": 0.0,
    }  # fmt: skip
