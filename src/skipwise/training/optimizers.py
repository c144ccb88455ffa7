"""The optimizer and the schedule of its learning rate."""

import math
from collections.abc import Collection

import torch
from torch import nn

from skipwise.recipe import Recipe


def optimizer(network: nn.Module, recipe: Recipe, backbone: Collection[str] = ()) -> torch.optim.Optimizer:
    """The recipe's optimizer; weight decay on the weights of convolutions and dense layers alone.

    Each group has a `share` of the rate: the recipe's `backbone_lr_multiplier` for parameters named in `backbone`,
    1 for the others.
    """
    groups = []
    for pretrained, share in ((False, 1.0), (True, recipe.backbone_lr_multiplier)):
        here = [parameter for name, parameter in network.named_parameters() if (name in backbone) == pretrained]
        decayed = [parameter for parameter in here if parameter.ndim > 1]
        spared = [parameter for parameter in here if parameter.ndim <= 1]
        groups += [
            {"params": decayed, "weight_decay": recipe.weight_decay, "share": share},
            {"params": spared, "weight_decay": 0.0, "share": share},
        ]
    groups = [group for group in groups if group["params"]]
    fused = next(network.parameters()).device.type in ("cpu", "cuda")
    if recipe.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=recipe.lr, betas=(recipe.momentum, 0.999), fused=fused)
    return torch.optim.SGD(groups, lr=recipe.lr, momentum=recipe.momentum, nesterov=recipe.momentum > 0, fused=fused)


def weights(network: nn.Module) -> list[nn.Parameter]:
    """The weights of convolutions and dense layers: what the penalties are for."""
    return [parameter for parameter in network.parameters() if parameter.ndim > 1]


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """The rate of step 0 <= step < steps.

    It rises linearly over the first `warmup` of the steps; then "cosine" falls along half a cosine to zero, and
    "one-cycle" linearly (after Smith 2018).
    """
    done = (step + 1) / steps
    if done <= recipe.warmup:
        return recipe.lr * done / recipe.warmup
    left = 1 - (done - recipe.warmup) / (1 - recipe.warmup) * (1 - 1 / steps)
    return recipe.lr * (left if recipe.schedule == "one-cycle" else 0.5 * (1 - math.cos(math.pi * left)))
