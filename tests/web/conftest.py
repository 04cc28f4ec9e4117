"""A small organization with a record of every kind that pages need, and somebody of every role."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests import databases
from tests.web import chromium

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser

    from plumbline.identity.actors import Actor
    from plumbline.identity.models import Person

ROLES = (
    "top-management",
    "aims-manager",
    "system-owner",
    "risk-owner",
    "contributor",
    "reviewer",
    "internal-auditor",
    "data-protection-officer",
    "external-auditor",
    "viewer",
)


@dataclass
class House:
    """The organization: its operator, its people by role, and the references of some records."""

    operator: Actor
    people: dict[str, Person] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    result: int = 0
    segment: int = 0
    event: str = ""
    imported: str = ""
    written: str = ""
    lists: str = ""
    bulk: str = ""
    pack: str = ""
    erasure: str = ""

    @property
    def names(self) -> dict[str, str]:
        """What samples of addresses may name: references by kind, and the numbers and ids of other things."""
        return self.references | {
            "result": str(self.result),
            "segment": str(self.segment),
            "event": self.event,
            "imported": self.imported,
            "written": self.written,
            "lists": self.lists,
            "bulk": self.bulk,
            "pack": self.pack,
            "erasure": self.erasure,
            "person": self.people["viewer"].handle,
        }

    def person(self, role: str) -> Person:
        """Somebody with this role, made when first asked for."""
        if role not in self.people:
            from plumbline.identity import commands
            from plumbline.kernel import clock

            email, name = f"{role}@halden.example", role.replace("-", " ").capitalize()
            made = commands.create_person(self.operator, email=email, full_name=name)
            today = clock.now().date()
            limits = (
                {"scope": "governance", "ends": today + timedelta(days=30)}
                if role == "external-auditor"
                else {}
            )
            commands.give_grant(self.operator, made, role, **limits)
            made.refresh_from_db()
            self.people[role] = made
        return self.people[role]

    def actor(self, role: str) -> Actor:
        """The actor of somebody with this role."""
        from plumbline.identity.actors import actor_of_person

        return actor_of_person(self.person(role))

    def client(self, role: str, **defaults: Any) -> Client:
        """A browser of somebody with this role."""
        from django.test import Client

        client = Client(**defaults)
        client.force_login(self.person(role))
        return client

    def make(self, kind: str, role: str = "aims-manager", **values: Any) -> str:
        """A record; its reference."""
        from plumbline.records import commands

        return commands.create(self.actor(role), kind, values).reference


def asked_for(house: House) -> str:
    """A request for the erasure of a data subject, which waits to be decided; its id."""
    from plumbline.erasure import commands

    manager = house.actor("aims-manager")
    return commands.request(
        manager, kind="subject", target="p-4711", ground="gdpr-17-1-a", reason="They asked."
    ).handle


def furnish(house: House) -> House:
    """Records, a file, a comment, a link, a reading with history, a sealed segment, a signed checkpoint."""
    from plumbline.kernel import clock
    from plumbline.records import commands, kinds
    from plumbline.trail import publisher

    today = clock.now().date()
    manager = house.actor("aims-manager")
    house.person("viewer")  # named in the addresses of pages about a person
    names = house.references
    names["system"] = house.make(
        "ai-system", title="Claims Triage", slug="claims-triage", lifecycle="in operation"
    )
    names["risk"] = house.make("risk", title="Photos differ", system=names["system"], description="New form.")
    names["impact-assessment"] = house.make(
        "impact-assessment", title="Impacts of triage", system=names["system"]
    )
    names["document"] = house.make(
        "document", title="Runbook", type="process", next_review=str(today - timedelta(days=3))
    )
    names["applicability"] = house.make(
        "applicability",
        title="Operation and monitoring",
        requirement="iso42001:A.6.2.6",
        applicable="yes",
        reasons=["own policy"],
        justification="Live systems act on claims.",
    )
    names["attestation"] = house.make(
        "attestation",
        title="Monitoring attested",
        requirement="iso42001:A.6.2.6",
        verdict="Effective",
        statement="The plan is in use.",
        basis="Plan and minutes",
        period_from=str(today - timedelta(days=30)),
        period_until=str(today - timedelta(days=1)),
        competence="Six years in charge",
        valid_until=str(today + timedelta(days=60)),
    )
    names["nonconformity"] = house.make(
        "nonconformity",
        title="Missing values not escalated",
        description="Nine days over the limit.",
        requirements=["iso42001:8.1", "iso42001:A.6.2.6"],
        system=names["system"],
    )
    reference = names["nonconformity"]
    commands.comment(manager, reference, "Hold the **rollout**.")
    commands.attach(manager, reference, "report.html", b"<script>alert(1)</script>", "text/html")
    commands.link(manager, reference, "caused by", names["risk"])
    house.result = readings()
    house.segment, house.event = telemetry(manager)
    house.imported = register(manager)
    house.written = brought_in(manager)
    house.lists = all_lists(manager)
    house.bulk = planned_change(manager)
    house.erasure = asked_for(house)
    names["review"] = reviewed(house)
    criteria = kinds.get("audit").example["criteria"]
    names["audit"] = house.make("audit", title="Audit of triage", criteria=criteria)
    names["statement"] = house.make("statement-version", title="Statement", occasion="Stage 2 audit.")
    names["posture"] = house.make("posture-version", title="Posture", occasion="Management review.")
    publisher.publish()
    house.pack = packed(manager)
    publisher.publish()
    return house


def reviewed(house: House) -> str:
    """A management review of last month whose inputs are gathered; its reference."""
    from plumbline.kernel import clock
    from plumbline.reports import review

    today = clock.now().date()
    reference = house.make(
        "management-review",
        title="Autumn review",
        period_from=str(today - timedelta(days=30)),
        period_until=str(today - timedelta(days=1)),
    )
    review.prepare(house.actor("aims-manager"), reference, 1)
    return reference


def packed(actor: Actor) -> str:
    """An evidence pack of everything so far; its id."""
    from plumbline.reports import commands
    from plumbline.trail import publisher

    made = commands.create_pack(actor, recipient="Auditor", purpose="Surveillance audit", claimed=True)
    return str(commands.build_now(made, sign=lambda size: publisher.publish()).handle)


def register(actor: Actor) -> str:
    """A small register that waits for its confirmation, one of its rows faulty; the id of the import."""
    from plumbline.imports import commands, plan

    content = b"Id,Name,Stage\n1,Chat,Live\n2,,Live\n3,Fraud,Somewhere\n"
    text = (
        "kind: ai-system\nkey: {columns: [Id]}\nfields:\n  title: Name\n  slug: {column: Name, slug: 40}\n"
        "  lifecycle: {column: Stage, values: {Live: in operation}}\n"
    )
    return commands.keep(actor, plan.plan_file(actor, "ai-system", content, text), "register.csv").handle


def brought_in(actor: Actor) -> str:
    """A register of one resource that was imported; the id of the import."""
    from plumbline.imports import commands, plan
    from plumbline.imports.stage import ImportStage

    text = "kind: resource\nkey: {columns: [Id]}\nfields:\n  title: Name\n"
    planned = plan.plan_file(actor, "resource", b"Id,Name\n1,Cluster\n", text)
    handle = commands.keep(actor, planned, "resources.csv").handle
    commands.confirm(actor, handle)
    while ImportStage().advance():
        pass
    return handle


def all_lists(actor: Actor) -> str:
    """All lists of the house as one file that waits for its confirmation; the id."""
    from plumbline.imports.together import archive, commands
    from plumbline.records import read_log

    with read_log.logged():
        content = b"".join(archive.blocks(archive.write(actor, "csv")))
    return commands.keep(actor, content, "lists.zip")


def planned_change(actor: Actor) -> str:
    """A change to every AI system that waits for its confirmation; its id."""
    from plumbline.bulk import commands
    from plumbline.bulk.requests import BulkRequest

    request = BulkRequest("edit", values={"business_area": "Claims"})
    return commands.plan(actor, "ai-system", request, where="is:open").handle


def readings(check: str = "error-rate", subject: str = "claims-triage") -> int:
    """Ten days of results of one check, the last one over its limit; the number of that result."""
    from tests import sealed

    from plumbline.controls.models import Reading, Result
    from plumbline.kernel import clock
    from plumbline.kernel.messages import plain

    now = clock.now().replace(minute=0, second=0, microsecond=0)
    rows = []
    for place in range(10):
        end = now - timedelta(days=9 - place)
        late = place == 9
        rows.append(
            Result(
                check_name=check,
                subject=subject,
                window_start=end - timedelta(days=1),
                window_end=end,
                seen_until=end,
                word="Over limit" if late else "Within",
                reason=plain("7.5% of 412 calls ended in an error."),
                value=0.075 if late else 0.02,
                unit="ratio",
                limit_value=0.05,
                limit_source="default",
                population=412,
                source_digest="cd" * 32,
                evidence_digest="ef" * 32,
                catalog_version="test",
                recorded_at=end,
            )
        )
    sealed.seal(rows)
    row = Result.objects.order_by("-pk").first()
    assert row is not None
    Reading.objects.create(check_name=check, subject=subject, result=row)
    return int(row.pk)


def telemetry(actor: Actor) -> tuple[int, str]:
    """One decision sent through the intake; the entry of its segment and its id."""
    import json
    from uuid import uuid4

    from django.conf import settings

    from plumbline.kernel import clock
    from plumbline.telemetry import intake

    event = str(uuid4())
    body = {
        "source": "claims-triage",
        "events": [
            {
                "id": event,
                "time": clock.rfc3339(clock.now()),
                "system": "claims-triage",
                "type": "decision",
                "outcome": "pay",
                "input": "Write to ada@example.org",
            }
        ],
    }
    receipt = intake.accept(json.dumps(body).encode(), "application/json", "", actor.id, settings.PLUMBLINE)
    assert receipt.leaf_index is not None
    return receipt.leaf_index, event


@pytest.fixture
def data(tmp_path: Path, settings: Any, transactional_db: None) -> Iterator[Path]:
    """A data folder of its own, still empty, and passwords that cost nothing."""
    from django.core.cache import cache

    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=tmp_path, guard=str(tmp_path / "guard" / "g.json"))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    yield tmp_path
    cache.clear()


@pytest.fixture
def installation(data: Path, settings: Any) -> House:
    """An initialised trail in a data folder of its own, and nobody in it yet."""
    from plumbline.identity.actors import Actor
    from plumbline.trail import keys

    keys.init(data, settings.PLUMBLINE.guard_file, "plumbline.test/main/1")
    return House(Actor.installation())


@pytest.fixture(scope="session")
def furnished() -> dict[str, tuple[databases.Snapshot, House]]:
    """The furnished organization, kept once it is made: half a second for each of a hundred tests."""
    return {}


@pytest.fixture
def house(
    data: Path,
    request: pytest.FixtureRequest,
    furnished: dict[str, tuple[databases.Snapshot, House]],
    tmp_path_factory: pytest.TempPathFactory,
) -> House:
    """The furnished organization. It is made for the first test and copied for all others."""
    from django.db import connection

    if furnished:
        snapshot, house = furnished["house"]
        snapshot.restore(data)
        return copy.deepcopy(house)
    house = furnish(request.getfixturevalue("installation"))
    kept = tmp_path_factory.mktemp("furnished") / "data"
    furnished["house"] = databases.Snapshot(connection, data, kept), copy.deepcopy(house)
    return house


@pytest.fixture
def mina(house: House) -> Client:
    """The browser of the AIMS manager."""
    return house.client("aims-manager")


Signed = Callable[[str], "Client"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a file."""
    yield from chromium.started()
