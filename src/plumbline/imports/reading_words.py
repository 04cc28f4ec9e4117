"""How a file is read, as words: those that a map carries, and what was found of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from plumbline.imports import map_yaml, mapping
from plumbline.imports.reading import DELIMITERS, Sheet
from plumbline.imports.suggested import suggestion
from plumbline.kernel.problems import Fault, Invalid


def found(sheet: Sheet) -> dict[str, Any]:
    """What a file is and how it was read, for a program: the same that the page shows.

    ``map`` is the one that is proposed for a file of a published format, and empty for any other.
    """
    used, kind = sheet.options, suggestion.kind_said(sheet)
    return {
        "format": sheet.format,
        "kind": sheet.kind,
        "sheet": used.sheet,
        "path": used.path,
        "header_row": used.header_row,
        "header_rows": used.header_rows,
        "encoding": sheet.encoding,
        "delimiter": DELIMITERS.get(sheet.delimiter, ""),
        "rows": len(sheet.rows),
        "columns": list(sheet.columns),
        "tables": [
            {"name": table.place, "rows": table.rows, "hidden": table.hidden} for table in sheet.tables
        ],
        "endings": list(sheet.endings),
        "map": suggestion.suggested(kind, sheet) if kind is not None else "",
        "notices": [str(notice) for notice in sheet.notices],
    }


def with_words(map_text: str, words: Mapping[str, str]) -> str:
    """``map_text`` (YAML) with ``words`` about reading the file in place of its own.

    They go into the map, and not beside it: the file is read again by the map alone when it is written.
    Raises `Invalid` without a map to carry them, and for a wrong word.
    """
    given = {name: word for name, word in words.items() if word}
    if not given:
        return map_text
    mapping.reading_options(given)
    if not map_text:
        faults = [Fault(name, "has no map to go into", "send the map too") for name in given]
        raise Invalid("The file was not read.", faults)
    mapping.parse(map_text)
    return yaml.safe_dump(map_yaml.words_in(map_text) | given, sort_keys=False, allow_unicode=True, width=110)
