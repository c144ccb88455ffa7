"""Counts against the papers' own tables, with their rounding."""

import math
from dataclasses import replace

import pytest
from torch import nn

from skipwise.networks import CATALOGUE, PRESETS, architecture_cost, build, cost, fuse
from skipwise.networks.fields import set_field


def costs(architecture, preset):
    return architecture_cost(architecture, (3, preset.side, preset.side), preset.classes)


@pytest.mark.parametrize(
    ("name", "millions", "digits"),
    [
        ("resnet20", 0.27, 2),
        ("resnet32", 0.46, 2),
        ("resnet44", 0.66, 2),
        ("resnet56", 0.85, 2),
        ("resnet110", 1.7, 1),
        ("resnet1202", 19.4, 1),
    ],
)
def test_parameters_of_he_2015_table_6(name, millions, digits):
    assert round(costs(PRESETS[name], CATALOGUE[name]).parameters / 1e6, digits) == millions


@pytest.mark.parametrize(
    ("name", "millions"),
    [
        ("preresnet110", 1.7),  # He et al. 2016, arXiv 1603.05027, Table 4's networks
        ("preresnet164", 1.7),
        ("wrn-40-4", 8.9),  # Zagoruyko and Komodakis 2016, Table 4
        ("wrn-28-10", 36.5),
        ("cifar-vgg16", 15.0),  # Li et al. 2017, Table 1: 1.5e7
        ("vgg11", 133),  # Simonyan and Zisserman 2015, Table 2
        ("vgg13", 133),
        ("vgg16", 138),
        ("vgg19", 144),
        ("repvgg-a0", 9.11),  # as timm counts them in training
        ("repvgg-a1", 14.09),
        ("repvgg-a2", 28.21),
        ("repvgg-b0", 15.82),
        ("resnext50", 25.0),  # Xie et al. 2017, Table 1
        ("se-resnet50", 28.1),
    ],
)
def test_parameters_of_other_papers(name, millions):
    digits = len(str(millions).partition(".")[2])
    assert round(costs(PRESETS[name], CATALOGUE[name]).parameters / 1e6, digits) == millions


def test_resnet20_has_269722_parameters():
    assert costs(PRESETS["resnet20"], CATALOGUE["resnet20"]).parameters == 269_722


@pytest.mark.parametrize(
    ("name", "billions"),
    [("plain18", 1.8), ("plain34", 3.6), ("resnet50", 3.8), ("resnet101", 7.6), ("resnet152", 11.3)],
)
def test_multiply_adds_of_he_2015_table_1(name, billions):
    """In 10^9, a multiply-add counted once, the bottleneck's stride on its first 1x1.

    The table has 3.8 for ResNet-50's 3.86, so its last digit is rounded or cut.
    """
    architecture = PRESETS[name]
    if not name.startswith("plain"):
        architecture = set_field(architecture, "stride_on", "1x1")
    counted = costs(architecture, CATALOGUE[name]).multiply_adds / 1e9
    assert billions in (round(counted, 1), math.floor(10 * counted) / 10)


def test_multiply_adds_of_the_stride_on_the_3x3():
    assert round(costs(PRESETS["resnet50"], CATALOGUE["resnet50"]).multiply_adds / 1e9, 1) == 4.1


@pytest.mark.parametrize(
    ("name", "depth"),
    [("resnet20", 20), ("resnet110", 110), ("resnet1202", 1202), ("resnet18", 18), ("resnet152", 152),
     ("preresnet164", 164), ("preresnet1001", 1001), ("resnet200", 200), ("vgg16", 16), ("se-resnet50", 50)],
)  # fmt: skip
def test_a_name_tells_the_depth(name, depth):
    assert costs(PRESETS[name], CATALOGUE[name]).depth == depth


@pytest.mark.parametrize(
    ("name", "millions", "billions"),
    [("repvgg-a0", 8.30, 1.4), ("repvgg-a1", 12.78, 2.4), ("repvgg-a2", 25.49, 5.1), ("repvgg-b0", 14.33, 3.1)],
)
def test_fused_repvgg_has_the_papers_parameters_and_multiply_adds(name, millions, billions):
    """Ding et al. 2021, Table 4, deployed; its parameters are without the biases of the convolutions."""
    fused = fuse(build(PRESETS[name], (3, 224, 224), 1000, seed=0))
    biases = sum(module.bias.numel() for module in fused.modules() if isinstance(module, nn.Conv2d))
    counted = cost(fused, (3, 224, 224))
    assert round((counted.parameters - biases) / 1e6, 2) == millions
    assert round(counted.multiply_adds / 1e9, 1) == billions


def test_widths_are_what_the_names_say():
    assert [stage.width for stage in PRESETS["wrn-28-10"].stages] == [160, 320, 640]
    assert (
        replace(PRESETS["wide-resnet50-2"].stages[0].block.branch, inner=1)
        == PRESETS["resnet50"].stages[0].block.branch
    )
