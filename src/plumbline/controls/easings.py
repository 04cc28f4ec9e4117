"""What the record of an AI system makes easier to pass, and until when that is accepted.

A revision that makes a check easier to pass is accepted until a day, as a limit is. A limit that has ended
falls back on the one before it; what a record says of a system cannot fall back, since it may be true. So the
checks that it made easier say by name, from the day after, that they rest on what nobody has confirmed since,
until two people confirm it anew, take it back, or retire the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from plumbline.controls.verdicts import Evidence, MemberVerdict, day_of
from plumbline.kernel.messages import Message, Ref, say
from plumbline.kernel.states import MemberState

BETWEEN = ", "
"""What stands between two checks in the field that names those that a record makes easier."""


def eased(row: Mapping[str, Any]) -> frozenset[str]:
    """The checks that an AI system as it is in force makes easier to pass, by slug."""
    return frozenset(filter(None, (row.get("eases") or "").split(BETWEEN)))


def lapsed(
    check: str, rows: Iterable[Mapping[str, Any]], today: date
) -> list[tuple[Mapping[str, Any], Message]]:
    """Of AI systems in force, those that make ``check`` easier to pass and whose day for that is over, each
    with what is to be said of it."""
    found = []
    for row in rows:
        until = day_of(row.get("accepted_until"))
        if until is not None and until < today and check in eased(row):
            message = say(
                "easing.lapsed",
                "is asked for less since a revision accepted until {day} and not confirmed since",
                day=until,
            )
            found.append((row, message))
    return found


def lapsed_members(check: str, evidence: Evidence) -> list[MemberVerdict]:
    """As `lapsed`, as members of a check over the organization that miss something."""
    rows = evidence.records.get("ai-system", ())
    return [
        MemberVerdict(
            Ref(row["reference"]), MemberState.MISSING, message, row["reference"], row["owner"] or ""
        )
        for row, message in lapsed(check, rows, evidence.today)
    ]
