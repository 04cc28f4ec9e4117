"""What the words of a record follow from: the record, its comments and its files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from plumbline.records.kinds import Kind
from plumbline.records.models import Record, SearchText
from plumbline.records.search_index import commands, documents
from plumbline.trail.proofs import Declaration, Difference, Pass, Proof, compare, whole

TABLE = "records.SearchText"


@dataclass(frozen=True)
class IndexedWords:
    """The row of words that a record has, and what the columns for comments and files should say."""

    row: SearchText | None
    additions: Mapping[str, str]


def rows(keys: Collection[int]) -> dict[int, IndexedWords]:
    """What is there of the records with these keys, to be compared by `differences`."""
    found = SearchText.objects.in_bulk(keys)
    return {key: IndexedWords(found.get(key), each) for key, each in commands.additions(keys).items()}


def differences(record: Record, kind: Kind, indexed: IndexedWords) -> Iterator[Difference]:
    """What a search would find of a record otherwise than the record, its comments and its files say."""
    expected = {**documents.of_record(record, kind), **indexed.additions}
    found = {name: getattr(indexed.row, name, None) for name in expected}
    yield from compare(TABLE, record.reference, None, expected, found)


def check_words(start: int, stop: int) -> Iterator[Difference]:
    """Whether the database finds what the table of words holds."""
    if not commands.is_sound():
        yield Difference(TABLE, "index of words", "index", "the words of the table", "others")


DECLARATIONS: tuple[Declaration, ...] = (
    Proof(
        TABLE,
        "Derived from the record, its comments and its files whenever one of them is written; compared with "
        "records.Record.",
        (Pass("words", whole, check_words),),
        rebuild=commands.rebuild_all,
    ),
)
