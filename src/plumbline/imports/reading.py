"""A file of any kind → its rows, the one door to `readers`: what it is, is found out by its content. Pure."""

from __future__ import annotations

from plumbline.imports.readers import recognition
from plumbline.imports.readers.delimited import reader as delimited
from plumbline.imports.readers.delimited.encoding import ENCODINGS, decoded
from plumbline.imports.readers.delimited.reader import DELIMITERS
from plumbline.imports.readers.docx import reader as docx
from plumbline.imports.readers.limits import ROW_LIMIT
from plumbline.imports.readers.model_card import reader as model_card
from plumbline.imports.readers.ods import reader as ods
from plumbline.imports.readers.package import DOCUMENT, OPEN_SHEET, WORKBOOK, Package
from plumbline.imports.readers.sheet import (
    READ_AS_FOUND,
    ReadOptions,
    Sheet,
    SheetRow,
    TableName,
    fold,
    squeeze,
    tidy,
)
from plumbline.imports.readers.structured import reader as structured
from plumbline.imports.readers.xlsx import reader as xlsx

__all__ = [
    "DELIMITERS",
    "ENCODINGS",
    "READ_AS_FOUND",
    "ROW_LIMIT",
    "ReadOptions",
    "Sheet",
    "SheetRow",
    "TableName",
    "fold",
    "read",
    "squeeze",
    "tidy",
]
_PACKAGED = {WORKBOOK: xlsx.read, OPEN_SHEET: ods.read, DOCUMENT: docx.read}


def read(content: bytes, options: ReadOptions = READ_AS_FOUND, *, row_limit: int = ROW_LIMIT) -> Sheet:
    """The rows of a file. What ``options`` leave empty is found out, and is in `Sheet.options`.

    Raises `Malformed` for a file that is broken or of a format that is not read, naming what it is, where and
    what to do, and `TooLarge` for one that holds more than `readers.limits` allows.
    """
    if content.startswith(recognition.ZIP):
        package = Package(content)
        return _PACKAGED[package.format()](package, options, row_limit)
    recognition.refuse_foreign(content)
    text, encoding = decoded(content, options.encoding)
    recognition.refuse_foreign_text(text)
    if structured.is_json(text):
        return structured.read(text, encoding, options, row_limit)
    if model_card.is_card(text):
        return model_card.read(text, encoding, options)
    recognition.refuse_yaml(text)
    return delimited.read(text, encoding, options, row_limit)
