"""The report of the gate: what a tier asks for, what of that is there, and what a change made stale.

Names that the reader may not see are hidden; whether the gate is open does not depend on who asks.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from plumbline.clauses import going_live
from plumbline.clauses.staleness import Stale
from plumbline.controls.visibility import ResultVisibility
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock, release_parts, tiers
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.messages import Message, Ref, redact, to_json
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.wording import english

KIND = "release"


@dataclass(frozen=True)
class Answer:
    """What the gate says of a release: ``needs`` as they may be shown, what is ``stale``, and the release."""

    release: Any
    tier: tiers.Tier
    needs: tuple[tiers.Need, ...]
    stale: tuple[Stale, ...]
    before: str
    changes: tuple[release_parts.Change, ...]

    @property
    def is_open(self) -> bool:
        """Whether all is there: the release is approved, and its tier has what it asks for."""
        return all(need.met for need in self.needs)


def find(actor: Actor, system: str, release: str) -> Any:
    """The release of ``system`` (reference or slug) by its reference or version, as ``actor`` may see it.

    Raises `NotFound` and `NotAllowed`.
    """
    if not kinds.exists(KIND):
        raise NotFound("There is no such kind of record.")
    policy.require(actor, "read", kind=KIND, anywhere=True)
    seen = records.visible(actor, kinds.get(KIND)).select_related("system")
    named = seen.filter(reference=release) | seen.filter(version=release)
    found = [row for row in named if system in (row.system.reference, row.system.slug)]
    if not found:
        raise NotFound("There is no release with this name of this system.")
    return max(found, key=lambda row: (row.reference == release, row.pk))


def of(actor: Actor, release: Any) -> Answer:
    """What the gate says of ``release``, a record, to ``actor``."""
    known = going_live.known(release)
    before = going_live.release_before(release)
    content = before["content"] if before is not None else {}
    changes = release_parts.changes(content, release.content) if content else []
    stale = tuple(going_live.made_stale(release, before))
    needs = going_live.needs_of_going_live(release, known)
    beside = [one.reference for one in stale] + [one.name for one in changes]
    beside += [before["reference"]] if before is not None else []
    named = [Message("gate.named", "{record}", {"record": Ref(name)}) for name in beside]
    may_name = ResultVisibility(actor).may_name([*(need.message for need in needs), *named])

    def is_shown(name: str) -> bool:
        return may_name(Ref(name))

    return Answer(
        release,
        known.tier if known is not None else tiers.Tier.HIGH,
        tuple(tiers.Need(need.name, need.met, redact(need.message, may_name)) for need in needs),
        tuple(one for one in stale if is_shown(one.reference)),
        before["reference"] if before is not None and is_shown(before["reference"]) else "",
        # A region is a word and no record.
        tuple(one for one in changes if one.part == "region" or is_shown(one.name)),
    )


def as_dict(answer: Answer) -> dict[str, JSON]:
    """The report as JSON, in which a program reads ``open`` and the names of what is missing."""
    release = answer.release
    return {
        "system": release.system.reference,
        "slug": release.system.slug,
        "release": release.reference,
        "version": release.version,
        "digest": release.digest,
        "state": release.state,
        "day": clock.today().isoformat(),
        "open": answer.is_open,
        "tier": answer.tier.word,
        "needs": [
            {
                "name": need.name,
                "met": need.met,
                "text": english(need.message),
                "message": to_json(need.message),
            }
            for need in answer.needs
        ],
        "before": answer.before,
        "changes": [
            {"part": one.part, "name": one.name, "before": one.before, "after": one.after}
            for one in answer.changes
        ],
        "stale": [
            {"kind": one.kind, "record": one.reference, "fields": list(one.fields), "parts": list(one.parts)}
            for one in answer.stale
        ],
    }


def digest(report: dict[str, JSON]) -> str:
    """SHA-256 of a report in its canonical bytes, in hex."""
    return hashlib.sha256(canonical(report)).hexdigest()
