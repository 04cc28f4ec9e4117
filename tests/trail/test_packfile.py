"""Writing packs: what is in them, that the same scope gives the same bytes, and what is refused."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from plumbline.kernel.canonical import canonical, parse
from plumbline.kernel.note import VerifierKey
from plumbline.kernel.problems import Invalid, NotFound, Unavailable
from plumbline.trail import log, models, packfile, publisher
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
    assert summary.slots == {"body": (2, 298, 0)}
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
    assert statement["predicateType"] == "https://plumbline.dev/ai-evidence-pack/v1"
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


def test_erased_openings_are_counted(trail):
    """What was committed to and is no longer there is erased, not withheld; it cannot be disclosed."""
    trail.append(3)
    publisher.publish()
    models.Opening.objects.filter(index=2).delete()
    data, summary = build(openings=[(1, "body")])
    assert summary.slots == {"body": (1, 1, 1)}
    assert verify.Check(data, trail.report.vkey).run() == 0
    with pytest.raises(NotFound):
        build(openings=[(2, "body")])


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


def test_an_erasure_while_the_pack_is_written(trail, monkeypatch):
    """A member that changes between its digest and its writing stops the pack; no wrong pack comes out."""
    answers = iter([b"before", b"after"])
    writer = packfile.PackWriter()
    writer.add("documents/x", lambda: next(answers))
    with pytest.raises(Unavailable):
        writer.write(io.BytesIO())
    with pytest.raises(Invalid):
        writer.add("documents/x", lambda: b"")
    monkeypatch.setattr(packfile, "LARGEST_MEMBER", 3)
    with pytest.raises(Invalid):
        writer.add("documents/y", lambda: b"four")
