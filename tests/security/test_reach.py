"""Nobody reads past their unit, scope, days and role, on any way that leads to the same content."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from tests.security.conftest import House

from plumbline.identity import commands as people
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.models import Unit
from plumbline.kernel import clock
from plumbline.kernel.problems import NotAllowed
from plumbline.records import commands, kinds, queries, writing
from plumbline.records.models import Record
from plumbline.records.related import queries as related
from plumbline.records.writing import Written

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "Sealed words of a decision"


def decision(house: House) -> str:
    from plumbline.telemetry import intake
    from plumbline.trail import publisher

    event = str(uuid4())
    told: dict[str, Any] = {"id": event, "time": clock.rfc3339(clock.now()), "system": "claims"}
    told |= {"type": "decision", "input": SECRET}
    body = json.dumps({"source": "claims", "events": [told]}).encode()
    intake.accept(body, "application/json", "", house.operator.id, settings.PLUMBLINE)
    publisher.publish()
    return event


class TestContentOfEvents:
    def test_a_receipt_shows_it_to_those_only_who_read_what_is_sensitive(self, house: House) -> None:
        event = decision(house)
        for role, shown in (("viewer", False), ("contributor", False), ("aims-manager", True)):
            person = house.person(role.title(), role)
            answer = house.api(house.token(person, "read"))("GET", f"/telemetry/receipts/{event}")
            assert answer.status_code == 200
            assert (answer.json()["opening"] is not None, answer.json()["salt"] is not None) == (shown, shown)
            pages = [f"/telemetry/events/{event}/", f"/telemetry/events/{event}/proof/"]
            page, proof = (house.browser(person).get(path) for path in pages)
            assert (SECRET in page.content.decode()) is shown
            assert (proof.json()["opening"] is not None) is shown

    def test_who_reads_one_unit_reads_no_content_of_all(self, house: House) -> None:
        event = decision(house)
        person = house.person("Tomas", "internal-auditor", unit=house.unit("Claims"))
        answer = house.api(house.token(person, "read"))("GET", f"/telemetry/receipts/{event}")
        assert answer.json()["opening"] is None
        assert SECRET not in house.browser(person).get(f"/telemetry/events/{event}/").content.decode()


def lies_apart(reference: str, unit: Unit) -> None:
    """As if a second person had approved that a record about a system lies in another unit than it."""
    kind = kinds.of_reference(reference)
    with writing.door():
        record = kind.model._default_manager.get(reference=reference)
        record.unit, record.unit_apart, record.revision = unit, True, record.revision + 1
        record.save()
        # With its entry: a record that was changed without one is not shown to anybody.
        writing.revise_many(Actor.installation(), kind, [Written(record, None)], "followed")


class TestOtherRecords:
    def test_what_lies_outside_is_named_by_reference_alone(self, house: House) -> None:
        mina = house.actor("Mina", "aims-manager")
        inside, outside = house.unit("Claims"), house.unit("Service")
        hidden = commands.create(
            mina, "ai-system", {"title": "Hidden title", "slug": "h", "unit": outside.slug}
        )
        told = {"title": "Risk", "description": "Claims wait too long.", "system": hidden.reference}
        risk = commands.create(mina, "risk", told)
        lies_apart(risk.reference, inside)
        policy = {
            "title": "P",
            "type": "other policy",
            "purpose": "Who may look into models.",
            "text": "Only their developers may look into models.",
            "next_review": str(clock.today() + timedelta(days=90)),
        }
        deviation = commands.create(
            mina,
            "deviation",
            {
                "title": "Departure",
                "rule": "Only developers look into models.",
                "policy": commands.create(mina, "policy", policy).reference,
                "departure": "An auditor looks into one.",
                "reason": "The audit needs it.",
                "expires_on": str(clock.now().date() + timedelta(days=9)),
                "risks": [risk.reference],
                "system": hidden.reference,
            },
        )
        lies_apart(deviation.reference, inside)
        commands.link(mina, risk.reference, "caused by", hidden.reference, "Hidden note")
        person = house.person("Jonas", "contributor", unit=inside)
        actor, browser = house.actor("Jonas"), house.browser(person)
        assert related.links(actor, risk.reference) == []
        for reference in (risk.reference, deviation.reference):
            for path in (f"/records/{reference}/", f"/records/{reference}/history/"):
                answer = browser.get(path)
                assert answer.status_code == 200
                assert "Hidden" not in answer.content.decode()
        assert browser.get(f"/records/{hidden.reference}/").status_code == 404
        send = house.api(house.token(person, "read", "write"))
        for path in (
            "",
            "/history",
            "/links",
            "/comments",
            "/attachments",
            f"?as_of={clock.today()}T23:59:59Z",
        ):
            assert send("GET", f"/ai-systems/{hidden.reference}{path}").status_code == 404
        assert send("GET", "/ai-systems").json()["items"] == []
        listed = b"".join(send("GET", "/ai-systems.csv").streaming_content).decode()
        assert hidden.reference not in listed
        at = clock.rfc3339(clock.now() + timedelta(minutes=1))
        assert send("GET", f"/ai-systems?as_of={at}").json()["items"] == []
        comment = send("POST", f"/ai-systems/{hidden.reference}/comments", {"text": "x"})
        assert comment.status_code == 404
        told = {"relation": "is", "target": hidden.reference}
        assert send("POST", f"/risks/{risk.reference}/links", told).status_code == 404
        named = {"values": {"title": "X", "description": "Claims wait too long.", "system": hidden.reference}}
        assert send("POST", "/risks", named).status_code in (403, 422)

    def test_who_changes_a_record_takes_nothing_away_that_they_do_not_see(self, house: House) -> None:
        mina = house.actor("Mina", "aims-manager")
        inside, outside = house.unit("Claims"), house.unit("Service")
        hidden = [
            commands.create(mina, "ai-system", {"title": "Hidden", "slug": f"h{n}", "unit": outside.slug})
            for n in range(2)
        ]
        first, second = (saved.reference for saved in hidden)
        told = {"title": "Risk", "description": "Claims wait too long.", "system": first}
        risk = commands.create(mina, "risk", told).reference
        lies_apart(risk, inside)
        person = house.person("Jonas", "contributor", unit=inside)
        browser, send = house.browser(person), house.api(house.token(person, "read", "write"))
        form = browser.get(f"/records/{risk}/edit/").context["page"]
        fields = {field.name: field for section in form.sections for field in section.fields}
        assert fields["system"].value() == first
        offered = [(str(value), label) for value, label in fields["system"].field.choices if value]
        assert offered == [(first, first)]  # without its title
        typed = {name: field.value() for name, field in fields.items() if field.value()}
        typed |= {"title": "Risk by Jonas"}
        answer = browser.post(f"/records/{risk}/edit/", {**typed, "revision": 2})
        assert answer.status_code == 302, answer.context["page"].faults
        changed = send(
            "PATCH",
            f"/risks/{risk}",
            {"values": {"description": "Claims wait a week."}},
            **{"If-Match": '"3"'},
        )
        assert changed.status_code == 200
        kept = send("GET", f"/risks/{risk}").json()["values"]
        assert (kept["title"], kept["description"], kept["system"]) == (
            "Risk by Jonas",
            "Claims wait a week.",
            first,
        )
        named = {"values": {"system": second}}
        refused = send("PATCH", f"/risks/{risk}", named, **{"If-Match": '"4"'})
        assert refused.status_code == 422

    def test_each_role_reaches_what_lies_within_its_own_days_unit_and_scope(self, house: House) -> None:
        mina, today = house.actor("Mina", "aims-manager"), clock.now().date()
        claims, service, sales = (house.unit(name) for name in ("Claims", "Service", "Sales"))
        made = {}
        for unit in (claims, service, sales):
            system = {"title": unit.name, "slug": unit.slug, "unit": unit.slug}
            risk = {"title": unit.name, "description": "Claims wait too long.", "unit": unit.slug}
            made[f"{unit.slug} system"] = commands.create(mina, "ai-system", system).reference
            made[f"{unit.slug} risk"] = commands.create(mina, "risk", risk).reference
        house.person("Tomas", "viewer", unit=claims)
        days = {"starts": today - timedelta(days=9), "ends": today - timedelta(days=1)}
        house.person("Tomas", "viewer", unit=sales, **days)
        house.person("Tomas", "viewer", unit=sales, starts=today + timedelta(days=1))
        ends = today + timedelta(days=9)
        person = house.person("Tomas", "external-auditor", unit=service, scope="treatment risk", ends=ends)
        actor = house.actor("Tomas")
        seen = {
            name
            for name, reference in made.items()
            if policy.visible(actor, Record.objects.filter(reference=reference)).exists()
        }
        assert seen == {"claims system", "claims risk", "service risk"}
        for kind in ("ai-system", "risk"):
            listed = queries.list_records(actor, kinds.get(kind)).rows
            assert {row.reference for row in listed} == {
                made[name] for name in seen if name.endswith(kind.removeprefix("ai-"))
            }
        for name, reference in made.items():
            status = house.browser(person).get(f"/records/{reference}/").status_code
            assert status == (200 if name in seen else 404), name

    def test_nobody_puts_a_record_where_they_may_not_write(self, house: House) -> None:
        inside, outside = house.unit("Claims"), house.unit("Service")
        person = house.person("Jonas", "contributor", unit=inside)
        actor = house.actor("Jonas")
        mine = commands.create(actor, "ai-system", {"title": "A", "slug": "a", "unit": inside.slug})
        for place in (outside.slug, None):
            with pytest.raises(NotAllowed):
                commands.amend(actor, mine.reference, {"unit": place}, revision=1)
            with pytest.raises(NotAllowed):
                commands.create(actor, "ai-system", {"title": "B", "slug": "b", "unit": place})
        send = house.api(house.token(person, "read", "write"))
        told = {"values": {"unit": outside.slug}}
        address = f"/ai-systems/{mine.reference}"
        assert send("PATCH", address, told, **{"If-Match": '"1"'}).status_code == 403
        assert send("GET", address).json()["values"]["unit"] == inside.slug

    def test_a_file_is_fetched_through_its_own_record_alone(self, house: House) -> None:
        mina = house.actor("Mina", "aims-manager")
        inside, outside = house.unit("Claims"), house.unit("Service")
        seen = commands.create(mina, "ai-system", {"title": "A", "slug": "a", "unit": inside.slug})
        hidden = commands.create(mina, "ai-system", {"title": "B", "slug": "b", "unit": outside.slug})
        commands.attach(mina, hidden.reference, "secret.txt", b"hidden bytes", "text/plain")
        number = related.attachments(mina, hidden.reference)[0].id
        person = house.person("Jonas", "contributor", unit=inside)
        send, browser = house.api(house.token(person, "read")), house.browser(person)
        for reference in (seen.reference, hidden.reference):
            assert send("GET", f"/ai-systems/{reference}/attachments/{number}").status_code == 404
            assert browser.get(f"/records/{reference}/files/{number}/").status_code == 404
        commands.attach(mina, seen.reference, "own.txt", b"own", "text/plain")
        leaf = related.attachments(mina, hidden.reference)[0].leaf
        assert "secret.txt" not in browser.get(f"/trail/{leaf}/").content.decode()


class TestTokens:
    def test_each_scope_opens_its_own_doors_only(self, house: House) -> None:
        person = house.person("Mina", "aims-manager")
        told = {"values": {"title": "A", "slug": "a"}}
        asked = {"recipient": "a", "purpose": "b"}
        reads = ["/ai-systems", "/ai-systems.csv", "/trail/entries", "/results", "/posture", "/people"]
        for scope, read, write, pack in (
            ("ingest", 403, 403, 403),
            ("read", 200, 403, 403),
            ("write", None, 201, 403),
            ("pack", 200, 403, None),
        ):
            send = house.api(house.token(person, scope))
            if read is not None:
                assert {send("GET", path).status_code for path in reads} == {read}
            assert send("POST", "/ai-systems", told).status_code == write
            if pack is not None:
                assert send("POST", "/packs", asked).status_code == pack
            ingested = send("POST", "/imports")
            assert ingested.status_code in (403, 415)

    def test_a_token_ends_with_its_owner_and_a_session_with_its_role(self, house: House) -> None:
        person = house.person("Mina", "aims-manager")
        send, browser = house.api(house.token(person, "read")), house.browser(person)
        assert send("GET", "/me").status_code == 200
        assert browser.get("/records/ai-systems/").status_code == 200
        people.revoke_grant(house.operator, person.grants.get())
        assert browser.get("/records/ai-systems/").status_code == 302
        assert send("GET", "/ai-systems").status_code == 403
        people.deactivate_person(house.operator, person)
        assert send("GET", "/me").status_code == 401

    def test_after_its_last_day_an_auditor_sees_nothing(self, house: House) -> None:
        last = clock.now().date() + timedelta(days=2)
        person = house.person("Ada", "external-auditor", scope="systems", ends=last)
        token = house.token(person, "read")
        browser, send = house.browser(person), house.api(token)
        assert send("GET", "/ai-systems").status_code == 200
        assert send("GET", "/risks").status_code == 403
        assert browser.get("/records/risks/").status_code == 403
        later = clock.now() + timedelta(days=3)
        with clock.frozen(later):
            renewed = house.api(house.token(person, "read"))
            for path in (
                "/ai-systems",
                "/posture",
                "/results",
                "/trail/entries",
                "/people",
                "/applicability",
            ):
                assert renewed("GET", path).status_code == 403
            for path in ("/", "/controls/", "/trail/", "/telemetry/", "/evidence/", "/records/ai-systems/"):
                assert house.browser(person).get(path).status_code == 403, path


class TestSending:
    """A token of somebody who works in one unit sends for the AI systems of that unit and no other."""

    @pytest.fixture
    def tomas(self, house: House) -> Any:
        claims = house.unit("Claims")
        for slug, unit in (("claims-triage", claims), ("pricing", None)):
            values = {"title": slug.title(), "slug": slug, "purpose": "Sort."}
            with_unit = values if unit is None else {**values, "unit": unit.slug}
            commands.create(house.operator, kinds.get("ai-system"), with_unit)
        return house.person("Tomas", "system-owner", unit=claims)

    def post(self, house: House, person: Any, *systems: str) -> Any:
        from plumbline.api.telemetry import IngestDoor

        door = IngestDoor(settings.PLUMBLINE)
        events = [
            {"id": str(uuid4()), "time": clock.rfc3339(clock.now()), "system": system, "type": "decision"}
            for system in systems
        ]
        body = json.dumps({"source": "s", "events": events}).encode()
        try:
            return asyncio.run(
                exchange(door, "/api/v1/telemetry/batches", body, house.token(person, "ingest"))
            )
        finally:
            door.close()

    def test_for_its_own_systems(self, house: House, tomas: Any) -> None:
        status, answer = self.post(house, tomas, "claims-triage", "claims-triage")
        assert (status, answer["accepted"]) == (201, 2)

    @pytest.mark.parametrize("other", ["pricing", "not-registered"])
    def test_for_no_other_and_nothing_is_stored(self, house: House, tomas: Any, other: str) -> None:
        from plumbline.trail import log

        before = log.size()
        status, answer = self.post(house, tomas, "claims-triage", other)
        assert (status, answer["errors"][0]["field"]) == (403, "events[1].system")
        assert log.size() == before + 1  # the token that was issued for it

    def test_whoever_works_for_the_whole_organization_sends_for_all(self, house: House, tomas: Any) -> None:
        status, answer = self.post(house, house.person("Mina", "aims-manager"), "pricing", "not-registered")
        assert (status, answer["accepted"]) == (201, 2)

    def test_spans_of_another_system_are_refused_one_by_one(self, house: House, tomas: Any) -> None:
        from plumbline.clauses.queries import systems_within
        from plumbline.identity.actors import actor_of_person
        from plumbline.telemetry import intake

        spans = [
            {
                "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]},
                "scopeSpans": [{"spans": [{**SPAN, "spanId": f"00f067aa0ba902b{n}"}]}],
            }
            for n, service in enumerate(("claims-triage", "pricing"))
        ]
        within = partial(systems_within, actor_of_person(tomas), "ingest")
        body = json.dumps({"resourceSpans": spans}).encode()
        receipt = intake.accept_traces(body, "application/json", "", "tok_x", settings.PLUMBLINE, within)
        assert (receipt.accepted, receipt.refused) == (1, 1)
        assert receipt.reasons == (
            "1 spans: their service is not the slug of a registered AI system that this token may send for",
        )


SPAN = {
    "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
    "name": "chat",
    "startTimeUnixNano": "1700000000000000000",
    "endTimeUnixNano": "1700000001000000000",
    "attributes": [{"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}}],
}


async def exchange(door: Any, path: str, body: bytes, token: str) -> tuple[int, Any]:
    """One request to the raw door: status and document of the answer."""
    sent: list[dict[str, Any]] = []
    pieces = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return pieces.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = {
        "host": "localhost",
        "content-type": "application/json",
        "authorization": f"Bearer {token}",
        "content-length": str(len(body)),
    }
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 5000),
    }
    await door(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])
