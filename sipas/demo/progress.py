"""Progress of a long task: a line that redraws itself, or a new line now and then in a log."""

import sys
import time
from typing import TextIO

_LINE_WIDTH = 40
_REDRAWN_AFTER_S = 0.1  # seconds between two states of the line
_LOGGED_EVERY_PERCENT = 10  # percent between two lines of a log


class Progress:
    def __init__(self, what: str, total: int, stream: TextIO | None = None) -> None:
        self.what, self.total, self.done = what, total, 0
        self.stream = stream or sys.stderr
        self.redraws = self.stream.isatty()
        self.started = time.monotonic()
        self.shown_at, self.shown_percent = 0.0, -_LOGGED_EVERY_PERCENT

    def add(self, count: int) -> None:
        self.done += count
        if self.is_due():
            self.show()

    def is_due(self) -> bool:
        if self.done >= self.total:
            return self.shown_percent < 100
        if self.redraws:
            return time.monotonic() - self.shown_at >= _REDRAWN_AFTER_S
        return self.percent() - self.shown_percent >= _LOGGED_EVERY_PERCENT

    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100

    def show(self) -> None:
        self.shown_at, self.shown_percent = time.monotonic(), self.percent()
        bar = "#" * (_LINE_WIDTH * self.shown_percent // 100)
        seconds = self.shown_at - self.started
        line = f"{self.what} [{bar:<{_LINE_WIDTH}}] {self.done}/{self.total} {seconds:.0f} s"
        ends = self.done >= self.total or not self.redraws
        self.stream.write(("\r" if self.redraws else "") + line + ("\n" if ends else ""))
        self.stream.flush()
