"""AI seen in use over HTTP: what nobody registered, and what two people set aside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Reply
from plumbline.api.schemas import COUNT, DAY, INSTANT, TEXT, listed, maybe, thing, words
from plumbline.discovery import commands, queries
from plumbline.discovery.queries import SightingRow
from plumbline.identity import policy
from plumbline.kernel import clock

TAG = "telemetry"
WORDS = ("not registered", "proposed to be set aside", "set aside")
DECISION = thing(until=DAY, reason=TEXT)
PROPOSAL = thing(until=DAY, reason=TEXT, by=TEXT, entry=COUNT)
SIGHTING = thing(
    system=TEXT,
    state=words(*WORDS),
    first_seen=INSTANT,
    last_seen=INSTANT,
    events=COUNT,
    sources=TEXT,
    set_aside=maybe(DECISION),
    proposal=maybe(PROPOSAL),
)


def _as_dict(row: SightingRow, waiting: bool) -> dict[str, Any]:
    aside, proposal = None, None
    if row.dismissed_until is not None and not waiting:
        aside = {"until": row.dismissed_until.isoformat(), "reason": row.dismissed_reason}
    if row.proposed_until is not None:
        proposal = {
            "until": row.proposed_until.isoformat(),
            "reason": row.proposed_reason,
            "by": row.proposed_by,
            "entry": row.proposal,
        }
    # What is only proposed goes on counting as unregistered: the word says which of the three holds.
    return {
        "system": row.slug,
        "state": WORDS[2] if not waiting else WORDS[1] if proposal else WORDS[0],
        "first_seen": clock.rfc3339(row.first_seen),
        "last_seen": clock.rfc3339(row.last_seen),
        "events": row.events,
        "sources": row.sources,
        "set_aside": aside,
        "proposal": proposal,
    }


def _list(call: Call) -> Answer:
    policy.require(call.actor, "read", kind="ai-system", anywhere=True)
    waiting = {row.slug for row in queries.unregistered(clock.today())}
    rows = [row for row in queries.sightings() if not row.registered]
    return Answer({"items": [_as_dict(row, row.slug in waiting) for row in rows], "total": len(rows)})


def _propose(call: Call) -> Answer:
    sent = parsing.members(call.json, {"reason": str}, {"until": str})
    until = commands.until_day(sent.get("until", ""))
    slug = call.pieces["system"]
    return Answer({"system": slug, "entry": commands.propose(call.actor, slug, sent["reason"], until)}, 201)


def _confirm(call: Call) -> Answer:
    sent = parsing.members(call.json, {"proposal": int}, {})
    slug = call.pieces["system"]
    return Answer({"system": slug, "entry": commands.confirm(call.actor, slug, sent["proposal"])}, 201)


def _withdraw(call: Call) -> Answer:
    sent = parsing.members(call.json, {"proposal": int}, {})
    slug = call.pieces["system"]
    return Answer({"system": slug, "entry": commands.withdraw(call.actor, slug, sent["proposal"])}, 201)


def operations() -> Iterator[Operation]:
    """AI systems that nobody registered: list, propose to set one aside, confirm that or take it back."""
    base, pieces = "/sightings/{system}/dismissal", {"system": "[a-z0-9][a-z0-9._-]{0,119}"}
    done = thing(system=TEXT, entry=COUNT)
    yield Operation(
        "GET", "/sightings", "listSightings", "AI systems seen in use that nobody registered", _list, tag=TAG,
        replies={200: Reply("All of them, newest first.", thing(items=listed(SIGHTING), total=COUNT))},
    )  # fmt: skip
    yield Operation(
        "POST", base, "proposeDismissal", "Propose to set such a system aside", _propose, tag=TAG,
        pieces=pieces, body=Body({JSON_TYPE: thing(("until",), reason=TEXT, until=DAY)}),
        problems=(400, 403, 404, 415, 422),
        replies={201: Reply("It is proposed and counts as unregistered; entry is the trail entry.", done)},
    )  # fmt: skip
    yield Operation(
        "POST", f"{base}/confirmation", "confirmDismissal", "Set it aside as another person proposed",
        _confirm, tag=TAG, pieces=pieces, body=Body({JSON_TYPE: thing(proposal=COUNT)}),
        problems=(400, 403, 404, 409, 415, 422),
        replies={201: Reply("It is set aside; entry is the trail entry.", done)},
    )  # fmt: skip
    yield Operation(
        "POST", f"{base}/withdrawal", "withdrawDismissal", "Take back what you proposed",
        _withdraw, tag=TAG, pieces=pieces, body=Body({JSON_TYPE: thing(proposal=COUNT)}),
        problems=(400, 403, 404, 409, 415, 422),
        replies={201: Reply("Nothing is proposed any more; entry is the trail entry.", done)},
    )  # fmt: skip
