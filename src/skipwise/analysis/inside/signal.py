"""Signal propagation: activations in the forward pass and gradients in the backward pass, before any training."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from skipwise.analysis.hooks import deviation, undisturbed, watched
from skipwise.errors import UserError
from skipwise.keyed_rng import key
from skipwise.networks import TextNetwork, cost, key_masks, layers_in_order
from skipwise.training.plan import threads

SEEDS = 3
MOST_EXAMPLES, FEWEST_EXAMPLES = 64, 8
MULTIPLY_ADDS = 30e9
"""Of one way through the network, all examples together: some seconds on two cores."""
ONE_THREAD = 3e9
"""So many, and fewer, are computed faster by one thread."""


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One network as it begins, at places that follow one another; an entry for each seed and place.

    `activation` is the standard deviation of what a place gives, over examples, channels and pixels. `gradient` is the
    norm of the gradient of an example's loss with respect to that, the root of the mean square over examples.
    """

    places: tuple[str, ...]
    activation: Float[np.ndarray, "seeds places"]
    gradient: Float[np.ndarray, "seeds places"]

    @property
    def growth(self) -> Float[np.ndarray, "seeds"]:
        """By what factor the gradient at the first place is larger than at the last before the answer.

        0 where nothing comes back, infinite or nan where numbers overflow.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.gradient[:, 0] / self.gradient[:, -2])

    @property
    def steepness(self) -> float:
        """The growth of the gradient, the geometric mean over seeds."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.exp(np.log(self.growth).mean()))


def signal(build: Callable[[int], nn.Module], input_shape: Sequence[int], classes: int, seeds: int = SEEDS) -> Signal:
    """Of the networks that `build` makes from seeds, in training mode, on inputs and labels drawn at random.

    Images are normal with mean 0 and deviation 1, as after normalisation; texts are tokens that are all equally likely.
    Raises UserError for a network in which there is nothing to watch.
    """
    tables = [_of_one(build(seed), input_shape, classes, seed) for seed in range(seeds)]
    names = tuple(tables[0])
    activation, gradient = np.array([[table[name] for name in names] for table in tables]).transpose(2, 0, 1)
    return Signal(places=names, activation=activation, gradient=gradient)


def _of_one(network: nn.Module, input_shape: Sequence[int], classes: int, seed: int) -> dict[str, tuple[float, float]]:
    """Deviation and gradient norm by place."""
    work = max(1, cost(network, input_shape).multiply_adds)
    examples = int(np.clip(MULTIPLY_ADDS / work, FEWEST_EXAMPLES, MOST_EXAMPLES))
    generator = torch.Generator().manual_seed(key(seed, "signal"))
    inputs = _inputs(network, examples, input_shape, generator)
    labels = torch.randint(classes, (examples,), generator=generator)
    deviations: dict[str, float] = {}
    norms: dict[str, float] = {}

    def look(name: str, output: Tensor) -> None:
        deviations[name] = deviation(network, output)
        output.register_hook(partial(_keep_norm, norms, name))  # type: ignore[no-untyped-call]

    along = layers_in_order(network)
    if len(along) < 2:
        raise UserError(
            f"{type(network).__name__} has fewer than two of torch's convolutions and dense layers to watch."
        )
    several = torch.get_num_threads() if examples * work > ONE_THREAD else 1
    with undisturbed(network), watched(along, look), torch.enable_grad(), threads(several):
        network.train()
        network.requires_grad_(True)
        key_masks(network, seed, 0)
        F.cross_entropy(network(inputs), labels, reduction="sum").backward()  # type: ignore[no-untyped-call]
    if len(deviations) < 2:
        raise UserError(
            f"{type(network).__name__} uses fewer than two of its convolutions and dense layers: nothing to watch."
        )
    return {name: (deviations[name], norms.get(name, 0.0)) for name in deviations}


def _inputs(network: nn.Module, examples: int, shape: Sequence[int], generator: torch.Generator) -> Tensor:
    if isinstance(network, TextNetwork):
        vocabulary, length = shape
        return torch.randint(1, vocabulary, (examples, length), generator=generator)
    return torch.randn(examples, *shape, generator=generator)


def _keep_norm(norms: dict[str, float], name: str, gradient: Tensor) -> None:
    """The root of the mean squared norm of an example."""
    norms[name] = float(gradient.float().flatten(1).square().sum(1).mean().sqrt())
