"""One record saved through the API against the same record saved by Django alone.

The request goes through the whole API in this process (token, permission, form, record, revision, trail
entry, list index, answer) without a network. The anchor saves an object of the same model with the same
values in a transaction of its own, on the same database with the settings of the product.

    python bench/save.py [--repetitions 15] [--postgresql]
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import installation
import table
from table import Cost, Promise, Row, Scale

RATIO = 5.0
TURNS = 20
"""Records saved in one measured run, since a single one is too short for the clock of CPU time."""
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


def repeated(save: Callable[[], None]) -> Callable[[], None]:
    """The work of one measured run."""

    def run() -> None:
        for _ in range(TURNS):
            save()

    return run


def each(cost: Cost) -> Cost:
    """The cost of one record."""
    return Cost(cost.value / TURNS, None if cost.cpu is None else cost.cpu / TURNS)


def rows(scale: Scale) -> Iterator[Row]:
    """One record through the API."""
    with installation.in_process(postgresql=scale.postgresql):
        token = installation.issue_token("write")
        here, anchor = table.compare(
            repeated(_through_the_api(token)), repeated(_by_django_alone()), scale.repetitions
        )
        promise = Promise("cpu ratio", RATIO)
        yield Row("one record saved through the API", "bare Django save", each(here), each(anchor), promise)


if __name__ == "__main__":
    table.run(rows)
