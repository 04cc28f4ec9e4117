"""Making a map by hand: which column looks like which field, which words it holds, and the map of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

import yaml
from django import forms as django_forms

from plumbline.imports.reading import Sheet, fold
from plumbline.records import forms
from plumbline.records.kinds import Kind

DATES = (
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%Y/%m/%d",
    "%d %b %Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%m/%Y",
)
EMPTY = ["n/a", "na", "none", "-", "unknown"]
WORDS_SHOWN = 60
_ALIKE = 0.82
_SAMPLE = 200
_MEANT = {
    "title": ("name", "use case name", "system name", "use case", "designation", "bezeichnung", "titel"),
    "purpose": ("description", "summary", "intended purpose", "beschreibung", "zweck"),
    "owner": ("responsible", "contact", "system owner"),
    "lifecycle": ("stage", "status", "phase", "development stage"),
    "started_on": ("date initiated", "start date", "initiated"),
    "operating_since": ("date implemented", "go live", "live since"),
    "retired_on": ("date retired", "end date"),
}


@dataclass
class Choices:
    """What somebody chose: a column or a constant for each field, words of a column, and the key."""

    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    digest: bool = False
    register: str = ""


def fields(kind: Kind) -> dict[str, django_forms.Field]:
    """The fields that a column can fill, in form order."""
    return dict(forms.form_class(kind).base_fields)


def suggested(kind: Kind, sheet: Sheet) -> Choices:
    """The columns that look like fields of ``kind``, and a key: a column called id, else a digest."""
    made = Choices()
    free = dict.fromkeys(sheet.columns)
    for name, shown in fields(kind).items():
        wanted = (fold(str(shown.label)), name.replace("_", " "), *_MEANT.get(name, ()))
        best = max(free, key=lambda column: _likeness(column, wanted), default="")
        if best and _likeness(best, wanted) >= _ALIKE:
            made.columns[name] = best
            del free[best]
    if "slug" in fields(kind) and "slug" not in made.columns and "title" in made.columns:
        made.columns["slug"] = made.columns["title"]
    ids = [
        column
        for column in sheet.columns
        if _bare(column) in ("id", "key", "number", "nr", "no", "reference")
    ]
    made.key = tuple(ids[:1]) or ((made.columns["title"],) if "title" in made.columns else ())
    made.digest = not ids
    return made


def _bare(text: str) -> str:
    return re.sub(r"[^a-z]+", " ", fold(text)).strip()


def _likeness(column: str, wanted: Sequence[str]) -> float:
    return max(SequenceMatcher(None, _bare(column), _bare(word)).ratio() for word in wanted)


def chosen_among(kind: Kind, name: str) -> list[tuple[str, str]]:
    """The words that a field takes, with their labels; none when it takes any text."""
    shown = fields(kind)[name]
    if isinstance(shown, django_forms.ModelChoiceField) or not isinstance(shown, django_forms.ChoiceField):
        return []
    pairs: Any = shown.choices
    return [(str(value), str(label)) for value, label in pairs if value not in ("", None)]


def several(kind: Kind, name: str) -> bool:
    """Whether a field takes a list."""
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


def alike(word: str, known: Sequence[tuple[str, str]]) -> str:
    """The value whose word or label is most like ``word``, or none."""
    best = max(known, key=lambda pair: _likeness(word, pair), default=("", ""))
    return best[0] if known and _likeness(word, best) >= _ALIKE else ""


def date_shapes(sheet: Sheet, column: str) -> list[str]:
    """The date formats that a column's texts have, the one that fits most of them first."""
    place = sheet.place(column) or 0
    cells = [
        row.cells[place].strip() for row in sheet.rows if place < len(row.cells) and row.cells[place].strip()
    ]
    fits = Counter({shape: sum(_is(cell, shape) for cell in cells[:_SAMPLE]) for shape in DATES})
    return [shape for shape, times in fits.most_common() if times] or [DATES[0]]


def _is(text: str, shape: str) -> bool:
    try:
        datetime.strptime(text, shape)  # noqa: DTZ007  # a day has no zone
    except ValueError:
        return False
    return True


def compose(kind: Kind, sheet: Sheet, choices: Choices) -> str:
    """The map of ``choices`` as YAML, as it would be written by hand."""
    made: dict[str, Any] = {"kind": kind.slug}
    if choices.register:
        made["register"] = choices.register
    made["key"] = {"digest" if choices.digest else "columns": list(choices.key)}
    made["empty"] = list(EMPTY)
    made["fields"] = {}
    for name in fields(kind):
        if name in choices.columns:
            made["fields"][name] = _rule(kind, sheet, choices, name)
        elif name in choices.constants:
            rule = {"constant": choices.constants[name]}
            made["fields"][name] = {**rule, "split": ","} if several(kind, name) else rule
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=110)


def _rule(kind: Kind, sheet: Sheet, choices: Choices, name: str) -> dict[str, Any]:
    shown, column = fields(kind)[name], choices.columns[name]
    rule: dict[str, Any] = {"column": column}
    known = chosen_among(kind, name)
    if several(kind, name):
        rule["split"] = ","
    if known:
        rule["values"] = dict(choices.values.get(name, {}))
    elif isinstance(shown, django_forms.BooleanField):
        rule["values"] = {
            "yes": "true",
            "no": "false",
            "true": "true",
            "false": "false",
            "1": "true",
            "0": "false",
        }
        rule["otherwise"] = "false"
    elif isinstance(shown, django_forms.DateField):
        rule["dates"], rule["unreadable"] = date_shapes(sheet, column), "note"
    elif name == "slug":
        rule["slug"], rule["once"] = "60", "yes"
    elif isinstance(shown, django_forms.CharField) and shown.max_length:
        rule["shorten"] = str(shown.max_length)
    return rule
