"""The trail over HTTP: checkpoint, entries, proofs, and the receipt of an event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from plumbline.anchors import queries as anchors
from plumbline.api.operations import Answer, Call, Operation, Parameter, Reply
from plumbline.api.schemas import COUNT, HEX, INSTANT, TEXT, listed, maybe, thing
from plumbline.identity import policy
from plumbline.identity.entry_filter import EntryFilter
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, NotFound, Unavailable
from plumbline.telemetry import receipts
from plumbline.trail import log, static_tiles
from plumbline.trail.findings import commands
from plumbline.trail.findings import queries as findings

TAG = "trail"
LONGEST = 500
ENTRY = thing(
    index=COUNT, time=INSTANT, type=TEXT, actor=TEXT, subject={"type": "object"}, requirements=listed(TEXT),
    facts={"type": "object"}, slots=listed(TEXT), leaf_hash=HEX, body=TEXT,
)  # fmt: skip
RECEIPT = thing(
    event=TEXT, segment=TEXT, leaf=COUNT, position=COUNT, count=COUNT, root=HEX, commitment=HEX,
    path=listed(HEX), salt=maybe(TEXT), opening=maybe(TEXT), erased_by=maybe(COUNT),
    missing={"type": "boolean"}, log=maybe(TEXT),
)  # fmt: skip
ANCHOR = thing(
    anchor=TEXT, name=TEXT, title=TEXT, configured={"type": "boolean"}, outside={"type": "boolean"},
    shows=TEXT,
    since=maybe(INSTANT), last=maybe(INSTANT), size=maybe(COUNT), failing_since=maybe(INSTANT),
    error=maybe(TEXT), contradicted_at=maybe(INSTANT), contradiction=maybe(TEXT), remedy=maybe(TEXT),
)  # fmt: skip
ANCHORING = thing(
    claim=TEXT, quorum=TEXT, held_outside={"type": "boolean"}, contradicted={"type": "boolean"},
    anchors=listed(ANCHOR),
)  # fmt: skip
VERIFICATION = thing(
    running=maybe(
        thing(begun=INSTANT, hashed=COUNT, entries=COUNT, compared=COUNT, of=COUNT, table=TEXT)
    ),
    asked=maybe(thing(by=TEXT, at=INSTANT)),
    last=maybe(
        thing(
            begun=maybe(INSTANT), finished=INSTANT, asked_by=TEXT, entries=COUNT, compared=COUNT,
            differences=COUNT,
        )
    ),
    findings=COUNT, state=TEXT,
)  # fmt: skip
NARROWING = (
    Parameter("type", TEXT, "Only of this type, such as record.created."),
    Parameter("subject", TEXT, "Only about this record, token or person (its public name)."),
    Parameter(
        "by",
        TEXT,
        "Only by this person (name, e-mail address or id, with all their tokens), token (its"
        " id) or part of the installation (such as stage:delivery).",
    ),
    Parameter(
        "from",
        TEXT,
        "Only recorded on this day (YYYY-MM-DD, in the organization's time zone) or instant"
        " (RFC 3339), or later.",
    ),
    Parameter("until", TEXT, "Only recorded on this day or at this instant, or earlier."),
    Parameter("before", {"type": "integer", "minimum": 0}, "Only entries before this number."),
    Parameter("limit", {"type": "integer", "minimum": 1, "maximum": LONGEST, "default": 50}, "How many."),
)
UUID_PIECE = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def _entry(view: log.LeafView) -> dict[str, Any]:
    return {
        "index": view.index,
        "time": clock.rfc3339(view.time),
        "type": view.entry_type,
        "actor": view.actor,
        "subject": view.subject,
        "requirements": view.requirements,
        "facts": view.facts,
        "slots": view.slots,
        "leaf_hash": view.leaf_hash.hex(),
        "body": view.body.decode(),
    }


def _index(call: Call) -> int:
    if len(call.pieces["index"]) > 15:
        raise NotFound("The trail has no entry with this number.")
    return int(call.pieces["index"])


def _checkpoint(call: Call) -> Answer:
    policy.require(call.actor, "read")
    found = log.latest_checkpoint()
    if found is None:
        raise Unavailable("No checkpoint is signed yet. Ask again in a second.", retry_after=1)
    return _text(found.note)


def _text(content: str) -> Answer:
    return Answer(response=HttpResponse(content, content_type="text/plain; charset=utf-8"))


def _entries(call: Call) -> Answer:
    policy.require(call.actor, "read")
    limit = call.number("limit", 50)
    if not 1 <= limit <= LONGEST:
        raise Invalid(
            "The list was not made.",
            [Fault("limit", "is out of range", say("api.1-to", "1 to {longest}", longest=LONGEST))],
        )
    before = call.number("before", -1)
    words = {name: call.query.get(name, "").strip() for name in ("type", "subject", "by", "from", "until")}
    wanted = EntryFilter(words["type"], words["subject"], words["by"], words["from"], words["until"])
    found = wanted.entries(before=before if before >= 0 else None, limit=limit)
    return Answer([_entry(view) for view in found])


def _one_entry(call: Call) -> Answer:
    policy.require(call.actor, "read")
    view = log.leaf(_index(call))
    log.verify(view)
    return Answer(_entry(view))


def _proof(call: Call) -> Answer:
    policy.require(call.actor, "read")
    return _text(log.receipt(_index(call)))


def _consistency(call: Call) -> Answer:
    policy.require(call.actor, "read")
    old, new = call.number("old", 0), call.number("new", log.size())
    found = log.consistency(old, new)
    value = {
        "old": found.old,
        "new": found.new,
        "old_root": found.old_root.hex(),
        "new_root": found.new_root.hex(),
        "path": [step.hex() for step in found.path],
    }
    return Answer(value)


def _anchors(call: Call) -> Answer:
    policy.require(call.actor, "read")
    found = anchors.anchoring()
    value = {
        "claim": str(found.claim),
        "quorum": str(found.quorum),
        "held_outside": found.is_held_outside,
        "contradicted": found.is_contradicted,
        "anchors": [anchors.as_dict(status) for status in found.statuses],
    }
    return Answer(value)


def _verification(call: Call) -> Answer:
    policy.require(call.actor, "read")
    return Answer(_state())


def _state() -> dict[str, Any]:
    return {**findings.scrub_as_dict(findings.scrub_state()), "state": log.status().word.value}


def _verify(call: Call) -> Answer:
    policy.require(call.actor, "pack")
    commands.ask(call.actor.id)
    return Answer(_state(), 202)


def _tiles_checkpoint(call: Call) -> Answer:
    policy.require(call.actor, "read")
    return _text(static_tiles.checkpoint())


def _tile(call: Call) -> Answer:
    policy.require(call.actor, "read")
    return _bytes(static_tiles.tile(int(call.pieces["level"]), call.pieces["tile"]))


def _bundle(call: Call) -> Answer:
    policy.require(call.actor, "read")
    return _bytes(static_tiles.bundle(call.pieces["tile"]))


def _bytes(content: bytes) -> Answer:
    return Answer(response=HttpResponse(content, content_type="application/octet-stream"))


def _receipt(call: Call) -> Answer:
    policy.require(call.actor, "read")
    proof = receipts.for_event(settings.PLUMBLINE.data, UUID(call.pieces["event"]))
    try:
        logged: str | None = log.receipt(proof.leaf)
    except Unavailable:
        logged = None
    value = {**proof.as_dict(), "log": logged}
    if not policy.may_everywhere(call.actor, "read-sensitive"):
        value["opening"] = value["salt"] = None
    return Answer(value)


def operations() -> Iterator[Operation]:
    """Checkpoint, entries, their proofs, and receipts of events."""
    sizes = tuple(
        Parameter(name, {"type": "integer", "minimum": 1}, text, required=name == "old")
        for name, text in (
            ("old", "Size of the smaller tree."),
            ("new", "Size of the larger; all unless given."),
        )
    )
    consistent = thing(old=COUNT, new=COUNT, old_root=HEX, new_root=HEX, path=listed(HEX))
    yield Operation(
        "GET", "/trail/checkpoint", "readCheckpoint", "The newest signed checkpoint", _checkpoint, tag=TAG,
        replies={200: Reply("A signed note (C2SP tlog-checkpoint).", TEXT, "text/plain")}, problems=(503,),
    )  # fmt: skip
    yield Operation(
        "GET", "/trail/entries", "listEntries", "Entries of the trail, newest first", _entries, tag=TAG,
        query=NARROWING, problems=(422,), replies={200: Reply("Entries.", listed(ENTRY))},
    )  # fmt: skip
    yield Operation(
        "GET", "/trail/entries/{index}", "readEntry", "One entry", _one_entry, tag=TAG,
        pieces={"index": "[0-9]+"}, replies={200: Reply("The entry; body holds its exact text.", ENTRY)},
    )  # fmt: skip
    yield Operation(
        "GET", "/trail/entries/{index}/proof", "readProof", "The proof that an entry is in the trail", _proof,
        tag=TAG, pieces={"index": "[0-9]+"}, problems=(503,),
        replies={200: Reply("Inclusion proof and checkpoint (C2SP tlog-proof).", TEXT, "text/plain")},
    )  # fmt: skip
    yield Operation(
        "GET", "/trail/consistency", "readConsistency", "The proof that the trail only grew", _consistency,
        tag=TAG, query=sizes, problems=(404, 422),
        replies={200: Reply("Consistency proof (RFC 6962).", consistent)},
    )  # fmt: skip
    yield from _outside()
    yield Operation(
        "GET", "/trail/verification", "readVerification",
        "How far the verification of the record is, and how the last whole one ended", _verification, tag=TAG,
        replies={200: Reply("What runs, who waits for one, and the last one.", VERIFICATION)},
    )  # fmt: skip
    yield Operation(
        "POST", "/trail/verification", "verifyRecord", "Have everything compared with its entries now",
        _verify, tag=TAG,
        text="It is done by the worker, one at a time, as `plumbline trail scrub` does it. Who asks while "
        "somebody waits is answered by the same one. Ask with GET how far it is.",
        replies={202: Reply("It was asked for.", VERIFICATION)},
    )  # fmt: skip
    yield Operation(
        "GET", "/telemetry/receipts/{event}", "readReceipt", "The proof that an event was taken", _receipt,
        tag="telemetry", pieces={"event": UUID_PIECE},
        replies={200: Reply("Path to the segment, and the log's proof once signed.", RECEIPT)},
    )  # fmt: skip


def _outside() -> Iterator[Operation]:
    """What others hold of the trail, and what they read it by."""
    yield Operation(
        "GET", "/trail/anchors", "listAnchors", "Who holds checkpoints outside since when", _anchors,
        tag=TAG, replies={200: Reply("All anchors.", ANCHORING)},
    )  # fmt: skip
    binary = {"type": "string", "format": "binary"}
    yield Operation(
        "GET", "/trail/tiles/checkpoint", "readTilesCheckpoint", "The newest checkpoint, with cosignatures",
        _tiles_checkpoint, tag=TAG, problems=(503,),
        replies={200: Reply("A signed note (C2SP tlog-tiles).", TEXT, "text/plain")},
    )  # fmt: skip
    yield Operation(
        "GET", "/trail/tiles/tile/entries/{tile}", "readBundle", "A bundle of entries (tlog-tiles)", _bundle,
        tag=TAG, pieces={"tile": static_tiles.TILE}, problems=(503,),
        replies={200: Reply("Entries after their lengths.", binary, "application/octet-stream")},
    )  # fmt: skip
    yield Operation(
        "GET", "/trail/tiles/tile/{level}/{tile}", "readTile", "A tile of hashes (tlog-tiles)", _tile,
        tag=TAG, pieces={"level": "[0-9]{1,2}", "tile": static_tiles.TILE}, problems=(503,),
        replies={200: Reply("Up to 256 hashes of 32 bytes.", binary, "application/octet-stream")},
    )  # fmt: skip
