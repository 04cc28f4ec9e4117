"""Comments as they read now or read on a day, who can be mentioned, and whose mentions wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, Subquery

from plumbline.identity import actors, policy
from plumbline.identity import queries as identity
from plumbline.identity.absences import queries as absences
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.kernel.problems import NotFound
from plumbline.records.models import Comment, CommentAct, Mention, Record
from plumbline.records.reading import Hanging

EDITED, RESOLVED, REOPENED, SEEN = "edited", "resolved", "reopened", "seen"
LISTED = 100
"""People among whom a page lets its reader choose; where there are more, a name is typed."""


@dataclass(frozen=True)
class EarlierText:
    """What a comment said before it was edited, and by which entry."""

    text: str
    at: datetime
    leaf: int


@dataclass(frozen=True)
class CommentView:
    """What somebody said about a record, in Markdown; ``leaf`` is the number of the entry by which it came.

    ``text`` is the newest one, ``earlier`` what stood there before, oldest first. ``mentions`` are the opaque
    ids of the people it names.
    """

    text: str
    actor: str
    name: str
    at: datetime
    leaf: int
    earlier: tuple[EarlierText, ...]
    edited_at: datetime | None
    resolved_by: str
    resolved_at: datetime | None
    mentions: tuple[str, ...]

    @property
    def author(self) -> str:
        """Who wrote it: a person, or a part of the installation."""
        return self.name or self.actor.removeprefix("stage:").capitalize()


def views(hung: Hanging, until: datetime | None = None) -> list[CommentView]:
    """The comments of a record that was read, oldest first; with ``until`` as they were at that instant."""
    acts: dict[int, list[CommentAct]] = {}
    for act in hung.comment_acts:
        if until is None or act.at <= until:
            acts.setdefault(act.comment_id, []).append(act)
    mentions: dict[int, list[str]] = {}
    for mention in Mention.objects.filter(
        comment__in=[row.pk for row in hung.comments], is_current=True
    ).select_related("person"):
        mentions.setdefault(mention.comment_id, []).append(mention.person.handle)
    return [
        _view(row, sorted(acts.get(row.pk, ()), key=lambda act: act.leaf), tuple(mentions.get(row.pk, ())))
        for row in hung.comments
        if until is None or row.at <= until
    ]


def _view(row: Comment, acts: Iterable[CommentAct], mentions: tuple[str, ...]) -> CommentView:
    text, at, leaf = row.text, row.at, row.leaf
    earlier: list[EarlierText] = []
    resolved: CommentAct | None = None
    for act in acts:
        if act.verb == EDITED:
            earlier.append(EarlierText(text, at, leaf))
            text, at, leaf = act.text, act.at, act.leaf
        elif act.verb in (RESOLVED, REOPENED):
            resolved = act if act.verb == RESOLVED else None
    return CommentView(
        text=text,
        actor=row.actor,
        name=row.person.full_name if row.person else "",
        at=row.at,
        leaf=row.leaf,
        earlier=tuple(earlier),
        edited_at=at if earlier else None,
        resolved_by=resolved.person.full_name if resolved is not None and resolved.person else "",
        resolved_at=resolved.at if resolved is not None else None,
        mentions=mentions,
    )


def no_comment() -> NotFound:
    """There is no such comment, or none that the actor may see; which of the two is not said."""
    return NotFound("There is no comment with this number that you may see.")


def comment(number: int) -> Comment:
    """The comment that came by the entry ``number``, with its record. Raises `NotFound`."""
    row = Comment.objects.select_related("record", "person").filter(leaf=number).first()
    if row is None:
        raise no_comment()
    return row


def newest_text(row: Comment) -> str:
    """What a comment says now."""
    edits = row.acts.filter(verb=EDITED).order_by("-leaf").values_list("text", flat=True)
    newest = edits.first()
    return row.text if newest is None else newest


def is_resolved(row: Comment) -> bool:
    """Whether a comment is resolved and was not reopened since."""
    newest = row.acts.filter(verb__in=(RESOLVED, REOPENED)).order_by("-leaf").values_list("verb", flat=True)
    return newest.first() == RESOLVED


# Who can be mentioned


@dataclass(frozen=True)
class Reader:
    """Somebody who may see a record; ``away`` is the last day of their absence, if they are away today."""

    handle: str
    name: str
    away: date | None = None


def may_see(person: Actor, record: Record) -> bool:
    """Whether somebody may see a record: the same for one in hand as `policy.visible` for rows."""
    return policy.reaches(person, kind=record.kind, unit_id=record.unit_id, owner_id=record.owner_id)


def readers(actor: Actor, record: Record) -> list[Reader]:
    """Everybody else who may see ``record``, by name; nobody where there are too many to choose from."""
    everybody = identity.people(active=True)
    if len(everybody) > LISTED:
        return []
    able = [
        person
        for person, each in zip(everybody, actors.actors_of_people(everybody), strict=True)
        if person.pk != actor.person_id and may_see(each, record)
    ]
    away = absences.away_until(person.pk for person in able)
    return [
        Reader(person.handle, person.full_name, away[person.pk].ends if person.pk in away else None)
        for person in able
    ]


def people_to_name() -> list[Person]:
    """Everybody who can be meant by a mention, with their roles."""
    return identity.people(active=True)


# Mentions that wait


@dataclass(frozen=True)
class OpenMention:
    """A comment in which somebody is named and to which they have not answered: since the entry ``leaf``."""

    reference: str
    kind: str
    title: str
    author: str
    at: datetime
    leaf: int
    comment: int


def open_mentions(actor: Actor, of: int | None = None) -> list[OpenMention]:
    """The mentions that wait for the person ``actor``, oldest first, as far as they may see the record now.

    One ends when they comment on the record after it, mark it as seen, or the comment is resolved or no
    longer names them. With ``of`` those of another person (primary key) for whom ``actor`` stands in: the
    answer of either ends them for ``actor``, who sees no record that their own roles do not show.
    """
    if actor.person_id is None:
        return []
    named = actor.person_id if of is None else of
    either = {named, actor.person_id}
    answered = Comment.objects.filter(
        record=OuterRef("comment__record"), person__in=either, leaf__gt=OuterRef("leaf")
    )
    seen = CommentAct.objects.filter(
        comment=OuterRef("comment"), person__in=either, verb=SEEN, leaf__gt=OuterRef("leaf")
    )
    ends = CommentAct.objects.filter(comment=OuterRef("comment"), verb__in=(RESOLVED, REOPENED))
    rows = Mention.objects.filter(~Exists(answered), ~Exists(seen), person=named, is_current=True)
    rows = rows.annotate(end=Subquery(ends.order_by("-leaf").values("verb")[:1]))
    rows = rows.filter(Q(end=None) | Q(end=REOPENED)).select_related("comment__record", "comment__person")
    found = list(rows.annotate(number=F("comment__leaf")).order_by("leaf"))
    return [
        OpenMention(
            row.comment.record.reference,
            row.comment.record.kind,
            row.comment.record.title,
            row.comment.person.full_name if row.comment.person else "",
            row.comment.at,
            row.leaf,
            row.comment.leaf,
        )
        for row in found
        if may_see(actor, row.comment.record)
    ]
