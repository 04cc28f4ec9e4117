"""Intake: bytes from a sender in, a sealed segment with a leaf number out.

The chain is decode, examine, redact, seal in the spool, log the root in the trail, answer. Redaction comes
before sealing, since what is sealed cannot be changed without breaking its proof. Nothing is answered before
the leaf is committed, and when any step refuses nothing is half-written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError

from plumbline.config import Config
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Fault, NotAllowed, Unavailable, Unsupported
from plumbline.telemetry import event as events
from plumbline.telemetry import forks, otlp
from plumbline.telemetry.compression import unpack
from plumbline.telemetry.event import StoredEvent
from plumbline.telemetry.group_commit import log_segment
from plumbline.telemetry.known_events import KnownEvents
from plumbline.telemetry.redaction import redact_all
from plumbline.telemetry.spool import Entry, Outcome, Sealed, Spool, spool_of
from plumbline.trail import log_state, storage
from plumbline.trail.errors import ReadOnly

JSON_TYPE: Final = "application/json"
PROTOBUF_TYPE: Final = "application/x-protobuf"
SystemFilter = Callable[[Collection[str]], Collection[str]]
"""Returns those of the systems with these slugs that a sender may send for."""
_TAKEN: Final = "were given to events with other contents before"
_TAKEN_ID: Final = "was given to an event with other contents before"
_OWN_ID: Final = "Give every event an id of its own; send one again only with the same contents."
_NAMED_IN_ANSWER: Final = 20
_ROUNDS: Final = 5
"""How often a batch is tried while others send the same events at the same moment."""
_OUT_OF_REACH: Final = "is not the slug of a registered AI system that this token may send for"


@dataclass(frozen=True)
class Receipt:
    """What became of a batch: its segment, the leaf that proves it, and what was new, known or refused.

    ``removed`` counts the pieces of personal data that were taken out, by type; ``reasons`` says why
    spans were refused (a native batch is taken whole or not at all). ``waits`` is what keeps the trail from
    taking the segment now; then it has no leaf yet.
    """

    segment_id: UUID | None
    leaf_index: int | None
    root: bytes
    accepted: int
    duplicates: int
    refused: int = 0
    removed: dict[str, int] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    waits: ReadOnly | None = None

    def as_dict(self) -> dict[str, Any]:
        """The receipt as the API answers it."""
        return {
            "segment": None if self.segment_id is None else str(self.segment_id),
            "leaf": self.leaf_index,
            "root": self.root.hex(),
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "removed": self.removed,
            **({"waiting": self.waiting} if self.waits else {}),
        }

    @property
    def waiting(self) -> dict[str, str]:
        """Why the events have no entry yet, for whoever sent them; empty when they have one."""
        if self.waits is None:
            return {}
        return {
            "reason": self.waits.reason,
            "detail": f"The events are stored and get their entry when the trail takes entries again. "
            f"Do not send them a second time. {self.waits.detail}",
        }


def accept(
    body: bytes,
    media_type: str,
    encoding: str,
    actor_id: str,
    config: Config,
    allowed: SystemFilter | None = None,
) -> Receipt:
    """Take one native batch (JSON), whole or not at all.

    ``actor_id`` is the opaque id of whoever holds the token; ``allowed`` is given when that sender may
    send for some systems only. Raises `Unsupported`, `Malformed`, `TooLarge`, `Invalid` for the body,
    `NotAllowed` for a system out of reach, `Conflict` for an id that was given to other contents, and
    `Unavailable` when spool or trail cannot write now.
    """
    if media_type != JSON_TYPE:
        raise Unsupported(f"Batches are taken as {JSON_TYPE}.")
    batch = events.decode_batch(unpack(body, encoding, config.decompressed_limit))
    events.examine(batch, clock.now(), config.future_tolerance)
    if out_of_reach := _out_of_reach(batch.events, allowed):
        place = next(n for n, event in enumerate(batch.events) if event.system in out_of_reach)
        remedy = "Use a token of somebody whose role reaches it, or of the whole organization."
        raise NotAllowed(
            "The batch was not taken; nothing of it was stored.",
            [Fault(f"events[{place}].system", _OUT_OF_REACH, remedy)],
            permission="ingest",
        )
    return _store(batch.events, batch.source, batch.counter, actor_id, config.data)


def accept_traces(
    body: bytes,
    media_type: str,
    encoding: str,
    actor_id: str,
    config: Config,
    allowed: SystemFilter | None = None,
) -> Receipt:
    """Take one OTLP trace export (protobuf or JSON); spans that cannot be taken are refused one by one.

    Raises as `accept` does for a body that cannot be read at all.
    """
    if media_type not in (JSON_TYPE, PROTOBUF_TYPE):
        raise Unsupported(f"Traces are taken as {PROTOBUF_TYPE} or {JSON_TYPE}.")
    content = unpack(body, encoding, config.decompressed_limit)
    spans = otlp.read_json(content) if media_type == JSON_TYPE else otlp.read_protobuf(content)
    accepted, reasons = otlp.to_events(spans, clock.now(), config.future_tolerance)
    if out_of_reach := _out_of_reach(accepted, allowed):
        reach = [event for event in accepted if event.system not in out_of_reach]
        reasons.append(f"{len(accepted) - len(reach)} spans: their service {_OUT_OF_REACH}")
        accepted = reach
    refused = len(spans) - len(accepted)
    if not accepted:
        return Receipt(None, None, b"", 0, 0, refused, {}, tuple(reasons))
    receipt, forked = _store_spans(accepted, actor_id, config.data, reasons)
    receipt = receipt or Receipt(None, None, b"", 0, 0)
    return replace(receipt, refused=refused + forked, reasons=tuple(reasons))


def _out_of_reach(batch: Sequence[StoredEvent], allowed: SystemFilter | None) -> frozenset[str]:
    """The systems of ``batch`` that its sender may not send for."""
    if allowed is None:
        return frozenset()
    systems = frozenset(event.system for event in batch)
    return systems.difference(allowed(systems))


def _store(
    batch: Sequence[StoredEvent], source: str, counter: int | None, actor_id: str, data: Path
) -> Receipt:
    """Seal and log a batch as a whole. Raises `Conflict` for an event that was taken with other contents."""
    removed = redact_all(batch)
    entries = _entries(batch)
    try:
        outcome = _sealed(entries, source, counter, actor_id, data, removed)
    except _Forked as found:
        leaf = forks.record(actor_id, source, entries, found.events)
        place = next(n for n, entry in enumerate(entries) if entry.id in found.events)
        named = sorted(str(UUID(bytes=event)) for event in found.events)[:_NAMED_IN_ANSWER]
        raise Conflict(
            say(
                "telemetry.conflict",
                "An event with the same id and other contents was sent before ({count} in this batch, see "
                "entry {leaf} of the trail). Nothing of the batch was stored.",
                count=len(found.events),
                leaf=leaf,
            ),
            [Fault(f"events[{place}].id", _TAKEN_ID, _OWN_ID)],
            events=named,
            entry=leaf,
        ) from None
    return _logged(_spool(data), outcome, removed)


def _store_spans(
    batch: Sequence[StoredEvent], actor_id: str, data: Path, reasons: list[str]
) -> tuple[Receipt | None, int]:
    """Seal and log the spans whose ids are not taken; how many are, with the reason in ``reasons``."""
    removed = redact_all(batch)
    entries = _entries(batch)
    refused: frozenset[bytes] = frozenset()
    while True:
        rest = [entry for entry in entries if entry.id not in refused]
        if not rest:
            return None, len(entries)
        try:
            outcome = _sealed(rest, "otlp", None, actor_id, data, removed)
        except _Forked as found:
            leaf = forks.record(actor_id, "otlp", rest, found.events)
            named = ", ".join(sorted(str(UUID(bytes=event)) for event in found.events)[:3])
            reasons.append(
                f"{len(found.events)} spans ({named}): their ids {_TAKEN}; see entry {leaf} of the trail"
            )
            refused |= found.events
            continue
        return _logged(_spool(data), outcome, removed), len(entries) - len(rest)


class _Forked(Exception):
    """Ids in a batch under which there are other contents."""

    def __init__(self, events: frozenset[bytes]) -> None:
        super().__init__(f"{len(events)} events are forked")
        self.events = events


def _entries(batch: Sequence[StoredEvent]) -> list[Entry]:
    encode = events.opening_bytes
    return [Entry(event.id.int.to_bytes(16), event.system, event.type, encode(event)) for event in batch]


def _sealed(
    entries: list[Entry],
    source: str,
    counter: int | None,
    actor_id: str,
    data: Path,
    removed: dict[str, int],
) -> Outcome:
    """The segment of ``entries``. Raises `_Forked` for ids under which there are other contents."""
    if forked := forks.within(entries):
        raise _Forked(forked)
    spool = _spool(data)
    repeated: frozenset[bytes] = frozenset()
    for _ in range(_ROUNDS):
        try:
            return spool.seal(
                entries,
                actor=actor_id,
                source=source,
                counter=counter,
                facts={"removed": removed},
                repeated=repeated,
            )
        except KnownEvents as known:
            # Outside of the spool's transaction, since what was moved has to be read from another store.
            if forked := forks.against_known(spool, data, entries, known):
                raise _Forked(forked) from None
            repeated |= known.places.keys()
    raise Unavailable("The same events are being sent again and again at this moment. Send the batch later.")


def _logged(spool: Spool, outcome: Outcome, removed: dict[str, int]) -> Receipt:
    leaf, waits = outcome.segment.leaf, None
    if leaf is None:
        try:
            leaf = _log_segment(spool, outcome.segment)
        except ReadOnly as refusal:
            # Stored durably, up to the limit of the spool; the mover logs it when the trail takes entries.
            waits = refusal
    return _receipt(outcome, leaf, removed, waits)


def _receipt(outcome: Outcome, leaf: int | None, removed: dict[str, int], waits: ReadOnly | None) -> Receipt:
    sealed = outcome.segment
    removed_now = removed if outcome.accepted else {}
    return Receipt(
        sealed.id, leaf, sealed.root, outcome.accepted, outcome.duplicates, 0, removed_now, waits=waits
    )


def _spool(data: Path) -> Spool:
    try:
        return spool_of(data)
    except (sqlite3.Error, OSError) as error:
        raise storage.problem_of(error) or Unavailable(
            "The spool cannot be opened, so no events are accepted. Check the data folder."
        ) from error


def _log_segment(spool: Spool, sealed: Sealed) -> int:
    try:
        return log_segment(spool, sealed)
    except DatabaseError as error:
        raise storage.problem_of(error) or Unavailable(
            "The events are stored, but the trail cannot record them now. Send the batch again later; "
            "what is stored already is recognised."
        ) from error


def recover(data: Path) -> int:
    """Log every sealed segment that has no leaf, as after a crash; returns how many there were.

    While the trail takes no entries they go on waiting.
    """
    spool = _spool(data)
    waiting = spool.unlogged() if log_state.current().is_writable else []
    for sealed in waiting:
        log_segment(spool, sealed)
    return len(waiting)
