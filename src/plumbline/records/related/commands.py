"""The verbs that link a record to another and take that back, and leave its revision as it is; files are in
`plumbline.records.attachments`, comments in `plumbline.records.discussion`.

It checks the permission, writes its row and appends the trail entry in one transaction, as every verb does.
"""

from __future__ import annotations

from plumbline.identity.actors import Actor
from plumbline.kernel.canonical import canonical
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotFound
from plumbline.records import queries, writing
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.related.models import Link
from plumbline.records.writing import Saved

_APPROVED = say("link.approved", "was approved with its record, which it goes on being a part of")


def link(actor: Actor, reference: str, relation: str, target_reference: str, note: str = "") -> Saved:
    """Say that one record relates to another. Saying it twice changes nothing."""
    relation = relation.strip()
    if not relation or len(relation) > 40:
        raise Invalid(
            "The link was not saved.", [Fault("relation", "is missing or longer than 40", "such as: treats")]
        )
    if len(note) > 500:
        raise Invalid(
            "The link was not saved.", [Fault("note", "is longer than 500 characters", "shorten it")]
        )
    with writing.door():
        record, kind = writing.locked(actor, reference)
        target, _ = writing.locked(actor, target_reference)
        writing.require(actor, "link", kind, record)
        if record.pk == target.pk:
            raise Invalid(
                "The link was not saved.", [Fault("target", "is the record itself", "name another record")]
            )
        present = Link.objects.filter(source_id=record.pk, target_id=target.pk, relation=relation).first()
        if present is not None:
            return writing.saved(record, present.leaf)
        body = {"relation": relation, "note": note, "target": target.reference}
        entry = writing.entry(
            actor, kind, record, "linked", "link", canonical(body), {"target": target.reference}
        )
        Link.objects.create(
            source_id=record.pk,
            target_id=target.pk,
            relation=relation,
            note=note,
            actor=actor.id,
            person_id=actor.person_id,
            at=entry.time,
            leaf=entry.index,
        )
    return writing.saved(record, entry.index)


def unlink(actor: Actor, leaf: int, note: str = "") -> Saved:
    """Take back the link that was made by the entry ``leaf``. Whoever may link may do so.

    Raises `NotFound` where there is none that stands, and `Conflict` for one that somebody has approved with
    its record: what was decided holds.
    """
    with writing.door():
        present = Link.objects.filter(leaf=leaf).select_related("source", "target").first()
        if present is None:
            raise NotFound("There is no such link, or it was taken back before.")
        record, kind = writing.locked(actor, present.source.reference)
        writing.require(actor, "link", kind, record)
        if record.approvals.filter(leaf__gt=leaf).exists():
            raise Conflict("The link was approved with its record.", [Fault("link", _APPROVED)])
        body = {"relation": present.relation, "note": note, "target": present.target.reference}
        facts = {"target": present.target.reference, "link": leaf}
        entry = writing.entry(actor, kind, record, "unlinked", "link", canonical(body), facts)
        Link.objects.filter(pk=present.pk).update(ended_at=entry.time, ended_leaf=entry.index)
    return writing.saved(record, entry.index)


def judge_link(actor: Actor, kind: Kind, record: Record, relation: str, target_reference: str) -> bool:
    """Whether `link` would add a link; raises what it would raise for ``record``. Writes nothing."""
    target, _ = queries.find(actor, target_reference)
    writing.require(actor, "link", kind, record)
    if record.pk == target.pk:
        raise Invalid(
            "The link was not saved.", [Fault("target", "is the record itself", "name another record")]
        )
    links = Link.objects.filter(source_id=record.pk, target_id=target.pk, relation=relation.strip())
    return not links.exists()
