"""What a leaf says: one JSON object with a fixed list of fields, and no free text anywhere.

The fields are ``v`` (version of this list, 1), ``type``, ``id`` (client's UUID), ``time`` (server's, RFC
3339), ``source`` and its gap-free ``counter``, ``origin`` (the log), ``actor`` (opaque id), ``subject``,
``requirements``, ``retention``, ``commitments`` (slot → base64url digest) and ``facts``. Names, e-mail
addresses and sentences are refused, since a leaf can never be erased: they belong in openings.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from plumbline.kernel import states
from plumbline.kernel.canonical import JSON, CanonicalError, canonical, is_plain, parse
from plumbline.kernel.clock import parse_rfc3339, rfc3339
from plumbline.kernel.problems import Fault, Invalid, TooLarge

VERSION = 1
LARGEST = 16_384
"""Bytes of a leaf by policy. The bundles of a pack put a leaf's length into two bytes."""
FIELDS = frozenset(
    [
        "v",
        "type",
        "id",
        "time",
        "source",
        "counter",
        "origin",
        "actor",
        "subject",
        "requirements",
        "retention",
        "commitments",
        "facts",
    ]
)
_TYPE = re.compile(r"[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*")
_SLUG = re.compile(r"[a-z0-9][a-z0-9._:-]{0,63}")
_ACTOR = re.compile(r"[a-z]+[_:][A-Za-z0-9._:/-]{1,120}")
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._:/-]{0,95}")
_TOKEN = re.compile(r"[A-Za-z0-9._:/+=,~#()*<>%-]{0,256}")
_REQUIREMENT = re.compile(r"[a-z0-9][a-z0-9-]*:(?:[A-Z]+ )?[A-Za-z0-9.()/-]{1,40}")
_STATES = frozenset(
    str(state)
    for family in (
        states.MeasuredState,
        states.CheckState,
        states.EvidenceState,
        states.ProofState,
        states.RequirementState,
        states.AttestedState,
    )
    for state in family
)


@dataclass(frozen=True)
class NewEntry:
    """An entry as its caller asks for it; the log adds origin, number, time and counter.

    ``entry_type`` is a word pair (``record.created``), ``actor`` an opaque id. ``subject`` says what the
    entry is about; its ``ref`` is what `search` finds. ``openings`` are the exact bytes that may not stand
    in a leaf: each is committed to under a random salt and stored beside the log, by slot. ``facts`` are
    ids and numbers. Without a ``client_id`` the entry is new whatever it says.
    """

    entry_type: str
    actor: str
    subject: Mapping[str, JSON] = field(default_factory=dict)
    openings: Mapping[str, bytes] = field(default_factory=dict)
    requirements: Sequence[str] = ()
    facts: Mapping[str, JSON] = field(default_factory=dict)
    source: str = "governance"
    client_id: UUID | None = None
    retention: str = "governance"

    @property
    def subject_ref(self) -> str:
        """What the entry is about, for finding it: ``ref`` of the subject."""
        return str(self.subject.get("ref") or "")


def _invalid(field_name: str, message: str, remedy: str) -> Invalid:
    return Invalid("The trail does not take this entry.", [Fault(field_name, message, remedy)])


def _refuse_text(value: Any, path: tuple[object, ...]) -> None:
    """Raise `Invalid` unless every text in ``value`` is an id, a number, a state or a requirement.

    The path becomes a text only when something is wrong, and common values are told by their type before
    anything slower: this runs over every value of every leaf.
    """
    kind = type(value)
    if kind is int or kind is bool or value is None:
        return
    if isinstance(value, str):
        if not (_TOKEN.fullmatch(value) or value in _STATES or _REQUIREMENT.fullmatch(value)):
            remedy = "Put the text into an opening; a leaf takes ids and numbers."
            raise _invalid(".".join(map(str, path)), "A leaf holds no free text.", remedy)
    elif kind is dict or isinstance(value, Mapping):
        if not _are_names(tuple(value)):
            remedy = "Use letters, digits and . _ : / - only."
            raise _invalid(".".join(map(str, path)), "The name of a fact is not a plain word.", remedy)
        for key, item in value.items():
            kind = type(item)
            # Nearly all values are told here, without a call for each.
            if not (kind is int or (kind is str and _TOKEN.fullmatch(item))):
                _refuse_text(item, (*path, key))
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            _refuse_text(item, (*path, position))


# What follows is cached because the entries of a batch differ in little but the values of their subject.


@lru_cache(maxsize=1024)
def _are_names(keys: tuple[object, ...]) -> bool:
    return all(isinstance(key, str) and _KEY.fullmatch(key) for key in keys)


@lru_cache(maxsize=1024)
def _check_words(entry_type: str, actor: str, source: str, retention: str) -> None:
    for name, pattern, text, remedy in (
        ("entry_type", _TYPE, entry_type, "Use a word pair such as record.created."),
        ("actor", _ACTOR, actor, "Use an opaque id such as per_… or stage:name."),
        ("source", _SLUG, source, "Use a slug of at most 64 characters."),
        ("retention", _SLUG, retention, "Use the slug of a retention class."),
    ):
        if not pattern.fullmatch(text):
            raise _invalid(name, "The value does not have the form of this field.", remedy)


@lru_cache(maxsize=1024)
def _check_requirements(requirements: tuple[str, ...]) -> None:
    if not all(map(_REQUIREMENT.fullmatch, requirements)):
        raise _invalid("requirements", "This is not a requirement id.", "Use ids such as iso42001:A.6.2.6.")


@lru_cache(maxsize=1024)
def _check_slots(slots: tuple[str, ...]) -> None:
    # event:<position> is how a pack opens an event of a segment; no slot of a leaf may pass for one.
    if not all(_KEY.fullmatch(slot) and slot.partition(":")[0] != "event" for slot in slots):
        remedy = "Use letters, digits and . _ : / -."
        raise _invalid("openings", "The name of a slot is not a plain word.", remedy)


def check(new: NewEntry) -> None:
    """Raise `Invalid`, naming the field, unless every field of ``new`` may stand in a leaf."""
    _check_words(new.entry_type, new.actor, new.source, new.retention)
    # The columns beside the leaf have these lengths, and PostgreSQL keeps to them.
    if len(new.entry_type) > 64 or len(new.subject_ref) > 128 or len(new.retention) > 32:
        remedy = "Types have 64, references 128, retention classes 32 characters."
        raise _invalid("entry_type", "A field is too long.", remedy)
    _check_requirements(tuple(new.requirements))
    _check_slots(tuple(new.openings))
    _refuse_text(new.subject, ("subject",))
    _refuse_text(new.facts, ("facts",))


_encode = msgspec.json.Encoder(order="deterministic").encode
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_time_text = lru_cache(maxsize=8)(rfc3339)  # a batch has one time


def encode_digest(digest: bytes) -> str:
    """A digest as base64url without padding, as commitments stand in a leaf."""
    # What `base64.urlsafe_b64encode` does, without the three calls on its way: there is one for each opening.
    return binascii.b2a_base64(digest, newline=False).translate(_URL_SAFE, b"=").decode()


def decode_digest(text: str) -> bytes:
    """The 32 bytes behind `encode_digest`. Raises ``ValueError`` for any other spelling or length."""
    digest = base64.urlsafe_b64decode(text + "=")
    if len(digest) != 32 or encode_digest(digest) != text:
        raise ValueError("not the base64url form of 32 bytes")
    return digest


def _encoded(document: Mapping[str, JSON]) -> bytes:
    """The canonical bytes of a leaf whose subject and facts are plain, as all that `check` matched is.

    msgspec gives the bytes five times as fast as the kernel, and encoding is what an append spends most on.
    """
    try:
        return _encode(document)
    except TypeError:  # a subclass of str, such as a text marked safe for HTML
        return canonical(document)


def body(
    new: NewEntry,
    *,
    client_id: UUID,
    commitments: Mapping[str, bytes],
    origin: str,
    time: datetime,
    counter: int,
) -> bytes:
    """The leaf's bytes. Raises `Invalid` for values outside canonical JSON, `TooLarge` over 16 KiB."""
    document: dict[str, JSON] = {
        "v": VERSION,
        "type": new.entry_type,
        "id": str(client_id),
        "time": _time_text(time),
        "source": new.source,
        "counter": counter,
        "origin": origin,
        "actor": new.actor,
        "subject": new.subject,
        "requirements": new.requirements,
        "retention": new.retention,
        "commitments": {slot: encode_digest(digest) for slot, digest in commitments.items()},
        "facts": new.facts,
    }
    try:
        content = _encoded(document) if is_plain(new.subject) and is_plain(new.facts) else canonical(document)
    except CanonicalError as error:
        remedy = "A leaf takes texts, whole numbers, lists and objects."
        raise _invalid("facts", str(error), remedy) from error
    if len(content) > LARGEST:
        raise TooLarge(f"An entry of the trail has at most {LARGEST} bytes.")
    return content


@dataclass(frozen=True)
class Entry:
    """A leaf's body, read."""

    entry_type: str
    client_id: UUID
    time: datetime
    source: str
    counter: int
    origin: str
    actor: str
    subject: Mapping[str, Any]
    requirements: tuple[str, ...]
    retention: str
    commitments: Mapping[str, bytes]
    facts: Mapping[str, Any]


def read(content: bytes) -> Entry:
    """Read the bytes of a leaf. Raises ``ValueError`` if they are not a leaf of version 1."""
    value = parse(content)
    if not isinstance(value, dict) or value.keys() != FIELDS or value["v"] != VERSION:
        raise ValueError("the fields are not those of a leaf of version 1")
    return Entry(
        entry_type=value["type"],
        client_id=UUID(value["id"]),
        time=parse_rfc3339(value["time"]),
        source=value["source"],
        counter=value["counter"],
        origin=value["origin"],
        actor=value["actor"],
        subject=value["subject"],
        requirements=tuple(value["requirements"]),
        retention=value["retention"],
        commitments={slot: decode_digest(text) for slot, text in value["commitments"].items()},
        facts=value["facts"],
    )


def read_counters(content: bytes) -> dict[str, int]:
    """The last number of every source, as the coordinator keeps them. Raises ``ValueError``."""
    value = parse(content)
    if not isinstance(value, dict) or not all(type(number) is int for number in value.values()):
        raise ValueError("the counters of the sources are damaged")
    return value
