"""What hangs on a record: links, comments, attachments, and the records that name it.

Read only; the verbs are in `commands`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, IntegerField, Q, QuerySet, Value

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.records import computed, files, kinds, names, queries, read_log
from plumbline.records import reading as verified
from plumbline.records.approved import queries as approved
from plumbline.records.attachments import queries as dated
from plumbline.records.discussion import queries as discussion
from plumbline.records.discussion.queries import CommentView
from plumbline.records.kinds import Kind
from plumbline.records.models import Attachment, Record
from plumbline.records.qualified.queries import Homes
from plumbline.records.reading import Hanging
from plumbline.records.related.models import Link


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
class AttachmentView:
    """A file of a record. ``sha256`` is the digest of its bytes; ``approved`` as of a link.

    ``document_date`` is the day that stands on the document, ``valid_until`` its last valid day, as they are
    written now; ``dates_approved`` says that these were approved with it. ``replaced`` says that another file
    was added in its place.
    """

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    actor: str
    at: datetime
    leaf: int
    approved: bool
    document_date: date | None
    valid_until: date | None
    dates_approved: bool
    replaced: bool


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
    found += [("in", row, row.source) for row in links_to(record)]
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


def links_to(record: Record, instant: datetime | None = None) -> list[Link]:
    """The links of others to ``record`` that stand, or stood at ``instant``, in order, with their sources."""
    if instant is None:
        return list(record.links_in.select_related("source").order_by("id"))
    standing = Q(ended_at=None) | Q(ended_at__gt=instant)
    rows = Link.every.filter(standing, target_id=record.pk, at__lte=instant)
    return list(rows.select_related("source").order_by("id"))


def standing(leaves: Iterable[int]) -> list[int]:
    """Those of the links made by these entries that stand, by entry, in order."""
    return list(Link.objects.filter(leaf__in=list(leaves)).order_by("leaf").values_list("leaf", flat=True))


def outgoing(actor: Actor, kind: Kind, known: Homes) -> dict[int, list[str]]:
    """The links of all records of ``kind`` to others that ``actor`` may see, by primary key, each as
    ``relation: key``, in order."""
    rows = Link.objects.filter(source__kind=kind.slug)
    rows = rows.filter(target__in=policy.visible(actor, Record.objects.all()).values("pk"))
    found: dict[int, list[str]] = {}
    for source, relation, reference, key in rows.values_list(
        "source_id", "relation", "target__reference", "target__key"
    ):
        found.setdefault(source, []).append(f"{relation}: {known.qualify(reference, key)}")
    return {source: sorted(texts) for source, texts in found.items()}


def comments(actor: Actor, reference: str) -> list[CommentView]:
    """Comments on a record, oldest first."""
    record, _ = queries.find(actor, reference)
    return discussion.views(verified.hanging(record))


def attachments(actor: Actor, reference: str) -> list[AttachmentView]:
    """Files of a record, oldest first."""
    record, _ = queries.find(actor, reference)
    rows = verified.hanging(record).attachments
    bound = approved.approval_leaves([record.pk]).get(record.pk, 0)
    replaced = {row.replaces_id for row in rows}
    return [_view(row, bound, is_replaced=row.pk in replaced) for row in sorted(rows, key=lambda row: row.pk)]


def _view(row: Attachment, bound: int, *, is_replaced: bool) -> AttachmentView:
    leaf, dates = dated.history(row)[-1]
    return AttachmentView(
        row.pk,
        row.name,
        row.media_type,
        row.size,
        row.sha256,
        row.actor,
        row.at,
        row.leaf,
        row.leaf < bound,
        dates.document_date,
        dates.valid_until,
        leaf < bound,
        is_replaced,
    )


def attachment(actor: Actor, reference: str, number: int) -> tuple[AttachmentView, bytes]:
    """One file of a record with its bytes. Raises `NotFound`, also when the bytes have changed."""
    for view in attachments(actor, reference):
        if view.id == number:
            return view, files.read(view.sha256)
    raise NotFound("The record has no file with this number.")


MOST_NAMING = 400
"""Records that name another one which are looked at, the newest; lists of kinds reach the others."""


@dataclass(frozen=True)
class Naming:
    """The records of one kind that name a record in one field and that a reader may see, newest first."""

    kind: Kind
    field: str
    records: tuple[Any, ...]


def naming(
    actor: Actor, kind: Kind, record: Record, whole: Collection[str] = ()
) -> tuple[tuple[Naming, ...], bool]:
    """The records that name ``record`` in a field, by kind and field in the order of the kinds, and whether
    there are older ones than `MOST_NAMING`.

    Those of the kinds ``whole`` (slugs) have all their fields and what is usually shown of what is computed
    of them, the others what every record has. A query for the references, one for the records, and one for
    each of the ``whole`` kinds that there is any record of: a page asks this of a system that a dozen kinds
    may name.
    """
    relations = [
        (other, name)
        for other in kinds.all_kinds()
        for name in other.own_fields
        if other.field(name).related_model is kind.model
        and policy.may(actor, "read", kind=other.slug, anywhere=True)
    ]
    if not relations:
        return (), False
    rows = [_naming_in(other, name, record.pk, place) for place, (other, name) in enumerate(relations)]
    first, *others = rows
    found = list(first.union(*others, all=True).order_by("-naming_id")[: MOST_NAMING + 1])
    is_capped = len(found) > MOST_NAMING
    found = found[:MOST_NAMING]
    slugs = {relations[place][0].slug for _, place in found}
    visible = {
        row.pk: row
        for row in queries.readable(actor, slugs).filter(pk__in={pk for pk, _ in found}).order_by()
    }
    for slug, count in Counter(row.kind for row in visible.values()).items():
        read_log.of_list(actor, kinds.get(slug), count)
    visible |= dict(_whole(slugs & set(whole), visible))
    by_place: dict[int, list[Any]] = {}
    for pk, place in found:
        if pk in visible:
            by_place.setdefault(place, []).append(visible[pk])
    return tuple(Naming(*relations[place], tuple(by_place[place])) for place in sorted(by_place)), is_capped


def _naming_in(kind: Kind, name: str, pk: int, place: int) -> QuerySet[Any, Any]:
    """The keys of the records of ``kind`` that name the record with key ``pk`` in a field, with the place of
    the pair."""
    field: Any = kind.field(name)
    column = Value(place, output_field=IntegerField())
    if field.many_to_many:
        through = field.remote_field.through._default_manager.filter(
            **{f"{field.m2m_reverse_field_name()}_id": pk}
        )
        return _pairs(through, f"{field.m2m_field_name()}_id", column)
    return _pairs(kind.model._default_manager.filter(**{name: pk}), "pk", column)


def _pairs(rows: QuerySet[Any], key: str, place: Value) -> QuerySet[Any, Any]:
    # Annotated under one name, so that a union of several tables can be ordered by it.
    pairs: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(naming_id=F(key), naming_place=place)
        .values_list("naming_id", "naming_place")
    )
    return pairs


def _whole(slugs: Collection[str], visible: Mapping[int, Record]) -> Iterator[tuple[int, Any]]:
    for slug in sorted(slugs):
        kind = kinds.get(slug)
        keys = [pk for pk, row in visible.items() if row.kind == slug]
        rows = kind.model._default_manager.filter(pk__in=keys).annotate(
            **computed.parts(slug, only_usual=True)
        )
        yield from ((row.pk, row) for row in rows.select_related("owner"))
