"""How numbers are written."""

from collections.abc import Callable, Sequence

from skipwise.recipe import Recipe


def length(recipe: Recipe) -> str:
    """How long a recipe trains, in words."""
    if recipe.seconds:
        return f"{recipe.seconds:g} s of training"
    count, unit = (recipe.steps, "step") if recipe.steps else (recipe.epochs, "epoch")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def percent(fraction: float) -> str:
    """A fraction as a percentage with a digit that matters: 0.98765 is "98.8 %"."""
    return f"{100 * fraction:.1f} %"


def percentage(fraction: float) -> str:
    """The same without its unit: 0.98765 is "98.8"."""
    return f"{100 * fraction:.1f}"


def short_count(number: int) -> str:
    """Three digits and a unit: 463,866 is "464 k"."""
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= unit:
            return f"{number / unit:.3g} {name}"
    return str(number)


def counted(number: int, word: str) -> str:
    """A number of things: "1 run", "2 runs"."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def byte_count(number: int) -> str:
    """Three digits and a unit: 131,072 is "131 kB"."""
    return f"{short_count(number)}B" if number >= 1000 else f"{number} B"


def points(difference: float) -> str:
    """A difference of fractions in percentage points, with its sign."""
    return f"{100 * difference:+.1f}"


def interval_words(interval: Sequence[float], written: Callable[[float], str]) -> str:
    """An interval as "+1.0 to +2.3"; "-" where its ends look alike, which tells no uncertainty."""
    low, high = map(written, interval)
    alike = low == high or not any(digit in low + high for digit in "123456789")  # -0.0 and +0.0
    return "-" if alike else f"{low} to {high}"


def with_interval(value: str, interval: Sequence[float], written: Callable[[float], str]) -> str:
    """A value as "+1.7 (+1.0 to +2.3)"; alone where its interval has no width."""
    said = interval_words(interval, written)
    return value if said == "-" else f"{value} ({said})"


def duration(seconds: float) -> str:
    """A time as people say it: "48 s", "12 min", "3 h 20 min"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
