"""When mail may be sent to somebody, by the hours of their own time zone. Pure: it is given the present."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plumbline.kernel import clock


@dataclass(frozen=True)
class Hours:
    """Somebody's hours: the time zone (IANA; empty: the organization's), that of the digest, the quiet ones.

    ``digest`` is ``None`` for somebody who is told at once. Quiet hours begin with ``quiet_from`` and end
    before ``quiet_until``; there are none when the two are empty or the same.
    """

    zone: str = ""
    digest: int | None = 8
    quiet_from: int | None = None
    quiet_until: int | None = None

    def first_allowed(self, instant: datetime) -> datetime:
        """``instant``, or the end of the quiet hours that it lies in."""
        start, end = self.quiet_from, self.quiet_until
        if start is None or end is None or start == end:
            return instant
        hour = clock.wall_clock(instant, self.zone).hour
        is_quiet = start <= hour < end if start < end else hour >= start or hour < end
        return clock.next_hour(instant, end, self.zone) if is_quiet else instant

    def send_at(self, now: datetime) -> datetime:
        """When a mail that is planned ``now`` is to be sent."""
        wanted = now if self.digest is None else clock.next_hour(now, self.digest, self.zone)
        return self.first_allowed(wanted)
