"""Merging two records of one kind. Part of the one door: the source ends by a step of its own workflow.

Nothing is moved: links, comments, files and what names the source stay where they were said, and are found
from the record that goes on. Whoever could not end the source by the step that ends it does not merge it.
"""

from __future__ import annotations

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Ref, Word, say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed, NotFound
from plumbline.records import commands, writing
from plumbline.records.kinds import Kind
from plumbline.records.merging import queries
from plumbline.records.merging.models import INTO, Merge
from plumbline.records.models import Record
from plumbline.records.writing import Saved


def merge(actor: Actor, source: str, target: str, *, revision: int | None, reason: str) -> Saved:
    """Say that ``source`` is the same as ``target``, which goes on; ``revision`` is that of the source.

    Where neither was ever approved and the source can be discarded, it ends at once, and whoever did it can
    take it back as any step. Else it waits for a second person (`confirm`). Raises `NotAllowed` without the
    permission for both, `Stale`, `Invalid`, or `Conflict` where the source cannot end from its state.
    """
    if not reason.strip():
        raise Invalid("Nothing was merged.", [Fault("reason", "is missing", "say why the two are one")])
    with writing.door():
        one, kind = writing.locked(actor, source)
        other, other_kind = writing.locked(actor, target)
        _check(actor, kind, one, other_kind, other)
        writing.check_revision(one, revision)
        step, first = queries.ending(kind, one.state)
        if step is None:
            raise _no_end(kind, one)
        text, facts = _reason(other, reason), {INTO: other.reference}
        if first is not None:
            saved = commands.move(actor, source, first.name, revision=revision, reason=text, facts=facts)
        elif step.discards and not (_was_approved(one) or _was_approved(other)):
            saved = commands.move(actor, source, step.name, revision=revision, reason=text, facts=facts)
        else:
            entry = writing.entry(actor, kind, one, "merge-proposed", "note", text.encode(), facts)
            saved = writing.saved(one, entry.index)
        one.refresh_from_db()
        Merge.objects.create(
            source_id=one.pk,
            target_id=other.pk,
            revision=one.revision,
            actor=actor.id,
            person_id=actor.person_id,
            at=one.updated_at if first is not None or one.revision != revision else entry.time,
            leaf=saved.leaf,
        )
    return saved


def confirm(actor: Actor, source: str) -> Saved:
    """End the source of a merge that waits, as a second person.

    Raises `NotAllowed`, `Conflict` where either has ended, or `NotFound` where none waits.
    """
    with writing.door():
        record, kind = writing.locked(actor, source)
        row = _waiting(record)
        other, _ = writing.locked(actor, row.target.reference)
        for each in (record, other):
            writing.require(actor, "amend", kind, each)
        answer = policy.independent(actor, author_ids=[row.person_id], owner_id=None, kind=kind.slug)
        if not answer:
            raise NotAllowed(answer.reason)
        if other.state in queries.over(kind.workflow):
            raise _ended(kind, other)
        step, first = queries.ending(kind, record.state)
        if step is None or first is not None:
            raise _no_end(kind, record)
        facts = {"merged-into": other.reference}
        reason = _reason(other, "")
        return commands.move(actor, source, step.name, revision=record.revision, reason=reason, facts=facts)


def drop(actor: Actor, source: str) -> Saved:
    """Drop a merge that waits; the record stays as it stands. Raises `NotAllowed` or `NotFound`."""
    with writing.door():
        record, kind = writing.locked(actor, source)
        row = _waiting(record)
        writing.require(actor, "amend", kind, record)
        facts = {"merge": row.leaf, "into": row.target.reference}
        entry = writing.entry(actor, kind, record, "merge-dropped", "", b"", facts)
        Merge.objects.filter(pk=row.pk).update(dropped_leaf=entry.index)
        return writing.saved(record, entry.index)


def _check(actor: Actor, kind: Kind, one: Record, other_kind: Kind, other: Record) -> None:
    for record in (one, other):
        writing.require(actor, "amend", kind, record)
    if kind is not other_kind or one.pk == other.pk:
        message = "is the record itself" if one.pk == other.pk else "is a record of another kind"
        raise Invalid("Nothing was merged.", [Fault("target", message, "name another record of this kind")])
    if other.state in queries.over(kind.workflow):
        raise _ended(kind, other)
    if one.state in queries.over(kind.workflow):
        raise _ended(kind, one)
    if queries.waiting(one) is not None:
        raise Conflict("A merge of this record waits already. Confirm it, or drop it first.")


def _waiting(record: Record) -> Merge:
    found = queries.waiting(record)
    if found is None:
        raise NotFound("No merge of this record waits for anybody, or the record has changed since.")
    return found


def _was_approved(record: Record) -> bool:
    return record.approvals.exists()


def _reason(other: Record, reason: str) -> str:
    text = f"Merged into {other.reference}."
    return f"{text} {reason.strip()}".strip()


def _ended(kind: Kind, record: Record) -> Conflict:
    return Conflict(
        say(
            "merge.ended",
            "{record} is {state}, and nothing is merged with what has ended.",
            record=Ref(record.reference),
            state=Word(record.state),
        )
    )


def _no_end(kind: Kind, record: Record) -> Conflict:
    return Conflict(
        say(
            "merge.no-end",
            "No step ends {record} while it is {state}.",
            record=Ref(record.reference),
            state=Word(record.state),
        )
    )
