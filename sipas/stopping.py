"""Ends work in a thread early: its client has left, or its time is over.

A thread cannot be ended from outside, so long work calls `check_deadline` between its steps.
"""

import threading
import time
from contextvars import ContextVar

from sipas.errors import InputError, SipasError


class Abandoned(SipasError):
    """The client has left; the result is not needed."""


class Deadline:
    """seconds: of computing time from now on."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.ends_at = seconds, time.monotonic() + seconds
        self.abandoned = threading.Event()

    def check(self) -> None:
        if self.abandoned.is_set():
            raise Abandoned("the client has left")
        if time.monotonic() > self.ends_at:
            raise InputError(
                f"this takes more than {self.seconds:.0f} seconds of computing, which is all that one request"
                " may have; narrow it with where or period, name fewer columns or one measure, or use the"
                " command of the same name, which has no such limit"
            )


CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def check_deadline() -> None:
    """Raise if the work must end. Does nothing on the command line, which sets no deadline."""
    deadline = CURRENT.get()
    if deadline is not None:
        deadline.check()
