"""Signal and gradient by place, before any training: a picture, and what it says."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np

from skipwise.analysis.inside.signal import Signal
from skipwise.reports.charts.along_network import Measured, along_line
from skipwise.reports.charts.by_layer import Axes, by_place
from skipwise.reports.charts.charts import Chart

PLACES = "place from input to answer: stem, blocks, head"


def signal_chart(signals: Mapping[str, Signal], colours: Mapping[str, str]) -> alt.HConcatChart:
    """Each network a line: the signal forwards at the left, the gradient backwards at the right; seeds are dots."""
    forwards = by_place(
        {label: found.activation for label, found in signals.items()},
        Axes(places=PLACES, values="standard deviation of outputs", logarithmic=True),
        colours,
    )
    backwards = by_place(
        {label: found.gradient for label, found in signals.items()},
        Axes(places=PLACES, values="gradient norm of an example", logarithmic=True),
        colours,
    )
    return alt.hconcat(
        forwards.properties(title="the signal, forwards"), backwards.properties(title="its gradient, backwards")
    )


def growth_chart(signals: Mapping[str, Sequence[Signal]], depths: Sequence[int], colours: Mapping[str, str]) -> Chart:
    """How many times the gradient grows on its way back, by the layers of a network, for each series."""
    tables = {series: np.stack([found.growth for found in several], axis=1) for series, several in signals.items()}
    measured = Measured(x="layers", y="growth of the gradient (times)", logarithmic=True)
    return along_line(tables, depths, measured, colours)


def growth_word(found: Signal) -> str:
    """The growth of the gradient in a table."""
    steepness = found.steepness
    return _times(steepness) if 0 < steepness < np.inf else "not finite" if steepness else "no gradient"


def signal_sentence(label: str, found: Signal) -> str:
    """How steep the gradient is, and where nothing can be learned."""
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
