"""What can be asked of anchors' receipts. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Min, QuerySet

from plumbline.kernel.note import Note
from plumbline.trail import models
from plumbline.trail.models import AnchorReceipt
from plumbline.trail.queries import Checkpoint

ENTRY_TYPE = "trail.anchored"
WITNESS = "witness"
TIMESTAMP = "timestamp"


@dataclass(frozen=True)
class Receipt:
    """One checkpoint that one anchor took; see `plumbline.trail.models.AnchorReceipt`."""

    leaf: int
    anchor: str
    name: str
    size: int
    root: bytes
    evidence: bytes
    stated_at: datetime | None
    time: datetime


@dataclass(frozen=True)
class Span:
    """From the first to the last checkpoint that one anchor took: times, and the size of the last."""

    first: datetime
    last: datetime
    size: int


def receipt_of(row: AnchorReceipt) -> Receipt:
    """A row as others see it."""
    return Receipt(
        row.leaf,
        row.anchor,
        row.name,
        row.size,
        bytes(row.root),
        bytes(row.evidence),
        row.stated_at,
        row.time,
    )


def rows() -> QuerySet[AnchorReceipt]:
    """All receipts, for what compares them with their entries."""
    return AnchorReceipt.objects.all()


def spans() -> dict[tuple[str, str], Span]:
    """By anchor and name: since when it takes checkpoints, and how far."""
    found = AnchorReceipt.objects.values_list("anchor", "name").annotate(
        Min("time"), Max("time"), Max("size")
    )
    return {(anchor, name): Span(first, last, size) for anchor, name, first, last, size in found.order_by()}


def at_size(size: int, anchor: str = "") -> list[Receipt]:
    """What anchors gave for the checkpoint of ``size``, in the order of receipt."""
    found = AnchorReceipt.objects.filter(size=size).order_by("leaf")
    return [receipt_of(row) for row in (found.filter(anchor=anchor) if anchor else found)]


def under(size: int) -> list[Receipt]:
    """The receipts whose entries are among the first ``size`` of the log."""
    return [receipt_of(row) for row in AnchorReceipt.objects.filter(leaf__lt=size).order_by("leaf")]


def newest_cosigned() -> int | None:
    """The size of the newest checkpoint that a witness has cosigned."""
    sizes = AnchorReceipt.objects.filter(anchor=WITNESS).order_by("-size").values_list("size", flat=True)
    return sizes.first()


def cosigned_note(checkpoint: Checkpoint) -> str:
    """The signed note with the cosignatures that there are of it, the newest of each witness."""
    lines = {receipt.name: receipt.evidence.decode() for receipt in at_size(checkpoint.size, WITNESS)}
    note = checkpoint.note + "".join(lines.values())
    # What cannot be read as a note would make every proof under it unreadable; the plain one is always good.
    try:
        Note.parse(note)
    except ValueError:
        return checkpoint.note
    return note


def has_news(size: int, until: int) -> bool:
    """Whether one of the entries [size, until) says more than that a checkpoint was anchored."""
    # Every receipt is an entry itself. If that counted, an idle log would be anchored for ever.
    entries = models.Leaf.objects.filter(index__gte=size, index__lt=until)
    return entries.exclude(entry_type=ENTRY_TYPE).exists()
