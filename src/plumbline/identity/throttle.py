"""Rate limits that hold across processes: one row per key, one conditional update per take.

Counting in memory would give every process of a server its own limit, and a restart would forgive everything.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from ipaddress import ip_network

from django.db import OperationalError
from django.utils.crypto import salted_hmac

from plumbline.identity.models import Throttle
from plumbline.kernel import clock

SECOND = 1_000_000  # microseconds
_KEEP = 86_400 * SECOND
_SWEEP_EVERY = 3_600 * SECOND
_last_sweep = 0
_sweep_lock = threading.Lock()


def _row_key(key: str) -> str:
    """Keys may hold addresses of people, so that only a keyed digest of them is stored."""
    return salted_hmac("plumbline.identity.throttle", key, algorithm="sha256").hexdigest()


def _now() -> int:
    return int(clock.now().timestamp() * SECOND)


def take(key: str, limit: int, window_seconds: float, cost: int = 1) -> float | None:
    """Use ``cost`` of the ``limit`` that ``key`` has per ``window_seconds``.

    The limit may be used at once and comes back evenly. Returns ``None`` when there was enough left, else
    the seconds after which there will be; nothing is used then. A limit of 0 or less means no limit.
    Must run outside of a transaction that may be rolled back: a refused request must still count.
    """
    if limit <= 0:
        return None
    window = int(window_seconds * SECOND)
    step = min(window, max(1, window * cost // limit))
    now = _now()
    _sweep(now)
    wait = Throttle.advance(_row_key(key), now, step, window)
    return None if wait is None else wait / SECOND


def network(address: str) -> str:
    """What a limit by address counts by: the address itself, of IPv6 the network of 64 bits that it is in.

    One household or server gets such a network whole (RFC 6177), and could send each try from another
    address of it.
    """
    try:
        return str(ip_network((address, 64), strict=False)) if ":" in address else address
    except ValueError:
        return address


def forget(key: str) -> None:
    """Give ``key`` its whole limit back, as after a successful sign-in."""
    Throttle.forget(_row_key(key))


def _sweep(now: int) -> None:
    """Remove rows unused for a day, at most once an hour in each process."""
    global _last_sweep
    with _sweep_lock:
        if now - _last_sweep < _SWEEP_EVERY:
            return
        _last_sweep = now
    try:
        Throttle.forget_before(now - _KEEP)
    except OperationalError:  # the database is busy; the next hour will do
        return


@dataclass
class _Allowance:
    """Units bought in advance, and until when (microseconds) they may be spent."""

    left: int
    until: int


@dataclass
class Bucket:
    """A limit for busy doors: takes are paid for in blocks, so that one write serves many requests.

    Each process buys ``chunk`` units of the shared limit at once and spends them from memory; what it
    has not spent within the window is lost to it. The sum over all processes never exceeds what `take`
    would have allowed.
    """

    name: str
    limit: int
    window_seconds: float
    chunk: int = 0
    _allowances: dict[str, _Allowance] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        if self.chunk <= 0:
            self.chunk = max(1, self.limit // 20)

    def take(self, key: str, cost: int = 1) -> float | None:
        """Use ``cost`` units for ``key``; ``None``, or the seconds to wait."""
        if self.limit <= 0:
            return None
        now = _now()
        if self._spend(key, cost, now):
            return None
        size = max(cost, self.chunk)
        wait = take(f"{self.name}:{key}", self.limit, self.window_seconds, size)
        # Near the limit a whole block may not be left although this one request is: ask for it alone.
        if wait is not None and size > cost:
            size = cost
            wait = take(f"{self.name}:{key}", self.limit, self.window_seconds, size)
        if wait is None and size > cost:
            self._save(key, size - cost, now + int(self.window_seconds * SECOND))
        return wait

    def _spend(self, key: str, cost: int, now: int) -> bool:
        with self._lock:
            allowance = self._allowances.get(key)
            if allowance is None or allowance.until < now or allowance.left < cost:
                return False
            allowance.left -= cost
            return True

    def _save(self, key: str, units: int, until: int) -> None:
        with self._lock:
            allowance = self._allowances.get(key)
            # Another thread may have bought a block in the meantime; what it left must not be lost.
            if allowance is not None and allowance.until > until - int(self.window_seconds * SECOND):
                units += allowance.left
            self._allowances[key] = _Allowance(units, until)
            if len(self._allowances) > 10_000:  # addresses and tokens come from outside, so memory is bounded
                now = until - int(self.window_seconds * SECOND)
                self._allowances = {
                    name: bought for name, bought in self._allowances.items() if bought.until > now
                }
