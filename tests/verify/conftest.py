"""Small packs to be checked and tampered with; made by the real writer from a real log."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from tests.trail.conftest import trail as trail


@dataclass
class Example:
    """A pack, the log's key, and a way to make more packs of the same log."""

    data: bytes
    vkey: str
    build: Callable[..., bytes]
    trail: Any
    first: Any


@pytest.fixture
def example(trail: Any) -> Example:
    """A log with records, a segment of events and an attachment; its pack discloses some of each."""
    from plumbline.kernel import merkle
    from plumbline.kernel.commitment import commit
    from plumbline.trail import log, pack_contents, packfile, publisher

    trail.append(4)
    first = publisher.publish()
    events = [b'{"type":"decision","n":%d}' % number for number in range(5)]
    made = [commit(event) for event in events]
    digests = [commitment.digest for commitment in made]
    with transaction.atomic():
        segment = log.append(
            "telemetry.segment",
            actor="stage:intake",
            subject={"ref": "claims-triage"},
            source="telemetry",
            facts={"root": merkle.root(map(merkle.leaf_hash, digests)).hex(), "count": 5},
        ).index
    attachment = b"%PDF the minutes"
    name = hashlib.sha256(attachment).hexdigest()
    attached = trail.append(
        openings={"body": b'{"sha256":"' + name.encode() + b'"}', "note": b"a note"}
    ).index
    trail.append(3)
    publisher.publish()

    def build(**changes: Any) -> bytes:
        out = io.BytesIO()
        given: dict[str, Any] = {
            "scope": {"systems": ["claims-triage"]},
            "openings": [(1, "body"), (attached, "body")],
            "segments": {segment: digests},
            "events": [pack_contents.EventOpening(segment, 3, made[3].salt, events[3])],
            "members": {f"attachments/{name}": attachment, "documents/review.txt": b"minutes"},
            "recipient": "Auditor",
            "purpose": "surveillance audit",
            "expires": datetime(2027, 1, 1, tzinfo=UTC),
            "since": first,
        }
        packfile.build_pack(out, **(given | changes))
        return out.getvalue()

    return Example(build(), trail.report.vkey, build, trail, first)
