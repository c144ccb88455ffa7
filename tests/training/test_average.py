import pytest
import torch
from torch import nn

from skipwise.training.average import Average


def network(value):
    module = nn.Linear(1, 1, bias=False)
    module.weight.data.fill_(value)
    return module


def test_the_first_steps_by_hand():
    """From 0, weights of 1: after step 1 the decay is min(.9, 2/11), so 0 * 2/11 + 1 * 9/11; then 3/12."""
    average = Average(network(0.0), 0.9)
    average.update(network(1.0), steps_done=1)
    assert average.state["weight"].item() == pytest.approx(9 / 11)
    average.update(network(1.0), steps_done=2)
    assert average.state["weight"].item() == pytest.approx(9 / 11 * 0.25 + 0.75)


def test_the_decay_is_reached():
    average = Average(network(0.0), 0.9)
    average.update(network(1.0), steps_done=10_000)
    assert average.state["weight"].item() == pytest.approx(0.1)


def test_counters_are_copied():
    module = nn.BatchNorm1d(2)
    average = Average(module, 0.9)
    module(torch.ones(4, 2))
    average.update(module, 5)
    assert average.state["num_batches_tracked"].item() == 1


def test_the_network_gets_its_own_weights_back_even_after_an_error():
    module = network(3.0)
    average = Average(network(1.0), 0.9)

    def fail():
        with average.in_place_of(module):
            assert module.weight.item() == 1.0
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert module.weight.item() == 3.0
