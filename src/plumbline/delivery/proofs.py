"""What deliveries follow from: the entry of each that was sent or given up."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from plumbline.delivery import notices
from plumbline.delivery.models import CalendarFeed, Delivery, Endpoint
from plumbline.delivery.webhook import queries as webhooks
from plumbline.kernel.problems import Unavailable
from plumbline.trail.commitments import queries as committed
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.proofs import (
    Declaration,
    Difference,
    NoProof,
    Pass,
    Proof,
    compare,
    whole,
    without_entry,
    without_row,
)

DELIVERY = "delivery.Delivery"
ENDPOINT = "delivery.Endpoint"
CALENDAR = "delivery.CalendarFeed"
_STATES = {
    "added": Endpoint.State.ACTIVE.value,
    "enabled": Endpoint.State.ACTIVE.value,
    "disabled": Endpoint.State.DISABLED.value,
    "removed": Endpoint.State.REMOVED.value,
}
"""The state of a webhook after each of its entries that changes it."""
_ASKED_BY = {notices.INVITATION: "person.invited", notices.RESET: "password.reset-asked"}
"""The entry by which each notice with a secret in it was asked for; others are planned by a stage and say
only what their reader may see anyway."""


def _check(start: int, stop: int) -> Iterator[Difference]:
    rows = {row.handle: row for row in Delivery.objects.select_related("recipient", "endpoint")}
    ended = {}
    for entry in committed.of_types({"delivery.sent", "delivery.failed"}):
        handle = ended[entry.view.subject_ref] = entry.view.subject_ref
        if handle not in rows:
            yield without_row(DELIVERY, handle, entry.index)
            continue
        row, facts = rows[handle], entry.facts
        expected = {
            "target": entry.subject.get("person") or entry.subject.get("webhook"),
            "channel": facts["channel"],
            "notice": facts["notice"],
            "attempts": facts["attempts"],
            "state": entry.verb,
        }
        found = {
            "target": row.target,
            "channel": row.channel,
            "notice": row.notice,
            "attempts": row.attempts,
            "state": str(row.state),
        }
        yield from compare(DELIVERY, handle, entry.index, expected, found)
    asked = {
        notice: {entry.view.subject_ref for entry in committed.of_types({entry_type})}
        for notice, entry_type in _ASKED_BY.items()
    }
    for handle, row in rows.items():
        if handle in ended:
            continue
        is_asked_for = row.notice not in asked or row.target in asked[row.notice]
        if row.state != Delivery.State.WAITING or not is_asked_for:
            yield without_entry(DELIVERY, handle)


def _check_endpoints(start: int, stop: int) -> Iterator[Difference]:
    expected: dict[str, tuple[int, dict[str, object]]] = {}
    for entry in committed.of_types({"webhook.renewed", *(f"webhook.{verb}" for verb in _STATES)}):
        fields = expected.get(entry.view.subject_ref, (0, {}))[1]
        fields |= {"style": entry.facts["style"], "state": _STATES.get(entry.verb, fields.get("state"))}
        fields |= entry.json("webhook") or {}
        if entry.verb == "added":
            fields["created_by"] = entry.view.actor
        if entry.verb == "removed":
            fields["digest"] = ""
        expected[entry.view.subject_ref] = entry.index, fields
    rows = {row.handle: row for row in Endpoint.objects.all()}
    for handle, (index, fields) in expected.items():
        if handle not in rows:
            yield without_row(ENDPOINT, handle, index)
            continue
        row = rows[handle]
        if row.address.startswith(UNUSABLE_PASSWORD_PREFIX):
            # It came from another installation, where address and secret stayed.
            fields.pop("digest", None)
        found = {
            "name": row.name,
            "host": row.host,
            "style": row.style,
            "state": str(row.state),
            "created_by": row.created_by,
            "digest": _digest(row),
        }
        yield from compare(ENDPOINT, handle, index, fields, found)
    for handle in rows.keys() - expected.keys():
        yield without_entry(ENDPOINT, handle)


def _digest(row: Endpoint) -> str:
    """What the row has as its address and secret; no entry speaks of what cannot be decrypted."""
    try:
        return webhooks.digest(row)
    except Unavailable:
        return "cannot be decrypted"


def _check_calendars(start: int, stop: int) -> Iterator[Difference]:
    """An address that opens a calendar has its entry; one that was made and is gone opens nothing."""
    made: dict[str, CommittedEntry] = {}
    for entry in committed.of_types({"calendar.made", "calendar.revoked"}):
        if entry.verb == "made":
            made[entry.view.subject_ref] = entry
        else:
            made.pop(entry.view.subject_ref, None)
    for row in CalendarFeed.objects.select_related("person"):
        handle = row.person.handle
        if handle not in made:
            yield without_entry(CALENDAR, handle)
            continue
        entry = made[handle]
        found = {"digest": row.digest, "credential": row.credential}
        expected = {slot: entry.text(slot) for slot in found if slot in entry.openings}
        yield from compare(CALENDAR, handle, entry.index, expected, found)


DECLARATIONS: tuple[Declaration, ...] = (
    Proof(
        DELIVERY,
        "Recipient, channel, notice, attempts and end stand in the entry that it left when it was sent or "
        "given up; an invitation or a new password that waits was asked for by an entry.",
        (Pass("deliveries", whole, _check),),
    ),
    Proof(
        ENDPOINT,
        "Style and state follow from its entries, name, host and the digest of address and secret from their "
        "openings.",
        (Pass("webhooks", whole, _check_endpoints),),
    ),
    Proof(
        CALENDAR,
        "Every address of a calendar has the entry that made it, with the digests of its secret and of the "
        "password with which it ends.",
        (Pass("calendars", whole, _check_calendars),),
    ),
    NoProof(
        "delivery.Notice",
        "Says which of somebody's tasks they were told of; the tasks are derived from what is proved.",
    ),
    NoProof("delivery.NoticePreference", "How somebody wants to be told by mail; it decides nothing else."),
    NoProof("delivery.NoticeRound", "How far the stage has come in looking at what waits for everybody."),
)
