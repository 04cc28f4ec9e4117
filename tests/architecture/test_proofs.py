"""Every table and every file says from which entry its content follows, or why it needs no proof."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.apps import apps
from tests.architecture.tree import SOURCE

from plumbline.telemetry.openings import OpeningStore
from plumbline.telemetry.spool import Spool
from plumbline.telemetry.store import sql
from plumbline.trail import proofs

_DATA_FILE = re.compile(r"(?:\bdata|[Pp]ath\(settings\.PLUMBLINE\.data\)) / \"([\w.]+)\"")


def _declared() -> list[str]:
    return [each.table for each in proofs.declarations()]


def test_every_table_of_the_database_has_a_proof_or_a_reason() -> None:
    """Many-to-many tables too: what a record names is part of what it says."""
    tables = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert not tables - set(_declared())


def test_every_table_of_the_evidence_store_has_a_proof_or_a_reason() -> None:
    created = {name for text in sql.SCHEMA for name in re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", text)}
    assert len(created) == 4
    assert not {f"evidence.duckdb/{name}" for name in created} - set(_declared())


@pytest.mark.parametrize(("store", "file"), [(Spool, "spool.db"), (OpeningStore, "openings.db")])
def test_every_table_of_the_spool_and_the_opening_store_has_a_proof_or_a_reason(
    tmp_path: Path, store: type[Spool | OpeningStore], file: str
) -> None:
    store(tmp_path / file).close()
    with sqlite3.connect(tmp_path / file) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    names = {f"{file}/{name}" for (name,) in rows if not name.startswith("sqlite_")}
    assert names
    assert not names - set(_declared())


def test_every_file_of_the_data_folder_has_a_proof_or_a_reason() -> None:
    """The names that the code puts into the data folder, each matched by a declared class of files."""
    named = {
        name
        for path in (SOURCE / "plumbline").rglob("*.py")
        if "/demo/" not in str(path)
        for name in _DATA_FILE.findall(path.read_text(encoding="utf-8"))
    }
    assert {"attachments", "spool.db", "evidence.duckdb", "keys", "packs"} <= named
    patterns = [table for table in _declared() if "/" not in table.rstrip("/*") or table.endswith("*")]
    assert not {
        name
        for name in named
        if not any(fnmatch(name, each) or each.startswith(f"{name}/") for each in patterns)
    }


def test_nothing_is_declared_twice_and_every_text_is_a_sentence() -> None:
    assert not [name for name, count in Counter(_declared()).items() if count > 1]
    for each in proofs.declarations():
        text = each.follows if isinstance(each, proofs.Proof) else each.reason
        assert text[0].isupper()
        assert text.endswith("."), f"{each.table}: {text}"


def test_names_of_passes_are_unique() -> None:
    """A scrub that goes on finds its place by them."""
    names = [work.name[:160] for _, work in proofs.passes()]
    assert len(names) == len(set(names))
    assert len(names) > 30
