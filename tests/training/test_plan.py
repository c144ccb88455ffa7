"""The compute plan: device, precision and cores, as asked for and as the machine has them."""

import pytest
import torch

from skipwise.errors import UserError
from skipwise.studies.workers.pool import worker_environment
from skipwise.training.plan import choose_plan, cores, workers_for


def test_the_plan_shares_the_cores(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_plan(1).threads == cores()
    assert choose_plan(1000).threads == 1
    assert workers_for(choose_plan(1000), 1000) == cores()
    assert workers_for(choose_plan(1), 1) == 1


@pytest.mark.parametrize(("amx", "precision"), [(True, "bf16"), (False, "fp32")])
def test_bf16_only_where_the_processor_multiplies_it(monkeypatch, amx, precision):
    from skipwise.training import plan

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(plan, "cpu_multiplies_bf16", lambda: amx)
    assert choose_plan(2).precision == precision
    assert choose_plan(2).channels_last == amx


@pytest.mark.parametrize(("precision", "channels_last"), [("bf16", True), ("fp32", False)])
def test_a_precision_that_is_asked_for(precision, channels_last):
    plan = choose_plan(2, "cpu", precision)
    assert (plan.device, plan.precision, plan.channels_last) == ("cpu", precision, channels_last)


def test_one_gpu_of_several_is_asked_for(monkeypatch):
    chosen = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,5,6,7")
    plan = choose_plan(8, "cuda:2")
    assert (plan.device, plan.gpu, chosen) == ("cuda", 2, [2])
    assert workers_for(plan, 8) == 1
    assert [worker_environment(plan, number)["CUDA_VISIBLE_DEVICES"] for number in (0, 1)] == ["6", "6"]
    assert workers_for(choose_plan(8, "cuda"), 8) == 4
    with pytest.raises(UserError, match=r"--device is cuda:4, and this machine has 4 GPUs, cuda:0 the first\."):
        choose_plan(8, "cuda:4")


def test_a_device_that_is_not_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(UserError, match=r"--device is cuda:0, which this machine does not have: it has cpu\."):
        choose_plan(1, "cuda:0")
