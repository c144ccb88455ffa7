"""Signal propagation: activations and gradients by layer before any training, as figures and sentences."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np

from skipwise.analysis.inside.signal import Signal
from skipwise.reports.charts.along_axis import Measured, along_line
from skipwise.reports.charts.by_layer import Axes, by_place
from skipwise.reports.charts.charts import Chart

PLACES = "layer, from input to output: stem, blocks, head"


def signal_chart(signals: Mapping[str, Signal], colours: Mapping[str, str]) -> alt.HConcatChart:
    """Draw each network as a line: activations (forward pass) left, gradients (backward pass) right; seeds are dots."""
    forwards = by_place(
        {label: found.activation for label, found in signals.items()},
        Axes(places=PLACES, values="standard deviation of activations", logarithmic=True),
        colours,
    )
    backwards = by_place(
        {label: found.gradient for label, found in signals.items()},
        Axes(places=PLACES, values="gradient norm of an example", logarithmic=True),
        colours,
    )
    return alt.hconcat(
        forwards.properties(title="activations, forward pass"), backwards.properties(title="gradients, backward pass")
    )


def growth_chart(signals: Mapping[str, Sequence[Signal]], depths: Sequence[int], colours: Mapping[str, str]) -> Chart:
    """Draw the growth factor of the gradient from the last layer back to the first, by depth, for each series."""
    tables = {series: np.stack([found.growth for found in several], axis=1) for series, several in signals.items()}
    measured = Measured(x="layers", y="gradient growth (factor)", logarithmic=True)
    return along_line(tables, depths, measured, colours)


def growth_word(found: Signal) -> str:
    """Format the growth of the gradient for a table."""
    steepness = found.steepness
    return _times(steepness) if 0 < steepness < np.inf else "not finite" if steepness else "no gradient"


def signal_sentence(label: str, found: Signal) -> str:
    """Return a sentence on how much the gradient grows, or why nothing can be learned."""
    first, last, steepness = found.places[0], found.places[-2], found.steepness
    if not found.gradient[:, -2].any():
        return f"{label}: its answer begins at zero, so that no gradient comes back in the first step."
    if not np.isfinite(steepness):
        return f"{label}: signal or gradient is no longer finite on its way."
    if steepness == 0:
        return f"{label}: before training no gradient comes back to {first}."
    change = f"grows {_times(steepness)}" if steepness >= 1 else f"shrinks {_times(1 / steepness)}"
    return f"{label}: before training the gradient {change} from {last} back to {first}."


def _times(factor: float) -> str:
    return f"{factor:,.0f} times" if factor >= 10 else f"{factor:.1f} times"
