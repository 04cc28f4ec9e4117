"""The log, as the other rooms see it: append inside your transaction, read, prove.

Entries are numbered from 0 without gaps, in the order in which transactions committed, and never change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from plumbline.kernel.messages import Text, say
from plumbline.kernel.states import ProofState
from plumbline.trail import guard
from plumbline.trail.commands import Appended, append, append_many
from plumbline.trail.entry import NewEntry
from plumbline.trail.errors import ReadOnly
from plumbline.trail.findings.queries import seal_figures
from plumbline.trail.openings.queries import Erased, Missing, Opened, OpeningState
from plumbline.trail.openings.queries import read as read_opening
from plumbline.trail.openings.queries import read_at as read_openings
from plumbline.trail.predecessors import Predecessor, predecessors
from plumbline.trail.proofs import Difference
from plumbline.trail.queries import (
    Checkpoint,
    Consistency,
    LeafView,
    Proof,
    checkpoint_at,
    consistency,
    corrected_times,
    inclusion,
    latest_checkpoint,
    leaf,
    leaves,
    opening,
    openings_at,
    receipt,
    search,
    size,
)

__all__ = [
    "Appended",
    "Checkpoint",
    "Consistency",
    "Erased",
    "LeafView",
    "LogStatus",
    "Missing",
    "NewEntry",
    "Opened",
    "OpeningState",
    "Predecessor",
    "Proof",
    "ReadOnly",
    "append",
    "append_many",
    "checkpoint_at",
    "consistency",
    "corrected_times",
    "inclusion",
    "latest_checkpoint",
    "leaf",
    "leaves",
    "opening",
    "openings_at",
    "predecessors",
    "read_opening",
    "read_openings",
    "receipt",
    "search",
    "size",
    "status",
    "verify",
]


@dataclass(frozen=True)
class LogStatus:
    """The state of the trail in one line.

    ``size`` entries; ``state``; ``verified_at`` is when entries were last read back and signed; ``detail``
    says it to people. ``compared_at`` is when the last scrub of everything ended, of a trail of
    ``compared_size`` entries; ``findings`` are the places that differ; ``is_comparing`` while one runs.
    """

    size: int
    verified_at: datetime | None
    state: ProofState
    detail: Text
    compared_at: datetime | None = None
    compared_size: int = 0
    findings: int = 0
    is_comparing: bool = False

    @property
    def is_broken(self) -> bool:
        """Whether entries, or what follows from them, were found changed."""
        return self.state is ProofState.BROKEN or self.findings > 0

    @property
    def is_intact(self) -> bool:
        """Whether everything is signed and, when it was last compared, all that follows from it fitted."""
        return self.state is ProofState.VERIFIED and self.compared_at is not None and not self.findings

    @property
    def word(self) -> ProofState:
        """The state that the seal is drawn as: never better than both halves of it."""
        if self.is_broken:
            return ProofState.BROKEN
        return ProofState.VERIFIED if self.is_intact else ProofState.NOT_YET_ANCHORED


def verify(view: LeafView) -> None:
    """Raise `Altered` unless an entry, its openings and its place in the tree are what was committed."""
    from plumbline.trail import reading  # keeps what it finds, and opens an incident in this very log
    from plumbline.trail.commitments import queries as committed

    def compare() -> Iterator[Difference]:
        entry = committed.at([view.index]).get(view.index)
        if entry is None:
            yield Difference(
                "trail.Leaf", str(view.index), "body", "an entry that can be read", "other bytes"
            )
        else:
            yield from reading.entry_differences(entry)

    reading.verify(compare)


def status() -> LogStatus:
    """The state of the trail for the side bar: one small query and one small file, no hashing.

    ``state`` and ``detail`` are those of the entries, unless something that follows from them was found to
    differ.
    """
    seal = seal_figures()
    entries = _entries_status(seal.present, seal.signed)
    detail = entries.detail
    if seal.findings and entries.state is not ProofState.BROKEN:
        detail = say(
            "trail.findings",
            "{count} place differs from the entry it follows from.",
            plural="{count} places differ from the entries they follow from.",
            count=seal.findings,
        )
    return replace(
        entries,
        detail=detail,
        compared_at=seal.compared_at,
        compared_size=seal.compared_size,
        findings=seal.findings,
        is_comparing=seal.is_comparing,
    )


def _entries_status(present: int, signed: int) -> LogStatus:
    try:
        record = guard.read(settings.PLUMBLINE.guard_file)
    except ReadOnly as refusal:
        return LogStatus(present, None, ProofState.BROKEN, refusal.detail)
    time = record.time if record and signed else None
    if record is not None and record.damage is not None:
        return LogStatus(present, time, ProofState.BROKEN, record.damage.detail)
    if present < max(signed, record.size if record else 0):
        return LogStatus(present, time, ProofState.BROKEN, "Entries that were signed are missing.")
    if record is None and signed:
        return LogStatus(present, time, ProofState.BROKEN, "The trail's guard is missing.")
    if present > signed or present == 0:
        waiting = say(
            "trail.waiting",
            "{waiting} of {present} entries are waiting for a signature.",
            waiting=present - signed,
            present=present,
        )
        return LogStatus(present, time, ProofState.NOT_YET_ANCHORED, waiting)
    message = say("trail.signed", "All {present} entries are under a signed checkpoint.", present=present)
    return LogStatus(present, time, ProofState.VERIFIED, message)
