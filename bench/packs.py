"""Evidence packs: building one from a trail, and verifying a long one.

The anchor of building reads the bytes of the same entries with one query and hashes each; that of verifying
is a Python process that opens the same archive and hashes every member. The long pack is written without a
database, from entries as a record leaves them. The aim is 10,000,000 entries in 60 seconds on two cores: 12
microseconds of CPU an entry.

    python bench/packs.py [--repetitions 3]
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import installation
import table
from table import Promise, Row, Scale

from trail import HASH_MEMBERS, append, children_cpu, hash_entries, run

BUILT, VERIFIED = 20_000, 100_000
BUILD_RATIO, VERIFY_RATIO, JOBS_RATIO = 12.0, 12.0, 13.0
ORIGIN = "bench.plumbline/main/1"
WIDTH = 256


def entry(number: int, keys: dict[str, str]) -> bytes:
    """The bytes of an entry as a record leaves it; the first names the keys."""
    digest = urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    return json.dumps(
        {
            "actor": "per_0123456789abcdef0123",
            "commitments": {"revision": digest} if number else {},
            "counter": number + 1,
            "facts": {"state": "identified"} if number else {"keys": keys},
            "id": f"0198c1f2-1111-7222-8333-{secrets.token_hex(6)}",
            "origin": ORIGIN,
            "requirements": ["iso42001:6.1.2"],
            "retention": "governance",
            "source": "governance",
            "subject": {"kind": "risk", "ref": f"RSK-{number % 5000:04d}", "revision": 1},
            "time": "2026-03-03T10:00:00.123456Z",
            "type": "record.created",
            "v": 1,
        },
        separators=(",", ":"),
        sort_keys=True,
    ).encode()


def write_long(file: Path, count: int) -> str:
    """Write a pack of ``count`` entries of a log that exists nowhere else; the log's verifier key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from plumbline.kernel import merkle
    from plumbline.kernel.canonical import canonical
    from plumbline.kernel.note import LogProof, TreeHead, VerifierKey, encode64, sign
    from plumbline.trail.packfile import PAYLOAD_TYPE, PREDICATE_TYPE, STATEMENT_TYPE
    from plumbline.trail.packzip import PackWriter

    log, pack = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    log_key = VerifierKey(ORIGIN, log.public_key().public_bytes_raw())
    pack_key = VerifierKey(f"{ORIGIN}/pack", pack.public_key().public_bytes_raw())
    named, writer = {"log": str(log_key), "pack": str(pack_key)}, PackWriter(file.parent)
    ends, hashes = dict[int, bytes](), list[bytes]()
    for first in range(0, count, WIDTH):
        bodies = [entry(number, named) for number in range(first, min(first + WIDTH, count))]
        ends.update({first + place: bodies[place] for place in (0, len(bodies) - 1)})
        hashes += map(merkle.leaf_hash, bodies)
        writer.add(f"entries/{first // WIDTH:06d}", b"".join(len(b).to_bytes(2, "big") + b for b in bodies))
    tree = merkle.Tree(hashes)
    note = str(sign(TreeHead(ORIGIN, count, tree.root()).text(), log_key, log.sign))
    for name, index in (("first", 0), ("key", 0), ("last", count - 1)):
        proof = LogProof(index, tuple(tree.path(index)), note, ends[index])
        writer.add(f"proofs/{name}.tlog-proof", str(proof).encode())
    for name in ("README.txt", "policy", "verify.html", "verify.py"):
        writer.add(name, b"")
    writer.add("checkpoint", note.encode())
    counts = {"entries": count, "segments": 0, "slots": {"revision": [0, count - 1, 0, 0]}}
    said = {"counts": counts, "origin": ORIGIN, "prepared": None, "range": [0, count]}
    statement = {
        "_type": STATEMENT_TYPE,
        "predicate": {**said, "sizes": {"checkpoint": count, "from": None}},
        "predicateType": PREDICATE_TYPE,
        "subject": writer.subjects(),
    }
    payload = canonical(statement)
    message = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)
    signature = {"keyid": pack_key.key_id.hex(), "sig": encode64(pack.sign(message))}
    envelope = {"payload": encode64(payload), "payloadType": PAYLOAD_TYPE, "signatures": [signature]}
    writer.add("manifest.dsse.json", canonical(envelope))
    with file.open("w+b") as out:
        writer.write(out)
    writer.close()
    return str(log_key)


def build(count: int) -> None:
    """A pack of the whole trail, envelopes alone."""
    from plumbline.trail import packfile

    with TemporaryDirectory() as folder:
        packfile.build_pack(
            Path(folder) / "x.aipack", scope={}, recipient="Bench", purpose="Measuring", stop=count
        )


def rows(scale: Scale) -> Iterator[Row]:
    """Building and verifying."""
    import plumbline_verify

    count = scale.size(BUILT, least=500)
    with installation.in_process(postgresql=scale.postgresql):
        append(count)
        here, anchor = table.compare(lambda: build(count), hash_entries, scale.repetitions)
        promise = Promise("cpu ratio", BUILD_RATIO)
        yield Row(f"building a pack of {count:,} entries", "read and hash them", here, anchor, promise)
        count = scale.size(VERIFIED, least=2_000)
        with TemporaryDirectory() as folder:
            pack = Path(folder) / "long.aipack"
            key = write_long(pack, count)
            verifier = str(Path(plumbline_verify.__file__).with_name("verify.py"))
            for jobs, ratio in ((1, VERIFY_RATIO), (2, JOBS_RATIO)):
                here, anchor = table.compare(
                    lambda jobs=jobs: run(verifier, "verify", str(pack), "--key", key, "--jobs", str(jobs)),
                    lambda: run("-c", HASH_MEMBERS, str(pack)),
                    scale.repetitions,
                    here_cpu=children_cpu,
                    anchor_cpu=children_cpu,
                )
                label = f"verification of {count:,} entries, {jobs} process{'es' * (jobs > 1)}"
                yield Row(label, "hash its members", here, anchor, Promise("cpu ratio", ratio))


if __name__ == "__main__":
    table.run(rows)
