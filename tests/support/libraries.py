"""Optional libraries, taken away as if they were not installed."""

import sys


def without(monkeypatch, *libraries):
    """Let every import of these libraries fail, as long as the test runs."""
    for library in libraries:
        loaded = [name for name in sys.modules if name.startswith(f"{library}.")]
        for name in (library, *loaded):
            monkeypatch.setitem(sys.modules, name, None)
