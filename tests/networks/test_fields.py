"""Fields of an architecture: each changes what it says, and a value that cannot be is one sentence."""

import pytest
import torch

from skipwise.errors import UserError
from skipwise.networks import PRESETS, build
from skipwise.networks.fields import set_field

SHAPE = (3, 16, 16)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("kernel", "5"),
        ("kernel", "3/5/7"),
        ("widths", "8/8/8"),
        ("blocks", "2/1/1"),
        ("branch", "single"),
        ("stem", "small"),
    ],
)
def test_fields_change_what_they_say(field, text):
    changed = build(set_field(PRESETS["resnet8"], field, text), SHAPE, 10, seed=0)
    before = build(PRESETS["resnet8"], SHAPE, 10, seed=0)
    assert changed(torch.zeros(2, *SHAPE)).shape == (2, 10)
    if field == "widths":
        assert [m.shape[1] for m in changed.features(torch.zeros(1, *SHAPE))] == [8, 8, 8, 8]
    if field == "kernel":
        sides = [p.shape[-1] for name, p in changed.named_parameters() if p.ndim == 4 and "branch" in name]
        expected = [5] * 6 if text == "5" else [3, 3, 5, 5, 7, 7]
        assert sides == expected
    elif field != "stem":
        assert sum(p.numel() for p in changed.parameters()) != sum(p.numel() for p in before.parameters())


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        (
            "kernel",
            "4",
            "kernel=4 cannot be: kernel takes an odd number of pixels, or one a stage as 3/5/7, or those of branch=parallel as 3/4/5.",
        ),
        (
            "kernel",
            "3/5",
            "kernel=3/5 cannot be: kernel takes an odd number of pixels, or one a stage as 3/5/7, or those of branch=parallel as 3/4/5.",
        ),
        ("dropout", "1.5", "dropout=1.5 cannot be: dropout takes a rate from 0 to below 1, before the dense layer."),
        ("shortcut", "zeropad", "There is no shortcut called 'zeropad': did you mean 'zero-pad'?"),
        ("downsample", "strid", "There is no downsampling called 'strid': did you mean 'stride'?"),
        (
            "blocks",
            "0",
            "blocks=0 cannot be: blocks takes a number of blocks of at least 1, or one a stage as 3/4/6/3.",
        ),
    ],
)
def test_bad_values_are_one_sentence(field, text, sentence):
    with pytest.raises(UserError) as error:
        set_field(PRESETS["resnet8"], field, text)
    assert str(error.value) == sentence


def test_fields_of_parallel_branches():
    assert set_field(PRESETS["textcnn"], "kernel", "2/3").stages[0].block.branch.kernels == (2, 3)
    with pytest.raises(UserError, match="takes each kernel once"):
        set_field(PRESETS["textcnn"], "kernel", "3/3")
    with pytest.raises(UserError, match="kernel=0/3 cannot be"):
        set_field(PRESETS["textcnn"], "kernel", "0/3")
