"""Sheet and map → the values of every row, each with its faults. Pure: nothing is looked up or written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.text import slugify

from plumbline.imports import dates, numbers
from plumbline.imports.dates import ColumnOrder
from plumbline.imports.mapping import KEY_LENGTH, FieldMap, RegisterMap
from plumbline.imports.notices import RowFault, Sort, note_lines
from plumbline.imports.reading import Sheet, SheetRow, fold, squeeze, tidy
from plumbline.imports.stated.words import Stated
from plumbline.kernel.canonical import canonical
from plumbline.kernel.messages import Text, say
from plumbline.records import qualified

_NOTE_LIMIT = 20_000


@dataclass(frozen=True)
class FieldTypes:
    """Names of the fields whose texts are read: as a ``days``, as ``figures``, as a yes or no (``flags``)."""

    days: frozenset[str] = frozenset()
    figures: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()


@dataclass
class MappedRow:
    """One row as the map reads it. ``repeats`` is the line that already has its key, 0 when it is new.

    ``texts`` are what stands in the file for each field; ``notices`` what became of texts that are not
    taken as they stand, ``faults`` what keeps the row out; ``stated`` is what it says in its own words,
    ``links`` are relations, each with the key of the other record.
    """

    line: int
    key: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    notices: list[RowFault] = field(default_factory=list)
    repeats: int = 0
    skipped: bool = False
    revision: str = ""
    stated: tuple[Stated, ...] = ()
    links: list[tuple[str, str]] = field(default_factory=list)

    @property
    def note(self) -> str:
        """The texts of the file that no field holds whole."""
        return "\n".join(note_lines(self.notices))[:_NOTE_LIMIT]


def mapped_rows(sheet: Sheet, register: RegisterMap, types: FieldTypes | None = None) -> Iterator[MappedRow]:
    """Every row of ``sheet`` through ``register``, in order.

    A row whose key stands on an earlier line repeats it when all its cells are the same, and is faulty when
    they are not, because the map's key then does not tell two entries apart.
    """
    reader = _RowReader(sheet, register, types or FieldTypes())
    seen: dict[str, tuple[int, str]] = {}
    for source in sheet.rows:
        made = reader.read(source)
        if made.key and not made.skipped:
            whole = _digest([squeeze(cell) for cell in source.cells])
            line, before = seen.setdefault(made.key, (source.line, whole))
            if line != source.line and whole == before:
                made.repeats = line
            elif line != source.line:
                message = say(
                    "imports.has-the-same-key-as-line",
                    "has the same key as line {line} but says something else",
                    line=line,
                )
                remedy = "name more columns in the key of the map, or join the two rows"
                columns, text = ", ".join(register.key), reader.key_texts(source)
                made.faults.append(RowFault(columns, "", message, remedy, text))
        yield made


def column_orders(sheet: Sheet, register: RegisterMap, types: FieldTypes) -> dict[str, ColumnOrder]:
    """How the days of each column are read, by the name of the field that it fills."""
    return _RowReader(sheet, register, types).orders


def _digest(cells: Sequence[str]) -> str:
    return hashlib.sha256(canonical(list(cells))).hexdigest()


class _RowReader:
    """The map bound to the positions of one sheet's columns."""

    def __init__(self, sheet: Sheet, register: RegisterMap, types: FieldTypes) -> None:
        self.width = len(sheet.columns)
        self.register, self.types = register, types
        self.slugs: dict[str, dict[str, str]] = {}
        self.places = {name: sheet.place(name) or 0 for name in register.columns()}
        self.orders = {
            item.name: dates.order_of(self._column(sheet, item), item.date_order)
            for item in register.fields
            if item.columns and not item.dates and (item.date_order or item.name in types.days)
        }
        self.marks = {
            item.name: numbers.mark_of(self._column(sheet, item), item.decimal)
            for item in register.fields
            if item.columns and (item.decimal or item.name in types.figures)
        }

    def _column(self, sheet: Sheet, item: FieldMap) -> Iterator[str]:
        places = [self.places[name] for name in item.columns]
        for row in sheet.rows:
            for place in places:
                if place < len(row.cells) and row.cells[place].strip():
                    yield row.cells[place]

    def key_texts(self, source: SheetRow) -> str:
        """What stands in the columns of the key."""
        cells = self._padded(source)
        parts = self._texts(cells, self.register.key)
        if not all(map(self._says, parts)):
            parts += self._texts(cells, self.register.otherwise)
        return " / ".join(filter(None, parts))

    def _texts(self, cells: tuple[str, ...], columns: tuple[str, ...]) -> list[str]:
        return [squeeze(cells[self.places[name]]) for name in columns]

    def _says(self, text: str) -> bool:
        return bool(text) and fold(text) not in self.register.empty

    def _padded(self, source: SheetRow) -> tuple[str, ...]:
        return source.cells + ("",) * (self.width - len(source.cells))

    def read(self, source: SheetRow) -> MappedRow:
        """One row of the sheet as the map sees it."""
        cells, made = self._padded(source), MappedRow(source.line)
        if any(fold(cells[self.places[rule.column]]) in rule.words for rule in self.register.skip):
            made.skipped = True
            return made
        if any(cell.strip() for cell in cells[self.width :]):
            message = say(
                "imports.has-cells-where-the-header-names",
                "has {count} cells where the header names {width} columns",
                count=len(source.cells),
                width=self.width,
            )
            made.faults.append(RowFault("", "", message, "put cells that hold the delimiter in quotes"))
            return made
        made.key = self._key(cells, made)
        if self.register.revision:
            made.revision = squeeze(cells[self.places[self.register.revision]])
        if self.register.links:
            made.links = self._links(cells[self.places[self.register.links]], made)
        for item in self.register.fields:
            made.values[item.name] = self._value(item, cells, made)
        found = ((one, self._text(cells[self.places[one.column]])) for one in self.register.source)
        made.stated = tuple(Stated(one.about, one.column, text) for one, text in found if text)
        return made

    def _links(self, cell: str, made: MappedRow) -> list[tuple[str, str]]:
        """Relation and key of each link in ``cell``; what is none gets a notice."""
        found = []
        for text in filter(None, (squeeze(part) for part in re.split(r"[;\n,]", tidy(cell)))):
            relation, sign, key = text.rpartition(": ")
            if sign and relation and key:
                found.append((relation, key))
                continue
            message, remedy = "is no link", "write the relation and the key, such as treats: RSK-0007"
            made.notices.append(RowFault(self.register.links, "", message, remedy, text, "not understood"))
        return found

    def _key(self, cells: tuple[str, ...], made: MappedRow) -> str:
        parts = self._texts(cells, self.register.key)
        lead = f"{self.register.register}:" if self.register.register else ""
        others = self._texts(cells, self.register.otherwise)
        if any(others) and not all(map(self._says, parts)):
            return f"{lead}sha256:{_digest(others)}"
        if not any(parts):
            empty = "is empty, so that the row cannot be told apart"
            made.faults.append(RowFault(", ".join(self.register.key), "", empty, "fill it in"))
            return ""
        if self.register.digest:
            return f"{lead}sha256:{_digest(parts)}"
        key = lead + " / ".join(parts)
        key = key if lead else qualified.tidied(key)
        if len(key) > KEY_LENGTH or not all(parts):
            message = say(
                "imports.is-empty-in-part-or-longer",
                "is empty in part or longer than {key_length} characters",
                key_length=KEY_LENGTH,
            )
            made.faults.append(
                RowFault(", ".join(self.register.key), "", message, "use a digest as the key", key)
            )
            return ""
        return key

    def _text(self, cell: str) -> str:
        text = tidy(cell)
        return "" if fold(text) in self.register.empty else text

    def _value(self, item: FieldMap, cells: tuple[str, ...], made: MappedRow) -> Any:
        if item.constant is not None:
            return _words(item.constant, item) if item.split else item.constant
        named = [(name, self._text(cells[self.places[name]])) for name in item.columns]
        text = item.join.join(f"{name}: {text}" if item.labelled else text for name, text in named if text)
        if not text:
            return self._empty(item, made)
        made.texts[item.name] = text
        if item.dates or item.name in self.orders:
            return self._day(item, text, made)
        if item.name in self.marks:
            return self._figure(item, text, made)
        if item.split:
            found = [self._word(item, word, made) for word in _words(text, item)]
            return [word for word in dict.fromkeys(found) if word]
        if item.values:
            return self._word(item, text, made)
        if item.slug:
            return self._slug(item, text, made)
        if item.shorten and len(text) > item.shorten:
            message = say(
                "imports.shortened",
                "is {length} characters long, and the field takes {limit}",
                length=len(text),
                limit=item.shorten,
            )
            made.notices.append(_notice(item, "shortened", text, message, "the whole text is in the note"))
            return text[: item.shorten - 1].rstrip() + "…"
        return text

    def _empty(self, item: FieldMap, made: MappedRow) -> Any:
        """What the map has for an empty cell: what a person chose for it, or nothing."""
        text = item.default or ""
        if text:
            message = say("imports.defaulted", "is empty; the map says {value}", value=text)
            made.notices.append(_notice(item, "defaulted", "", message))
        elif item.name in self.types.flags:
            no = "is empty, and the field knows only yes and no; it says no"
            made.notices.append(_notice(item, "defaulted", "", no, "give a default in the map"))
        return _words(text, item) if item.split else text

    def _slug(self, item: FieldMap, text: str, made: MappedRow) -> str:
        """A slug of the text, with a tail when an earlier row of another key has it."""
        slug = slugify(text)[: item.slug].strip("-") or "row"
        taken = self.slugs.setdefault(item.name, {})
        return slug if taken.setdefault(slug, made.key) == made.key else tailed(slug, item.slug, made.key)

    def _word(self, item: FieldMap, text: str, made: MappedRow) -> str:
        if not item.values:
            return text
        found = item.values.get(fold(text))
        if found:
            return found
        if found is None and item.otherwise is None:
            message, remedy = (
                "has a text that the map does not translate",
                "add it to the values of the map, or give otherwise",
            )
            return self._unread(item, text, made, message, remedy)
        if found is None and item.otherwise:
            message_of = say(
                "imports.otherwise",
                "is not among the values of the map; taken as {value}",
                value=item.otherwise,
            )
            made.notices.append(_notice(item, "guessed", text, message_of))
            return item.otherwise
        made.notices.append(_notice(item, "dropped", text, "is left out by the map"))
        return ""

    def _day(self, item: FieldMap, text: str, made: MappedRow) -> str:
        order = self.orders.get(item.name, ColumnOrder())
        reading = dates.read_in_formats(squeeze(text), item.dates) if item.dates else None
        if reading is None and not item.dates:
            reading = dates.read_day(text, order.order)
        elif reading is None:
            # The formats of the map are all that is read as a day; what is plainly less is said to be that.
            less = dates.read_day(text)
            reading = less if less.why == "partial" else dates.DayReading(why="format")
        if reading.day:
            if reading.guessed:
                message = say("imports.century", "has a year of two digits; taken as {day}", day=reading.day)
                made.notices.append(_notice(item, "guessed", text, message))
            return reading.day
        why, remedy = _why_no_day(reading.why, item)
        sort: Sort = "partial" if reading.why == "partial" else "not understood"
        return self._unread(item, text, made, why, remedy, sort)

    def _figure(self, item: FieldMap, text: str, made: MappedRow) -> str:
        figure, ambiguous = numbers.read_number(text, self.marks[item.name])
        if figure:
            return figure
        if ambiguous:
            message, remedy = "may mean two figures", "say in the map: decimal: comma, or decimal: point"
        else:
            message, remedy = "is no figure", "write figures only"
        return self._unread(item, text, made, message, remedy)

    def _unread(
        self,
        item: FieldMap,
        text: str,
        made: MappedRow,
        message: Text,
        remedy: Text,
        sort: Sort = "not understood",
    ) -> str:
        """Leave the field out, as the map says: with its text in the note, without, or with the whole row."""
        if item.unreadable == "fault":
            made.faults.append(_notice(item, "refused", text, message, remedy))
        else:
            left = sort if item.unreadable == "note" else "dropped"
            made.notices.append(_notice(item, left, text, message, remedy))
        return ""


def _notice(item: FieldMap, sort: Sort, text: str, message: Text, remedy: Text = "") -> RowFault:
    return RowFault(", ".join(item.columns), item.name, message, remedy, text, sort)


def _why_no_day(why: str, item: FieldMap) -> tuple[Text, Text]:
    if why == "partial":
        return "says less than a day", "the text stays as it is, in the note"
    if why == "ambiguous":
        return "may mean two days", "say in the map which comes first: date_order: dmy, or date_order: mdy"
    if why == "format":
        names = ", ".join(item.dates)
        return "is no date of a form that the map names", say("fault.one-of", "one of: {names}", names=names)
    return "is no date", "write it as 2026-11-20"


def saying(register: RegisterMap, row: MappedRow) -> MappedRow:
    """The row with what it says of a record that is here: not what is read once, nor what nobody can read."""
    silent = {item.name for item in register.fields if item.once}
    unread = {notice.field for notice in row.notices if notice.sort in ("not understood", "partial")}
    silent |= {name for name in unread if row.values.get(name) in ("", [])}
    return replace(row, values={name: value for name, value in row.values.items() if name not in silent})


def tailed(slug: str, length: int, key: str) -> str:
    """``slug`` with six digits of the digest of ``key`` at its end, at most ``length`` characters."""
    tail = f"-{_digest([key])[:6]}"
    return slug if slug.endswith(tail) else slug[: length - len(tail)].strip("-") + tail


def _words(text: str, item: FieldMap) -> list[str]:
    return list(dict.fromkeys(word for part in text.split(item.split) if (word := squeeze(part))))
