"""What is done to the telemetry as a whole, each time with an entry in the trail."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from plumbline.telemetry import rebuild as rebuilding
from plumbline.telemetry import store_check
from plumbline.telemetry.rebuild import Progress, Rebuilt
from plumbline.trail import log

_NAMED = 200
"""Entries named in the facts of an entry at most; all of them are counted."""


def rebuild(actor: str, data: Path, source: Path | None = None, progress: Progress | None = None) -> Rebuilt:
    """Make lost stores anew (`plumbline.telemetry.rebuild`), and leave the entry that says so."""
    found = rebuilding.rebuild(data, source, progress)
    with transaction.atomic():
        log.append(
            "telemetry.rebuilt",
            actor=actor,
            facts={
                "segments": found.segments,
                "events": found.events,
                "copied": found.copied,
                "missing": len(found.missing),
                "missing_entries": list(found.missing[:_NAMED]),
                "foreign": len(found.foreign),
                "foreign_entries": list(found.foreign[:_NAMED]),
            },
            source="telemetry",
        )
    store_check.keep(data, ())
    return found
