"""Values as people and programs write them: numbers in texts, flags, ids, outlines."""

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from skipwise.errors import UserError

ONE_CLASS = "object"
"""The class of boxes that have none."""
LARGEST = 1e7
"""No image has a side of so many pixels. What is not a number is not below it either."""
FALSE = {"", "0", "0.0", "false", "no", "n", "f", "off", "none", "null", "nan", "unspecified"}
ZERO_PADDED = re.compile(r"0*(\d{1,30})(\.0*)?")


def number(value: object) -> float | None:
    """A finite number that is written as one or as a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def flag(value: object) -> bool:
    """Whether a flag is set, which may be a text: "False", "0" and "no" are not."""
    return str(value).strip().lower() not in FALSE if isinstance(value, str) else bool(value)


def identity(value: object) -> str:
    """An id as a text, the same for 12, 12.0, "12" and "000012"."""
    text = str(value).strip()
    found = ZERO_PADDED.fullmatch(text)
    return found[1].lstrip("0") or "0" if found else text


def text(value: object) -> str:
    """A text, "" for anything but a text or a number."""
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def entries(value: object) -> list[Any]:
    """A list, empty for anything else."""
    return value if isinstance(value, list) else []


def fields(value: object) -> dict[str, Any]:
    """A JSON object, empty for anything else."""
    return value if isinstance(value, dict) else {}


def four(values: Any, where: str, name: str, expected: str) -> list[float]:
    """Four numbers that a box is written with. Raises UserError where they are something else."""
    listed = _parsed(values) if isinstance(values, str) else values
    numbers = [number(value) for value in listed] if isinstance(listed, list) else []
    if len(numbers) != 4 or not all(value is not None and abs(value) < LARGEST for value in numbers):
        raise UserError(f"{where}: {name} is {str(values)[:60]}, and must be four numbers: {expected}.")
    return [value for value in numbers if value is not None]


def size_of(width: object, height: object) -> tuple[int, int] | None:
    """Height and width that an annotation claims; None where it does not."""
    sides = [number(height), number(width)]
    known = [int(side) for side in sides if side is not None and 1 <= side < LARGEST and side % 1 == 0]
    return (known[0], known[1]) if len(known) == 2 else None


def round_points(points: Sequence[Any], where: str) -> list[float]:
    """The box round points (x, y). Raises UserError where they are none."""
    pairs = [[number(value) for value in point] if isinstance(point, list | tuple) else [] for point in points]
    known = [(x, y) for x, y in (pair for pair in pairs if len(pair) == 2) if x is not None and y is not None]
    if len(known) < len(points) or len(known) < 2 or not all(abs(v) < LARGEST for point in known for v in point):
        raise UserError(f"{where}: its points are {str(points)[:60]}, and must be pairs of numbers, at least two.")
    across, down = [x for x, _ in known], [y for _, y in known]
    return [min(across), min(down), max(across), max(down)]


def round_centre(x: float, y: float, half_width: float, half_height: float, degrees: float = 0.0) -> list[float]:
    """The box round a rectangle that is turned about its centre."""
    cosine, sine = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    across, down = half_width * cosine + half_height * sine, half_width * sine + half_height * cosine
    return [x - across, y - down, x + across, y + down]


def round_ellipse(x: float, y: float, half_width: float, half_height: float, degrees: float = 0.0) -> list[float]:
    """The box round an ellipse that is turned about its centre."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    across, down = (
        math.hypot(half_width * cosine, half_height * sine),
        math.hypot(half_width * sine, half_height * cosine),
    )
    return [x - across, y - down, x + across, y + down]


def _parsed(value: str) -> Any:
    """A list that is written as a text, with brackets or without, its values between commas or spaces."""
    bare = value.strip()
    bare = bare[1:-1] if bare[:1] + bare[-1:] in ("[]", "()") else bare
    try:
        return json.loads(f"[{bare if ',' in bare else ','.join(bare.split())}]")
    except (ValueError, RecursionError):
        return None
