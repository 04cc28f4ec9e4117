"""What is known as of an instant: the one rule about days that have not come, for every door."""

from __future__ import annotations

from datetime import datetime

from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid


def known_at(at: datetime | None) -> datetime | None:
    """The instant ``at``, or now where it is later today; None for none. Raises `Invalid` for a day that has
    not begun: nothing is known as of it."""
    if at is not None and clock.day_of(at) > clock.today():
        remedy = say("posture.until-today", "a day up to {day}", day=clock.today())
        raise Invalid("Nothing was shown.", [Fault("as_of", "has not come yet", remedy)])
    return at and min(at, clock.now())
