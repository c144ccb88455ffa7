"""Boxes round outlines and masks, as COCO's `segmentation` holds them."""

from collections.abc import Sequence
from typing import Any

from skipwise.data.boxes.formats.written import LARGEST, entries, fields, number, round_points
from skipwise.errors import UserError


def round_outline(written: Any, where: str) -> list[float]:
    """Corners x, y, x, y round polygons [[x, y, x, y, ...], ...] or a mask {"counts", "size"}.

    Raises UserError where it is neither.
    """
    if isinstance(written, dict):
        return _round_mask(written, where)
    polygons = entries(written)
    if polygons and not isinstance(polygons[0], list):
        polygons = [polygons]
    points = [pair for polygon in polygons for pair in _pairs(entries(polygon), where)]
    return round_points(points, where)


def _pairs(flat: Sequence[Any], where: str) -> list[tuple[Any, Any]]:
    if len(flat) % 2 or not flat:
        raise UserError(f"{where}: its outline is {str(flat)[:60]}, and must be x, y, x, y and so on.")
    return list(zip(flat[::2], flat[1::2], strict=True))


def _round_mask(mask: dict[str, Any], where: str) -> list[float]:
    """The box of a run-length encoding: lengths of runs of outside and inside by turns, down the columns."""
    sides = [number(side) for side in entries(fields(mask).get("size"))]
    counts = mask.get("counts")
    runs = _runs(counts) if isinstance(counts, str) else [number(run) for run in entries(counts)]
    if len(sides) != 2 or not all(side is not None and 1 <= side < LARGEST for side in sides):
        raise UserError(f"{where}: its mask has the size {str(mask.get('size'))[:40]}, and must have height and width.")
    height, width = (int(side or 0) for side in sides)
    if (
        runs is None
        or not all(run is not None and run >= 0 for run in runs)
        or sum(run or 0 for run in runs) > height * width
    ):
        raise UserError(f"{where}: the runs of its mask do not fit {width}x{height} px: export it again.")
    left, top, right, bottom, position = width, height, 0, 0, 0
    for place, length in enumerate(int(run or 0) for run in runs):
        if place % 2 and length:
            first, last = position, position + length - 1
            one_column = first // height == last // height
            left, right = min(left, first // height), max(right, last // height + 1)
            top = min(top, first % height if one_column else 0)
            bottom = max(bottom, last % height + 1 if one_column else height)
        position += length
    return [float(side) for side in (left, top, right, bottom)] if right else [0.0, 0.0, 0.0, 0.0]


def _runs(packed: str) -> list[float | None] | None:
    """Lengths from COCO's packed text: 5 bits a character, lowest first, each from the third on as a difference."""
    runs: list[int] = []
    value = shift = 0
    for letter in packed:
        bits = ord(letter) - 48
        if not 0 <= bits < 64 or shift > 40:
            return None
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value = shift = 0
    return None if shift else [float(run) for run in runs]
