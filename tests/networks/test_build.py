"""Networks that are built: something flows through each, or it is refused in one sentence."""

import pytest
import torch

from skipwise.errors import UserError
from skipwise.networks import PRESETS, build
from skipwise.networks.fields import set_field
from skipwise.networks.shortcuts import parse_shortcut


def test_images_are_refused():
    with pytest.raises(UserError, match="This network reads text, and the data are none"):
        build(PRESETS["textcnn"], (3, 32, 32), 3, seed=0)
    with pytest.raises(UserError, match="k-max is for networks of one dimension"):
        build(set_field(PRESETS["resnet20"], "downsample", "k-max"), (3, 32, 32), 3, seed=0)


def fixup(architecture):
    return set_field(set_field(architecture, "normalisation", "scalar-bias"), "initialisation", "fixup")


@pytest.mark.parametrize("change", [lambda a: a.replace_blocks(multiplier=0.0), fixup])
@pytest.mark.parametrize(
    "architecture", [PRESETS["resnet9"], PRESETS["resnet8"].with_shortcut(parse_shortcut("arms-identity"))]
)
def test_something_flows_through_a_residual_network_that_is_built(architecture, change):
    try:
        network = build(change(architecture), (3, 32, 32), 10, seed=0)
    except UserError:
        return
    maps = network.features(torch.randn(4, 3, 32, 32))[-1]
    assert (maps[0] != maps[1]).any()
