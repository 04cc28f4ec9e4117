"""Lines of an export as rows of this database; what does not fit is refused by file, line and field."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.portability.tables import Column, Table
from plumbline.portability.values import decode

LONGEST: Final = 33_554_432
"""Characters of a line: an entry has 16 KiB, a frozen statement some megabytes."""
Resolve = Callable[[Column, Any], Any]


def refused(place: str, line: int, field: str, what: Text) -> Invalid:
    """The refusal of one value of an export."""
    where = say(
        "portability.place", "{place}, line {line}: {field}", place=place, line=line, field=field or "line"
    )
    return Invalid("The export cannot be imported; nothing was written.", [Fault(str(where), what)])


def lines(folder: Path, place: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects in a file of JSON Lines with the number of their line. Raises `Invalid`."""
    file = folder / place
    if not file.is_file():
        raise refused(place, 0, "", "the file is missing")
    with file.open(encoding="utf-8", newline="\n") as stream:
        number = 0
        while text := stream.readline(LONGEST):
            number += 1
            try:
                value = json.loads(text)
            except (ValueError, RecursionError):
                raise refused(place, number, "", "is no JSON, or is cut off") from None
            if not isinstance(value, dict):
                raise refused(place, number, "", "is no object")
            yield number, value


def rows(folder: Path, table: Table, resolve: Resolve) -> Iterator[tuple[int, dict[str, Any]]]:
    """The values of every line of a table, by name of the column."""
    wanted = {column.name for column in table.columns}
    for number, line in lines(folder, table.place):
        if unlike := sorted(wanted.symmetric_difference(line)):
            what = "is missing" if unlike[0] in wanted else "is not a field of this version"
            raise refused(table.place, number, unlike[0], what)
        yield number, {column.name: _value(table, number, column, line, resolve) for column in table.columns}


def _value(table: Table, number: int, column: Column, line: Mapping[str, Any], resolve: Resolve) -> Any:
    value = line[column.name]
    try:
        if column.target is None:
            return decode(column.field, value)
        if column.is_list:
            if not isinstance(value, list):
                raise ValueError("not a list")
            return [resolve(column, item) for item in value]
        if value is None and column.field.null:
            return None
        return resolve(column, value)
    except KeyError:
        what = say("portability.names-nothing", "{value} names nothing in the export", value=str(value)[:100])
        raise refused(table.place, number, column.name, what) from None
    except (ValueError, TypeError, ArithmeticError):
        raise refused(table.place, number, column.name, "is not a value of this field") from None


def exact(line: Mapping[str, Any], name: str) -> bytes:
    """The bytes that an export wrote as a text or in base64. Raises ``ValueError`` or ``KeyError``."""
    if name in line:
        return str(line[name]).encode()
    return unpacked(line[f"{name}_base64"])


def unpacked(value: Any) -> bytes:
    """Bytes from base64. Raises ``ValueError``."""
    if not isinstance(value, str):
        raise ValueError("not a text")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
