"""What deliveries follow from: the entry of each that was sent or given up."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.delivery.models import Delivery
from plumbline.trail.commitments import queries as committed
from plumbline.trail.proofs import (
    Declaration,
    Difference,
    Pass,
    Proof,
    compare,
    whole,
    without_entry,
    without_row,
)

DELIVERY = "delivery.Delivery"


def _check(start: int, stop: int) -> Iterator[Difference]:
    rows = {row.handle: row for row in Delivery.objects.select_related("recipient")}
    ended = {}
    for entry in committed.of_types({"delivery.sent", "delivery.failed"}):
        handle = ended[entry.view.subject_ref] = entry.view.subject_ref
        if handle not in rows:
            yield without_row(DELIVERY, handle, entry.index)
            continue
        row, facts = rows[handle], entry.facts
        expected = {
            "recipient": entry.subject["person"],
            "channel": facts["channel"],
            "notice": facts["notice"],
            "attempts": facts["attempts"],
            "state": entry.verb,
        }
        found = {
            "recipient": row.recipient.handle,
            "channel": row.channel,
            "notice": row.notice,
            "attempts": row.attempts,
            "state": str(row.state),
        }
        yield from compare(DELIVERY, handle, entry.index, expected, found)
    invited = {entry.view.subject_ref for entry in committed.of_types({"person.invited"})}
    for handle, row in rows.items():
        if handle not in ended and (
            row.state != Delivery.State.WAITING or row.recipient.handle not in invited
        ):
            yield without_entry(DELIVERY, handle)


DECLARATIONS: tuple[Declaration, ...] = (
    Proof(
        DELIVERY,
        "Recipient, channel, notice, attempts and end stand in the entry that it left when it was sent or "
        "given up; one that waits was asked for by the entry of an invitation.",
        (Pass("deliveries", whole, _check),),
    ),
)
