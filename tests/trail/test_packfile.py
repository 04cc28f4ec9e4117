"""Writing packs: what is in them, that the same scope gives the same bytes, and what is refused."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
import zlib
from pathlib import Path

import pytest
from django.db import transaction

from plumbline.kernel.canonical import canonical, parse
from plumbline.kernel.note import VerifierKey
from plumbline.kernel.problems import Conflict, Invalid, NotFound, Unavailable
from plumbline.trail import log, models, packfile, packzip, publisher
from plumbline_verify import verify

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def build(**changes) -> tuple[bytes, packfile.PackSummary]:
    """A pack in memory."""
    out = io.BytesIO()
    given = {"scope": {"systems": ["claims-triage"]}, "recipient": "Auditor", "purpose": "audit"}
    summary = packfile.build_pack(out, **(given | changes))
    return out.getvalue(), summary


def test_what_a_pack_holds(trail):
    """Members, summary and manifest agree, and the manifest is a DSSE envelope of an in-toto statement."""
    trail.append(300)
    checkpoint = publisher.publish()
    data, summary = build(openings=[(3, "body"), (4, "body")])
    assert (summary.start, summary.stop, summary.entries, summary.checkpoint) == (0, 301, 301, checkpoint)
    assert summary.slots == {"body": (2, 298, 0, 0)}
    assert (summary.size, summary.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        contents = {name: archive.read(name) for name in names}
    assert names == sorted(names)
    assert len(names) == summary.members
    assert contents["entries/000001"][2:].startswith(b'{"actor"')
    envelope = parse(contents["manifest.dsse.json"])
    payload = base64.b64decode(envelope["payload"])
    statement = json.loads(payload)
    assert canonical(statement) == payload
    assert statement["predicateType"] == "https://plumbline.dev/ai-evidence-pack/v2"
    assert [subject["name"] for subject in statement["subject"]] == [n for n in names if "manifest" not in n]
    key = VerifierKey.parse(trail.report.pack_vkey)
    kind = b"application/vnd.in-toto+json"
    message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    assert key.verifies(message, base64.b64decode(envelope["signatures"][0]["sig"]))
    assert contents["verify.py"] == Path(verify.__file__).read_bytes()
    assert verify.Check(data, trail.report.vkey).run() == 0


def test_the_same_scope_gives_the_same_bytes(trail, tmp_path):
    """L14: again, at the same size of the log, to a path: byte for byte."""
    trail.append(20)
    publisher.publish()
    first, _ = build(openings=[(3, "body"), (2, "body")])
    again, _ = build(openings=[(2, "body"), (3, "body"), (2, "body")])
    assert first == again
    given = {"scope": {"systems": ["claims-triage"]}, "recipient": "Auditor", "purpose": "audit"}
    packfile.build_pack(tmp_path / "a.aipack", openings=[(2, "body"), (3, "body")], **given)
    assert (tmp_path / "a.aipack").read_bytes() == first


def erase(index: int, slot: str = "body") -> int:
    """Delete an opening and append the entry of erasure that names it; the number of that entry."""
    models.Opening.objects.filter(index=index, slot=slot).delete()
    return name_erased(index, slot)


def name_erased(index: int, slot: str) -> int:
    """Append an entry of erasure that names an opening, and look it up by it; the number of that entry."""
    with transaction.atomic():
        entry = log.append("trail.erased", actor="per_x", facts={"slots": {str(index): [slot]}}).index
        models.ErasedOpening.objects.create(index=index, slot=slot, first=0, last=0, leaf=entry)
    return entry


def test_an_entry_of_erasure_makes_an_opening_erased(trail):
    """It counts as erased where an entry says so, also one after the range, and cannot be disclosed."""
    trail.append(3)
    entry = erase(2)
    publisher.publish()
    data, summary = build(openings=[(1, "body")])
    assert summary.slots == {"body": (1, 1, 1, 0)}
    assert verify.Check(data, trail.report.vkey).run() == 0
    data, summary = build(stop=entry)
    assert summary.slots == {"body": (0, 2, 1, 0)}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert f"proofs/entry-{entry}.tlog-proof" in archive.namelist()
    assert verify.Check(data, trail.report.vkey).run() == 0
    with pytest.raises(NotFound):
        build(openings=[(2, "body")])


def test_openings_removed_by_hand_are_missing_and_no_pack_calls_them_erased(trail, monkeypatch):
    """Neither builds the writer such a pack, nor does the verifier pass one that was built all the same."""
    trail.append(19)
    erase(1)
    publisher.publish()
    models.Opening.objects.filter(index__in=range(2, 19)).delete()
    with pytest.raises(Conflict, match=r"17 openings .* body of entry 2"):
        build()
    monkeypatch.setattr(packfile, "_refuse_missing", lambda *_: None)
    data, summary = build()
    assert summary.slots == {"body": (0, 1, 1, 17)}
    check = verify.Check(data, trail.report.vkey)
    assert check.run() == 1
    assert check.results["counts"] == ("FAIL", "missing, and no entry of erasure names them: {'body': 17}")


def test_an_opening_that_was_erased_and_is_back_fails(trail, monkeypatch):
    """A restored backup may bring back what was erased: a pack that opens it is refused."""
    trail.append(2)
    name_erased(1, "body")
    publisher.publish()
    data, _ = build(openings=[(1, "body")])
    check = verify.Check(data, trail.report.vkey)
    assert check.run() == 1
    assert "entry of erasure names" in check.results["counts"][1]


def test_what_is_refused(trail):
    """Ranges, members, segments, openings and checkpoints that do not fit, each as a problem."""
    with pytest.raises(Unavailable):
        build()
    trail.append(3)
    checkpoint = publisher.publish()
    trail.append()
    with pytest.raises(Unavailable):
        build(stop=5)
    for changes in (
        {"start": 4},
        {"start": -1},
        {"start": 2, "stop": 2},
        {"members": {"extra": b"x"}},
        {"members": {"documents/../x": b"x"}},
        {"members": {"attachments/" + "0" * 64: b"x"}},
        {"segments": {1: [b"\0" * 32]}},
        {"segments": {9: [b"\0" * 32]}},
        {"since": log.Checkpoint(3, b"\0" * 32, checkpoint.note, checkpoint.time)},
        {"since": log.Checkpoint(99, checkpoint.root, checkpoint.note, checkpoint.time)},
    ):
        with pytest.raises(Invalid) as refused:
            build(**changes)
        assert refused.value.faults[0].remedy
    for missing in ((1, "other"), (9, "body"), (0, "body")):
        with pytest.raises(NotFound):
            build(openings=[missing])


def test_members_are_read_once_and_taken_once(monkeypatch):
    """What was added is what is written; a name comes once, and no member is larger than readers allow."""
    out, writer = io.BytesIO(), packzip.PackWriter()
    writer.add("documents/y", b"y" * 5000)
    writer.add("documents/x", b"x")
    assert writer.write(out) == 2
    with zipfile.ZipFile(out) as archive:
        assert [(name, len(archive.read(name))) for name in archive.namelist()] == [
            ("documents/x", 1),
            ("documents/y", 5000),
        ]
    with pytest.raises(Invalid):
        writer.add("documents/x", b"")
    monkeypatch.setattr(packzip, "LARGEST_MEMBER", 3)
    with pytest.raises(Invalid):
        writer.add("documents/z", b"four")
    writer.close()


def test_a_pack_of_more_than_65535_members(tmp_path):
    """16.7 million entries fill 65,536 bundles: the long form of the directory (zip64)."""
    writer = packzip.PackWriter(tmp_path)
    for number in range(65_600):
        writer.add(f"entries/{number:06d}", b"")
    with (tmp_path / "many").open("w+b") as file:
        assert writer.write(file) == 65_600
    writer.close()
    pack = verify.Pack(verify.contents(str(tmp_path / "many")))
    assert len(pack.members) == 65_600
    with zipfile.ZipFile(tmp_path / "many") as archive:
        assert len(archive.namelist()) == 65_600


def test_a_pack_of_more_than_4_gib(tmp_path):
    """Members behind the fourth gibibyte: the long form of their places (zip64), in a file with holes."""
    large = packzip._Member(0, 0, 64 << 20, 64 << 20, zlib.crc32(bytes(64 << 20)), "")
    last = packzip._Member(0, 0, 4, 4, zlib.crc32(b"last"), "")
    offset, listing = 0, []
    with (tmp_path / "large").open("w+b") as file:
        for number in range(66):
            name, member, content = f"documents/{number:02d}", large, b""
            if number > 64:
                member, content = last, b"last"
            local, central = packzip._headers(name, member, offset)
            file.seek(offset)
            file.write(local + content)
            offset += len(local) + member.packed
            listing.append(central)
        file.seek(offset)
        directory = b"".join(listing)
        file.write(directory + packzip._ending(len(listing), len(directory), offset))
    assert offset > 1 << 32
    data = verify.contents(str(tmp_path / "large"))
    pack = verify.Pack(data)
    assert pack.read("documents/65") == b"last"
    with zipfile.ZipFile(tmp_path / "large") as archive:
        assert archive.read("documents/65") == b"last"
    changed = bytearray(data[-400:])
    for place in range(len(changed)):
        with pytest.raises(verify.ERRORS):
            verify.Pack(_Changed(data, len(data) - 400 + place))


class _Changed:
    """A long file with one byte flipped."""

    def __init__(self, data, place):
        self.data, self.place = data, place

    def __len__(self):
        return len(self.data)

    def __getitem__(self, part):
        content = bytearray(self.data[part])
        start = part.indices(len(self.data))[0]
        if start <= self.place < start + len(content):
            content[self.place - start] ^= 1
        return bytes(content)
