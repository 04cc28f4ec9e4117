"""Limits by address for those who stay unknown: nothing is kept by which an address could be found again.

The rows of `plumbline.identity.throttle` are keyed with the secret of the installation. Whoever runs it could
try every address there is against them and so learn from where something came. Here addresses are keyed first
with random bytes that live in the memory of one process for an hour and are written nowhere: a restart, the
next hour and another process forgive, which the limit over all addresses makes up for.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading

from plumbline.identity import throttle
from plumbline.kernel import clock
from plumbline.kernel.problems import TooMany

HOUR = 3_600
_lock = threading.Lock()
_kept: tuple[int, bytes] = (-1, b"")


def _key() -> bytes:
    """The random bytes of this hour; those of the last one are gone."""
    global _kept
    hour = int(clock.now().timestamp()) // HOUR
    with _lock:
        if _kept[0] != hour:
            _kept = (hour, secrets.token_bytes(32))
        return _kept[1]


def count(what: str, address: str, *, from_one: int, from_all: int) -> None:
    """Count one act called ``what`` from ``address``, of which an hour has so many from one and from all.

    Raises `TooMany`. A number of 0 or less is no limit.
    """
    blind = hmac.new(_key(), throttle.network(address).encode(), hashlib.sha256).hexdigest()
    for key, limit in ((f"{what}:{blind}", from_one), (f"{what}:all", from_all)):
        wait = throttle.take(key, limit, HOUR)
        if wait is not None:
            raise TooMany(
                f"Too much was sent in the last hour. Wait {wait:.0f} seconds and send it again.",
                retry_after=max(1, round(wait + 0.5)),
            )
