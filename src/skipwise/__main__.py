import os
import sys
from contextlib import suppress

with suppress(OSError):  # of a working directory that was deleted
    if not sys.flags.safe_path and sys.path[:1] in ([""], [os.getcwd()]):  # noqa: PTH109  pathlib is not ours yet
        del sys.path[0]  # `python -m` puts it first: a random.py there would stand for Python's own

from skipwise.cli import main

main()
