"""Every look inside finds the same on a GPU as on a CPU, and leaves the network as it was."""

import json
from base64 import b64decode

import numpy as np
import pytest
import torch

from skipwise.analysis.inside import landscape
from skipwise.analysis.inside.attribution import METHODS, attribute
from skipwise.analysis.inside.landscape import loss_surfaces
from skipwise.analysis.inside.similarity import similarity
from skipwise.analysis.result_cache import without_nan
from skipwise.networks import PRESETS
from skipwise.reports.sections.inside import NETWORK_ANALYSES
from support.trained import small_run

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]
OF_IMAGES = [name for name, analysis in NETWORK_ANALYSES.items() if analysis.of_run and name != "pointing_game"]


def numbers(found):
    """All of them, in the order in which they stand."""
    found = without_nan(found)
    if isinstance(found, dict):
        return [number for value in found.values() for number in numbers(value)]
    if isinstance(found, list | tuple):
        return [number for value in found for number in numbers(value)]
    if isinstance(found, str):  # digits, or the bytes of pictures as shares of white
        return [float(each) for each in found] if found.isdigit() else [byte / 255 for byte in b64decode(found)]
    return [] if found is None else [float(found)]


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """On the CPU."""
    run = small_run(tmp_path_factory.mktemp("cpu") / "run", PRESETS["resnet8"])
    return {name: NETWORK_ANALYSES[name].of_run(run) for name in OF_IMAGES}


@pytest.fixture(scope="module", params=DEVICES)
def run(request, tmp_path_factory):
    return small_run(tmp_path_factory.mktemp(request.param) / "run", PRESETS["resnet8"], device=request.param)


@pytest.mark.parametrize("name", OF_IMAGES)
def test_the_same_is_found_inside(run, expected, name):
    before = {key: (tensor.clone(), tensor.requires_grad) for key, tensor in run.network.named_parameters()}
    found = NETWORK_ANALYSES[name].of_run(run)
    json.dumps(without_nan(found))
    both = np.array(numbers(found)), np.array(numbers(expected[name]))
    near = np.isclose(*both, rtol=0.05, atol=1e-3)
    assert (
        near.all() if run.plan.device == "cpu" else near.mean() > 0.97
    )  # an answer at a limit may fall to the other side
    assert all(torch.equal(tensor, before[key][0]) for key, tensor in run.network.named_parameters())
    assert all(tensor.requires_grad == before[key][1] for key, tensor in run.network.named_parameters())
    assert not run.network.training
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in run.network.modules())


def test_twins_are_compared(run, monkeypatch):
    monkeypatch.setattr(landscape, "GRID", 3)
    both = {"one": run, "other": run}
    surfaces, alike = loss_surfaces(both), similarity(both)
    json.dumps(without_nan([surfaces, alike]))
    assert surfaces.loss["one"] == surfaces.loss["other"]
    assert numbers(alike.against["other"].table)


@pytest.mark.parametrize("method", METHODS)
def test_maps_lie_where_the_network_is(run, method):
    batch = run.batch(3)
    maps = attribute(run.network, batch.inputs, torch.zeros(3, dtype=torch.long, device=batch.inputs.device), method)
    assert maps.shape == (3, 8, 8)
    assert maps.device == batch.inputs.device
    assert maps.isfinite().all()
