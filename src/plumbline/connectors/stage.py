"""The stage that reads connections when they are due and takes their facts through the door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from django.db import transaction

from plumbline.connectors import port
from plumbline.connectors.models import Connection, ConnectionFault
from plumbline.connectors.port import Fact
from plumbline.identity import actors
from plumbline.identity.actors import Actor
from plumbline.imports import queries as imports
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed, NotFound, Problem
from plumbline.records import commands, kinds

CHUNK = 20
"""Facts taken in one transaction. On SQLite it holds the only write lock, for a tenth of a second at most."""
_CLAIM = timedelta(minutes=1)
"""How long nobody else takes a connection up while it is being read."""
_WITHOUT_CONNECTOR = timedelta(days=1)
"""When to look again for a connector whose plugin was removed."""


class ConnectorStage:
    """Reads outside systems, a chunk of facts for each call."""

    name = "connectors"

    def advance(self) -> bool:
        """Take the next facts of the connection that has been due longest; whether any was due."""
        due = Connection.objects.filter(due_at__lte=clock.now()).select_related("person")
        connection = due.order_by("due_at", "id").first()
        if connection is None:
            return False
        advance(connection)
        return True


def advance(connection: Connection) -> bool:
    """Take up to `CHUNK` facts that come after the connection's position; whether there may be more.

    ``False`` also when somebody else is at it: the command line may run beside the flow.
    """
    claimed = clock.now() + _CLAIM
    # Compared and swapped: of two that read the same row, one update finds it unchanged.
    own = Connection.objects.filter(pk=connection.pk, due_at=connection.due_at)
    if not own.update(due_at=claimed):
        return False
    connection.due_at = claimed
    try:
        connector = port.get(connection.connector)
        actor = actors.actor_of_person(connection.person)
        # Read before the transaction: no lock is held while an outside system thinks.
        facts = list(islice(connector.read(connection.settings, connection.position), CHUNK))
    except Problem as problem:
        reasons = [f"{fault.field}: {fault.message}" for fault in problem.faults]
        connection.error = " ".join([str(problem.detail), *reasons])
        _rest(connection)
        return False
    # Facts and position are committed together: after a crash the same facts are read again, and those that
    # were taken are found by their keys.
    with transaction.atomic():
        for fact in facts:
            _take(connection, actor, fact)
        if facts:
            connection.position = facts[-1].position
        connection.error = ""
        if len(facts) < CHUNK:
            _rest(connection)
        else:
            connection.due_at = clock.now()
            connection.save()
    return len(facts) == CHUNK


def _rest(connection: Connection) -> None:
    """Nothing more to read now; look again after the connector's interval."""
    now = clock.now()
    connection.last_read_at = now
    try:
        connection.due_at = now + port.get(connection.connector).every
    except NotFound:
        connection.due_at = now + _WITHOUT_CONNECTOR
    connection.save()


def _take(connection: Connection, actor: Actor, fact: Fact) -> None:
    connection.faults.filter(key=fact.key).delete()
    faults: Sequence[Fault] = fact.faults
    if not faults:
        try:
            _write(connection, actor, fact)
        except (Invalid, Conflict, NotAllowed, NotFound) as problem:
            faults = problem.faults or (Fault("", problem.detail),)
    ConnectionFault.objects.bulk_create(
        [
            ConnectionFault(
                connection=connection,
                key=fact.key[:200],
                field=fault.field,
                message=fault.message,
                remedy=fault.remedy,
            )
            for fault in faults
        ]
    )


def _write(connection: Connection, actor: Actor, fact: Fact) -> None:
    """Create the record of a fact, or change it when it says something else.

    Through the door like everybody: what a person approved is frozen, and a fact that contradicts it is a
    fault for somebody to look at, not an overwritten record.
    """
    kind = kinds.get(fact.kind)
    note = f"Read from {connection.name}."
    record = imports.by_key(kind, [fact.key]).get(fact.key)
    if record is None:
        commands.create(actor, kind, fact.values, note=note, key=fact.key)
        connection.created += 1
        return
    saved = commands.amend(actor, record.reference, fact.values, revision=record.revision, note=note)
    connection.amended += saved.revision != record.revision
