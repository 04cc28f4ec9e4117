"""The posture of a large organization: 200 live systems, every check, every requirement.

The systems are registered through the door. Each check on telemetry has a reading of each system, nine of
ten of them within the limit; the checks on records are judged by the stage itself, over the members that it
finds. The anchor reads the same results as bare rows of the database. The promise is about CPU time: what a
page waits for on a machine that does nothing else.

    python bench/posture.py [--repetitions 15] [--postgresql]
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import installation
import table
from installation import EMAIL
from table import Promise, Row, Scale

SYSTEMS, MOST_MS = 200, 300.0


def register(systems: int) -> None:
    """Live AI systems, complete but for what differs."""
    from plumbline.identity import queries as people
    from plumbline.identity.actors import actor_of_person
    from plumbline.records import commands, examples, kinds

    manager = actor_of_person(people.person(EMAIL))
    kind = kinds.get("ai-system")
    for number in range(systems):
        changes = {"slug": f"system-{number:04}", "title": f"System {number}", "lifecycle": "in operation"}
        commands.create(manager, kind.slug, examples.values_of(kind, lambda other: "", changes))


def judge_records(store: object) -> None:
    """Let the stage judge every check on records."""
    from plumbline.controls.engine import Judge

    stage = Judge(store)  # type: ignore[arg-type]  # no check on records asks it
    while stage.advance():
        pass


def report(systems: int) -> None:
    """A reading of each check on telemetry for each system, every tenth beyond its limit."""
    from plumbline.controls import registry
    from plumbline.controls.models import Reading, Result, Run
    from plumbline.kernel import clock
    from plumbline.kernel.messages import Figure, say

    now = clock.now()
    run = Run.objects.create(at=now, size=0, root="0" * 64, catalog_version="bench", leaf=0)
    results = [
        Result(
            run=run, position=place, check_name=check.slug, subject=f"system-{number:04}",
            window_start=now - timedelta(hours=1), window_end=now, seen_until=now, strength="Operating",
            word="Over limit" if number % 10 == 0 else "Within", value=0.1, unit="ratio", limit_value=0.2,
            reason=say(
                "measure.compared", "{value} against a limit of {limit}, from {values} values.",
                value=Figure(0.1, "ratio"), limit=Figure(0.2, "ratio"), values=500,
            ),
            population=500, source_digest="0" * 64, evidence_digest="0" * 64, catalog_version="bench",
            salt=b"0" * 16, leaf=0, recorded_at=now,
        )
        for place, (check, number) in enumerate(
            (check, number)
            for check in registry.all_checks()
            if check.on_telemetry
            for number in range(systems)
        )
    ]  # fmt: skip
    Result.objects.bulk_create(results, batch_size=500)
    Reading.objects.bulk_create(
        Reading(check_name=row.check_name, subject=row.subject, result=row) for row in results
    )


def rows(scale: Scale) -> Iterator[Row]:
    """The posture against the bare rows that it is made of."""
    with installation.in_process(postgresql=scale.postgresql) as folder:
        from plumbline.controls import posture
        from plumbline.controls.models import Reading, Result
        from plumbline.telemetry.store.duckdb import DuckStore

        systems = scale.size(SYSTEMS, 10)
        register(systems)
        store = DuckStore(folder / "evidence-of-bench.duckdb")
        judge_records(store)
        store.close()
        report(systems)
        columns = [field.name for field in Result._meta.concrete_fields if field.name != "members"]

        def bare() -> int:
            wanted = Result.objects.filter(pk__in=Reading.objects.values("result"))
            return len(list(wanted.values_list(*columns)))

        here, anchor = table.compare(posture.posture, bare, scale.repetitions)
        work = f"posture of {systems} systems"
        yield Row(work, "the same results as bare rows", here, anchor, Promise("cpu", MOST_MS))


if __name__ == "__main__":
    table.run(rows)
