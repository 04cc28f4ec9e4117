"""One object → its cells: nested objects as dotted columns, lists joined."""

from __future__ import annotations

import json
from collections.abc import Collection

from plumbline.imports.readers.limits import CELL_LIMIT, COLUMN_LIMIT, long_cell, malformed, too_many_columns
from plumbline.imports.readers.sheet import NUMBER, TEXT, YES_NO
from plumbline.imports.readers.structured.paths import JSON, Number
from plumbline.imports.readers.workbook import number_text

_DEPTH = 10


def flat(value: JSON, place: str, omitted: Collection[str] = ()) -> dict[str, tuple[str, str]]:
    """Column → text and type. ``place`` names the entry in refusals; ``omitted`` are columns to leave out."""
    found: dict[str, tuple[str, str]] = {}
    _spread(value, "", 0, found, omitted)
    for text, _ in found.values():
        if len(text) > CELL_LIMIT:
            raise long_cell(place)
        if "\x00" in text:
            raise malformed(f"{place} has a NUL character", "take it out")
        if not text.isascii() and any(0xD800 <= ord(sign) < 0xE000 for sign in text):
            raise malformed(f"{place} has half of a character (a lone surrogate)", "write the file again")
    return found


def _spread(
    value: JSON, name: str, depth: int, found: dict[str, tuple[str, str]], omitted: Collection[str]
) -> None:
    if name in omitted:
        return
    if depth > _DEPTH:
        found[name] = (json.dumps(value, ensure_ascii=False), TEXT)
    elif isinstance(value, dict):
        for key, item in value.items():
            _spread(item, f"{name}.{key}" if name else key, depth + 1, found, omitted)
    elif isinstance(value, list):
        _spread_list(value, name, depth, found, omitted)
    else:
        if len(found) > COLUMN_LIMIT:
            raise too_many_columns()
        found[name or "value"] = scalar(value)


def _spread_list(
    value: list[JSON], name: str, depth: int, found: dict[str, tuple[str, str]], omitted: Collection[str]
) -> None:
    """Texts are joined; of objects each field is, so that contacts give ``contacts.name`` with all names."""
    columns: dict[str, list[str]] = {name: []} if name and not value else {}
    for item in value:
        inside: dict[str, tuple[str, str]] = {}
        _spread(item, name, depth + 1, inside, omitted)
        for column, (text, _) in inside.items():
            columns.setdefault(column, []).append(text)
    for column, texts in columns.items():
        kept = [text for text in texts if text]
        # A comma inside a text would be taken for one between two.
        sign = "\n" if any("," in text or "\n" in text for text in kept) else ", "
        found[column] = (sign.join(kept), TEXT)


def scalar(value: JSON) -> tuple[str, str]:
    """Text and type of a value that is neither an object nor a list."""
    if value is None:
        return "", TEXT
    if isinstance(value, bool):
        return ("true" if value else "false"), YES_NO
    if isinstance(value, Number):
        whole = value.lstrip("-").isdigit()
        return (str(value) if whole else number_text(value)), NUMBER
    return str(value), TEXT
