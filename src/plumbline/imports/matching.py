"""Making a map by hand: which column looks like which field, which words it holds, and the map of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

import yaml
from django import forms as django_forms

from plumbline.imports import mapping
from plumbline.imports.dates import ColumnOrder, order_of
from plumbline.imports.directory.declarations import Directory, Target
from plumbline.imports.lookup import types_of
from plumbline.imports.mapping import RegisterMap
from plumbline.imports.reading import Sheet, fold
from plumbline.imports.stated import words as words_of_source
from plumbline.imports.vocabulary import words as vocabulary
from plumbline.records import forms

EMPTY = ["n/a", "na", "none", "-", "unknown"]
WORDS_SHOWN = 60
_ALIKE = 0.82
_FILLED = 0.75
"""Part of the rows that have a text of their own where a column is proposed as the key."""
_LONGEST_EMPTY = 24


@dataclass
class Choices:
    """What somebody chose: a column or a constant for each field, how its texts are read, and the key."""

    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    also: dict[str, str] = field(default_factory=dict)
    """A second column whose text follows that of the first."""
    joins: dict[str, str] = field(default_factory=dict)
    splits: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    """What comes first in the dates of a field, as a person has confirmed it."""
    empty: tuple[str, ...] = tuple(EMPTY)
    skip_column: str = ""
    skip_words: tuple[str, ...] = ()
    changed_here: str = "keep"
    approved: str = "leave"
    source: tuple[str, ...] = ()
    """Columns that are kept as the source's own words."""
    key: tuple[str, ...] = ()
    digest: bool = False
    otherwise: tuple[str, ...] = ()
    """Columns that tell rows apart whose columns of the key are empty."""
    register: str = ""


def fields(kind: Target) -> dict[str, django_forms.Field]:
    """The fields that a column can fill, in form order."""
    if isinstance(kind, Directory):
        return dict(kind.form_fields)
    return dict(forms.form_class(kind).base_fields)


def suggested(kind: Target, sheet: Sheet) -> Choices:
    """The columns that look like fields of ``kind``, and a key: a column called id, else a digest."""
    made = Choices(empty=_empty(sheet))
    free = dict.fromkeys(sheet.columns)
    for name, shown in fields(kind).items():
        wanted = (fold(str(shown.label)), name.replace("_", " "))
        fits = {column: _fit(column, name, wanted) for column in free}
        best = max(fits, key=fits.__getitem__, default="")
        if best and fits[best]:
            made.columns[name] = best
            del free[best]
    if "slug" in fields(kind) and "slug" not in made.columns and "title" in made.columns:
        made.columns["slug"] = made.columns["title"]
    made.source = tuple(_in_own_words(sheet, made))
    ids = [column for column in sheet.columns if vocabulary.is_key(column) and _tells_apart(sheet, column)]
    made.key, made.digest = tuple(ids[:1]) or _telling(sheet, made), not ids
    if ids and not all(cell and fold(cell) not in made.empty for cell in _cells(sheet, ids[0])):
        made.otherwise = _telling(sheet, made)
    if isinstance(kind, Directory):
        own = made.columns.get(kind.key) or made.columns.get(kind.shown)
        made.key, made.digest = ((own,) if own else ()), False
    return made


def _fit(column: str, name: str, wanted: Sequence[str]) -> float:
    """How well a column fits a field, by the name of the field or by the words of languages; 0 for not."""
    likeness = _likeness(column, wanted)
    return max(likeness if likeness >= _ALIKE else 0.0, vocabulary.fits(column, name))


def _cells(sheet: Sheet, column: str) -> Iterator[str]:
    place = sheet.place(column) or 0
    return (row.cells[place] if place < len(row.cells) else "" for row in sheet.rows)


def _tells_apart(sheet: Sheet, column: str) -> bool:
    """Whether nearly every row has a text of its own there; a total at the end has none."""
    found = [text for cell in _cells(sheet, column) if (text := fold(cell))]
    return len(found) >= _FILLED * len(sheet.rows) and len(set(found)) >= _FILLED * len(found)


def _telling(sheet: Sheet, made: Choices) -> tuple[str, ...]:
    """The title, and as many columns about whose the entry is as help to tell more rows apart.

    Only what is likely to stay with the next edition of a register: no state, day or answer.
    """
    if "title" not in made.columns:
        return ()
    found = [made.columns["title"]]
    rows = [fold(cell) for cell in _cells(sheet, found[0])]
    for column in sheet.columns:
        if column in found or not vocabulary.fits(column, "business_area"):
            continue
        wider = [f"{row}\n{fold(cell)}" for row, cell in zip(rows, _cells(sheet, column), strict=True)]
        if len(set(wider)) > len(set(rows)):
            found, rows = [*found, column], wider
    return tuple(found)


def _empty(sheet: Sheet) -> tuple[str, ...]:
    """Texts that mean an empty cell: the usual ones, and those of other languages that stand in the file."""
    found = {
        fold(cell): None
        for row in sheet.rows
        for cell in row.cells
        if cell and len(cell) <= _LONGEST_EMPTY and vocabulary.means_empty(cell)
    }
    return (*EMPTY, *(text for text in found if text not in EMPTY))


def choices_of(kind: Target, sheet: Sheet, register: RegisterMap) -> Choices:
    """The choices of a page by which a map could have been made, for a file with the columns it names.

    What only a map written by hand can say is not among them.
    """
    known = {fold(name): name for name in sheet.columns}

    def here(column: str) -> str:
        return known.get(fold(column), "")

    skip = next(iter(register.skip), None)
    made = Choices(
        empty=tuple(register.empty),
        skip_column=here(skip.column) if skip else "",
        skip_words=skip.words if skip else (),
        changed_here=register.changed_here,
        approved=register.approved,
        source=tuple(filter(None, (here(one.column) for one in register.source))),
        key=tuple(filter(None, map(here, register.key))),
        digest=register.digest,
        otherwise=tuple(filter(None, map(here, register.otherwise))),
        register=register.register,
    )
    for item in register.fields:
        columns = [found for column in item.columns if (found := here(column))]
        if item.constant is not None:
            made.constants[item.name] = item.constant
        if item.name not in fields(kind) or not columns:
            continue
        made.columns[item.name] = columns[0]
        made.values[item.name] = dict(item.values)
        if len(columns) > 1:
            made.also[item.name], made.joins[item.name] = columns[1], item.join
        for kept, value in (
            (made.splits, item.split),
            (made.defaults, item.default),
            (made.orders, item.date_order),
        ):
            if value:
                kept[item.name] = value
    return made


def _in_own_words(sheet: Sheet, choices: Choices) -> Iterator[str]:
    """Columns that look like a state, an owner, an approval or a day of the source, and fill no field here.

    Whoever the source calls the owner is kept in its words also where the column is looked up among people.
    """
    taken = set(choices.columns.values()) - {choices.columns.get("owner", "")}
    for column in sheet.columns:
        if column not in taken and words_of_source.about_of(column) != words_of_source.OTHER:
            yield column


def _bare(text: str) -> str:
    return re.sub(r"[^a-z]+", " ", fold(text)).strip()


def _likeness(column: str, wanted: Sequence[str]) -> float:
    return max(SequenceMatcher(None, _bare(column), _bare(word)).ratio() for word in wanted)


def chosen_among(kind: Target, name: str) -> list[tuple[str, str]]:
    """The words that a field takes, with their labels; none when it takes any text."""
    shown = fields(kind)[name]
    if isinstance(shown, django_forms.ModelChoiceField) or not isinstance(shown, django_forms.ChoiceField):
        return []
    pairs: Any = shown.choices
    return [(str(value), str(label)) for value, label in pairs if value not in ("", None)]


def several(kind: Target, name: str) -> bool:
    """Whether a field takes a list."""
    if isinstance(kind, Directory):
        return kind.columns[name].several
    return isinstance(
        fields(kind)[name], (django_forms.MultipleChoiceField, django_forms.ModelMultipleChoiceField)
    )


def words(sheet: Sheet, column: str, *, split: bool) -> list[tuple[str, int]]:
    """The different texts of a column and how often each stands there, most often first, at most sixty."""
    place = sheet.place(column)
    found: Counter[str] = Counter()
    if place is None:
        return []
    for row in sheet.rows:
        cell = row.cells[place] if place < len(row.cells) else ""
        found.update(" ".join(part.split()) for part in (cell.split(",") if split else [cell]))
    del found[""]
    shown: dict[str, tuple[str, int]] = {}
    for text, times in found.items():
        first, before = shown.get(fold(text), (text, 0))
        shown[fold(text)] = (first, before + times)
    return sorted(shown.values(), key=lambda item: (-item[1], item[0]))[:WORDS_SHOWN]


def alike(word: str, known: Sequence[tuple[str, str]], name: str) -> str:
    """The value of the field ``name`` whose word or label is most like ``word``, or what it means in another
    language; empty for none."""
    best = max(known, key=lambda pair: _likeness(word, pair), default=("", ""))
    if known and _likeness(word, best) >= _ALIKE:
        return best[0]
    return vocabulary.meant(word, name, [value for value, _ in known])


def unclear_dates(kind: Target, sheet: Sheet, choices: Choices) -> dict[str, ColumnOrder]:
    """The fields whose column has dates that may mean two days, and nothing that says which."""
    days = types_of(kind).days
    chosen = (item for item in compose_fields(kind, choices) if item[0] in days and item[1])
    found = {name: order_of(_texts(sheet, columns)) for name, columns in chosen}
    return {name: order for name, order in found.items() if order.known in ("mixed", "ambiguous")}


def compose_fields(kind: Target, choices: Choices) -> list[tuple[str, tuple[str, ...]]]:
    """The fields with the columns chosen for each."""
    return [
        (name, tuple(filter(None, (choices.columns.get(name, ""), choices.also.get(name, "")))))
        for name in fields(kind)
        if name in choices.columns
    ]


def _texts(sheet: Sheet, columns: Sequence[str]) -> Iterator[str]:
    for column in columns:
        place = sheet.place(column)
        for row in sheet.rows:
            if place is not None and place < len(row.cells) and row.cells[place].strip():
                yield row.cells[place]


def compose(kind: Target, sheet: Sheet, choices: Choices) -> str:
    """The map of ``choices`` as YAML, as it would be written by hand."""
    made: dict[str, Any] = {"kind": kind.slug}
    if choices.register:
        made["register"] = choices.register
    made.update(mapping.reading_words(sheet))
    made["key"] = {"digest" if choices.digest else "columns": list(choices.key)}
    if choices.otherwise and not choices.digest:
        made["key"]["otherwise"] = list(choices.otherwise)
    if choices.empty:
        made["empty"] = list(choices.empty)
    if choices.skip_column:
        made["skip"] = [{"column": choices.skip_column, "is": list(choices.skip_words)}]
    if choices.source:
        made["source"] = list(choices.source)
    if choices.changed_here != "keep":
        made["changed_here"] = choices.changed_here
    if choices.approved != "leave":
        made["approved"] = choices.approved
    made["fields"] = {}
    for name in fields(kind):
        if name in choices.columns:
            made["fields"][name] = _rule(kind, choices, name)
        elif name in choices.constants:
            rule = {"constant": choices.constants[name]}
            made["fields"][name] = {**rule, "split": ","} if several(kind, name) else rule
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=110)


def _rule(kind: Target, choices: Choices, name: str) -> dict[str, Any]:
    shown = fields(kind)[name]
    rule: dict[str, Any] = {"column": choices.columns[name]}
    if second := choices.also.get(name):
        rule = {"columns": [choices.columns[name], second], "join": choices.joins.get(name) or " "}
    # A word without a value is left to the reading of the field: what it does not take goes to the note.
    values = {word: value for word, value in choices.values.get(name, {}).items() if value}
    if several(kind, name):
        rule["split"] = choices.splits.get(name) or ","
    if default := choices.defaults.get(name):
        rule["default"] = default
    if values:
        rule["values"] = values
    elif isinstance(shown, django_forms.DateField):
        if order := choices.orders.get(name):
            rule["date_order"] = order
    elif name == "slug":
        rule["slug"], rule["once"] = "60", "yes"
    elif isinstance(shown, django_forms.CharField) and shown.max_length:
        rule["shorten"] = str(shown.max_length)
    return rule
