"""What lists, files and the API say of a record that came by an import, and the condition that finds it.

*Imported, incomplete* is no step of a workflow: it is worked out from the draft whenever somebody asks, ends
by itself with the last answer, and keeps the record back from nothing but the step that asks for answers.
"""

from __future__ import annotations

import re
from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from plumbline.identity.actors import Actor
from plumbline.imports.stated import queries, words
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.records import computed, kinds
from plumbline.records.completeness import queries as completeness
from plumbline.records.computed import Computed
from plumbline.records.conditions import queries as conditions
from plumbline.records.conditions.values import refused
from plumbline.records.csv_export import SEPARATOR
from plumbline.records.kinds import Kind
from plumbline.records.search_index import commands as search_index

CONDITION = "imported"
_ID = re.compile("imp_[0-9a-f]{20}")
INCOMPLETE, COMPLETE = "incomplete", "complete"
_LINE, _WORDS, _FILE, _AT, _ROW = (f"imported_{name}" for name in ("line", "words", "file", "at", "row"))
_LACKING = "imported_lacking"


def register() -> None:
    """Add the derived columns and the condition to those that every list knows."""
    conditions.register(CONDITION, matching)
    search_index.register_words(queries.texts_beside)
    for one in (
        Computed("imported", "imported", lambda: {_LINE: _made()}, state, is_usual=False),
        Computed("missing", "missing answers", lambda: {_LINE: _made()}, missing, is_usual=False),
        Computed("stated_by_source", "as stated by the source", _stated, stated, is_usual=False),
    ):
        computed.register(computed.EVERY, one)


def _made() -> QuerySet[Any, Any]:
    return queries.made().filter(reference=OuterRef("reference")).values("line")[:1]


def _stated() -> dict[str, QuerySet[Any, Any]]:
    newest = queries.stating().filter(reference=OuterRef("reference")).order_by("-id")
    columns = {_WORDS: "stated", _FILE: "job__file_name", _AT: "job__confirmed_at", _ROW: "line"}
    return {name: newest.values(column)[:1] for name, column in columns.items()}


def state(record: Any) -> str:
    """Whether a record that an import made still lacks answers; empty for one that no import made."""
    if getattr(record, _LINE) is None:
        return ""
    return INCOMPLETE if _lacking(record) else COMPLETE


def missing(record: Any) -> str:
    """What such a record still lacks, by the names that people know its fields by."""
    if getattr(record, _LINE) is None:
        return ""
    return SEPARATOR.join(completeness.labels(kinds.get(record.kind), _lacking(record)))


def _lacking(record: Any) -> tuple[str, ...]:
    """Worked out once for a record that was read: several columns ask it."""
    known: dict[str, tuple[str, ...]] = vars(record)
    if _LACKING not in known:
        known[_LACKING] = completeness.lacking(kinds.get(record.kind), record)
    return known[_LACKING]


def stated(record: Any) -> str:
    """What the newest edition of its source says of a record in its own words, and where it says so."""
    said = words.of_stored(getattr(record, _WORDS) or "")
    if not said:
        return ""
    at = getattr(record, _AT)
    day = clock.day_of(at).isoformat() if at else ""
    return f"{SEPARATOR.join(f'{one.column}: {one.text}' for one in said)} ({source(record, day)})"


def source(record: Any, day: str) -> str:
    """The file, the day of its import and the line."""
    return str(
        say(
            "imports.stated-by", "as stated by {file}, imported on {day}, line {line}",
            file=getattr(record, _FILE), day=day, line=getattr(record, _ROW),
        )
    )  # fmt: skip


def matching(actor: Actor, kind: Kind, text: str) -> Q:
    """The condition ``imported:…``: records that an import made, or those of them that are (in)complete, or
    those that one import wrote, by its id.

    Raises `Invalid` for another word.
    """
    asked = text.lower()
    if _ID.fullmatch(asked):
        return Q(reference__in=queries.written_by(asked, kind))
    if asked not in ("any", "yes", "empty", "no", INCOMPLETE, COMPLETE):
        names = ", ".join(("yes", "no", INCOMPLETE, COMPLETE, "imp_… (the id of an import)"))
        remedy = say("fault.one-of", "one of: {names}", names=names)
        raise refused(CONDITION, say("where.no-value", "has no value “{value}”", value=text[:60]), remedy)
    by_import = Q(reference__in=queries.imported(kind))
    if asked in ("empty", "no"):
        return ~by_import
    if asked in ("any", "yes"):
        return by_import
    lacking = Q(reference__in=queries.incomplete(kind))
    return lacking if asked == INCOMPLETE else by_import & ~lacking
