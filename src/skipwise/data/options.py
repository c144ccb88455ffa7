"""What may be asked of data, whatever they hold."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Options:
    """None stands for the default that the data suggest.

    `size`: the side of images in px, the length of texts in tokens. `tokens`: what texts are cut into. `test_size`: the
    fraction for testing where the data have no test set. `long_tail`: the ratio to thin classes to. `device`: what will
    be computed on.
    """

    size: int | None = None
    tokens: str | None = None
    test_size: float | None = None
    split_seed: int = 0
    long_tail: float | None = None
    device: str = "cpu"
