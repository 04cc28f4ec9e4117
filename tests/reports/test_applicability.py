"""The statement of applicability over real records."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from tests.clauses.conftest import Make

from plumbline import catalogs
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import NotAllowed
from plumbline.records import commands
from plumbline.reports import applicability, applicability_export
from plumbline.reports.applicability import Row, Statement
from plumbline.trail import keys

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
POLICY = {"reasons": ["own policy"], "justification": "Asked for by policy."}


def of(made: Statement, control: str) -> Row:
    """The row of one control."""
    return next(row for row in made.rows if row.control == control)


def decide(actor: Actor, **values: Any) -> commands.Saved:
    """A row with a title."""
    return commands.create(actor, "applicability", {"title": "A decision", **values})


def test_every_control_of_annex_a_has_a_row_decided_or_not(mina: Actor) -> None:
    made = applicability.statement(mina)
    assert [row.control for row in made.rows] == [control.id for control in catalogs.controls()]
    assert len(made.rows) == 38 == made.counted("")
    assert {finding.code for _, finding in made.findings} == {"missing"}
    assert made.rows[0].area
    assert made.vkey == keys.vkey()


def test_a_decided_control_says_why_how_who_and_when(mina: Actor, sara: Actor, make: Make) -> None:
    saved = make("applicability")
    commands.move(mina, saved.reference, "submit", revision=saved.revision)
    commands.move(sara, saved.reference, "approve", revision=saved.revision + 1)
    made = applicability.statement(mina)
    (row,) = [row for row in made.rows if row.reference]
    assert row.reference == saved.reference
    assert row.applicable == "yes"
    assert row.justification
    assert row.how
    assert row.approval is not None
    assert (row.approval.by, row.approval.revision, row.approval_holds) == ("Sara", saved.revision + 1, True)
    assert row.posture is not None
    assert row.posture.id == row.control
    assert made.counted("yes") == 1
    assert made.counted("") == 37


def test_a_draft_decides_nothing_and_is_pointed_out(mina: Actor, sara: Actor, make: Make) -> None:
    saved = make("applicability")
    commands.move(mina, saved.reference, "submit", revision=saved.revision)
    done = commands.move(sara, saved.reference, "approve", revision=saved.revision + 1)
    draft = commands.move(mina, saved.reference, "revise", revision=done.revision)
    draft = commands.amend(mina, saved.reference, {"how": "Better than ever."}, revision=draft.revision)
    (row,) = [row for row in applicability.statement(mina).rows if row.reference]
    assert (row.revision, row.state, row.approval_holds) == (done.revision, "approved", True)
    assert row.how != "Better than ever."
    (found,) = [finding for finding in row.findings if finding.code == "revised"]
    assert f"Revision {draft.revision} is a draft" in found.text


def test_a_row_that_was_never_approved_is_shown_as_the_draft_it_is(mina: Actor, make: Make) -> None:
    make("applicability")
    (row,) = [row for row in applicability.statement(mina).rows if row.reference]
    assert (row.approval, row.approval_holds) == (None, False)
    assert "not-approved" in {finding.code for finding in row.findings}


def test_the_statement_as_of_a_day_is_what_was_in_force_then(mina: Actor, sara: Actor, make: Make) -> None:
    before, later = clock.now() - timedelta(days=1), timedelta(days=2)
    saved = make("applicability")
    moved = commands.move(mina, saved.reference, "submit", revision=saved.revision)
    done = commands.move(sara, saved.reference, "approve", revision=moved.revision)
    first = applicability.statement(mina).as_of
    with clock.frozen(first + later):
        draft = commands.move(mina, saved.reference, "revise", revision=done.revision)
        draft = commands.amend(mina, saved.reference, {"how": "Anew."}, revision=draft.revision)
        moved = commands.move(mina, saved.reference, "submit", revision=draft.revision)
        commands.move(sara, saved.reference, "approve", revision=moved.revision)
        now, then = (
            {row.reference: row for row in applicability.statement(mina, at).all_rows}[saved.reference]
            for at in (None, first)
        )
        assert applicability.statement(mina, first).as_of == first
        assert applicability.statement(mina, before).counted("") == 38
    assert (now.how, then.how == "Anew.") == ("Anew.", False)
    assert (now.approval and now.approval.revision, then.approval and then.approval.revision) == (
        moved.revision,
        done.revision - 1,
    )


def test_a_control_left_out_that_a_treatment_puts_in_place_is_pointed_out(mina: Actor, make: Make) -> None:
    decide(mina, requirement="iso42001:A.7.6", applicable="no", exclusion_reason="No data is prepared here.")
    treatment = make("treatment", controls=["iso42001:A.7.6"])
    row = of(applicability.statement(mina), "iso42001:A.7.6")
    (found,) = [finding for finding in row.findings if finding.code == "excluded-but-needed"]
    assert treatment.reference in found.text


def test_own_controls_stand_after_those_of_annex_a(mina: Actor) -> None:
    saved = decide(mina, own_control="Shadow run of each release.", applicable="yes", **POLICY)
    made = applicability.statement(mina)
    (row,) = made.own
    assert row.reference == row.number == saved.reference
    assert made.all_rows[-1] is row


def test_what_a_reader_may_not_see_is_hidden_and_not_called_missing(mina: Actor, someone: Any) -> None:
    decide(mina, requirement="iso42001:A.2.2", applicable="yes", **POLICY)
    ends = date(2026, 6, 1)
    from plumbline.identity import commands as people
    from plumbline.identity.actors import actor_of_person

    auditor = people.create_person(Actor.installation(), email="aud@firm.example", full_name="Aud")
    unit = people.create_unit(Actor.installation(), slug="claims", name="Claims")
    people.give_grant(Actor.installation(), auditor, "external-auditor", unit=unit, ends=ends)
    row = of(applicability.statement(actor_of_person(auditor)), "iso42001:A.2.2")
    assert row.hidden
    assert not row.reference
    assert not row.findings


def test_without_permission_there_is_no_statement(mina: Actor) -> None:
    with pytest.raises(NotAllowed):
        applicability.statement(Actor("per_x", 0, "Nobody"))


def test_as_csv_formulas_are_harmless_and_every_row_says_as_of_when(mina: Actor) -> None:
    decide(
        mina, requirement="iso42001:A.2.2", applicable="yes", **{**POLICY, "justification": "=HYPERLINK(1)"}
    )
    made = applicability.statement(mina)
    rows = list(
        csv.DictReader(io.StringIO("".join(applicability_export.csv_text(made)).removeprefix("\ufeff")))
    )
    assert len(rows) == 38
    first = next(row for row in rows if row["number"] == "A.2.2")
    assert first["justification"] == "'=HYPERLINK(1)"
    assert {row["vkey"] for row in rows} == {keys.vkey()}
    assert first["as_of"] == "2026-03-03T09:00:00.000000Z"


def test_as_plain_values_it_counts_of_how_many(mina: Actor) -> None:
    decide(mina, requirement="iso42001:A.2.2", applicable="no", exclusion_reason="Nothing asks for it.")
    found = applicability_export.as_dict(applicability.statement(mina))
    assert found["controls"] == {"of": 38, "applicable": 0, "excluded": 1, "undecided": 37, "hidden": 0}
    assert len(found["rows"]) == 38
