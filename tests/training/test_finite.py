"""The first tensor with a number that is not finite."""

import pytest
import torch

from skipwise.training.finite import not_finite


@pytest.mark.parametrize("broken", [float("nan"), float("inf"), -float("inf")])
def test_it_is_named(broken):
    tensors = {"whole": torch.ones(3), "steps": torch.tensor(3), "weight": torch.tensor([[1.0, broken]])}
    assert not_finite(tensors) == "weight"
    assert not_finite({"empty": torch.zeros(0), "steps": torch.tensor(3)}) is None


def test_large_numbers_are_finite_though_their_squares_are_not():
    assert not_finite({"large": torch.full((3,), 1e30)}) is None
