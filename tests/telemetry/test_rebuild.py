"""Stores of the telemetry that are deleted, replaced or damaged: noticed, said, and made anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.telemetry.conftest import batch, event

from plumbline.kernel.ids import uuid7
from plumbline.telemetry import commands, intake, openings, spool, store_check
from plumbline.telemetry.mover import MoverStage
from plumbline.telemetry.open_file import StoreLost
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.telemetry.store_check import EVIDENCE, OPENINGS, SPOOL, StoreCheck
from plumbline.trail import log
from plumbline.work.stages import flow

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

TABLES = ("events", "features", "segments")
EVENTS = [event(id=str(uuid7()), outcome=outcome, features={"age": 40 + at}) for at, outcome in
          enumerate(["pay", "refuse", "pay", "refer", "pay", "pay"])]  # fmt: skip


def take(config, *events, **more):
    return intake.accept(batch(*events, **more), intake.JSON_TYPE, "", "per_1", config)


def rows(data: Path) -> dict[str, list]:
    """Everything in the analytical store but the instant of a segment, which is that of its entry at best."""
    store = DuckStore(data / EVIDENCE)
    found = {}
    for table in TABLES:
        names = [row[0] for row in store._rows(f"DESCRIBE {table}") if row[0] != "recorded"]
        found[table] = sorted(store._rows(f"SELECT {', '.join(names)} FROM {table}"), key=str)
    store.close()
    return found


def close(data: Path) -> None:
    """Let go of the files, as the end of a process does."""
    for known, name in ((spool._spools, SPOOL), (openings._stores, OPENINGS)):
        if (opened := known.pop(data / name, None)) is not None:
            opened.close()


@pytest.fixture
def moved(config) -> Path:
    """Three segments in all three files, and nobody who has them open."""
    store = DuckStore(config.data / EVIDENCE)
    for at in range(0, 6, 2):
        take(config, *EVENTS[at : at + 2], counter=at + 1)
    mover = MoverStage(config.data, store)
    while mover.advance():
        pass
    store.close()
    close(config.data)
    return config.data


def look(data: Path) -> list[tuple[str, str]]:
    store = DuckStore(data / EVIDENCE)
    try:
        return [(found.store, found.code) for found in StoreCheck(data, store).look()]
    finally:
        store.close()


def test_all_is_well(moved):
    assert look(moved) == []
    assert commands.rebuild("stage:operator", moved).missing == ()
    assert look(moved) == []


def test_what_waits_in_the_spool_alone_is_not_gone(config):
    """The first segments are in the log and nothing was moved: the opening store is not made yet."""
    take(config, *EVENTS[:2])
    assert look(config.data) == []


def test_a_stop_between_the_openings_and_their_rows_is_no_damage(config):
    """The openings are durable first; what is left of the move is done by the next process."""

    class Killed(DuckStore):
        def append(self, segments):
            raise KeyboardInterrupt

    store = Killed(config.data / EVIDENCE)
    take(config, *EVENTS[:2])
    with pytest.raises(KeyboardInterrupt):
        MoverStage(config.data, store).advance()
    store.close()
    close(config.data)
    assert look(config.data) == []
    store = DuckStore(config.data / EVIDENCE)
    assert MoverStage(config.data, store).advance()
    store.close()
    assert len(rows(config.data)["events"]) == 2
    assert look(config.data) == []


def test_the_flow_goes_on_without_a_store_and_says_so_at_every_look(moved, config):
    (moved / EVIDENCE).unlink()
    with flow(config) as stages:
        (check,) = [stage for stage in stages if stage.name == "stores"]
        check.advance()
        assert {stage.name for stage in stages} >= {"publish", "anchors"}
        assert [(row.store, row.code) for row in store_check.findings(moved)] == [
            ("analytical store", "incomplete")
        ]


def test_a_deleted_analytical_store_comes_back_from_the_openings(moved):
    """Every event, in its place, from the bytes that the log has committed to; with an entry."""
    before = rows(moved)
    (moved / EVIDENCE).unlink()
    assert look(moved) == [("analytical store", "incomplete")]
    found = commands.rebuild("stage:operator", moved)
    assert (found.segments, found.events, found.missing, found.foreign) == (3, 6, (), ())
    assert rows(moved) == before
    assert log.search(entry_type="telemetry.rebuilt")[0].facts["events"] == 6
    assert look(moved) == []


def test_a_damaged_analytical_store_comes_back_too(moved):
    before = rows(moved)
    content = bytearray((moved / EVIDENCE).read_bytes())
    content[:4096] = bytes(4096)
    (moved / EVIDENCE).write_bytes(content)
    commands.rebuild("stage:operator", moved)
    assert rows(moved) == before


def test_deleted_openings_are_named_or_taken_from_a_copy(moved, tmp_path):
    shutil.copytree(moved, tmp_path / "copy")
    before = rows(moved)
    (moved / OPENINGS).unlink()
    assert ("opening store", "gone") in look(moved)
    found = commands.rebuild("stage:operator", moved)
    segments = log.search(entry_type="telemetry.segment")
    assert found.missing == tuple(sorted(leaf.index for leaf in segments))
    assert look(moved) == [("opening store", "incomplete")]
    found = commands.rebuild("stage:operator", moved, tmp_path / "copy")
    assert (found.copied, found.events, found.missing) == (3, 6, ())
    assert rows(moved) == before
    assert look(moved) == []


@pytest.mark.parametrize("asked", [1, 2, 3])
def test_what_is_sealed_or_moved_while_the_stores_are_counted_is_not_missed(
    moved, config, monkeypatch, asked
):
    """Whichever of the counts it falls behind."""
    store, ask, turns = DuckStore(config.data / EVIDENCE), store_check._ask, []

    def counted(file, query):
        turns.append(file)
        answer = ask(file, query)
        if len(turns) == asked:
            # The segment of before goes on to the openings and the rows, and another comes into the spool.
            MoverStage(config.data, store).advance()
            take(config, event(id=str(uuid7())), counter=8)
        return answer

    take(config, event(id=str(uuid7())), counter=7)
    monkeypatch.setattr(store_check, "_ask", counted)
    assert StoreCheck(config.data, store).look() == ()
    assert len(turns) == 3
    store.close()


def test_damaged_openings_are_set_aside(moved, tmp_path):
    shutil.copytree(moved, tmp_path / "copy")
    content = bytearray((moved / OPENINGS).read_bytes())
    content[100:] = bytes(len(content) - 100)
    (moved / OPENINGS).write_bytes(content)
    assert look(moved) == [("opening store", "damaged")]
    found = commands.rebuild("stage:operator", moved, tmp_path / "copy")
    assert (found.set_aside, found.copied, found.missing) == ((OPENINGS,), 3, ())
    assert [*moved.glob("openings.db.damaged-*")]


def test_a_copy_of_something_else_is_not_taken(moved, tmp_path):
    """Contents that do not lead to the root in the entry stay where they are."""
    import sqlite3

    shutil.copytree(moved, tmp_path / "copy")
    with sqlite3.connect(tmp_path / "copy" / OPENINGS) as other:
        other.execute("UPDATE segment SET digests = zeroblob(length(digests))")
    other.close()
    (moved / OPENINGS).unlink()
    found = commands.rebuild("stage:operator", moved, tmp_path / "copy")
    assert (found.copied, len(found.missing)) == (0, 3)


def test_openings_that_the_log_did_not_commit_to_are_left_out_and_named(moved):
    import sqlite3

    with sqlite3.connect(moved / OPENINGS) as other:
        (leaf,) = other.execute("SELECT max(leaf) FROM segment").fetchone()
        other.execute("UPDATE segment SET digests = zeroblob(length(digests)) WHERE leaf = ?", (leaf,))
    other.close()
    found = commands.rebuild("stage:operator", moved)
    assert (found.foreign, found.events) == ((leaf,), 4)


def test_a_deleted_spool_knows_the_events_again(moved, config):
    """What is sent again is a duplicate, and the counters of the source go on where they were."""
    (moved / SPOOL).unlink()
    assert ("spool", "gone") in look(moved)
    commands.rebuild("stage:operator", moved)
    assert look(moved) == []
    assert take(config, *EVENTS[:2]).duplicates == 2
    assert spool.spool_of(moved).sources() == [("test", 7, 0)]


def test_a_process_that_has_the_old_file_open_writes_nothing_more(config, moved):
    """What it would acknowledge went with the file that nobody can open any more."""
    take(config, event())
    (moved / SPOOL).rename(moved / "elsewhere.db")
    with pytest.raises(StoreLost) as refused:
        take(config, event())
    assert "telemetry rebuild" in str(refused.value.remedy)
    assert refused.value.status == 503


def test_a_finding_keeps_its_time_and_goes_when_all_is_well(moved):
    found = (store_check.finding(EVIDENCE, "gone", "The analytical store is gone."),)
    store_check.keep(moved, found)
    assert store_check.findings(moved) == found
    store_check.keep(moved, ())
    assert store_check.findings(moved) == ()


def test_a_replaced_file_is_noticed_at_the_next_look(moved):
    store = DuckStore(moved / EVIDENCE)
    check = StoreCheck(moved, store)
    assert check.look() == ()
    shutil.copy(moved / OPENINGS, moved / "copy.db")
    (moved / "copy.db").replace(moved / OPENINGS)
    assert [(found.store, found.code) for found in check.look()] == [("opening store", "gone")]
    check.advance()
    assert [found.code for found in store_check.findings(moved)] == ["gone"]
    store.close()
