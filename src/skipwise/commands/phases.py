"""The phases of a command: how long each took, and a word on one that lasts."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

SECONDS_UNTIL_TOLD = 2.0


class Timer(Protocol):
    """A call that is made after a while, unless it is cancelled before."""

    daemon: bool

    def start(self) -> None: ...
    def cancel(self) -> None: ...


class Phases:
    """One phase after another, each in words, as "drawing the page"; `seconds` has the time of each one that ended."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        timer: Callable[[float, Callable[[], None]], Timer] = threading.Timer,
    ) -> None:
        self.clock, self.timer = clock, timer
        self.seconds: dict[str, float] = {}
        self.now = ""
        self.began = clock()
        self.waiting: Timer | None = None

    def begin(self, words: str, tell: Callable[[str], None] | None = None) -> None:
        """End the phase before, if any, and begin this one; it is told once if it lasts."""
        self.end()
        self.now, self.began = words, self.clock()
        if tell is not None:
            self.waiting = self.timer(SECONDS_UNTIL_TOLD, lambda: _told_if_read(tell, f"{words} ..."))
            self.waiting.daemon = True  # so that it keeps no process alive
            self.waiting.start()

    def end(self) -> None:
        """End the phase that is going, if any."""
        self.told()
        if self.now:
            self.seconds[self.now] = self.seconds.get(self.now, 0.0) + self.clock() - self.began
        self.now = ""

    def told(self) -> None:
        """Take note that something was said of this phase, so that nothing more must be."""
        if self.waiting is not None:
            self.waiting.cancel()
        self.waiting = None

    def __enter__(self) -> "Phases":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def lasting(self) -> float:
        """How long the phase that is going has lasted."""
        return self.clock() - self.began


def _told_if_read(tell: Callable[[str], None], line: str) -> None:
    """Tell a line from the timer's thread; a closed output is met by the command itself."""
    with suppress(BrokenPipeError):
        tell(line)
