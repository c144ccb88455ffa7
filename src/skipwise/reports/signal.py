"""Signal and gradient by place, before any training: a picture, and what it says."""

from collections.abc import Mapping

import altair as alt
import numpy as np
from jaxtyping import Float

from skipwise.analysis.signal import STEEP, Signal
from skipwise.reports.charts import WIDTH, Chart, chart_of


def signal_chart(signals: Mapping[str, Signal], colours: Mapping[str, str]) -> alt.HConcatChart:
    """Each network a line: the signal forwards at the left, the gradient backwards at the right; seeds are dots."""
    forwards = _panel(
        {label: found.activation for label, found in signals.items()}, "standard deviation of outputs", colours
    )
    backwards = _panel(
        {label: found.gradient for label, found in signals.items()}, "gradient norm of an example", colours
    )
    return alt.hconcat(
        forwards.properties(title="the signal, forwards"), backwards.properties(title="its gradient, backwards")
    )


def signal_sentence(label: str, found: Signal) -> str:
    """How steep the gradient is, and whether that bodes ill."""
    first, last, steepness = found.places[0], found.places[-2], found.steepness
    if not np.isfinite(steepness):
        return f"{label}: signal or gradient is no longer finite on its way: it cannot be trained as it begins."
    if steepness == 0:
        return f"{label}: no gradient comes back to {first}: it cannot be trained as it begins."
    change = f"grows {_times(steepness)}" if steepness >= 1 else f"shrinks {_times(1 / steepness)}"
    warning = (
        f", above {STEEP:,.0f}: one rate hardly suits both ends, expect trouble in training" if found.is_steep else ""
    )
    return f"{label}: before training the gradient {change} from {last} back to {first}{warning}."


def _times(factor: float) -> str:
    return f"{factor:,.0f} times" if factor >= 10 else f"{factor:.1f} times"


def _panel(tables: Mapping[str, Float[np.ndarray, "seeds places"]], title: str, colours: Mapping[str, str]) -> Chart:
    dots = [
        {"network": label, "place": place, "value": value}
        for label, table in tables.items()
        for row in table
        for place, value in enumerate(row.tolist(), start=1)
        if 0 < value < np.inf
    ]
    means = [
        {"network": label, "place": place, "value": value}
        for label, table in tables.items()
        for place, value in enumerate(_geometric_mean(table).tolist(), start=1)
        if 0 < value < np.inf
    ]
    most = max(table.shape[1] for table in tables.values())
    x = alt.X(
        "place:Q",
        title="place from input to answer: stem, blocks, head",
        scale=alt.Scale(domain=[1, most], nice=False, padding=8),
        axis=alt.Axis(grid=False, format="d", tickMinStep=1),
    )
    y = alt.Y("value:Q", title=title, scale=alt.Scale(type="log", nice=False, padding=8), axis=alt.Axis(format="~g"))
    shown = [label for label in colours if label in tables]
    colour = alt.Color(
        "network:N",
        scale=alt.Scale(domain=shown, range=[colours[label] for label in shown]),
        legend=alt.Legend(title=None, orient="top", labelLimit=WIDTH, symbolType="stroke", symbolOpacity=1),
    )
    return alt.layer(
        chart_of(dots).mark_circle(size=14, opacity=0.4).encode(x=x, y=y, color=colour),
        chart_of(means).mark_line(size=2.5).encode(x=x, y=y, color=colour),
    ).properties(width=WIDTH - 70, height=240)


def _geometric_mean(table: Float[np.ndarray, "seeds places"]) -> Float[np.ndarray, "places"]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.exp(np.log(table).mean(0)))
