"""The port to what finds words: SQLite's FTS5 and PostgreSQL's text search, over the same table of words.

Each adapter says how the index is made (`install`), how terms are asked for, and how well a row fits. The
index itself follows its table inside the database, by triggers, so that no write can forget it (decision 31).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from plumbline.records.search_index.folding import Term

TABLE = "records_searchtext"
WORDS = f"{TABLE}_words"
"""The FTS5 table of SQLite; the table of lexemes of PostgreSQL."""
COLUMNS = ("title", "texts", "comments", "files")
WEIGHTS = {"title": 10.0, "texts": 3.0, "comments": 1.0, "files": 1.0}
"""What a hit in each column counts: names before contents before what hangs on a record."""
_KEY = "records_recordindex.record_id"


class SearchEngine(Protocol):
    """What a database does for the search."""

    def install(self) -> Sequence[str]:
        """The statements that make the index."""

    def remove(self) -> Sequence[str]:
        """The statements that take it away."""

    def compact(self) -> str:
        """The statement that leaves nothing of deleted words in the index; empty where none is needed."""

    def unsound(self) -> str:
        """The statement that finds a row, or raises, when the index holds other words than the table."""

    def matching(self, rows: QuerySet[Any], wanted: Sequence[Term], *, titles: bool) -> QuerySet[Any]:
        """Those of ``rows`` (of the list index) whose record has all terms, newest first, with ``rank``.

        A larger rank is a better one. With ``titles`` every term has to stand in the title.
        """


@dataclass(frozen=True)
class Fts5:
    """SQLite: a virtual table without content of its own, kept by three triggers."""

    def install(self) -> Sequence[str]:
        """Tokens are the words as they stand, since `folding` has folded them; prefixes of 2 and 3 letters
        have an index of their own."""
        names = ", ".join(COLUMNS)
        old, new = (", ".join(f"{side}.{name}" for name in COLUMNS) for side in ("old", "new"))
        delete = f"INSERT INTO {WORDS}({WORDS}, rowid, {names}) VALUES ('delete', old.record_id, {old});"  # noqa: S608
        insert = f"INSERT INTO {WORDS}(rowid, {names}) VALUES (new.record_id, {new});"  # noqa: S608
        changed = " OR ".join(f"old.{name} IS NOT new.{name}" for name in ("record_id", *COLUMNS))
        return [
            f"CREATE VIRTUAL TABLE {WORDS} USING fts5({names}, content='{TABLE}', content_rowid='record_id', "
            "tokenize='unicode61 remove_diacritics 0', prefix='2 3')",
            f"CREATE TRIGGER {WORDS}_insert AFTER INSERT ON {TABLE} BEGIN {insert} END",
            f"CREATE TRIGGER {WORDS}_delete AFTER DELETE ON {TABLE} BEGIN {delete} END",
            f"CREATE TRIGGER {WORDS}_update AFTER UPDATE ON {TABLE} WHEN {changed} "
            f"BEGIN {delete} {insert} END",
        ]

    def remove(self) -> Sequence[str]:
        """Triggers first: they name the table."""
        triggers = [f"DROP TRIGGER {WORDS}_{verb}" for verb in ("insert", "delete", "update")]
        return [*triggers, f"DROP TABLE {WORDS}"]

    def compact(self) -> str:
        """FTS5 marks deleted words as deleted; they are gone when all its segments are merged into one."""
        return f"INSERT INTO {WORDS}({WORDS}) VALUES ('optimize')"  # noqa: S608

    def unsound(self) -> str:
        """FTS5 compares itself with the table, and raises when they differ."""
        return f"INSERT INTO {WORDS}({WORDS}, rank) VALUES ('integrity-check', 1)"  # noqa: S608

    def matching(self, rows: QuerySet[Any], wanted: Sequence[Term], *, titles: bool) -> QuerySet[Any]:
        """FTS5 walks its table from the newest row down, so that a limit ends the walk."""
        expression = " AND ".join(_fts5_term(term) for term in wanted)
        weights = ", ".join(str(WEIGHTS[name]) for name in COLUMNS)
        return rows.extra(  # noqa: S610 - constants and parameters
            select={"rank": f"-bm25({WORDS}, {weights})"},
            tables=[WORDS],
            where=[f"{WORDS} MATCH %s", f"{WORDS}.rowid = {_KEY}"],
            params=[f"title : ({expression})" if titles else expression],
            order_by=[f"-{WORDS}.rowid"],
        )


def _fts5_term(term: Term) -> str:
    # Words are letters and digits alone, so that nothing in the quotation marks needs escaping.
    return f'"{" ".join(term.words)}"' + ("" if term.whole else "*")


@dataclass(frozen=True)
class TextSearch:
    """PostgreSQL: a table of weighted lexemes with a GIN index, kept by a trigger.

    A table of its own and no generated column, so that the table of words is the same on both databases.
    """

    def install(self) -> Sequence[str]:
        """The configuration ``simple`` takes words as they stand."""
        lexemes = _weighted("new.")
        return [
            f"CREATE TABLE {WORDS} (record_id bigint PRIMARY KEY REFERENCES {TABLE} ON DELETE CASCADE, "
            "words tsvector NOT NULL)",
            f"CREATE INDEX {WORDS}_gin ON {WORDS} USING gin (words)",
            f"CREATE FUNCTION {WORDS}_keep() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "  # noqa: S608
            f"INSERT INTO {WORDS} (record_id, words) VALUES (new.record_id, {lexemes}) "
            "ON CONFLICT (record_id) DO UPDATE SET words = excluded.words; RETURN NULL; END$$",
            f"CREATE TRIGGER {WORDS} AFTER INSERT OR UPDATE ON {TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION {WORDS}_keep()",
        ]

    def remove(self) -> Sequence[str]:
        """The trigger first: it names the function."""
        return [
            f"DROP TRIGGER {WORDS} ON {TABLE}",
            f"DROP FUNCTION {WORDS}_keep()",
            f"DROP TABLE {WORDS}",
        ]

    def compact(self) -> str:
        """Dead rows and their entries in the index go with the vacuum that follows an erasure."""
        return ""

    def unsound(self) -> str:
        """Rows whose lexemes are not those of their words."""
        return (
            f"SELECT 1 FROM {TABLE} FULL JOIN {WORDS} USING (record_id) "  # noqa: S608
            f"WHERE {WORDS}.words IS DISTINCT FROM ({_weighted(f'{TABLE}.')}) LIMIT 1"
        )

    def matching(self, rows: QuerySet[Any], wanted: Sequence[Term], *, titles: bool) -> QuerySet[Any]:
        """The weights of ``ts_rank`` are given from D to A."""
        letters = "A" if titles else ""
        expression = " & ".join(_lexemes(term, letters) for term in wanted)
        weights = ", ".join(str(WEIGHTS[name] / 10) for name in reversed(COLUMNS))
        column, query = f"{WORDS}.words", "to_tsquery('simple', %s)"
        return rows.extra(  # noqa: S610 - constants and parameters
            select={"rank": f"ts_rank('{{{weights}}}', {column}, {query})"},
            select_params=[expression],
            tables=[WORDS],
            where=[f"{column} @@ {query}", f"{WORDS}.record_id = {_KEY}"],
            params=[expression],
            order_by=[f"-{WORDS}.record_id"],
        )


def _weighted(side: str) -> str:
    return " || ".join(
        f"setweight(to_tsvector('simple', {side}{name}), '{letter}')"
        for name, letter in zip(COLUMNS, "ABCD", strict=True)
    )


def _lexemes(term: Term, letters: str) -> str:
    last = len(term.words) - 1
    marks = [letters + ("*" if place == last and not term.whole else "") for place in range(last + 1)]
    parts = [f"'{word}'{':' + mark if mark else ''}" for word, mark in zip(term.words, marks, strict=True)]
    return f"({' <-> '.join(parts)})"


def engine(connection: BaseDatabaseWrapper) -> SearchEngine:
    """The adapter for a connection."""
    return TextSearch() if connection.vendor == "postgresql" else Fts5()


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the index. For migrations."""
    with connection.cursor() as cursor:
        for statement in engine(connection).install():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the index away. For migrations that are taken back."""
    with connection.cursor() as cursor:
        for statement in engine(connection).remove():
            cursor.execute(statement)
