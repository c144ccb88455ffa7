"""Budgets: read from text, and equal for all contenders."""

import pytest

from skipwise import UserError
from skipwise.data import InputSpec
from skipwise.networks import build, cost
from skipwise.recipe import Recipe
from skipwise.studies.budget import Budget, parse_budget, with_budget
from skipwise.studies.contender import parse_contender
from skipwise.tasks import TASKS

SHAPE = (1, 8, 8)
SPEC = InputSpec(input_shape=SHAPE, classes=tuple("0123456789"))


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("epochs=3", "epochs", 3),
        (" steps = 1e3 ", "steps", 1000),
        ("seconds=0.5", "seconds", 0.5),
        ("multiply-adds=2.5e12", "multiply-adds", 2.5e12),
    ],
)
def test_a_budget_from_text(text, kind, value):
    assert parse_budget(text) == Budget(kind=kind, value=value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("foo", "There is no budget called 'foo': known are epochs, multiply-adds, seconds, steps."),
        ("step=3", "There is no budget called 'step': did you mean 'steps'?"),
        ("steps", "--budget is 'steps': steps takes a whole number above 0, as steps=1000."),
        ("steps=0", "--budget is 'steps=0': steps takes a whole number above 0, as steps=1000."),
        ("epochs=1.5", "--budget is 'epochs=1.5': epochs takes a whole number above 0, as epochs=20."),
        ("epochs=inf", "--budget is 'epochs=inf': epochs takes a whole number above 0, as epochs=20."),
        ("seconds=-1", "--budget is 'seconds=-1': seconds takes a number above 0, as seconds=60."),
        ("seconds=nan", "--budget is 'seconds=nan': seconds takes a number above 0, as seconds=60."),
        ("multiply-adds=many", "--budget is 'multiply-adds=many': multiply-adds takes a number above 0, as "
         "multiply-adds=1e12."),
    ],
)  # fmt: skip
def test_what_is_no_budget(text, sentence):
    with pytest.raises(UserError) as error:
        parse_budget(text)
    assert str(error.value) == sentence


def limited(text, budget, images=None):
    return with_budget(
        parse_contender(text, Recipe(epochs=9, batch_size=16)), parse_budget(budget), TASKS["images"], SPEC, images
    ).recipe


@pytest.mark.parametrize("text", ["plain8", "resnet14:steps=7", "resnet8:seconds=2,epochs=4"])
def test_a_budget_goes_before_every_length_of_the_recipe(text):
    by_epochs, by_steps, by_seconds = (limited(text, words) for words in ("epochs=3", "steps=50", "seconds=1.5"))
    assert (by_epochs.epochs, by_epochs.steps, by_epochs.seconds) == (3, 0, 0)
    assert (by_steps.steps, by_steps.seconds) == (50, 0)
    assert (by_seconds.steps, by_seconds.seconds) == (0, 1.5)


@pytest.mark.parametrize("value", [1e10, 3.3e11, 1e15])
def test_multiply_adds_are_spent_to_less_than_a_step(value):
    for text in ("plain8", "resnet14", "resnet8:kernel=5,batch_size=64"):
        contender = parse_contender(text, Recipe(batch_size=16))
        recipe = with_budget(contender, Budget(kind="multiply-adds", value=value), TASKS["images"], SPEC).recipe
        once = cost(build(contender.network, SHAPE, 10, seed=0), SHAPE).multiply_adds
        spent = recipe.steps * recipe.batch_size * 3 * once
        assert spent <= value < spent + recipe.batch_size * 3 * once


def test_a_batch_is_no_larger_than_the_images():
    """With 4 images instead of batches of 16, a step costs a quarter and four times as many are paid for."""
    whole, few = (limited("plain8", "multiply-adds=1e12", images).steps for images in (1000, 4))
    assert few // 4 == whole


def test_a_budget_below_one_step_is_refused():
    with pytest.raises(
        UserError, match=r"^--budget multiply-adds=5 is less than one step of plain8 \(\S+\): give more\.$"
    ):
        limited("plain8", "multiply-adds=5")


def test_seconds_say_that_bits_differ():
    assert str(Budget(kind="steps", value=1e6)) == "1e+06 steps a run"
    assert "no two runs give the same bits" in str(Budget(kind="seconds", value=60))
