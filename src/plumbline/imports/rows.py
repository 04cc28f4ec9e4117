"""Sheet and map → the values of every row, each with its faults. Pure: nothing is looked up or written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.text import slugify

from plumbline.imports.mapping import KEY_LENGTH, FieldMap, RegisterMap
from plumbline.imports.reading import Sheet, SheetRow, fold, squeeze, tidy
from plumbline.kernel.canonical import canonical
from plumbline.kernel.messages import Text, say, worded

_NOTE_LIMIT = 20_000


@dataclass(frozen=True)
class RowFault:
    """One thing wrong with one row: the column of the file, the field it fills, what, and how to mend it."""

    column: str
    field: str
    message: Text
    remedy: Text = ""

    def __post_init__(self) -> None:
        # As `Fault` does, so that the row says it in the language of whoever looks at it later.
        for name in ("message", "remedy"):
            text = getattr(self, name)
            if isinstance(text, str) and text:
                object.__setattr__(self, name, worded("row", text))


@dataclass
class MappedRow:
    """One row as the map reads it. ``repeats`` is the line that already has its key, 0 when it is new."""

    line: int
    key: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    faults: list[RowFault] = field(default_factory=list)
    repeats: int = 0
    skipped: bool = False


def mapped_rows(sheet: Sheet, register: RegisterMap) -> Iterator[MappedRow]:
    """Every row of ``sheet`` through ``register``, in order.

    A row whose key stands on an earlier line repeats it when all its cells are the same, and is faulty when
    they are not, because the map's key then does not tell two entries apart.
    """
    reader = _RowReader(sheet, register)
    seen: dict[str, tuple[int, str]] = {}
    for source in sheet.rows:
        made = reader.read(source)
        if made.key and not made.skipped:
            whole = _digest([squeeze(cell) for cell in source.cells])
            line, before = seen.setdefault(made.key, (source.line, whole))
            if line != source.line and whole == before:
                made.repeats = line
            elif line != source.line:
                made.faults.append(
                    RowFault(
                        ", ".join(register.key),
                        "",
                        say(
                            "imports.has-the-same-key-as-line",
                            "has the same key as line {line} but says something else",
                            line=line,
                        ),
                        "name more columns in the key of the map, or join the two rows",
                    )
                )
        yield made


def _digest(cells: Sequence[str]) -> str:
    return hashlib.sha256(canonical(list(cells))).hexdigest()


class _RowReader:
    """The map bound to the positions of one sheet's columns."""

    def __init__(self, sheet: Sheet, register: RegisterMap) -> None:
        self.width = len(sheet.columns)
        self.register = register
        self.slugs: dict[str, dict[str, str]] = {}
        self.places = {name: sheet.place(name) or 0 for name in register.columns()}

    def read(self, source: SheetRow) -> MappedRow:
        """One row of the sheet as the map sees it."""
        cells = source.cells + ("",) * (self.width - len(source.cells))
        made = MappedRow(source.line)
        if any(fold(cells[self.places[rule.column]]) in rule.words for rule in self.register.skip):
            made.skipped = True
            return made
        if any(cell.strip() for cell in cells[self.width :]):
            made.faults.append(
                RowFault(
                    "",
                    "",
                    say(
                        "imports.has-cells-where-the-header-names",
                        "has {count} cells where the header names {width} columns",
                        count=len(source.cells),
                        width=self.width,
                    ),
                    "put cells that hold the delimiter in quotes",
                )
            )
            return made
        made.key = self._key(cells, made)
        notes: list[str] = []
        for item in self.register.fields:
            made.values[item.name] = self._value(item, cells, made, notes)
        made.note = "\n".join(notes)[:_NOTE_LIMIT]
        return made

    def _key(self, cells: tuple[str, ...], made: MappedRow) -> str:
        parts = [squeeze(cells[self.places[name]]) for name in self.register.key]
        lead = f"{self.register.register}:" if self.register.register else ""
        if not any(parts):
            empty = "is empty, so that the row cannot be told apart"
            made.faults.append(RowFault(", ".join(self.register.key), "", empty, "fill it in"))
            return ""
        if self.register.digest:
            return f"{lead}sha256:{_digest(parts)}"
        key = lead + " / ".join(parts)
        if len(key) > KEY_LENGTH or not all(parts):
            message = say(
                "imports.is-empty-in-part-or-longer",
                "is empty in part or longer than {key_length} characters",
                key_length=KEY_LENGTH,
            )
            made.faults.append(RowFault(", ".join(self.register.key), "", message, "use a digest as the key"))
            return ""
        return key

    def _text(self, cell: str) -> str:
        text = tidy(cell)
        return "" if fold(text) in self.register.empty else text

    def _value(self, item: FieldMap, cells: tuple[str, ...], made: MappedRow, notes: list[str]) -> Any:
        if item.constant is not None:
            return _words(item.constant, item) if item.split else item.constant
        named = [(name, self._text(cells[self.places[name]])) for name in item.columns]
        text = item.join.join(f"{name}: {text}" if item.labelled else text for name, text in named if text)
        column = ", ".join(item.columns)
        if not text:
            text = item.default or ""
            return _words(text, item) if item.split else text
        if item.dates:
            return self._date(item, text, column, made, notes)
        if item.split:
            found = [self._word(item, word, column, made) for word in _words(text, item)]
            return [word for word in dict.fromkeys(found) if word]
        if item.values:
            return self._word(item, text, column, made)
        if item.slug:
            return self._slug(item, text, made)
        if item.shorten and len(text) > item.shorten:
            notes.append(f"{column}: {text}")
            return text[: item.shorten - 1].rstrip() + "…"
        return text

    def _slug(self, item: FieldMap, text: str, made: MappedRow) -> str:
        """A slug of the text, with a tail when an earlier row of another key has it."""
        slug = slugify(text)[: item.slug].strip("-") or "row"
        taken = self.slugs.setdefault(item.name, {})
        return slug if taken.setdefault(slug, made.key) == made.key else tailed(slug, item.slug, made.key)

    def _word(self, item: FieldMap, text: str, column: str, made: MappedRow) -> str:
        if not item.values:
            return text
        found = item.values.get(fold(text), item.otherwise)
        if found is None:
            message = "has a text that the map does not translate"
            made.faults.append(
                RowFault(column, item.name, message, "add it to the values of the map, or give otherwise")
            )
            return ""
        return found

    def _date(self, item: FieldMap, text: str, column: str, made: MappedRow, notes: list[str]) -> str:
        for shape in item.dates:
            try:
                return datetime.strptime(squeeze(text), shape).date().isoformat()  # noqa: DTZ007  # a day has no zone
            except ValueError:
                continue
        if item.unreadable == "note":
            notes.append(f"{column}: {text}")
        elif item.unreadable == "fault":
            made.faults.append(
                RowFault(
                    column,
                    item.name,
                    "is no date of a form that the map names",
                    say(
                        "imports.one-of-or-unreadable-note",
                        "one of: {names}; or unreadable: note",
                        names=", ".join(item.dates),
                    ),
                )
            )
        return ""


def tailed(slug: str, length: int, key: str) -> str:
    """``slug`` with six digits of the digest of ``key`` at its end, at most ``length`` characters."""
    tail = f"-{_digest([key])[:6]}"
    return slug if slug.endswith(tail) else slug[: length - len(tail)].strip("-") + tail


def _words(text: str, item: FieldMap) -> list[str]:
    return list(dict.fromkeys(word for part in text.split(item.split) if (word := squeeze(part))))
