"""The frame of predicted findings: how rules are declared and run, who sees what, now and then, at what
price."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.assurance.worlds import row, world

from plumbline import catalogs
from plumbline.assurance import declaration, engine, queries, reading
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.kernel import clock
from plumbline.kernel.messages import Word, say
from plumbline.kernel.problems import NotAllowed
from plumbline.records import commands as door
from plumbline.records import kinds, read_log

Make = Callable[..., Any]
data = pytest.mark.django_db


@pytest.fixture
def own_rule() -> Iterator[Callable[..., None]]:
    """Declares a rule for the length of a test."""
    before = dict(declaration.REGISTERED)

    def declare(find: Callable[..., Iterator[Gap]], over: str = "") -> None:
        rule("test-rule", "9.1", grade="minor", over=over, repair=Word("Mend it."))(find)

    yield declare
    declaration.REGISTERED.clear()
    declaration.REGISTERED.update(before)


def test_every_rule_has_a_text_a_repair_and_requirements_of_the_catalog() -> None:
    known = {one.id for one in (*catalogs.controls(), *catalogs.subclauses())}
    for one in engine.all_rules():
        assert set(one.requirements) <= known, one.id
        assert one.text.endswith("."), one.id
        assert len(one.text) < 200, one.id
        assert one.repair.text.endswith("."), one.id
        assert all(kinds.exists(kind) for kind in one.over), one.id


def test_a_rule_is_declared_once_and_with_a_text(own_rule: Callable[..., None]) -> None:
    def silent(world: Snapshot) -> Iterator[Gap]:
        yield from ()

    with pytest.raises(ValueError, match="without a text"):
        own_rule(silent)
    silent.__doc__ = "Looks for nothing."
    own_rule(silent)
    with pytest.raises(ValueError, match="declared twice"):
        own_rule(silent)


def test_a_rule_that_fails_on_one_record_is_named_and_hides_no_other(
    own_rule: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    def divides(row: Row, world: Snapshot) -> Iterator[Gap]:
        """Divides by the length of the title."""
        assert 1 / len(row.title)
        yield gap(say("test.divides", "it has a title"), row.seen("title"))

    own_rule(divides, "risk")
    bad, good = row("RSK-0001", title=""), row("RSK-0002")
    with caplog.at_level(logging.ERROR):
        found, failed = engine.run(world(bad, good), [declaration.REGISTERED["test-rule"]])
    assert [(one.rule, one.reference, one.error) for one in failed] == [
        ("test-rule", "RSK-0001", "ZeroDivisionError")
    ]
    assert [one.subjects for one in found] == [("RSK-0002",)]
    assert "test-rule" in caplog.text


@data
def test_a_snapshot_holds_what_is_written_who_did_it_and_what_it_names(
    make: Make, mina: Actor, sara: Actor
) -> None:
    risk = make("risk")
    issue = make("issue", risks=[risk.reference])
    asked = door.move(mina, issue.reference, "submit", revision=issue.revision)
    door.move(sara, issue.reference, "approve", revision=asked.revision)
    seen = reading.snapshot().get(issue.reference)
    assert seen is not None
    assert seen["risks"] == (risk.reference,)
    assert seen.stands
    assert not seen.draft
    assert [act.verb for act in seen.acts if act.approves] == ["approve"]
    (approver,) = seen.approvers
    assert reading.snapshot().name(approver) == "Sara"
    assert seen.day("next_review") is not None


@data
def test_what_was_known_then_is_what_the_rules_saw_then(make: Make, mina: Actor) -> None:
    objective = make("objective", statement="Fewer wrong refusals.")
    then = clock.now()
    with clock.frozen(then + timedelta(days=3)):
        door.amend(mina, objective.reference, {"statement": "Far fewer."}, revision=objective.revision)
        make("risk")
        now, before = reading.snapshot(), reading.snapshot(then)
    assert [one["statement"] for one in now.of("objective")] == ["Far fewer."]
    (kept,) = before.of("objective")
    assert kept["statement"] == "Fewer wrong refusals."
    assert not before.of("risk")
    assert now.of("risk")
    assert type(kept["due"]) is type(now.of("objective")[0]["due"])


@data
def test_a_reader_of_one_unit_reads_how_many_findings_lie_outside(make: Make, mina: Actor) -> None:
    row = {"requirement": "iso42001:A.9.2", "applicable": "no", "reasons": [], "exclusion_reason": ""}
    decision = make("applicability", **row, justification="", risks=[], how="", implementation="not started")
    with read_log.logged():
        everything = queries.predicted(mina)
    assert any(decision.reference in one.subjects for one in everything.findings)
    assert everything.hidden == 0
    assert everything.records == len(reading.snapshot().rows)
    operator = Actor.installation()
    unit = people.create_unit(operator, slug="sales", name="Sales")
    reader = people.create_person(operator, email="ned@halden.example", full_name="Ned")
    days = {"ends": clock.today() + timedelta(days=9), "scope": "all"}
    people.give_grant(operator, reader, "external-auditor", unit=unit, **days)
    with read_log.logged():
        narrow = queries.predicted(actor_of_person(reader))
    assert not any(decision.reference in one.subjects for one in narrow.findings)
    assert narrow.hidden == len(everything.findings) - len(narrow.findings) > 0


@data
def test_who_reads_no_audits_reads_no_findings(someone: Callable[[str, str], Actor]) -> None:
    nobody = replace(someone("viewer", "Vera"), grants=())
    with pytest.raises(NotAllowed):
        queries.predicted(nobody)


@data
def test_the_price_does_not_grow_with_the_records(make: Make, mina: Actor, counted_queries: Any) -> None:
    make("ai-system")
    make("risk")

    def asked() -> int:
        with counted_queries() as count, read_log.logged():
            queries.predicted(Actor.installation())
        return len(count)

    asked()
    few = asked()
    for number in range(6):
        make("ai-system", slug=f"more-{number}", title=f"More {number}")
        make("risk", title=f"Risk {number}")
    assert asked() == few


def test_a_finding_is_about_what_lies_above_its_requirement() -> None:
    assert queries._within("iso42001:6.1.2", "iso42001:6.1")
    assert queries._within("iso42001:A.6.2.6", "iso42001:A.6")
    assert not queries._within("iso42001:10.2", "iso42001:1")


def test_values_are_json() -> None:
    from plumbline.assurance import values

    outcome = queries.Outcome((), 0, (), 3, 4, clock.now())
    assert json.loads(json.dumps(values.as_dict(outcome)))["findings"] == []
