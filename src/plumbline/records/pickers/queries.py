"""Which values a field takes, by a few letters of what they are called. Nothing here writes.

The fields come from `plumbline.records.forms.form_for`, which has narrowed them to what the reader may see,
so that nobody learns by typing of a record that no list would show them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django import forms
from django.db import connection

from plumbline.identity.actors import Actor
from plumbline.identity.models import Person, Unit
from plumbline.records import kinds, read_log, spellings
from plumbline.records.form_fields import PersonChoice, RecordChoice, RecordChoices, choice_label
from plumbline.records.kinds import REFERENCE
from plumbline.records.list_index import index_columns
from plumbline.records.models import RecordIndex
from plumbline.records.search_index import folding
from plumbline.records.search_index.engines import engine

MOST = 12
"""Values offered at once; more letters bring others up."""
_IN_A_LABEL = re.compile(rf".*\b({REFERENCE})\s*", re.DOTALL)


@dataclass(frozen=True)
class Option:
    """A value that a field takes, and what it is called."""

    value: str
    label: str


def is_picked(field: forms.Field) -> bool:
    """Whether values of ``field`` are picked by typing: it refers to records, people, units, requirements."""
    return isinstance(field, forms.ModelChoiceField) or bool(requirements_of(field))


def requirements_of(field: forms.Field) -> list[tuple[str, str]]:
    """Ids and labels of the requirements that ``field`` takes; none where it is about something else."""
    if isinstance(field, forms.ModelChoiceField) or not isinstance(field, forms.ChoiceField):
        return []
    pairs = [(str(value), str(label)) for value, label in field.choices if value]  # type: ignore[misc, union-attr]  # flat
    return pairs if pairs and all(":" in value for value, _ in pairs) else []


def search(actor: Actor, field: forms.Field, text: str, most: int = MOST) -> list[Option]:
    """Values of ``field`` that ``text`` may mean, the exact one first; the first of all for no text."""
    text = text.strip()[: folding.LONGEST_QUERY]
    found = [*_exact(field, text), *_alike(actor, field, text, most)]
    return list({option.value: option for option in found}.values())[:most]


def meant(field: forms.Field, text: str) -> Option | None:
    """The one value of ``field`` that ``text`` is a name of; None where there is none or several."""
    found = list({option.value: option for option in _exact(field, text.strip())}.values())
    return found[0] if len(found) == 1 else None


def labels(field: forms.Field, values: Collection[str]) -> dict[str, str]:
    """What the ``values`` of ``field`` are called, for those that it takes."""
    if not values:
        return {}
    if isinstance(field, (RecordChoice, RecordChoices)):
        rows = field.queryset.filter(reference__in=list(values))
        return {row.reference: field.label_from_instance(row) for row in rows}
    if pairs := requirements_of(field):
        return {value: label for value, label in pairs if value in values}
    return {value: label for value, label, _ in _small(field) if value in values}


def _exact(field: forms.Field, text: str) -> Iterator[Option]:
    if not text:
        return
    if isinstance(field, (RecordChoice, RecordChoices)):
        in_label = _IN_A_LABEL.fullmatch(text)
        names = {text, spellings.reference(text), *(in_label.groups() if in_label else ())}
        rows = field.queryset.filter(reference__in=names)[:2]
        if not rows and len(text) > 2:
            alike = RecordIndex.objects.filter(title=index_columns.title(text)).values("record_id")
            rows = field.queryset.filter(pk__in=alike)[:2]
        yield from (Option(row.reference, field.label_from_instance(row)) for row in rows)
        return
    if pairs := requirements_of(field):
        named = dict(pairs)
        value = spellings.requirement(text, named)
        yield from (Option(name, label) for name, label in pairs if name == value or label == text)
        return
    wanted = folding.fold(text)
    for value, label, also in _small(field):
        if text == value or wanted in (folding.fold(label), *map(folding.fold, also)):
            yield Option(value, label)


def _alike(actor: Actor, field: forms.Field, text: str, most: int) -> Iterable[Option]:
    wanted = folding.terms(text)
    if text and not wanted:
        return []
    if isinstance(field, (RecordChoice, RecordChoices)):
        return _records(actor, field, wanted, most)
    pairs = requirements_of(field)
    rows = ((value, label, (value,)) for value, label in pairs) if pairs else _small(field)
    return [
        Option(value, label)
        for value, label, also in rows
        if all(folding.stands_in(tuple(folding.words(f"{label} {' '.join(also)}")), term) for term in wanted)
    ][:most]


def _records(
    actor: Actor, field: RecordChoice | RecordChoices, wanted: tuple[folding.Term, ...], most: int
) -> list[Option]:
    kind = kinds.of_model(field.queryset.model)
    open_rows = field.queryset.exclude(reference__in=field.unseen) if field.unseen else field.queryset
    if wanted:
        seen = RecordIndex.objects.filter(kind=kind.slug, record_id__in=open_rows.values("pk"))
        rows = engine(connection).matching(seen, wanted, titles=True)
        keys = list(rows.values_list("record_id", flat=True)[:most])
        by_key = field.queryset.in_bulk(keys)
        found = [by_key[key] for key in keys if key in by_key]
    else:
        found = list(open_rows.order_by("-id")[:most])
    read_log.of_list(actor, kind, len(found))
    return [Option(row.reference, choice_label(row)) for row in found]


def _small(field: forms.Field) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Value, label and other names of the people or units that ``field`` takes."""
    if isinstance(field, PersonChoice):
        people: list[Person] = list(field.queryset or ())
        names = [person.full_name for person in people]
        for person in people:
            # Two people of one name are told apart by what stands for them elsewhere.
            alone = names.count(person.full_name) == 1
            label = person.full_name if alone else f"{person.full_name}, {person.handle}"
            yield person.handle, label, (person.handle,)
        return
    queryset = field.queryset if isinstance(field, forms.ModelChoiceField) else None
    for unit in queryset or ():
        assert isinstance(unit, Unit)
        yield unit.slug, unit.name, (unit.slug,)
