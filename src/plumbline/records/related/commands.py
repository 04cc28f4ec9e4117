"""The verb that links a record to another and leaves its revision as it is; files are in
`plumbline.records.attachments`, comments in `plumbline.records.discussion`.

It checks the permission, writes its row and appends the trail entry in one transaction, as every verb does.
"""

from __future__ import annotations

from plumbline.identity.actors import Actor
from plumbline.kernel.canonical import canonical
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import queries, writing
from plumbline.records.kinds import Kind
from plumbline.records.models import Link, Record
from plumbline.records.writing import Saved


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
