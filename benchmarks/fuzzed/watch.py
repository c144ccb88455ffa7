"""Watches what a reader does with an input: how it ends, how long it takes, and what it touches."""

import os
import re
import signal
import sys
import tempfile
import time
import traceback
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from fuzzed.files import SECRET

LONGEST = 1_000
"""Characters that a sentence to the user may have."""
MODULES = {"canary", "this", "antigravity"}
"""Modules that only a name in an input can ask for."""
RUNS = {
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "pickle.find_class",
    "socket.connect",
}
CHANGES = {
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "shutil.rmtree",
}


LIBTIFF = re.compile(
    r"^(tempfile\.tif|\w*(TIFF|MissingRequired|LZW|LZMA|ZIP|JPEG|Fax|PixarLog|LogL|NeXT|Thunder|PackBits|DumpMode|Predictor"
    r"|strip|tile)\w*): .*\n?",
    re.M,
)
"""Lines that libtiff writes in C to the terminal on damaged images: Pillow has no way to stop it."""
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class TooSlowError(BaseException):
    """The time for an input is over; no reader catches it."""


@dataclass(frozen=True, kw_only=True)
class End:
    """How the reading of an input ended. `words` are a refusal's sentence, or name the fault; `mib` is the peak."""

    kind: Literal["read", "refused", "fault"]
    words: str = ""
    details: str = ""
    seconds: float = 0.0
    mib: float = 0.0


@dataclass
class _Touched:
    """Whatever the input's reading ran or changed that it must not."""

    watching: bool = False
    allowed: str = ""
    found: list[str] = field(default_factory=list)


_touched = _Touched()


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if not _touched.watching:
        return
    first = arguments[0] if arguments else None
    if event in RUNS or (event == "import" and str(first).partition(".")[0] in MODULES):
        _note(f"{event} {first!r:.80}")
    elif isinstance(first, str | bytes) and (event in CHANGES or (event == "open" and arguments[2] & WRITES)):
        _note_if_outside(event, first)


def _note_if_outside(event: str, path: str | bytes) -> None:
    place = os.path.abspath(os.fsdecode(path))  # noqa: PTH100
    if not place.startswith((_touched.allowed, "/dev/null")):
        _note(f"{event} {place!r:.80}")


def _note(words: str) -> None:
    _touched.watching = False
    _touched.found.append(f"{words}\n{''.join(traceback.format_stack(limit=14)[:-2])}")
    _touched.watching = True


class Watch:
    """Watches one input after the other in this process; `allowed` is the folder that may be written into."""

    _hears = False

    def __init__(self, allowed: Path, seconds: float, mib: float) -> None:
        self.allowed = allowed
        self.seconds = seconds
        self.mib = mib
        if not Watch._hears:
            sys.addaudithook(_hear)
            Watch._hears = True

    def watched(self, steps: Sequence[Callable[[Path], object]], path: Path) -> End:
        """Take all steps with what lies at a path. A fault in one is the end; else it is read where none refused it."""
        ends = []
        for step in steps:
            ends.append(self._step(step, path))
            if ends[-1].kind == "fault":
                break
        last = next((end for kind in ("fault", "refused") for end in ends if end.kind == kind), ends[0])
        most, total = max(end.mib for end in ends), sum(end.seconds for end in ends)
        return End(kind=last.kind, words=last.words, details=last.details, seconds=total, mib=most)

    def _step(self, step: Callable[[Path], object], path: Path) -> End:
        words = details = ""
        kind: Literal["read", "refused", "fault"] = "read"
        _reset_peak()
        began = time.perf_counter()
        with printed() as said:
            try:
                self._run(step, path)
            except Exception as error:
                kind, words, details = _end_of(error)
            except BaseException as error:
                kind, words, details = "fault", _fault(error), _story(error)
        seconds, mib = time.perf_counter() - began, _peak_mib()
        for wrong, told in self._wrong(said[0], mib):
            kind, words, details = "fault", wrong, f"{told}\n{details}"
        return End(kind=kind, words=words, details=details, seconds=seconds, mib=mib)

    def _run(self, step: Callable[[Path], object], path: Path) -> None:
        """Take a step with the alarm set, under the warnings that a user sees."""
        before = signal.signal(signal.SIGALRM, _too_slow)
        _touched.allowed, _touched.found = str(self.allowed), []
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("always", append=True)
                signal.setitimer(signal.ITIMER_REAL, self.seconds, 2.0)
                _touched.watching = True
                step(path)
        finally:
            _touched.watching = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _wrong(self, said: str, mib: float) -> Iterator[tuple[str, str]]:
        """Yield what no end makes up for."""
        if mib > self.mib:
            yield "takes too much memory", f"{mib:,.0f} MiB"
        said = LIBTIFF.sub("", said)
        if said.strip():
            yield f"prints: {_without_numbers(said.strip().splitlines()[0].rpartition('/')[2])[:100]}", said
        if _touched.found:
            first = _touched.found[0]
            yield f"touches: {_without_numbers(first.splitlines()[0])}", first


def _too_slow(_: int, __: FrameType | None) -> None:
    raise TooSlowError


def _end_of(error: Exception) -> tuple[Literal["refused", "fault"], str, str]:
    """Whether an error is a sentence to the user, and a good one."""
    from skipwise.errors import UserError

    if not isinstance(error, UserError):
        return "fault", _fault(error), _story(error)
    sentence = str(error)
    wrong = wrong_with(sentence)
    return (
        ("fault", f"sentence {wrong}{_place(error)}", f"{sentence!r}\n{_story(error)}")
        if wrong
        else ("refused", sentence, "")
    )


def wrong_with(sentence: str) -> str:
    """Say what is wrong with a sentence as the command line prints it; nothing where it is right."""
    shown = _as_printed(sentence)
    if not sentence.strip():
        return "is empty"
    if len(sentence.splitlines()) > 1 or len(shown.splitlines()) > 1:
        return "has several lines"
    if len(sentence) > LONGEST:
        return "is too long"
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in shown):
        return "has control characters"
    return "tells what a linked file holds" if SECRET in sentence else ""


def _as_printed(sentence: str) -> str:
    """The sentence that `skipwise` prints of a refusal."""
    import io
    from contextlib import redirect_stderr
    from unittest.mock import patch

    import skipwise.cli
    from skipwise.errors import UserError

    def refuse(*_: object, **__: object) -> None:
        raise UserError(sentence)

    told = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="surrogatepass", write_through=True)
    with (
        patch.object(skipwise.cli, "app", refuse),
        patch.object(sys, "argv", ["skipwise", "list"]),
        redirect_stderr(told),
        suppress(SystemExit),
    ):
        skipwise.cli.main()
    told.seek(0)
    return told.read().strip().removeprefix("skipwise: ")


def _fault(error: BaseException) -> str:
    """Name a fault so that the same one has the same name."""
    return f"{type(error).__name__}{_place(error)}"


def _place(error: BaseException) -> str:
    """The innermost line of skipwise that an error went through."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "/skipwise/" in frame.filename]
    if not ours:
        return ""
    return f" at {ours[-1].filename.rpartition('/skipwise/')[2]}:{ours[-1].lineno} ({ours[-1].name})"


def _story(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))[-6_000:]


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+", "#", text)


@contextmanager
def printed() -> Iterator[list[str]]:
    """Hold back what is written to both outputs, by libraries in C too; the list has it afterwards."""
    said = [""]
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(1), os.dup(2)]
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield said
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, copy in enumerate(kept, start=1):
                os.dup2(copy, number)
                os.close(copy)
            file.seek(0)
            said[0] = file.read().decode(errors="replace")


def _reset_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:  # then the peak is that of all inputs so far
        return


def _peak_mib() -> float:
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        return int(found[1]) / 2**10 if found else 0.0
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
