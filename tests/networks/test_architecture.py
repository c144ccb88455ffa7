"""Architectures: read from JSON, given other shortcuts, and refused where their fields contradict each other."""

from dataclasses import replace

import pytest

from skipwise.errors import UserError
from skipwise.networks import PRESETS, Architecture, NoShortcut, build
from skipwise.networks.fields import set_field


def test_bad_json_says_where():
    data = PRESETS["resnet8"].to_json()
    data["stages"][1]["width"] = "wide"
    with pytest.raises(UserError, match=r"This is no architecture: stages\.1\.width"):
        Architecture.from_json(data)


def test_shortcuts_are_replaced_where_there_are_some():
    """resnet9 has plain blocks between its residual ones, and they stay so."""
    changed = PRESETS["resnet9"].with_shortcut(NoShortcut())
    assert changed == PRESETS["plain9"]
    from skipwise.networks import Projection

    projected = PRESETS["resnet9"].with_shortcut(Projection())
    kinds = [stage.block.shortcut.kind for stage in projected.stages]
    assert kinds == ["none", "projection", "none", "none", "projection"]
    everywhere = PRESETS["plain9"].with_shortcut(Projection())
    assert {stage.block.shortcut.kind for stage in everywhere.stages} == {"projection"}


def test_the_refusal_says_what_to_take_instead():
    with pytest.raises(UserError) as error:
        replace(PRESETS["resnet8"], stochastic_depth=0.5).plain_twin()
    assert str(error.value) == (
        "A block without a shortcut, as in a plain twin, cannot have stochastic_depth: where its branch is dropped "
        "nothing flows; take stochastic_depth=0 for both twins."
    )
    with pytest.raises(UserError, match="multiplier=nan cannot be"):
        set_field(PRESETS["resnet8"], "multiplier", "nan")
    with pytest.raises(UserError, match="pairs channels across groups"):
        build(replace(PRESETS["resnext50"], initialisation="looks-linear"), (3, 64, 64), 5, seed=0)
