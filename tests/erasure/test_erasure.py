"""F13: what is erased is gone everywhere, every root and proof stays, and only an entry makes it erased."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from tests.erasure.conftest import CANARY, Place

from plumbline.erasure import commands, queries
from plumbline.erasure.execution import commands as execution
from plumbline.erasure.models import ErasureRequest
from plumbline.identity.actors import Actor
from plumbline.kernel import merkle
from plumbline.kernel.problems import Conflict, NotAllowed
from plumbline.records import guard
from plumbline.records import queries as records
from plumbline.records.models import Record
from plumbline.records.related import queries as related
from plumbline.records.working_copies import commands as typing
from plumbline.records.working_copies import queries as working_copies
from plumbline.telemetry import receipts
from plumbline.telemetry.openings import openings_of
from plumbline.telemetry.store_check import StoreCheck
from plumbline.trail import log, models, proof_scrub, proofs, publisher
from plumbline.trail.erasures import commands as erasures
from plumbline.trail.key_store.opened import key_store

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
Erase = Callable[..., ErasureRequest]


def test_f13_a_record_is_gone_and_its_proofs_stay(planted: Place, mina: Actor, erase: Erase) -> None:
    size = log.size()
    before = [log.inclusion(index, size) for index in range(size)]
    comment = related.comments(mina, planted.risk)[0].leaf
    row = erase("record", planted.risk)
    after = [log.inclusion(index, size) for index in range(size)]
    assert before == after
    assert all(merkle.verify_inclusion(p.index, p.size, p.leaf_hash, list(p.path), p.root) for p in after)
    assert publisher.scrub().ok
    publisher.publish()
    entry = row.erasure_leaf
    assert entry is not None
    assert log.read_opening(comment, "comment") == log.Erased(entry)
    shown, _ = records.find(mina, planted.risk)
    assert shown.title == f"Erased (entry {entry})"
    assert related.comments(mina, planted.risk)[0].text == f"Erased (entry {entry})"
    assert related.attachments(mina, planted.risk)[0].name == f"Erased (entry {entry})"
    assert all(item.note in ("", f"Erased (entry {entry})") for item in records.history(mina, planted.risk))
    # The data subject's own events were not asked for.
    assert planted.found_in() <= {"evidence.duckdb", "evidence.duckdb.wal"}


def test_f13_a_data_subject_is_gone_from_every_store(planted: Place, mina: Actor, erase: Erase) -> None:
    assert planted.found_in("quokka-17") | planted.found_in("quokkaville")
    kept = receipts.for_event(planted.data, planted.events[1])
    row = erase("subject", "quokka-17")
    entry = row.erasure_leaf
    assert row.events == 3  # two that name the person, and the review that speaks of one
    first = receipts.for_event(planted.data, planted.events[0])
    assert first.state == log.Erased(entry or 0)
    assert receipts.for_event(planted.data, planted.events[1]) == kept
    assert planted.store.event(planted.events[0]) is None
    assert planted.store.event(planted.events[1]) is not None
    erase("record", planted.risk)
    assert planted.found_in() == set()
    planted.move()  # a segment of which events were erased while it waited still moves
    assert planted.found_in() == set()
    assert receipts.for_event(planted.data, planted.events[2]).opening is not None
    assert publisher.scrub().ok


def test_the_rewritten_evidence_store_is_no_stranger(planted: Place, erase: Erase) -> None:
    """A file that somebody puts in the place of a store is noticed; the one an erasure writes is its own."""
    check = StoreCheck(planted.data, planted.store)
    planted.move()
    assert check.look() == ()
    erase("subject", "quokka-17")
    assert check.look() == ()
    file = planted.data / "evidence.duckdb"
    other = shutil.copy(file, planted.data / "copy")
    Path(other).replace(file)
    assert [found.code for found in check.look()] == ["gone"]


def test_f13_one_decision_goes_with_what_was_said_of_it(planted: Place, erase: Erase) -> None:
    """The person's other event stays readable, although the key of both was destroyed."""
    row = erase("event", str(planted.events[0]))
    assert row.events == 2
    spooled = [state for state in _states(planted) if isinstance(state, log.Opened)]
    assert any(b"waits in the spool" in state.body for state in spooled)
    assert receipts.for_event(planted.data, planted.events[0]).erased_by == row.erasure_leaf


def _states(planted: Place) -> list[log.OpeningState]:
    from plumbline.telemetry import segment_contents

    found: list[log.OpeningState] = []
    for view in log.search("telemetry.segment", limit=50):
        contents = segment_contents.read_segment(planted.data, view.index)
        found += contents.openings if contents else []
    return found


def test_f13_a_restored_database_is_brought_up_to_the_log(
    planted: Place, mina: Actor, sara: Actor, erase: Erase
) -> None:
    """The ledger beside the keys outlives the database: what it names is erased again before the start."""
    tables: dict[Any, list[Any]] = {
        model: list(model.objects.all()) for model in (models.Opening, models.Leaf, models.Coordinator)
    }
    comments = related.comments(mina, planted.risk)
    size = log.size()
    keys = key_store().current({(f"ref:{planted.risk}", "")})
    erase("record", planted.risk)
    _put_back(tables, planted.risk, comments[0].text)
    assert log.size() == size
    assert planted.found_in()
    written = execution.replay_erasures(planted.store)
    assert written == [size]
    assert log.leaf(size).facts["replays"] > size
    assert "records_comment" not in planted.found_in()
    assert log.read_opening(comments[0].leaf, "comment") == log.Erased(size)
    assert execution.replay_erasures(planted.store) == []
    assert keys
    assert not key_store().find([key.id for key in keys.values()])


def _put_back(tables: dict[Any, list[Any]], reference: str, comment: str) -> None:
    """The tables of the log and a comment as an older backup has them."""
    from plumbline.records import guard
    from plumbline.records.models import Comment

    models.ErasedOpening.objects.all().delete()
    for model, rows in tables.items():
        model.objects.all().delete()
        model.objects.bulk_create(rows)
    with guard.opened("restore"):
        Comment.objects.filter(record__reference=reference).update(text=comment)


class Killed(BaseException):
    """The process ends here."""


STEPS = ("planned", "others protected", "keys destroyed", "events erased", "files removed", "entry written")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", ["record", "subject"])
def test_f13_a_crash_at_any_step_is_harmless(
    planted: Place, mina: Actor, sara: Actor, kind: str, step: str
) -> None:
    target = planted.risk if kind == "record" else "quokka-17"
    asked = commands.request(mina, kind=kind, target=target, ground="gdpr-17-1-a", reason="They asked.")
    row = commands.approve(sara, asked.handle)

    def stop(reached: str) -> None:
        if reached == step:
            raise Killed

    with pytest.raises(Killed):
        execution.run(row, planted.store, stop)
    while execution.run_next(planted.store):
        pass
    execution.replay_erasures(planted.store)
    row.refresh_from_db()
    assert row.state == ErasureRequest.State.DONE
    assert len(log.search("trail.erased")) == 1
    assert key_store().erasures()
    assert publisher.scrub().ok
    left = planted.found_in(CANARY if kind == "record" else "quokkaville")
    assert left <= ({"evidence.duckdb", "evidence.duckdb.wal"} if kind == "record" else set())


def test_a_scrub_of_everything_accepts_what_was_erased_and_nothing_else(
    planted: Place, mina: Actor, someone: Callable[..., Actor], erase: Erase
) -> None:
    """After every kind of erasure each table follows from its entries; emptied by hand, it does not."""
    lost = someone("contributor", "Quokka")
    erase("record", planted.risk)
    erase("subject", "quokka-17")
    erase("person", lost.id)
    planted.move()
    assert _differences() == []
    other = Record.objects.exclude(reference=planted.risk).get(kind="risk")
    with guard.opened("an adversary"):
        Record.objects.filter(pk=other.pk).update(title="Erased (entry 3)")
    assert {found.field for found in _differences()} >= {"title"}


def _differences() -> list[proofs.Difference]:
    return [found for _, work in proofs.passes() for found in proof_scrub.check_range(work, *work.span())]


def test_rows_removed_by_hand_are_damage_and_stay_so(planted: Place, mina: Actor, erase: Erase) -> None:
    """Neither an adversary with the database nor a later erasure of the same record makes it erased."""
    comment = related.comments(mina, planted.risk)[0].leaf
    models.Opening.objects.filter(index=comment).delete()
    models.ErasedOpening.objects.create(index=comment, slot="comment", leaf=0)
    assert log.read_opening(comment, "comment") == log.Missing("absent")
    store = openings_of(planted.data)
    place = store.of_event(planted.events[1])
    assert place is not None
    where = (place.leaf, place.position)
    store._connection.execute("DELETE FROM opening WHERE leaf = ? AND position = ?", where)
    store._connection.execute("INSERT INTO erased VALUES (?, ?, ?)", (planted.events[1].bytes, *where))
    assert receipts.for_event(planted.data, planted.events[1]).is_missing
    erase("record", planted.risk)
    assert log.read_opening(comment, "comment") == log.Missing("absent")


def test_a_person_is_emptied_and_the_opaque_id_stays(
    planted: Place, mina: Actor, sara: Actor, someone: Callable[..., Actor], erase: Erase
) -> None:
    lost = someone("contributor", "Quokka")
    assert planted.found_in("quokka@")
    row = erase("person", lost.id)
    assert planted.found_in("quokka@") == set()
    assert {view.actor for view in log.search("person.created")}
    from plumbline.identity.models import Person

    person = Person.objects.get(handle=lost.id)
    assert person.full_name == f"Erased person (entry {row.erasure_leaf})"
    assert not person.is_active
    assert not person.has_usable_password()


def test_what_was_typed_and_not_saved_goes_with_whom_or_what_it_is_about(
    planted: Place, mina: Actor, someone: Callable[..., Actor], erase: Erase
) -> None:
    """A form that was left open would otherwise bring back what an erasure took away."""
    other = someone("contributor", "Ada")
    typing.keep_change(mina, planted.risk, {"title": "Quokka, of whom we spoke"}, seen=1, window="win_1")
    typing.keep_new(mina, "risk", {"title": "Of Jörg 17", "description": "jörg-17 called"}, window="win_2")
    typing.keep_new(other, "risk", {"title": "Something else"}, window="win_3")
    typing.keep_new(mina, "risk", {"title": "Stays"}, window="win_4")
    erase("record", planted.risk)
    assert typed_by(mina) == {"Of Jörg 17", "Stays"}
    erase("subject", "jörg-17")
    assert typed_by(mina) == {"Stays"}
    assert typed_by(other) == {"Something else"}
    erase("person", other.id)
    assert typed_by(other) == set()
    assert typed_by(mina) == {"Stays"}


def typed_by(actor: Actor) -> set[str]:
    """The titles of what somebody has typed and not saved."""
    return {copy.title for copy in working_copies.all_of(actor)}


def test_the_second_person_is_another_and_decides_once(planted: Place, mina: Actor, sara: Actor) -> None:
    asked = commands.request(mina, kind="record", target=planted.risk, ground="error", reason="Twice.")
    with pytest.raises(NotAllowed):
        commands.approve(mina, asked.handle)
    with pytest.raises(NotAllowed):
        commands.approve(Actor.installation(), asked.handle)
    row = commands.refuse(sara, asked.handle, "gdpr-17-3-e", "Claims are pending.")
    assert log.leaf(row.decision_leaf or 0).facts["ground"] == "gdpr-17-3-e"
    with pytest.raises(Conflict):
        commands.approve(sara, asked.handle)
    assert execution.run_next(planted.store) is False


def test_a_preview_changes_nothing(planted: Place, mina: Actor) -> None:
    size, before = log.size(), planted.found_in()
    draft = commands.draft(mina, kind="record", target=planted.risk, ground="error", reason="x", before=None)
    seen = queries.preview(mina, draft, planted.store)
    assert (seen.records, seen.files, seen.events) == ((planted.risk,), 1, 0)
    assert seen.openings >= 4
    draft = commands.draft(mina, kind="subject", target="quokka-17", ground="error", reason="x", before=None)
    assert queries.preview(mina, draft, planted.store).events == 3
    assert (log.size(), planted.found_in()) == (size, before)


def test_f19_no_entry_holds_a_canary(planted: Place, erase: Erase) -> None:
    erase("subject", "quokka-17")
    erase("record", planted.risk)
    assert not [view.index for view in log.leaves(0, log.size()) if CANARY.encode() in view.body.lower()]


def test_others_under_a_shared_key_stay_readable(planted: Place, mina: Actor, erase: Erase) -> None:
    """Records that came in one batch share a key; the others are encrypted anew before it is destroyed."""
    new = [
        log.NewEntry("record.created", "per_0123456789", subject={"ref": f"TST-{n:04d}"},
                     openings={"revision": b"quokka %d" % n, "note": b"why"})
        for n in range(20)
    ]  # fmt: skip
    with transaction.atomic():
        indexes = [answer.index for answer in log.append_many(new)]
    (key,) = set(models.Opening.objects.filter(index__in=indexes).values_list("key_id", flat=True))
    doomed = erasures.protect_others({(indexes[3], "revision")})
    assert doomed == [key]
    key_store().destroy(doomed)
    erasures.delete_openings({(indexes[3], "revision")})
    assert log.opening(indexes[3], "note") == b"why"
    others = [log.opening(index, "revision") for index in indexes if index != indexes[3]]
    assert others == [b"quokka %d" % n for n in range(20) if n != 3]


def test_a_backup_of_the_database_alone_no_longer_opens(planted: Place, mina: Actor, erase: Erase) -> None:
    comment = related.comments(mina, planted.risk)[0].leaf
    backup = list(models.Opening.objects.filter(index=comment))
    copy = shutil.copy(planted.data / "openings.db", planted.data / "openings.backup")
    erase("record", planted.risk)
    erase("subject", "quokka-17")
    models.Opening.objects.bulk_create(backup)
    models.ErasedOpening.objects.all().delete()
    assert log.read_opening(comment, "comment") == log.Missing("no-key")
    assert CANARY.encode() not in Path(copy).read_bytes()
