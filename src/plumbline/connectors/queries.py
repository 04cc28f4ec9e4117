"""What can be asked of connections. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plumbline.connectors.models import Connection
from plumbline.kernel.messages import Text
from plumbline.kernel.problems import NotFound


@dataclass(frozen=True)
class FaultView:
    """One thing wrong with one fact, named by the key of its record."""

    key: str
    field: str
    message: Text
    remedy: Text


@dataclass(frozen=True)
class ConnectionView:
    """A connection: what it reads for whom, what came of it so far, and what is wrong."""

    handle: str
    connector: str
    name: str
    person: str
    settings: dict[str, str]
    last_read_at: datetime | None
    due_at: datetime
    error: str
    created: int
    amended: int
    faults: tuple[FaultView, ...]


def view(row: Connection) -> ConnectionView:
    """A connection as others see it."""
    return ConnectionView(
        handle=row.handle,
        connector=row.connector,
        name=row.name,
        person=row.person.full_name,
        settings=dict(row.settings),
        last_read_at=row.last_read_at,
        due_at=row.due_at,
        error=row.error,
        created=row.created,
        amended=row.amended,
        faults=tuple(FaultView(f.key, f.field, f.message, f.remedy) for f in row.faults.all()),
    )


def connection_row(handle: str) -> Connection:
    """The connection with this id or name. Raises `NotFound`."""
    rows = Connection.objects.select_related("person")
    found = rows.filter(handle=handle).first() or rows.filter(name=handle).first()
    if found is None:
        raise NotFound("There is no connection with this id or name.")
    return found


def connection(handle: str) -> ConnectionView:
    """The connection with this id or name. Raises `NotFound`."""
    return view(connection_row(handle))


def connections() -> list[ConnectionView]:
    """Every connection, by name."""
    return [view(row) for row in Connection.objects.select_related("person").prefetch_related("faults")]
