"""What somebody with a receipt may read of their concern: its state, their own words, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, Subquery

from plumbline.clauses.improvement.anonymous import receipts
from plumbline.clauses.improvement.concerns import CONCERN, Concern
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds, reading
from plumbline.records.models import Comment, CommentAct, Record, Revision

NOBODY: Final = Actor.stage("anonymous")
"""Who raises a concern without a name: a part of the installation, the same for everybody."""
NOT_OPEN: Final = "There is nothing at this address."
UNKNOWN: Final = "No concern has this receipt. Compare it with what you noted, letter by letter."


@dataclass(frozen=True)
class Addition:
    """What whoever raised a concern added, and on which day."""

    text: str
    on: date


@dataclass(frozen=True)
class Followed:
    """A concern as whoever raised it sees it. ``answer`` is empty until there is one, and while it is
    looked into again."""

    state: str
    received_on: date
    concern: str
    additions: tuple[Addition, ...]
    answer: str
    answered_on: date | None


def open_channels() -> tuple[str, ...]:
    """The channels that are open here: none by default."""
    if not kinds.exists(CONCERN.slug):
        return ()
    opened: tuple[str, ...] = settings.PLUMBLINE.open_concern_channels
    return opened


def require_open(channel: str = "") -> None:
    """Raise `NotFound` unless ``channel``, or without one any at all, is open."""
    opened = open_channels()
    if not opened or (channel and channel not in opened):
        raise NotFound(NOT_OPEN)


def is_known(key: str) -> bool:
    """Whether a concern with this key came in."""
    return Concern._default_manager.filter(kind=CONCERN.slug, key=key).exists()


def by_receipt(receipt: str) -> Concern:
    """The concern with this receipt, verified against its entry. Raises `NotFound`, alike for all others."""
    require_open()
    key = receipts.key_of(receipt)
    found = Concern._default_manager.filter(kind=CONCERN.slug, key=key).first() if key else None
    if found is None:
        raise NotFound(UNKNOWN)
    reading.verify(found, CONCERN)
    return found


def additions(record: Concern) -> tuple[Addition, ...]:
    """What was added with the receipt, oldest first; what others say of the concern is not among it."""
    rows = Comment.objects.filter(record_id=record.pk, actor=NOBODY.id).order_by("leaf")
    return tuple(Addition(row.text, clock.day_of(row.at)) for row in rows)


def follow(receipt: str) -> Followed:
    """Where the concern with this receipt stands. Raises `NotFound`. Leaves no entry."""
    record = by_receipt(receipt)
    answered = record.state in CONCERN.workflow.counts
    return Followed(
        record.state,
        record.received_on,
        record.concern,
        additions(record),
        record.answer if answered else "",
        record.answered_on if answered else None,
    )


@dataclass(frozen=True)
class Waiting:
    """A concern that waits for somebody: ``entry`` is the one by which it came in, or by which was added."""

    reference: str
    title: str
    entry: int
    added: bool


def waiting(actor: Actor) -> list[Waiting]:
    """Concerns with a receipt that wait for ``actor``: their own, and those that nobody who is here owns and
    of which they may take the next step. They wait to be begun, or since something was added.

    What is in them is not read, so that it leaves no entry.
    """
    if not kinds.exists(CONCERN.slug) or not policy.may(actor, "move", kind=CONCERN.slug, anywhere=True):
        return []
    resolved = CommentAct.objects.filter(comment_id=OuterRef("pk"), verb="resolved")
    added = Comment.objects.filter(record_id=OuterRef("pk"), actor=NOBODY.id).exclude(Exists(resolved))
    last = Revision.objects.filter(record_id=OuterRef("pk")).order_by("-number").values("leaf")
    rows = policy.visible(actor, Record.objects.filter(kind=CONCERN.slug, key__startswith=receipts.PREFIX))
    rows = rows.annotate(said=Subquery(added.order_by("-leaf").values("leaf")[:1]), last=Subquery(last[:1]))
    rows = rows.filter(Q(owner_id=actor.person_id) | Q(owner=None) | Q(owner__is_active=False))
    rows = rows.filter(Q(state=CONCERN.workflow.initial) | Q(said__gt=F("last"))).order_by("pk")
    return [
        Waiting(row.reference, row.title, row.last, added=False)
        if row.state == CONCERN.workflow.initial
        else Waiting(row.reference, row.title, row.said, added=True)
        for row in rows
        if policy.may(actor, "move", kind=CONCERN.slug, unit_id=row.unit_id, owner_id=row.owner_id)
    ]
