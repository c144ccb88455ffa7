"""What a user can mend, said in one sentence: what is wrong, where, and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(ValueError):
    """A mistake in what the user gave. The command line prints its text and leaves with exit code 2."""


def unknown(what: str, word: str, known: Iterable[str]) -> UserError:
    """The error for a name nobody knows, with the nearest known one.

    `what` is the kind of name, as "network" or "field of resnet20".
    """
    names = sorted(known)
    near = get_close_matches(word.lower(), names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}."
    return UserError(f"There is no {what} called {word!r}: {hint}")
