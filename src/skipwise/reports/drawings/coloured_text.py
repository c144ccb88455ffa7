"""A text with the parts coloured that mattered."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from markupsafe import Markup, escape

FOR, AGAINST = "204, 121, 167", "0, 158, 115"
"""Red, green and blue of what speaks for an answer and against it; told apart by the colour-blind too."""
FAINTEST = 0.05
"""Of the strongest colour: below it there is none."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of the text; `value` from -1 to 1 is how much it speaks for the answer, None where nothing was read."""

    text: str
    value: float | None

    @property
    def colour(self) -> str | None:
        """As CSS has it."""
        if self.value is None or abs(self.value) < FAINTEST:
            return None
        return f"rgba({FOR if self.value > 0 else AGAINST}, {abs(self.value):.2f})"


def pieces(text: str, spans: Sequence[tuple[int, int]], values: Float[np.ndarray, "_"]) -> list[Piece]:
    """The text cut at its tokens; tokens that stand for the same characters are added up, what is read last ends the
    reading.
    """
    together: dict[tuple[int, int], float] = {}
    for span, value in zip(spans, values.tolist(), strict=False):
        together[span] = together.get(span, 0.0) + value
    strongest = max((abs(value) for value in together.values()), default=0.0) or 1.0
    found, end = [], 0
    for (start, stop), value in together.items():
        if start > end:
            found.append(Piece(text=text[end:start], value=0.0))
        if stop > max(start, end):
            found.append(Piece(text=text[max(start, end) : stop], value=value / strongest))
            end = stop
    return [*found, Piece(text=text[end:], value=None)] if end < len(text) else found


def coloured(cut: Sequence[Piece]) -> Markup:
    """The pieces as HTML; grey what was not read."""
    parts = []
    for piece in cut:
        if piece.value is None:
            parts.append(Markup('<span class="soft">{}</span>').format(piece.text))
        elif piece.colour:
            parts.append(Markup('<span style="background: {}">{}</span>').format(piece.colour, piece.text))
        else:
            parts.append(escape(piece.text))
    return Markup().join(parts)


def strongest_words(cut: Sequence[Piece], most: int = 5) -> list[str]:
    """The parts that speak most for the answer."""
    named = [
        piece
        for piece in cut
        if piece.value is not None and piece.value > FAINTEST and any(map(str.isalnum, piece.text))
    ]
    return [piece.text.strip() for piece in sorted(named, key=lambda piece: -(piece.value or 0))[:most]]
