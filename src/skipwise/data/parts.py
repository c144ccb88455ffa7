"""Words for the parts of a split, as people call folders, files, columns and arrays."""

import re
from collections.abc import Sequence

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
    r"(?:[ _.-]?(?:set|mini|data|dataset|split|part|fold|images?|imgs?|labels?|files?|\d{4}|\d))?"
)
"""A word for a part, with what people write after it: train_set, test2017, test1, train_mini, validation-images."""


def part_of(name: str) -> str | None:
    """Return the part that a name means in any case, as `Training_Set`; None where it means none."""
    found = _WORD.fullmatch(name.strip().lower())
    return PART_OF[found[1]] if found else None


def parts_among(names: Sequence[str]) -> dict[str, str]:
    """Return the part that each of these names means; nothing where they are no parts of one split.

    Names of folders or files beside one another are parts where one of them means train, and either all mean parts or
    two parts are there: `train` beside `car` and `bus` is a class. One word before all of them is passed over, as in
    `flowers_train` and `flowers_test`, and several that are the same, as in `birds-2019-train` and `birds-2019-val`.
    With a test part missing, `eval` beside another validation part is the test part, as speech corpora call it.
    """
    plain = {name: part for name in names if (part := part_of(name))}
    if "train" in plain.values() and (len(plain) == len(names) or len(set(plain.values())) > 1):
        return _evaluated(plain)
    prefixed = {name: part for name in names if (part := part_of(_after_prefix(name)))}
    if "train" in prefixed.values() and len(set(prefixed.values())) > 1:
        return _evaluated(prefixed)
    beginnings = {name[: -len(_last_word(name))] for name in names}
    ended = {name: part for name in names if (part := part_of(_last_word(name)))}
    if len(beginnings) == 1 and "train" in ended.values() and len(set(ended.values())) > 1:
        return _evaluated(ended)
    return {}


def _after_prefix(name: str) -> str:
    return re.split(r"[ _.-]", name, maxsplit=1)[-1]


def _last_word(name: str) -> str:
    return re.split(r"[ _.-]", name)[-1]


def _evaluated(found: dict[str, str]) -> dict[str, str]:
    named_eval = [name for name, part in found.items() if part == "validation" and "eval" in name.lower()]
    others = [name for name, part in found.items() if part == "validation" and name not in named_eval]
    if "test" not in found.values() and len(named_eval) == 1 and others:
        return found | {named_eval[0]: "test"}
    return found
