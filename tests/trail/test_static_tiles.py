"""The static layout of c2sp.org/tlog-tiles, checked by a reader that knows only the files (F17)."""

from __future__ import annotations

from pathlib import Path

import pytest

from plumbline.kernel.merkle import leaf_hash, node_hash, root
from plumbline.kernel.note import Note, TreeHead, VerifierKey
from plumbline.kernel.problems import NotFound, Unavailable
from plumbline.trail import log, publisher, static_tiles

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("n", "width", "path"),
    [
        (0, 256, "000"),
        (7, 256, "007"),
        (999, 256, "999"),
        (1000, 256, "x001/000"),
        (1_234_067, 256, "x001/x234/067"),
        (1_234_067, 8, "x001/x234/067.p/8"),
    ],
)
def test_paths_are_those_of_the_specification(n, width, path):
    assert static_tiles.tile_path(n, width) == path
    assert static_tiles.parse_tile_path(path) == (n, width)


@pytest.mark.parametrize(
    "path", ["0", "00", "0000", "x000/001", "x001", "001.p/0", "001.p/256", "001.p/08", "../001"]
)
def test_other_spellings_are_no_tiles(path):
    with pytest.raises(NotFound):
        static_tiles.parse_tile_path(path)


def mth(hashes: list[bytes]) -> bytes:
    """The tree hash as RFC 6962, section 2.1 defines it; shares nothing with the code that is tried."""
    if len(hashes) == 1:
        return hashes[0]
    at = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(mth(hashes[:at]), mth(hashes[at:]))


def fsck(folder: Path, key: VerifierKey) -> int:
    """Check an export as an outsider does; the number of entries. Raises ``AssertionError``.

    Every entry is hashed, every tile of every level recomputed, and the root compared with the signed one.
    Tessera's own fsck was not run: its Go modules could not be had where this was written.
    """
    note = Note.parse((folder / "checkpoint").read_text())
    assert note.signed_by(key)
    head, expected, level, hashes = TreeHead.parse(note.text), {folder / "checkpoint"}, 0, list[bytes]()
    for n in range((head.size + 255) // 256):
        width = min(256, head.size - n * 256)
        path = folder / "tile" / "entries" / static_tiles.tile_path(n, width)
        data, at = path.read_bytes(), 0
        expected.add(path)
        for _ in range(width):
            end = at + 2 + int.from_bytes(data[at : at + 2], "big")
            hashes.append(leaf_hash(data[at + 2 : end]))
            at = end
        assert at == len(data), path
    whole = hashes
    while hashes:
        above = []
        for n in range((len(hashes) + 255) // 256):
            part = hashes[n * 256 : n * 256 + 256]
            path = folder / "tile" / str(level) / static_tiles.tile_path(n, len(part))
            assert path.read_bytes() == b"".join(part), path
            expected.add(path)
            above += [mth(part)] if len(part) == 256 else []
        level, hashes = level + 1, above
    assert mth(whole) == head.root
    assert {path for path in folder.rglob("*") if path.is_file()} >= expected
    return head.size


@pytest.mark.parametrize("more", [0, 3, 254, 255, 300])
def test_f17_an_export_is_checked_by_its_files_alone(trail, tmp_path, more):
    from django.db import transaction

    with transaction.atomic():
        log.append_many(
            [
                log.NewEntry("record.created", "per_0123456789", subject={"ref": f"RSK-{n}"})
                for n in range(more)
            ]
        )
    publisher.publish()
    folder = tmp_path / "tiles"
    assert static_tiles.export(folder).size == more + 1
    assert fsck(folder, VerifierKey.parse(trail.report.vkey)) == more + 1
    assert static_tiles.export(folder).written == 1


def test_f17_an_export_grows_and_any_changed_byte_is_found(trail, tmp_path):
    folder, key = tmp_path / "tiles", VerifierKey.parse(trail.report.vkey)
    trail.append(2)
    publisher.publish()
    static_tiles.export(folder)
    trail.append(2)
    publisher.publish()
    static_tiles.export(folder)
    assert fsck(folder, key) == 5
    for name in ("tile/entries/000.p/5", "tile/0/000.p/5", "checkpoint"):
        file = folder / name
        whole = file.read_bytes()
        for at in range(0, len(whole), 7):
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            with pytest.raises((AssertionError, ValueError)):
                fsck(folder, key)
        file.write_bytes(whole)
    assert fsck(folder, key) == 5


def test_only_what_is_signed_is_given_out(trail):
    with pytest.raises(Unavailable):
        static_tiles.checkpoint()
    publisher.publish()
    trail.append(2)
    assert static_tiles.tile(0, "000.p/1") == log.leaf(0).leaf_hash
    assert static_tiles.bundle("000.p/1")[2:] == log.leaf(0).body
    for read in (lambda path: static_tiles.tile(0, path), static_tiles.bundle):
        for path in ("000.p/2", "000", "001.p/1"):
            with pytest.raises(NotFound):
                read(path)
    for level in (-1, 1, 8, 63, 10**6):
        with pytest.raises(NotFound):
            static_tiles.tile(level, "000.p/1")
    assert static_tiles.checkpoint() == log.latest_checkpoint().note
    assert root([log.leaf(0).leaf_hash]) == log.latest_checkpoint().root
