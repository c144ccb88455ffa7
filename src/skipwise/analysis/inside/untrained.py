"""The untrained network of a run, as it was before its first step."""

from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from skipwise.analysis.inside.trained import Trained
from skipwise.training.record import read_run

EXAMPLES = 128


def untrained_network(run: Trained) -> nn.Module | None:
    """Return the network drawn anew from the run's seed, in eval mode, on the plan's device; None if it began with
    weights.

    Its batch normalisations know the statistics of test examples, since those they are built with are of no data.
    """
    record = read_run(run.folder)
    if record.contender.recipe.pretrained:
        return None
    network = run.plan.place(run.task.build(record.contender.network, record.input_spec, run.seed))
    with_statistics(network, run.batch(EXAMPLES).inputs)
    return network


@torch.no_grad()
def with_statistics(network: nn.Module, inputs: Any) -> None:
    """Give batch normalisations the mean and variance of what comes to them for these inputs; then all is in eval
    mode.
    """
    norms = [module for module in network.eval().modules() if isinstance(module, _BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the mean over batches, of which there is one
        norm.train()
    network(inputs)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
        norm.eval()
