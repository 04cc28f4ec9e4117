"""An import from file to records: planned, confirmed, written in chunks, never twice, never half."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError

from plumbline.identity import commands as people
from plumbline.identity.actors import Actor
from plumbline.imports import commands, plan, queries, rejects, sources, stage
from plumbline.imports.models import ImportJob
from plumbline.imports.stage import ImportStage
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotFound, TooLarge
from plumbline.records import commands as door
from plumbline.records import queries as records
from plumbline.records.batches.commands import NewRecords
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

MAP = """
kind: ai-system
key: {columns: [Id]}
empty: [N/A]
fields:
  title: Name
  slug: {column: Name, slug: 40, once: yes}
  purpose: Purpose
  lifecycle:
    column: Stage
    values: {Live: in operation, Idea: planned}
    unreadable: fault
  started_on: {column: Begun, dates: ["%d.%m.%Y"], unreadable: note}
  operating_since: {column: Live since, dates: ["%d.%m.%Y"], unreadable: note}
"""
FILE = """Id;Name;Purpose;Stage;Begun;Live since
1;Claims Triage;Sorts claims;Live;01.02.2023;01.03.2023
2;Chat;Answers;Idea;soon;N/A
3;Chat;Answers others;Idea;01.02.2024;01.02.2023
4;;No name;Live;;
5;Fraud;Finds fraud;Somewhere;;
1;Claims Triage;Sorts claims;Live;01.02.2023;01.03.2023
"""


def _run(actor: Actor, text: str = FILE, map_text: str = MAP) -> queries.JobView:
    return commands.run(actor, plan.plan_file(actor, "ai-system", text.encode(), map_text))


def test_a_plan_says_what_happens_to_every_row_and_writes_nothing(mina: Actor) -> None:
    before = log.size()
    made = plan.plan_file(mina, "", FILE.encode(), MAP)
    assert [(row.line, row.outcome) for row in made.rows] == [
        (2, "create"),
        (3, "create"),
        (4, "create"),
        (5, "faulty"),
        (6, "faulty"),
        (7, "repeat"),
    ]
    assert made.counts == {"create": 3, "amend": 0, "unchanged": 0, "repeat": 1, "skip": 0, "faulty": 2}
    assert made.rows[5].repeats == 2
    assert [(fault.column, fault.field) for row in made.rows for fault in row.faults] == [
        ("Name", "title"),
        ("Stage", "lifecycle"),
    ], "one empty name is one fault: what follows from it is no second thing to mend"
    assert made.rows[2].set_aside == ("operating_since",)
    commands.keep(mina, made, "register.csv")
    assert records.counts_by_kind(mina) == {}
    assert log.size() == before


def test_confirmed_rows_become_records_with_their_source_in_the_note(mina: Actor) -> None:
    done = _run(mina)
    assert (done.state, done.written, done.to_write) == ("done", 3, 3)
    assert done.finished_at is not None
    first, second, third = (records.as_of(mina, f"SYS-000{n}", done.finished_at) for n in (1, 2, 3))
    assert first["values"]["lifecycle"] == "in operation"
    assert first["values"]["started_on"] == "2023-02-01"
    assert (first["key"], second["key"]) == ("1", "2")
    assert second["values"]["slug"] == "chat"
    assert third["values"]["slug"].startswith("chat-")
    assert records.history(mina, "SYS-0002")[0].note.endswith("line 3.\nBegun: soon")
    assert records.history(mina, "SYS-0003")[0].note.endswith("Live since: 01.02.2023")
    assert third["values"]["operating_since"] is None
    entries = [leaf.entry_type for leaf in log.leaves(0, log.size())]
    assert entries[-5:] == ["import.confirmed", *["record.created"] * 3, "import.finished"]


def test_importing_twice_makes_no_doubles_and_amends_what_differs(mina: Actor) -> None:
    _run(mina)
    again = plan.plan_file(mina, "ai-system", FILE.encode(), MAP)
    assert again.counts == {"create": 0, "amend": 0, "unchanged": 3, "repeat": 1, "skip": 0, "faulty": 2}
    with pytest.raises(Invalid):
        commands.run(mina, again)
    done = _run(mina, FILE.replace("Sorts claims", "Sorts motor claims").replace("Claims Triage", "Triage"))
    assert (done.counts["amend"], done.counts["unchanged"], done.written) == (1, 2, 1)
    values = records.history(mina, "SYS-0001")[0]
    assert {change.field: change.after for change in values.changes} == {
        "title": "Triage",
        "purpose": "Sorts motor claims",
    }
    assert records.counts_by_kind(mina) == {"ai-system": 3}


def test_a_record_that_changed_after_the_preview_is_left_alone(mina: Actor) -> None:
    _run(mina)
    changed = plan.plan_file(mina, "ai-system", FILE.replace("Sorts claims", "Other").encode(), MAP)
    job = commands.keep(mina, changed, "r.csv")
    door.amend(mina, "SYS-0001", {"purpose": "Mine"}, revision=1)
    done = commands.run(mina, job)
    assert (done.state, done.written, done.counts["faulty"]) == ("done", 0, 3)
    rows, _ = queries.rows(mina, job.handle, outcome="faulty")
    assert "revision 2" in str(rows[0].faults[0].message)
    assert records.history(mina, "SYS-0001")[0].changes[0].after == "Mine"


def test_an_approved_record_is_not_amended(mina: Actor, sara: Actor) -> None:
    _run(mina)
    door.move(mina, "SYS-0001", "submit", revision=1)
    door.move(sara, "SYS-0001", "approve", revision=2, reason="seen")
    changed = plan.plan_file(mina, "ai-system", FILE.replace("Sorts claims", "Other").encode(), MAP)
    assert changed.rows[0].outcome == "faulty"
    assert "approved" in str(changed.rows[0].faults[0].message)


def test_an_import_that_was_cut_off_goes_on_where_it_stopped(
    mina: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = commands.keep(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP), "r.csv")
    commands.confirm(mina, job.handle)
    monkeypatch.setattr(stage, "CHUNK_ROWS", 1)
    write, calls = NewRecords.write, []

    def failing(batch: NewRecords) -> list[door.Saved]:
        calls.append(batch)
        saved = write(batch)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return saved

    monkeypatch.setattr(NewRecords, "write", failing)
    with pytest.raises(KeyboardInterrupt):
        stage.advance(job.handle)
    assert records.counts_by_kind(mina) == {"ai-system": 1}
    assert queries.job(mina, job.handle).written == 1
    while ImportStage().advance():
        pass
    done = queries.job(mina, job.handle)
    assert (done.state, done.written) == ("done", 3)
    assert records.counts_by_kind(mina) == {"ai-system": 3}


def test_two_workers_do_not_write_the_same_import(mina: Actor) -> None:
    job = commands.keep(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP), "r.csv")
    commands.confirm(mina, job.handle)
    from datetime import timedelta

    from plumbline.imports.models import ImportJob
    from plumbline.kernel import clock

    ImportJob.objects.update(leased_until=clock.now() + timedelta(seconds=60))
    assert not stage.advance(job.handle)
    assert records.counts_by_kind(mina) == {}


def test_an_import_that_the_flow_takes_over_is_waited_for(
    mina: Actor, monkeypatch: pytest.MonkeyPatch, running_clock: None
) -> None:
    from plumbline.imports.models import ImportJob

    confirm = commands.confirm

    def taken_at_once(actor: Actor, handle: str) -> None:
        confirm(actor, handle)
        ImportJob.objects.update(leased_until=clock.now() + timedelta(seconds=0.5))

    monkeypatch.setattr(commands, "confirm", taken_at_once)
    done = commands.run(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP))
    assert (done.state, done.written) == ("done", 3)


def test_an_import_whose_file_is_gone_stops_and_keeps_no_other_back(mina: Actor) -> None:
    other = FILE.replace("Sorts claims", "Sorts them all")
    jobs = [
        commands.keep(mina, plan.plan_file(mina, "ai-system", text.encode(), MAP), "r.csv")
        for text in (other, FILE)
    ]
    for job in jobs:
        commands.confirm(mina, job.handle)
    digest = hashlib.sha256(other.encode()).hexdigest()
    (settings.PLUMBLINE.data / "attachments" / digest[:2] / digest).unlink()
    sources.source.cache_clear()
    while ImportStage().advance():
        pass
    gone, left = (queries.job(mina, job.handle) for job in jobs)
    assert (gone.state, left.state, left.written) == ("stopped", "done", 3)
    assert "not in the data folder" in gone.error


def test_an_import_left_behind_by_a_killed_process_is_taken_up_within_seconds(mina: Actor) -> None:
    job = commands.keep(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP), "r.csv")
    commands.confirm(mina, job.handle)
    from plumbline.imports.models import ImportJob

    held = clock.now() + stage.LEASE
    assert stage.LEASE.total_seconds() <= 5
    ImportJob.objects.update(leased_until=held)  # as a killed process leaves it
    assert not stage.advance(job.handle)
    with clock.frozen(held + timedelta(seconds=1)):
        stage.advance(job.handle)
    assert queries.job(mina, job.handle).state == "done"


def test_a_process_that_lost_its_import_writes_no_more_of_it(
    mina: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plumbline.imports.models import ImportJob

    job = commands.keep(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP), "r.csv")
    commands.confirm(mina, job.handle)
    taken = clock.now() + timedelta(seconds=30)

    def interrupted() -> None:  # between two chunks, somebody else takes it up
        ImportJob.objects.update(leased_until=taken)

    monkeypatch.setattr(stage, "CHUNK_ROWS", 1)
    monkeypatch.setattr(stage.write_priority, "yield_to_foreground", interrupted)
    assert not stage.advance(job.handle)
    assert queries.job(mina, job.handle).written == 1
    assert ImportJob.objects.get().leased_until == taken


def test_a_chunk_ends_as_soon_as_short_work_waits(mina: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    job = commands.keep(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP), "r.csv")
    commands.confirm(mina, job.handle)
    monkeypatch.setattr(stage, "CHUNK_SECONDS", 60.0)
    monkeypatch.setattr(stage.write_priority, "foreground_waiting", lambda: True)
    assert stage.advance(job.handle, seconds=0)
    assert queries.job(mina, job.handle).written == 1
    assert not stage.advance(job.handle, in_turn=False)  # short work itself: it does not wait for itself
    assert queries.job(mina, job.handle).state == "done"


def test_the_same_file_twice_at_once_makes_no_doubles_and_no_faults(mina: Actor) -> None:
    jobs = [
        commands.keep(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP), f"{name}.csv")
        for name in "ab"
    ]
    for job in jobs:
        assert job.to_write == 3
        commands.confirm(mina, job.handle)
    while ImportStage().advance():
        pass
    first, second = (queries.job(mina, job.handle) for job in jobs)
    assert (first.state, first.written) == ("done", 3)
    assert (second.state, second.written) == ("done", 0)
    assert (second.counts["unchanged"], second.counts["faulty"]) == (3, 2)
    rows, _ = queries.rows(mina, second.handle, outcome="unchanged")
    assert [row.reference for row in rows] == ["SYS-0001", "SYS-0002", "SYS-0003"]
    assert records.counts_by_kind(mina) == {"ai-system": 3}


def test_the_same_change_twice_at_once_is_made_once(mina: Actor) -> None:
    _run(mina)
    text = FILE.replace("Sorts claims", "Sorts them all")
    jobs = [commands.keep(mina, plan.plan_file(mina, "ai-system", text.encode(), MAP), "r.csv") for _ in "ab"]
    for job in jobs:
        assert job.counts["amend"] == 1
        commands.confirm(mina, job.handle)
    while ImportStage().advance():
        pass
    assert queries.job(mina, jobs[1].handle).counts["unchanged"] == 3
    assert records.history(mina, "SYS-0001")[0].number == 2


def test_a_record_made_between_preview_and_confirmation_is_not_overwritten(mina: Actor) -> None:
    job = commands.keep(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP), "r.csv")
    door.create(mina, "ai-system", {"title": "Mine", "slug": "mine"}, key="1")
    done = commands.run(mina, job)
    assert (done.state, done.written) == ("done", 2)
    rows, _ = queries.rows(mina, job.handle, outcome="faulty")
    message, remedy = str(rows[0].faults[0].message), str(rows[0].faults[0].remedy)
    assert message == "was recorded meanwhile as SYS-0001, which says something else"
    assert "import the file again" in remedy
    assert records.find(mina, "SYS-0001")[0].title == "Mine"


def test_the_database_refusing_a_second_key_counts_as_recorded_meanwhile(
    mina: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What two processes on PostgreSQL meet: the key was free when asked for, and taken when written."""
    job = commands.keep(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP), "r.csv")
    create = door.create

    def refused(batch: NewRecords) -> list[door.Saved]:
        raise IntegrityError("duplicate key")

    def late(*args: Any, **kwargs: Any) -> door.Saved:
        saved = create(*args, **kwargs)
        if kwargs["key"] == "1":
            raise IntegrityError("duplicate key")
        return saved

    monkeypatch.setattr(NewRecords, "write", refused)  # the batch learns that one of its rows was first ...
    monkeypatch.setattr(door, "create", late)  # ... and which of them, when they are written one by one
    done = commands.run(mina, job)
    assert (done.state, done.counts["unchanged"], done.written) == ("done", 1, 2)


def test_a_key_that_is_taken_between_the_check_and_the_writing_keeps_no_other_row_back(
    mina: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = commands.keep(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP), "r.csv")
    write = NewRecords.write

    def overtaken(batch: NewRecords) -> list[door.Saved]:
        door.create(mina, "ai-system", {"title": "Mine", "slug": "chat"}, key="2")
        return write(batch)

    monkeypatch.setattr(NewRecords, "write", overtaken)
    done = commands.run(mina, job)
    assert (done.state, done.counts["faulty"], done.written) == ("done", 3, 2)
    rows, _ = queries.rows(mina, job.handle, outcome="faulty")
    assert str(rows[0].faults[0].message) == "was recorded meanwhile as SYS-0001, which says something else"
    titles = [records.find(mina, f"SYS-000{number}")[0].title for number in (1, 2, 3)]
    assert titles == ["Mine", "Claims Triage", "Chat"]


def test_rights_are_asked_again_when_rows_are_written(mina: Actor, installation: Actor, sara: Actor) -> None:
    job = commands.keep(sara, plan.plan_file(sara, "ai-system", FILE.encode(), MAP), "r.csv")
    commands.confirm(sara, job.handle)
    from plumbline.identity import queries as identity

    person = identity.person("sara@halden.example")
    people.revoke_grant(installation, identity.people()[-1].open_grants[0])  # type: ignore[attr-defined]  # to_attr
    assert person.full_name == "Sara"
    stage.advance(job.handle)
    done = queries.job(sara, job.handle)
    assert done.written == 0
    assert records.counts_by_kind(mina) == {}


def test_an_import_that_a_token_confirmed_writes_no_more_than_the_token_may(mina: Actor) -> None:
    """The token is read anew for every piece of work, so that its scopes hold to the last row."""
    token = people.issue_token(
        mina, name="register", scopes=["write"], expires=clock.now() + timedelta(days=1)
    ).token
    narrow = replace(mina, id=token.handle, scopes=frozenset({"write"}))
    job = commands.keep(narrow, plan.plan_file(narrow, "ai-system", FILE.encode(), MAP), "r.csv")
    commands.confirm(narrow, job.handle)
    ImportJob.objects.update(scopes="read")  # as a token that only reads would have confirmed it
    stage.advance(job.handle)
    assert records.counts_by_kind(mina) == {}


def test_only_those_who_may_import_do(someone: Callable[..., Actor]) -> None:
    viewer = someone("viewer", "Vera")
    with pytest.raises(NotAllowed):
        plan.plan_file(viewer, "ai-system", FILE.encode(), MAP)
    with pytest.raises(NotAllowed):
        commands.upload(viewer, "ai-system", FILE.encode(), "r.csv")


def test_an_import_is_seen_by_whoever_asked_for_it(mina: Actor, sara: Actor) -> None:
    job = commands.keep(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP), "r.csv")
    for act in (queries.job, commands.confirm, commands.discard):
        with pytest.raises(NotFound):
            act(sara, job.handle)
    commands.discard(mina, job.handle)
    with pytest.raises(Conflict):
        commands.confirm(mina, job.handle) if queries.job(mina, job.handle).to_write else commands.discard(
            mina, job.handle
        )
    assert queries.jobs(mina) == []


def test_confirming_twice_is_refused(mina: Actor) -> None:
    job = commands.keep(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP), "r.csv")
    commands.run(mina, job)
    with pytest.raises(Conflict):
        commands.confirm(mina, job.handle)


def test_a_kept_file_can_be_planned_again(mina: Actor) -> None:
    # A name with signs that nobody sees was kept without them: now it is refused, as at every other door.
    for name in ("..\\up/regi\x07ster.csv", "regi\u202eretsvsc.csv"):
        with pytest.raises(Invalid):
            commands.upload(mina, "ai-system", FILE.encode(), name)
    job = commands.upload(mina, "ai-system", FILE.encode(), "..\\up/register.csv")
    assert (job.state, job.file_name, job.rows) == ("uploaded", "register.csv", 0)
    with pytest.raises(Invalid):
        commands.confirm(mina, job.handle)
    shown = commands.preview(mina, job.handle, MAP)
    assert (shown.state, shown.rows) == ("previewed", 6)
    assert commands.preview(mina, job.handle, MAP).rows == 6


def test_a_file_over_the_limit_is_refused(mina: Actor, settings: Any) -> None:
    from dataclasses import replace

    settings.PLUMBLINE = replace(settings.PLUMBLINE, upload_limit=10)
    with pytest.raises(TooLarge):
        commands.upload(mina, "ai-system", FILE.encode(), "r.csv")


def test_a_map_of_another_kind_is_refused(mina: Actor) -> None:
    with pytest.raises(Invalid):
        plan.plan_file(mina, "supplier", FILE.encode(), MAP)


def test_faulty_rows_can_be_taken_away_mended_and_brought_back(mina: Actor) -> None:
    text = FILE + "=6;=cmd|x;Text;Nowhere;;\n"
    job = commands.keep(mina, plan.plan_file(mina, "ai-system", text.encode(), MAP), "r.csv")
    taken = "".join(rejects.faulty_csv(mina, job.handle))
    rows = list(csv.reader(io.StringIO(taken.removeprefix("\ufeff"), newline="")))
    register = ["Id", "Name", "Purpose", "Stage", "Begun", "Live since"]
    assert rows[0] == ["line", "column", "value", "reason", *register]
    assert [row[4] for row in rows[1:]] == ["4", "5", "'=6"]
    assert rows[1][:3] == ["5", "Name", ""]
    assert rows[1][3].startswith("This field is required.")
    assert rows[2][:4] == [
        "6", "Stage", "Somewhere",
        "has a text that the map does not translate (add it to the values of the map, or give otherwise)",
    ]  # fmt: skip
    mended = taken.replace("Somewhere", "Live").replace("Nowhere", "Live").replace(",4,,", ",4,Named,")
    again = plan.plan_file(mina, "ai-system", mended.encode(), MAP)
    assert again.counts["create"] == 3
    assert again.rows[2].key == "=6"


STAGES = {
    "planned": 329 + 20 + 4,
    "in development": 351,
    "in verification": 275,
    "in operation": 627 + 14 + 4,
    "retired": 133,
}
EFFECTS = {"legal or similar": 150 + 59, "direct": 13 + 5, "indirect": 1491, "unknown": 39}


@pytest.mark.slow
def test_the_federal_inventory_comes_in_whole(mina: Actor, inventory: bytes, inventory_map: str) -> None:
    """The publisher's own figures come out; the three rows that stand there twice are named."""
    made = plan.plan_file(mina, "ai-system", inventory, inventory_map)
    assert made.counts == {"create": 1754, "amend": 0, "unchanged": 0, "repeat": 3, "skip": 0, "faulty": 0}
    done = commands.run(mina, commands.keep(mina, made, "us_federal_2024_v1.csv"))
    assert (done.state, done.written, done.counts["faulty"]) == ("done", 1754, 0)
    facts = records.claimed("ai-system")
    assert len(facts) == 1754
    doubles = [row.key for row in made.rows if row.outcome == "repeat"]
    by_key = {
        row.key: row.reference for row in queries.rows(mina, done.handle, size=2_000)[0] if row.reference
    }
    again = [next(fact for fact in facts if fact["reference"] == by_key[key]) for key in doubles]
    for field, expected in (("lifecycle", STAGES), ("effect", EFFECTS)):
        counted = dict.fromkeys(expected, 0)
        for fact in [*facts, *again]:
            counted[str(fact[field])] += 1
        assert counted == expected
    second = plan.plan_file(mina, "ai-system", inventory, inventory_map)
    assert second.counts["unchanged"] == 1754
