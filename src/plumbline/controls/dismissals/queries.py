"""How a nonconformity was dismissed: its reason stands on the page of the check for as long as that fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plumbline.identity.actors import Actor
from plumbline.records import kinds
from plumbline.records.queries import readable


@dataclass(frozen=True)
class Dismissal:
    """By whom, when, and with which reason a nonconformity was dismissed."""

    reference: str
    by: str
    at: datetime
    reason: str


def dismissal_of(actor: Actor, reference: str) -> Dismissal | None:
    """The dismissal of a nonconformity that is dismissed now and that ``actor`` may read; else ``None``."""
    if not kinds.exists("nonconformity"):
        return None
    known = readable(actor, ["nonconformity"])
    record = known.filter(reference=reference, state="dismissed").first()
    if record is None:
        return None
    steps = record.revisions.filter(state__in=("dismissal proposed", "dismissed")).order_by("-number")
    rows = list(steps.select_related("person")[:2])
    # One person proposes with a reason and another one decides; what was withdrawn has its reason with it.
    reason = next((row.note for row in rows if row.note), "")
    return Dismissal(reference, str(rows[0].person or ""), rows[0].at, reason)
