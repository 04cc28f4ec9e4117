"""Versions of the statement of applicability: frozen by the product, approved as a whole, compared."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.authority import give_authority
from tests.decided import POLICY, decide_every_control, put_in_force

from plumbline import catalogs
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotFound
from plumbline.records import commands, queries
from plumbline.records.commands import Saved
from plumbline.reports import frozen_changes, frozen_versions, statement_changes, statement_versions
from plumbline.reports.frozen_versions import NOW
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
OUT = {"applicable": "no", "reasons": [], "justification": "", "exclusion_reason": "Nothing asks for it."}


@pytest.fixture
def rows(mina: Actor, sara: Actor) -> dict[str, Saved]:
    """An approved row for each of the 38 controls, by its number."""
    give_authority(sara)
    return decide_every_control(mina, sara)


def decide(author: Actor, second: Actor, row: Saved, **values: Any) -> Saved:
    """Decide a row in force anew."""
    draft = commands.move(author, row.reference, "revise", revision=row.revision)
    amended = commands.amend(author, row.reference, values, revision=draft.revision)
    return put_in_force(author, second, amended)


def draft(actor: Actor, **values: Any) -> Saved:
    return commands.create(
        actor, "statement-version", {"title": "Statement", "occasion": "Stage 2 audit.", **values}
    )


def submitted(actor: Actor) -> Saved:
    saved = draft(actor)
    return commands.move(actor, saved.reference, "submit", revision=saved.revision)


def test_nothing_is_frozen_while_a_control_is_undecided_and_the_refusal_says_which(
    mina: Actor, sara: Actor, rows: dict[str, Saved]
) -> None:
    given = commands.move(
        mina, rows["A.5.2"].reference, "propose-retirement", revision=rows["A.5.2"].revision, reason="Old."
    )
    commands.move(sara, given.reference, "retire", revision=given.revision)
    saved = draft(mina)
    with pytest.raises(Conflict) as refused:
        commands.move(mina, saved.reference, "submit", revision=saved.revision)
    (fault,) = refused.value.faults
    assert str(fault.message) == "has no approved row for A.5.2"
    assert not statement_versions.version(mina, saved.reference).content


def test_a_row_that_is_only_a_draft_decides_nothing(mina: Actor) -> None:
    values = {"title": "Drafted", "requirement": "iso42001:A.5.2", **POLICY}
    commands.create(mina, "applicability", values)
    with pytest.raises(Conflict) as refused:
        submitted(mina)
    assert "A.5.2" in str(refused.value.faults[0].message)


def test_the_content_is_that_of_the_day_and_bound_by_the_approval(
    mina: Actor, sara: Actor, rows: dict[str, Saved]
) -> None:
    waiting = submitted(mina)
    with pytest.raises(NotAllowed):
        commands.move(mina, waiting.reference, "approve", revision=waiting.revision)
    done = commands.move(sara, waiting.reference, "approve", revision=waiting.revision)
    found = statement_versions.version(mina, done.reference)
    assert (found.number, found.day, found.state) == (1, "2026-03-03", "approved")
    assert [row["number"] for row in found.rows] == [control.number for control in catalogs.controls()]
    row = next(row for row in found.rows if row["number"] == "A.5.2")
    assert (row["reference"], row["revision"]) == (rows["A.5.2"].reference, rows["A.5.2"].revision - 1)
    assert (row["applicable"], row["justification"]) == ("yes", "Asked for by policy.")
    assert row["state"]["measured"]
    assert len(found.content["posture"]) == 70
    assert log.leaf(waiting.leaf).facts["statement"]["sha256"] == found.sha256
    assert log.leaf(done.leaf).facts["statement"]["sha256"] == found.sha256


def test_a_version_is_approved_by_somebody_who_may_leave_controls_out(
    mina: Actor, rows: dict[str, Saved], someone: Any
) -> None:
    waiting = submitted(mina)
    with pytest.raises(NotAllowed, match="authority to exclude a control"):
        commands.move(
            someone("aims-manager", "Vera"), waiting.reference, "approve", revision=waiting.revision
        )
    board = someone("top-management", "Ingrid")
    assert commands.move(board, waiting.reference, "approve", revision=waiting.revision).state == "approved"


def test_content_is_never_typed(mina: Actor) -> None:
    with pytest.raises(Invalid):
        draft(mina, content={"version": 9, "rows": []})


def test_what_is_changed_after_a_return_is_frozen_anew(
    mina: Actor, sara: Actor, rows: dict[str, Saved]
) -> None:
    waiting = submitted(mina)
    back = commands.move(sara, waiting.reference, "return", revision=waiting.revision, reason="Say more.")
    amended = commands.amend(mina, waiting.reference, {"occasion": "Stage 1."}, revision=back.revision)
    assert not statement_versions.version(mina, amended.reference).content


def test_an_approval_is_refused_when_a_row_was_decided_anew_since(
    mina: Actor, sara: Actor, rows: dict[str, Saved]
) -> None:
    waiting = submitted(mina)
    decide(mina, sara, rows["A.5.2"], justification="A customer asks for it.")
    with pytest.raises(Conflict) as refused:
        commands.move(sara, waiting.reference, "approve", revision=waiting.revision)
    assert str(refused.value.faults[0].message) == "was frozen before A.5.2 changed"


def test_two_versions_do_not_share_a_number(mina: Actor, sara: Actor, rows: dict[str, Saved]) -> None:
    first, second = submitted(mina), submitted(mina)
    commands.move(sara, first.reference, "approve", revision=first.revision)
    with pytest.raises(Conflict) as refused:
        commands.move(sara, second.reference, "approve", revision=second.revision)
    assert refused.value.faults[0].field == "version"


def test_an_approved_version_is_not_revised(mina: Actor, sara: Actor, rows: dict[str, Saved]) -> None:
    waiting = submitted(mina)
    done = commands.move(sara, waiting.reference, "approve", revision=waiting.revision)
    with pytest.raises(Invalid):
        commands.move(mina, done.reference, "revise", revision=done.revision)
    with pytest.raises(Conflict):
        commands.amend(mina, done.reference, {"title": "Another"}, revision=done.revision)


def test_a_version_stays_what_it_was_and_says_what_has_changed_since(
    mina: Actor, sara: Actor, rows: dict[str, Saved]
) -> None:
    waiting = submitted(mina)
    first = commands.move(sara, waiting.reference, "approve", revision=waiting.revision)
    frozen = statement_versions.version(mina, first.reference)
    with clock.frozen(clock.now() + timedelta(days=1)):
        decide(mina, sara, rows["A.5.2"], justification="A customer asks for it.")
        decide(mina, sara, rows["A.10.4"], **OUT)
        decide(mina, sara, rows["A.2.2"], implementation="in progress")
        decide(mina, sara, rows["A.2.3"], how="By the policy board.")
        decide(mina, sara, rows["A.2.4"], title="Decided again")
        own = commands.create(
            mina, "applicability", {"title": "Shadow run", "own_control": "Of each release.", **POLICY}
        )
        put_in_force(mina, sara, own)
        waiting = submitted(mina)
        second = commands.move(sara, waiting.reference, "approve", revision=waiting.revision)
        found = statement_changes.compare(mina)
        now = statement_changes.compare(mina, first.reference, NOW)
    assert statement_versions.version(mina, first.reference) == frozen
    assert (found.earlier.reference, found.later.reference) == (first.reference, second.reference)
    assert (found.later.number, found.later.day) == (2, "2026-03-04")
    decided = {change.number: change for change in found.changes if change.what != "measured"}
    assert {number: change.what for number, change in decided.items()} == {
        "A.5.2": "reason", "A.10.4": "excluded", own.reference: "added", "A.2.2": "implementation",
        "A.2.3": "implementation", "A.2.4": "revised",
    }  # fmt: skip
    assert str(decided["A.2.2"].message) == "Implementation: not started before, in progress now."
    assert str(decided["A.10.4"].message) == "Is now left out: “Nothing asks for it.”."
    assert "from “Asked for by policy. (own policy)” to “A customer asks for it." in str(
        decided["A.5.2"].message
    )
    measured = [change for change in found.changes if change.what == "measured"]
    assert [change.number for change in measured] == ["A.10.4"]
    assert str(measured[0].message).endswith("Not applicable now.")
    assert [change.what for change in now.changes] == [change.what for change in found.changes]
    plain = frozen_changes.as_dict(found)
    assert {change["what"] for change in plain["changes"]} == {
        "reason", "excluded", "added", "implementation", "revised", "measured",
    }  # fmt: skip


def test_without_versions_there_is_nothing_to_compare(mina: Actor, rows: dict[str, Saved]) -> None:
    with pytest.raises(Conflict):
        statement_changes.compare(mina)
    with pytest.raises(NotFound):
        statement_changes.compare(mina, "SOA-0999", NOW)
    waiting = draft(mina)
    with pytest.raises(Conflict):
        statement_changes.compare(mina, waiting.reference, NOW)


def test_the_text_of_a_row_that_one_unit_reads_stays_out(
    mina: Actor, sara: Actor, rows: dict[str, Saved]
) -> None:
    people.create_unit(Actor.installation(), slug="claims", name="Claims")
    decide(mina, sara, rows["A.5.2"], justification="A secret of claims.", unit="claims")
    saved = submitted(mina)
    row = next(row for row in statement_versions.version(mina, saved.reference).rows if row["withheld"])
    assert (row["number"], row["justification"], row["applicable"]) == ("A.5.2", "", "yes")
    kept = queries.as_of(mina, saved.reference, clock.now())
    assert "secret of claims" not in str(kept)


def test_whoever_reads_one_unit_freezes_nothing(
    mina: Actor, rows: dict[str, Saved], someone: Callable[[str, str], Actor]
) -> None:
    from plumbline.identity.actors import actor_of_person

    unit = people.create_unit(Actor.installation(), slug="claims", name="Claims")
    person = people.create_person(Actor.installation(), email="kim@halden.example", full_name="Kim")
    people.give_grant(Actor.installation(), person, "aims-manager", unit=unit)
    saved = draft(mina)
    with pytest.raises(NotAllowed):
        commands.move(actor_of_person(person), saved.reference, "submit", revision=saved.revision)
    with pytest.raises(NotAllowed):
        frozen_versions.unfrozen(statement_versions.SERIES, actor_of_person(person), NOW)


def test_as_csv_every_row_says_of_which_version_it_is(
    mina: Actor, sara: Actor, rows: dict[str, Saved]
) -> None:
    decide(mina, sara, rows["A.5.2"], justification="=HYPERLINK(1)")
    saved = submitted(mina)
    found = statement_versions.version(mina, saved.reference)
    lines = list(
        csv.DictReader(io.StringIO("".join(statement_versions.csv_text(found)).removeprefix("\ufeff")))
    )
    assert len(lines) == 38
    assert {(line["version"], line["day"], line["sha256"]) for line in lines} == {
        ("1", "2026-03-03", found.sha256)
    }
    assert next(line for line in lines if line["number"] == "A.5.2")["justification"] == "'=HYPERLINK(1)"
