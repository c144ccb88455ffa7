"""The results as Markdown tables, as docs/statistics.md prints them."""

from collections.abc import Sequence
from typing import Any

Results = dict[str, list[dict[str, Any]]]


def show(results: Results) -> None:
    """Print every table there are results for."""
    for figure in ("false", "coverage", "accuracy"):
        _by_size(figure, _rows(results, figure + "-"))
    power = _rows(results, "power-")
    _table("power", ("pool", "seeds", "images", "effect", "theory", "share", "error"), power)
    _table("pairing", ("pool", "correlation", "ratio", "low", "high"), _rows(results, "pairing-"))
    _table(
        "equivalent, real collapses",
        ("seeds", "rate", "truth", "worse", "undecided", "better", "equivalent", "covered"),
        results.get("equivalent-real", []),
    )
    columns: tuple[str, ...] = ("rate", "seeds", "margin", "truth", "share", "error", "bound")
    _table("equivalent, rare collapses", columns, results.get("equivalent-rare", []))
    _table("auto, no difference", ("pool", "contender", "share", "error", "saved"), _rows(results, "auto-false-"))
    columns = ("pool", "effect", "units", "own", "right", "wrong", "saved", "by_look")
    _table("auto, a difference", columns, _rows(results, "auto-power-"))
    _table(
        "calibration error",
        ("rule", "spread", "times", "runs", "truth", "share", "half_width"),
        results.get("calibration-error", []),
    )
    _table("macro-F1", ("rule", "seeds", "images", "share", "error", "half_width"), results.get("macro-f1", []))
    columns = ("taste", "images", "seeds", "rule", "studies", "false", "false_error", "half_width", "spread", "power")
    _table("detectors", columns, results.get("detectors", []))
    columns = ("learner", "rule", "against", "sets", "images", "coverage", "error", "half_width", "spread", "expected")
    _table("folds", columns, _rows(results, "folds-"))


def _rows(results: Results, begins: str) -> list[dict[str, Any]]:
    return [row for name, rows in results.items() if name.startswith(begins) for row in rows]


def _by_size(title: str, rows: list[dict[str, Any]]) -> None:
    """A line for each contender, a column for each number of images and seeds."""
    if not rows:
        return
    sizes = list(dict.fromkeys((row["images"], row["seeds"]) for row in rows))
    lines: dict[tuple[str, str], dict[tuple[int, int], str]] = {}
    for row in rows:
        cell = f"{100 * row['share']:.1f} ± {200 * row['error']:.1f}"
        lines.setdefault((row["pool"], row["contender"]), {})[row["images"], row["seeds"]] = cell
    _print(
        title + ", % (± two standard errors)",
        ("pool", "contender", *(f"{images} images, {seeds} seeds" for images, seeds in sizes)),
        [(*names, *(cells[size] for size in sizes)) for names, cells in lines.items()],
    )


def _table(title: str, columns: Sequence[str], rows: list[dict[str, Any]]) -> None:
    if rows:
        _print(title, columns, [tuple(_text(row[column]) for column in columns) for row in rows])


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "/".join(map(_text, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _print(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"\n{title}\n")
    for cells in (columns, ["---"] * len(columns), *rows):
        print(f"| {' | '.join(cells)} |")
