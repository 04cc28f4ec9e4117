"""Setting connections up and taking them down. Each leaves an entry in the trail."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from plumbline.connectors import port
from plumbline.connectors.models import Connection
from plumbline.connectors.queries import ConnectionView, connection_row, view
from plumbline.identity import actors, policy
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.canonical import canonical
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed
from plumbline.trail import log


def add(actor: Actor, slug: str, name: str, settings: Mapping[str, str], person: Person) -> ConnectionView:
    """Read an outside system from now on, with the rights of ``person``.

    Only the operator at the machine does this: a connector reads files and addresses that the server
    reaches and people at their browsers do not. Raises `NotAllowed`, also when ``person`` may not import
    records of its kinds, `Invalid` naming every faulty setting, `Conflict` for a name that is taken.
    """
    if not actor.is_stage:
        raise NotAllowed("A connection is set up on the machine itself: plumbline connector add.")
    connector = port.get(slug)
    for kind in connector.kinds:
        policy.require(actors.actor_of_person(person), "import", kind=kind, anywhere=True)
    form = connector.settings_form(dict(settings))
    faults = [
        Fault(
            setting,
            "is not a setting of this connector",
            say("fault.one-of", "one of: {names}", names=", ".join(form.fields)),
        )
        for setting in settings
        if setting not in form.fields
    ]
    faults += [Fault(setting, " ".join(map(str, errors))) for setting, errors in form.errors.items()]
    name = name.strip()
    if not name or len(name) > 100:
        faults.append(Fault("name", "is empty or longer than 100 characters", "a short name"))
    if faults:
        raise Invalid("The connection was not added.", faults)
    if Connection.objects.filter(name=name).exists():
        raise Conflict("There is a connection of this name.", [Fault("name", "is taken", "choose another")])
    with transaction.atomic():
        row = Connection.objects.create(
            connector=slug,
            name=name,
            settings={setting: str(value) for setting, value in form.cleaned_data.items()},
            person=person,
            due_at=clock.now(),
        )
        _append_entry(actor, "connection.added", row)
    return view(row)


def remove(actor: Actor, handle: str) -> None:
    """Stop reading an outside system; its records stay. Raises `NotAllowed` or `NotFound`."""
    if not actor.is_stage:
        raise NotAllowed("A connection is removed on the machine itself: plumbline connector remove.")
    row = connection_row(handle)
    with transaction.atomic():
        _append_entry(actor, "connection.removed", row)
        row.delete()


def _append_entry(actor: Actor, entry_type: str, row: Connection) -> None:
    log.append(
        entry_type,
        actor=actor.id,
        subject={"kind": "connection", "ref": row.handle, "person": row.person.handle},
        facts={"connector": row.connector},
        openings={"settings": canonical({"name": row.name, "settings": row.settings})},
    )
