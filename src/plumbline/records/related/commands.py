"""The verbs that add to a record and leave its revision as it is: link, comment, attach.

Each checks the permission, writes its row and appends the trail entry in one transaction, as every verb does.
"""

from __future__ import annotations

from django.conf import settings

from plumbline.identity.actors import Actor
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, TooLarge
from plumbline.records import files, writing
from plumbline.records.models import Attachment, Comment, Link
from plumbline.records.writing import Saved

_LONGEST_NAME = 200


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


def comment(actor: Actor, reference: str, text: str) -> Saved:
    """Say something about a record. Raises `Invalid` for an empty or overlong text."""
    text = text.strip()
    if not text or len(text) > 20_000:
        raise Invalid(
            "The comment was not saved.", [Fault("text", "is empty or too long", "1 to 20,000 characters")]
        )
    with writing.door():
        record, kind = writing.locked(actor, reference)
        writing.require(actor, "comment", kind, record)
        entry = writing.entry(actor, kind, record, "commented", "comment", text.encode(), {})
        Comment.objects.create(
            record_id=record.pk,
            text=text,
            actor=actor.id,
            person_id=actor.person_id,
            at=entry.time,
            leaf=entry.index,
        )
    return writing.saved(record, entry.index)


def attach(actor: Actor, reference: str, name: str, content: bytes, media_type: str) -> Saved:
    """Add a file to a record. Raises `TooLarge` above the upload limit and `Invalid` for an unusable name."""
    limit = settings.PLUMBLINE.upload_limit
    if len(content) > limit:
        raise TooLarge(
            "The file was not saved.",
            [
                Fault(
                    "file",
                    say("fault.over-bytes", "is over {limit} bytes", limit=limit),
                    "split or compress it",
                )
            ],
        )
    name = name.replace("\\", "/").rpartition("/")[2].strip()
    if not name or len(name) > _LONGEST_NAME or any(ord(sign) < 32 for sign in name):
        raise Invalid("The file was not saved.", [Fault("file", "has no usable name", "rename it")])
    with writing.door():
        record, kind = writing.locked(actor, reference)
        writing.require(actor, "attach", kind, record)
        digest = files.keep(content)
        body: dict[str, JSON] = {"name": name, "media_type": media_type[:100], "size": len(content)}
        body["sha256"] = digest
        entry = writing.entry(actor, kind, record, "attached", "attachment", canonical(body), {})
        Attachment.objects.create(
            record_id=record.pk,
            name=name,
            media_type=media_type[:100],
            size=len(content),
            sha256=digest,
            actor=actor.id,
            person_id=actor.person_id,
            at=entry.time,
            leaf=entry.index,
        )
    return writing.saved(record, entry.index)
