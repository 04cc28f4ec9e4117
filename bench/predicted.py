"""Predicted findings over a large register: every rule over 10,000 records, in at most five seconds.

The records are put past the door: risks of 200 AI systems, each text a little different. The anchor is the
snapshot alone, that is the reading without the rules; the promise is five seconds.

    python bench/predicted.py [--repetitions 15] [--postgresql]
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import installation
import table
from installation import EMAIL
from table import Promise, Row, Scale

RECORDS, SYSTEMS, MOST_MS = 10_000, 200, 5_000.0


def fill(records: int) -> None:
    """AI systems through the door, and risks of them past it, each with a revision."""
    from django.db import transaction

    from plumbline.clauses.planning.risks import Risk
    from plumbline.identity import queries as people
    from plumbline.identity.actors import actor_of_person
    from plumbline.kernel import clock
    from plumbline.records import commands, examples, guard, kinds
    from plumbline.records.models import Record, Revision

    manager, systems = actor_of_person(people.person(EMAIL)), []
    kind, now = kinds.get("ai-system"), clock.now() - timedelta(days=200)
    for number in range(min(SYSTEMS, records // 10)):
        changes = {"slug": f"system-{number:04}", "title": f"System {number}", "lifecycle": "in operation"}
        saved = commands.create(manager, kind.slug, examples.values_of(kind, lambda other: "", changes))
        systems.append(Record.objects.get(reference=saved.reference).pk)
    with guard.opened("benchmark"), transaction.atomic():
        for number in range(records - len(systems)):
            risk = Risk(
                reference=f"RSK-{number + 1000:06}",
                kind="risk",
                title=f"Risk {number}",
                state="identified",
                created_at=now,
                updated_at=now,
                system_id=systems[number % len(systems)],
                description=f"Claims of kind {number} are ranked too low when the data drift.",
                cause=f"The model saw too few of kind {number}.",
            )
            risk.save_base(raw=False, force_insert=True)
            Revision.objects.create(
                record_id=risk.pk, number=1, verb="created", state="identified", actor="bench", at=now, leaf=0
            )


def rows(scale: Scale) -> Iterator[Row]:
    """Every rule over everything, as somebody asks who reads it all, against the same rows read bare."""
    with installation.in_process(postgresql=scale.postgresql):
        from plumbline.assurance import queries, reading
        from plumbline.identity.actors import Actor
        from plumbline.records import read_log

        records = scale.size(RECORDS, 100)
        fill(records)

        def predict() -> int:
            with read_log.collected():
                return len(queries.predicted(Actor.installation()).findings)

        here, anchor = table.compare(predict, reading.snapshot, scale.repetitions)
        yield Row(
            f"predicted findings of {records:,} records",
            "the snapshot alone",
            here,
            anchor,
            Promise("cpu", MOST_MS),
        )


if __name__ == "__main__":
    table.run(rows)
