"""A limit on failed look-ups for the whole service.

A limit for each address would lock out a whole service centre or mobile network behind one address. When
the limit is reached, valid links keep working, and other look-ups are refused for a while.
"""

import logging
from datetime import datetime

from sipas.postgres.pool import Pool
from sipas.queries.links import add_failed_lookups

_LOG = logging.getLogger(__name__)
FAILED_LOOKUPS_PER_MINUTE = 1_000  # reopened used links cause far fewer failures


class LookupThrottle:
    """failed: by all processes in this minute, as last read. fresh: by this process since then."""

    def __init__(self) -> None:
        self.failed = self.fresh = 0
        self.minute: datetime | None = None

    def count(self) -> bool:
        """Count one failure; False if the limit is reached."""
        self.fresh += 1
        return self.failed + self.fresh <= FAILED_LOOKUPS_PER_MINUTE

    async def share(self, pool: Pool, now: datetime) -> None:
        """Add this process's failures to the shared count. It runs beside the look-ups, so none waits for
        it.
        """
        if (minute := now.replace(second=0, microsecond=0)) != self.minute:
            self.minute, self.failed = minute, 0
        if not self.fresh:
            return
        n, before = self.fresh, self.failed
        async with pool.acquire() as conn:
            self.failed = await add_failed_lookups(conn, n)
        self.fresh -= n
        if before <= FAILED_LOOKUPS_PER_MINUTE < self.failed:
            _LOG.warning(
                "more than %d unknown links were tried within a minute; links may be being guessed",
                FAILED_LOOKUPS_PER_MINUTE,
            )
