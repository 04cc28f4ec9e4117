"""Asking the gate: the answer is kept as an entry of the trail, so that a build can show what it was told."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.problems import Unavailable
from plumbline.reports.gate import report
from plumbline.trail import log


@dataclass(frozen=True)
class Asked:
    """What the gate said, the SHA-256 of that, and the entry that holds it."""

    said: dict[str, JSON]
    sha256: str
    entry: int

    @property
    def receipt(self) -> str | None:
        """The signed receipt of the entry (C2SP tlog-proof); None until a checkpoint covers it."""
        try:
            return log.receipt(self.entry)
        except Unavailable:
            return None


def ask(actor: Actor, system: str, release: str) -> Asked:
    """Ask whether ``release`` (reference or version) of ``system`` (reference or slug) may go live.

    Raises `NotFound` and `NotAllowed`.
    """
    found = report.find(actor, system, release)
    policy.require(actor, "comment", kind=report.KIND, unit_id=found.unit_id, owner_id=found.owner_id)
    said = report.as_dict(report.of(actor, found))
    sha256 = report.digest(said)
    with transaction.atomic():
        leaf = log.append(
            "gate.asked",
            actor=actor.id,
            subject={"kind": report.KIND, "ref": found.reference},
            openings={"report": canonical(said)},
            facts={"open": bool(said["open"]), "digest": found.digest, "report": {"sha256": sha256}},
        )
    return Asked(said, sha256, leaf.index)
