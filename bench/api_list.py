"""CPU time of 1,000 records through the API list, and its ratio to a bare ``.values()`` and ``json.dumps``.

Run ``python bench/api_list.py``; the promise is at most 35 ms on the machine that builds Plumbline. The
records are seeded past the door, in a data folder of their own.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

RECORDS = 1_000
ROUNDS = 15
PROMISE = 35.0  # ms of CPU


def _prepare(folder: str) -> None:
    os.environ["PLUMBLINE_DATA"] = folder
    os.environ["PLUMBLINE_API_RATE"] = "0"
    os.environ["DJANGO_SETTINGS_MODULE"] = "plumbline.server.settings"
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings

    from plumbline.records import guard
    from plumbline.trail import keys

    with guard.opened("migrate"):
        call_command("migrate", verbosity=0)

    keys.init(Path(folder), settings.PLUMBLINE.guard_file, "plumbline.bench/main/1")


def _seed() -> str:
    """A thousand AI systems with text, dates, owner and unit; a token that may read them."""
    from plumbline.clauses.operation import AISystem
    from plumbline.identity import commands as people
    from plumbline.identity.actors import Actor, actor_of_person
    from plumbline.kernel import clock
    from plumbline.records import guard
    from plumbline.records.list_index import commands as list_index

    installation = Actor.installation()
    person = people.create_person(installation, email="mina@example.org", full_name="Mina")
    people.give_grant(installation, person, "aims-manager")
    unit = people.create_unit(installation, name="Claims")
    now = clock.now()
    with guard.opened("benchmark"):
        for number in range(1, RECORDS + 1):
            AISystem(
                reference=f"SYS-{number:04d}",
                kind="ai-system",
                state="draft",
                title=f"System number {number}",
                slug=f"system-{number}",
                purpose="Sorts what comes in and says why. " * 6,
                outputs="A proposal with a score.",
                lifecycle="in operation",
                effect="direct",
                regions=("european union", "united states"),
                started_on=now.date(),
                next_review=now.date(),
                owner=person,
                unit=unit,
                author="stage:bench",
                created_at=now,
                updated_at=now,
            ).save(force_insert=True)
    list_index.refresh()
    return people.issue_token(
        actor_of_person(person), name="bench", scopes=["read"], expires=now + timedelta(days=1)
    ).text


def _cpu(act: Callable[[], object]) -> float:
    """Milliseconds of CPU of the best of several rounds."""
    found = []
    for _ in range(ROUNDS):
        began = time.process_time()
        act()
        found.append((time.process_time() - began) * 1_000)
    return min(found)


def main() -> int:
    """Print the figures; 1 when the promise is broken."""
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder:
        _prepare(folder)
        token = _seed()
        from django.test import Client

        from plumbline.clauses.operation import AISystem

        client = Client()
        headers = {"Authorization": f"Bearer {token}", "Host": "127.0.0.1"}

        def through_the_api() -> None:
            answer = client.get(f"/api/v1/ai-systems?size={RECORDS}", headers=headers)
            assert answer.status_code == 200, answer.content
            assert answer.content.count(b'"SYS-') == RECORDS

        def bare() -> None:
            json.dumps(list(AISystem.objects.order_by("-id").values()[:RECORDS]), default=str)

        api, plain = _cpu(through_the_api), _cpu(bare)
    print(f"api list of {RECORDS} records: {api:.1f} ms CPU (promise {PROMISE:.0f})")
    print(f"bare .values() and json.dumps: {plain:.1f} ms CPU; ratio {api / plain:.2f}")
    return 0 if api <= PROMISE else 1


if __name__ == "__main__":
    sys.exit(main())
