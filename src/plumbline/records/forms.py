"""kind → form: the only place where a value of a record is cleaned, for every door.

Pages show the form, the API and imports feed it plain values; so a rule holds everywhere or nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from plumbline.kernel.problems import Fault
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

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


class RecordChoices(_OfRecords, forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # as above
    """Several records, named by their references."""

    def __init__(self, queryset: QuerySet[Any], **kwargs: Any) -> None:
        kwargs["to_field_name"] = "reference"
        super().__init__(queryset, **kwargs)
        self.error_messages["invalid_choice"] = "One of the references does not exist."
        self.error_messages["invalid_pk_value"] = "One of the references does not exist."


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
    made = form_class(kind)(data=data, instance=instance, initial=initial)
    for name, field in made.fields.items():
        if isinstance(field, (RecordChoice, RecordChoices)):
            before = (held or {}).get(name) or ()
            _narrow(field, actor, (before,) if isinstance(before, str) else before)
    return made


def initial_values(record: Record, kind: Kind) -> dict[str, Any]:
    """The values of ``record`` as the form takes them."""
    return plain_values.of_record(record, kind)


def clean(
    kind: Kind, actor: Actor, values: dict[str, Any], *, record: Record | None = None
) -> tuple[forms.ModelForm[Any], list[Fault]]:
    """Bind ``values`` (plain, or texts from a page) to the form, over those of ``record`` if given.

    Returns the form and every fault found: unknown fields, values of a wrong type, and what the form says.
    """
    shape = form_class(kind)
    faults = [
        Fault(
            name, "this field does not exist", f"leave it out; known fields: {', '.join(shape.base_fields)}"
        )
        for name in values
        if name not in shape.base_fields
    ]
    held = initial_values(record, kind) if record is not None else {}
    data: dict[str, Any] = dict(held) if record is not None else _defaults(kind)
    for name, value in values.items():
        field = shape.base_fields.get(name)
        if field is None:
            continue
        wrong = _wrong_type(field, value)
        if wrong:
            faults.append(Fault(name, wrong[0], wrong[1]))
        data[name] = value
    if any(str(fault.message).startswith("is of the wrong type") for fault in faults):
        return form_for(kind, actor, instance=record), faults
    made = form_for(kind, actor, data=data, instance=record, held=held)
    for name, errors in made.errors.as_data().items():
        faults += [
            Fault("" if name == "__all__" else name, _message(error), _remedy(made, name)) for error in errors
        ]
    return made, faults


def _message(error: ValidationError) -> str:
    """What the form says, without the value that was sent."""
    template = str(getattr(error, "message", ""))
    if error.code == "invalid_choice" or "%(value)" in template or "%(pk)" in template:
        return "is not a value that this field takes"
    return " ".join(error.messages)


def _defaults(kind: Kind) -> dict[str, Any]:
    found = {}
    for name in form_class(kind).base_fields:
        field = kind.field(name)
        if field.has_default() and not field.many_to_many:
            found[name] = plain_values.plain(field.get_default())
    return found


def _wrong_type(field: forms.Field, value: Any) -> tuple[str, str] | None:
    several = isinstance(field, (forms.MultipleChoiceField, forms.ModelMultipleChoiceField))
    if several and value is not None and not isinstance(value, (list, tuple)):
        return "is of the wrong type", "give a list"
    if not several and isinstance(value, (list, tuple, dict)):
        return "is of the wrong type", "give a single value"
    if isinstance(value, bool) and not isinstance(field, (forms.BooleanField, forms.NullBooleanField)):
        return "is of the wrong type", "give a text"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = isinstance(field, (forms.IntegerField, forms.DecimalField, forms.FloatField))
        chosen = isinstance(field, forms.TypedChoiceField) and field.coerce is not str
        if not (number or chosen):
            return "is of the wrong type", "give a text"
    return None


def _remedy(made: forms.ModelForm[Any], name: str) -> str:
    field = made.fields.get(name)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        words = [str(value) for value, _ in field.choices if value not in ("", None)][:30]  # type: ignore[misc,union-attr]  # flat choices
        return f"one of: {', '.join(words)}"
    if isinstance(field, forms.DateField):
        return "a date such as 2026-11-20"
    if isinstance(field, forms.ModelChoiceField):
        return (
            "the reference of an existing record" if isinstance(field, RecordChoice) else "an existing name"
        )
    return str(field.help_text) if field is not None else ""
