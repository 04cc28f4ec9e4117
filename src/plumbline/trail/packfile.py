"""Evidence packs: a file that shows a range of the log to someone who does not trust us.

An ``.aipack`` is a zip with sorted names and fixed times: the same scope at the same size of the log gives
the same bytes. Members:

* ``manifest.dsse.json``: DSSE envelope of an in-toto Statement v1, its subjects every other member;
* ``checkpoint`` (signed note), and ``checkpoint.from`` with ``consistency.txt`` when there is an earlier one;
* ``entries/NNNNNN``: the leaves of the range in C2SP tlog-tiles bundles (two bytes of length, then the leaf);
* ``proofs/first``, ``last``, ``key`` (``.tlog-proof``, extra data: the leaf): the first and last entry of the
  range, whose neighbouring hashes stand for everything outside of it, and entry 0, which names the keys;
* ``openings/NNNNNN.jsonl``: ``{"body","index","salt","slot"}`` rows in order, of the leaves of that bundle;
* ``segments/<leaf>.jsonl``: the commitments of all events of a segment in order, base64url, one a line; an
  opening in slot ``event:<position>`` opens one of them;
* ``attachments/<sha256>``: files that a disclosed opening names by their digest;
* ``documents/<name>``: files that only the pack's signature covers;
* ``policy`` (C2SP tlog-policy, for information), ``verify.py``, ``README.txt``.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib import resources
from pathlib import Path
from typing import IO

from django.conf import settings

from plumbline import __version__
from plumbline.kernel import merkle
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.merkle import consistency_proof, inclusion_proof
from plumbline.kernel.note import LogProof, VerifierKey, encode64, proofs_text
from plumbline.kernel.problems import Fault, Invalid, NotFound, Unavailable
from plumbline.trail import keys, queries
from plumbline.trail.entry import encode_digest
from plumbline.trail.openings import queries as openings_of
from plumbline.trail.queries import Checkpoint, LeafView
from plumbline.trail.tree import WIDTH

PREDICATE_TYPE = "https://plumbline.dev/ai-evidence-pack/v1"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
LARGEST_MEMBER = 64 << 20
RATIO = 20
"""How many times its packed length a member may have; the verifier refuses more, as it could be a bomb."""
_FREE = re.compile(r"attachments/[0-9a-f]{64}|documents/[A-Za-z0-9][A-Za-z0-9._-]{0,98}")
README = """This is an evidence pack of Plumbline. It shows entries {start} to {last} of the log {origin}.

Check it with any Python 3.9 or later, offline:

    python3 verify.py verify PACK --key 'VKEY'

Read one entry, with what the pack opens of it:

    python3 verify.py show PACK ENTRY --key 'VKEY'

Take verify.py and the verifier key VKEY from somewhere other than this pack: the copy in here is a
convenience, and whoever could forge the pack could forge the copy. The organisation publishes the key; you
find it in an earlier audit, in the statement of applicability or on its web site.

Personal data in this pack was disclosed to the recipient named in the manifest, for the purpose and until
the time named there.
"""


@dataclass(frozen=True)
class EventOpening:
    """One event of a segment, disclosed: the segment's leaf, its place among the events, salt and bytes."""

    index: int
    position: int
    salt: bytes
    body: bytes


@dataclass(frozen=True)
class PackSummary:
    """What went into a pack. ``slots``: disclosed, withheld and erased openings by slot."""

    start: int
    stop: int
    checkpoint: Checkpoint
    entries: int
    slots: Mapping[str, tuple[int, int, int]]
    members: int
    size: int
    sha256: str


class PackWriter:
    """Writes members into a zip whose bytes follow from names and contents alone.

    Every member is produced twice, once for its digest and once for the file, so that only one of them is in
    memory at a time.
    """

    def __init__(self) -> None:
        """Start without members."""
        self._members: dict[str, tuple[str, Callable[[], bytes]]] = {}

    def add(self, name: str, make: Callable[[], bytes], content: bytes | None = None) -> None:
        """Add a member; ``content`` if it is at hand.

        Raises `Invalid` for a name that is there already or content over 64 MiB.
        """
        content = make() if content is None else content
        if name in self._members or len(content) > LARGEST_MEMBER:
            fault = Fault(
                "members", "A member is there twice or is too large.", "A member has at most 64 MiB."
            )
            raise Invalid("The pack cannot take this member.", [fault])
        self._members[name] = (hashlib.sha256(content).hexdigest(), make)

    def subjects(self) -> list[JSON]:
        """All members so far, as subjects of an in-toto statement."""
        return [
            {"digest": {"sha256": self._members[name][0]}, "name": name} for name in sorted(self._members)
        ]

    def write(self, out: IO[bytes]) -> int:
        """Write the file to ``out`` (seekable); the number of members.

        Raises `Unavailable` if a member has changed since it was added (an opening was erased meanwhile).
        """
        with zipfile.ZipFile(out, "w", allowZip64=False) as archive:
            for name, (digest, make) in sorted(self._members.items()):
                content = make()
                if hashlib.sha256(content).hexdigest() != digest:
                    raise Unavailable("The log changed while the pack was written. Make the pack again.")
                # No time, system or permission of this machine: the same pack has the same bytes anywhere.
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.create_system, info.external_attr = 3, 0o600 << 16
                archive.writestr(info, content, compress_type=_method(content), compresslevel=6)
        return len(self._members)


def _method(content: bytes) -> int:
    """Deflate, but not what would look like a decompression bomb to a careful reader."""
    packed = len(zlib.compress(content, 6))
    return zipfile.ZIP_DEFLATED if packed < len(content) <= RATIO * packed else zipfile.ZIP_STORED


def _row(index: int, slot: str, salt: bytes, body: bytes) -> bytes:
    row: dict[str, JSON] = {"body": encode64(body), "index": index, "salt": encode64(salt), "slot": slot}
    return canonical(row) + b"\n"


class _Pack:
    """A pack being built: what it shows of [start, stop) under ``checkpoint``."""

    def __init__(self, start: int, stop: int, checkpoint: Checkpoint) -> None:
        self.start, self.stop, self.checkpoint = start, stop, checkpoint
        self.writer, self.tree = PackWriter(), queries.stored_tree()
        self.committed: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()
        self.disclosed: Counter[str] = Counter()
        self.segments = 0

    def text(self, name: str, content: bytes) -> None:
        """Add a member whose bytes are at hand."""
        self.writer.add(name, lambda: content, content)

    def views(self, bundle: int) -> Iterator[LeafView]:
        """The leaves of one bundle that are in the range."""
        return queries.leaves(max(self.start, bundle * WIDTH), min(self.stop, (bundle + 1) * WIDTH))

    def bundle_bytes(self, bundle: int) -> bytes:
        """The leaves of one bundle, each after its length in two bytes."""
        return b"".join(len(view.body).to_bytes(2, "big") + view.body for view in self.views(bundle))

    def entries(self) -> None:
        """Add the bundles and count the commitments in them, and which still have an opening."""
        for bundle in range(self.start // WIDTH, (self.stop - 1) // WIDTH + 1):
            for view in self.views(bundle):
                self.committed.update(view.slots)
            slots = queries.opening_slots(
                max(self.start, bundle * WIDTH), min(self.stop, (bundle + 1) * WIDTH)
            )
            self.kept.update(slot for _, slot in slots)
            self.writer.add(f"entries/{bundle:06d}", partial(self.bundle_bytes, bundle))

    def proofs(self) -> None:
        """Add the proofs of the first and last entry of the range and of the entry that names the keys."""
        for name, index in (("first", self.start), ("last", self.stop - 1), ("key", 0)):
            path = tuple(inclusion_proof(index, self.checkpoint.size, self.tree.node))
            proof = LogProof(index, path, self.checkpoint.note, queries.leaf(index).body)
            self.text(f"proofs/{name}.tlog-proof", str(proof).encode())

    def openings(self, chosen: Iterable[tuple[int, str]], events: Iterable[EventOpening]) -> None:
        """Add openings. Raises `NotFound` for one that is not in the range or was erased."""
        rows: dict[int, list[tuple[int, str, bytes]]] = {}
        for index, slot in set(chosen):
            state = openings_of.read(index, slot) if self.start <= index < self.stop else None
            if not isinstance(state, openings_of.Opened):
                raise NotFound(f"Entry {index} has no opening {slot} that could be disclosed.")
            row = _row(index, slot, state.salt, state.body)
            rows.setdefault(index // WIDTH, []).append((index, slot, row))
            self.disclosed[slot] += 1
        for event in events:
            slot = f"event:{event.position}"
            row = _row(event.index, slot, event.salt, event.body)
            rows.setdefault(event.index // WIDTH, []).append((event.index, slot, row))
            self.disclosed["event"] += 1
        for bundle, lines in rows.items():
            self.text(f"openings/{bundle:06d}.jsonl", b"".join(row for _, _, row in sorted(lines)))

    def segment(self, index: int, digests: Sequence[bytes]) -> None:
        """Add the event commitments of the segment in leaf ``index``. Raises `Invalid` if they do not fit."""
        root = merkle.root(map(merkle.leaf_hash, digests)).hex()
        if not self.start <= index < self.stop or queries.leaf(index).facts.get("root") != root:
            fault = Fault("segments", "These are not the events of that entry.", "Give all events in order.")
            raise Invalid("The pack cannot take this segment.", [fault])
        self.text(f"segments/{index}.jsonl", "".join(encode_digest(d) + "\n" for d in digests).encode())
        self.segments += 1
        self.committed["event"] += len(digests)
        self.kept["event"] += len(digests)

    def growth(self, since: Checkpoint) -> None:
        """Add the earlier checkpoint and the proof that leads from it to the present one."""
        old = since.size
        if not 0 < old <= self.checkpoint.size or merkle.tree_root(old, self.tree.node) != since.root:
            fault = Fault(
                "since", "The log has not grown from this checkpoint.", "Give a checkpoint of this log."
            )
            raise Invalid("The pack cannot start from this checkpoint.", [fault])
        self.text("checkpoint.from", since.note.encode())
        path = consistency_proof(old, self.checkpoint.size, self.tree.node)
        self.text("consistency.txt", proofs_text(path).encode())

    def slots(self) -> dict[str, tuple[int, int, int]]:
        """Disclosed, withheld, erased: by slot."""
        return {
            slot: (self.disclosed[slot], self.kept[slot] - self.disclosed[slot], count - self.kept[slot])
            for slot, count in sorted(self.committed.items())
        }


def _validated_range(start: int, stop: int | None, members: Mapping[str, bytes]) -> tuple[int, Checkpoint]:
    checkpoint = queries.latest_checkpoint()
    if checkpoint is None or (stop or 0) > checkpoint.size:
        raise Unavailable("The range has entries that are not signed yet. Ask again in a second.")
    end = checkpoint.size if stop is None else stop
    if not 0 <= start < end:
        raise Invalid("The range is empty.", [Fault("start", "The range is empty.", "Start before its end.")])
    for name, content in members.items():
        attached = name.startswith("attachments/") and name[12:] != hashlib.sha256(content).hexdigest()
        if not _FREE.fullmatch(name) or attached:
            remedy = "Use attachments/<sha256 of the content> or documents/<name>."
            raise Invalid(
                "The pack cannot take this member.", [Fault("members", "The name has no place.", remedy)]
            )
    return end, checkpoint


def build_pack(
    out: Path | IO[bytes],
    *,
    scope: Mapping[str, JSON],
    start: int = 0,
    stop: int | None = None,
    openings: Iterable[tuple[int, str]] = (),
    segments: Mapping[int, Sequence[bytes]] | None = None,
    events: Iterable[EventOpening] = (),
    members: Mapping[str, bytes] | None = None,
    recipient: str,
    purpose: str,
    expires: datetime | None = None,
    since: Checkpoint | None = None,
) -> PackSummary:
    """Write the entries [start, stop) as a pack to ``out``: a path, or an open seekable file (``w+b``).

    ``stop`` is by default the size of the newest checkpoint. ``openings`` are (leaf, slot) to disclose;
    ``segments`` the event commitments (32 bytes each, in order) of segment leaves, ``events`` the disclosed
    ones among them; ``members`` are ``attachments/<sha256>`` (named in a disclosed opening) and
    ``documents/<name>``. ``since`` is the checkpoint of the pack before. Raises `Unavailable` when the range
    is not signed yet, `NotFound` for an opening that is not there, `Invalid` for what does not fit.
    """
    end, checkpoint = _validated_range(start, stop, members or {})
    signers = keys.load(settings.PLUMBLINE.data)
    pack = _Pack(start, end, checkpoint)
    pack.entries()
    pack.proofs()
    for index, digests in sorted((segments or {}).items()):
        pack.segment(index, digests)
    pack.openings(openings, events)
    if since is not None:
        pack.growth(since)
    for name, content in {**(members or {}), **_standard_members(pack, signers.log.verifier)}.items():
        pack.text(name, content)
    predicate: dict[str, JSON] = {
        "scope": scope,
        "range": [start, end],
        "sizes": {"checkpoint": checkpoint.size, "from": since.size if since else None},
        "disclosure": "envelope",
        "counts": {"entries": end - start, "segments": pack.segments, "slots": pack.slots()},
        "recipient": recipient,
        "purpose": purpose,
        "expires": rfc3339(expires) if expires else None,
        "producer": f"plumbline/{__version__}",
        "origin": signers.log.name,
    }
    pack.text("manifest.dsse.json", _envelope(predicate, pack.writer.subjects(), signers.pack))
    count, size, digest = _store(pack.writer, out)
    return PackSummary(start, end, checkpoint, end - start, pack.slots(), count, size, digest)


def _standard_members(pack: _Pack, vkey: VerifierKey) -> dict[str, bytes]:
    """The members that every pack has besides the log itself."""
    about = README.format(start=pack.start, last=pack.stop - 1, origin=vkey.name)
    return {
        "checkpoint": pack.checkpoint.note.encode(),
        "policy": f"log {vkey}\nquorum none\n".encode(),
        "verify.py": resources.files("plumbline_verify").joinpath("verify.py").read_bytes(),
        "README.txt": about.encode(),
    }


def _envelope(predicate: Mapping[str, JSON], subjects: list[JSON], key: keys.SigningKey) -> bytes:
    """The signed manifest (DSSE 1.0): the signature is over type and payload with their lengths."""
    statement: dict[str, JSON] = {
        "_type": STATEMENT_TYPE,
        "predicateType": PREDICATE_TYPE,
        "subject": subjects,
        "predicate": predicate,
    }
    payload = canonical(statement)
    message = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)
    signature: dict[str, JSON] = {"keyid": key.verifier.key_id.hex(), "sig": encode64(key.sign(message))}
    return canonical({"payload": encode64(payload), "payloadType": PAYLOAD_TYPE, "signatures": [signature]})


def _store(writer: PackWriter, out: Path | IO[bytes]) -> tuple[int, int, str]:
    """Write the file; number of members, size in bytes, SHA-256."""
    opened: AbstractContextManager[IO[bytes]] = out.open("w+b") if isinstance(out, Path) else nullcontext(out)
    with opened as file:
        count = writer.write(file)
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        digest = hashlib.sha256()
        while chunk := file.read(1 << 20):
            digest.update(chunk)
        return count, size, digest.hexdigest()
