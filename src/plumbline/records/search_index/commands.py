"""Writing the search index: with the record, comment or file that the door writes, or all of it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias

from django.db import DatabaseError, connection, transaction

from plumbline.records import bulk_insert, guard, kinds
from plumbline.records.kinds import Kind
from plumbline.records.list_index import commands as list_index
from plumbline.records.models import Attachment, Comment, CommentAct, IndexShape, Record, SearchText
from plumbline.records.search_index import documents
from plumbline.records.search_index.engines import engine, install, remove

_BATCH = 200
_SHAPE = "*"
"""The name under which `IndexShape` keeps the version of this index; no kind has it."""


def write(kind: Kind, records: Sequence[Record], *, new: bool) -> None:
    """Keep the words of records as they stand now; ``new`` ones have no row yet. Inside the door only."""
    rows = [SearchText(record_id=row.pk, **documents.of_record(row, kind)) for row in records]
    if new:
        bulk_insert.insert(SearchText, rows)
    else:
        SearchText.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["record"], update_fields=["title", "texts"]
        )


Words: TypeAlias = Callable[[Collection[int]], Mapping[int, Sequence[tuple[str, str]]]]
"""Where it stands and what it says, by key of the record, of what another room keeps beside records."""
_beside: list[Words] = []


def register_words(words: Words) -> None:
    """Search the texts too that ``words`` finds for records; its room calls `note_words` when they change."""
    _beside.append(words)


def words_beside(keys: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """The texts that other rooms keep beside the records with these keys."""
    found = defaultdict[int, list[tuple[str, str]]](list)
    for words in _beside:
        for key, texts in words(keys).items():
            found[key].extend(texts)
    return found


def note_words(references: Collection[str]) -> None:
    """Keep what another room now has to say beside these records, or no longer has."""
    keys = set(Record.objects.filter(reference__in=references).values_list("pk", flat=True))
    known = SearchText.objects.in_bulk(keys)
    with guard.opened("search index"):
        for key, columns in additions(keys).items():
            if any(getattr(known.get(key), name, None) != text for name, text in columns.items()):
                SearchText.objects.filter(record_id=key).update(**columns)


def write_additions(keys: Collection[int]) -> None:
    """Keep the words of what hangs on the records with these keys. Inside the door only."""
    for key, columns in additions(keys).items():
        SearchText.objects.filter(record_id=key).update(**columns)


def additions(keys: Collection[int]) -> dict[int, dict[str, str]]:
    """The columns that follow from comments and files, by key of their record."""
    comments, attachments = defaultdict[int, list[Any]](list), defaultdict[int, list[Any]](list)
    for comment in newest_comments(keys):
        comments[comment.record_id].append(comment)
    for attachment in Attachment.objects.filter(record_id__in=keys):
        attachments[attachment.record_id].append(attachment)
    beside = words_beside(keys)
    return {key: documents.of_additions(comments[key], attachments[key], beside[key]) for key in keys}


def newest_comments(keys: Collection[int]) -> list[Comment]:
    """The comments on the records with these keys, with the text that they have now; they are not saved."""
    rows = list(Comment.objects.filter(record_id__in=keys))
    edits = CommentAct.objects.filter(comment__record_id__in=keys, verb="edited").order_by("leaf")
    texts = dict(edits.values_list("comment_id", "text"))
    for row in rows:
        row.text = texts.get(row.pk, row.text)
    return rows


def compact() -> None:
    """Leave nothing of deleted words in the index, as an erasure asks for."""
    if statement := engine(connection).compact():
        with guard.opened("search index"), connection.cursor() as cursor:
            cursor.execute(statement)


def is_sound() -> bool:
    """Whether the index of the database finds what its table holds."""
    try:
        with guard.opened("search index"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(engine(connection).unsound())
            return connection.vendor == "sqlite" or cursor.fetchone() is None
    except DatabaseError:
        return False


def refresh() -> bool:
    """Write the index again when it was made by other rules or is not complete; whether it was.

    Called after the schema has been brought up to date, before this process serves anybody.
    """
    return _is_stale() and _rebuild(even_fresh=False)


def rebuild_all() -> int:
    """Write the whole index again from the records; how many there are then."""
    _rebuild(even_fresh=True)
    return SearchText.objects.count()


def _is_stale() -> bool:
    if not IndexShape.objects.filter(kind=_SHAPE, digest=str(documents.VERSION)).exists():
        return True
    known = [kind.slug for kind in kinds.all_kinds()]
    return Record.objects.filter(kind__in=known).count() != SearchText.objects.count()


def _rebuild(*, even_fresh: bool) -> bool:
    """Write every row again, in one transaction, unless somebody else has just done so."""
    with guard.opened("search index"), transaction.atomic():
        list_index.keep_writers_out()
        if not (even_fresh or _is_stale()):
            return False
        _empty()
        for kind in kinds.all_kinds():
            rows = _rows(kind)
            while part := list(islice(rows, _BATCH)):
                bulk_insert.insert(SearchText, part)
        IndexShape.objects.update_or_create(kind=_SHAPE, defaults={"digest": str(documents.VERSION)})
    return True


def _empty() -> None:
    """Remove every row. An index that no longer fits its table could not be told what to take out of it."""
    remove(connection)
    SearchText.objects.all().delete()
    install(connection)


def _rows(kind: Kind) -> Iterator[SearchText]:
    records = kind.model._default_manager.order_by("pk").iterator(chunk_size=_BATCH)
    while part := list(islice(records, _BATCH)):
        hung = additions([record.pk for record in part])
        for record in part:
            columns = documents.of_record(record, kind) | hung[record.pk]
            yield SearchText(record_id=record.pk, **columns)
