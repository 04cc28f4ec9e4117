"""One change to many records: previewed, confirmed, done in chunks, each record by the rules of the door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from plumbline.bulk import commands, proofs, queries, stage
from plumbline.bulk.erasure import commands as erasure
from plumbline.bulk.models import BulkJob, BulkRow
from plumbline.bulk.requests import BulkRequest
from plumbline.bulk.stage import BulkStage
from plumbline.identity import commands as people
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotFound
from plumbline.records import commands as door
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def systems(mina: Actor) -> list[str]:
    """Six AI systems in draft."""
    made = [{"title": f"System {number}", "slug": f"system-{number}"} for number in range(6)]
    return [door.create(mina, "ai-system", values).reference for values in made]


def _edit(**values: Any) -> BulkRequest:
    return BulkRequest("edit", values=values)


def _values(actor: Actor, reference: str) -> Any:
    return records.find(actor, reference)[0]


def _types(after: int) -> list[str]:
    return [entry.entry_type for entry in log.leaves(after, log.size())]


def test_a_preview_says_what_happens_and_writes_nothing(mina: Actor, systems: list[str]) -> None:
    door.amend(mina, systems[0], {"owner": mina.id}, revision=1)
    before = log.size()
    job = commands.plan(mina, "ai-system", _edit(owner=mina.id), references=[*systems, "SYS-9999"])
    assert job.counts == {"change": 5, "unchanged": 1, "refused": 0}
    assert (job.state, job.total, job.done) == ("previewed", 6, 0)
    assert log.size() == before
    assert _values(mina, systems[1]).owner_id is None
    assert {_values(mina, reference).revision for reference in systems[1:]} == {1}


def test_all_that_match_are_changed_with_one_entry_around_those_of_the_records(
    mina: Actor, systems: list[str]
) -> None:
    before = log.size()
    job = commands.plan(mina, "ai-system", _edit(owner=mina.id, version="2"), where="owner:empty")
    done = commands.run(mina, job.handle)
    assert (done.state, done.done) == ("done", 6)
    types = _types(before)
    assert types == ["bulk.confirmed", *["record.amended"] * 6, "bulk.finished"]
    assert {_values(mina, reference).version for reference in systems} == {"2"}
    history = records.history(mina, systems[0])
    assert history[0].note == f"Bulk change {job.handle}."
    assert list(proofs._check_jobs(0, 1)) == []
    with pytest.raises(Conflict):
        commands.confirm(mina, job.handle)


def test_each_record_is_judged_as_if_it_were_alone(
    installation: Actor, mina: Actor, systems: list[str], someone: Callable[..., Actor]
) -> None:
    claims, sales = (people.create_unit(installation, name=name) for name in ("Claims", "Sales"))
    for reference, unit in zip(systems[:3], (claims, claims, sales), strict=True):
        door.amend(mina, reference, {"unit": unit.slug}, revision=1)
    owner = someone("system-owner", "Olga", unit=claims)
    job = commands.plan(owner, "ai-system", _edit(version="2"), references=systems)
    rows, _ = queries.rows(owner, job.handle)
    shown = {row.reference: (row.outcome, str(row.message)) for row in rows}
    assert systems[2] not in shown  # hidden from this reader: neither named nor counted
    assert [shown[reference][0] for reference in systems[:2]] == ["change", "change"]
    assert {shown[reference][0] for reference in systems[3:]} == {"refused"}
    assert all("may not" in shown[reference][1] for reference in systems[3:])
    done = commands.run(owner, job.handle)
    assert done.done == 2
    assert _values(mina, systems[3]).version == ""


def test_a_step_is_taken_where_it_is_open_and_four_eyes_leave_it(
    mina: Actor, sara: Actor, systems: list[str]
) -> None:
    door.move(mina, systems[0], "submit", revision=1)
    job = commands.plan(mina, "ai-system", BulkRequest("move", move="submit"), references=systems)
    assert job.counts == {"change": 5, "unchanged": 0, "refused": 1}
    assert commands.run(mina, job.handle).done == 5
    mine = commands.plan(mina, "ai-system", BulkRequest("move", move="approve"), references=systems)
    assert mine.counts["change"] == 0
    assert mine.counts["refused"] == 6
    with pytest.raises(Invalid):
        commands.confirm(mina, mine.handle)
    before = {reference: _values(sara, reference).state for reference in systems}
    hers = commands.plan(sara, "ai-system", BulkRequest("move", move="approve"), references=systems)
    done = commands.run(sara, hers.handle)
    assert done.done == hers.counts["change"]
    states = {reference: _values(sara, reference).state for reference in systems}
    rows, _ = queries.rows(sara, hers.handle)
    for row in rows:
        assert states[row.reference] == ("approved" if row.done else before[row.reference])
    unfit = commands.plan(mina, "ai-system", BulkRequest("move", move="discard"), references=systems)
    assert unfit.counts["change"] == 0  # the step asks for a reason, and none was given


def test_records_are_linked_and_what_is_linked_already_is_left(mina: Actor, systems: list[str]) -> None:
    door.link(mina, systems[0], "replaces", systems[5])
    request = BulkRequest("link", relation="replaces", target=systems[5])
    job = commands.plan(mina, "ai-system", request, references=systems)
    assert job.counts == {"change": 4, "unchanged": 1, "refused": 1}
    assert commands.run(mina, job.handle).done == 4


def test_what_changed_since_the_preview_is_left_out_with_the_reason(mina: Actor, systems: list[str]) -> None:
    job = commands.plan(mina, "ai-system", _edit(version="2"), references=systems)
    door.amend(mina, systems[1], {"purpose": "Something new."}, revision=1)
    done = commands.run(mina, job.handle)
    assert (done.done, done.counts["refused"]) == (5, 1)
    (row,), _ = queries.rows(mina, job.handle, outcome="refused")
    assert row.reference == systems[1]
    assert "revision 2" in str(row.message)
    assert _values(mina, systems[1]).version == ""


def test_an_edit_is_taken_back_once_where_nothing_changed_since(mina: Actor, systems: list[str]) -> None:
    door.amend(mina, systems[0], {"version": "1.5"}, revision=1)
    job = commands.plan(mina, "ai-system", _edit(version="2"), references=systems)
    commands.run(mina, job.handle)
    door.amend(mina, systems[3], {"purpose": "Something new."}, revision=2)
    undo = commands.undo(mina, job.handle)
    assert undo.undoes == job.handle
    assert undo.counts == {"change": 5, "unchanged": 0, "refused": 1}
    done = commands.run(mina, undo.handle)
    assert done.done == 5
    assert [_values(mina, reference).version for reference in systems] == ["1.5", "", "", "2", "", ""]
    for again in (job.handle, undo.handle):
        with pytest.raises(Conflict):
            commands.undo(mina, again)
    assert list(proofs._check_jobs(0, 1)) == []


def test_a_discarded_undo_makes_room_for_another(mina: Actor, systems: list[str]) -> None:
    job = commands.plan(mina, "ai-system", _edit(version="2"), references=systems)
    commands.run(mina, job.handle)
    commands.discard(mina, commands.undo(mina, job.handle).handle)
    assert commands.run(mina, commands.undo(mina, job.handle).handle).done == 6


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (BulkRequest("paint"), "act"),
        (BulkRequest("edit"), "values"),
        (BulkRequest("edit", values={"slug": "one"}), "slug"),
        (BulkRequest("edit", values={"state": "approved"}), "state"),
        (BulkRequest("move", move="fly"), "move"),
        (BulkRequest("link", relation="is"), "target"),
    ],
)
def test_what_cannot_be_asked_of_many_names_the_field(
    mina: Actor, systems: list[str], request_: BulkRequest, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        commands.plan(mina, "ai-system", request_, references=systems)
    assert refused.value.faults[0].field == field
    with pytest.raises(Invalid):
        commands.plan(mina, "ai-system", _edit(version="2"), where="slug:none")


def test_a_wrong_value_is_refused_for_each_record_with_the_remedy(mina: Actor, systems: list[str]) -> None:
    job = commands.plan(mina, "ai-system", _edit(lifecycle="flying"), references=systems)
    assert job.counts == {"change": 0, "unchanged": 0, "refused": 6}
    (row, *_), _ = queries.rows(mina, job.handle)
    assert str(row.remedy)


def test_it_goes_on_where_it_was_broken_off(
    mina: Actor, systems: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "FEWEST_ROWS", 2)
    job = commands.plan(mina, "ai-system", _edit(version="2"), references=systems)
    commands.confirm(mina, job.handle)
    assert stage.advance(job.handle, in_turn=False)
    assert queries.job(mina, job.handle).done == 2
    whole = stage._do

    def killed(*given: Any) -> None:
        whole(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(stage, "_do", killed)
    with pytest.raises(KeyboardInterrupt):
        stage.advance(job.handle)
    monkeypatch.setattr(stage, "_do", whole)
    assert queries.job(mina, job.handle).done == 2  # the chunk was rolled back with its marks
    assert _values(mina, systems[2]).revision == 1
    while BulkStage().advance():
        pass
    assert (queries.job(mina, job.handle).state, queries.job(mina, job.handle).done) == ("done", 6)
    assert {_values(mina, reference).revision for reference in systems} == {2}


def test_somebody_who_holds_it_is_not_disturbed(mina: Actor, systems: list[str]) -> None:
    job = commands.plan(mina, "ai-system", _edit(version="2"), references=systems)
    commands.confirm(mina, job.handle)
    BulkJob.objects.update(leased_until=clock.now() + timedelta(seconds=5))
    assert not stage.advance(job.handle)
    assert queries.job(mina, job.handle).done == 0


def test_nothing_more_is_changed_when_who_confirmed_it_has_lost_the_role(
    installation: Actor, mina: Actor, systems: list[str], someone: Callable[..., Actor]
) -> None:
    tom = someone("aims-manager", "Tom")
    job = commands.plan(tom, "ai-system", _edit(version="2"), references=systems)
    commands.confirm(tom, job.handle)
    for grant in identity.grants_of(tom.person_id or 0):
        people.revoke_grant(installation, grant)
    while stage.advance(job.handle):
        pass
    assert BulkJob.objects.get().state == "done"
    assert list(BulkRow.objects.order_by().values_list("outcome", "done").distinct()) == [("refused", False)]


def test_only_who_asked_sees_it(mina: Actor, sara: Actor, systems: list[str]) -> None:
    job = commands.plan(mina, "ai-system", _edit(version="2"), references=systems)
    for act in (commands.confirm, commands.discard, commands.undo, queries.job, queries.rows):
        with pytest.raises(NotFound):
            act(sara, job.handle)
    commands.discard(mina, job.handle)
    assert queries.jobs(mina) == []
    assert BulkRow.objects.count() == 0


def test_a_reader_plans_nothing(someone: Callable[..., Actor], systems: list[str]) -> None:
    with pytest.raises(NotAllowed):
        commands.plan(someone("viewer", "Vera"), "ai-system", _edit(version="2"), references=systems)


def test_the_scrub_finds_a_request_that_was_changed(mina: Actor, systems: list[str]) -> None:
    job = commands.plan(mina, "ai-system", _edit(version="2"), references=systems)
    commands.run(mina, job.handle)
    BulkJob.objects.update(request=BulkRequest("edit", values={"version": "3"}).as_text())
    assert [each.field for each in proofs._check_jobs(0, 1)] == ["request"]
    first = BulkRow.objects.order_by("pk").values_list("pk", flat=True)[0]
    assert list(proofs._check_rows(first, first + 10)) == []
    BulkRow.objects.update(revision_after=9)
    assert {each.field for each in proofs._check_rows(first, first + 10)} == {"reached"}


def test_erasure_empties_what_was_replaced(mina: Actor, systems: list[str]) -> None:
    door.amend(mina, systems[0], {"version": "quokka"}, revision=1)
    job = commands.plan(mina, "ai-system", _edit(version="2"), references=systems)
    commands.run(mina, job.handle)
    assert BulkRow.objects.filter(values__contains="quokka").exists()
    erasure.erase_rows([systems[0]])
    assert not BulkRow.objects.filter(values__contains="quokka").exists()
    assert BulkJob.objects.get().request == ""
    assert queries.job(mina, job.handle).request is None
    assert not queries.job(mina, job.handle).may_be_undone


def test_every_kind_can_be_planned_for(mina: Actor) -> None:
    for kind in kinds.all_kinds():
        with pytest.raises((Invalid, NotAllowed)):
            commands.plan(mina, kind.slug, _edit(owner=mina.id), where="title:zzz")
