"""What of a record can be taken back at this moment: the last act on it, by whoever did it, for 30 seconds.

An act can be taken back while nothing has come of it: nobody else may have acted on the record since, and
nothing may have left the house with it. Rooms above say what has left (`register_departure`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict
from plumbline.records.kinds import Kind
from plumbline.records.models import AttachmentDates, CommentAct, Record, Revision
from plumbline.records.related.models import Link
from plumbline.trail import log

OPEN_FOR = timedelta(seconds=30)
"""How long an act can be taken back; afterwards a new act corrects it."""
RETRACTED = "retracted"
"""The verb of the revision and of the entry that take an act back."""
_RETRACTABLE = ("amended", "moved")

_REASONS = {
    "other": say("retraction.other", "The last act on this record was not yours."),
    "kind": say("retraction.kind", "The last act on this record cannot be taken back."),
    "late": say("retraction.late", "The 30 seconds are over. Correct the record instead."),
    "decided": say("retraction.decided", "What was decided holds: others may have acted on it."),
    "since": say("retraction.since", "Something else has happened to this record since."),
    "left": say("retraction.left", "This record may have left the house since."),
    "erased": say("retraction.erased", "The revision before is not kept any more."),
    "unit": say("retraction.unit", "Another unit reads this record now. Change the unit back instead."),
}
"""Why nothing can be taken back, by what stands in the way."""

Departure = Callable[[Record, datetime], bool]
"""Whether something with this record in it has left the house since a moment."""
_departures: list[Departure] = []


def register_departure(departure: Departure) -> None:
    """Ask ``departure`` too before an act is taken back, for a room that sends records out."""
    if departure not in _departures:
        _departures.append(departure)


@dataclass(frozen=True)
class Retractable:
    """The last act on a record, which can be taken back, and the revision that is put back."""

    revision: int
    verb: str
    step: str
    until: datetime
    back_to: int
    snapshot: Mapping[str, Any]

    @property
    def seconds_left(self) -> int:
        """Whole seconds until it cannot be taken back any more."""
        return max(0, int((self.until - clock.now()).total_seconds()))


def find(actor: Actor, kind: Kind, record: Record) -> Retractable | None:
    """What ``actor`` can take back of ``record`` now; None if there is nothing."""
    try:
        return require(actor, kind, record)
    except Conflict:
        return None


def require(actor: Actor, kind: Kind, record: Record) -> Retractable:
    """As `find`, but raises `Conflict` with the reason where there is nothing to take back."""
    last = record.revisions.order_by("-number").first()
    now = clock.now()
    if last is None or actor.person_id is None or last.person_id != actor.person_id:
        raise Conflict(_REASONS["other"])
    if last.verb not in _RETRACTABLE:
        raise Conflict(_REASONS["kind"])
    if now - last.at >= OPEN_FOR:
        raise Conflict(_REASONS["late"])
    facts = log.leaf(last.leaf).facts
    step = kind.workflow.by_name.get(str(facts.get("move", "")))
    if last.verb == "moved" and (step is None or step.approves or step.confirms or step.restores):
        raise Conflict(_REASONS["decided"])
    if _has_act_since(record, last.leaf):
        raise Conflict(_REASONS["since"])
    if any(departed(record, last.at) for departed in _departures):
        raise Conflict(_REASONS["left"])
    back_to = int(str(facts.get("fills", last.number))) - 1 if last.verb == "moved" else last.number - 1
    earlier = record.revisions.filter(number=back_to).first()
    snapshot = _snapshot(earlier)
    present = _snapshot(last)
    if snapshot is None or present is None:
        raise Conflict(_REASONS["erased"])
    if snapshot["values"].get("unit") != present["values"].get("unit"):
        raise Conflict(_REASONS["unit"])
    return Retractable(
        last.number, last.verb, step.name if step else "", last.at + OPEN_FOR, back_to, snapshot
    )


def _has_act_since(record: Record, leaf: int) -> bool:
    """Whether anybody has acted on the record, or linked to it, after an entry; reading it is no act."""
    if AttachmentDates.objects.filter(attachment__record=record, leaf__gt=leaf).exists():
        return True
    hung = (record.links_out, record.links_in, record.comments, record.attachments, record.approvals)
    if Link.every.filter(source=record, ended_leaf__gt=leaf).exists():
        return True
    if CommentAct.objects.filter(comment__record=record, leaf__gt=leaf).exists():
        return True
    return any(rows.filter(leaf__gt=leaf).exists() for rows in hung)


def _snapshot(revision: Revision | None) -> dict[str, Any] | None:
    """The whole body of a revision; None where it was erased, or was written before bodies were whole."""
    opened = log.opening(revision.leaf, "revision") if revision is not None else None
    body: dict[str, Any] | None = json.loads(opened) if opened is not None else None
    return body if body is not None and "system" in body else None
