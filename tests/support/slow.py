"""Some values of a parametrised test that only `make test-all` runs."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def slow_where(slow: Callable[[Any], bool], values: Iterable[Any]) -> list[Any]:
    """The values, or tuples of values, marked slow where `slow` says so."""
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=pytest.mark.slow)
        if slow(value)
        else value
        for value in values
    ]
