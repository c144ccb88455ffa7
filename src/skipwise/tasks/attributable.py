"""A new example as an attribution takes it: in numbers, with the scores that lead to the answers about it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from skipwise.data.options import Fit


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer: its place among the scores, and how it reads. `box`: corners x, y, x, y in pixels of the image
    itself.

    `instead` is the network's own answer in words, where another one was asked for.
    """

    index: int
    label: str
    score: float
    box: tuple[float, float, float, float] | None = None
    instead: str = ""

    @property
    def words(self) -> str:
        return f"{self.label} {self.score:.2f}" + (f" (its own answer: {self.instead})" if self.instead else "")


@dataclass(frozen=True, kw_only=True)
class Attributable:
    """`scores` gives from inputs like these a number for each answer; parts of `inputs` that are zero say nothing."""

    inputs: Float[Tensor, "1 channels *space"]
    scores: nn.Module
    answers: tuple[Answer, ...]


@dataclass(frozen=True, kw_only=True)
class AttributableImage(Attributable):
    """`pixels` is the image as it is to be seen, of its own size; the inputs show it framed."""

    pixels: UInt8[np.ndarray, "height width 3"]
    framing: Fit


@dataclass(frozen=True, kw_only=True)
class AttributableText(Attributable):
    """`spans` says which characters each position of the inputs stands for, from and to; none behind the end."""

    text: str
    spans: tuple[tuple[int, int], ...]
