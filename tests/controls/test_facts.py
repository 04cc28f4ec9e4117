"""A fact that checks may ask for is noticed when it changes: reading and stamp change together."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from plumbline import catalogs
from plumbline.clauses import intervals
from plumbline.clauses.acknowledging import commands as acknowledging_commands
from plumbline.clauses.acknowledging import queries as acknowledging
from plumbline.controls import engine
from plumbline.controls.facts import FACTS, Fact
from plumbline.controls.library import gaps
from plumbline.controls.models import Reading, Result, Run
from plumbline.discovery import commands as discovery
from plumbline.discovery.models import Sighting
from plumbline.identity import commands as people
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.states import CheckState
from plumbline.metrics.models import Point
from plumbline.records import commands as door
from plumbline.records import kinds
from plumbline.records.models import Record

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]

Change = Callable[[], object]


class World:
    """What a scenario may change."""

    def __init__(
        self,
        make: Callable[..., Any],
        mina: Actor,
        sara: Actor,
        someone: Callable[[str, str], Actor],
        installation: Actor,
        patch: pytest.MonkeyPatch,
    ) -> None:
        self.make, self.mina, self.someone, self.installation = make, mina, someone, installation
        self.sara, self.patch = sara, patch

    def revision(self, reference: str) -> int:
        return Record.objects.get(reference=reference).revision

    def approve(self, saved: Any) -> None:
        self.approve_again(saved.reference)

    def approve_again(self, reference: str) -> None:
        moved = door.move(self.mina, reference, "submit", revision=self.revision(reference))
        door.move(self.sara, reference, "approve", revision=moved.revision)

    def see(self, slug: str) -> None:
        now = clock.now()
        Sighting.objects.create(slug=slug, first_seen=now, last_seen=now)

    def deactivate(self, name: str) -> None:
        people.deactivate_person(self.installation, identity.person(f"{name}@halden.example"))


@pytest.fixture
def world(
    make: Callable[..., Any],
    mina: Actor,
    sara: Actor,
    someone: Callable[[str, str], Actor],
    installation: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    return World(make, mina, sara, someone, installation, monkeypatch)


def _sightings(world: World) -> list[Change]:
    today, top = clock.now().date(), world.someone("top-management", "Ingrid")

    def set_aside(slug: str, until: date) -> None:
        discovery.confirm(top, slug, discovery.propose(world.mina, slug, "a test", until))

    return [
        lambda: world.see("writer"),
        lambda: world.see("scorer"),
        lambda: set_aside("writer", today + timedelta(days=90)),
        lambda: set_aside("scorer", today + timedelta(days=60)),
        # an earlier day than the latest of all
        lambda: set_aside("scorer", today + timedelta(days=30)),
    ]


def _people(world: World) -> list[Change]:
    return [
        lambda: world.someone("viewer", "Lars"),
        lambda: world.someone("top-management", "Ingrid"),
        lambda: world.deactivate("lars"),
        # one leaves and another one comes back between two looks: as many are active as before
        lambda: (
            world.deactivate("ingrid"),
            people.activate_person(world.installation, identity.person("lars@halden.example")),
        ),
    ]


def _measured(world: World) -> list[Change]:
    """An indicator is in force; what it is about is measured on one day, and on the next one."""

    def approve() -> None:
        system = world.make("ai-system", slug="writer")
        saved = world.make(
            "indicator", metric="volume", system=system.reference, value=None, measured_on=None
        )
        world.approve(saved)

    def measure(day: datetime) -> None:
        Point.objects.create(system="writer", metric="volume", hour=day, count=1)
        Sighting.objects.update_or_create(slug="writer", defaults={"first_seen": day, "last_seen": day})

    approve()
    today = clock.now().replace(minute=0, second=0, microsecond=0)
    return [lambda: measure(today - timedelta(days=1)), lambda: measure(today)]


def _judged(world: World) -> list[Change]:
    """A plan in force names two checks; each has its first result of the day, whatever it says."""
    world.approve(
        world.make("monitoring-plan", checks="policy-in-date scope-approved", evaluator=world.sara.id)
    )

    def judge(slug: str) -> None:
        Reading.objects.create(check_name=slug, subject="organization", result=_result(slug))

    return [lambda: judge("policy-in-date"), lambda: judge("scope-approved")]


def _result(slug: str) -> Result:
    now = clock.now()
    run = Run.objects.create(at=now, size=1, root="", catalog_version="", leaf=1)
    return Result.objects.create(
        run=run, position=0, check_name=slug, subject="organization", window_start=now, window_end=now,
        seen_until=now, recorded_at=now, word=CheckState.UNDER, leaf=1,
        reason=say("test.nothing", "Nothing."),
    )  # fmt: skip


def _policy_approvals(world: World) -> list[Change]:
    def approve() -> None:
        world.approve(world.make("policy", type="topic policy"))

    return [approve, approve]


def _first_approvals(world: World) -> list[Change]:
    return [
        lambda: world.approve(world.make("policy", type="topic policy")),
        lambda: world.approve(world.make("document")),
    ]


def _component_changes(world: World) -> list[Change]:
    """One approved model gets another digest, another one another version."""
    first, second = (world.make("component", digest="a" * 64).reference for _ in range(2))
    world.approve_again(first)
    world.approve_again(second)

    def amend(reference: str, **values: str) -> None:
        draft = door.move(world.mina, reference, "revise", revision=world.revision(reference))
        door.amend(world.mina, reference, values, revision=draft.revision)
        world.approve_again(reference)

    return [lambda: amend(first, digest="b" * 64), lambda: amend(second, version="5.0")]


def _acknowledgements(world: World) -> list[Change]:
    """A version asks two people; one acknowledges it, another one joins, and another version takes force."""
    saved = world.make("policy", type="topic policy", readers="role: viewer\nrole: top-management")
    ingrid = world.someone("top-management", "Ingrid")

    def acknowledge() -> None:
        found = acknowledging.status(world.mina, saved.reference)
        assert found is not None
        acknowledging_commands.acknowledge(ingrid, saved.reference, found.version.digest)

    def replace() -> None:
        draft = door.move(world.mina, saved.reference, "revise", revision=world.revision(saved.reference))
        door.amend(world.mina, saved.reference, {"text": "Another text."}, revision=draft.revision)
        world.approve_again(saved.reference)

    return [lambda: world.approve(saved), acknowledge, lambda: world.someone("viewer", "Lars"), replace]


def _attached(world: World) -> list[Change]:
    def attach() -> None:
        saved = world.make("document")
        door.attach(world.mina, saved.reference, "scope.pdf", b"%PDF-1.7", "application/pdf")
        world.approve(saved)

    return [attach, attach]


def _longest_intervals(world: World) -> list[Change]:
    """One comes into force; one person proposes that it ends, which changes nothing, and another ends it."""
    saved = world.make("longest-interval", months=6)

    def retire() -> None:
        moved = door.move(
            world.mina, saved.reference, "propose-retirement", revision=world.revision(saved.reference),
            reason="Too short.",
        )  # fmt: skip
        door.move(world.sara, saved.reference, "retire", revision=moved.revision)

    return [lambda: world.approve(saved), retire]


def _residual(world: World) -> list[Change]:
    """A risk is judged, and judged anew as more likely."""
    judged = {"likelihood": 4, "residual_likelihood": 2, "residual_harm_to_individuals": 3}
    made: list[str] = []

    def judge_anew() -> None:
        values = {"likelihood": 5}
        door.amend(world.mina, made[0], values, revision=world.revision(made[0]))

    return [lambda: made.append(world.make("risk", **judged).reference), judge_anew]


def _catalog(world: World) -> list[Change]:
    def another_edition() -> None:
        """Without the last control and the sub-clauses that ask for a policy and for objectives."""
        known = catalogs.library()
        gone = {catalogs.controls()[-1].id, "iso42001:5.2", "iso42001:6.2"}
        kept = {id: row for id, row in known.requirements.items() if id not in gone}
        changed = msgspec.structs.replace(known, requirements=MappingProxyType(kept), version="another")
        world.patch.setattr(catalogs, "library", lambda: changed)
        world.patch.setattr(catalogs, "requirements", inspect.unwrap(catalogs.requirements))

    return [another_edition]


SCENARIOS: dict[str, Callable[[World], list[Change]]] = {
    "sightings": _sightings,
    "people": _people,
    "acknowledgements": _acknowledgements,
    "attached": _attached,
    "component-changes": _component_changes,
    "measured": _measured,
    "judged": _judged,
    "longest-intervals": _longest_intervals,
    "residual": _residual,
    "policy-approvals": _policy_approvals,
    "first-approvals": _first_approvals,
    "controls": _catalog,
    "subclauses": _catalog,
    "documents-asked": _catalog,
}


@pytest.mark.parametrize("fact", FACTS.values(), ids=lambda fact: fact.name)
def test_what_changes_a_fact_changes_its_stamp(fact: Fact, world: World) -> None:
    """A fact without a scenario fails here: whoever adds one shows how its change is noticed."""
    for change in SCENARIOS[fact.name](world):
        before = fact.read(), fact.stamp()
        change()
        after = fact.read(), fact.stamp()
        assert after[0] != before[0], "the scenario changes what is read"
        assert after[1] != before[1], "the stamp changes with it"
    assert fact.stamp() == fact.stamp()


def test_a_long_stamp_fits_a_cursor() -> None:
    assert len(engine._digest("x" * 10_000)) == 64


def test_whoever_writes_a_review_day_and_the_check_that_reads_it_go_by_one_interval(world: World) -> None:
    days = gaps._DELIVERED
    for subject, months in days.items():
        kind, _, name = subject.partition(".")
        # The end of a file is no field of a kind of record: its door asks for the delivered months itself.
        if subject != gaps.FILE_VALIDITY:
            assert kinds.get(kind).field(name).ahead == months, subject
        world.approve(world.make("longest-interval", subject=subject, months=7))
    governed = {row["subject"]: row["months"] for row in FACTS["longest-intervals"].read()}
    assert governed == {subject: intervals.longest(subject, 99) for subject in days} == dict.fromkeys(days, 7)
