"""The whole organization out and in again: nothing lost, nothing believed, nothing half-written."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from tests.cli.conftest import plumbline

from plumbline.config import Config
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.note import Note, TreeHead, VerifierKey
from plumbline.kernel.problems import Conflict, Invalid, NotFound
from plumbline.portability import archive, commands, drill, export, manifest
from plumbline.portability.tables import LEFT_OUT, SECRET, tables
from plumbline.records import commands as door
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.records.qualified import queries as qualified
from plumbline.telemetry import intake, openings, spool
from plumbline.telemetry.mover import MoverStage
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.trail import keys, log, publisher

ORGANIZATION = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_every_table_is_exported_or_says_why_not() -> None:
    exported = {table.label for table in tables()}
    made_for_records = {
        model._meta.label_lower
        for model in apps.get_models(include_auto_created=True)
        if getattr(model._meta.auto_created, "__name__", "")
        in {kind.model.__name__ for kind in kinds.all_kinds()}
    }
    every = {model._meta.label_lower for model in apps.get_models(include_auto_created=True)}
    assert every - exported - made_for_records == set(LEFT_OUT)
    assert not exported & set(LEFT_OUT)
    assert set(SECRET) <= exported


def _at(data: Path, settings: Any) -> Config:
    """The settings of an installation in ``data``; what was open of another one stays with that."""
    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=data, guard=str(data / "guard" / "guard.json"))
    found: Config = django_settings.PLUMBLINE
    return found


def _close(data: Path) -> None:
    for opened in (
        spool._spools.pop(data / "spool.db", None),
        openings._stores.pop(data / "openings.db", None),
    ):
        if opened is not None:
            opened.close()


@pytest.fixture
def moved(
    tmp_path: Path, settings: Any, mina: Actor, sara: Actor, make: Callable[..., Any]
) -> tuple[Path, Path, commands.Moved]:
    """An organization with a record of every kind; its export; and what came in of it elsewhere."""
    empty = _Emptied()
    for kind in kinds.all_kinds():
        if kind.slug not in records.counts_by_kind(mina):  # others have needed one already
            make(kind.slug, owner=mina.id)
    _live(mina, sara)
    config: Config = django_settings.PLUMBLINE
    _events(config)
    publisher.publish()
    export.export(config, tmp_path / "before")
    _close(config.data)
    empty.restore()
    new = _at(tmp_path / "new", settings)
    store = DuckStore(new.data / "evidence.duckdb")
    came = commands.take_in(new, tmp_path / "before", "plumbline/fedcba98/1", store)
    store.close()
    publisher.publish()
    export.export(new, tmp_path / "after")
    _close(new.data)
    return tmp_path / "before", tmp_path / "after", came


class _Emptied:
    """The database as it is without any organization, to come back to."""

    def restore(self) -> None:
        """Empty every table, as between two tests."""
        from django.test import TransactionTestCase

        TransactionTestCase._fixture_teardown(None)  # type: ignore[arg-type]  # takes no case here


def _live(mina: Actor, sara: Actor) -> None:
    """What hangs on records: a comment, a link, a file, an approval by somebody else, a unit, a grant."""
    unit = people.create_unit(mina, name="Claims")
    people.create_unit(mina, name="Triage", parent=unit)
    door.comment(mina, "SYS-0001", "Looks *right*.")
    door.link(mina, "SYS-0001", "relates to", "RSK-0001")
    door.attach(mina, "SYS-0001", "notes.txt", b"as they were", "text/plain")
    saved = records.find(mina, "SYS-0001")[0]
    door.move(mina, "SYS-0001", "submit", revision=saved.revision)
    door.move(sara, "SYS-0001", "approve", revision=saved.revision + 1)


def _events(config: Config) -> None:
    """One segment that was moved and one that still waits in the spool."""
    store = DuckStore(config.data / "evidence.duckdb")
    _send(config, 3)
    MoverStage(config.data, store).advance()
    _send(config, 2)
    store.close()


def _send(config: Config, count: int) -> None:
    from tests.telemetry.conftest import batch, event

    moment = clock.rfc3339(clock.now())
    body = batch(*(event(time=moment) for _ in range(count)), source="claims", counter=1 + count)
    intake.accept(body, "application/json", "", "tok_sender", config)


@pytest.mark.slow
class TestMoved:
    """One organization with a record of every kind, moved once for all of these."""

    pytestmark = ORGANIZATION

    def test_every_row_and_the_root_are_the_same(
        self, moved: tuple[Path, Path, commands.Moved], mina: Actor
    ) -> None:
        before, after, came = moved
        report = drill.compare(before, after)
        assert report.differences == ()
        assert report.root == came.old.root.hex()
        counts = manifest.read(before, export.KIND).facts["counts"]
        assert [kind.slug for kind in kinds.all_kinds() if not counts[f"registers/{kind.slug}.jsonl"]] == []
        for place in (
            "records/revision",
            "records/approval",
            "records/link",
            "records/comment",
            "records/attachment",
        ):
            assert counts[f"{place}.jsonl"], place
        assert counts["events/openings.jsonl"] == came.events == 5

        # The old log still proves itself, by its own key.
        head = log.leaf(came.old.size)
        assert head.entry.facts["old"] == {
            "origin": came.old.origin,
            "size": came.old.size,
            "root": came.old.root.hex(),
            "vkey": came.old.vkey,
        }
        note = log.opening(came.old.size, "checkpoint")
        assert note is not None
        signed = Note.parse(note.decode())
        assert signed.signed_by(VerifierKey.parse(came.old.vkey))
        assert TreeHead.parse(signed.text).root == came.old.root
        latest = log.latest_checkpoint()
        assert latest is not None
        assert log.consistency(came.old.size, latest.size).old_root == came.old.root
        assert Note.parse(latest.note).signed_by(keys.load(django_settings.PLUMBLINE.data).log.verifier)
        assert publisher.scrub().ok

        # A record is still called what it was called; what comes after is this installation's own.
        system = records.find(mina, "SYS-0001")[0]
        assert qualified.homes().name(system) == "SYS-0001@main"
        fresh = door.create(mina, "supplier", {"title": "New", "supplies": ["data"]})
        assert qualified.of_kind("supplier")[fresh.reference] == f"{fresh.reference}@fedcba98"

        # A second import is refused.
        with pytest.raises(Conflict):
            commands.refuse_used(django_settings.PLUMBLINE)


SPOILED: dict[str, Callable[[Path], object]] = {
    "entry": lambda folder: _replace(folder / "log/entries.jsonl", "stage", "other"),
    "opening": lambda folder: _replace(folder / "log/openings.jsonl", "Fjord", "Fiord"),
    "fewer entries": lambda folder: _cut(folder / "log/entries.jsonl"),
    "no json": lambda folder: _replace(folder / "registers/supplier.jsonl", "{", "["),
    "unknown field": lambda folder: _replace(folder / "registers/supplier.jsonl", '"title"', '"name"'),
    "wrong type": lambda folder: _replace(
        folder / "registers/supplier.jsonl", '"revision":1', '"revision":"x"'
    ),
    "names nobody": lambda folder: _replace(folder / "records/revision.jsonl", "SUP-0001", "SUP-0099"),
    "row twice": lambda folder: _twice(folder / "registers/supplier.jsonl"),
    "file": lambda folder: next((folder / "files").iterdir()).write_bytes(b"other"),
}


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def _cut(file: Path) -> None:
    file.write_text(
        "".join(file.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8"
    )


def _twice(file: Path) -> None:
    line = file.read_text(encoding="utf-8").splitlines(keepends=True)[0]
    with file.open("a", encoding="utf-8") as stream:
        stream.write(line)


def _fit(folder: Path) -> None:
    """Make the manifest say what is there, as a forger would."""
    found = json.loads((folder / manifest.NAME).read_text())
    (folder / manifest.NAME).unlink()
    described = manifest.describe(
        folder, found.pop("format"), {k: v for k, v in found.items() if k != "files"}
    )
    (folder / manifest.NAME).write_bytes(described.content())


@pytest.fixture(scope="session")
def exported(made: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of an installation with two suppliers."""
    folder = tmp_path_factory.mktemp("exported") / "export"
    plumbline("organization", "export", str(folder), "--data", str(made[0]))
    return folder


@pytest.fixture
def copied(exported: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoiled."""
    shutil.copytree(exported, tmp_path / "export")
    return tmp_path / "export"


@pytest.mark.slow
class TestHostile:
    """Exports that are not what was exported."""

    pytestmark = ORGANIZATION

    @pytest.mark.parametrize("what", SPOILED)
    def test_is_refused_and_nothing_is_written(
        self, what: str, copied: Path, tmp_path: Path, settings: Any
    ) -> None:
        SPOILED[what](copied)
        with pytest.raises(Invalid) as refusal:
            commands.read(copied)
        assert "is not what was written" in str(refusal.value.faults[0].message)
        _fit(copied)
        config = _at(tmp_path / "new", settings)
        store = DuckStore(config.data / "evidence.duckdb")
        with pytest.raises(Invalid):
            commands.take_in(config, copied, "plumbline/fedcba98/1", store)
        store.close()
        _close(config.data)
        assert log.size() == 0
        assert not apps.get_model("identity", "Person").objects.exists()
        assert not (config.data / "keys" / "log.key").exists()

    def test_a_checkpoint_of_another_key_is_refused(
        self, copied: Path, tmp_path: Path, settings: Any
    ) -> None:
        found = json.loads((copied / manifest.NAME).read_text())
        found["log"]["vkey"] = str(keys.make(found["log"]["origin"]).verifier)
        (copied / manifest.NAME).write_text(json.dumps(found))
        config = _at(tmp_path / "new", settings)
        store = DuckStore(config.data / "evidence.duckdb")
        with pytest.raises(Invalid, match="not signed"):
            commands.take_in(config, copied, "plumbline/fedcba98/1", store)
        store.close()


def _zipped(copied: Path, change: Callable[[zipfile.ZipFile], object] | None = None) -> Path:
    target = copied.parent / "export.zip"
    archive.pack(copied, target)
    if change is not None:
        with zipfile.ZipFile(target, "a") as opened:
            change(opened)
    return target


def _link(opened: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("files/link")
    info.external_attr = 0o120777 << 16
    opened.writestr(info, "/etc/passwd")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Duplicate name")
class TestFile:
    """An export as one file."""

    def test_is_the_same_as_the_folder(self, copied: Path) -> None:
        with archive.unpacked(_zipped(copied)) as folder:
            assert manifest.read(folder, export.KIND) == manifest.read(copied, export.KIND)
            manifest.check(folder, manifest.read(folder, export.KIND))

    @pytest.mark.parametrize(
        "change",
        [
            lambda opened: opened.writestr("../outside", "x"),
            lambda opened: opened.writestr("/etc/outside", "x"),
            lambda opened: opened.writestr("more", "x"),
            lambda opened: opened.writestr("manifest.json", "{}"),
            _link,
        ],
        ids=["traversal", "absolute", "more", "twice", "link"],
    )
    def test_takes_nothing_out_that_is_not_named(
        self, change: Callable[[zipfile.ZipFile], object], copied: Path
    ) -> None:
        file = _zipped(copied, change)
        with pytest.raises(Invalid), archive.unpacked(file):
            pass
        assert not (copied.parent / "outside").exists()

    def test_that_is_cut_off_or_longer_than_it_says_is_refused(self, copied: Path) -> None:
        file = _zipped(copied)
        os.truncate(file, file.stat().st_size // 2)
        with pytest.raises(Invalid, match="cannot be used"), archive.unpacked(file):
            pass
        (copied / "README.md").write_text("x" * 1_000_000)  # the manifest says less
        file.unlink()
        with pytest.raises(Invalid) as refusal, archive.unpacked(_zipped(copied)):
            pass
        assert "longer" in str(refusal.value.faults[0].message)

    def test_is_never_overwritten(self, copied: Path) -> None:
        file = _zipped(copied)
        before = file.read_bytes()
        with pytest.raises(Conflict):
            archive.pack(copied, file)
        assert file.read_bytes() == before
        assert [path.name for path in copied.parent.iterdir() if "partial" in path.name] == []

    def test_without_a_manifest_is_no_export(self, tmp_path: Path) -> None:
        with pytest.raises(NotFound):
            manifest.read(tmp_path, export.KIND)
