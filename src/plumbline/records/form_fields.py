"""field of a model → field of a form, for every sort of field that a kind has."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext

from plumbline.identity.models import Person, Unit
from plumbline.kernel.messages import say
from plumbline.records import spellings
from plumbline.records.kinds import Kind
from plumbline.records.qualified import parse as parse_qualified
from plumbline.records.qualified import queries as qualified

DATE_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"]
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
"""Days that a record may name; months can be added to each of them."""


def choice_label(record: Any) -> str:
    """What a record is called in a list to choose from: ``Claims Triage, SYS-0001``."""
    return f"{record.title}, {record.reference}"


class _OfRecords:
    """A choice among the records that somebody may see, and those already chosen by others.

    A reference is taken in any usual spelling (``sys 1``), here and so at every door.
    """

    unseen: frozenset[str] = frozenset()
    """References that are chosen already and that the reader may not see."""
    queryset: Any

    def localized(self, value: Any) -> Any:
        """``value`` with the reference that it has here, if it is a qualified one.

        Raises ``ValidationError``, naming it, when it means no record here that may be chosen; the same when
        there is one that the reader may not see.
        """
        if parse_qualified(value) is None:
            return spellings.reference(value) if isinstance(value, str) else value
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


def form_field_of(field: models.Field[Any, Any], **kwargs: Any) -> forms.Field | None:
    """The field of a form that takes the values of ``field``; None where no person fills it in."""
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


def offer_nothing(form: forms.ModelForm[Any], kind: Kind, *, draft: bool) -> None:
    """Let a choice without an answer show that it has none: a browser would otherwise send the first word."""
    for name, field in form.fields.items():
        if type(field) is forms.NullBooleanField:
            field.widget.choices = _three()
        if type(field) is not forms.TypedChoiceField:
            continue
        choices: list[Any] = [*field.choices]  # type: ignore[misc]  # a list by now
        words = [choice for choice in choices if choice[0] not in ("", None)]
        is_open = draft and name in kind.unanswered
        if len(words) < len(choices) or is_open or form.get_initial_for_field(field, name) in ("", None):
            label = gettext("Not answered yet") if name in kind.needed_fields else gettext("No answer")
            field.choices = [("", label), *words]


def _three() -> list[tuple[str, str]]:
    return [("unknown", gettext("Not known")), ("true", gettext("Yes")), ("false", gettext("No"))]
