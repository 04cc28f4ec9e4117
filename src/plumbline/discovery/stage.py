"""Telemetry → sightings: reads which systems the sealed segments name, from its own place in the trail."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from plumbline.discovery.models import Cursor, Sighting
from plumbline.trail import log

_CHUNK = 500
_SOURCES = 500


class SightingsStage:
    """Counts the events of every system that telemetry names, registered or not."""

    name = "sightings"

    def advance(self) -> bool:
        """Read the next trail entries; ``False`` when there are none."""
        cursor, _ = Cursor.objects.get_or_create(name=self.name)
        stop = min(log.size(), cursor.position + _CHUNK)
        if stop <= cursor.position:
            return False
        with transaction.atomic():
            for leaf in log.leaves(cursor.position, stop):
                if leaf.entry_type == "telemetry.segment":
                    self._note(leaf)
            Cursor.objects.filter(name=self.name).update(position=stop)
        return True

    def _note(self, leaf: log.LeafView) -> None:
        facts = leaf.facts
        source = str(facts.get("source", ""))
        for slug, number in facts["systems"].items():
            row, _ = Sighting.objects.get_or_create(
                slug=slug, defaults={"first_seen": leaf.time, "last_seen": leaf.time, "sources": source}
            )
            sources = row.sources.split(", ") if row.sources else []
            if source and source not in sources:
                row.sources = ", ".join([*sources, source])[:_SOURCES]
            Sighting.objects.filter(pk=row.pk).update(
                events=F("events") + number, last_seen=leaf.time, sources=row.sources
            )
