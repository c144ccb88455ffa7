"""Every verdict that was shown is a look, and more looks mean more chances to be wrong."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skipwise.errors import UserError, reason_of
from skipwise.records import write_atomically
from skipwise.regular_files import read_text


def record_look(
    path: Path, *, seeds: int, contenders: list[str], alpha: float, declared: Sequence[int] = ()
) -> str | None:
    """Add this look, each interval of which is at 1 - `alpha`, to the list in `path`, unless it was taken before.

    Gives the caution that belongs to a study whose number of seeds has grown after a look, beyond as many looks as
    were `declared` beforehand and share the error, else None.
    """
    looks = _looks(path)
    if not any(look["seeds"] == seeds and look["contenders"] == contenders for look in looks):
        when = datetime.now(UTC).isoformat(timespec="seconds")
        looks.append({"when": when, "seeds": seeds, "contenders": contenders, "alpha": alpha})
        text = "".join(json.dumps(look) + "\n" for look in looks)
        write_atomically(path, lambda part: part.write_text(text))
    sizes = sorted({look["seeds"] for look in looks})
    if len(sizes) == 1 or len(sizes) <= len(declared):
        return None
    return (
        f"extended after a look: verdicts were shown at {', '.join(map(str, sizes[:-1]))} and {sizes[-1]} seeds, "
        f"so the chance of a false claim is at most {min(1, len(sizes) * alpha):.0%}, not {alpha * max(1, len(declared)):.0%}"
    )


def _looks(path: Path) -> list[dict[str, Any]]:
    """Return the looks that were taken, none where there is no file. Raises UserError naming a line that holds none."""
    try:
        lines = read_text(path).splitlines() if path.exists() else []
    except (OSError, ValueError) as error:
        raise _damaged(str(path), reason_of(error)) from error
    return [_look(line, f"{path}, line {number}") for number, line in enumerate(lines, start=1)]


def _look(line: str, where: str) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _damaged(where, reason_of(error)) from error
    if isinstance(content, dict):
        seeds, contenders = content.get("seeds"), content.get("contenders")
        if isinstance(seeds, int) and isinstance(contenders, list):
            return content
    raise _damaged(where, "it holds no seeds and contenders")


def _damaged(where: str, reason: str) -> UserError:
    return UserError(
        f"{where} is damaged ({reason}), and it says how often verdicts were looked at: delete the line that is cut off, "
        "or put it right."
    )
