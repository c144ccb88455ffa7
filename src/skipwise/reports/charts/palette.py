"""One colour for each contender, the same in every picture: plain orange, residual blue.

The first seven are Okabe and Ito's, the next four Paul Tol's muted ones.
"""

from collections.abc import Sequence

from skipwise.studies import Contender
from skipwise.studies.sweeps import Point

ORANGE, BLUE = "#D55E00", "#0072B2"
OTHERS = ("#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#882255", "#999933", "#332288", "#AA4499")


def series_colours(series: Sequence[str]) -> dict[str, str]:
    """Plain series orange, the first other one blue, and what follows in the other colours."""
    chosen: dict[str, str] = {}
    for name in series:
        free = [colour for colour in (ORANGE if "plain" in name else BLUE, *OTHERS) if colour not in chosen.values()]
        chosen[name] = free[0] if free else OTHERS[len(chosen) % len(OTHERS)]
    return chosen


def colours(contenders: Sequence[Contender], points: Sequence[Point] = ()) -> dict[str, str]:
    """The first plain contender is orange, the first residual one blue, and what follows takes the other colours.

    In a sweep along something all contenders of a series have its colour.
    """
    if points:
        of_series = series_colours(list(dict.fromkeys(point.series for point in points)))
        return {point.label: of_series[point.series] for point in points}
    chosen: dict[str, str] = {}
    for colour, family in ((ORANGE, "is_plain"), (BLUE, "is_residual")):
        first = next((contender for contender in contenders if getattr(contender, family)), None)
        if first is not None:
            chosen[first.label] = colour
    rest = [contender.label for contender in contenders if contender.label not in chosen]
    return chosen | {label: OTHERS[number % len(OTHERS)] for number, label in enumerate(rest)}
