"""Logs repeated errors once a minute, with the number of repetitions."""

import logging
import time
from collections.abc import Hashable

_LOG_AGAIN_SECONDS = 60.0
_KINDS_KEPT = 1_000


class RepeatedLog:
    def __init__(self, log: logging.Logger, again_seconds: float = _LOG_AGAIN_SECONDS) -> None:
        self.log, self.again_seconds = log, again_seconds
        self._kinds: dict[Hashable, tuple[float, int]] = {}  # last logged, and repetitions since

    def warning(self, kind: str, message: str) -> None:
        """Log one line."""
        if (skipped := self._skipped(kind)) is not None:
            self.log.warning("%s", " ".join(message.split()) + _times(skipped))

    def exception(self, kind: str, message: str, error: BaseException) -> None:
        """Log with a traceback, for errors whose message alone does not explain them."""
        if (skipped := self._skipped((kind, _place(error)))) is not None:
            self.log.error("%s", message + _times(skipped), exc_info=error)

    def _skipped(self, kind: Hashable) -> int | None:
        """Return the number of repetitions since the last log line; None: do not log this one."""
        now = time.monotonic()
        logged_at, skipped = self._kinds.get(kind, (-self.again_seconds, 0))
        if now - logged_at < self.again_seconds:
            self._kinds[kind] = logged_at, skipped + 1
            return None
        if len(self._kinds) >= _KINDS_KEPT:
            self._kinds.clear()
        self._kinds[kind] = now, 0
        return skipped


def _times(skipped: int) -> str:
    return f" ({skipped} more since the last such line)" if skipped else ""


def _place(error: BaseException) -> tuple[type[BaseException], int]:
    """Return the place of the error, to distinguish faults."""
    trace, line = error.__traceback__, 0
    while trace is not None:
        line, trace = trace.tb_lineno, trace.tb_next
    return type(error), line
