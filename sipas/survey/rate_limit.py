"""Rate limits for accounts, networks and devices, in memory."""

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

_KEYS_COUNTED = 20_000


class RateLimit:
    """A limit for each key: `burst` uses at once, then one every `every_s` seconds."""

    def __init__(self, burst: int, every_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.burst, self.every_s, self.clock = burst, every_s, clock
        self.full_again: OrderedDict[bytes, float] = OrderedDict()  # least recently used first

    def wait_s(self, key: bytes) -> float:
        """Return the seconds until the next use is allowed; 0 if it is allowed now."""
        behind = self.full_again.get(key, 0.0) - self.clock()
        return max(0.0, behind - (self.burst - 1) * self.every_s)

    def count(self, key: bytes) -> None:
        self.full_again[key] = max(self.full_again.get(key, 0.0), self.clock()) + self.every_s
        self.full_again.move_to_end(key)
        if len(self.full_again) > _KEYS_COUNTED:
            self.full_again.popitem(last=False)

    def forgive(self, key: bytes) -> None:
        if key in self.full_again:
            self.full_again[key] -= self.every_s


def network_of(source: str) -> str:
    """Return the IPv4 address, or the /64 network of an IPv6 address."""
    try:
        address = ip_address(source)
    except ValueError:
        return source
    return str(IPv6Address(int(address) >> 64 << 64)) if isinstance(address, IPv6Address) else source


def source_address(peer: str, forwarded_for: str) -> str:
    """Return the client's address. Behind a proxy, which has a private address, it is the one that the proxy
    added.
    """
    last = forwarded_for.rpartition(",")[2].strip()
    try:
        return str(ip_address(last)) if ip_address(peer).is_private else peer
    except ValueError:
        return peer
