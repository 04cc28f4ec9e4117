"""What is versioned as a whole: frozen for review, approved by a second person, read by version or by day.

The content is written by the product from what was in force and judged at one instant. It belongs to the
record's fields, so that the approval binds it and the entry of its revision commits to it: what is edited in
the database differs from its entry (`plumbline.records.proofs`). A version never changes afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plumbline import catalogs
from plumbline.clauses import gates
from plumbline.clauses.evaluation.posture_versions import PostureVersion
from plumbline.clauses.planning.statements import StatementVersion
from plumbline.controls import posture as postures
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.organization import queries as organization
from plumbline.kernel import clock
from plumbline.kernel.as_of import known_at
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.messages import Message, Text, say
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.records.csv_export import csv_file, harmless
from plumbline.records.gates import GateResult
from plumbline.records.models import Record
from plumbline.reports import queries
from plumbline.trail import log
from plumbline.wording import english

NOW = "now"
"""What stands in place of a reference for the document as it is now."""
FREEZE_AGAIN = "return it to draft and ask for review again, which freezes it anew"


@dataclass(frozen=True)
class Series:
    """Versions of one document: the kind that keeps them, what their entries call it, and how it is gathered.

    ``other_kind`` answers whoever asks for a record of another kind. ``gather`` reads the document as of an
    instant; what it answers has no floats.
    """

    kind: str
    fact: str
    other_kind: Text
    gather: Callable[[datetime], dict[str, Any]]


@dataclass(frozen=True)
class Version:
    """One version as readers get it; ``content`` is empty while it is a draft, ``sha256`` is of its bytes."""

    reference: str
    title: str
    state: str
    content: Mapping[str, Any]
    sha256: str

    @property
    def number(self) -> int:
        """The number of the version; 0 for a draft that has no content."""
        return int(self.content.get("version", 0))

    @property
    def day(self) -> str:
        """The day whose states and decisions it shows."""
        return str(self.content.get("day", ""))

    @property
    def rows(self) -> tuple[Mapping[str, Any], ...]:
        """The decisions, each with the state of its control at that time; none of a posture."""
        states = {state["requirement"]: state for state in self.content.get("posture", ())}
        return tuple({**row, "state": states.get(row["control"], {})} for row in self.content.get("rows", ()))


def numbered(kind: str, own: str = "") -> tuple[int, str]:
    """The number of the next version of a kind, and the version approved last; ``own`` does not count."""
    earlier = [reference for reference in queries.ever_approved(kind) if reference != own]
    return len(earlier) + 1, earlier[-1] if earlier else ""


def content_at(series: Series, at: datetime, record: Record | None = None) -> dict[str, Any]:
    """The content of a version that shows the instant ``at``; about the whole organization, without floats.

    ``record`` is the version itself, which does not count among the earlier ones.
    """
    number, earlier = numbered(series.kind, record.reference if record is not None else "")
    checkpoint = log.latest_checkpoint()
    return {
        "version": number,
        "day": clock.day_of(at).isoformat(),
        "as_of": rfc3339(at),
        "earlier": earlier,
        "organization": organization.current().organization,
        "catalog": catalogs.version(),
        "entries": log.size(),
        "checkpoint": checkpoint.size if checkpoint else 0,
        **series.gather(at),
    }


def states(at: datetime) -> list[dict[str, JSON]]:
    """The state of every requirement as a version keeps it; without reasons, which may name what not every
    reader of the version sees."""
    return [_state(row) for row in postures.posture(at=at)]


def _state(row: RequirementPosture) -> dict[str, JSON]:
    return {
        "requirement": row.id,
        "number": row.number,
        "title": row.title,
        "measured": str(row.measured),
        "measured_at": rfc3339(row.measured_at) if row.measured_at else None,
        "share": english(row.share) if row.share is not None else "",
        "reach": str(row.reach) if row.reach else "",
        "attested": str(row.attested) if row.attested else "",
        "attestation": row.attestation,
    }


def sha256_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of frozen content in its canonical bytes; empty for none."""
    return hashlib.sha256(canonical(dict(content))).hexdigest() if content else ""


# Gates


def write(
    series: Series, record: StatementVersion | PostureVersion, content: dict[str, Any], **counts: JSON
) -> GateResult:
    """Write the content of a version that goes into review; its entry names number, digest and ``counts``."""
    record.content, record.version, record.frozen_on = content, content["version"], clock.today()
    record.save(update_fields=["content", "version", "frozen_on"])
    facts: dict[str, JSON] = {
        "version": content["version"], "earlier": content["earlier"], "sha256": sha256_of(content), **counts,
    }  # fmt: skip
    note = say("version.frozen", "Version {version} frozen.", version=content["version"])
    return GateResult(str(note), {series.fact: facts})


def approve(
    series: Series, record: StatementVersion | PostureVersion, overtaken: Message | None
) -> GateResult:
    """Which version is approved, and the digest of its content, as the entry of the approval names them.

    Raises `Conflict` if its content has been ``overtaken``, as that says, or if another version has been
    approved under its number since it was given.
    """
    content = record.content
    faults = [] if overtaken is None else [Fault("content", overtaken, FREEZE_AGAIN)]
    number, earlier = numbered(series.kind, record.reference)
    if number != content["version"]:
        text = say("version.numbered", "is numbered like {earlier}", earlier=earlier)
        faults.append(Fault("version", text, FREEZE_AGAIN))
    gates.refuse(record, faults)
    return GateResult("", {series.fact: {"version": content["version"], "sha256": sha256_of(content)}})


# Queries


def find(series: Series, actor: Actor, reference: str) -> Version:
    """One version. Raises `NotFound`, also for a record of another kind."""
    if kinds.of_reference(reference).slug != series.kind:
        raise NotFound(series.other_kind)
    record, _ = records.find(actor, reference)
    assert isinstance(record, StatementVersion | PostureVersion)
    return of_record(record)


def of_record(record: StatementVersion | PostureVersion) -> Version:
    """A version of a record that the reader has already."""
    content = record.content or {}
    return Version(record.reference, record.title, record.state, content, sha256_of(content))


def unfrozen(series: Series, actor: Actor, word: str) -> Version:
    """What a version would be that shows ``word``: `NOW`, or the end of a day such as ``2026-11-20``.

    Raises `NotAllowed` for who does not read everything, and `Invalid` for a day that has not begun, or for
    what is no day.
    """
    policy.require_everywhere(actor, "read")
    if word == NOW:
        at, title = clock.now(), say("version.present", "As it is now")
    else:
        try:
            at = known_at(clock.instant_of(word)) or clock.now()
        except ValueError:
            fault = Fault("as_of", "is not a day", "such as 2026-11-20")
            raise Invalid("Nothing was shown.", [fault]) from None
        title = say("version.as-of", "As of {day}", day=clock.day_of(at))
    content = content_at(series, at)
    return Version("", str(title), "", content, sha256_of(content))


def named(series: Series, actor: Actor, word: str) -> Version:
    """The version with this reference, or what is not frozen, as of now or of a day."""
    if word == NOW or word[:1].isdigit():
        return unfrozen(series, actor, word)
    return find(series, actor, word)


def approved_versions(series: Series, actor: Actor) -> tuple[str, ...]:
    """References of the approved versions that a reader may see, the oldest first."""
    if not kinds.exists(series.kind):
        return ()
    policy.require(actor, "read", kind=series.kind, anywhere=True)
    seen = set(records.select(actor, kinds.get(series.kind)).values_list("reference", flat=True))
    return tuple(reference for reference in queries.ever_approved(series.kind) if reference in seen)


def as_dict(found: Version) -> dict[str, Any]:
    """A version as plain values."""
    return {**heading(found), "content": dict(found.content)}


def heading(found: Version) -> dict[str, Any]:
    """A version as plain values, without its content."""
    return {
        "reference": found.reference,
        "title": found.title,
        "state": found.state,
        "version": found.number,
        "day": found.day,
        "sha256": found.sha256,
    }


def csv_text(found: Version, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """A version as CSV (RFC 4180); every row says which version of which day it is from."""
    every = {"version": found.number, "day": found.day, "sha256": found.sha256}
    lines = ({**row, **every} for row in rows)
    return csv_file(([harmless(line.get(name, "")) for name in columns] for line in lines), list(columns))
