"""The key store: keys by scope and period, destroyed for good, in both databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.trail.conftest import Trail

from plumbline.kernel.problems import Unavailable
from plumbline.trail import log, models
from plumbline.trail.errors import ReadOnly
from plumbline.trail.key_store import opened
from plumbline.trail.key_store.postgresql import PostgresKeyStore
from plumbline.trail.key_store.sqlite import SqliteKeyStore
from plumbline.trail.key_store.store import KeyStore

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
ONE, TWO = ("ref:RSK-0001", ""), ("class:telemetry", "2026-10")


@pytest.fixture
def store(tmp_path: Path, db: None) -> Iterator[KeyStore]:
    """An empty key store in the database that the tests run on."""
    if connection.vendor == "postgresql":
        settings = connection.settings_dict
        address = "postgresql://{USER}:{PASSWORD}@/{NAME}?host={HOST}&port={PORT}".format(**settings)
        found: Any = PostgresKeyStore(address)
        found.destroy([id for (id,) in found._read(f"SELECT id FROM {found.table}", [])])
    else:
        found = SqliteKeyStore(tmp_path / "somewhere" / "keys.db")
    yield found
    found.close()


def test_a_scope_has_one_key_until_it_is_retired(store: KeyStore) -> None:
    first = store.current({ONE, TWO})
    assert store.current({ONE, TWO}) == first
    assert first[ONE].secret != first[TWO].secret
    assert (first[ONE].id[0], first[TWO].id[0]) == ("r", "c")
    store.retire([first[ONE].id])
    second = store.current({ONE})[ONE]
    assert second.id != first[ONE].id
    assert set(store.find([first[ONE].id, second.id])) == {first[ONE].id, second.id}
    assert set(store.ids_of(["ref:RSK-0001"])) == {first[ONE].id, second.id}


def test_a_destroyed_key_is_gone_and_destroying_it_again_changes_nothing(store: KeyStore) -> None:
    key = store.current({ONE})[ONE]
    for _ in range(2):
        store.destroy([key.id, "r-of-nobody"])
    assert store.find([key.id]) == {}
    assert store.current({ONE})[ONE].secret != key.secret


def test_a_store_that_cannot_be_overwritten_says_so(store: Any) -> None:
    """An error of the driver would be no refusal that the doors know."""
    if connection.vendor == "postgresql":
        store.table = "of_nobody"
    else:
        store.close()
    with pytest.raises(Unavailable):
        store.overwrite()


def test_keys_are_found_by_the_month_they_were_for(store: KeyStore) -> None:
    months = [("class:telemetry", month) for month in ("2026-08", "2026-09", "2026-10")]
    keys = store.current(set(months))
    assert set(store.ids_before("class:telemetry", "2026-10")) == {keys[scope].id for scope in months[:2]}
    assert store.ids_before("class:spool", "2026-10") == []


def test_names_of_scopes_are_not_stored(tmp_path: Path) -> None:
    store = SqliteKeyStore(tmp_path / "keys.db")
    key = store.current({("person:noor-haddad", "2026-10")})["person:noor-haddad", "2026-10"]
    store.destroy([key.id])
    store.close()
    content = b"".join(file.read_bytes() for file in tmp_path.glob("keys.db*"))
    assert b"noor" not in content
    assert key.secret not in content
    assert (tmp_path / "keys.db").stat().st_mode & 0o077 == 0


def test_openings_are_encrypted_and_bound_to_their_place(trail: Trail) -> None:
    text = b'{"title":"Claims are refused unfairly"}'
    one, two = trail.append(openings={"body": text}), trail.append(openings={"body": text})
    rows = {row.index: row for row in models.Opening.objects.all()}
    assert all(row.key_id and text not in bytes(row.body) and not row.salt for row in rows.values())
    assert rows[one.index].key_id == rows[two.index].key_id  # one record, one key
    models.Opening.objects.filter(index=two.index).update(body=rows[one.index].body)
    assert log.read_opening(two.index, "body") == log.Missing("altered")
    assert log.opening(one.index, "body") == text


def test_openings_of_earlier_versions_are_read_as_they_are(trail: Trail) -> None:
    entry = trail.append()
    state = log.read_opening(entry.index, "body")
    assert isinstance(state, log.Opened)
    models.Opening.objects.filter(index=entry.index).update(key_id="", salt=state.salt, body=state.body)
    assert log.read_opening(entry.index, "body") == state


def test_a_lost_key_store_is_no_reason_to_start_afresh(trail: Trail, settings: Any, tmp_path: Path) -> None:
    opened.refuse_lost_keys()
    trail.append()
    opened.refuse_lost_keys()
    settings.PLUMBLINE = replace(settings.PLUMBLINE, key_store=str(tmp_path / "elsewhere" / "keys.db"))
    with pytest.raises(ReadOnly) as refusal:
        opened.refuse_lost_keys()
    assert refusal.value.reason == "keys-missing"
    assert not (tmp_path / "elsewhere").exists()


def test_a_spool_of_an_earlier_version_gets_its_column(tmp_path: Path) -> None:
    from plumbline.telemetry.spool import Spool

    file = tmp_path / "spool.db"
    Spool(file).close()
    connected = sqlite3.connect(file)
    connected.execute("ALTER TABLE body DROP COLUMN key_id")
    connected.close()
    spool = Spool(file)
    assert spool.body(1) is None
    spool.close()
