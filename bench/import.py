"""A register imported, against Django's own bulk insert of the same rows into one bare table.

Here: a confirmed import of a register of AI systems, from its kept file to records. Each row is read through
the map and checked by the form that every door uses; each record gets a reference, a row in the base table
and in that of its kind, a revision, an index row for lists, and an entry in the trail with its opening; the
chunks are short and leave others room to write between them. The anchor: the same values, already clean, as
one row each in a table without an index, by ``bulk_create`` in one transaction. The second line is the
preview, which checks every row against the same form and writes no record. Both are then held against what
was promised without an anchor: 300 rows written a second, 5,000 rows previewed in ten seconds.

    python bench/import.py [--repetitions 15] [--postgresql]
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import installation
import table
from table import Promise, Row, Scale

ROWS = 1_000
RATIO = 10.0
"""What is kept today. The aim of the batch door is 3.33 (three tenths of a bare table). What is left is the
form that cleans every value, the four rows beside the record's own, and the short chunks."""
ROWS_A_SECOND = 300
PREVIEWED, PREVIEW_SECONDS = 5_000, 10
MAP = """
kind: ai-system
key: {columns: [id]}
fields:
  title: name
  slug: {column: id, slug: 60}
  purpose: purpose
  lifecycle: stage
  topic: topic
  business_area: area
  started_on: {column: begun, dates: ["%Y-%m-%d"]}
"""
STAGES = ("planned", "in development", "in operation", "retired")


def register(number: int, count: int) -> bytes:
    """A register whose keys no other one has."""
    lines = ["id,name,purpose,stage,topic,area,begun"]
    lines += [
        f"r{number}-{line},System {line} of {number},It sorts incoming claims of type {line}.,"
        f"{STAGES[line % 4]},Topic {line % 20},Area {line % 7},2024-{line % 12 + 1:02d}-01"
        for line in range(count)
    ]
    return "\n".join(lines).encode()


def bare_model() -> Any:
    """A table with the columns of a record and of an AI system, and nothing else. It is created."""
    from django.db import connection, models

    from plumbline.clauses.operation.systems import AISystem

    columns: dict[str, Any] = {"__module__": "plumbline.clauses.models"}
    for field in AISystem._meta.concrete_fields:
        if field.primary_key:
            continue
        if field.is_relation:
            columns[field.attname] = models.BigIntegerField(null=True)
        else:
            columns[field.name] = field.clone()
            columns[field.name]._unique = columns[field.name].db_index = False
    columns["Meta"] = type("Meta", (), {"app_label": "clauses"})
    bare = type("BareRow", (models.Model,), columns)
    with connection.schema_editor() as editor:
        editor.create_model(bare)
    return bare


def rows(scale: Scale) -> Iterator[Row]:
    """Writing an import, and previewing it."""
    count, numbers = scale.size(ROWS, least=100), itertools.count()
    with installation.in_process(postgresql=scale.postgresql):
        from django.db import transaction

        from plumbline.clauses.operation.systems import AISystem
        from plumbline.imports import commands, plan, stage

        actor, bare = installation.manager(), bare_model()
        previews = [
            commands.keep(
                actor, plan.plan_file(actor, "", register(next(numbers), count), MAP), "register.csv"
            )
            for _ in range(scale.repetitions + 1)
        ]
        waiting = iter(previews)

        def here() -> None:
            job = next(waiting)
            commands.confirm(actor, job.handle)
            while stage.advance(job.handle):
                pass

        clean: list[dict[str, Any]] = []

        def anchor() -> None:
            if not clean:
                names = [field.attname for field in AISystem._meta.concrete_fields if not field.primary_key]
                clean.extend(
                    {name: getattr(record, name) for name in names}
                    for record in AISystem.objects.all()[:count]
                )
            with transaction.atomic():
                bare.objects.bulk_create([bare(**values) for values in clean])

        costs = table.compare(here, anchor, scale.repetitions)
        made = AISystem.objects.count()
        if made != count * (scale.repetitions + 1):
            raise SystemExit(f"only {made} records were written")
        yield Row(f"import of {count:,} rows", "bulk_create", *costs, Promise("cpu ratio", RATIO))
        most = Promise("cpu", count / ROWS_A_SECOND * 1_000)
        yield Row(f"import of {count:,} rows", f"{ROWS_A_SECOND} a second", costs[0], None, most)
        file = register(next(numbers), count)
        costs = table.compare(lambda: plan.plan_file(actor, "", file, MAP), anchor, min(scale.repetitions, 5))
        yield Row(f"preview of {count:,} rows", "bulk_create", *costs)
        many = scale.size(PREVIEWED, least=count)
        file = register(next(numbers), many)
        few = [table.time_once(lambda: plan.plan_file(actor, "", file, MAP)) for _ in range(3)]
        most = Promise("cpu", PREVIEW_SECONDS * 1_000)
        yield Row(f"preview of {many:,} rows", f"{PREVIEW_SECONDS} s", table.median_cost(few), None, most)


if __name__ == "__main__":
    table.run(rows)
