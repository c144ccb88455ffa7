"""A docstring begins with what the thing does or is, as a reader would search for it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ["src", "tests", "benchmarks", "examples", "docs"]


def docstrings(file):
    """Each string that stands alone, with its line: docstrings, and the words beneath a value."""
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield node.lineno, text


@pytest.mark.parametrize("room", ROOMS)
def test_no_docstring_begins_with_what(room):
    wrong = [
        f"{file.relative_to(ROOT)}:{line}: {text.splitlines()[0][:60]}"
        for file in sorted((ROOT / room).rglob("*.py"))
        for line, text in docstrings(file)
        if text.split()[:1] == ["What"]
    ]
    assert not wrong
