"""One budget of look-ups that lead nowhere, for the whole service.

Not one for each address: behind a single one stands a whole service centre, or a mobile network. When the
budget is spent, links that are good go on working; whoever tries others is told to come back later.
"""

import logging
from datetime import datetime

from sipas.postgres.pool import Pool
from sipas.queries.links import add_failed_lookups

LOG = logging.getLogger(__name__)
BUDGET = 1_000  # failures a minute: links that were used and are opened once more come to far less


class Guesses:
    """failed: of all processes in this minute, as last heard. fresh: of this process since."""

    def __init__(self) -> None:
        self.failed = self.fresh = 0
        self.minute: datetime | None = None

    def count(self) -> bool:
        """One more; False where the budget is spent."""
        self.fresh += 1
        return self.failed + self.fresh <= BUDGET

    async def share(self, pool: Pool, now: datetime) -> None:
        """Adds this process's to the others'. Beside the look-ups: none takes longer for being counted."""
        if (minute := now.replace(second=0, microsecond=0)) != self.minute:
            self.minute, self.failed = minute, 0
        if not self.fresh:
            return
        n, before = self.fresh, self.failed
        async with pool.acquire() as conn:
            self.failed = await add_failed_lookups(conn, n)
        self.fresh -= n
        if before <= BUDGET < self.failed:
            LOG.warning("more than %d unknown links were tried within a minute: somebody is guessing", BUDGET)
