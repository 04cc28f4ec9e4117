"""Events behind what a page says: a few of a sealed segment, or of the window of a result, by id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from plumbline.kernel import clock
from plumbline.kernel.problems import Unavailable
from plumbline.telemetry import receipts
from plumbline.telemetry.store.port import Reader
from plumbline.telemetry.store.remote import RemoteStore
from plumbline.web.systems import Systems

SHOWN = 5
THREAD = 50
PATIENCE = 2.0
"""Seconds for which a page waits for the evidence store before it leaves its events out."""


@dataclass(frozen=True)
class Sample:
    """One event: its receipt, its own time, and, where the reader may see the system, what it is."""

    event: str
    href: str
    at: datetime | None
    type: str
    system: str
    system_href: str
    position: int


def of_segment(leaf: int, count: int, systems: Systems, readable: bool) -> tuple[Sample, ...]:
    """The first and last events of a segment; what they are only for a reader who may know it."""
    found = []
    for held in receipts.sample_events(Path(settings.PLUMBLINE.data), leaf, count, SHOWN):
        known = readable or held.system in systems
        name, href = systems.get(held.system, (held.system, ""))
        found.append(
            Sample(
                event=str(held.event),
                href=reverse("event", args=[held.event]),
                at=clock.parse_rfc3339(held.time) if known else None,
                type=held.type if known else "",
                system=name if known else "",
                system_href=href if known else "",
                position=held.position,
            )
        )
    return tuple(found)


def of_window(result: Any, systems: Systems) -> tuple[Sample, ...]:
    """The first events of the window of a result on an AI system; none while the store does not answer."""
    store: Reader = RemoteStore(Path(settings.PLUMBLINE.data), timeout=PATIENCE)
    try:
        rows = store.events(result.subject, result.window_start, result.window_end, SHOWN)
    except Unavailable:
        return ()
    return tuple(
        Sample(
            str(row.id),
            reverse("event", args=[row.id]),
            row.time,
            row.type,
            *systems.get(row.system, (row.system, "")),
            row.position,
        )
        for row in rows
    )


@dataclass(frozen=True)
class Said:
    """What an event says of a decision: a person's review, or what turned out to be true."""

    type: str
    at: datetime
    says: str
    by: str
    href: str


def following(event: UUID) -> tuple[Said, ...]:
    """What was said of an event afterwards, in order; nothing while the store does not answer."""
    store: Reader = RemoteStore(Path(settings.PLUMBLINE.data), timeout=PATIENCE)
    try:
        rows = store.following(event, THREAD)
    except Unavailable:
        return ()
    return tuple(
        Said(
            row.type,
            row.time,
            (row.review or "").capitalize() or row.truth or row.outcome or "Recorded",
            row.reviewer or "",
            reverse("event", args=[row.id]),
        )
        for row in rows
    )
