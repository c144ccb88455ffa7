"""How many examples an analysis can take through a network and back at once."""

from skipwise.analysis.inside.trained import Trained

MULTIPLY_ADDS, BYTES = 30e9, 2e9
"""Of one way through the network, some seconds on two cores; and of what is remembered for the way back."""
IN_ALL = 1e12
"""Of all ways together: half a minute on one core."""
FEWEST = 8


def affordable_examples(run: Trained, most: int, passes: int = 1) -> int:
    """A power of two, so that twins whose costs differ a little get equally many, or `most`; never below FEWEST.

    `passes` is how often they go through the network.
    """
    costs = run.task.cost(run.network, run.stream.dataset.input_spec)
    can = min(min(MULTIPLY_ADDS, IN_ALL / passes) / max(1, costs.multiply_adds), BYTES / max(1, costs.activation_bytes))
    return most if can >= most else min(most, max(FEWEST, 1 << (max(1, int(can)).bit_length() - 1)))
