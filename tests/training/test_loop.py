"""Single steps of training, in which a pretrained backbone learns at a rate of its own."""

import torch
from safetensors.torch import load_file

from skipwise.networks import PRESETS, build
from skipwise.recipe import Recipe
from skipwise.tasks import TASKS
from skipwise.training.loop import Loop
from support.runs import PLAN


def test_a_backbone_learns_at_its_share_of_the_rate(data, weights, tmp_path):
    """One step of plain SGD moves it by that share of what it would have moved."""
    moved = {}
    for share in (1.0, 0.25):
        recipe = Recipe(epochs=1, batch_size=16, pretrained=str(weights), backbone_lr_multiplier=share, momentum=0.0, weight_decay=0.0,
                        warmup=0.0)  # fmt: skip
        network = build(PRESETS["resnet8"], data.input_shape, len(data.classes), 0)
        begun = load_file(weights)
        names = {name for name, _ in network.named_parameters() if not name.startswith("head.dense")}
        network.load_state_dict({**network.state_dict(), **{name: begun[name] for name in names}})
        stream = TASKS["images"].stream(data, recipe, 0, "cpu")
        (tmp_path / str(share)).mkdir()
        loop = Loop(TASKS["images"], network, recipe, stream, PLAN, tmp_path / str(share), names)
        loop.train_mode()
        loop.train_step(next(iter(stream.epoch(0))))
        moved[share] = {name: value.detach() for name, value in network.named_parameters()}
    name = "stages.1.0.branch.conv1.weight"
    torch.testing.assert_close(
        moved[0.25][name] - begun[name], 0.25 * (moved[1.0][name] - begun[name]), atol=1e-7, rtol=1e-3
    )
    assert torch.equal(moved[0.25]["head.dense.weight"], moved[1.0]["head.dense.weight"])
