"""Every verdict that was shown is a look, and more looks mean more chances to be wrong."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skipwise.errors import UserError
from skipwise.records import write_atomically


def record_look(
    path: Path, *, seeds: int, contenders: list[str], alpha: float, declared: Sequence[int] = ()
) -> str | None:
    """Add this look, each interval of which is at 1 - `alpha`, to the list in `path`, unless it was taken before.

    Gives the caution that belongs to a study whose number of seeds has grown after a look, beyond as many looks as
    were `declared` beforehand and share the error, else None.
    """
    try:
        looks = [_look(json.loads(line)) for line in path.read_text().splitlines()] if path.exists() else []
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{path} is damaged ({error}), and it says how often verdicts were looked at: delete the line that is cut off, or put it right."
        ) from error
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


def _look(content: Any) -> dict[str, Any]:
    """Return a look as it stands in a line. Raises ValueError, KeyError or TypeError for what is none."""
    if not isinstance(content, dict):
        raise ValueError("a line holds no look")
    seeds, contenders = content["seeds"], content["contenders"]
    if not (isinstance(seeds, int) and isinstance(contenders, list)):
        raise ValueError("a line holds no look")
    return dict(content)
