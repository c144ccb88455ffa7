"""Every verdict that was shown is a look, and more looks mean more chances to be wrong."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from skipwise.errors import UserError


def record_look(
    path: Path, *, seeds: int, contenders: list[str], alpha: float, declared: Sequence[int] = ()
) -> str | None:
    """Add this look, each interval of which is at 1 - `alpha`, to the list in `path`, unless it was taken before.

    Gives the caution that belongs to a study whose number of seeds has grown after a look, beyond as many looks as
    were `declared` beforehand and share the error, else None.
    """
    try:
        looks = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    except ValueError as error:
        raise UserError(
            f"{path} is damaged ({error}), and it says how often verdicts were looked at: delete the line that is cut off, or put it right."
        ) from error
    if not any(look["seeds"] == seeds and look["contenders"] == contenders for look in looks):
        when = datetime.now(UTC).isoformat(timespec="seconds")
        looks.append({"when": when, "seeds": seeds, "contenders": contenders, "alpha": alpha})
        path.write_text("".join(json.dumps(look) + "\n" for look in looks))
    sizes = sorted({look["seeds"] for look in looks})
    if len(sizes) == 1 or len(sizes) <= len(declared):
        return None
    return (
        f"extended after a look: verdicts were shown at {', '.join(map(str, sizes[:-1]))} and {sizes[-1]} seeds, "
        f"so the chance of a false claim is at most {min(1, len(sizes) * alpha):.0%}, not {alpha * max(1, len(declared)):.0%}"
    )
