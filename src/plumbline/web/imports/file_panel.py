"""How an uploaded file was read, shown above its columns with a way to have it read otherwise."""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.http import HttpRequest

from plumbline.imports import mapping, sheets
from plumbline.imports.queries import JobView
from plumbline.imports.reading import DELIMITERS, ENCODINGS, READ_AS_FOUND, ReadOptions, Sheet
from plumbline.imports.suggested import suggestion
from plumbline.kernel.messages import Message
from plumbline.kernel.problems import Fault, Malformed, TooLarge

_LEAD = "read-"
_NUMBERS = ("header_row", "header_rows", "first_row", "last_row")
_DETAILS = (*_NUMBERS, "encoding", "delimiter")
_LONGEST = 300


@dataclass(frozen=True)
class TableChoice:
    """A sheet, table or list that could be read."""

    place: str
    rows: int | None
    hidden: bool
    chosen: bool


@dataclass(frozen=True)
class FilePanel:
    """What was ``found``, and what can be chosen; ``asked`` is what was.

    ``chosen`` sends these choices along with the columns.
    """

    format: str
    encoding: str
    table_field: str
    tables: tuple[TableChoice, ...]
    has_header: bool
    is_text: bool
    asked: ReadOptions
    found: ReadOptions
    delimiters: tuple[tuple[str, str], ...]
    encodings: tuple[str, ...]
    notices: tuple[Message, ...]
    endings: bool
    detailed: bool
    other_kind: str
    chosen: tuple[tuple[str, str], ...]


def options_of(request: HttpRequest, job: JobView) -> ReadOptions:
    """How the file is to be read: what was chosen on the page, else what the map of the import says."""
    sent = request.POST if request.method == "POST" else request.GET
    if not any(name.startswith(_LEAD) for name in sent):
        return mapping.parse(job.map_text).options if job.map_text else READ_AS_FOUND
    texts = {
        item.name: str(sent.get(_LEAD + item.name, ""))[:_LONGEST].strip(" ") for item in fields(ReadOptions)
    }
    numbers = {name: int(texts[name]) for name in _NUMBERS if _is_number(texts[name])}
    return ReadOptions(
        sheet=texts["sheet"],
        path=texts["path"],
        endings="skip" if texts["endings"] == "skip" else "",
        encoding=texts["encoding"] if texts["encoding"] in ENCODINGS else "",
        delimiter=texts["delimiter"] if texts["delimiter"] in DELIMITERS else "",
        **numbers,
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8


def read(content: bytes, options: ReadOptions) -> tuple[Sheet, tuple[Fault, ...]]:
    """The file as ``options`` say, or as it is found when they do not fit it, and what is wrong with them.

    Raises `Malformed` for a file that cannot be read at all.
    """
    try:
        return sheets.read(content, options), ()
    except (Malformed, TooLarge) as problem:
        if options == READ_AS_FOUND:
            raise
        return sheets.read(content), tuple(problem.faults)


def panel(sheet: Sheet, options: ReadOptions, kind: str) -> FilePanel:
    """What to show of ``sheet``; ``options`` are those that were chosen, ``kind`` what rows are to become."""
    field = "sheet" if sheet.options.sheet else "path"
    current = getattr(sheet.options, field)
    said = suggestion.kind_said(sheet)
    given = {item.name: getattr(options, item.name) for item in fields(ReadOptions)}
    return FilePanel(
        format=sheet.format,
        encoding=sheet.encoding,
        table_field=_LEAD + field,
        tables=tuple(
            TableChoice(table.place, table.rows, table.hidden, table.place == current)
            for table in sheet.tables
        ),
        has_header=bool(sheet.options.header_row),
        is_text=bool(sheet.delimiter),
        asked=options,
        found=sheet.options,
        delimiters=tuple(DELIMITERS.items()),
        encodings=ENCODINGS,
        notices=sheet.notices,
        endings=bool(sheet.endings),
        detailed=any(given[name] for name in _DETAILS),
        other_kind="" if said is None or said.slug == kind else said.names,
        chosen=tuple((_LEAD + name, str(value)) for name, value in given.items() if value),
    )
