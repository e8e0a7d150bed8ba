"""Work in a thread that ends early: its client has left, or its time is over.

A thread cannot be ended from outside, so long work calls `check` between its steps.
"""

import threading
import time
from contextvars import ContextVar

from sipas.errors import InputError, SipasError


class Abandoned(SipasError):
    """The client has left; its result is not needed."""


class Deadline:
    """seconds: of computing, from now on."""

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


def check() -> None:
    """Between two steps of long work. Does nothing on a command line, where no deadline is set."""
    deadline = CURRENT.get()
    if deadline is not None:
        deadline.check()
