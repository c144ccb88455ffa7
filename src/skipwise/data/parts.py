"""Words for the parts of a split, as people call folders, files, columns and arrays."""

import re

PARTS = ("train", "validation", "test")
WORDS = {
    "train": ("train", "training", "trn", "tr"),
    "validation": ("validation", "valid", "val", "dev", "development", "eval", "evaluation"),
    "test": ("test", "testing", "tst", "holdout", "hold-out", "hold_out"),
}
"""Every word for a part."""
PART_OF = {word: part for part, words in WORDS.items() for word in words}
_WORD = re.compile(
    rf"(?:images?[ _.-]?)?({'|'.join(sorted(PART_OF, key=len, reverse=True))})"
    r"(?:[ _.-]?(?:set|data|dataset|split|part|fold|images?|imgs?|labels?|files?|\d{4}))?"
)
"""A word for a part, with what people write after it: train_set, test2017, validation-images."""


def part_of(name: str) -> str | None:
    """Return the part that a name means in any case, as `Training_Set`; None where it means none."""
    found = _WORD.fullmatch(name.strip().lower())
    return PART_OF[found[1]] if found else None
