"""What a preview says is what is written: nothing invented, nothing dropped without a word."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.clauses.conftest import Make

from plumbline.identity.actors import Actor
from plumbline.imports import commands, mapping, plan, queries
from plumbline.imports import summary as account
from plumbline.imports.plan import ImportPlan
from plumbline.kernel.problems import Conflict, Invalid
from plumbline.records import commands as door
from plumbline.records import queries as records

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

MAP = """
kind: ai-system
key: {columns: [Id]}
fields:
  title: Name
  purpose: Purpose
  lifecycle: {column: Stage, values: {Live: in operation}}
  started_on: Begun
  owner: Owner
"""
FILE = """Id;Name;Purpose;Stage;Begun;Owner;Extra
1;Claims Triage;Sorts claims;Live;25/03/2023;Mina;x
2;Chat;Answers;;2023;mina@halden.example;x
3;Fraud;Finds fraud;Somewhere;soon;Nobody Known;x
"""


def _plan(actor: Actor, text: str = FILE, map_text: str = MAP) -> ImportPlan:
    return plan.plan_file(actor, "ai-system", text.encode(), map_text)


def _record(actor: Actor, reference: str) -> Any:
    return records.find(actor, reference)[0]


def test_an_empty_cell_is_no_fact_and_one_unreadable_field_keeps_no_good_one_out(mina: Actor) -> None:
    commands.run(mina, _plan(mina))
    first, second, third = (_record(mina, f"SYS-000{n}") for n in (1, 2, 3))
    assert (first.lifecycle, str(first.started_on), first.owner_id) == (
        "in operation",
        "2023-03-25",
        mina.person_id,
    )
    assert (second.lifecycle, second.started_on, second.owner_id) == ("", None, mina.person_id)
    assert records.history(mina, "SYS-0002")[0].note.endswith("line 3.\nBegun: 2023")
    assert (third.lifecycle, third.started_on, third.owner, third.purpose) == ("", None, None, "Finds fraud")
    assert records.history(mina, "SYS-0003")[0].note.endswith(
        "Stage: Somewhere\nBegun: soon\nOwner: Nobody Known"
    )


def test_an_offer_of_the_form_is_no_answer_of_the_register(mina: Actor) -> None:
    """A form begins with a stage, so that whoever fills it in sees it. Nobody sees it in a register."""
    commands.run(mina, _plan(mina, map_text="kind: ai-system\nkey: {columns: [Id]}\nfields: {title: Name}\n"))
    made = _record(mina, "SYS-0001")
    assert (made.lifecycle, made.effect) == ("", "unknown")
    assert (
        _record(mina, door.create(mina, "ai-system", {"title": "By hand"}).reference).lifecycle == "planned"
    )


def test_a_system_without_a_stage_is_amended_but_not_submitted(mina: Actor) -> None:
    commands.run(mina, _plan(mina))
    saved = door.amend(mina, "SYS-0002", {"purpose": "Answers customers"}, revision=1)
    with pytest.raises(Conflict) as caught:
        door.move(mina, "SYS-0002", "submit", revision=saved.revision)
    assert "lifecycle" in {fault.field for fault in caught.value.faults}


def test_the_account_names_every_text_that_is_not_taken_as_it_stands(mina: Actor) -> None:
    made = _plan(mina).summary
    assert made.counts() == {"not understood": 3, "partial": 1}
    by_column = {one.column: dict(one.counts) for one in made.columns if one.counts}
    assert by_column == {
        "Stage": {"not understood": 1},
        "Begun": {"partial": 1, "not understood": 1},
        "Owner": {"not understood": 1},
    }
    reasons = {(one.sort, one.column): (one.count, one.lines, one.texts) for one in made.reasons}
    assert reasons["partial", "Begun"] == (1, (3,), ("2023",))
    assert reasons["not understood", "Owner"] == (1, (4,), ("Nobody Known",))
    assert made.unused == ("Extra",)


def test_page_and_command_line_have_the_same_account(mina: Actor) -> None:
    made = _plan(mina)
    kept = queries.job(mina, commands.keep(mina, made, "r.csv").handle)
    assert account.as_json(kept.summary, plain=True) == account.as_json(made.summary, plain=True)
    assert json.dumps(account.as_json(made.summary, plain=True))


def test_what_a_person_chose_for_empty_cells_is_shown_as_defaulted(mina: Actor) -> None:
    made = _plan(mina, map_text=MAP.replace("values: {Live: in operation}", "default: planned"))
    notice = next(one for one in made.rows[1].notices if one.sort == "defaulted")
    assert (notice.column, notice.field) == ("Stage", "lifecycle")
    assert made.rows[1].values["lifecycle"] == "planned"


def test_a_date_that_may_mean_two_days_is_left_out_until_somebody_says(mina: Actor) -> None:
    text = FILE.replace("25/03/2023", "03/04/2023")
    made = _plan(mina, text)
    assert made.rows[0].values["started_on"] == ""
    (order,) = made.summary.dates
    assert (order.column, order.known, order.example) == ("Begun", "ambiguous", "03/04/2023")
    said = _plan(mina, text, MAP.replace("started_on: Begun", "started_on: {column: Begun, date_order: dmy}"))
    assert said.rows[0].values["started_on"] == "2023-04-03"


def test_a_map_that_would_read_a_date_in_two_ways_is_refused_with_the_remedy() -> None:
    with pytest.raises(Invalid) as caught:
        mapping.parse(MAP.replace("Begun", "{column: Begun, dates: ['%d/%m/%Y', '%m/%d/%Y']}"))
    (fault,) = caught.value.faults
    assert (fault.field, "date_order" in str(fault.remedy)) == ("fields.started_on.dates", True)


@pytest.mark.parametrize("spelled", ["SYS-0001", "sys 1", "Claims Triage", "claims triage", "1"])
def test_a_link_is_found_by_reference_title_or_key_in_any_usual_spelling(mina: Actor, spelled: str) -> None:
    commands.run(mina, _plan(mina))
    text = f"Id,Name,System,Requirements\na,Bias,{spelled},A.2.2\n"
    map_text = """
kind: nonconformity
key: {columns: [Id]}
fields:
  title: Name
  description: Name
  system: System
  requirements: {column: Requirements, split: ","}
  source: {constant: observation}
"""
    made = plan.plan_file(mina, "nonconformity", text.encode(), map_text)
    assert made.rows[0].values["system"] == "SYS-0001", [str(one.message) for one in made.rows[0].notices]
    assert made.rows[0].values["requirements"] == ["iso42001:A.2.2"]


def test_fields_that_contradict_each_other_lose_no_more_than_one(mina: Actor) -> None:
    map_text = MAP + "  retired_on: Gone\n"
    text = "Id;Name;Purpose;Stage;Begun;Owner;Gone\n1;A;Sorts mail;Live;2020-01-01;;2021-01-01\n"
    (row,) = _plan(mina, text, map_text).rows
    assert (row.outcome, row.set_aside) == ("create", ("retired_on",))
    assert row.values["lifecycle"] == "in operation"
    assert row.note == "Gone: 2021-01-01"


def test_a_yes_or_no_is_read_and_nothing_else_is_taken_for_yes(mina: Actor) -> None:
    map_text = "kind: component\nkey: {columns: [Id]}\nfields: {title: Name, pinned: P}\n"
    text = "Id,Name,P\n1,a,Yes\n2,b,nein\n3,c,perhaps\n4,d,\n"
    made = plan.plan_file(mina, "component", text.encode(), map_text)
    assert [row.values["pinned"] for row in made.rows] == ["true", "false", "", ""]
    assert [[one.sort for one in row.notices] for row in made.rows] == [
        [],
        [],
        ["not understood"],
        ["defaulted"],
    ]


def test_likely_doubles_of_what_is_here_are_named(mina: Actor, make: Make) -> None:
    door.create(mina, "ai-system", {"title": "Claims triage (motor)"})
    door.create(mina, "ai-system", {"title": "Lot 1 of the tender"})
    text = "Id,Name\n7,Claims Triage - Motor\n8,Claims triaje motor\n9,Lot 2 of the tender\n10,Else\n"
    map_text = "kind: ai-system\nkey: {columns: [Id]}\nfields: {title: Name}\n"
    found = _plan(mina, text, map_text).summary.doubles
    assert [(one["line"], one["reference"]) for one in found] == [(2, "SYS-0001"), (3, "SYS-0001")]


def test_what_is_written_is_what_was_previewed(mina: Actor) -> None:
    job = commands.keep(mina, _plan(mina), "r.csv")
    shown, _ = queries.rows(mina, job.handle)
    commands.run(mina, job)
    for row, number in zip(shown, (1, 2, 3), strict=True):
        record = _record(mina, f"SYS-000{number}")
        assert (record.title, record.purpose, record.lifecycle) == tuple(
            row.values[name] for name in ("title", "purpose", "lifecycle")
        )
