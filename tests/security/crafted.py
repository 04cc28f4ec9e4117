"""Packs whose maker holds the keys: right in form, signatures and tree, and made to keep a verifier busy."""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plumbline.kernel import merkle
from plumbline.kernel.canonical import canonical
from plumbline.kernel.commitment import Commitment, commit
from plumbline.kernel.note import LogProof, TreeHead, VerifierKey, encode64, sign

ORIGIN = "mallory.example/log"
WIDTH = 256
_LOG, _PACK = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
LOG_KEY = VerifierKey(ORIGIN, _LOG.public_key().public_bytes_raw())
PACK_KEY = VerifierKey(f"{ORIGIN}/pack", _PACK.public_key().public_bytes_raw())
Member = tuple[bytes, bytes, int, int | None]


_STAMP = (0, 33)  # 1 January 1980


def headers(name: bytes, content: bytes, method: int, size: int | None, at: int) -> tuple[bytes, bytes]:
    """A local header with its bytes, and the central one; ``size`` is a lie about the unpacked length."""
    packed = content
    if method == 8:
        deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = deflater.compress(content) + deflater.flush()
    size = len(content) if size is None else size
    fixed = (20, 0, method, *_STAMP, zlib.crc32(content), len(packed), size, len(name), 0)
    local = struct.pack("<4s5H3I2H", b"PK\3\4", *fixed) + name + packed
    central = struct.pack("<4s6H3I5H2I", b"PK\1\2", 788, *fixed, 0, 0, 0, 0o600 << 16, at) + name
    return local, central


def archive(*members: tuple[bytes, bytes, int, int | None], count: int | None = None) -> bytes:
    at, locals_, directory = 0, [], []  # joined at the end: some packs have sixty thousand members
    for name, content, method, size in members:
        local, central = headers(name, content, method, size, at)
        at += len(local)
        locals_.append(local)
        directory.append(central)
    listing = b"".join(directory)
    number = len(members) if count is None else count
    tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, number, number, len(listing), at, 0)
    return b"".join([*locals_, listing, tail])


def digest64(digest: bytes) -> str:
    """A commitment as it stands in a leaf or in a segment."""
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def padding(size: int) -> str:
    """Text of ``size`` signs that deflates to a little more than the twentieth part."""
    noise = b"".join(hashlib.sha512(b"%d" % number).digest() for number in range(size // 1_000 + 1))
    block = encode64(noise)[: size // 17]
    return block + "a" * (size - len(block))


class Crafted:
    """A log of somebody else, and packs of it with any segments, openings and attachments."""

    def __init__(
        self, facts: Sequence[Mapping[str, Any]], commitments: Mapping[int, Mapping[str, str]]
    ) -> None:
        keys = {"keys": {"log": str(LOG_KEY), "pack": str(PACK_KEY)}}
        self.bodies = [
            canonical(
                {
                    "v": 1,
                    "type": "record.created",
                    "id": "0198c1f2-1111-7222-8333-123456789012",
                    "actor": "per_x",
                    "subject": {},
                    "requirements": [],
                    "retention": "governance",
                    "origin": ORIGIN,
                    "time": "2026-11-20T10:00:00.000000Z",
                    "source": "s",
                    "counter": number + 1,
                    "commitments": dict(commitments.get(number, {})),
                    "facts": dict(given) if number else {**given, **keys},
                }
            )
            for number, given in enumerate(facts)
        ]
        self.tree = merkle.Tree(map(merkle.leaf_hash, self.bodies))
        self.head = TreeHead(ORIGIN, len(self.bodies), self.tree.root())
        self.note = str(sign(self.head.text(), LOG_KEY, _LOG.sign))

    def pack(
        self,
        free: Mapping[str, bytes],
        *,
        note: str = "",
        slots: Mapping[str, tuple[int, int]] | None = None,
        stated: Callable[[list[Any]], list[Any]] = lambda subjects: subjects,
    ) -> bytes:
        """The whole log as a pack with the members ``free``.

        ``slots``: disclosed and withheld openings by slot; ``stated`` changes the subjects of the manifest.
        """
        note, size = note or self.note, len(self.bodies)
        members = {
            "README.txt": b"",
            "policy": b"",
            "verify.html": b"",
            "verify.py": b"",
            "checkpoint": note.encode(),
            **free,
        }
        for name, index in {"first": 0, "last": size - 1, "key": 0}.items():
            proof = LogProof(index, tuple(self.tree.path(index)), note, self.bodies[index])
            members[f"proofs/{name}.tlog-proof"] = str(proof).encode()
        for number in range((size - 1) // WIDTH + 1):
            part = self.bodies[number * WIDTH : number * WIDTH + WIDTH]
            members[f"entries/{number:06d}"] = b"".join(len(b).to_bytes(2, "big") + b for b in part)
        subjects = [
            {"digest": {"sha256": hashlib.sha256(members[n]).hexdigest()}, "name": n} for n in sorted(members)
        ]
        counted = {slot: [*both, 0, 0] for slot, both in (slots or {}).items()}
        payload = canonical(
            {
                "_type": "https://in-toto.io/Statement/v1",
                "predicate": {
                    "counts": {
                        "entries": size,
                        "segments": sum(n[:9] == "segments/" for n in free),
                        "slots": counted,
                    },
                    "origin": ORIGIN,
                    "prepared": None,
                    "range": [0, size],
                    "sizes": {"checkpoint": size, "from": None},
                },
                "predicateType": "https://plumbline.dev/ai-evidence-pack/v2",
                "subject": stated(subjects),
            }
        )
        kind = "application/vnd.in-toto+json"
        message = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
        signature = {"keyid": PACK_KEY.key_id.hex(), "sig": encode64(_PACK.sign(message))}
        members["manifest.dsse.json"] = canonical(
            {"payload": encode64(payload), "payloadType": kind, "signatures": [signature]}
        )
        return archive(*(member(name, members[name]) for name in sorted(members)))


def member(name: str, content: bytes) -> Member:
    """A member as tightly packed as an honest reader takes it."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = len(deflater.compress(content) + deflater.flush())
    return name.encode(), content, 8 if packed < len(content) <= 20 * packed else 0, None


def opening(index: int, slot: str, made: Commitment, body: bytes) -> bytes:
    """One line of an ``openings`` member."""
    row = {"body": encode64(body), "index": index, "salt": encode64(made.salt), "slot": slot}
    return canonical(row) + b"\n"


def honest() -> bytes:
    """What the others exaggerate: a segment, an opening of one of its events, and an attachment."""
    made, event = commit(b"{}", b"e" * 32), "segments/1.jsonl"
    name = hashlib.sha256(b"the file").hexdigest()
    body = b'{"sha256":"' + name.encode() + b'"}'
    named = commit(body, b"n" * 32)
    root = merkle.root([merkle.leaf_hash(made.digest)]).hex()
    log = Crafted([{}, {"root": root}, {}], {2: {"body": digest64(named.digest)}})
    rows = opening(1, "event:0", made, b"{}") + opening(2, "body", named, body)
    free = {event: digest64(made.digest).encode() + b"\n", "openings/000000.jsonl": rows}
    free[f"attachments/{name}"] = b"the file"
    return log.pack(free, slots={"event": (1, 0), "body": (1, 0)})


def many_segments() -> bytes:
    """Each of 250 entries of one bundle names a segment, and the bundle unpacks to fifteen megabytes."""
    made = commit(b"{}", b"s" * 32)
    root, filler = merkle.root([merkle.leaf_hash(made.digest)]).hex(), padding(60_000)
    log = Crafted([{}] + [{"root": root, "x": filler} for _ in range(250)], {})
    line = digest64(made.digest).encode() + b"\n"
    return log.pack({f"segments/{number}.jsonl": line for number in range(1, 251)}, slots={"event": (0, 250)})


def many_events() -> bytes:
    """One long entry, and 30,000 openings of events of its segment."""
    made = commit(b"{}", b"s" * 32)
    count = 30_000
    root = merkle.root([merkle.leaf_hash(made.digest)] * count).hex()
    log = Crafted([{}, {"root": root, "x": padding(60_000)}], {})
    slots = sorted(f"event:{number}" for number in range(count))
    rows = b"".join(opening(1, slot, made, b"{}") for slot in slots)
    lines = (digest64(made.digest).encode() + b"\n") * count
    free = {"segments/1.jsonl": lines, "openings/000000.jsonl": rows}
    return log.pack(free, slots={"event": (count, 0)})


def many_attachments() -> bytes:
    """Eight megabytes of openings, and two thousand files that only its last line names."""
    names = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(2_000)]
    body = canonical({"a": padding(8_000_000), "b": names})
    made = commit(body, b"s" * 32)
    log = Crafted([{}, {}], {1: {"body": digest64(made.digest)}})
    free = {f"attachments/{name}": b"%d" % number for number, name in enumerate(names)}
    free["openings/000000.jsonl"] = opening(1, "body", made, body)
    return log.pack(free, slots={"body": (1, 0)})


def other_digests() -> bytes:
    """Forty thousand files, each with another digest in the manifest."""
    free = {f"documents/{number:05d}": b"" for number in range(40_000)}
    return Crafted([{}, {}], {}).pack(
        free, stated=lambda rows: [{**row, "digest": {"sha256": ""}} for row in rows]
    )


def endless_segment() -> bytes:
    """A segment of a million events, which no batch could have held."""
    made = commit(b"{}", b"s" * 32)
    log = Crafted([{}, {"root": made.digest.hex()}], {})
    return log.pack({"segments/1.jsonl": (digest64(made.digest).encode() + b"\n") * 1_000_000})


def many_signatures() -> bytes:
    """A checkpoint that one key has signed ten thousand times."""
    log = Crafted([{}, {}], {})
    head, _, line = log.note.rpartition("\n\n")
    return log.pack({}, note=f"{head}\n\n{line * 10_000}")


SOUND: dict[str, Callable[[], bytes]] = {
    "honest": honest,
    "a segment in each of 250 long entries": many_segments,
    "thirty thousand openings of one long entry": many_events,
    "two thousand files named in a long opening": many_attachments,
}
UNSOUND: dict[str, Callable[[], bytes]] = {
    "forty thousand other digests": other_digests,
    "ten thousand signatures": many_signatures,
    "a segment without end": endless_segment,
}
