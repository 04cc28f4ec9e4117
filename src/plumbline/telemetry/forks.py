"""Two events with one id and different contents: a conflict, never a duplicate.

Sending an event again is normal and changes nothing. An event with the id of another one and other contents
is something else: a sender that numbers wrongly, or one that wants to have said something different. Taking
it for a duplicate would answer with the receipt of what somebody sent before, and nobody would learn that
the second one was never recorded. So the contents are compared, the second one is refused by the name of
the event, and the attempt is an entry in the trail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from plumbline.kernel.canonical import JSON
from plumbline.telemetry import segment_contents
from plumbline.telemetry.known_events import KnownEvents
from plumbline.telemetry.spool import Entry, Spool
from plumbline.trail import log, write_priority
from plumbline.trail.openings.queries import Opened

_NAMED: Final = 20
"""Events that an entry names; of more it gives the number."""


def within(entries: Sequence[Entry]) -> frozenset[bytes]:
    """Ids that come more than once in ``entries``, with different contents."""
    if len({entry.id for entry in entries}) == len(entries):
        return frozenset()
    first: dict[bytes, bytes] = {}
    return frozenset(
        entry.id for entry in entries if first.setdefault(entry.id, entry.opening) != entry.opening
    )


def against_known(spool: Spool, data: Path, entries: Sequence[Entry], known: KnownEvents) -> frozenset[bytes]:
    """Ids of ``entries`` under which other contents were taken before.

    What was erased cannot be compared any more and counts as sent again.
    """
    by_segment: dict[int, list[bytes]] = defaultdict(list)
    for event, (seq, _) in known.places.items():
        by_segment[seq].append(event)
    sent = {entry.id: entry.opening for entry in entries}
    forked: set[bytes] = set()
    for seq, events in by_segment.items():
        stored = _stored(spool, data, seq, [known.places[event][1] for event in events])
        for event in events:
            content = stored.get(known.places[event][1])
            if content is not None and content != sent[event]:
                forked.add(event)
    return frozenset(forked)


def _stored(spool: Spool, data: Path, seq: int, positions: list[int]) -> dict[int, bytes]:
    """What can still be read at these places of a segment, in the spool or after it was moved."""
    body = spool.body(seq)
    if body is not None:
        return {at: body.openings[at] for at in positions if body.openings[at]}
    leaf = spool.sealed(seq).leaf
    if leaf is None:
        return {}
    states = segment_contents.read_events(data, leaf, positions)
    return {at: state.body for at, state in states.items() if isinstance(state, Opened)}


def record(actor: str, source: str, entries: Sequence[Entry], forked: frozenset[bytes]) -> int:
    """Leave an entry for the refused events and answer its number; the same tried again leaves no second one.

    It names the events and nothing of their contents. Raises what the trail raises.
    """
    refused = [entry for entry in entries if entry.id in forked]
    events: list[JSON] = [str(UUID(bytes=event)) for event in sorted(forked)[:_NAMED]]
    # Keyed, since whoever knows the entry could otherwise try contents until one fits.
    attempt = salted_hmac(
        "plumbline.telemetry.conflict",
        b"".join([actor.encode(), *(entry.id + entry.opening for entry in refused)]),
        algorithm="sha256",
    )
    with write_priority.foreground(), transaction.atomic():
        leaf = log.append(
            "telemetry.conflict",
            actor=actor,
            subject={"type": "event", "ref": str(UUID(bytes=min(forked)))},
            facts={"source": source, "count": len(forked), "events": events},
            client_id=UUID(bytes=attempt.digest()[:16], version=5),
            retention="telemetry",
        )
    return leaf.index
