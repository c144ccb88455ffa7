"""Sharpness of the loss at the trained weights: the top eigenvalue of its Hessian."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from skipwise.analysis.hooks import undisturbed
from skipwise.analysis.inside.landscape import EXAMPLES, LossCurve, learned_loss, loss_curve
from skipwise.analysis.inside.trained import Trained
from skipwise.analysis.sample_budget import affordable_examples
from skipwise.keyed_rng import key

MOST_ITERATIONS = 50
PRECISION = 1e-3
"""The change of the eigenvalue from one iteration to the next, as a share of it, at which it is taken as found."""


@dataclass(frozen=True, kw_only=True)
class TopEigenvalue:
    """The Hessian's eigenvalue of largest magnitude, after so many iterations."""

    eigenvalue: float
    iterations: int
    converged: bool


@dataclass(frozen=True, kw_only=True)
class Sharpness(TopEigenvalue):
    """The loss along a line, and the Hessian's top eigenvalue, on so many training `examples`."""

    curve: LossCurve
    examples: int


def sharpness(run: Trained) -> Sharpness | None:
    """Return the sharpness of the loss around a network; None for one that answers more than one thing for an
    example.
    """
    curve = loss_curve(run)
    if curve is None:
        return None
    examples = affordable_examples(run, EXAMPLES, 4 * MOST_ITERATIONS)
    found = top_eigenvalue(run.network, learned_loss(run, examples), run.seed)
    return Sharpness(curve=curve, **vars(found), examples=min(examples, len(run.stream.dataset.train)))


def top_eigenvalue(
    network: nn.Module,
    loss: Callable[[nn.Module], Tensor],
    seed: int,
    iterations: int = MOST_ITERATIONS,
    precision: float = PRECISION,
) -> TopEigenvalue:
    """Of the loss's second derivatives with respect to all parameters, by power iteration, in eval mode.

    A product with the Hessian is the gradient of the gradient's product with a vector (Pearlmutter 1994).
    """
    with undisturbed(network), torch.enable_grad():
        network.eval().requires_grad_(True)
        parameters = list(network.parameters())
        gradients = torch.autograd.grad(loss(network), parameters, create_graph=True, materialize_grads=True)
        gradient = torch.cat([each.flatten() for each in gradients])
        generator = torch.Generator().manual_seed(key(seed, "sharpness"))
        vector = torch.randn(gradient.shape, generator=generator).to(gradient.device)
        before, eigenvalue = float("inf"), 0.0
        for iteration in range(1, iterations + 1):
            vector = vector / vector.norm().clamp(min=torch.finfo(vector.dtype).tiny)
            product = _product(gradient, parameters, vector)
            eigenvalue = float(vector @ product)
            if abs(eigenvalue - before) <= precision * abs(eigenvalue):
                return TopEigenvalue(eigenvalue=eigenvalue, iterations=iteration, converged=True)
            before, vector = eigenvalue, product
        return TopEigenvalue(eigenvalue=eigenvalue, iterations=iterations, converged=False)


def _product(
    gradient: Float[Tensor, "parameters"], parameters: list[nn.Parameter], vector: Float[Tensor, "parameters"]
) -> Float[Tensor, "parameters"]:
    """The Hessian times a vector; a gradient that depends on nothing has second derivatives of zero."""
    if not gradient.requires_grad:
        return torch.zeros_like(vector)
    parts = torch.autograd.grad(gradient @ vector, parameters, retain_graph=True, materialize_grads=True)
    return torch.cat([part.flatten() for part in parts])
