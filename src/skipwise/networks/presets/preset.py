"""What a network known by name is."""

from dataclasses import dataclass

from skipwise.networks.architecture import Architecture


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A network with where it comes from and what it was made for, with so many classes.

    That is images of `side` px a side, or texts of `side` tokens out of `vocabulary`, which is 0 for images.
    """

    architecture: Architecture
    source: str
    side: int
    classes: int
    vocabulary: int = 0

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Of a colour image, or (vocabulary, length) of a text."""
        return (self.vocabulary, self.side) if self.vocabulary else (3, self.side, self.side)
