"""A loss surface over two directions, and beside it the same as a contour plot."""

import io
import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from skipwise.extras import load_optional

FIRST, SECOND, UNIT = "first direction", "second direction", "filter norms"
"""The titles of the axes."""
WIDTH, HEIGHT = 7.2, 3.1
"""Of the two pictures together, in inches of 96 px."""
SEEN_FROM = {"elev": 32, "azim": -58}
"""In degrees above the square, and round it."""
LEVELS = 12
"""Between colours of the map, in even factors."""
MOST_TICKS = 7
CROSS = 7
"""Size of the cross in the middle, in points."""


def relief_and_contours(
    table: Float[np.ndarray, "up across"],
    at: Sequence[float],
    limits: tuple[float, float],
    *,
    title: str,
    colour: str,
) -> str:
    """Both pictures as one SVG, its title in a colour; `table` has a row for each `at` of the second direction.

    Colours and heights are on a logarithmic scale between `limits`. What is not finite, or not above zero, is a hole.
    Raises MissingLibraryError without matplotlib.
    """
    matplotlib = load_optional("matplotlib", "A loss surface")
    figures = load_optional("matplotlib.figure", "A loss surface")

    heights = np.log10(np.where(table > 0, table, np.nan))
    low, high = np.log10(limits)
    high = max(high, low + 1e-3)
    with matplotlib.rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": title, "font.family": "sans-serif", "font.size": 8}
    ):
        figure = figures.Figure(figsize=(WIDTH, HEIGHT))
        figure.text(0.02, 0.95, title, fontsize=9, fontweight="bold", va="top", color=colour, parse_math=False)
        _relief(figure.add_axes((0.0, 0.02, 0.5, 0.95), projection="3d"), heights, at, (low, high))
        _contours(figure.add_axes((0.6, 0.16, 0.36, 0.74)), heights, at, (low, high))
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    # Its style would be in force on the whole page.
    svg = re.sub(r"<style.*?</style>", "", written.getvalue(), flags=re.DOTALL)
    return svg[svg.index("<svg") :].replace("<svg", '<svg stroke-linejoin="round"', 1)


def _relief(
    plot: Any,
    heights: Float[np.ndarray, "up across"],
    at: Sequence[float],
    ends: tuple[float, float],
) -> None:
    across, up = np.meshgrid(at, at)
    plot.plot_surface(
        across,
        up,
        heights,
        cmap="viridis",
        vmin=ends[0],
        vmax=ends[1],
        rcount=len(at),
        ccount=len(at),
        linewidth=0.2,
        edgecolor="#ffffff80",
    )
    ticks = _ticks(ends)
    plot.set(
        xlabel=FIRST,
        ylabel=SECOND,
        zlabel="loss",
        zlim=ends,
        xticks=[-1, 0, 1],
        yticks=[-1, 0, 1],
        zticks=np.log10(ticks),
    )
    plot.set_zticklabels(map(_short, ticks))
    plot.tick_params(pad=-1, labelsize=7)
    for axis in (plot.xaxis, plot.yaxis, plot.zaxis):
        axis.labelpad = -3
        axis.set_pane_color("#f5f6f8")
    plot.zaxis.labelpad = 1
    plot.view_init(**SEEN_FROM)
    plot.set_box_aspect(None, zoom=0.9)


def _contours(
    plot: Any,
    heights: Float[np.ndarray, "up across"],
    at: Sequence[float],
    ends: tuple[float, float],
) -> None:
    levels = np.linspace(*ends, LEVELS + 1)
    plot.contourf(at, at, heights, levels, cmap="viridis", extend="both")
    seen = [level for level in np.log10(_ticks(ends)) if np.nanmin(heights) < level < np.nanmax(heights)]
    if seen:
        lines = plot.contour(at, at, heights, seen, colors="white", linewidths=0.7, linestyles="solid")
        plot.clabel(lines, fmt=lambda level: _short(10**level), fontsize=7)
    plot.plot(0, 0, "+", color="white", markersize=CROSS, markeredgewidth=1.5)
    plot.set(
        xlabel=f"{FIRST} ({UNIT})",
        ylabel=f"{SECOND} ({UNIT})",
        title="loss",
        aspect="equal",
        xticks=[-1, -0.5, 0, 0.5, 1],
        yticks=[-1, -0.5, 0, 0.5, 1],
    )


def _ticks(ends: tuple[float, float]) -> list[float]:
    """Powers of ten, or so many of 1, 2 and 5 times them that there are three at least."""
    powers = range(math.floor(ends[0]), math.ceil(ends[1]) + 1)
    ticks: list[float] = []
    for steps in ((1,), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)):
        ticks = [step * 10.0**power for power in powers for step in steps]
        ticks = [tick for tick in ticks if ends[0] - 1e-9 <= np.log10(tick) <= ends[1] + 1e-9]
        if len(ticks) >= 3:
            break
    return ticks[:: 1 + len(ticks) // MOST_TICKS]


def _short(value: float) -> str:
    """1,000,000 as 1e6, and all between .001 and 10,000 in full."""
    if 1e-3 <= value < 1e4:
        return f"{value:g}"
    digits, power = f"{value:.1e}".split("e")
    return f"{float(digits):g}e{int(power)}"
