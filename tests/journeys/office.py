"""The people of a journey: a process beside the server that acts as named persons, through the same door.

It reads one JSON object a line, ``{"do": …, "with": {…}}``, and answers ``{"is": …}`` or ``{"problem": …}``.
It opens the data folder that ``PLUMBLINE_DATA`` names, as the commands of the product do.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "plumbline.server.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from plumbline.controls import effectiveness, result_rows  # noqa: E402
from plumbline.controls import models as judged  # noqa: E402
from plumbline.controls import queries as results_of  # noqa: E402
from plumbline.controls.facts import FACTS  # noqa: E402
from plumbline.delivery.models import NoticeRound  # noqa: E402
from plumbline.discovery import queries as sightings  # noqa: E402
from plumbline.identity import commands as people  # noqa: E402
from plumbline.identity import queries as known  # noqa: E402
from plumbline.identity.actors import Actor, actor_of_person  # noqa: E402
from plumbline.identity.models import Token  # noqa: E402
from plumbline.kernel import clock  # noqa: E402
from plumbline.kernel.problems import Problem  # noqa: E402
from plumbline.metrics import models as measured  # noqa: E402
from plumbline.metrics import queries as metrics  # noqa: E402
from plumbline.records import commands, queries  # noqa: E402
from plumbline.telemetry.openings import openings_of  # noqa: E402
from plumbline.telemetry.spool import spool_of  # noqa: E402
from plumbline.telemetry.store.remote import RemoteStore  # noqa: E402
from plumbline.trail import log  # noqa: E402

DATA: Path = settings.PLUMBLINE.data
STORE = RemoteStore(DATA)


def _actor(email: str) -> Actor:
    return actor_of_person(known.person(email))


def _saved(saved: commands.Saved) -> dict[str, Any]:
    return {
        "reference": saved.reference,
        "revision": saved.revision,
        "state": saved.state,
        "leaf": saved.leaf,
    }


def hire(email: str, name: str, role: str) -> str:
    """Give somebody an account and a role."""
    person = people.create_person(Actor.installation(), email=email, full_name=name)
    people.give_grant(Actor.installation(), person, role)
    return str(person.handle)


def token(email: str, scopes: list[str], expired: bool = False) -> str:
    """A token of that person; an expired one is given an end that has passed."""
    made = people.issue_token(
        Actor.installation(),
        owner=known.person(email),
        name="journey",
        scopes=scopes,
        expires=clock.now() + timedelta(days=1),
    )
    if expired:
        past = clock.now() - timedelta(minutes=1)
        Token.objects.filter(handle=made.token.handle).update(expires=past)
    return str(made.text)


def create(who: str, kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """Make a record as that person."""
    return _saved(commands.create(_actor(who), kind, values))


def amend(who: str, reference: str, values: dict[str, Any]) -> dict[str, Any]:
    """Change a record as that person, who has seen its present revision."""
    record, _ = queries.find(_actor(who), reference)
    return _saved(commands.amend(_actor(who), reference, values, revision=record.revision))


def move(who: str, reference: str, step: str, reason: str = "as agreed") -> dict[str, Any]:
    """Take a record one step further as that person."""
    record, _ = queries.find(_actor(who), reference)
    return _saved(commands.move(_actor(who), reference, step, revision=record.revision, reason=reason))


def facts(kind: str) -> list[dict[str, Any]]:
    """Every record of a kind as plain values."""
    return [dict(row) for row in queries.claimed(kind)]


def results(check: str, subject: str) -> list[dict[str, Any]]:
    """Results of a check on a system, every window, newest first."""
    rows = result_rows.results(check=check, subject=subject, latest=False, limit=10_000)
    return [result_rows.result_dict(row) for row in rows]


def proof(reference: str) -> dict[str, Any]:
    """What proves a corrective action, as it stands now."""
    found = effectiveness.effectiveness(reference)
    return {
        "proved": found.proved,
        "reason": str(found.reason),
        "results": len(found.results),
        "carried_out": clock.rfc3339(found.carried_out) if found.carried_out else "",
    }


def readings(metric: str, system: str, windows: list[list[str]]) -> list[dict[str, float | None]]:
    """A metric by feature in each of the windows, from the running store by the product's own function."""
    found = []
    for start, end in windows:
        read = metrics.measures([metric], system, clock.parse_rfc3339(start), clock.parse_rfc3339(end), STORE)
        found.append({name: one.value for name, one in read[metric].items()})
    return found


def series(metric: str, system: str, start: str, end: str) -> list[list[Any]]:
    """A metric by day: value, population."""
    first, last = clock.parse_rfc3339(start), clock.parse_rfc3339(end)
    return [[one.value, one.population] for one in metrics.series(metric, system, start=first, end=last)]


def seen() -> dict[str, int]:
    """Systems that events speak of without being registered: how many events of each."""
    return {row.slug: row.events for row in sightings.unregistered(clock.now().date())}


def events(system: str) -> list[dict[str, Any]]:
    """Every event of a system that the store holds."""
    first, last = clock.parse_rfc3339("1990-01-01T00:00:00Z"), clock.now() + timedelta(days=2)
    return [
        {"id": str(row.id), "type": row.type, "time": clock.rfc3339(row.time), "leaf": row.leaf}
        | {"is_error": row.is_error, "streamed": row.streamed, "tool_calls": row.tool_calls}
        | {"operation": row.operation, "model": row.model, "in": row.tokens_in, "out": row.tokens_out}
        for row in STORE.events(system, first, last, 1_000_000)
    ]


def systems() -> dict[str, int]:
    """How many events of each system the store holds."""
    return {row.slug: row.count for row in STORE.systems()}


def written() -> dict[str, int]:
    """How much there is in the trail, the spool and the store: what a refusal must leave as it was."""
    spool = spool_of(DATA)
    with spool._lock:
        spooled = dict(
            zip(
                ("segments", "known"),
                spool._durable.execute(
                    "SELECT (SELECT count(*) FROM segment), (SELECT count(*) FROM seen)"
                ).fetchone(),
                strict=True,
            )
        )
    stored = sum(row.count for row in STORE.systems())
    return {"log": log.size(), "stored": stored, **spooled}


def opening(event: str) -> str:
    """The exact text that was sealed of an event."""
    from uuid import UUID

    found = openings_of(DATA).of_event(UUID(event))
    return found.body.decode() if found else ""


def entry(index: int) -> dict[str, Any]:
    """Body of one trail entry."""
    body: dict[str, Any] = json.loads(log.leaf(index).body)
    return body


def look_for_notices() -> None:
    """Let the next look at what newly waits for everybody begin at once; otherwise it comes once a minute."""
    NoticeRound.objects.update(started_at=None)


def settled() -> bool:
    """Whether every stage has seen what the one before it has written."""
    connection.close()
    if spool_of(DATA).unmoved():
        return False
    rolled = measured.Cursor.objects.filter(name="rollup").values_list("leaf", flat=True).first()
    cursors = dict(judged.Cursor.objects.values_list("name", "number"))
    read = dict(judged.Cursor.objects.values_list("name", "text"))
    last = judged.Result.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    signed = log.latest_checkpoint()
    return (
        (-1 if rolled is None else rolled) >= STORE.watermark()
        and cursors.get("points", 0) >= metrics.newest()
        and cursors.get("references", 0) >= metrics.newest_reference()
        and not judged.Due.objects.exists()
        and cursors.get("triage", 0) >= last
        and cursors.get("revisions", 0) >= results_of.newest_revision()
        and all(
            read.get(name) == hashlib.sha256(fact.stamp().encode()).hexdigest()
            for name, fact in FACTS.items()
        )
        and signed is not None
        and signed.size >= log.size()
    )


ACTS: dict[str, Callable[..., Any]] = {
    act.__name__: act
    for act in (
        hire, token, create, amend, move, facts, results, proof, readings, series, seen, events, systems,
        written, opening, entry, settled, look_for_notices,
    )
}  # fmt: skip


def main() -> None:
    """Answer until the asker hangs up."""
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"is": ACTS[asked["do"]](**asked["with"])}
        except Problem as problem:
            answer = {"problem": {"class": type(problem).__name__, **problem.as_dict()}}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
