"""Robustness of classifiers of one layer, worked by hand, and against a loop over single images."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import TypeAdapter
from torch import nn

from skipwise import compare
from skipwise.analysis.inside.robustness import CLEAN, Robustness, advantage_over, fraction_correct, robustness
from skipwise.analysis.inside.trained import Trained, trained
from skipwise.data.images.corruption import CORRUPTIONS, SEVERITIES, corrupted
from skipwise.reports.charts.study import to_svg
from skipwise.reports.sections.inside import NETWORK_ANALYSES
from skipwise.reports.sections.robustness import robustness_section
from skipwise.statistics import crossed_t, paired_t
from skipwise.tasks import ImageClassification, task_named
from skipwise.training.plan import ComputePlan
from support.images import dataset, shapes

PLAN = ComputePlan(device="cpu", precision="fp32", channels_last=False, threads=1)


class FirstPixel(nn.Module):
    """Names class 1 where the first pixel is above a threshold, and class 0 elsewhere; of pixels from 0 to 255."""

    def __init__(self, threshold):
        super().__init__()
        self.layer = nn.Linear(64, 3)
        self.layer.weight.data.zero_()
        self.layer.bias.data = torch.tensor([0.0, -threshold, -1e6])
        self.layer.weight.data[1, 0] = 255

    def forward(self, x):
        return self.layer(x.flatten(1))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return dataset(tmp_path_factory.mktemp("data") / "a.npz")


def by_hand(data, images, labels, network):
    """A run of this network whose examples are these images, read as shares of white."""
    count = np.arange(len(labels))
    every = replace(
        data, images=images, labels=np.array(labels), together=count, mean=(0.0,), std=(1.0,), train=np.arange(1)
    )
    task = ImageClassification()
    stream = task.stream(every, task.recipe(data, 1), 0, "cpu")
    return Trained(
        contender="mine", seed=0, folder=Path(), network=network, task=task, stream=stream,
        indices=np.arange(len(labels)), plan=PLAN,
    )  # fmt: skip


def test_contrast_by_hand(data):
    """Means are 100 and the threshold 130. A pixel at 180 is above it while more than .375 of its 80 is left, at
    severities 1 and 2; one at 150 while more than .6 of its 50 is, at severity 1; one at 20 is always below."""
    images = np.full((3, 8, 8, 1), 100, np.uint8)
    for image, distance in zip(images, (80, 50, -80), strict=True):
        image[0, 0], image[-1, -1] = 100 + distance, 100 - distance
    found = robustness(by_hand(data, images, [1, 1, 0], FirstPixel(130)))
    assert found.clean == 1
    assert found.scores["contrast"] == pytest.approx([1, 2 / 3, 1 / 3, 1 / 3, 1 / 3])
    assert found.right["contrast"] == "215"
    assert found.right[CLEAN] == "111"
    assert fraction_correct(found, "contrast").tolist() == [0.4, 0.2, 1.0]


def test_a_shift_by_hand(data):
    """The first two rows are bright. Shifts of 1, 1, 2, 2 and 3 px repeat the edge: only up, from 2 px on, the first
    pixel gets dark.
    """
    images = np.zeros((60, 8, 8, 1), np.uint8)
    images[:, :2] = 200
    found = robustness(by_hand(data, images, [1] * 60, FirstPixel(100)))
    assert found.scores["shift"][:2] == [1, 1]
    assert set(found.right["shift"]) == {"5", "2"}
    assert 0.1 < found.right["shift"].count("2") / 60 < 0.4


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = shapes(tmp_path_factory.mktemp("data") / "squares.npz")
    out = tmp_path_factory.mktemp("studies")
    return compare(path, ["plain8", "resnet8"], out=out, seeds=1, epochs=1, settings=["batch_size=16"])


@pytest.fixture(scope="module")
def runs(study):
    return list(trained(study))


@pytest.fixture(scope="module")
def found(runs):
    return {label: [robustness(run) for run in runs if run.contender == label] for label in ("plain8", "resnet8")}


def test_it_is_a_loop_over_single_images(runs):
    run = replace(runs[0], plan=PLAN, indices=runs[0].indices[::4])
    run.network.to(memory_format=torch.contiguous_format)
    data, found = run.stream.dataset, robustness(run)
    mean, std = 255 * np.array(data.mean), 255 * np.array(data.std)
    for name in CORRUPTIONS:
        for severity in SEVERITIES:
            right = []
            for index in run.indices:
                image = torch.from_numpy(data.images[[index]])
                worse = corrupted(image, np.array([index]), name, severity).numpy()
                pixels = torch.from_numpy(((worse - mean) / std).transpose(0, 3, 1, 2)).float()
                with torch.no_grad():
                    right.append(run.network(pixels).argmax().item() == data.labels[index])
            assert found.scores[name][severity - 1] == pytest.approx(np.mean(right), abs=1.01 / len(right)), name
    assert found.clean == run.score()
    assert all(
        np.mean(found.scores[name]) == pytest.approx(fraction_correct(found, name).mean()) for name in CORRUPTIONS
    )


def test_the_run_stays_as_it_was(runs):
    before = {name: tensor.clone() for name, tensor in runs[0].network.state_dict().items()}
    robustness(runs[0])
    assert all(torch.equal(tensor, before[name]) for name, tensor in runs[0].network.state_dict().items())
    assert runs[0].stream.alter is None
    assert not runs[0].network.training


def test_only_classifiers_of_images(runs):
    assert robustness(replace(runs[0], task=task_named("boxes"))) is None
    assert NETWORK_ANALYSES["robustness"].of_run(replace(runs[0], task=task_named("text"))) is None


def of(seed, clean, noise, shown=1):
    return Robustness(
        seed=seed, shown=shown, clean=0.0, scores={"noise": [0.0] * 5}, right={CLEAN: clean, "noise": noise}
    )


def test_differences_are_paired():
    """Of three examples and two seeds, by hand: shares right are fifths."""
    one = {0: of(0, "111", "531"), 1: of(1, "110", "420")}
    reference = {0: of(0, "101", "501"), 1: of(1, "010", "410")}
    table = np.array([[0, 3, 0], [0, 1, 0]]) / 5
    assert advantage_over(one, reference, "noise") == pytest.approx((4 / 30, *crossed_t(table).interval(0.95)))
    clean = np.array([[0, 1, 0], [1, 0, 0]])
    assert advantage_over(one, reference, CLEAN)[0] == pytest.approx(2 / 6)
    less = advantage_over(one, reference, "noise", less_clean=True)
    assert less == pytest.approx((4 / 30 - 2 / 6, *crossed_t(table - clean).interval(0.95)))
    alone = advantage_over({0: one[0]}, reference, "noise")
    assert alone == pytest.approx((0.2, *paired_t(table[0]).interval(0.95)))


def test_other_examples_or_seeds_are_not_compared():
    assert advantage_over({0: of(0, "11", "55")}, {0: of(0, "11", "55", shown=2)}, "noise") is None
    assert advantage_over({0: of(0, "11", "55")}, {1: of(1, "11", "55")}, "noise") is None


def test_the_part_survives_json_and_tells_the_numbers(study, found):
    kept = TypeAdapter(dict[str, list[Robustness]])
    part = robustness_section(study, kept.validate_json(kept.dump_json(found)))
    assert [row[0] for row in part.rows if row[0]] == [CLEAN, *CORRUPTIONS]
    assert part.columns[3] == "difference to plain8, in points"
    scores = part.numbers["resnet8"]["scores"]["blur"]
    assert scores == [run.scores["blur"] for run in found["resnet8"]]
    row = next(number for number, row in enumerate(part.rows) if row[0] == "blur") + 1
    assert part.rows[row][1:3] == ("resnet8", f"{100 * np.mean(scores):.1f} %")
    svg = to_svg(*part.charts)
    assert all(f">{name}</text>" in svg for name in CORRUPTIONS)
    assert svg.count(">severity</text>") == 2


def test_where_examples_differ_no_interval_stands(study, found):
    (plain, *_), (residual, *_) = found.values()
    part = robustness_section(study, {"plain8": [plain], "resnet8": [replace(residual, shown=0)]})
    assert "No interval stands" in part.note
    assert all(row[3:] == ("", "") for row in part.rows)
