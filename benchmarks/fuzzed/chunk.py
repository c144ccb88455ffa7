"""Works through a chunk: so many inputs of one reader, drawn from one seed."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from fuzzed.files import SECRET, Input, lay_out
from fuzzed.readers import READERS, Reader
from fuzzed.watch import End, Watch

CHUNK = 500
"""Draws from a seed, among which some inputs are the same."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault, and the input by which it is seen again: `number` of the chunk of this seed."""

    reader: str
    seed: int
    number: int
    words: str
    details: str

    @property
    def replay(self) -> str:
        return f"{self.reader}:{self.seed}:{self.number}"


@dataclass
class Counts:
    """Counts of a chunk or of a whole reader; memory in MiB."""

    inputs: int = 0
    read: int = 0
    refused: int = 0
    faults: int = 0
    slowest_seconds: float = 0.0
    peak_mib: float = 0.0

    def add(self, end: End) -> None:
        """Count an input."""
        self.inputs += 1
        self.read += end.kind == "read"
        self.refused += end.kind == "refused"
        self.faults += end.kind == "fault"
        self.slowest_seconds = max(self.slowest_seconds, end.seconds)
        self.peak_mib = max(self.peak_mib, end.mib)

    def join(self, other: "Counts") -> None:
        """Add the counts of another chunk."""
        for name in ("inputs", "read", "refused", "faults"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.slowest_seconds = max(self.slowest_seconds, other.slowest_seconds)
        self.peak_mib = max(self.peak_mib, other.peak_mib)


class _EnoughError(BaseException):
    """As many inputs were drawn as are wanted; hypothesis lets it pass."""


def draw_inputs(reader: Reader, number: int, use: Callable[[int, Input], bool]) -> None:
    """Draw the inputs of a seed, and hand each to `use` with its place, until that says it has enough."""
    drawn = 0

    @seed(number)
    @settings(
        max_examples=CHUNK,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(reader.inputs)
    def each(one: Input) -> None:
        nonlocal drawn
        place, drawn = drawn, drawn + 1
        if use(place, one):
            raise _EnoughError

    with suppress(_EnoughError):
        each()


def work(
    reader: str,
    number: int,
    wanted: int,
    scratch: Path,
    watch: Watch,
    tell: Callable[[dict[str, Any]], None],
    *,
    behind: int = -1,
) -> Counts:
    """Read different inputs of a seed, as many as are wanted or CHUNK gives.

    `tell` hears of each input before it is read, of each fault, and of the counts. Inputs up to the one at `behind`
    are drawn and not read.
    """
    counts, digests = Counts(), set[str]()

    def use(place: int, one: Input) -> bool:
        own = digest(one)
        known = own in digests
        digests.add(own)
        if known or place <= behind:
            return len(digests) >= wanted
        tell({"at": place, "digest": own})
        with laid_out(one, scratch) as path:
            end = watch.watched(READERS[reader].steps, path)
        counts.add(end)
        if end.kind == "fault":
            tell(
                {"fault": asdict(Fault(reader=reader, seed=number, number=place, words=end.words, details=end.details))}
            )
        tell({"counts": asdict(counts)})
        return len(digests) >= wanted

    draw_inputs(READERS[reader], number, use)
    return counts


def digest(one: Input) -> str:
    """Return a digest of all that an input is."""
    found = hashlib.sha256(
        repr(sorted((name, repr(entry)) for name, entry in one.files.items())).encode("utf-8", "replace")
    )
    found.update(one.data.encode("utf-8", "replace"))
    return found.hexdigest()[:20]


@contextmanager
def laid_out(one: Input, scratch: Path) -> Iterator[Path]:
    """Lay an input out in an empty folder with a cache of its own, and be in it; gives the path to open.

    The folder is gone afterwards.
    """
    place, before = scratch / "input" / "files", Path.cwd()
    shutil.rmtree(scratch / "input", ignore_errors=True)
    place.mkdir(parents=True)
    (scratch / "input" / "secret.txt").write_text(f"{SECRET}\n")
    lay_out(one.files, place)
    cache = os.environ.get("SKIPWISE_CACHE")
    os.environ["SKIPWISE_CACHE"] = str(place / "cache")
    os.chdir(place)
    temporary, tempfile.tempdir = tempfile.tempdir, str(scratch)
    try:
        yield place / one.data if one.data else place
    finally:
        os.chdir(before)
        tempfile.tempdir = temporary
        os.environ.pop("SKIPWISE_CACHE")
        if cache is not None:
            os.environ["SKIPWISE_CACHE"] = cache
        shutil.rmtree(scratch / "input", ignore_errors=True)


def keep(one: Input, folder: Path) -> Path:
    """Leave an input in a folder, for who looks into a fault; gives the path to open."""
    lay_out(one.files, folder)
    return folder / one.data if one.data else folder
