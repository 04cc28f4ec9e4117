"""Evidence packs: a file that shows a range of the log to someone who does not trust us.

An ``.aipack`` is a zip with sorted names and fixed times: the same scope at the same size of the log gives
the same bytes. The manifest counts the openings of the range by slot: disclosed, withheld, erased (an entry
of erasure names them) and missing, of which there may be none. Members:

* ``manifest.dsse.json``: DSSE envelope of an in-toto Statement v1, its subjects every other member;
* ``checkpoint`` (signed note), and ``checkpoint.from`` with ``consistency.txt`` when there is an earlier one;
* ``entries/NNNNNN``: the leaves of the range in C2SP tlog-tiles bundles (two bytes of length, then the leaf);
* ``proofs/first``, ``last``, ``key`` (``.tlog-proof``, extra data: the leaf): the first and last entry of the
  range, whose neighbouring hashes stand for everything outside of it, and entry 0, which names the keys;
* ``proofs/entry-N``: entries outside of the range that something in the pack rests on: those that erase what
  the range commits to, those that commit to documents and samples, earlier revisions;
* ``openings/NNNNNN.jsonl``: ``{"body","index","salt","slot"}`` rows in order, of the leaves of that bundle;
* ``segments/<leaf>.jsonl``: the commitments of all events of a segment in order, base64url, one a line; an
  opening in slot ``event:<position>`` opens one of them;
* ``attachments/<sha256>``: files that a disclosed opening names by their digest;
* ``documents/<name>``: files, each the opening ``document:<name>`` of the entry ``prepared`` of the manifest,
  and ``sample.json``, which the verifier draws again;
* ``policy`` (C2SP tlog-policy, for information), ``verify.py``, ``verify.html``, ``README.txt``.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import IO

from django.conf import settings

from plumbline import __version__
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.messages import say
from plumbline.kernel.note import VerifierKey, encode64
from plumbline.kernel.problems import Conflict, Fault, Invalid, Unavailable
from plumbline.trail import keys, pack_anchors, queries
from plumbline.trail.pack_contents import EventOpening, PackContents, SlotCount, missing
from plumbline.trail.packzip import PackWriter
from plumbline.trail.queries import Checkpoint

PREDICATE_TYPE = "https://plumbline.dev/ai-evidence-pack/v2"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
_FREE = re.compile(r"attachments/[0-9a-f]{64}|documents/[A-Za-z0-9][A-Za-z0-9._-]{0,98}")
README = """This is an evidence pack of Plumbline. It shows entries {start} to {last} of the log {origin}.

Check it with any Python 3.9 or later, offline:

    python3 verify.py verify PACK --key 'VKEY'

Or open verify.html in a browser, with the network switched off if you like.

Read one entry, with what the pack opens of it:

    python3 verify.py show PACK ENTRY --key 'VKEY'

Take verify.py, or verify.html, and the verifier key VKEY from somewhere other than this pack: the copy in
here is a convenience, and whoever could forge the pack could forge the copy. The organisation publishes the
key; you find it in an earlier audit, in the statement of applicability or on its web site.

Personal data in this pack was disclosed to the recipient named in the manifest, for the purpose and until
the time named there.
"""


@dataclass(frozen=True)
class PackSummary:
    """What went into a pack. ``slots`` says what became of the openings of the range."""

    start: int
    stop: int
    checkpoint: Checkpoint
    entries: int
    slots: Mapping[str, SlotCount]
    members: int
    size: int
    sha256: str


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
    prepared: int | None = None,
    lost_events: Iterable[tuple[int, str]] = (),
) -> PackSummary:
    """Write the entries [start, stop) as a pack to ``out``: a path, or an open seekable file (``w+b``).

    ``stop`` is by default the size of the newest checkpoint. ``openings`` are (leaf, slot) to disclose;
    ``segments`` the event commitments (32 bytes each, in order) of segment leaves, ``events`` the disclosed
    ones among them; ``members`` are ``attachments/<sha256>`` (named in a disclosed opening) and
    ``documents/<name>``. ``since`` is the checkpoint of the pack before; ``prepared`` the entry that commits
    to the documents, in slots ``document:<name>``; ``lost_events`` are (leaf, ``event:<position>``) whose
    openings are not there. Raises `Unavailable` when the range is not signed yet, `NotFound` for an opening
    that is not there, `Conflict` for one gone that no entry of erasure names, `Invalid` for other faults.
    """
    end, checkpoint = _validated_range(start, stop, members or {})
    signers = keys.load(settings.PLUMBLINE.data)
    with closing(PackWriter(out.parent if isinstance(out, Path) else None)) as writer:
        pack = PackContents(start, end, checkpoint, writer)
        pack.trail()
        pack_anchors.add(pack)
        for index, digests in sorted((segments or {}).items()):
            pack.segment(index, digests)
        pack.openings(openings, events)
        if since is not None:
            pack.growth(since)
        for name, content in {**(members or {}), **_standard_members(pack, signers.log.verifier)}.items():
            writer.add(name, content)
        slots = pack.slots(set(lost_events))
        _refuse_missing(pack, slots, set(lost_events))
        until = rfc3339(expires) if expires else None
        handed: dict[str, JSON] = {"recipient": recipient, "purpose": purpose, "expires": until}
        predicate = {**_counted(pack, slots, since), **handed, "scope": scope, "prepared": prepared}
        predicate |= {"producer": f"plumbline/{__version__}", "origin": signers.log.name}
        writer.add("manifest.dsse.json", _envelope(predicate, writer.subjects(), signers.pack))
        count, size, digest = _store(writer, out)
    return PackSummary(start, end, checkpoint, end - start, slots, count, size, digest)


def _counted(pack: PackContents, slots: Mapping[str, SlotCount], since: Checkpoint | None) -> dict[str, JSON]:
    """What the manifest says of the range; the verifier counts it again."""
    counts: dict[str, JSON] = {slot: list(count) for slot, count in slots.items()}
    return {
        "range": [pack.start, pack.stop],
        "sizes": {"checkpoint": pack.checkpoint.size, "from": since.size if since else None},
        "disclosure": "envelope",
        "counts": {"entries": pack.stop - pack.start, "segments": len(pack.segments), "slots": counts},
    }


def _refuse_missing(
    pack: PackContents, slots: Mapping[str, SlotCount], lost_events: set[tuple[int, str]]
) -> None:
    """Raise `Conflict` if an opening of the range is gone that no entry of erasure names."""
    lost = {slot: count.missing for slot, count in slots.items() if count.missing}
    if not lost:
        return
    first, slot = min([*(lost_events - pack.erased), *missing(pack)], default=(pack.start, min(lost)))
    raise Conflict(
        say(
            "pack.openings-missing",
            "{number} openings of this range are gone, and no entry of erasure names them; the first is "
            "{slot} of entry {entry}. Bring them back from a backup, or record why they are gone, then try "
            "again.",
            number=sum(lost.values()),
            slot=slot,
            entry=first,
        )
    )


def _standard_members(pack: PackContents, vkey: VerifierKey) -> dict[str, bytes]:
    """The members that every pack has besides the log itself."""
    about = README.format(start=pack.start, last=pack.stop - 1, origin=vkey.name)
    return {
        "checkpoint": pack.checkpoint.note.encode(),
        "policy": pack_anchors.policy_text(settings.PLUMBLINE, vkey).encode(),
        "verify.html": resources.files("plumbline_verify").joinpath("verify.html").read_bytes(),
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
