"""What senders sent and what they were told: the truth that a database is held against afterwards."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Ledger:
    """Ids of submissions, and tokens of links. given_up: sent, and never heard of again."""

    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    given_up: set[str] = field(default_factory=set)
    links_sent: set[str] = field(default_factory=set)
    links_acknowledged: set[str] = field(default_factory=set)
    told: Counter[str] = field(default_factory=Counter)

    def acknowledge(self, name: str, status: str) -> None:
        """A duplicate tells that an earlier reply was cut after the commit."""
        self.told[status] += 1
        if status in ("stored", "duplicate"):
            self.acknowledged.add(name)
