"""What a leaf says: one JSON object with a fixed list of fields, and no free text anywhere.

The fields are ``v`` (version of this list, 1), ``type``, ``id`` (client's UUID), ``time`` (server's, RFC
3339), ``source`` and its gap-free ``counter``, ``origin`` (the log), ``actor`` (opaque id), ``subject``,
``requirements``, ``retention``, ``commitments`` (slot → base64url digest) and ``facts``. Names, e-mail
addresses and sentences are refused, since a leaf can never be erased: they belong in openings.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from plumbline.kernel import states
from plumbline.kernel.canonical import JSON, CanonicalError, canonical, parse
from plumbline.kernel.clock import parse_rfc3339, rfc3339
from plumbline.kernel.problems import Fault, Invalid, TooLarge

VERSION = 1
LONGEST = 16_384
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
_STATE_WORDS = frozenset(
    str(word)
    for words in (
        states.MeasuredState,
        states.CheckState,
        states.EvidenceState,
        states.ProofState,
        states.RequirementState,
        states.AttestedState,
    )
    for word in words
)


@dataclass(frozen=True)
class Draft:
    """Everything a leaf says but its number, time and counter, which the log gives."""

    entry_type: str
    actor: str
    client_id: UUID
    source: str
    subject: Mapping[str, JSON]
    requirements: Sequence[str]
    retention: str
    facts: Mapping[str, JSON]
    commitments: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def subject_ref(self) -> str:
        """What the entry is about, for finding it: ``ref`` of the subject."""
        return str(self.subject.get("ref") or "")


def _fault(where: str, message: str, remedy: str) -> Invalid:
    return Invalid("The trail does not take this entry.", [Fault(where, message, remedy)])


def _no_text(value: Any, where: str) -> None:
    if isinstance(value, str):
        if not (_TOKEN.fullmatch(value) or value in _STATE_WORDS or _REQUIREMENT.fullmatch(value)):
            remedy = "Put the text into an opening; a leaf takes ids and numbers."
            raise _fault(where, "A leaf holds no free text.", remedy)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str) or not _KEY.fullmatch(key):
                raise _fault(
                    where, "A name of a fact is not a plain word.", "Use letters, digits and . _ : / - only."
                )
            _no_text(item, f"{where}.{key}")
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            _no_text(item, f"{where}.{place}")


def check(draft: Draft) -> None:
    """Raise `Invalid`, naming the field, unless every field of ``draft`` may stand in a leaf."""
    for where, pattern, text, remedy in (
        ("entry_type", _TYPE, draft.entry_type, "Use a word pair such as record.created."),
        ("actor", _ACTOR, draft.actor, "Use an opaque id such as per_… or stage:name."),
        ("source", _SLUG, draft.source, "Use a slug of at most 64 characters."),
        ("retention", _SLUG, draft.retention, "Use the slug of a retention class."),
    ):
        if not pattern.fullmatch(text):
            raise _fault(where, "The value has not the form this field takes.", remedy)
    if len(draft.entry_type) > 64 or len(draft.subject_ref) > 128 or len(draft.retention) > 32:
        raise _fault(
            "entry_type", "A field is too long.", "Types have 64, references 128, retention 32 characters."
        )
    for requirement in draft.requirements:
        if not _REQUIREMENT.fullmatch(requirement):
            raise _fault("requirements", "This is no requirement id.", "Use ids such as iso42001:A.6.2.6.")
    for slot in draft.commitments:
        if not _KEY.fullmatch(slot) or slot.partition(":")[0] == "event":
            raise _fault(
                "openings", "The name of a slot is not a plain word.", "Use letters, digits and . _ : / -."
            )
    _no_text(draft.subject, "subject")
    _no_text(draft.facts, "facts")


def encode_digest(digest: bytes) -> str:
    """A digest as base64url without padding, as commitments stand in a leaf."""
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def decode_digest(text: str) -> bytes:
    """The 32 bytes behind `encode_digest`. Raises ``ValueError`` for any other spelling or length."""
    digest = base64.urlsafe_b64decode(text + "=")
    if len(digest) != 32 or encode_digest(digest) != text:
        raise ValueError("not the base64url form of 32 bytes")
    return digest


def body(draft: Draft, *, origin: str, time: datetime, counter: int) -> bytes:
    """The leaf's bytes. Raises `Invalid` for values outside canonical JSON, `TooLarge` over 16 KiB."""
    try:
        content = canonical(
            {
                "v": VERSION,
                "type": draft.entry_type,
                "id": str(draft.client_id),
                "time": rfc3339(time),
                "source": draft.source,
                "counter": counter,
                "origin": origin,
                "actor": draft.actor,
                "subject": draft.subject,
                "requirements": list(draft.requirements),
                "retention": draft.retention,
                "commitments": {slot: encode_digest(digest) for slot, digest in draft.commitments.items()},
                "facts": draft.facts,
            }
        )
    except CanonicalError as error:
        raise _fault("facts", str(error), "A leaf takes texts, whole numbers, lists and objects.") from error
    if len(content) > LONGEST:
        raise TooLarge(f"An entry of the trail has at most {LONGEST} bytes.")
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
