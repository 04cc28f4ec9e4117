"""kind → form: the only place where a value of a record is cleaned, for every door.

Pages show the form, the API and imports feed it plain values; so a rule holds everywhere or nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy, deepcopy
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.text import slugify

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault
from plumbline.records import conditional, form_faults, spellings
from plumbline.records import values as plain_values
from plumbline.records.form_fields import RecordChoice, RecordChoices, form_field_of, offer_nothing
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.pickers.queries import requirements_of


def _narrow(field: RecordChoice | RecordChoices, actor: Actor, held: Iterable[str]) -> None:
    """Offer what ``actor`` may see and what is ``held``, so that saving takes nothing away unseen."""
    every: Any = field.queryset
    shown, references = policy.visible(actor, every), frozenset(held)
    if shown is not every and references:
        seen = shown.filter(reference__in=references).values_list("reference", flat=True)
        field.unseen = references.difference(seen)
    if field.unseen:
        shown = every.filter(Q(pk__in=shown.values("pk")) | Q(reference__in=field.unseen))
    field.queryset = shown.order_by("title", "id")


class _SharedFields(dict[str, forms.Field]):
    """Form fields that every form of a class shares, except those whose choices depend on who asks.

    Django gives each form a deep copy of all its fields, since pages change them; a form that only cleans
    values changes none, and the copies took a third of the time of saving a record.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return {
            name: deepcopy(field, memo) if isinstance(field, (RecordChoice, RecordChoices)) else field
            for name, field in self.items()
        }


@cache
def _cleaning_class(kind: Kind, draft: bool) -> type[forms.ModelForm[Any]]:
    """The form of ``kind`` for values that no page shows."""
    shown = draft_form_class(kind) if draft else form_class(kind)
    cleaning = forms.modelform_factory(kind.model, form=shown, fields=list(shown.base_fields))
    for name, field in cleaning.base_fields.items():
        # The fields were made anew, required as the model says.
        field.required = shown.base_fields[name].required
    cleaning.base_fields = _SharedFields(cleaning.base_fields)
    return cleaning


@cache
def form_class(kind: Kind) -> type[forms.ModelForm[Any]]:
    """The form of ``kind``: every field a person may fill in, in the order of its sections."""
    names = [name for name in kind.field_names if not isinstance(kind.field(name), models.JSONField)]
    return forms.modelform_factory(kind.model, fields=names, formfield_callback=form_field_of)


class DraftForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in stubs
    """A form in which whatever is required may still be missing, except what not even a draft goes without.

    Everything that is given is judged as always. Django leaves the model's own check of an empty field out
    where the form does not require it; what `clean` of the model asks for is left out here.
    """

    at_once: frozenset[str] = frozenset()

    def add_error(self, field: str | None, error: Any) -> None:
        """Note an error, unless it only says that something is not filled in yet."""
        by_field = (
            error.error_dict
            if isinstance(error, ValidationError) and field is None and hasattr(error, "error_dict")
            else None
        )
        if by_field is None:
            super().add_error(field, error)
            return
        kept = {
            name: [one for one in errors if name in self.at_once or not is_missing(one)]
            for name, errors in by_field.items()
        }
        if kept := {name: errors for name, errors in kept.items() if errors}:
            super().add_error(None, ValidationError(kept))


def _name_from_title(kind: Kind, data: dict[str, Any]) -> None:
    """Fill in a unique name (``slug``) that nobody gave from the title, numbered where it is taken."""
    if "slug" not in kind.unique_fields or data.get("slug") or not isinstance(data.get("title"), str):
        return
    name = "slug"
    longest = kind.field(name).max_length or 50
    wanted = slugify(data["title"])[: longest - 4].strip("-_") or kind.slug
    alike = kind.model._default_manager.filter(**{f"{name}__startswith": wanted})
    taken = set(alike.values_list(name, flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    data[name] = next(text for text in (wanted, *numbered) if text not in taken)


def is_missing(error: ValidationError) -> bool:
    """Whether an error says that a field is empty: by Django, or by a rule of the kind called *required*."""
    return str(error.code).rpartition(".")[2] == "required"


@cache
def draft_form_class(kind: Kind) -> type[forms.ModelForm[Any]]:
    """The form of ``kind`` for a record in a state of draft: only what is needed at once is required."""

    class Draft(DraftForm):
        at_once = frozenset(kind.needed_at_once)

    shown = form_class(kind)
    made = forms.modelform_factory(
        kind.model, form=Draft, fields=list(shown.base_fields), formfield_callback=form_field_of
    )
    for name, field in made.base_fields.items():
        field.required = field.required and name in kind.needed_at_once
    return made


def is_draft(kind: Kind, record: Record | None) -> bool:
    """Whether a record, or a new one, is in a state in which it may be incomplete."""
    return (record.state if record is not None else kind.workflow.initial) in kind.workflow.drafts


def missing(kind: Kind, record: Record) -> dict[str, Fault]:
    """What a complete record has and ``record`` has not, by field, each with how to mend it."""
    form = _cleaning_class(kind, draft=False)(data=initial_values(record, kind), instance=copy(record))
    names = [name for name, errors in form.errors.as_data().items() if any(map(is_missing, errors))]
    remedies = {fault.field: fault.remedy for fault in form_faults.of_form(form)}
    return {name: Fault(name, "is empty", remedies.get(name, "")) for name in names if name != "__all__"}


def form_for(
    kind: Kind,
    actor: Actor,
    *,
    data: Any = None,
    instance: Record | None = None,
    initial: Any = None,
    held: Mapping[str, Any] | None = None,
    only: Collection[str] | None = None,
    prefix: str | None = None,
    auto_id: str = "id_%s",
    draft: bool = False,
) -> forms.ModelForm[Any]:
    """A form of ``kind`` whose choices are what ``actor`` may see, and what a record ``held`` before.

    ``only`` are the fields to show, where that is a part of them; ``prefix`` and ``auto_id`` set their names
    and ids apart from others on the same page. A ``draft`` may leave required fields empty.
    """
    if instance is None:
        # No answer of a list is a fact because a form was saved unread.
        initial = {**dict.fromkeys(kind.unanswered, ""), **(initial or {})}
    shape = draft_form_class(kind) if draft else form_class(kind)
    form = shape(data=data, instance=instance, initial=initial, prefix=prefix, auto_id=auto_id)
    offer_nothing(form, kind, draft=draft)
    if only is not None:
        form.fields = {name: field for name, field in form.fields.items() if name in only}
    _narrow_all(form, actor, held or {})
    return form


def _narrow_all(form: forms.ModelForm[Any], actor: Actor, present: Mapping[str, Any]) -> None:
    for name, field in form.fields.items():
        if isinstance(field, (RecordChoice, RecordChoices)):
            chosen = present.get(name) or ()
            _narrow(field, actor, (chosen,) if isinstance(chosen, str) else chosen)


def initial_values(record: Record, kind: Kind) -> dict[str, Any]:
    """The values of ``record`` as the form takes them."""
    return plain_values.of_record(record, kind)


def clean(
    kind: Kind,
    actor: Actor,
    values: dict[str, Any],
    *,
    record: Record | None = None,
    present: Mapping[str, Any] | None = None,
) -> tuple[forms.ModelForm[Any], list[Fault]]:
    """Bind ``values`` (plain, or texts from a page) to the form, over those of ``record`` if given.

    ``present`` are the plain values of ``record`` where they are at hand.

    Returns the form and every fault found: unknown fields, values of a wrong type, and what the form says.
    """
    if present is None:
        present = initial_values(record, kind) if record is not None else {}
    data, faults, bindable = _bound(kind, values, present if record is not None else _defaults(kind))
    if not bindable:
        return form_for(kind, actor, instance=record), faults
    if record is None and is_draft(kind, None):
        _name_from_title(kind, data)
    form = _cleaning_class(kind, is_draft(kind, record))(data=data, instance=record)
    _narrow_all(form, actor, present)
    return form, faults + _faults(kind, form, present if record is not None else None)


def _faults(kind: Kind, form: forms.ModelForm[Any], present: Mapping[str, Any] | None = None) -> list[Fault]:
    """What a form that has cleaned its values says, and answers to what it does not ask for."""
    found = form_faults.of_form(form)
    known = frozenset(fault.field for fault in found)
    return found + conditional.faults(kind, form.cleaned_data, known, present)


def _bound(
    kind: Kind, values: Mapping[str, Any], before: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Fault], bool]:
    """``values`` over those of ``before``, what is wrong with them, and whether a form can take them."""
    shape = form_class(kind)
    data = dict(before)
    faults: list[Fault] = []
    bindable = True
    for name, value in values.items():
        field = shape.base_fields.get(name)
        if field is None:
            known = ", ".join(shape.base_fields)
            faults.append(
                Fault(
                    name,
                    "this field does not exist",
                    say(
                        "records.leave-it-out-known-fields",
                        "leave it out; known fields: {known}",
                        known=known,
                    ),
                )
            )
            continue
        if wrong := form_faults.wrong_type(field, value):
            faults.append(Fault(name, wrong[0], wrong[1]))
            bindable = False
        data[name] = _one_form(value) if isinstance(value, str) else value
        if isinstance(value, str):
            faults += form_faults.of_length(name, field, value, data[name])
        if requirements := _requirements(kind, name):
            data[name] = _spelled(data[name], requirements)
        if name == "title" and isinstance(value, str):
            data[name] = _BREAKS.sub(" ", data[name])
            faults += form_faults.of_name(name, data[name])
    return data, faults, bindable


@cache
def _requirements(kind: Kind, name: str) -> frozenset[str]:
    """Ids of the requirements that a field takes: those of the catalogs that come with the product."""
    return frozenset(value for value, _ in requirements_of(form_class(kind).base_fields[name]))


def _spelled(value: Any, known: frozenset[str]) -> Any:
    """A requirement, or each of several, by its id."""
    if isinstance(value, (list, tuple)):
        return [_spelled(item, known) for item in value]
    return spellings.requirement(value, known) if isinstance(value, str) else value


_BREAKS = re.compile(r"\s*[\t\n\v\f]\s*")
"""Line breaks and tabs, which a cell of a register has now and then: in a title they are spaces."""


def _one_form(text: str) -> str:
    """``text`` in the one form in which it is kept: composed letters (NFC), and lines that end with LF.

    A browser sends CR LF for every line break of a text area, so that a text nobody has touched would come
    back as another one.
    """
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


_LONGEST_REMEMBERED = 64
"""Characters of the longest text whose cleaned value is remembered: words come again, paragraphs do not."""


def _remembering(clean: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``clean`` that is asked once for each value. A refusal is not remembered; the next row asks again."""
    answers: dict[tuple[type, Any], Any] = {}

    def remembered(value: Any) -> Any:
        if isinstance(value, str) and len(value) > _LONGEST_REMEMBERED:
            return clean(value)
        plain = tuple(value) if isinstance(value, list) else value
        key = (type(plain), plain)  # True, 1 and 1.0 are one key of a dictionary, and three values of a form
        if key not in answers:
            answers[key] = clean(value)
        return answers[key]

    return remembered


class FormBatch:
    """One form of a kind that cleans new record after new record, by the same rules as `clean`.

    Making a form copies every one of its fields, a choice asks the database for each value, and so does each
    unique field: for one record that is right, for a thousand it costs more than all the rest. Here the
    fields are built once, and what the database answered is remembered. The answers may have aged when the
    records are written: a batch is for seconds, and its user must be ready for the database to refuse a
    unique value that somebody else has taken meanwhile.
    """

    def __init__(self, kind: Kind, actor: Actor) -> None:
        self._kind, self._actor = kind, actor
        self._defaults = _defaults(kind)
        self._draft = is_draft(kind, None)
        self._form = form_for(kind, actor, data={}, draft=self._draft)
        self._unique = [field for field in kind.model._meta.local_fields if field.unique and field.editable]
        self._free: dict[tuple[str, Any], bool] = {}
        for field in self._form.fields.values():
            field.clean = _remembering(field.clean)  # type: ignore[method-assign, assignment]  # this copy's
        self._form.validate_unique = self._validate_unique  # type: ignore[method-assign]  # asked in blocks

    def expect(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Ask at once which unique values of the coming ``rows`` are taken."""
        for field in self._unique:
            values = {str(row[field.name]) for row in rows if row.get(field.name)}
            taken = self._taken(field, values)
            self._free |= {(field.name, value): value not in taken for value in values}

    def _taken(self, field: models.Field[Any, Any], values: Iterable[Any]) -> frozenset[Any]:
        rows = self._kind.model._default_manager.filter(**{f"{field.name}__in": list(values)})
        return frozenset(rows.values_list(field.name, flat=True))

    def _validate_unique(self) -> None:
        """Django's own check, without its query for values that `expect` or an earlier row knows of."""
        record = self._form.instance
        for field in self._unique:
            value = getattr(record, field.attname)
            if field.name in self._form.errors or value in field.empty_values:
                continue
            if (field.name, value) not in self._free:
                self._free[field.name, value] = not self._taken(field, [value])
            if not self._free[field.name, value]:
                self._form.add_error(field.name, record.unique_error_message(self._kind.model, (field.name,)))

    def _name(self, data: dict[str, Any]) -> None:
        """Fill in a unique name that nobody gave, as `clean` does, and none that an earlier row has taken."""
        if "slug" not in self._kind.unique_fields or data.get("slug"):
            return
        _name_from_title(self._kind, data)
        wanted, number = data.get("slug"), 2
        while wanted and not self._free.get(("slug", data["slug"]), True):
            data["slug"] = f"{wanted}-{number}"
            number += 1

    def clean(self, values: Mapping[str, Any]) -> tuple[Record, dict[str, list[Any]], list[Fault]]:
        """A new record of ``values``, its many-valued relations by name, and every fault found.

        A record without faults is taken as made: the next one may not have its unique values.
        """
        data, faults, bindable = _bound(self._kind, values, self._defaults)
        record: Record = self._kind.model()
        if not bindable:
            return record, {}, faults
        if self._draft:
            self._name(data)
        self._form.data, self._form.instance = data, record
        self._form.full_clean()
        faults += _faults(self._kind, self._form)
        if faults:
            return record, {}, faults
        self._free |= {(field.name, getattr(record, field.attname)): False for field in self._unique}
        cleaned = self._form.cleaned_data
        many = {field.name: list(cleaned[field.name]) for field in self._kind.model._meta.local_many_to_many}
        return record, many, []


def _defaults(kind: Kind) -> dict[str, Any]:
    found = {}
    for name in form_class(kind).base_fields:
        field = kind.field(name)
        if field.has_default() and not field.many_to_many:
            found[name] = plain_values.plain(field.get_default())
    return found
