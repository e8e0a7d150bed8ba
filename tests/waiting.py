"""Waits for a condition, and not for a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(
    happened: Callable[[], bool | Awaitable[bool]],
    what: str,
    patience: float = 120,
    say: Callable[[], str] = str,
) -> None:
    """what and say: told where it did not happen. A look that takes long is repeated less often."""
    deadline = time.monotonic() + patience
    while True:
        looked = time.monotonic()
        outcome = happened()
        if outcome if isinstance(outcome, bool) else await outcome:
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:.0f} s in vain until {what}\n{say()}")
        await asyncio.sleep(max(0.005, 3 * (time.monotonic() - looked)))
