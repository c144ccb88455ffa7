"""Lesions of trained networks, against networks changed by hand; of the same study responses, runs that are loaded, and
results that are kept.
"""

import json
import math
from copy import deepcopy
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from skipwise import UserError, compare
from skipwise.analysis.inside import lesions as lesions_module
from skipwise.analysis.inside.lesions import Lesions, lesions, passed
from skipwise.analysis.inside.receptive_field import EffectiveField, ReceptiveField
from skipwise.analysis.inside.responses import layer_responses
from skipwise.analysis.inside.trained import available_plan, trained
from skipwise.analysis.result_cache import cached
from skipwise.deployment.model import Model, trained_network
from skipwise.networks import Architecture, Block, Head, Stage, blocks_of, build
from skipwise.networks.additions import ZeroPadding
from skipwise.networks.branches import Basic
from skipwise.reports import write_report
from skipwise.reports.sections import inside
from skipwise.studies import Study
from skipwise.studies.looks import record_look
from support.images import shapes


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    data = shapes(tmp_path_factory.mktemp("data") / "squares.npz")
    contenders = ["plain20", "resnet20", "torchvision/resnet18"]
    out = tmp_path_factory.mktemp("studies")
    return compare(data, contenders, out=out, seeds=1, epochs=2, settings=["batch_size=16"])


@pytest.fixture
def both(study):
    return {run.contender: run for run in trained(study)}


def test_runs_are_loaded_as_they_were_trained(study, both):
    assert list(both) == ["plain20", "resnet20"]
    for label, run in both.items():
        (result,) = study.results[label]
        assert run.score() == pytest.approx(result.score, abs=1 / len(run.indices))
        assert not run.network.training


def test_a_block_without_its_branch_is_one_whose_last_normalisation_gives_zero(both):
    run = both["resnet20"]
    found = lesions(run)
    assert list(found.removed) == list(blocks_of(run.network))
    for place in found.removed:
        hurt = deepcopy(run.network)
        blocks_of(hurt)[place].branch.norm2.weight.data.zero_()
        blocks_of(hurt)[place].branch.norm2.bias.data.zero_()
        assert found.removed[place] == replace(run, network=hurt).score(), place


@pytest.mark.parametrize("label", ["plain20", "resnet20"])
def test_two_exchanged_blocks_have_each_other_s_numbers(both, label):
    run = both[label]
    found = lesions(run)
    assert list(found.exchanged) == ["stage 1, block 2", "stage 2, block 2", "stage 3, block 2"]
    for place in found.exchanged:
        hurt = deepcopy(run.network)
        one, other = (blocks_of(hurt)[name] for name in (place, place.replace("block 2", "block 3")))
        numbers = deepcopy(one.state_dict())
        one.load_state_dict(other.state_dict())
        other.load_state_dict(numbers)
        assert found.exchanged[place] == replace(run, network=hurt).score(), place


def test_a_plain_block_is_gone_round_without_parameters():
    x = torch.randn(2, 3, 7, 8)
    like = torch.empty(2, 5, 4, 4)
    assert torch.equal(passed(x, like), ZeroPadding(2, 2)(x))
    assert torch.equal(passed(x, x), x)
    assert torch.equal(passed(x, torch.empty(2, 2, 7, 8)), x[:, :2])


def test_nothing_stays_hurt(both, monkeypatch):
    run = both["plain20"]
    before = {name: tensor.clone() for name, tensor in run.network.state_dict().items()}
    names, whole = list(blocks_of(run.network).items()), run.score()
    assert lesions(run).whole == whole
    scores = iter([whole])
    monkeypatch.setattr(lesions_module.Trained, "score", lambda self: next(scores))
    with pytest.raises((StopIteration, RuntimeError)):
        lesions(run)
    monkeypatch.undo()
    assert list(blocks_of(run.network).items()) == names
    assert all("forward" not in vars(block) for _, block in names)
    assert run.score() == whole
    assert all(torch.equal(tensor, before[name]) for name, tensor in run.network.state_dict().items())


def test_responses_of_two_layers_by_hand(both):
    """Convolutions that multiply by 3 and 2: responses of 3 times the input, and of twice what ReLU leaves of that."""
    architecture = Architecture(
        stem=None, stages=(Stage(blocks=1, width=1, downsample="none", block=Block(branch=Basic(), normalisation="none")),),
        head=Head(),
    )  # fmt: skip
    run = both["plain20"]
    classes = len(run.stream.dataset.classes)
    network = build(architecture, run.stream.dataset.input_shape, classes, seed=0).eval()
    (block,) = blocks_of(network).values()
    for conv, factor in ((block.branch.conv1, 3), (block.branch.conv2, 2)):
        conv.weight.data.zero_()
        conv.weight.data[..., 1, 1] = factor
        conv.bias.data.zero_()
    plan = replace(run.plan, precision="fp32")
    found = layer_responses(replace(run, network=network, plan=plan))
    x = run.batch(128).inputs
    expected = {"stage 1, block 1, conv1": 3 * x.std(), "stage 1, block 1, conv2": (6 * x.clamp(min=0)).std()}
    assert found == pytest.approx({name: float(value) for name, value in expected.items()}, rel=1e-5)


def test_responses_are_taken_after_normalisation(both):
    run = both["resnet20"]
    found = layer_responses(run)
    assert len(found) == 19
    (first, *_) = blocks_of(run.network).values()
    first.branch.norm2.weight.data.mul_(2)
    first.branch.norm2.bias.data.mul_(2)
    again = layer_responses(run)
    assert again["stage 1, block 1, conv2"] == pytest.approx(2 * found["stage 1, block 1, conv2"], rel=0.02)
    assert again["stage 1, block 1, conv1"] == found["stage 1, block 1, conv1"]


@pytest.mark.slow
def test_the_report_looks_once(study, monkeypatch):
    write_report(study)
    assert "Lesion study" not in study.report.read_text()
    assert f"skipwise report {study.path}" in study.report.read_text()
    assert "calibration error" in study.report.read_text()
    write_report(study, look_inside=print)
    page = study.report.read_text()
    assert "Lesion study" in page
    assert "Layer responses" in page
    numbers = json.loads(study.folder.file("verdict.json").read_text())
    assert set(numbers["lesions"]) == set(numbers["responses"]) == {"plain20", "resnet20"}
    assert "Not analysed: torchvision/resnet18." in page

    monkeypatch.setattr(inside, "trained", lambda _: pytest.fail("it looked again"))
    again = Study.open(study.path)
    write_report(again, look_inside=print)
    write_report(again)
    assert "Lesion study" in study.report.read_text()
    assert json.loads(study.folder.file("verdict.json").read_text()) == numbers


def test_what_was_found_about_other_runs_is_not_taken(study):
    kind, one, two = dict[str, int], {"value": 1}, {"value": 2}
    assert cached(study, "mine", {"a": ["1"]}, kind, lambda: one) == one
    assert cached(study, "mine", {"a": ["1"]}, kind, None) == one
    assert cached(study, "mine", {"a": ["1", "2"]}, kind, None) is None
    assert cached(study, "mine", {"a": ["1", "2"]}, kind, lambda: two) == two


def test_a_result_is_read_as_it_was_kept_and_computed_again_where_it_has_another_form(study):
    """Fields that are None are left out, numbers that are not finite come back as nan, and unread forms are none."""
    half, field = Lesions(whole=0.5, removed={"a": float("inf")}, exchanged={}), EffectiveField(side=1.0, energy=[1.0])
    seen = ReceptiveField(seed=0, sees="all", input=[8], trained=field)
    kept = cached(study, "hurt", {}, dict[str, list[Lesions]], lambda: {"it": [half]})["it"][0]
    assert math.isnan(kept.removed["a"])
    assert (kept.whole, kept.exchanged) == (0.5, {})
    assert cached(study, "seen", {}, ReceptiveField, lambda: seen) == seen
    assert cached(study, "seen", {}, Lesions, None) is None
    assert cached(study, "none", {}, Lesions, dict) == {} == cached(study, "none", {}, Lesions, None)


def test_damaged_weights_are_named(study, tmp_path):
    from shutil import copytree

    copy = Study.open(copytree(study.path, tmp_path / "copy"))
    (weights,) = copy.path.glob("runs/plain20*/*/model.safetensors")
    weights.write_bytes(weights.read_bytes()[:100])
    for file in copy.path.glob("analysis/*"):
        file.unlink()
    with pytest.raises(UserError, match=r"model\.safetensors is damaged, or run\.json is "):
        write_report(copy, look_inside=print)


def test_a_study_of_another_machine_is_looked_into_on_the_cpu(study):
    plan = study.design.plan
    assert available_plan(plan) == plan
    missing = replace(plan, device="mps", precision="fp32")
    assert available_plan(missing) == replace(plan, device="cpu", precision="fp32")


def test_lesions_as_json(both):
    found = asdict(lesions(both["resnet20"]))
    assert json.loads(json.dumps(found)) == found
    assert 0 <= min(found["removed"].values()) <= max(found["removed"].values()) <= 1
    assert np.isfinite(found["whole"])


def test_examples_come_from_all_over(both):
    run = both["resnet20"]
    labels = run.stream.dataset.labels
    in_order = replace(run, indices=run.indices[np.argsort(labels[run.indices], kind="stable")])
    assert set(labels[in_order.subset(6)]) == {0, 1, 2}
    assert len(in_order.batch(10)) == 10
    assert len(in_order.batch(10_000)) == len(run.indices)


def test_damaged_files_are_named(study, tmp_path):
    from shutil import copytree

    copy = Study.open(copytree(study.path, tmp_path / "copy"))
    (copy.folder.file("analysis")).mkdir(exist_ok=True)
    (copy.folder.file("analysis") / "mine.json").write_text("[]")
    assert cached(copy, "mine", {}, dict[str, int], None) is None
    run = copy.results["plain20"][0].folder
    weights = load_file(run / "model.safetensors")
    save_file(weights | {"head.dense.bias": weights["head.dense.bias"] * torch.nan}, run / "model.safetensors")
    with pytest.raises(UserError, match=r"no model \(head.dense.bias holds numbers that are not finite\): delete the"):
        Model.load(run)
    trained_network(run)  # to be looked into
    (run / "model.safetensors").unlink()
    with pytest.raises(UserError, match=r"model\.safetensors is gone: delete the run's folder"):
        trained_network(run)
    (run / "run.json").write_text('{"task"')
    with pytest.raises(UserError, match=r"run\.json is damaged"):
        trained_network(run)
    copy.folder.file("looks.jsonl").write_text('{"seeds": 1,')
    with pytest.raises(UserError, match=r"looks\.jsonl, line 1 is damaged"):
        record_look(copy.folder.file("looks.jsonl"), seeds=2, contenders=["plain20"], alpha=0.05)
