"""A small organization with rows in every table that follows from the trail, all made through the doors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from plumbline.identity.actors import Actor
    from plumbline.identity.models import Person
    from plumbline.telemetry.store.duckdb import DuckStore


@dataclass
class Organization:
    """The names by which edits find what they change."""

    data: Path
    names: dict[str, Any] = field(default_factory=dict)


@contextmanager
def store(data: Path) -> Iterator[DuckStore]:
    """The evidence store of the organization, open."""
    from plumbline.telemetry.store.duckdb import DuckStore

    opened = DuckStore(data / "evidence.duckdb")
    try:
        yield opened
    finally:
        opened.close()


def found(data: Path) -> Organization:
    """Make the organization in an empty installation."""
    from plumbline.identity.actors import Actor
    from plumbline.trail import keys, publisher

    keys.init(data, settings.PLUMBLINE.guard_file, "plumbline.test/main/1")
    made = Organization(data)
    operator = Actor.installation()
    mina, sara = _people(operator, made)
    _records(mina, sara, made)
    _telemetry(mina, sara, made)
    _results(sara, made)
    _imported(mina, made)
    _bulk(mina, made)
    _life_cycle(mina, made)
    _erasures(mina, sara)
    publisher.publish()
    _packed(mina, made)
    publisher.publish()
    return made


def _people(operator: Actor, made: Organization) -> tuple[Actor, Actor]:
    from plumbline.identity import commands as people
    from plumbline.identity import queries
    from plumbline.identity.absences import commands as absences
    from plumbline.identity.actors import actor_of_person
    from plumbline.identity.federated import commands as federated
    from plumbline.identity.organization import commands as settings
    from plumbline.kernel import clock

    settings.change(operator, {"organization": "Halden", "address": "http://localhost"})
    unit = people.create_unit(operator, name="Claims", slug="claims")
    people.create_unit(operator, name="Motor claims", slug="motor", parent=unit)
    actors = []
    for name in ("Mina", "Sara"):
        person = people.create_person(
            operator, email=f"{name.lower()}@halden.example", full_name=name, password="a long enough secret"
        )
        people.give_grant(operator, person, "aims-manager")
        person.refresh_from_db()
        actors.append(actor_of_person(person))
        made.names[name] = person.handle
    viewer = people.create_person(operator, email="olga@halden.example", full_name="Olga")
    people.give_grant(operator, viewer, "viewer", unit=unit)
    grant = people.give_grant(operator, viewer, "contributor")
    people.revoke_grant(operator, grant)
    made.names |= {"Olga": viewer.handle, "revoked": grant.handle}
    issued = people.issue_token(
        actors[0], name="Nightly", scopes=["read"], expires=clock.now() + timedelta(days=30)
    )
    made.names["token"] = issued.token.handle
    week = clock.today() + timedelta(days=7)
    away = queries.person(actors[0].id)
    made.names["absence"] = absences.record(actors[0], away, deputy=viewer, ends=week).handle
    people.make_one_time_link(viewer)
    _passkey(viewer)
    federated.link(viewer, "https://login.halden.example", "u-1", viewer.email)
    return actors[0], actors[1]


def _passkey(person: Person) -> None:
    from django.test import RequestFactory
    from tests.identity.authenticator import Authenticator

    from plumbline.identity.passkeys import ceremony, commands

    request = RequestFactory().post("/account/passkeys/")
    request.session = {}  # type: ignore[assignment] # all that the ceremony keeps in it is its challenge
    device = Authenticator(origin="http://localhost")
    answer = device.make(ceremony.begin_registration(request, person, []))
    commands.register(request, person, name="Laptop", answer=answer)


def _records(mina: Actor, sara: Actor, made: Organization) -> None:
    from plumbline.kernel import clock
    from plumbline.records import commands, kinds
    from plumbline.records.attachments.dates import Dates
    from plumbline.records.discussion import commands as discussion
    from plumbline.records.merging import commands as merging
    from plumbline.records.related import queries as related

    system = commands.create(
        mina, "ai-system", {"title": "Claims Triage", "slug": "claims-triage", "lifecycle": "in operation"}
    )
    made.names["system"] = system.reference
    risk = commands.create(
        mina,
        "risk",
        {
            "title": "Claims are refused unfairly", "description": "Some forms read worse.",
            "system": system.reference, "likelihood": 4, "harm_to_individuals": 4,
            "assessed_on": str(clock.today()),
        },
    )  # fmt: skip
    made.names["risk"] = risk.reference
    number = commands.comment(mina, risk.reference, "@Sara: look at the forms of 2019.").leaf
    discussion.edit(mina, number, "@Sara: look at the forms of 2018.")
    discussion.resolve(mina, number)
    commands.comment(mina, risk.reference, "Those of 2017 as well.")
    ended = Dates(date(2025, 3, 1), date(2026, 3, 1))
    commands.attach(mina, risk.reference, "forms.txt", b"form 12, form 14", "text/plain", dates=ended)
    file = related.attachments(mina, risk.reference)[0].id
    commands.attach(mina, risk.reference, "more.txt", b"form 15", "text/plain")
    commands.set_dates(mina, risk.reference, file, Dates(date(2025, 3, 1), date(2026, 2, 1)))
    commands.link(mina, risk.reference, "concerns", system.reference, "its model card")
    saved = commands.amend(
        mina, risk.reference, {"description": "Old forms read worse."}, revision=1, note="After the review."
    )
    example = {**kinds.get("nonconformity").example, "check_name": "", "window": None}
    nonconformity = commands.create(
        mina, "nonconformity", {**example, "source": "observation", "system": system.reference}
    )
    made.names["nonconformity"] = nonconformity.reference
    document = commands.create(mina, "document", {"title": "Runbook", "type": "process"})
    made.names["document"] = document.reference
    twin = commands.create(mina, "document", {"title": "Runbook of claims", "type": "process"})
    merging.merge(mina, twin.reference, document.reference, revision=1, reason="One runbook, twice.")
    saved = commands.move(mina, document.reference, "submit", revision=1)
    commands.move(sara, document.reference, "approve", revision=saved.revision, reason="It says what we do.")
    commands.create(
        mina,
        "applicability",
        {
            "title": "Operation", "requirement": "iso42001:A.6.2.6", "applicable": "yes",
            "reasons": ["own policy"], "justification": "Live systems act on claims.",
            "risks": [risk.reference],
        },
    )  # fmt: skip
    _audited(mina, made)
    _evaluated(mina, made)
    posture = commands.create(mina, "posture-version", {"title": "Posture", "occasion": "First look."})
    made.names["posture"] = posture.reference
    commands.move(mina, posture.reference, "submit", revision=1)


def _audited(mina: Actor, made: Organization) -> None:
    """A programme, an audit under it, and drafts of a finding and of a request."""
    from plumbline.records import commands, examples, kinds

    for slug in ("audit-programme", "audit", "audit-finding", "audit-request"):
        values = examples.values_of(kinds.get(slug), made.names.__getitem__)
        made.names[slug] = commands.create(mina, slug, values).reference


def _evaluated(mina: Actor, made: Organization) -> None:
    """A monitoring plan, an action and a certificate, with what they rest on where there is some."""
    from plumbline.records import commands, examples, kinds

    for slug in ("monitoring-plan", "action", "certificate"):
        values = examples.values_of(kinds.get(slug), lambda other: made.names.get(other, ""))
        named = {name: value for name, value in values.items() if value not in ("", [""], [])}
        made.names[slug] = commands.create(mina, slug, named).reference


def _telemetry(mina: Actor, sara: Actor, made: Organization) -> None:
    from uuid import UUID

    from tests import authority

    from plumbline.discovery import commands as discovery
    from plumbline.discovery.stage import SightingsStage
    from plumbline.kernel import clock
    from plumbline.metrics.stage import Rollup
    from plumbline.telemetry import intake
    from plumbline.telemetry.mover import MoverStage

    now = clock.now()
    for batch in range(3):
        events = [
            {
                "id": str(UUID(int=batch * 100 + place + 1)),
                "time": clock.rfc3339(now - timedelta(hours=batch, minutes=place)),
                "system": "claims-triage",
                "type": "decision",
                "outcome": "pay" if place % 2 else "refuse",
                "latency_ms": 20.0 + place,
                "score": 0.5,
                "features": {"amount": float(place), "branch": "north"},
            }
            for place in range(4)
        ]
        # Of the source's numbers 9 to 12 never came.
        body = {"source": "triage", "counter": (1, 5, 13)[batch], "events": events}
        content = json.dumps(body).encode()
        receipt = intake.accept(content, "application/json", "", mina.id, settings.PLUMBLINE)
        if batch == 1:
            with store(made.data) as opened:
                while MoverStage(made.data, opened).advance():
                    pass
                rollup = Rollup(opened, lambda: {})
                while rollup.advance():
                    pass
        made.names[f"segment {batch}"] = receipt.leaf_index
        made.names[f"event {batch}"] = events[0]["id"]
    while SightingsStage().advance():
        pass
    authority.give_authority(mina)
    reason = "It is the same system under its old name, which is switched off this week."
    proposal = discovery.propose(sara, "claims-triage", reason)
    discovery.confirm(mina, "claims-triage", proposal)


def _results(sara: Actor, made: Organization) -> None:
    from tests import sealed

    from plumbline.controls import commands
    from plumbline.controls.models import Result
    from plumbline.kernel import clock
    from plumbline.kernel.messages import plain

    now = clock.now().replace(minute=0, second=0, microsecond=0)

    def result(day: int, **more: Any) -> Result:
        end = now - timedelta(days=3 - day)
        fields: dict[str, Any] = {
            "check_name": "error-rate", "subject": "claims-triage", "window_start": end - timedelta(days=1),
            "window_end": end, "seen_until": end, "word": "Over limit", "value": 0.075, "unit": "ratio",
            "reason": plain("7.5% of 412 calls ended in an error."), "limit_value": 0.05,
            "limit_source": "default", "population": 412, "source_digest": "cd" * 32,
            "evidence_digest": "ef" * 32, "catalog_version": "test", "recorded_at": now,
        }  # fmt: skip
        return Result(**fields | more)

    sealed.seal([result(0), result(1), result(2, word="Within", value=0.01)])
    first = Result.objects.order_by("pk").first()
    assert first is not None
    better = result(0, word="Within", value=0.02, restates=first, cause="late data")
    sealed.seal([better])
    better = Result.objects.order_by("-pk")[0]
    commands.update_readings(
        [("error-rate", "claims-triage", row.window_start) for row in Result.objects.all()]
    )
    commands.accept_restatement(sara, better, "The errors were the sender's own.", ["iso42001:A.6.2.6"])
    made.names |= {"result": first.pk, "better": better.pk}


def _imported(mina: Actor, made: Organization) -> None:
    from plumbline.imports import commands, plan

    content = b"Id,Name,Stage,Approved by\n1,Chat,Live,Board\n"
    text = (
        "kind: ai-system\nkey: {columns: [Id]}\nsource: [Approved by]\n"
        "fields:\n  title: Name\n  slug: {column: Name, slug: 40}\n"
        "  lifecycle: {column: Stage, values: {Live: in operation}}\n"
    )
    job = commands.keep(mina, plan.plan_file(mina, "ai-system", content, text), "register.csv")
    made.names["import"] = commands.run(mina, job).handle


def _bulk(mina: Actor, made: Organization) -> None:
    from plumbline.bulk import commands
    from plumbline.bulk.requests import BulkRequest

    request = BulkRequest("edit", values={"business_area": "Everything"})
    job = commands.plan(mina, "ai-system", request, where="business_area:empty")
    made.names["bulk"] = commands.run(mina, job.handle).handle


def _life_cycle(mina: Actor, made: Organization) -> None:
    from plumbline.records import commands, examples, kinds

    known = {"ai-system": made.names["system"]}

    def reference(slug: str) -> str:
        return known.get(slug, "")

    for slug in ("specification", "release", "validation", "deployment", "retirement"):
        values = examples.values_of(kinds.get(slug), reference, {})
        named = {name: value for name, value in values.items() if value not in ("", [""], [])}
        known[slug] = made.names[slug] = commands.create(mina, slug, named).reference


def _erasures(mina: Actor, sara: Actor) -> None:
    from plumbline.erasure import commands

    commands.request(
        mina, kind="subject", target="quokka-17", ground="gdpr-17-1-c", reason="Asked by letter of 3 May."
    )
    commands.place_hold(sara, kind="subject", target="quokka-99", ground="Case 12 O 34/26.")
    proposed = commands.propose_retention(
        mina, retention="governance", months=240, reason="Our contracts say so."
    )
    commands.approve_retention(sara, "governance", proposed.leaf)


def _packed(mina: Actor, made: Organization) -> None:
    from plumbline.reports import commands
    from plumbline.trail import publisher

    made_pack = commands.create_pack(mina, recipient="Auditor", purpose="Surveillance audit", claimed=True)
    built = commands.build_now(made_pack, sign=lambda size: publisher.publish())
    made.names["pack"] = str(built.handle)
