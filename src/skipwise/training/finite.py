"""Numbers that are not finite, by name: a run that holds one has failed."""

import math
from collections.abc import Mapping

from torch import Tensor

from skipwise.training.gradients import norms


def not_finite(tensors: Mapping[str, Tensor]) -> str | None:
    """Return the name of the first tensor with a number that is not finite, None where there is none."""
    numbers = {name: tensor for name, tensor in tensors.items() if tensor.is_floating_point() and tensor.numel()}
    if all(map(math.isfinite, norms(numbers.values()))):
        return None
    # the squares of large numbers are infinite, too, so that a norm alone tells nothing
    return next((name for name, tensor in numbers.items() if not tensor.isfinite().all()), None)
