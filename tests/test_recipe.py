"""The fields of a recipe: set by text, and a value that cannot be is one sentence."""

from dataclasses import asdict, fields

import pytest

from skipwise.errors import UserError
from skipwise.networks.fields import ARCHITECTURE_FIELDS
from skipwise.recipe import RECIPE_FIELDS, Recipe


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


@pytest.mark.parametrize(("name", "value"), [("fraction", [1.0]), ("epochs", "20"), ("flip", 1), ("schedule", "step")])
def test_a_value_of_another_type_in_a_file_is_refused(name, value):
    written = asdict(Recipe())
    assert Recipe.from_json(written | {"lr": 1}).lr == 1
    with pytest.raises(ValueError, match=name):
        Recipe.from_json(written | {name: value})
