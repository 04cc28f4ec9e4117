"""One record saved through the API against the same record saved by Django alone, in CPU time.

The request goes through the whole API in this process (token, permission, form, record, revision, trail
entry, list index, answer) without a network. The anchor saves an object of the same model with the same
values in a transaction of its own. Both take turns in one run, on a file database with the settings of the
product; medians of process CPU time beside wall time. The promise: at most five times the anchor.

Usage: python bench/save.py [--turns 200] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

AT_MOST = 5.0
VALUES: dict[str, Any] = {
    "title": "Claims of one region wait longer",
    "description": "Claims of one region are sorted as less urgent than they are.",
    "family": "Fairness",
    "source": "iso42001:C.3.4",
    "aims": ["iso42001:C.2.5"],
    "likelihood": 3,
    "harm_to_individuals": 4,
    "harm_to_society": 1,
    "harm_to_organization": 2,
    "assessed_on": "2026-01-15",
    "response": "reduce",
    "accepted_until": "2030-01-01",
}


def _prepare(folder: str) -> str:
    """A new installation in ``folder``, the benchmark's person in it, and a token that may write."""
    os.environ.update({"PLUMBLINE_DATA": folder, "DJANGO_SETTINGS_MODULE": "plumbline.server.settings"})
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings

    from plumbline.identity import commands as people
    from plumbline.identity.actors import Actor, actor_of_person
    from plumbline.kernel import clock
    from plumbline.records import guard
    from plumbline.trail import keys

    with guard.opened("migrate"):
        call_command("migrate", verbosity=0)
    keys.init(Path(folder), settings.PLUMBLINE.guard_file, "plumbline.bench/main/1")
    installation = Actor.installation()
    person = people.create_person(installation, email="mina@example.org", full_name="Mina")
    people.give_grant(installation, person, "aims-manager")
    expires = clock.now() + timedelta(days=1)
    return people.issue_token(actor_of_person(person), name="bench", scopes=["write"], expires=expires).text


def _through_the_api(token: str) -> Callable[[], None]:
    from django.test import Client

    client = Client()
    headers = {"Authorization": f"Bearer {token}", "Host": "127.0.0.1"}
    body = json.dumps({"values": VALUES})

    def save() -> None:
        answer = client.post("/api/v1/risks", body, content_type="application/json", headers=headers)
        assert answer.status_code == 201, answer.content

    return save


def _by_django_alone() -> Callable[[], None]:
    from datetime import date

    from django.db import transaction

    from plumbline.clauses.planning.risks import Risk
    from plumbline.kernel import clock
    from plumbline.records import guard

    values = dict(VALUES, assessed_on=date(2026, 1, 15), accepted_until=date(2030, 1, 1))
    numbers = iter(range(1_000_000))

    def save() -> None:
        now = clock.now()
        with guard.opened("benchmark"), transaction.atomic():
            Risk(
                reference=f"BEN-{next(numbers):06d}",
                kind="bench",
                state="identified",
                author="bench",
                created_at=now,
                updated_at=now,
                **values,
            ).save(force_insert=True)

    return save


def measure(turns: int) -> dict[str, float]:
    """Median milliseconds of CPU and wall of both, and their ratio (CPU)."""
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder:
        token = _prepare(folder)
        works = {"api": _through_the_api(token), "django": _by_django_alone()}
        cpu: dict[str, list[float]] = {name: [] for name in works}
        wall: dict[str, list[float]] = {name: [] for name in works}
        for turn in range(turns + 20):
            for name, work in works.items():
                begun, began = time.process_time_ns(), time.perf_counter_ns()
                work()
                if turn >= 20:  # the first ones fill caches
                    cpu[name].append((time.process_time_ns() - begun) / 1e6)
                    wall[name].append((time.perf_counter_ns() - began) / 1e6)
    found = {f"{name}_cpu_ms": statistics.median(times) for name, times in cpu.items()}
    found |= {f"{name}_wall_ms": statistics.median(times) for name, times in wall.items()}
    return found | {"ratio": found["api_cpu_ms"] / found["django_cpu_ms"]}


def main() -> int:
    """Print the figures; 1 when the promise is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.turns)
    if options.json:
        print(json.dumps({name: round(value, 3) for name, value in found.items()}))
    else:
        for label, name in (("one record through the API", "api"), ("the same by Django alone", "django")):
            cpu, wall = found[f"{name}_cpu_ms"], found[f"{name}_wall_ms"]
            print(f"{label:28} {cpu:.2f} ms CPU, {wall:.2f} ms wall")
        print(f"ratio (CPU)                  {found['ratio']:.1f}, promised at most {AT_MOST:.0f}")
    return int(found["ratio"] > AT_MOST)


if __name__ == "__main__":
    sys.exit(main())
