"""Where tables and lines of commands go: names are printed as they are, and a closed output is met as such."""

import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from skipwise.names import shown_text


class Terminal(Console):
    """Rich's console without markup: brackets, colons and control characters of names mean nothing in any cell."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"highlight": False, "markup": False, "emoji": False, "width": terminal_width()} | options)

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(shown_text(text), **options)

    def on_broken_pipe(self) -> None:
        """Let the command meet its closed output itself; rich's own way would be lost in the thread of a timer."""
        raise


def terminal_width() -> int | None:
    """Return the width: 100 characters for a file or a notebook, a terminal's own."""
    return None if sys.stdout.isatty() else 100
