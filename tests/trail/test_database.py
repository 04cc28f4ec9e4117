"""F6: whoever can write to the database cannot do so unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.db import models as fields

from plumbline.kernel import merkle
from plumbline.kernel.canonical import canonical, parse
from plumbline.trail import keys, log, models, publisher, queries
from plumbline.trail.errors import ReadOnly

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

UNSIGNED = 3
SIZE = 300


@pytest.fixture
def filled(trail):
    """300 entries with one full tile, two checkpoints, and three entries not yet signed."""
    trail.append(280, openings={})
    publisher.publish()
    trail.append(SIZE - UNSIGNED - 281)
    publisher.publish()
    trail.append(UNSIGNED)
    assert publisher.scrub().ok
    return trail


def refused(filled) -> str:
    """Publishing is refused, nothing is signed, and the reason."""
    before = models.Checkpoint.objects.count()
    with pytest.raises(ReadOnly) as problem:
        publisher.publish()
    assert models.Checkpoint.objects.count() == before
    return problem.value.reason


def flipped(value: Any, field: fields.Field) -> Any:
    """``value`` with one bit, character, microsecond or unit changed."""
    if isinstance(field, fields.BinaryField):
        changed = bytearray(value or b"\0")  # an encrypted opening has its salt inside
        changed[len(changed) // 2] ^= 1
        return bytes(changed)
    if isinstance(value, UUID):
        return UUID(int=value.int ^ 1)
    if isinstance(value, int):
        return value ^ 1 if field.name in {"level", "epoch"} else value + 100_000
    if isinstance(value, str):
        return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"
    return value + timedelta(microseconds=1)


ROWS: dict[type[fields.Model], dict[int, int]] = {
    models.Leaf: {5: 5, 255: 255, 290: 290, SIZE - 1: SIZE - 1},
    models.Tile: {0: 128},
    models.Opening: {285: 285, SIZE - 1: SIZE - 1},
    models.Checkpoint: {281: 280, SIZE - UNSIGNED: SIZE - UNSIGNED - 1},
    models.Coordinator: {1: SIZE - 1},
}
PLACES = {models.Tile: "n", models.Checkpoint: "size", models.Coordinator: "id"}


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_a_flip_in_every_column(filled, model):
    """The scrub names a range that holds the damage, and from then on nothing is signed."""
    for column in model._meta.concrete_fields:
        for key, damaged in ROWS[model].items() if column.name != "id" else ():
            flip(filled, column, key, 288 if column.name == "frontier" else damaged)
    assert publisher.publish().size == SIZE


def flip(filled, column: fields.Field, key: int, damaged: int) -> None:
    """Change one column of one row, see what scrub and signer say, and put it right again."""
    model, name = column.model, column.name
    row = model.objects.filter(**{PLACES.get(model, "index"): key}).values("pk", name).get()
    kept = bytes(row[name]) if isinstance(column, fields.BinaryField) else row[name]
    model.objects.filter(pk=row["pk"]).update(**{name: flipped(kept, column)})
    report = publisher.scrub()
    assert not report.ok, (key, name)
    inside = report.first_bad <= damaged <= report.last_bad
    assert inside or name in {"index", "size", "n", "level"}, report
    if model in {models.Leaf, models.Opening} and name != "index":
        assert (report.first_bad, report.last_bad) == (damaged, damaged), report
    assert refused(filled)
    assert log.status().state == "Broken"
    moved = key + 100_000 if (model, name) == (models.Leaf, "index") else row["pk"]
    model.objects.filter(pk=moved).update(**{name: kept})
    assert publisher.scrub().ok


def test_the_signer_itself_notices_what_it_is_about_to_sign(filled):
    """Before every signature the unsigned entries and the open tile before them are read again."""
    for index in (SIZE - 1, SIZE - UNSIGNED, SIZE - UNSIGNED - 1, 270):
        row = models.Leaf.objects.get(index=index)
        for name in ("body", "hash"):
            content = bytearray(getattr(row, name))
            content[20] ^= 1
            models.Leaf.objects.filter(index=index).update(**{name: bytes(content)})
            assert refused(filled) == "tree-mismatch"
            models.Leaf.objects.filter(index=index).update(**{name: getattr(row, name)})
    assert publisher.publish().size == SIZE


def test_a_leaf_rewritten_with_its_hash(filled):
    """Body and hash column changed to fit each other: the tree still knows."""
    for index in (7, 290, SIZE - 1):
        row = models.Leaf.objects.get(index=index)
        body = canonical(parse(bytes(row.body)) | {"actor": "per_9999999999"})
        models.Leaf.objects.filter(index=index).update(
            body=body, hash=merkle.leaf_hash(body), actor="per_9999999999"
        )
        report = publisher.scrub()
        assert not report.ok
        assert report.first_bad <= index <= report.last_bad
        assert report.last_bad - report.first_bad < 64
        assert refused(filled) == "damaged"
        models.Leaf.objects.filter(index=index).update(body=row.body, hash=row.hash, actor=row.actor)
        assert publisher.scrub().ok


def test_leaf_tile_and_coordinator_rewritten_together(filled):
    """Everything in the database made to fit: guard, signer and published notes still know."""
    rewrite_history(7)
    assert refused(filled) == "root-mismatch"
    report = publisher.scrub()
    assert not report.ok
    assert (report.first_bad, report.last_bad) == (0, 280)


def rewrite_history(index: int) -> None:
    """Change a leaf and everything in the database that follows from it, as a diligent insider would."""
    row = models.Leaf.objects.get(index=index)
    body = canonical(parse(bytes(row.body)) | {"actor": "per_9999999999"})
    models.Leaf.objects.filter(index=index).update(
        body=body, hash=merkle.leaf_hash(body), actor="per_9999999999"
    )
    hashes = queries.leaf_hashes(0, SIZE)
    models.Tile.objects.filter(level=0, n=0).update(hashes=b"".join(hashes[:256]))
    frontier = merkle.Frontier()
    frontier.extend(hashes)
    models.Coordinator.objects.update(frontier=frontier.to_bytes())


def test_guard_rewritten_too(filled):
    """Even with the guard's file in hand the signer remembers what it signed last."""
    from dataclasses import replace

    from plumbline.trail.guard import Guard

    rewrite_history(7)
    with Guard(filled.guard) as guard:
        record = guard.read()
        root = merkle.root(queries.leaf_hashes(0, record.size))
        guard.swap(record, replace(record, root=root))
    models.Checkpoint.objects.all().delete()
    assert refused(filled) == "signer-refused"


def test_rows_deleted_inserted_swapped(filled):
    """In the middle, at the signed end, at the unsigned end."""
    for index in (100, SIZE - UNSIGNED - 1, SIZE - 1):
        row = models.Leaf.objects.get(index=index)
        models.Leaf.objects.filter(index=index).delete()
        report = publisher.scrub()
        assert not report.ok
        assert report.first_bad <= index <= report.last_bad, report
        assert refused(filled)
        row.save(force_insert=True)
        assert publisher.scrub().ok
    extra = models.Leaf.objects.get(index=SIZE - 1)
    extra.index, extra.client_id = SIZE, UUID(int=1)
    extra.save(force_insert=True)
    assert publisher.scrub().first_bad == SIZE
    assert refused(filled) == "damaged"
    models.Leaf.objects.filter(index=SIZE).delete()
    first, second = models.Leaf.objects.get(index=10), models.Leaf.objects.get(index=11)
    first_id, second_id = first.client_id, second.client_id
    models.Leaf.objects.filter(index__in=[10, 11]).delete()
    first.index, second.index = 11, 10
    first.save(force_insert=True)
    second.save(force_insert=True)
    report = publisher.scrub()
    assert (report.first_bad, report.last_bad) == (10, 11)
    assert (first_id, second_id) == (first.client_id, second.client_id)


def test_the_tail_cut_off(filled):
    """Restored or truncated to an earlier size, coordinator and tiles put right: rolled back, and shown."""
    models.Leaf.objects.filter(index__gte=285).delete()
    models.Opening.objects.filter(index__gte=285).delete()
    frontier = merkle.Frontier()
    frontier.extend(queries.leaf_hashes(0, 285))
    last = models.Leaf.objects.get(index=284)
    models.Coordinator.objects.update(size=285, frontier=frontier.to_bytes(), last_time=last.time)
    assert refused(filled) == "rolled-back"
    assert log.status().state == "Broken"
    assert not publisher.scrub().ok
    with pytest.raises(ReadOnly):
        filled.append()
    filled.forge(30)
    assert refused(filled) in {"damaged", "root-mismatch"}


def test_the_whole_log_gone(filled):
    """An empty database beside a guard that has seen entries."""
    for model in (models.Leaf, models.Tile, models.Opening, models.Checkpoint, models.Coordinator):
        model.objects.all().delete()
    assert refused(filled) == "rolled-back"
    assert (publisher.scrub().first_bad, publisher.scrub().last_bad) == (0, SIZE - UNSIGNED - 1)


def test_a_replaced_checkpoint_row(filled):
    """A note by another key, an older note under the newest size, a note for another root."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from plumbline.kernel.note import TreeHead, sign

    newest, older = queries.checkpoint_at(SIZE - UNSIGNED), queries.checkpoint_at(281)
    stranger = keys.SigningKey("plumbline.test/main/1", Ed25519PrivateKey.generate())
    signers = keys.load(filled.data)
    other = TreeHead("plumbline.test/main/1", newest.size, b"\1" * 32)
    head = TreeHead("plumbline.test/main/1", newest.size, newest.root)
    for note, root in (
        (str(sign(head.text(), stranger.verifier, stranger.sign)), newest.root),
        (older.note, newest.root),
        (str(sign(other.text(), signers.log.verifier, signers.log.sign)), b"\1" * 32),
        ("nonsense", newest.root),
    ):
        models.Checkpoint.objects.filter(size=newest.size).update(note=note, root=root)
        assert refused(filled) == "fork"
        assert not publisher.scrub().ok
        models.Checkpoint.objects.filter(size=newest.size).update(note=newest.note, root=newest.root)
        assert publisher.scrub().ok


def test_the_seat_belt(filled, seat_belt):
    """Without tampering with the triggers, leaves and tiles cannot be changed or deleted at all."""
    leaves, tiles = models.Leaf.objects.filter(index=3), models.Tile.objects.filter(n=0)
    for act in (
        lambda: leaves.update(actor="per_9"),
        lambda: leaves.delete(),
        lambda: tiles.update(hashes=b""),
        lambda: tiles.delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()
    if connection.vendor == "postgresql":
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("TRUNCATE trail_leaf")
    filled.append()
    assert publisher.publish().size == SIZE + 1


def test_a_stored_hash_that_does_not_fit_its_entry_is_not_signed(filled):
    """Proofs at the edge are built from these hashes; the tree, built from the bytes, would not notice."""
    models.Leaf.objects.filter(index=SIZE - 1).update(hash=bytes(32))
    with pytest.raises(ReadOnly) as problem:
        publisher.publish()
    assert problem.value.reason == "tree-mismatch"
    assert f"Entry {SIZE - 1}" in str(problem.value.detail)
