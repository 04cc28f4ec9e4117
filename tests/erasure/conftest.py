"""An organization with records, an account and telemetry in which canaries were planted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from tests.records.conftest import installation, mina, sara, someone

from plumbline.erasure import commands
from plumbline.erasure.execution import commands as execution
from plumbline.erasure.models import ErasureRequest
from plumbline.identity.actors import Actor
from plumbline.kernel.ids import uuid7
from plumbline.records import commands as records
from plumbline.telemetry import intake, openings, spool
from plumbline.telemetry.mover import MoverStage
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.trail import publisher
from plumbline.trail.key_store import opened

__all__ = ["installation", "mina", "sara", "someone"]
CANARY = "quokka"
"""Every planted text has it, in some spelling."""


@dataclass
class Place:
    """The data folder, its evidence store, and what was planted."""

    data: Path
    store: DuckStore
    risk: str = ""
    events: list[UUID] = field(default_factory=list)

    def send(self, *events: dict[str, Any]) -> list[UUID]:
        """Send events as a sender would; their ids."""
        made = [{"id": str(uuid7()), "time": datetime(2026, 3, 4, tzinfo=UTC).isoformat(),
                 "system": "claims-triage", "type": "decision", **event} for event in events]  # fmt: skip
        body = json.dumps({"source": "test", "events": made}).encode()
        intake.accept(body, "application/json", "", "tok_sender", settings.PLUMBLINE)
        return [UUID(event["id"]) for event in made]

    def move(self) -> None:
        """Let the mover catch up."""
        while MoverStage(self.data, self.store).advance():
            pass

    def found_in(self, text: str = CANARY) -> set[str]:
        """Tables and files of the installation in which ``text`` stands."""
        return {*_tables_with(text.encode()), *self.files_with(text.encode())}

    def files_with(self, text: bytes) -> set[str]:
        """Files of the data folder in which ``text`` stands, those of databases with their logs included."""
        return {
            str(file.relative_to(self.data))
            for file in self.data.rglob("*")
            if file.is_file() and text in file.read_bytes()
        }


def _tables_with(text: bytes) -> set[str]:
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                values = (bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row)
                if any(text in value for value in values):
                    found.add(table)
    return found


@pytest.fixture
def place(installation: Actor, tmp_path: Path) -> Iterator[Place]:
    """The installation; its files are closed afterwards."""
    made = Place(tmp_path, DuckStore(tmp_path / "evidence.duckdb"))
    yield made
    made.store.close()
    for file in (
        spool._spools.pop(tmp_path / "spool.db", None),
        openings._stores.pop(tmp_path / "openings.db", None),
    ):
        if file is not None:
            file.close()
    opened.forget(tmp_path)


@pytest.fixture
def planted(place: Place, mina: Actor) -> Place:
    """A risk, its comment and file, and events of one data subject among those of others."""
    made = records.create(mina, "risk", {"title": "Refusals of quokka", "description": "Says quokka."})
    records.create(mina, "risk", {"title": "Another", "description": "Stays."})
    changed = {"description": "Still says quokka."}
    records.amend(mina, made.reference, changed, revision=made.revision, note="A quokka asked")
    records.comment(mina, made.reference, "quokka called")
    records.attach(mina, made.reference, "quokka.txt", b"a letter of quokka", "text/plain")
    place.risk = made.reference
    place.events = place.send(
        {
            "subject": "quokka-17",
            "input": "I am quokka",
            "outcome": "refuse",
            "features": {"town": "quokkaville"},
        },
        {"subject": "other-1", "input": "somebody else", "features": {"town": "elsewhere"}},
        {"input": "nobody"},
    )
    place.move()
    place.send({"type": "review", "about": str(place.events[0]), "review": {"decision": "approve"},
                "input": "quokka again"})  # fmt: skip
    place.move()
    place.send({"subject": "quokka-17", "input": "quokka waits in the spool"})
    publisher.publish()
    return place


@pytest.fixture
def erase(planted: Place, mina: Actor, sara: Actor) -> Callable[..., ErasureRequest]:
    """Asks as Mina, approves as Sara, and does the work."""

    def done(kind: str, target: str, **more: Any) -> ErasureRequest:
        asked = commands.request(
            mina, kind=kind, target=target, reason="They asked.", **{"ground": "gdpr-17-1-a", **more}
        )
        row = commands.approve(sara, asked.handle)
        return execution.run(row, planted.store)

    return done
