"""Less memory for more time: maps between blocks are forgotten, and computed again when gradients need them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.checkpoint import checkpoint

from skipwise.networks.lengths import Lengths, following, lengths_in


def recomputed(
    blocks: nn.Sequential, x: Float[Tensor, "batch channels *space"], length: int
) -> Float[Tensor, "batch out_channels *out_space"]:
    """`blocks(x)`, remembering only what comes out of every `length`-th block (Chen et al. 2016, arXiv 1604.06174).

    With b blocks and segments of sqrt(b), memory falls from b to about 2 sqrt(b) blocks. The results are the same
    bits, the buffers too: statistics of batch normalisation are updated on the way forth only.
    """
    layers, lengths = list(blocks), lengths_in(blocks)
    for start in range(0, len(layers), length):
        segment = nn.Sequential(*layers[start : start + length])

        def contexts(segment: nn.Module = segment) -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
            return nullcontext(), _as_before(segment, lengths)

        x = checkpoint(segment, x, use_reentrant=False, context_fn=contexts)
    return x


@contextmanager
def _as_before(network: nn.Module, lengths: Lengths | None) -> Iterator[None]:
    """Inside, the network computes as it did on the way forth."""
    with statistics_kept(network), following(network, lengths):
        yield


@contextmanager
def statistics_kept(network: nn.Module) -> Iterator[None]:
    """Inside, batch normalisation still normalises by the batch, but leaves its running statistics as they are.

    They are still passed on, with a momentum of zero, since autograd must save as many tensors as on the way forth.
    """
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    before = [(norm, norm.momentum, norm.num_batches_tracked) for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
        norm.num_batches_tracked = None
    try:
        yield
    finally:
        for norm, momentum, tracked in before:
            norm.momentum = momentum
            norm.num_batches_tracked = tracked
