"""The page of maps that tell why networks answered as they did."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from skipwise.analysis.attribution import Method
from skipwise.reports.coloured_text import AGAINST, FOR, Piece, coloured
from skipwise.training.checkpoint import write_atomically

SAYS: dict[Method, str] = {
    "grad-cam": "Grad-CAM (Selvaraju et al. 2017) weighs the last maps by the gradient of the answer's score. They are coarse: a bright "
    "spot means that region, not that pixel.",
    "integrated-gradients": "Integrated gradients (Sundararajan et al. 2017) add up the gradient on the way from an input of the mean "
    "colour, or without words, to this one; all places together make up the difference in the score.",
    "occlusion": "Occlusion (Zeiler and Fergus 2014): how far the answer's score falls when a patch shows the mean colour, or a word is taken away.",
    "smooth-grad": "SmoothGrad (Smilkov et al. 2017): how strongly the score would change with each place, over noisy copies; it does not say in which direction.",
}


@dataclass(frozen=True, kw_only=True)
class Card:
    """One answer of one network, with its map: a picture, the text's pieces, or nothing where there is no answer."""

    label: str
    colour: str | None
    words: str
    picture: str | None = None
    file: str | None = None
    pieces: Sequence[Piece] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One example, perhaps as a picture, with the cards of all networks."""

    name: str
    picture: str | None
    cards: Sequence[Card]


def write_page(path: Path, explanations: Sequence[Explanation], method: Method) -> None:
    """Write the page; it asks for nothing from outside."""
    environment = Environment(
        loader=PackageLoader("skipwise.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    page = environment.get_template("explanation.html.jinja").render(
        explanations=explanations,
        method=method,
        says=SAYS[method],
        colour_for=FOR,
        colour_against=AGAINST,
        coloured=coloured,
    )
    write_atomically(path, lambda part: part.write_text(page, encoding="utf-8", errors="replace"))
