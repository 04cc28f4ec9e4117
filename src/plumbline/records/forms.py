"""kind → form: the only place where a value of a record is cleaned, for every door.

Pages show the form, the API and imports feed it plain values; so a rule holds everywhere or nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, QuerySet

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person, Unit
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault
from plumbline.records import form_faults
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.qualified import parse as parse_qualified
from plumbline.records.qualified import queries as qualified

DATE_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"]
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
"""Days that a record may name; months can be added to each of them."""


def choice_label(record: Any) -> str:
    """What a record is called in a list to choose from: ``Claims Triage, SYS-0001``."""
    return f"{record.title}, {record.reference}"


class _OfRecords:
    """A choice among the records that somebody may see, and those already chosen by others."""

    unseen: frozenset[str] = frozenset()
    """References that are chosen already and that the reader may not see."""
    queryset: Any

    def localized(self, value: Any) -> Any:
        """``value`` with the reference that it has here, if it is a qualified one.

        Raises ``ValidationError``, naming it, when it means no record here that may be chosen; the same when
        there is one that the reader may not see.
        """
        if parse_qualified(value) is None:
            return value
        local = qualified.local_references([value]).get(value)
        if local is None or not self.queryset.filter(reference=local).exists():
            message = say("field.no-record-here", "{reference} is no record here", reference=str(value))
            raise ValidationError(message, code=message.code)  # type: ignore[arg-type]  # kept as it is
        return local

    def label_from_instance(self, obj: Any) -> str:
        """The title first, as people know it; of what the reader may not see, the reference alone."""
        return str(obj.reference) if obj.reference in self.unseen else choice_label(obj)


class RecordChoice(_OfRecords, forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in stubs
    """Another record, named by its reference (``SYS-0003``)."""

    def __init__(self, queryset: QuerySet[Any], **kwargs: Any) -> None:
        kwargs["to_field_name"] = "reference"
        super().__init__(queryset, **kwargs)
        self.error_messages["invalid_choice"] = (
            "There is no such record. Give its reference, for example SYS-0003."
        )

    def to_python(self, value: Any) -> Any:
        """The record that ``value`` names by its reference, qualified or of this installation."""
        return super().to_python(self.localized(value))


class RecordChoices(_OfRecords, forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # as above
    """Several records, named by their references."""

    def __init__(self, queryset: QuerySet[Any], **kwargs: Any) -> None:
        kwargs["to_field_name"] = "reference"
        super().__init__(queryset, **kwargs)
        self.error_messages["invalid_choice"] = "One of the references does not exist."
        self.error_messages["invalid_pk_value"] = "One of the references does not exist."

    def clean(self, value: Any) -> Any:
        """The records that ``value`` names by their references, qualified or of this installation."""
        return super().clean(
            [self.localized(item) for item in value] if isinstance(value, (list, tuple)) else value
        )


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # as above
    """A person, named by handle or e-mail address."""

    def to_python(self, value: Any) -> Person | None:
        """The active person meant by ``value``."""
        if value in self.empty_values:
            return None
        if isinstance(value, Person):
            return value
        text = str(value).strip()
        people = self.queryset
        assert people is not None
        found = (
            people.filter(email__iexact=text).first() if "@" in text else people.filter(handle=text).first()
        )
        if found is None:
            raise ValidationError(
                "There is no such person. Give the handle or e-mail address of an active person."
            )
        return found  # type: ignore[no-any-return]  # the query set is of people


class _DayField(forms.DateField):
    """A day, in one of `DATE_FORMATS`; the first is what programs send, and Python reads it far quicker."""

    def strptime(self, value: str, format: str) -> date:
        """The day that ``value`` means in ``format``. Raises ``ValueError``."""
        if format == DATE_FORMATS[0] and len(value) == len("2026-11-20"):
            return date.fromisoformat(value)
        return super().strptime(value, format)


def _label(field: models.Field[Any, Any]) -> str:
    return str(field.verbose_name)[:1].upper() + str(field.verbose_name)[1:]


def _formfield(field: models.Field[Any, Any], **kwargs: Any) -> forms.Field | None:
    if isinstance(field, (models.ForeignKey, models.ManyToManyField)):
        target = field.related_model
        options: dict[str, Any] = {
            "label": _label(field),
            "help_text": field.help_text,
            "required": not field.blank,
        }
        if target is Person:
            return PersonChoice(Person.objects.filter(is_active=True), to_field_name="handle", **options)
        if target is Unit:
            return forms.ModelChoiceField(Unit.objects.all(), to_field_name="slug", **options)
        shape = RecordChoices if field.many_to_many else RecordChoice
        return shape(target._default_manager.all(), **options)
    if isinstance(field, models.JSONField):
        return None
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        kwargs["form_class"] = _DayField
        kwargs["input_formats"] = DATE_FORMATS
        kwargs["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    made = field.formfield(**kwargs)
    if isinstance(made, forms.DateField):
        made.validators += [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
    if made is not None:
        made.label = _label(field)
        made.label_suffix = ""
    return made


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
def _cleaning_class(kind: Kind) -> type[forms.ModelForm[Any]]:
    """The form of ``kind`` for values that no page shows."""
    shown = form_class(kind)
    cleaning = forms.modelform_factory(kind.model, form=shown, fields=list(shown.base_fields))
    cleaning.base_fields = _SharedFields(cleaning.base_fields)
    return cleaning


@cache
def form_class(kind: Kind) -> type[forms.ModelForm[Any]]:
    """The form of ``kind``: every field a person may fill in, in the order of its sections."""
    names = [name for name in kind.field_names if not isinstance(kind.field(name), models.JSONField)]
    return forms.modelform_factory(kind.model, fields=names, formfield_callback=_formfield)


def form_for(
    kind: Kind,
    actor: Actor,
    *,
    data: Any = None,
    instance: Record | None = None,
    initial: Any = None,
    held: Mapping[str, Any] | None = None,
) -> forms.ModelForm[Any]:
    """A form of ``kind`` whose choices are what ``actor`` may see, and what a record ``held`` before."""
    form = form_class(kind)(data=data, instance=instance, initial=initial)
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
    form = _cleaning_class(kind)(data=data, instance=record)
    _narrow_all(form, actor, present)
    return form, faults + form_faults.of_form(form)


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
        data[name] = value
    return data, faults, bindable


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
        self._form = form_for(kind, actor, data={})
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

    def clean(self, values: Mapping[str, Any]) -> tuple[Record, dict[str, list[Any]], list[Fault]]:
        """A new record of ``values``, its many-valued relations by name, and every fault found.

        A record without faults is taken as made: the next one may not have its unique values.
        """
        data, faults, bindable = _bound(self._kind, values, self._defaults)
        record: Record = self._kind.model()
        if not bindable:
            return record, {}, faults
        self._form.data, self._form.instance = data, record
        self._form.full_clean()
        faults += form_faults.of_form(self._form)
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
