"""Adding a file to a record, and saying of when it is and until when it is valid.

A file and each later word on its dates are rows of their own with an entry each, so that an approval goes on
binding what was there when it was given.
"""

from __future__ import annotations

import unicodedata

from django.conf import settings

from plumbline.identity.actors import Actor
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotFound, TooLarge
from plumbline.records import files, form_faults, writing
from plumbline.records.attachments import contents, queries
from plumbline.records.attachments import dates as rules
from plumbline.records.attachments.dates import NONE, Dates
from plumbline.records.models import Attachment, AttachmentDates, Record
from plumbline.records.search_index import commands as search_index
from plumbline.records.writing import Saved

_LONGEST_NAME = 200
_REFUSED = "The file was not saved."


def attach(
    actor: Actor,
    reference: str,
    name: str,
    content: bytes,
    media_type: str,
    *,
    dates: Dates = NONE,
    replaces: int | None = None,
) -> Saved:
    """Add a file to a record, with its ``dates``, in place of the one with the number ``replaces``.

    What is replaced stays where it is and is relied on no longer. Raises `TooLarge` above the upload limit
    and `Invalid` for an unusable name, untrue dates, a file to replace that is none, and faulty `contents`.
    """
    name = _checked_name(name, content)
    if faults := list(rules.faults_of(dates)):
        raise Invalid(_REFUSED, faults)
    with writing.door():
        record, kind = writing.locked(actor, reference)
        writing.require(actor, "attach", kind, record)
        former = _to_replace(record, replaces)
        if misfits := contents.faults_of(kind.slug, name, content):
            raise Invalid(_REFUSED, misfits)
        digest = files.keep(content)
        body: dict[str, JSON] = {
            "name": name,
            "media_type": media_type[:100],
            "size": len(content),
            "sha256": digest,
            **dates.as_json(),
            "replaces": former.leaf if former is not None else None,
        }
        entry = writing.entry(actor, kind, record, "attached", "attachment", canonical(body), {})
        Attachment.objects.create(
            record_id=record.pk,
            name=name,
            media_type=media_type[:100],
            size=len(content),
            sha256=digest,
            document_date=dates.document_date,
            valid_until=dates.valid_until,
            replaces=former,
            actor=actor.id,
            person_id=actor.person_id,
            at=entry.time,
            leaf=entry.index,
        )
        search_index.write_additions([record.pk])
    return writing.saved(record, entry.index)


def _checked_name(name: str, content: bytes) -> str:
    """The name of a file that may be saved with this content. Raises `TooLarge` or `Invalid`."""
    limit = settings.PLUMBLINE.upload_limit
    if len(content) > limit:
        over = say("fault.over-bytes", "is over {limit} bytes", limit=limit)
        raise TooLarge(_REFUSED, [Fault("file", over, "split or compress it")])
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2].strip())
    if not name or len(name) > _LONGEST_NAME:
        raise Invalid(_REFUSED, [Fault("file", "has no usable name", "rename it")])
    if faults := form_faults.of_name("file", name):
        raise Invalid(_REFUSED, faults)
    if not content:
        remedy = "an empty file shows nothing; choose another"
        raise Invalid(_REFUSED, [Fault("file", "is empty", remedy)])
    return name


def _to_replace(record: Record, number: int | None) -> Attachment | None:
    if number is None:
        return None
    former = record.attachments.filter(pk=number, replaced_by=None).first()
    if former is None:
        remedy = "choose a file of this record that none has replaced"
        raise Invalid(_REFUSED, [Fault("replaces", "is no file of this record to replace", remedy)])
    return former


def set_dates(actor: Actor, reference: str, number: int, dates: Dates) -> Saved:
    """Say of when a file is and until when it is valid, by an entry of its own; what was said before stays.

    An approval goes on binding the dates that were there when it was given: a later end counts once it is
    approved. Raises `NotFound`, `Invalid` for dates that cannot be true, and `Conflict` where they are
    those already or the file was replaced.
    """
    if faults := list(rules.faults_of(dates)):
        raise Invalid("The dates were not saved.", faults)
    with writing.door():
        record, kind = writing.locked(actor, reference)
        writing.require(actor, "attach", kind, record)
        file = record.attachments.prefetch_related("dates").filter(pk=number).first()
        if file is None:
            raise NotFound("The record has no file with this number.")
        if file.replaced_by.exists():
            raise Conflict("Another file has replaced this one. Give the dates of that one.")
        if queries.newest(file) == dates:
            raise Conflict("The file has these dates already.")
        body: dict[str, JSON] = {"file": file.leaf, **dates.as_json()}
        entry = writing.entry(actor, kind, record, "dated", "dates", canonical(body), {})
        AttachmentDates.objects.create(
            attachment=file,
            document_date=dates.document_date,
            valid_until=dates.valid_until,
            actor=actor.id,
            person_id=actor.person_id,
            at=entry.time,
            leaf=entry.index,
        )
    return writing.saved(record, entry.index)
