"""The log, as the other rooms see it: append inside your transaction, read, prove.

Entries are numbered from 0 without gaps, in the order in which transactions committed, and never change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from plumbline.kernel.messages import Text, say
from plumbline.kernel.states import ProofState
from plumbline.trail import guard
from plumbline.trail.commands import Appended, append, append_many
from plumbline.trail.entry import NewEntry
from plumbline.trail.errors import ReadOnly
from plumbline.trail.openings.queries import Erased, Missing, Opened, OpeningState
from plumbline.trail.openings.queries import read as read_opening
from plumbline.trail.openings.queries import read_at as read_openings
from plumbline.trail.predecessors import Predecessor, predecessors
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
    signed_size,
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
]


@dataclass(frozen=True)
class LogStatus:
    """The state of the trail in one line.

    ``size`` entries; ``state``; ``verified_at`` is when entries were last read back and signed; ``detail``
    says it to people.
    """

    size: int
    verified_at: datetime | None
    state: ProofState
    detail: Text


def status() -> LogStatus:
    """The state of the trail for the side bar: one small query and one small file, no hashing."""
    present, signed = signed_size()
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
