"""F5: whatever is changed in a pack, the verifier says so, checksums of the zip put right each time."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import zipfile
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.verify.zipping import join, members, rezip, stored

from plumbline.kernel.canonical import canonical
from plumbline.kernel.note import VerifierKey
from plumbline_verify import verify

pytestmark = [pytest.mark.django_db]


def code(data: bytes, vkey: str = "") -> int:
    """The verifier's exit code."""
    return verify.Check(data, vkey).run()


def test_the_pack_itself_verifies(example):
    """The pack is small, whole and true; without the key the answer is another one."""
    assert len(example.data) < 45_000
    assert code(example.data, example.vkey) == 0
    assert code(example.data) == 3
    assert code(rezip(list(members(example.data).items())), example.vkey) == 0


@pytest.mark.slow
def test_every_byte_of_every_member(example):
    """Flip each byte of each member (one bit, another one at every place): 100 % refused.

    Of the verifiers in it, which only their digest covers, every ninth byte: they are most of the pack.
    """
    contents = members(example.data)
    parts = {name: stored(name, content) for name, content in contents.items()}
    flips = 0
    for name, content in contents.items():
        for place in range(0, len(content), 9 if name.startswith("verify.") else 1):
            changed = bytearray(content)
            changed[place] ^= 1 << (place % 8)
            parts[name] = stored(name, bytes(changed))
            assert code(join(list(parts.values()))) == 1, (name, place)
            flips += 1
        parts[name] = stored(name, content)
    whole = sum(len(content) for name, content in contents.items() if not name.startswith("verify."))
    assert flips > whole > 8_000


def test_members_deleted_added_renamed_reordered_duplicated(example):
    """The set, the names and the order of members are part of what is signed."""
    contents = list(members(example.data).items())
    for place, (name, content) in enumerate(contents):
        without = contents[:place] + contents[place + 1 :]
        assert code(rezip(without)) == 1, f"without {name}"
        assert code(rezip([*without, (name, content)])) == (3 if place == len(contents) - 1 else 1)
        assert code(rezip(contents[: place + 1] + contents[place:])) == 1, f"twice {name}"
        renamed = sorted([*without, (name + "x", content)])
        assert code(rezip(renamed)) == 1, f"renamed {name}"
        emptied = [*contents[:place], (name, b""), *contents[place + 1 :]]
        assert code(rezip(emptied)) == 1, f"emptied {name}"
    for name in (
        "extra",
        "entries/000001",
        "openings/000001.jsonl",
        "documents/x",
        "attachments/" + "0" * 64,
    ):
        assert code(rezip(sorted([*contents, (name, b"x")]))) == 1, f"added {name}"
    for name in ("../evil", "/etc/passwd", "documents/../x", "a\\b", "manifest.dsse.json "):
        assert code(rezip(sorted([*contents, (name, b"x")]))) == 1, f"added {name}"


def test_members_swapped_within_a_pack_and_between_two(example):
    """Contents exchanged between two names, or taken from another pack of the same log."""
    contents = members(example.data)
    names = list(contents)
    for first, second in pairwise(names):
        swapped = contents | {first: contents[second], second: contents[first]}
        same = contents[first] == contents[second]  # the first entry of this range is the one with the keys
        assert code(rezip(list(swapped.items()))) == (3 if same else 1), (first, second)
    other = members(
        example.build(recipient="Somebody else", openings=[(2, "body")], events=[], segments={}, members={})
    )
    for name in set(other) & set(contents):
        if other[name] != contents[name]:
            assert code(rezip(list((contents | {name: other[name]}).items()))) == 1, name


def test_bytes_outside_of_members(example):
    """Before, between and behind members, in comments, in headers: every byte of the file is determined."""
    data = example.data
    for bad in (b"x" + data, data + b"x", data[:-1], data[1:], data[: len(data) // 2], b"", b"PK"):
        assert code(bad) == 1
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"hello"
    assert code(out.getvalue()) == 1
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        headers = [(info.header_offset, len(info.filename)) for info in archive.infolist()]
        start = archive.start_dir
    for offset, length in headers:
        for place in range(offset, offset + 30 + length):
            assert code(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]) == 1, place
    for place in range(start, len(data)):
        assert code(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]) == 1, place


def test_random_raw_flips(example):
    """Anywhere in the file: refused, unless it hit padding in a deflated stream and changed no content."""
    contents, harmless = members(example.data), 0
    pick = random.Random(5)
    for _ in range(500):
        place, bit = pick.randrange(len(example.data)), pick.randrange(8)
        changed = bytearray(example.data)
        changed[place] ^= 1 << bit
        if code(bytes(changed)) != 1:
            assert members(bytes(changed)) == contents, (place, bit)
            harmless += 1
    assert harmless <= 5


FORGER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def signed_again(contents: dict[str, bytes], change=lambda predicate: None, private=None) -> bytes:
    """The pack with its manifest made anew by a forger, digests and all."""
    envelope = json.loads(contents["manifest.dsse.json"])
    statement = json.loads(base64.b64decode(envelope["payload"]))
    statement["subject"] = [
        {"name": name, "digest": {"sha256": hashlib.sha256(content).hexdigest()}}
        for name, content in sorted(contents.items())
        if name != "manifest.dsse.json"
    ]
    change(statement["predicate"])
    payload = canonical(statement)
    kind = b"application/vnd.in-toto+json"
    signature = (private or FORGER).sign(b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload))
    envelope["payload"] = base64.b64encode(payload).decode()
    envelope["signatures"][0]["sig"] = base64.b64encode(signature).decode()
    return rezip(sorted((contents | {"manifest.dsse.json": canonical(envelope)}).items()))


def test_a_manifest_signed_by_someone_else(example):
    """Whoever makes new digests needs the pack key, and the log itself says which one that is."""
    contents = members(example.data)
    assert code(signed_again(contents)) == 1
    check = verify.Check(signed_again(contents))
    check.run()
    assert check.results["manifest"][0] == "FAIL"


def owner(example) -> Ed25519PrivateKey:
    """The organisation's own pack key: the whole server is hostile."""
    from plumbline.trail import keys

    return keys.load(example.trail.data).pack.private


@pytest.mark.parametrize(
    ("step", "name", "change"),
    [
        ("tree", "entries/000000", lambda c: c.replace(b"RSK-0007", b"RSK-0008", 1)),
        ("tree", "entries/000000", lambda c: c[: len(c) - 2]),
        ("tree", "entries/000000", lambda c: c + b"\0\0"),
        ("tree", "proofs/first.tlog-proof", lambda c: c.replace(b"index 0", b"index 1")),
        ("tree", "proofs/last.tlog-proof", lambda c: c.replace(b"\nindex", b"\nindex ")),
        ("tree", "proofs/key.tlog-proof", lambda c: c.replace(b"extra ", b"extra AAAA")),
        ("structure", "checkpoint", lambda c: c.replace(b"\n10\n", b"\n11\n", 1)),
        ("checkpoint", "checkpoint", None),
        ("growth", "checkpoint.from", lambda c: c.replace(b"\n5\n", b"\n4\n", 1)),
        ("growth", "consistency.txt", lambda c: c[45:]),
        ("growth", "consistency.txt", lambda c: c + c[:45]),
        ("openings", "openings/000000.jsonl", lambda c: c.replace(b'"index":1,', b'"index":2,', 1)),
        ("openings", "openings/000000.jsonl", lambda c: c.replace(b'"slot":"body"', b'"slot":"note"', 1)),
        ("openings", "openings/000000.jsonl", lambda c: b"".join(c.splitlines(True)[::-1])),
        ("openings", "openings/000000.jsonl", lambda c: c.splitlines(True)[0] + c),
        ("openings", "openings/000000.jsonl", lambda c: c.replace(b'"event:3"', b'"event:2"')),
        ("openings", "openings/000000.jsonl", lambda c: c.replace(b'"event:3"', b'"event:9"')),
        ("openings", "openings/000000.jsonl", lambda c: c.replace(b'"event:3"', b'"event:-2"')),
        ("counts", "openings/000000.jsonl", lambda c: b"".join(c.splitlines(True)[1:])),
        ("openings", "segments/5.jsonl", lambda c: b"".join(c.splitlines(True)[::-1])),
        ("openings", "segments/5.jsonl", lambda c: b"".join(c.splitlines(True)[:4])),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_dishonest_owner(example, step, name, change):
    """With the pack key in hand, content is still held by the log: the step that must notice does."""
    contents = members(example.data)
    if change is None:
        note = contents[name].decode()
        head, _, _ = note.rpartition("\n\n")
        key = VerifierKey(note.split("\n")[0], FORGER.public_key().public_bytes_raw())
        from plumbline.kernel.note import sign

        contents[name] = str(sign(head + "\n", key, FORGER.sign)).encode()
        for proof in ("first", "last", "key"):
            kept = contents[f"proofs/{proof}.tlog-proof"]
            contents[f"proofs/{proof}.tlog-proof"] = kept.partition(b"\n\n")[0] + b"\n\n" + contents[name]
    else:
        assert change(contents[name]) != contents[name]
        contents[name] = change(contents[name])
    check = verify.Check(signed_again(contents, private=owner(example)))
    assert check.run() == 1
    assert check.results[step][0] == "FAIL", check.results


@pytest.mark.parametrize(
    ("step", "change"),
    [
        ("counts", lambda p: p["counts"].update(entries=9)),
        ("counts", lambda p: p["counts"].update(segments=0)),
        ("counts", lambda p: p["counts"]["slots"].update(body=[3, 6, 0])),
        ("counts", lambda p: p["counts"]["slots"].update(body=[2, 5, 0])),
        ("counts", lambda p: p["counts"]["slots"].pop("note")),
        ("counts", lambda p: p["counts"]["slots"].update(more=[0, 0, 0])),
        ("structure", lambda p: p.update(range=[0, 9])),
        ("structure", lambda p: p.update(range=[0, 11])),
        ("structure", lambda p: p.update(range=[0, 2**53 - 1])),
        ("structure", lambda p: p.update(range=[5, 5])),
        ("structure", lambda p: p.update(range=[-1, 10])),
        ("structure", lambda p: p.update(range="ab")),
        ("structure", lambda p: p["sizes"].update(checkpoint=11)),
        ("structure", lambda p: p["sizes"].update({"from": None})),
        ("growth", lambda p: p["sizes"].update({"from": 4})),
        ("structure", lambda p: p.update(origin="another.log/1")),
        ("structure", lambda p: p.pop("range")),
    ],
)
def test_a_dishonest_manifest(example, step, change):
    """What the manifest says of the pack is checked, not believed."""
    check = verify.Check(signed_again(members(example.data), change, owner(example)))
    assert check.run() == 1
    words = {code: word for code, (word, _) in check.results.items()}
    assert words[step] == "FAIL" or words["tree"] == "FAIL", words
