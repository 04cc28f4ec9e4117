"""What hangs on a record: links, comments, attachments. Read only; the verbs are in `commands`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.records import files, names, queries
from plumbline.records import reading as verified
from plumbline.records.approved import queries as approved
from plumbline.records.models import Record
from plumbline.records.reading import Hanging


@dataclass(frozen=True)
class LinkView:
    """A relation between two records, seen from one: ``direction`` is *out* (it says so) or *in*.

    ``approved`` says that the record that says so was approved with it; one added later stands apart.
    """

    relation: str
    direction: str
    reference: str
    title: str
    note: str
    actor: str
    at: datetime
    leaf: int
    approved: bool


@dataclass(frozen=True)
class CommentView:
    """What somebody said about a record, in Markdown."""

    text: str
    actor: str
    name: str
    at: datetime
    leaf: int


@dataclass(frozen=True)
class AttachmentView:
    """A file of a record. ``sha256`` is the digest of its bytes; ``approved`` as of a link."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    actor: str
    at: datetime
    leaf: int
    approved: bool


def _found(actor: Actor, reference: str) -> Record:
    """The record, with all that hangs on it verified. Raises `NotFound`, `NotAllowed` or `Altered`."""
    record, _ = queries.find(actor, reference)
    verified.hanging(record)
    return record


def hanging(record: Record) -> Hanging:
    """What hangs on a record that was given by `queries.find`, verified. Raises `Altered`."""
    return verified.hanging(record)


def links(actor: Actor, reference: str) -> list[LinkView]:
    """Links of a record, out first; those to records that ``actor`` may not see are left out."""
    record = _found(actor, reference)
    found = [("out", row, row.target) for row in record.links_out.select_related("target").order_by("id")]
    found += [("in", row, row.source) for row in record.links_in.select_related("source").order_by("id")]
    known = names.titles(actor, (other.reference for _, _, other in found))
    bound = approved.approval_leaves([record.pk, *(other.pk for _, _, other in found)])
    return [
        LinkView(
            row.relation,
            direction,
            other.reference,
            other.title,
            row.note,
            row.actor,
            row.at,
            row.leaf,
            row.leaf < bound.get(row.source_id, 0),
        )
        for direction, row, other in found
        if other.reference in known
    ]


def comments(actor: Actor, reference: str) -> list[CommentView]:
    """Comments on a record, oldest first."""
    record = _found(actor, reference)
    return [
        CommentView(row.text, row.actor, row.person.full_name if row.person else "", row.at, row.leaf)
        for row in record.comments.select_related("person").order_by("id")
    ]


def attachments(actor: Actor, reference: str) -> list[AttachmentView]:
    """Files of a record, oldest first."""
    record = _found(actor, reference)
    bound = approved.approval_leaves([record.pk]).get(record.pk, 0)
    return [
        AttachmentView(
            row.pk,
            row.name,
            row.media_type,
            row.size,
            row.sha256,
            row.actor,
            row.at,
            row.leaf,
            row.leaf < bound,
        )
        for row in record.attachments.order_by("id")
    ]


def attachment(actor: Actor, reference: str, number: int) -> tuple[AttachmentView, bytes]:
    """One file of a record with its bytes. Raises `NotFound`, also when the bytes have changed."""
    for view in attachments(actor, reference):
        if view.id == number:
            return view, files.read(view.sha256)
    raise NotFound("The record has no file with this number.")
