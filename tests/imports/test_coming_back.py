"""A register that comes again: what somebody changed here stays, entries are known again, none is doubled."""

from __future__ import annotations

from typing import Any

import pytest

from plumbline.identity.actors import Actor
from plumbline.imports import commands, plan, queries, stage
from plumbline.imports.batch import commands as batch
from plumbline.imports.plan import ImportPlan
from plumbline.imports.withdrawal import commands as withdrawal
from plumbline.kernel.problems import Conflict
from plumbline.records import commands as door
from plumbline.records import queries as records

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

MAP = """
kind: ai-system
register: inventory
key: {columns: [Id]}
fields: {title: Name, purpose: Purpose, topic: Topic}
"""
FILE = "Id,Name,Purpose,Topic\n1,Triage,Sorts claims,Claims\n2,Chat,Answers mail,Service\n"
DIGEST = MAP.replace("{columns: [Id]}", "{digest: [Name, Purpose]}")


def _plan(actor: Actor, text: str, map_text: str = MAP) -> ImportPlan:
    return plan.plan_file(actor, "ai-system", text.encode(), map_text)


def _run(actor: Actor, text: str, map_text: str = MAP) -> queries.JobView:
    return commands.run(actor, _plan(actor, text, map_text))


def _record(actor: Actor, reference: str) -> Any:
    return records.find(actor, reference)[0]


def test_a_field_that_somebody_changed_here_stays_and_the_others_follow_the_file(mina: Actor) -> None:
    _run(mina, FILE)
    door.amend(mina, "SYS-0001", {"purpose": "Sorts motor claims"}, revision=1)
    again = _plan(mina, FILE.replace(",Claims", ",Motor").replace("Sorts claims", "Sorts all claims"))
    (row, _) = again.rows
    assert (row.outcome, row.fields) == ("amend", ("topic",))
    assert [(one.sort, one.field, one.text) for one in row.notices] == [
        ("kept", "purpose", "Sorts all claims")
    ]
    commands.run(mina, again)
    made = _record(mina, "SYS-0001")
    assert (made.purpose, made.topic) == ("Sorts motor claims", "Motor")


def test_a_change_made_here_is_no_reason_to_take_what_the_file_always_said(mina: Actor) -> None:
    _run(mina, FILE)
    door.amend(mina, "SYS-0001", {"purpose": "Sorts motor claims"}, revision=1)
    (row, _) = _plan(mina, FILE).rows
    assert row.outcome == "unchanged"
    assert [(one.sort, "before" in str(one.message)) for one in row.notices] == [("kept", True)]


@pytest.mark.parametrize(
    "map_text",
    [
        MAP + "changed_here: take\n",
        MAP.replace("purpose: Purpose", "purpose: {column: Purpose, changed_here: take}"),
    ],
)
def test_the_map_may_say_that_the_file_goes_first_and_the_preview_shows_it(
    mina: Actor, map_text: str
) -> None:
    _run(mina, FILE)
    door.amend(mina, "SYS-0001", {"purpose": "Sorts motor claims"}, revision=1)
    again = _plan(mina, FILE, map_text)
    assert (again.rows[0].outcome, again.rows[0].notices[0].sort) == ("amend", "taken")
    commands.run(mina, again)
    assert _record(mina, "SYS-0001").purpose == "Sorts claims"


def test_what_no_import_has_written_is_not_written_over(mina: Actor) -> None:
    door.create(mina, "ai-system", {"title": "Triage", "purpose": "By hand"}, key="inventory:1")
    (row, _) = _plan(mina, FILE).rows
    assert (row.outcome, row.fields) == ("amend", ("topic",)), "an empty field is filled, a written one kept"
    assert [(one.sort, one.field) for one in row.notices] == [("kept", "purpose")]


def test_an_entry_whose_digest_changed_is_known_by_its_title_and_makes_no_double(mina: Actor) -> None:
    _run(mina, FILE, DIGEST)
    again = _plan(mina, FILE.replace("Sorts claims", "Sorts all claims"), DIGEST)
    (row, _) = again.rows
    assert (row.outcome, row.reference, row.fields) == ("amend", "SYS-0001", ("purpose",))
    assert [one.sort for one in row.notices] == ["guessed"]
    done = commands.run(mina, again)
    assert (done.state, done.written, records.counts_by_kind(mina)) == ("done", 1, {"ai-system": 2})
    third = _plan(mina, FILE.replace("Sorts claims", "Sorts all claims"), DIGEST)
    assert [(row.outcome, len(row.notices)) for row in third.rows] == [("unchanged", 0)] * 2


def test_two_entries_of_one_title_are_not_taken_for_one_another(mina: Actor) -> None:
    _run(mina, FILE.replace("Chat", "Triage"), DIGEST)
    again = _plan(mina, "Id,Name,Purpose,Topic\n1,Triage,Sorts letters,Claims\n", DIGEST)
    assert again.rows[0].outcome == "create"
    assert len(again.summary.doubles) == 1


def test_what_is_no_longer_in_the_file_is_listed_and_left_alone(mina: Actor) -> None:
    _run(mina, FILE)
    again = _plan(mina, "Id,Name,Purpose,Topic\n1,Triage,Sorts all claims,Claims\n")
    assert again.summary.gone == ("SYS-0002",)
    commands.run(mina, again)
    assert _record(mina, "SYS-0002").state == "draft"
    other = _plan(mina, FILE.replace("2,Chat", "3,Else"), MAP.replace("inventory", "another"))
    assert other.summary.gone == (), "another register says nothing of this one"


def test_an_import_is_stopped_and_goes_on_where_it_was(mina: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    job = commands.keep(mina, _plan(mina, FILE), "r.csv")
    with pytest.raises(Conflict):
        batch.stop(mina, job.handle)
    commands.confirm(mina, job.handle)
    monkeypatch.setattr(stage, "CHUNK_ROWS", 1)
    monkeypatch.setattr(stage.write_priority, "yield_to_foreground", lambda: batch.stop(mina, job.handle))
    stage.advance(job.handle)
    stopped = queries.job(mina, job.handle)
    assert (stopped.state, stopped.written) == ("stopped", 1)
    assert not stage.advance(job.handle)
    monkeypatch.setattr(stage.write_priority, "yield_to_foreground", lambda: None)
    done = commands.run(mina, job.handle)
    assert (done.state, done.written, records.counts_by_kind(mina)) == ("done", 2, {"ai-system": 2})


def test_an_import_is_withdrawn_as_a_whole_but_for_what_somebody_touched(mina: Actor) -> None:
    first = _run(mina, FILE + "3,Fraud,Finds fraud,Claims\n")
    second = _run(mina, FILE.replace("Sorts claims", "Sorts all claims") + "3,Fraud,Finds fraud,Claims\n")
    done = withdrawal.withdraw(mina, second.handle)
    assert (done.taken_back, done.staying, done.left) == (1, (), 0)
    assert _record(mina, "SYS-0001").purpose == "Sorts claims"
    door.amend(mina, "SYS-0003", {"topic": "Else"}, revision=1)
    done = withdrawal.withdraw(mina, first.handle)
    # The first has been changed and changed back, which is two revisions that this import did not make.
    assert (done.taken_back, [one for one, _ in done.staying], done.left) == (1, ["SYS-0001", "SYS-0003"], 0)
    assert [_record(mina, f"SYS-000{n}").state for n in (1, 2, 3)] == ["draft", "retired", "draft"]
    assert withdrawal.withdraw(mina, first.handle).taken_back == 0


def test_an_import_that_was_not_written_is_not_withdrawn(mina: Actor) -> None:
    job = commands.keep(mina, _plan(mina, FILE), "r.csv")
    with pytest.raises(Conflict):
        withdrawal.withdraw(mina, job.handle)


def test_what_an_edition_cannot_say_empties_nothing(mina: Actor) -> None:
    """A text that is no value leaves what stands, and is named; emptying it first is no way past the gate."""
    head = "Id,Name,Stage,Begun\n"
    text = (
        "kind: ai-system\nkey: {columns: [Id]}\nfields: {title: Name, lifecycle: Stage, started_on: Begun}\n"
    )

    def planned(row: str) -> Any:
        return plan.plan_file(mina, "ai-system", (head + row).encode(), text)

    def stands() -> tuple[Any, Any]:
        (fact,) = records.claimed("ai-system")
        return fact["lifecycle"], fact["started_on"]

    commands.run(mina, planned("1,Triage,planned,2024-01-05\n"))
    unread = planned("1,Triage A,Gibberish,soon\n")
    assert {notice.field for notice in unread.rows[0].notices} == {"lifecycle", "started_on"}
    commands.run(mina, unread)
    assert stands() == ("planned", "2024-01-05")
    emptied = planned("1,Triage B,,\n")
    (held,) = [notice for notice in emptied.rows[0].notices if notice.sort == "held"]
    assert (held.field, str(held.message)) == ("lifecycle", "was said, and is not taken back")
    assert "changed here" not in " ".join(str(notice.message) for notice in emptied.rows[0].notices)
    commands.run(mina, emptied)
    live = planned("1,Triage C,in operation,2024-01-05\n")
    # each thing that a system lacks before it may go live is named
    lacking = [notice for notice in live.rows[0].notices if notice.field == "lifecycle"]
    assert {notice.sort for notice in lacking} == {"held"}
    assert len({str(notice.message) for notice in lacking}) == len(lacking) > 1
    commands.run(mina, live)
    assert stands() == ("planned", "2024-01-05")


def test_of_several_values_those_that_can_be_read_are_taken(mina: Actor) -> None:
    """One strange word in a list says nothing against the others."""
    text = (
        "kind: ai-system\nkey: {columns: [Id]}\nfields: {title: Name, regions: {column: Where, split: ';'}}\n"
    )

    def run(name: str, regions: str) -> list[str]:
        made = plan.plan_file(mina, "ai-system", f"Id,Name,Where\n1,{name},{regions}\n".encode(), text)
        commands.run(mina, made)
        (fact,) = records.claimed("ai-system")
        return sorted(fact["regions"])

    assert run("A", "canada") == ["canada"]
    assert run("B", "canada; world; Atlantis") == ["canada", "world"]
    assert run("C", "Atlantis") == ["canada", "world"]
