"""What records and all that hangs on them follow from: the openings of their entries in the trail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from plumbline.identity import authors
from plumbline.kernel.clock import rfc3339
from plumbline.records import kinds
from plumbline.records import values as plain_values
from plumbline.records.approved import digest
from plumbline.records.attachments import proofs as dated
from plumbline.records.discussion import proofs as discussion
from plumbline.records.kinds import Kind
from plumbline.records.list_index import commands as list_index
from plumbline.records.merging import proofs as merging
from plumbline.records.models import (
    Approval,
    Comment,
    Record,
    RecordIndex,
    Revision,
    Sequence,
)
from plumbline.records.related.models import Link
from plumbline.records.search_index import proofs as search_index
from plumbline.trail.commitments import queries as committed
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.entry_rows import EntryRows, span_of
from plumbline.trail.proofs import (
    Declaration,
    Difference,
    NoProof,
    Pass,
    Proof,
    compare,
    whole,
    without_entry,
    without_row,
)

REVISING = frozenset(
    f"record.{verb}" for verb in ("created", "amended", "moved", "retracted", "followed", "assigned")
)
"""Types of entries that keep a revision."""
RECORD, INDEX = "records.Record", "records.RecordIndex"


def _day(value: Any) -> str | None:
    return None if value is None else value.isoformat()


# Revisions, approvals and what hangs on a record: one entry, one row


def _revision(entry: CommittedEntry) -> dict[str, object] | None:
    snapshot = entry.json("revision")
    if snapshot is None:
        return None
    return {
        "record": entry.subject["ref"],
        "number": entry.subject["revision"],
        "verb": entry.verb,
        "state": snapshot["state"],
        **authors.of_actor(entry.view.actor),
        "note": entry.text("note"),
        "at": snapshot["recorded"],
        "effective_from": snapshot["values"].get("effective_from"),
        "deputy_for": entry.facts.get("deputy_for"),
    }


REVISIONS = EntryRows(
    table="records.Revision",
    rows=lambda: Revision.objects.select_related("record", "person", "deputy_for"),
    types=REVISING,
    expected=_revision,
    found=lambda row: {
        "record": row.record.reference,
        "number": row.number,
        "verb": row.verb,
        "state": row.state,
        **authors.of_row(row),
        "note": row.note,
        "at": rfc3339(row.at),
        "effective_from": _day(row.effective_from),
        "deputy_for": row.deputy_for.handle if row.deputy_for else None,
    },
    row=lambda row: f"{row.record.reference} revision {row.number}",
)


def _approval(entry: CommittedEntry) -> dict[str, object] | None:
    snapshot = entry.json("revision")
    if snapshot is None:
        return None
    expected = {
        "record": entry.subject["ref"],
        "revision": entry.facts["approves"],
        "person": authors.of_actor(entry.view.actor)["person"],
        "move": entry.facts["move"],
        "digest": entry.facts["digest"],
        "at": snapshot["recorded"],
    }
    if "reason" in entry.openings:
        expected["reason"] = entry.text("reason")
    body = entry.openings.get(digest.SLOT)
    if body is not None and digest.digest_of(body) != entry.facts["digest"]:
        expected["digest"] = digest.digest_of(body)
    return expected


APPROVALS = EntryRows(
    table="records.Approval",
    rows=lambda: Approval.objects.select_related("record", "person"),
    types=frozenset({"record.moved"}),
    makes_row=lambda entry: "approves" in entry.facts,
    expected=_approval,
    found=lambda row: {
        "record": row.record.reference,
        "revision": row.revision,
        "person": row.person.handle,
        "move": row.move,
        "digest": row.digest,
        "reason": row.reason,
        "at": rfc3339(row.at),
    },
    row=lambda row: f"approval of {row.record.reference} revision {row.revision}",
)


LINKS = EntryRows(
    table="records.Link",
    rows=lambda: Link.every.select_related("source", "target", "person"),
    types=frozenset({"record.linked"}),
    expected=lambda entry: dated.hanging(entry, "link"),
    found=lambda row: {
        "of": row.source.reference,
        "target": row.target.reference,
        "relation": row.relation,
        "note": row.note,
        **authors.of_row(row),
        "at": rfc3339(row.at),
    },
    row=lambda row: f"link of {row.source.reference} to {row.target.reference}",
)


UNLINKED = "record.unlinked"
"""The type of the entry by which a link is taken back; its fact ``link`` names the entry that made it."""


def link_end_differences(row: Link, entry: CommittedEntry | None) -> Iterator[Difference]:
    """What a link says of its end otherwise than the entry ``ended_leaf``."""
    if row.ended_leaf is None:
        return
    if entry is None or entry.view.entry_type != UNLINKED:
        yield without_entry("records.Link", f"end of {LINKS.row(row)}", row.ended_leaf)
        return
    expected = {"link": entry.facts["link"], "ended_at": rfc3339(entry.view.time)}
    found = {"link": row.leaf, "ended_at": rfc3339(row.ended_at) if row.ended_at else None}
    yield from compare("records.Link", f"end of {LINKS.row(row)}", entry.index, expected, found)


def _check_ended_links(start: int, stop: int) -> Iterator[Difference]:
    rows = list(LINKS.rows().filter(pk__gte=start, pk__lt=stop).exclude(ended_leaf=None))
    entries = committed.at([row.ended_leaf for row in rows if row.ended_leaf is not None])
    for row in rows:
        yield from link_end_differences(row, entries.get(row.ended_leaf or 0))


def _check_unlinked(start: int, stop: int) -> Iterator[Difference]:
    views = committed.between(start, stop, {UNLINKED})
    ended = set(
        Link.every.filter(ended_leaf__gte=start, ended_leaf__lt=stop).values_list("ended_leaf", flat=True)
    )
    for view in views:
        if view.index not in ended:
            yield without_row("records.Link", view.subject_ref, view.index)


def _comment(entry: CommittedEntry) -> dict[str, object] | None:
    if "comment" not in entry.openings:
        return None
    own = {"of": entry.subject["ref"], "text": entry.text("comment"), "at": rfc3339(entry.view.time)}
    return {**own, **authors.of_actor(entry.view.actor)}


COMMENTS = EntryRows(
    table="records.Comment",
    rows=lambda: Comment.objects.select_related("record", "person"),
    types=frozenset({"record.commented"}),
    expected=_comment,
    found=lambda row: {
        "of": row.record.reference,
        "text": row.text,
        **authors.of_row(row),
        "at": rfc3339(row.at),
    },
    row=lambda row: f"comment {row.pk} on {row.record.reference}",
)


# Records: the newest entry about one says all that it is


def rows_of(kind: Kind) -> QuerySet[Any]:
    """Records of a kind with all that `of_record` reads of them."""
    names = [
        name for name in kind.field_names if kind.field(name).is_relation and name not in kind.many_valued
    ]
    rows = kind.model._default_manager.select_related("unit_wanted", *names)
    return rows.prefetch_related(*kind.many_valued)


def of_record(record: Record, kind: Kind) -> dict[str, object]:
    """A record as its newest entry commits to it, field by field."""
    return _flat(plain_values.revision_body(record, kind))


def _flat(body: Mapping[str, Any]) -> dict[str, object]:
    own = {name: body[name] for name in ("kind", "revision", "state", "recorded", "key") if name in body}
    return {**own, **body["values"], **body.get("system", {})}


def record_differences(record: Record, kind: Kind, entry: CommittedEntry | None) -> Iterator[Difference]:
    """What a record says otherwise than its newest entry; a damaged opening is said of the entry."""
    if entry is None:
        yield without_entry(RECORD, record.reference)
        return
    snapshot = entry.json("revision")
    if snapshot is not None:
        expected, found = _flat(snapshot), of_record(record, kind)
        yield from compare(kind.model._meta.label, record.reference, entry.index, expected, found)


def index_differences(record: Record, kind: Kind, row: RecordIndex | None) -> Iterator[Difference]:
    """What lists would say of a record otherwise than the record itself does."""
    expected = list_index.columns(kind, record, {})
    found = {name: getattr(row, name) for name in expected} if row is not None else {}
    yield from compare(INDEX, record.reference, None, expected, found)


def newest_entries(references: Collection[str]) -> dict[str, CommittedEntry]:
    """The newest entry that keeps a revision of each record, by reference."""
    newest = committed.newest_about(references, REVISING)
    entries = committed.at(list(newest.values()))
    return {reference: entries[index] for reference, index in newest.items() if index in entries}


def _check_records(start: int, stop: int) -> Iterator[Difference]:
    by_kind: dict[str, list[int]] = defaultdict(list)
    references: dict[int, str] = {}
    rows = Record.objects.filter(pk__gte=start, pk__lt=stop)
    for pk, slug, reference in rows.values_list("pk", "kind", "reference"):
        by_kind[slug].append(pk)
        references[pk] = reference
    entries = newest_entries(list(references.values()))
    indexed = RecordIndex.objects.in_bulk(list(references))
    searched = search_index.rows(list(references))
    for slug, keys in by_kind.items():
        if not kinds.exists(slug):
            continue  # a plugin that is not installed now: its table cannot be read
        kind = kinds.get(slug)
        found = {record.pk: record for record in rows_of(kind).filter(pk__in=keys)}
        for pk in keys:
            entry = entries.get(references[pk])
            if pk in found:
                yield from record_differences(found[pk], kind, entry)
                yield from index_differences(found[pk], kind, indexed.get(pk))
                yield from search_index.differences(found[pk], kind, searched[pk])
            else:
                yield without_row(kind.model._meta.label, references[pk], entry.index if entry else -1)


def _check_created(start: int, stop: int) -> Iterator[Difference]:
    """Records that were made and are gone."""
    views = committed.between(start, stop, {"record.created"})
    wanted = [view.subject_ref for view in views]
    known = set(Record.objects.filter(reference__in=wanted).values_list("reference", flat=True))
    for view in views:
        if view.subject_ref not in known:
            yield without_row(RECORD, view.subject_ref, view.index)


def _check_sequences(start: int, stop: int) -> Iterator[Difference]:
    """The last number of each prefix is the highest that was given out: no number comes twice."""
    last = dict(Sequence.objects.values_list("prefix", "last"))
    for kind in kinds.all_kinds():
        newest = Record.objects.filter(kind=kind.slug).order_by("-pk").values_list("reference", flat=True)
        highest = max((int(reference.rpartition("-")[2]) for reference in newest[:50]), default=0)
        expected = {"last": max(highest, 0)}
        yield from compare(
            "records.Sequence", kind.prefix, None, expected, {"last": last.get(kind.prefix, 0)}
        )


_NAMES_A_ROW = "Follows from the entry whose number it has. "


def _records() -> Iterator[Declaration]:
    """The table of all records, and those of every kind that is known now."""
    yield Proof(
        RECORD,
        "A record is what the newest entry about its reference says of it: the opening “revision” has the "
        "values a person gave, the state, the number of the revision, and what the system itself sets.",
        (
            Pass("rows", lambda: span_of(Record.objects.all()), _check_records, step=200),
            Pass("entries", committed.log_span, _check_created, step=2_000),
        ),
    )
    for kind in kinds.all_kinds():
        yield Proof(kind.model._meta.label, f"The fields of a {kind.name}; compared with records.Record.")
        for name in kind.many_valued:
            through: Any = getattr(kind.field(name).remote_field, "through", None)
            text = f"What “{name}” of a {kind.name} names; compared with records.Record."
            yield Proof(through._meta.label, text)


def _on_a_record() -> Iterator[Declaration]:
    """What hangs on a record: one entry, one row."""
    yield Proof(
        "records.Revision",
        _NAMES_A_ROW + "The opening “revision” has its state, time and day of effect, “note” its note.",
        REVISIONS.passes(),
    )
    yield Proof(
        "records.Approval",
        _NAMES_A_ROW + "Facts and the opening “approval” say what it binds, “reason” why it was given.",
        APPROVALS.passes(),
    )
    yield Proof(
        "records.Link",
        _NAMES_A_ROW
        + "The opening “link” has what it says; an entry of its own says that one was taken back.",
        (
            *LINKS.passes(),
            Pass("ends", lambda: span_of(Link.every.all()), _check_ended_links),
            Pass("entries of ends", committed.log_span, _check_unlinked, step=2_000),
        ),
    )
    yield Proof("records.Comment", _NAMES_A_ROW + "The opening “comment” is its text.", COMMENTS.passes())
    yield from merging.DECLARATIONS
    yield from discussion.declarations()
    yield from dated.declarations()


def _beside_records() -> Iterator[Declaration]:
    """The list index and numbers."""
    yield Proof(
        INDEX,
        "Derived from the record whenever it is written; compared with records.Record.",
        rebuild=list_index.rebuild_all,
    )
    yield from search_index.DECLARATIONS
    yield Proof(
        "records.Sequence",
        "The highest number of a reference that was given out under its prefix.",
        (Pass("rows", whole, _check_sequences),),
    )
    yield NoProof("records.SavedView", "Which lists people keep under a name; they decide nothing, and "
                  "the entry of a shared one says who shared what with whom.")  # fmt: skip
    yield NoProof("records.WorkingCopy", "What somebody has typed and not saved. It is no revision: nobody "
                  "but its author reads it, and nothing follows from it until it is saved.")  # fmt: skip
    yield NoProof("records.IndexShape", "Says in which columns the list index keeps what; a wrong one has "
                  "the index written again.")  # fmt: skip
    yield NoProof("records.IdempotencyKey", "Copies of answers to requests, kept seven days for a sender "
                  "that asks twice; nothing is read from them otherwise.")  # fmt: skip


def DECLARATIONS() -> Iterator[Declaration]:  # noqa: N802 - the name that every room declares under
    """The tables of records, of every kind that is known now, and of what hangs on a record."""
    yield from _records()
    yield from _on_a_record()
    yield from _beside_records()
