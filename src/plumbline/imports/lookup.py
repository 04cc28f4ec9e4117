"""What the texts of a row mean here: records by reference, key or title, people by name or e-mail, words.

Only what whoever imports may see is found, so that nobody learns from a preview of a record that no list
would show them. Answers are remembered: a lookup is for one plan.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms as django_forms
from django.db import models
from django.db.models import Q

from plumbline.identity.actors import Actor
from plumbline.imports.directory.declarations import Directory, Target
from plumbline.imports.mapping import FieldMap, RegisterMap
from plumbline.imports.notices import RowFault
from plumbline.imports.reading import fold, squeeze
from plumbline.imports.rows import FieldTypes, MappedRow
from plumbline.imports.vocabulary import words as vocabulary
from plumbline.kernel.messages import Text, say
from plumbline.records import forms, qualified
from plumbline.records.form_fields import PersonChoice, RecordChoice, RecordChoices
from plumbline.records.kinds import Kind
from plumbline.records.pickers import queries as pickers

_SEVERAL = re.compile(r"\s*[;/|\n&]\s*|\s+(?:and|und|et|y|en|e)\s+")
_ADDRESS = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>|([^<>\s]+@[^<>\s]+)")


def types_of(kind: Target) -> FieldTypes:
    """Which fields of ``kind`` take days, figures, and a yes or no."""
    if isinstance(kind, Directory):  # which reads its texts itself
        return FieldTypes()
    names = forms.form_class(kind).base_fields
    fields = {name: kind.field(name) for name in names}
    figures = (models.DecimalField, models.FloatField, models.IntegerField)
    return FieldTypes(
        frozenset(
            name
            for name, field in fields.items()
            if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField)
        ),
        frozenset(name for name, field in fields.items() if isinstance(field, figures) and not field.choices),
        frozenset(name for name, field in fields.items() if isinstance(field, models.BooleanField)),
    )


class Lookup:
    """The values that the fields of one kind take, asked for by what people call them."""

    def __init__(self, actor: Actor, kind: Kind, register: RegisterMap) -> None:
        self._fields = forms.form_for(kind, actor).fields
        self._items = [item for item in register.fields if item.name in self._fields]
        self._answers: dict[tuple[str, str], str | None] = {}
        self._guessed: dict[tuple[str, str], Text] = {}
        self._why: dict[tuple[str, str], tuple[Text, Text]] = {}
        self._words: dict[str, dict[str, str]] = {}

    def resolve(self, row: MappedRow) -> None:
        """Put what each text of ``row`` means in its place, and say what means nothing here."""
        for item in self._items:
            value = row.values.get(item.name)
            if not value or item.slug:
                continue
            field = self._fields[item.name]
            if isinstance(field, django_forms.BooleanField):
                row.values[item.name] = self._flag(item, str(value), row)
            elif isinstance(field, (django_forms.ModelChoiceField, django_forms.ChoiceField)):
                row.values[item.name] = self._chosen(item, field, value, row)

    def _flag(self, item: FieldMap, text: str, row: MappedRow) -> str:
        found = vocabulary.yes_or_no(text)
        if found is None:
            self._unread(item, text, row, "is neither yes nor no", "write yes or no")
        return found or ""

    def _chosen(self, item: FieldMap, field: django_forms.Field, value: Any, row: MappedRow) -> Any:
        if isinstance(value, str):
            return self._one(item, field, value, row)
        found = [self._one(item, field, text, row) for text in value]
        return list(dict.fromkeys(text for text in found if text))

    def _one(self, item: FieldMap, field: django_forms.Field, text: str, row: MappedRow) -> str:
        known = (item.name, text)
        if known not in self._answers:
            self._answers[known] = self._found(item.name, field, text)
            if self._answers[known] is None and isinstance(field, PersonChoice):
                self._answers[known] = self._one_of_several(known, field)
        found = self._answers[known]
        if known in self._guessed:
            column = ", ".join(item.columns)
            row.notices.append(RowFault(column, item.name, self._guessed[known], "", text, "guessed"))
        if found is None:
            message, remedy = self._why.get(known) or (_why(field), _remedy(field))
            self._unread(item, text, row, message, remedy)
        return found or ""

    def _one_of_several(self, known: tuple[str, str], field: PersonChoice) -> str | None:
        """The one person who is here of several in a cell; none where several are, since nobody has said who
        of them it is."""
        parts = [part for part in map(squeeze, _SEVERAL.split(known[1])) if part]
        here = {found: part for part in parts if len(parts) > 1 and (found := _person(field, part))}
        if len(here) > 1:
            self._why[known] = "names several people who are here", "name one of them, or assign it here"
        if len(here) != 1:
            return None
        handle, part = here.popitem()
        self._guessed[known] = say(
            "imports.one-of-several", "names several; only {name} is somebody here", name=part
        )
        return handle

    def _found(self, name: str, field: django_forms.Field, text: str) -> str | None:
        if isinstance(field, PersonChoice):
            return _person(field, text)
        if isinstance(field, (RecordChoice, RecordChoices)):
            # What names its installation is judged by the form, which says more of it.
            key = qualified.tidied(text)
            return key if qualified.parse(key) is not None else _record(field, text)
        if isinstance(field, django_forms.ModelChoiceField) or pickers.requirements_of(field):
            option = pickers.meant(field, text)
            return option.value if option else None
        return self._words_of(name, field).get(fold(text))

    def _words_of(self, name: str, field: django_forms.Field) -> dict[str, str]:
        if name not in self._words:
            pairs: Any = field.choices  # type: ignore[attr-defined]  # a choice field
            listed = [(str(value), str(label)) for value, label in pairs if value not in ("", None)]
            by_label = {fold(label): value for value, label in listed}
            self._words[name] = by_label | {fold(value): value for value, _ in listed}
        return self._words[name]

    def _unread(self, item: FieldMap, text: str, row: MappedRow, message: Text, remedy: Text) -> None:
        column = ", ".join(item.columns)
        if item.unreadable == "fault":
            row.faults.append(RowFault(column, item.name, message, remedy, text))
        else:
            sort = "not understood" if item.unreadable == "note" else "dropped"
            row.notices.append(RowFault(column, item.name, message, remedy, text, sort))  # type: ignore[arg-type]  # a sort


def _why(field: django_forms.Field) -> str:
    if isinstance(field, django_forms.ModelChoiceField):
        return "names nothing here that you may see, or more than one"
    return "is not a value that this field takes"


def _remedy(field: django_forms.Field) -> str:
    if isinstance(field, (RecordChoice, RecordChoices)):
        return "write its reference, its key in the register, or its whole title"
    if isinstance(field, PersonChoice):
        return "write the e-mail address or the name of somebody who is here"
    if isinstance(field, django_forms.ModelChoiceField):
        return "write an existing name"
    return "say in the values of the map what it means"


def _person(field: PersonChoice, text: str) -> str | None:
    """The handle of the one person meant: by e-mail address, also in ``Name <address>``, handle or name."""
    people: Any = field.queryset
    address = _ADDRESS.search(unicodedata.normalize("NFKC", text))
    if address is not None:
        named = people.filter(email__iexact=address[1] or address[2])[:2]
        return str(named[0].handle) if len(named) == 1 else None
    option = pickers.meant(field, text)
    if option is not None:
        return option.value
    # Registers of authorities write the family name first.
    last, comma, first = text.partition(",")
    option = pickers.meant(field, f"{squeeze(first)} {squeeze(last)}") if comma else None
    return option.value if option else None


def _record(field: RecordChoice | RecordChoices, text: str) -> str | None:
    """The reference of the one record meant: by reference in any spelling, title, or key of its register."""
    option = pickers.meant(field, text)
    if option is not None:
        return option.value
    keyed = field.queryset.filter(Q(key=text) | Q(key__endswith=f":{text}"))
    found: Sequence[str] = list(keyed.values_list("reference", flat=True)[:2])
    return str(found[0]) if len(found) == 1 else None
