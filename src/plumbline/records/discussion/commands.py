"""Commenting, editing, resolving, and marking a mention as seen: each leaves an entry in the trail.

A comment and every later text of it are rows of their own, so that what stood before stays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from plumbline.identity import policy
from plumbline.identity.actors import Actor, actors_of_people
from plumbline.identity.models import Person
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed
from plumbline.records import writing
from plumbline.records.discussion import mentions, queries
from plumbline.records.discussion.queries import EDITED, REOPENED, RESOLVED, SEEN
from plumbline.records.kinds import Kind
from plumbline.records.models import Comment, CommentAct, Mention, Record
from plumbline.records.search_index import commands as search_index
from plumbline.records.writing import Saved

LONGEST = 20_000
REFUSED = "The comment was not saved."


def comment(actor: Actor, reference: str, text: str) -> Saved:
    """Say something about a record, and have those told whom it mentions.

    Raises `Invalid` for an empty or overlong text, and for a mention of several people or of somebody who may
    not see the record.
    """
    text = _checked(text)
    with writing.door():
        record, kind = writing.locked(actor, reference)
        writing.require(actor, "comment", kind, record)
        people = _mentioned(actor, record, text)
        entry = writing.entry(actor, kind, record, "commented", "comment", text.encode(), _facts(people))
        row = Comment.objects.create(
            record_id=record.pk,
            text=text,
            actor=actor.id,
            person_id=actor.person_id,
            at=entry.time,
            leaf=entry.index,
        )
        _keep_mentions(row, people, entry.index)
        search_index.write_additions([record.pk])
    return writing.saved(record, entry.index)


def edit(actor: Actor, number: int, text: str) -> Saved:
    """Give a comment another text; what stood before stays. Only who wrote it does.

    Raises `NotFound`, `NotAllowed`, `Conflict` where nothing is otherwise, and `Invalid` as `comment`.
    """
    text = _checked(text)
    with writing.door():
        row, record, kind = _locked(actor, number)
        writing.require(actor, "comment", kind, record)
        if row.person_id is None or row.person_id != actor.person_id:
            raise NotAllowed("Only who wrote a comment edits it. Answer with one of your own.")
        if text == queries.newest_text(row):
            raise Conflict("The comment says so already.")
        people = _mentioned(actor, record, text)
        leaf = _act(actor, kind, record, row, EDITED, text, _facts(people))
        _keep_mentions(row, people, leaf)
        search_index.write_additions([record.pk])
    return writing.saved(record, leaf)


def resolve(actor: Actor, number: int) -> Saved:
    """Close a comment: by who wrote it, or who may change the record. Raises as `edit`."""
    return _close(actor, number, RESOLVED, "The comment is resolved already.")


def reopen(actor: Actor, number: int) -> Saved:
    """Open a resolved comment again, by whoever may resolve it. Raises as `edit`."""
    return _close(actor, number, REOPENED, "The comment is open.")


def mark_seen(actor: Actor, number: int) -> Saved:
    """Say that one has seen the comment in which one is mentioned. Raises as `edit`."""
    with writing.door():
        row, record, kind = _locked(actor, number)
        policy.require(actor, "read", kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id)
        _require_writing(actor)
        waiting = [each.comment for each in queries.open_mentions(actor)]
        if row.leaf not in waiting:
            raise Conflict("No mention of you in this comment waits.")
        leaf = _act(actor, kind, record, row, SEEN, "", {})
    return writing.saved(record, leaf)


def may_resolve(actor: Actor, kind: Kind, record: Record, author: str) -> bool:
    """Whether ``actor`` may resolve a comment that ``author`` (an opaque id) wrote."""
    where: dict[str, Any] = {"kind": kind.slug, "unit_id": record.unit_id, "owner_id": record.owner_id}
    if not policy.may(actor, "comment", **where):
        return False
    return author == actor.id or policy.may(actor, "amend", **where).allowed


def _close(actor: Actor, number: int, verb: str, already: str) -> Saved:
    with writing.door():
        row, record, kind = _locked(actor, number)
        own = row.person_id is not None and row.person_id == actor.person_id
        if not may_resolve(actor, kind, record, actor.id if own else row.actor):
            raise NotAllowed("A comment is resolved by who wrote it, or by who may change the record.")
        if queries.is_resolved(row) == (verb == RESOLVED):
            raise Conflict(already)
        leaf = _act(actor, kind, record, row, verb, "", {})
    return writing.saved(record, leaf)


def _checked(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Invalid(REFUSED, [Fault("text", "is empty or too long", "1 to 20,000 characters")])
    return text


def _require_writing(actor: Actor) -> None:
    if actor.person_id is None or (actor.scopes is not None and "write" not in actor.scopes):
        raise NotAllowed("Only the person who is mentioned can do this, and a token needs the scope write.")


def _locked(actor: Actor, number: int) -> tuple[Comment, Record, Kind]:
    """A comment and its record, locked, for somebody who may see it. Raises `NotFound`."""
    row = queries.comment(number)
    # Whoever may not see the record must not learn that the comment is there.
    if not queries.may_see(actor, row.record):
        raise queries.no_comment()
    record, kind = writing.locked(actor, row.record.reference)
    return row, record, kind


def _act(
    actor: Actor, kind: Kind, record: Record, row: Comment, verb: str, text: str, facts: Mapping[str, Any]
) -> int:
    """Keep what was done about a comment with its entry; the number of it."""
    slot = "comment" if verb == EDITED else ""
    entry = writing.entry(
        actor, kind, record, f"comment-{verb}", slot, text.encode(), {"comment": row.leaf, **facts}
    )
    CommentAct.objects.create(
        comment=row,
        verb=verb,
        text=text,
        actor=actor.id,
        person_id=actor.person_id,
        at=entry.time,
        leaf=entry.index,
    )
    return entry.index


def _mentioned(actor: Actor, record: Record, text: str) -> list[Person]:
    """The people whom ``text`` mentions. Raises `Invalid` for one who may not see the record."""
    # A part of the installation repeats what others wrote: it mentions nobody.
    if "@" not in text or actor.person_id is None:
        return []
    people, faults = mentions.named(text, queries.people_to_name())
    for person, each in zip(people, actors_of_people(people), strict=True):
        if not queries.may_see(each, record):
            message = say("mention.may-not-see", "{person} may not see this record", person=person.full_name)
            faults.append(Fault("text", message, "mention somebody who may, or leave the @ out"))
    if faults:
        raise Invalid(REFUSED, faults)
    return people


def _facts(people: Collection[Person]) -> dict[str, Any]:
    return {"mentions": sorted(person.handle for person in people)} if people else {}


def _keep_mentions(row: Comment, people: Collection[Person], leaf: int) -> None:
    """Keep who is mentioned now: since ``leaf`` whoever was not before, so that nobody is told twice."""
    now = {person.pk for person in people}
    present = {mention.person_id: mention for mention in row.mentions.all()}
    current = {pk for pk, mention in present.items() if mention.is_current}
    row.mentions.filter(person__in=current - now).update(is_current=False)
    row.mentions.filter(person__in=(now & present.keys()) - current).update(is_current=True, leaf=leaf)
    Mention.objects.bulk_create(
        [Mention(comment=row, person_id=pk, leaf=leaf) for pk in sorted(now - present.keys())]
    )
