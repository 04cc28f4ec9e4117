"""The clock, compared before anything is written: with the last entries and with the machine's own clock.

The machine counts seconds since its start by a clock that nobody sets. The guard keeps both at each signing,
so that every process sees a jump, also one that was started after it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.trail.errors import ReadOnly
from plumbline.trail.guard import GuardRecord

CLOCK_CORRECTED = "trail.clock-corrected"
"""The entry at which times may go back: its facts name the entries that a wrong clock has dated."""
JUMP = timedelta(days=1)
"""How far the clock may run ahead of the machine's own. A machine that is halted, as virtual ones are over
night, sees its clock jump when it goes on; what is further is looked at by a person."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@cache
def boot_id() -> str:
    """The name of this run of the machine; empty where the system gives none."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""


def uptime() -> int:
    """Milliseconds since the machine was started; 0 where no clock says so."""
    seconds = clock.seconds_since_boot()
    return 0 if seconds is None else int(seconds * 1000)


def refusal(record: GuardRecord, last: datetime | None, now: datetime) -> ReadOnly | None:
    """What is wrong with ``now``, by the last entry, the last signature and the machine's own clock."""
    newest = max(record.time, last) if last else record.time
    if newest - now > clock.SMALL_STEP:
        message = say(
            "trail.clock-back",
            "The server's clock says {now}; the last entry of the trail was recorded at {last}.",
            now=now,
            last=newest,
        )
        return ReadOnly("clock-back", message)
    present = uptime()
    if record.uptime and present and record.boot and record.boot == boot_id():
        expected = record.time + timedelta(milliseconds=present - record.uptime)
        if now - expected > JUMP:
            message = say(
                "trail.clock-ahead",
                "The server's clock says {now}; by the machine's own clock it is about {expected}.",
                now=now,
                expected=expected,
            )
            return ReadOnly("clock-ahead", message)
    return None
