"""JSON text → rows: the list that a path leads to, or the one that is most of a table."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

from plumbline.imports.readers.delimited.encoding import unreadable
from plumbline.imports.readers.header import unique_names
from plumbline.imports.readers.layout import bounded
from plumbline.imports.readers.limits import (
    COLUMN_LIMIT,
    GRID_LIMIT,
    malformed,
    too_large,
    too_many_columns,
    too_many_rows,
)
from plumbline.imports.readers.schemas import declared
from plumbline.imports.readers.sheet import TEXT, ReadOptions, Sheet, SheetRow, TableName
from plumbline.imports.readers.structured.flat import flat
from plumbline.imports.readers.structured.paths import EACH, JSON, Number, candidates, entries_at, is_keyed
from plumbline.imports.readers.typed.formats import Recognised, recognised
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Malformed

_KEY = "key"
_TABLES = 40
_DEEPEST = 200
"""Levels of lists and objects inside each other; what describes models has a dozen."""
_REMEDY = "write the file again with a program that writes JSON"


def is_json(text: str) -> bool:
    """Whether a text is meant as JSON: it begins with an object, or with a list of something JSON has."""
    head = text[:200].lstrip()
    return head[:1] == "{" or (head[:1] == "[" and head[1:].lstrip()[:1] in ("", "{", "[", '"', "]"))


def read(text: str, encoding: str, options: ReadOptions, row_limit: int) -> Sheet:
    """The rows of a document. Raises `Malformed` naming the line for what is no JSON, and the place for what
    does not fit the published schema that it declares."""
    document, lines = parsed(text)
    known = recognised(document)
    said = declared.require(document) if known else ()
    name = known.format if known else "JSON Lines" if lines else "JSON"
    tables, path = _tables(document, known, options)
    omitted = known.omitted if known else ()
    found = list(entries_at(document, path))
    if not found:
        listed = ", ".join(table.place for table in tables if table.place) or "none"
        remedy = say("imports.paths-of-the-file", "lists of the file: {names}", names=listed)
        raise malformed(say("imports.no-such-path", "has no list at {path}", path=path), remedy, "path")
    if len(found) > row_limit:
        raise too_many_rows(row_limit)
    at = lines if not path and len(lines) == len(found) else range(1, len(found) + 1)
    columns, rows = _rows(found, at, omitted, known.added if known and path == tables[0].place else {})
    kept, notices = bounded(rows, options)
    names, repeated = unique_names(columns)
    kind = next((table.kind for table in tables if table.place == path), "")
    used = options.chosen(ReadOptions(path=path, encoding=encoding.partition(" ")[0]))
    return Sheet(
        names,
        tuple(kept),
        encoding,
        "",
        repeated,
        format=name,
        options=used,
        tables=tables if len(tables) > 1 else (),
        notices=(*(known.notices if known else ()), *said, *notices),
        kind=kind,
    )


def parsed(text: str) -> tuple[JSON, Sequence[int]]:
    """The document; for JSON Lines the list of its entries, and the line of each. Raises `Malformed`."""
    try:
        return _loaded(text), ()
    except json.JSONDecodeError as error:
        first, _, rest = text.lstrip("\ufeff \t\r\n").partition("\n")
        if error.msg != "Extra data" or not rest.strip() or not _complete(first):
            raise unreadable(error.lineno, f"is no JSON ({error.msg})", _REMEDY) from None
    entries: list[JSON] = []
    lines: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip("\ufeff \t\r"):
            try:
                entries.append(_loaded(line.strip("\ufeff \t\r")))
            except json.JSONDecodeError as error:
                raise unreadable(number, f"is no JSON ({error.msg})", _REMEDY) from None
            lines.append(number)
    return entries, lines


def _complete(line: str) -> bool:
    try:
        _loaded(line)
    except json.JSONDecodeError:
        return False
    return True


def _loaded(text: str) -> JSON:
    try:
        # Numbers keep their digits, and none costs the time that a number of a million digits would.
        found: JSON = json.loads(text, parse_int=Number, parse_float=Number, parse_constant=_no_number)
    except RecursionError:
        raise _too_deep() from None
    # How deep the parser itself goes differs between versions of Python.
    level: list[JSON] = [found]
    for _ in range(_DEEPEST):
        level = [item for each in level for item in _items(each) if isinstance(item, (dict, list))]
        if not level:
            return found
    raise _too_deep()


def _items(value: JSON) -> Iterable[JSON]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep() -> Malformed:
    return malformed("is nested too deeply", "write the list that matters into a file of its own")


def _no_number(text: str) -> None:
    raise malformed(say("imports.json-constant", "has {text}, which JSON has not", text=text), "write null")


def _tables(
    document: JSON, known: Recognised | None, options: ReadOptions
) -> tuple[tuple[TableName, ...], str]:
    """What can be read of the document, and the path of what is read."""
    if known is not None:
        listed = [
            TableName(table.path, sum(1 for _ in entries_at(document, table.path)), kind=table.kind)
            for table in known.tables
        ]
        listed = [table for table in listed if table.rows]
    else:
        listed = [TableName(each.path, each.entries) for each in candidates(document)[:_TABLES]]
        if is_keyed(document):
            listed.append(TableName(EACH, len(document) if isinstance(document, dict) else 0))
            if not any(table.place == "" or "." not in table.place for table in listed[:-1]):
                listed.insert(0, listed.pop())
    first = listed[0].place if listed else ""
    return tuple(listed), options.path or first


def _rows(
    found: Sequence[tuple[str, JSON]],
    lines: Sequence[int],
    omitted: Collection[str],
    added: Mapping[str, str],
) -> tuple[list[str], list[SheetRow]]:
    """Columns in the order in which they first appear, and the rows that have any text."""
    places: dict[str, int] = {}
    made: list[SheetRow] = []
    grid = 0
    for line, (key, entry) in zip(lines, found, strict=True):
        cells = flat(entry, f"entry {line}", omitted)
        cells |= {column: (text, TEXT) for column, text in added.items()}
        if key:
            cells = {_KEY: (key, TEXT), **cells}
        for column in cells:
            places.setdefault(column, len(places))
        if len(places) > COLUMN_LIMIT:
            raise too_many_columns()
        grid += len(places)
        if grid > GRID_LIMIT:
            what = say("imports.has-over-cells", "has over {limit} cells", limit=GRID_LIMIT)
            raise too_large(what, "split the file")
        texts, types = [""] * len(places), [TEXT] * len(places)
        for column, (text, kind) in cells.items():
            texts[places[column]], types[places[column]] = text, kind
        if any(text.strip() for text in texts):
            made.append(SheetRow(line, tuple(texts), "".join(types)))
    if not places:
        raise malformed("has no entry with a text", "choose the file that has the list")
    return list(places), made
