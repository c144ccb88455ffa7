"""The page of attribution maps of new examples."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

from skipwise.analysis.inside.attribution import UNSIGNED, Method
from skipwise.reports.drawings.coloured_text import AGAINST, FOR, Piece, coloured
from skipwise.reports.markup import template, write_text

SAYS: dict[Method, str] = {
    "grad-cam": "Grad-CAM (Selvaraju et al. 2017) weights the last feature maps by the gradient of the prediction's score. The maps are coarse: a bright "
    "spot means that region, not that {unit}.",
    "integrated-gradients": "Integrated gradients (Sundararajan et al. 2017) add up the gradient along the line from an input {empty} to this "
    "one; the sum over all parts is the difference in the score.",
    "occlusion": "Occlusion (Zeiler and Fergus 2014): how far the prediction's score falls when {hidden}.",
    "smooth-grad": "SmoothGrad (Smilkov et al. 2017): how strongly the score changes with each part, averaged over noisy copies; it does not say in which direction.",
}
OF_IMAGES = {"unit": "pixel", "empty": "of the mean colour", "hidden": "a patch shows the mean colour"}
OF_TEXTS = {"unit": "word", "empty": "without words", "hidden": "a word is taken away"}


@dataclass(frozen=True, kw_only=True)
class Card:
    """One prediction of one network, with its map: a picture, the text's pieces, or nothing without a prediction."""

    label: str
    colour: str | None
    words: str
    picture: str | None = None
    file: str | None = None
    pieces: Sequence[Piece] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """An example, perhaps as a picture, with the cards of all networks."""

    name: str
    picture: str | None
    cards: Sequence[Card]


def write_page(
    path: Path, explanations: Sequence[Explanation], method: Method, *, study: Path, sees_the_middle: bool
) -> None:
    """Write the page; it asks for nothing from outside. `sees_the_middle`: what lies outside a square was cut off."""
    words = OF_IMAGES if explanations[0].picture else OF_TEXTS
    page = template("explanation.html.jinja").render(
        explanations=explanations,
        method=method,
        unsigned=method in UNSIGNED,
        study=quote(str(study)),
        sees_the_middle=sees_the_middle,
        says=SAYS[method].format(**words),
        colour_for=FOR,
        colour_against=AGAINST,
        coloured=coloured,
    )
    write_text(path, page)
