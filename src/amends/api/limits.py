"""How often somebody may ask. Counted in this process alone: with several web processes the bounds are that many times
as high. That costs no write to the database for a read, which on SQLite would wait for whoever is importing mail.
"""

from __future__ import annotations

import ipaddress
import math
import threading
from collections import OrderedDict

_MOST = 20_000  # callers that are remembered


class Limit:
    """A bucket for each caller: full it holds a minute's worth, and it fills evenly."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str, *, per_minute: int, at: float) -> int:
        """Count one; returns 0, or how many seconds to wait where the bucket is empty. `at` is in seconds."""
        with self._lock:
            left = self._left(caller, per_minute, at)
            if wait := _until_one(left, per_minute):
                return wait
            self._buckets[caller] = (left - 1, at)
            self._buckets.move_to_end(caller)
            while len(self._buckets) > _MOST:
                self._buckets.popitem(last=False)
            return 0

    def wait(self, caller: str, *, per_minute: int, at: float) -> int:
        """How many seconds to wait, without counting anything."""
        with self._lock:
            return _until_one(self._left(caller, per_minute, at), per_minute)

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._buckets.clear()

    def _left(self, caller: str, per_minute: int, at: float) -> float:
        left, then = self._buckets.get(caller, (float(per_minute), at))
        return min(float(per_minute), left + max(0.0, at - then) * per_minute / 60)


def _until_one(left: float, per_minute: int) -> int:
    """Seconds until the bucket holds one, and not a moment longer for how floats round."""
    return 0 if left > 1 - 1e-6 else max(1, math.ceil((1 - left) * 60 / per_minute - 1e-6))


def network_of(address: str) -> str:
    """Whom an address stands for: one IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found.ipv4_mapped or found, 32 if found.ipv4_mapped else 64), strict=False))
    return str(found)
