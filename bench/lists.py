"""Lists among many records, in every order and with every filter that the pages and the API offer.

A page of 25 AI systems, rendered in this process by the whole of Django, among 100 and among 100,000
records: newest, by every column up and down, filtered, searched, as a reader of one unit sees it, the first
page and the last; the same through the API. The records differ in every column; they are put past the door,
and the product builds its list index over them. The anchor of each list is the same list among 100 records,
or the newest of 100 where that is slower, since a filter that leaves two of a hundred fills no page. The
table shows the list that loses most.

    python bench/lists.py [--repetitions 15] [--postgresql]
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import installation
import table
from installation import EMAIL
from table import Cost, Promise, Row, Scale

MORE_MS, QUERIES, API_CPU_MS = 25.0, 8, 35.0
FEW, MANY, API_ROWS = 100, 100_000, 1_000
LIST, API = "/records/ai-systems/", "/api/v1/ai-systems"
READER = "reader@example.org"
UNITS = ("Claims", "Underwriting", "Sales", "Actuaries")
FILTERS = {
    "a third": "lifecycle=in+operation",
    "one in a hundred": "state=retired",
    "few": "sourcing=mixed&autonomy=full",
    "none": "eu_class=prohibited",
    "an owner": f"owner={READER}",
    "a unit": "unit=sales",
    "two": "state=draft&effect=direct",
    "conditions": "where=-lifecycle:planned+next_review:2026-06-01..2027-06-01",
    "linked": "where=-has:impact-assessment(is:in-force)+effect:direct",
}
SEARCHES = {
    "none": "q=nothing+like+it",
    "few": "q=0000",
    "most": "q=system",
    "reference": "q=SYS-0001",
    "sorted": "q=7&sort=next_review",
    "filtered": "q=77&state=draft&sort=-version",
}


def spellings(records: int, sorts: list[str]) -> dict[str, str]:
    """What to ask of the list, by name: the query of its address."""
    last = f"page={max(1, records // 25)}"
    found = {"newest": "", "newest, last page": last, "page 3": "page=3"}
    for name in sorts:
        found |= {f"by {name}": f"sort={name}", f"by {name}, falling": f"sort=-{name}"}
        found |= {f"by {name}, last page": f"sort={name}&{last}"}
    for name, query in FILTERS.items():
        found |= {f"filter: {name}": query, f"filter: {name}, by title": f"{query}&sort=title"}
        found |= {f"filter: {name}, by next_review": f"{query}&sort=-next_review"}
        deep = f"page={max(1, records // 100)}"
        found |= {f"filter: {name}, by version, far in": f"{query}&sort=version&{deep}"}
    return found | {f"search: {name}": query for name, query in SEARCHES.items()}


def varied(number: int) -> dict[str, Any]:
    """The columns in which AI system ``number`` differs from the first one; the same in every run."""
    draw = random.Random(number)
    lifecycle = draw.choice(["in operation", "in development", "planned"])
    state = "retired" if draw.random() < 0.01 else draw.choice(["draft", "in review", "approved"])
    due = None if draw.random() < 0.3 else date(2026, 1, 1) + timedelta(draw.randrange(1500))
    rare = draw.random() < 0.001
    return {
        "reference": f"SYS-{number:04d}",
        "title": f"{draw.choice(UNITS)} system {draw.randrange(10**7):07d}",
        "state": state,
        "unit_id": draw.choice([None, 1, 2, 3, 4]),
        "owner_id": draw.choice([None, 1, 2]),
        "updated_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=draw.randrange(20_000_000)),
        "effective_from": None if draw.random() < 0.5 else date(2024, 1, 1) + timedelta(number % 700),
        "slug": f"system-{number:07d}",
        "lifecycle": lifecycle,
        "effect": draw.choice(["direct", "advisory", "none"]),
        "autonomy": "full" if rare else draw.choice(["assists", "recommends"]),
        "sourcing": "mixed" if rare else "bought",
        "version": f"{draw.randrange(9)}.{draw.randrange(90)}",
        "next_review": due,
        "purpose": f"It helps people at work number {number} with what they have to decide. " * 5,
    }


def fill(until: int) -> None:
    """Copy the first AI system, rows of both tables, with columns of their own, until there are ``until``."""
    from django.db import connection, transaction

    from plumbline.clauses.operation.systems import AISystem
    from plumbline.records import guard
    from plumbline.records.list_index import commands as list_index
    from plumbline.records.models import Record
    from plumbline.records.search_index import commands as search_index

    have = Record.objects.count()
    first = Record.objects.order_by("pk").values_list("pk", flat=True)[0]
    with guard.opened("benchmark"), transaction.atomic(), connection.cursor() as cursor:
        for model in (Record, AISystem):
            fields = model._meta.local_concrete_fields
            names = [field.column for field in fields]
            cursor.execute(
                f'SELECT {", ".join(map(quoted, names))} FROM "{model._meta.db_table}" '
                f'WHERE "{model._meta.pk.column}" = %s',
                [first],
            )
            like = dict(zip(names, cursor.fetchone(), strict=True))
            statement = (
                f'INSERT INTO "{model._meta.db_table}" ({", ".join(map(quoted, names))}) '
                f"VALUES ({', '.join(['%s'] * len(names))})"
            )
            rows = []
            for number in range(have + 1, until + 1):
                key = first + number - 1
                row = like | {"id": key, "record_ptr_id": key, **varied(number)}
                rows.append(
                    [
                        field.get_db_prep_save(row[field.column], connection)
                        if field.column in varied(number)
                        else row[field.column]
                        for field in fields
                    ]
                )
            cursor.executemany(statement, rows)
    list_index.refresh()
    search_index.refresh()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as its own daemon does within a minute


def quoted(name: str) -> str:
    """A column's name as SQL has it."""
    return f'"{name}"'


def processed() -> float:
    """Seconds of CPU that this process and the one that answers it in PostgreSQL have used (Linux tells)."""
    from pathlib import Path

    from django.db import connection

    used = time.process_time()
    if connection.vendor == "postgresql" and connection.connection is not None:
        process = connection.connection.info.backend_pid
        used += int(Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9
    return used


def prepare() -> None:
    """Four units, a reader of the first, and one AI system to copy."""
    from plumbline.identity import commands as people
    from plumbline.identity.actors import Actor
    from plumbline.records import commands

    operator = Actor.installation()
    units = [people.create_unit(operator, name=name) for name in UNITS]
    reader = people.create_person(operator, email=READER, full_name="Reader")
    people.give_grant(operator, reader, "viewer", unit=units[0])
    values = {"title": "AI system 0000001", "slug": "system-0000001", "owner": EMAIL, "purpose": "Measuring."}
    commands.create(installation.manager(), "ai-system", values)


def open_page(browser: Any, address: str) -> None:
    """Open a page that has to be there. Raises `SystemExit`."""
    answer = browser.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")


def caller() -> Any:
    """A client of the API without a network, with a token that may read."""
    from django.test import Client

    token = installation.issue_token("read")
    return Client(headers={"authorization": f"Bearer {token}", "host": "127.0.0.1"})


def cost(work: Callable[[], object], repetitions: int) -> Cost:
    """Median cost of ``work``, with the CPU of PostgreSQL where it answers; two runs do not count."""
    return table.median_cost([table.time_once(work, processed) for _ in range(repetitions + 2)][2:])


def list_costs(records: int, repetitions: int) -> dict[str, Cost]:
    """The cost of every spelling of the list, for the manager, a reader of one unit and the API."""
    from plumbline.records import kinds
    from plumbline.records.list_index import index_columns

    asked = spellings(records, list(index_columns.sorts(kinds.get("ai-system"))))
    doors = (
        ("page: ", installation.browser(), LIST),
        ("reader: ", installation.browser(READER), LIST),
        ("API: ", caller(), API),
    )
    found = {}
    for who, browser, base in doors:
        for name, query in asked.items():
            address = f"{base}?{query}"
            found[who + name] = cost(partial(open_page, browser, address), repetitions)
    return found


def most_queries() -> tuple[int, str]:
    """The largest number of queries of any kind's list page, and which page that is."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from plumbline.records import kinds

    browser = installation.browser()
    found = []
    for kind in kinds.all_kinds():
        address = f"/records/{kind.plural}/"
        open_page(browser, address)
        with CaptureQueriesContext(connection) as asked:
            open_page(browser, address)
        found.append((sum("PRAGMA" not in query["sql"] for query in asked.captured_queries), address))
    return max(found)


def slowest(few: dict[str, Cost], many: dict[str, Cost], records: int) -> Row:
    """The list that loses most among many: by wall or CPU time, whichever says less.

    Other work on the machine lengthens both, and hardly ever both at the same moment.
    """
    losses = {}
    for name, here in many.items():
        newest = few[f"{name.partition(': ')[0]}: newest"]
        before = Cost(max(few[name].value, newest.value), max(few[name].cpu or 0, newest.cpu or 0))
        more = min(here.value - before.value, (here.cpu or 0) - (before.cpu or 0))
        losses[name] = Row(
            f"a list page among {records:,} more than among {FEW}, worst of {len(many)}",
            f"{name}, among {FEW}: {before}; among {records:,}: {here}",
            Cost(more),
            promise=Promise("value", MORE_MS),
        )
    return max(losses.values(), key=lambda row: row.here.value)


def api_row(repetitions: int) -> Row:
    """A thousand records through the API, against a bare query and ``json.dumps`` of all their columns."""
    from plumbline.clauses.operation.systems import AISystem

    browser, address = caller(), f"{API}?size={API_ROWS}"
    if len(browser.get(address).json()["items"]) != API_ROWS:
        raise SystemExit("the API answered fewer")
    here, anchor = table.compare(
        lambda: open_page(browser, address),
        lambda: json.dumps(list(AISystem.objects.order_by("-id").values()[:API_ROWS]), default=str),
        repetitions,
        here_cpu=processed,
        anchor_cpu=processed,
    )
    work = f"{API_ROWS:,} records through the API"
    return Row(work, "values() and json.dumps", here, anchor, Promise("cpu", API_CPU_MS))


def rows(scale: Scale) -> Iterator[Row]:
    """The worst list, the queries of a list page, and a large page of the API."""
    with installation.in_process(postgresql=scale.postgresql):
        prepare()
        fill(FEW)
        few = list_costs(FEW, scale.repetitions)
        records = scale.size(MANY, least=2 * API_ROWS)
        fill(records)
        yield slowest(few, list_costs(records, scale.repetitions), records)
        queries, page = most_queries()
        yield Row(
            "queries of a list page, most of all kinds", page, Cost(queries, unit="queries"),
            promise=Promise("value", QUERIES),
        )  # fmt: skip
        yield api_row(scale.repetitions)


if __name__ == "__main__":
    table.run(rows)
