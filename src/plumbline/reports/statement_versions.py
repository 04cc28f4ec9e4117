"""Versions of the statement of applicability: frozen for review, approved as a whole, read by version.

The content is written by the product from what is in force and judged at that moment. It belongs to the
record's fields, so that the approval binds it and the trail keeps it; a version never changes after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from plumbline import catalogs
from plumbline.clauses import gates
from plumbline.clauses.planning.statements import StatementVersion
from plumbline.controls import posture as postures
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.messages import Message, listing, say
from plumbline.kernel.problems import Fault, NotFound
from plumbline.records import kinds, steps
from plumbline.records import queries as records
from plumbline.records.csv_export import csv_chunks, harmless
from plumbline.records.gates import GateResult
from plumbline.records.models import Record
from plumbline.reports import queries
from plumbline.reports.applicability import KIND as ROWS
from plumbline.trail import log
from plumbline.wording import english

KIND = "statement-version"
FORM = 1
"""Version of the form in which the content is frozen."""
_WITHHELD: tuple[tuple[str, JSON], ...] = (
    ("title", ""), ("reasons", []), ("justification", ""), ("exclusion_reason", ""), ("how", ""),
    ("risks", []), ("systems", []), ("documents", []),
)  # fmt: skip
"""What a frozen row of one unit leaves out: a version is read by the whole organization."""
COLUMNS = (
    "version", "day", "number", "title", "reference", "revision", "applicable", "reasons", "justification",
    "exclusion_reason", "implementation", "how", "risks", "systems", "documents", "digest", "measured",
    "share", "reach", "attested", "sha256",
)  # fmt: skip


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
        """The day on which it was frozen."""
        return str(self.content.get("day", ""))

    @property
    def rows(self) -> tuple[Mapping[str, Any], ...]:
        """The decisions, each with the state of its control at that time."""
        states = {state["requirement"]: state for state in self.content.get("posture", ())}
        return tuple({**row, "state": states.get(row["control"], {})} for row in self.content.get("rows", ()))


def content_now(record: Record | None = None) -> dict[str, Any]:
    """The content that a version has when it is frozen now; about the whole organization, without floats.

    ``record`` is the version itself, which does not count among the earlier ones.
    """
    now = clock.now()
    own = record.reference if record is not None else ""
    earlier = [reference for reference in queries.ever_approved(KIND) if reference != own]
    checkpoint = log.latest_checkpoint()
    order = {control.id: place for place, control in enumerate(catalogs.controls())}
    rows = records.in_force(ROWS, now) if kinds.exists(ROWS) else []
    rows.sort(key=lambda row: (order.get(row["requirement"], len(order)), row["reference"]))
    return {
        "form": FORM,
        "version": len(earlier) + 1,
        "day": clock.day_of(now).isoformat(),
        "as_of": rfc3339(now),
        "earlier": earlier[-1] if earlier else "",
        "organization": settings.PLUMBLINE.organization,
        "catalog": catalogs.version(),
        "entries": log.size(),
        "checkpoint": checkpoint.size if checkpoint else 0,
        "rows": [_row(row) for row in rows],
        "posture": [_state(row) for row in postures.posture()],
    }


def _row(row: Mapping[str, Any]) -> dict[str, JSON]:
    control = row["requirement"] or row["reference"]
    known = catalogs.exists(control)
    frozen: dict[str, JSON] = {
        "control": control,
        "number": catalogs.requirement(control).number if known else control,
        "title": row["title"],
        "reference": row["reference"],
        "revision": row["approved_revision"],
        "approved_at": row["approved_at"],
        "digest": row["digest"],
        "applicable": row["applicable"],
        "reasons": list(row["reasons"] or ()),
        "justification": row["justification"],
        "exclusion_reason": row["exclusion_reason"],
        "implementation": row["implementation"],
        "how": row["how"],
        "risks": list(row["risks"]),
        "systems": list(row["systems"]),
        "documents": list(row["documents"]),
        "withheld": bool(row["unit"]),
    }
    if row["unit"]:
        frozen.update(_WITHHELD)
    if known:
        frozen["title"] = catalogs.requirement(control).title
    return frozen


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


def freeze(actor: Actor, record: Record, reason: str) -> GateResult:
    """Write the content of a version before it goes into review; refused while a control is undecided."""
    policy.require_everywhere(actor, "read")
    assert isinstance(record, StatementVersion)
    content = content_now(record)
    decided = {row["control"] for row in content["rows"]}
    undecided = [control.number for control in catalogs.controls() if control.id not in decided]
    if undecided:
        text = say(
            "statement.undecided",
            "has no approved row for {controls}",
            controls=listing(undecided, shown=len(undecided)),
        )
        gates.refuse(record, [Fault("content", text, "decide each of them, and have its row approved")])
    record.content, record.version, record.frozen_on = content, content["version"], clock.today()
    record.save(update_fields=["content", "version", "frozen_on"])
    facts: dict[str, JSON] = {
        "version": content["version"], "earlier": content["earlier"], "sha256": sha256_of(content),
        "rows": len(content["rows"]),
    }  # fmt: skip
    note = say("statement.frozen", "Version {version} frozen.", version=content["version"])
    return GateResult(str(note), {"statement": facts})


def still_stands(actor: Actor, record: Record, reason: str) -> GateResult:
    """Refuse the approval of a version whose decisions, or whose number, have been overtaken since.

    What is measured may have moved on: a version shows the states of its day, and says which day.
    """
    assert isinstance(record, StatementVersion)
    now, frozen = content_now(record), record.content
    before, after = (
        {row["number"]: (row["reference"], row["revision"]) for row in content["rows"]}
        for content in (frozen, now)
    )
    remedy = "return it to draft and ask for review again, which freezes it anew"
    faults = []
    moved = sorted(
        number for number in before.keys() | after.keys() if before.get(number) != after.get(number)
    )
    if moved:
        text = say(
            "statement.overtaken",
            "was frozen before {controls} changed",
            controls=listing(moved, shown=len(moved)),
        )
        faults.append(Fault("content", text, remedy))
    if now["version"] != frozen["version"]:
        text = say("statement.numbered", "is numbered like {earlier}", earlier=now["earlier"])
        faults.append(Fault("version", text, remedy))
    gates.refuse(record, faults)
    return GateResult("", {"statement": {"version": frozen["version"], "sha256": sha256_of(frozen)}})


def register_gates() -> None:
    """Freeze a version when it is submitted, and see that it still stands when it is approved."""
    steps.register_gate(KIND, "submit", freeze)
    steps.register_gate(KIND, "approve", still_stands)


# Queries


def version(actor: Actor, reference: str) -> Version:
    """One version. Raises `NotFound`, also for a record of another kind."""
    if kinds.of_reference(reference).slug != KIND:
        raise NotFound("This record is no version of the statement of applicability.")
    record, _ = records.find(actor, reference)
    assert isinstance(record, StatementVersion)
    return of_record(record)


def of_record(record: StatementVersion) -> Version:
    """A version of a record that the reader has already."""
    content = record.content or {}
    return Version(record.reference, record.title, record.state, content, sha256_of(content))


def present(actor: Actor) -> Version:
    """What a version would be that was frozen now. Raises `NotAllowed` for who does not read everything."""
    policy.require_everywhere(actor, "read")
    content = content_now()
    return Version("", str(say("statement.present", "As it is now")), "", content, sha256_of(content))


def approved_versions(actor: Actor) -> tuple[str, ...]:
    """References of the approved versions that a reader may see, the oldest first."""
    if not kinds.exists(KIND):
        return ()
    policy.require(actor, "read", kind=KIND, anywhere=True)
    seen = set(records.select(actor, kinds.get(KIND)).values_list("reference", flat=True))
    return tuple(reference for reference in queries.ever_approved(KIND) if reference in seen)


def as_dict(found: Version) -> dict[str, Any]:
    """A version as plain values."""
    return {
        "reference": found.reference,
        "title": found.title,
        "state": found.state,
        "version": found.number,
        "day": found.day,
        "sha256": found.sha256,
        "content": dict(found.content),
    }


def csv_text(found: Version) -> Iterator[str]:
    """A version as CSV (RFC 4180); every row says which version of which day it is from."""
    return csv_chunks(([harmless(cell) for cell in line] for line in _lines(found)), list(COLUMNS))


def _lines(found: Version) -> Iterator[Sequence[Any]]:
    every = {"version": found.number, "day": found.day, "sha256": found.sha256}
    for row in found.rows:
        values = {**row["state"], **row, **every}
        yield [values.get(name, "") for name in COLUMNS]


def counted(found: Version) -> Message:
    """How many controls apply and how many are left out, in one sentence."""
    answers = [row["applicable"] for row in found.content.get("rows", ())]
    return say(
        "statement.counted", "{applicable} of {total} controls apply; {excluded} left out.",
        applicable=answers.count("yes"), total=len(answers), excluded=answers.count("no"),
    )  # fmt: skip
