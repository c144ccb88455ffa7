"""Errors that a user can mend, in one sentence: what is wrong, where, and what to do."""

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

MANY = 100
"""More names than this are not listed in an error."""


class UserError(ValueError):
    """A mistake in what the user gave. The command line prints its text and leaves with exit code 2."""


def reason_of(error: Exception, most: int = 120) -> str:
    """Return what a library says of an error in one line, to stand within a sentence."""
    words = error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)
    return short(clause(words), most)


def clause(text: object) -> str:
    """Return a sentence in one line and without its full stop, to stand within another one."""
    line = " ".join(str(text).split())
    return line if line.endswith("...") else line.rstrip(".")


def short(text: str, most: int = 120) -> str:
    """Return a text, or its beginning, to stand within a sentence."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def unknown(what: str, word: str, known: Iterable[str]) -> UserError:
    """The error for a name nobody knows, with the nearest known one.

    `what` is the kind of name, as "network" or "field of resnet20".
    """
    names = sorted(known)
    near = get_close_matches(word.lower(), names, n=len(names), cutoff=0.5)

    def nearness(name: str) -> tuple[float, int]:
        return SequenceMatcher(None, word.lower(), name).ratio(), _shared_start(word.lower(), name)

    listed = ", ".join(names) if len(names) <= MANY else f"{len(names)} others, none of them like it"
    hint = f"did you mean {max(near, key=nearness)!r}?" if near else f"known are {listed}."
    return UserError(f"There is no {what} called {short(word)!r}: {hint}")


def _shared_start(one: str, other: str) -> int:
    """How many characters two words begin with alike."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
