"""Fills a new data folder with a few records and events, by the doors of whichever version is imported."""

import json
import os
import uuid
from datetime import timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "plumbline.server.settings"
import django

django.setup()

from plumbline.config import load  # noqa: E402 - needs Django set up
from plumbline.identity import commands as people  # noqa: E402 - as above
from plumbline.identity import queries  # noqa: E402 - as above
from plumbline.identity.actors import Actor, actor_of_person  # noqa: E402 - as above
from plumbline.kernel import clock  # noqa: E402 - as above
from plumbline.records import commands  # noqa: E402 - as above
from plumbline.telemetry import intake  # noqa: E402 - as above

operator = Actor.installation()
mina = min(queries.people(active=True), key=lambda person: person.pk)
actor = actor_of_person(mina)
noor = people.create_person(operator, email="noor@example.org", full_name="Noor Haddad")
people.give_grant(operator, noor, "viewer")
late = people.create_person(operator, email="late@example.org", full_name="Late Joiner")
people.set_password(late, "a quiet ledger of claims")

values = {
    "title": "Claims Triage",
    "slug": "claims-triage",
    "owner": mina.email,
    "purpose": "Sorts incoming claims by urgency.",
}
first = commands.create(actor, "ai-system", values)
values = {
    "title": "Chat Assist",
    "slug": "chat-assist",
    "owner": mina.email,
    "purpose": "Answers questions of customers.",
}
second = commands.create(actor, "ai-system", values)
purpose = {"purpose": "Answers questions of customers about open claims."}
commands.amend(actor, second.reference, purpose, revision=second.revision)
commands.comment(actor, first.reference, "Looked at on the first day.")
commands.attach(
    actor, first.reference, name="note.txt", content=b"Kept for the test.", media_type="text/plain"
)
people.issue_token(
    actor, name="gateway", scopes=["ingest"], expires=clock.now() + timedelta(days=300), owner=mina
)
events = [
    {
        "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"event {number}")),
        "type": "decision",
        "system": "claims-triage",
        "time": clock.rfc3339(clock.now() - timedelta(minutes=number)),
        "outcome": "accepted",
        "features": {"amount": float(number)},
    }
    for number in range(50)
]
body = json.dumps({"source": "gateway", "counter": 0, "events": events}).encode()
intake.accept(body, "application/json", "", mina.handle, load())
