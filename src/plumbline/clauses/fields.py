"""The fields of the kinds: a function for each sort, so that a field is one line, and columns Django lacks.

Each takes the label and the help text that readers see; it may stay empty unless it is ``required``. A draft
may leave a required one empty too, so the columns of days, numbers and relations take NULL; what reads
records beyond their draft need not expect it. What a function does not cover is written out as the Django
field it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, overload

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, URLValidator
from django.db import models

from plumbline.clauses import choices
from plumbline.clauses.columns import DayField, LevelField, Options, ProseField, WordField, words
from plumbline.records.models import Record

if TYPE_CHECKING:
    _TextField = models.TextField[Iterable[str], tuple[str, ...]]
    _DecimalField = models.DecimalField[Decimal | int | str | None, Decimal | None]
    _URLField = models.URLField[str, str]
else:
    _TextField = models.TextField
    _DecimalField, _URLField = models.DecimalField, models.URLField


def parent_link() -> models.OneToOneField[Record, Record]:
    """The link of a kind to the base table, without a way back.

    Django would otherwise give every record an attribute for every kind, and no kind could have a field
    called ``supplier`` or ``policy``.
    """
    return models.OneToOneField(
        Record,
        verbose_name="base record",
        on_delete=models.PROTECT,
        parent_link=True,
        primary_key=True,
        serialize=False,
        editable=False,
        related_name="+",
        help_text="The row of the base table.",
    )


class MultiChoiceField(_TextField):
    """Any number of words from a list, in the order of the list. A list in JSON, a tuple in Python.

    The list is not part of the schema: a word more needs no migration. Words hold no comma.
    """

    def __init__(self, *args: Any, options: Options = (), **kwargs: Any) -> None:
        kwargs.setdefault("default", tuple)
        self._options = options
        super().__init__(*args, **kwargs)

    @property
    def options(self) -> list[tuple[str, str]]:
        """Words and their labels."""
        return list(words(self._options, self.name))

    def to_python(self, value: Any) -> tuple[str, ...]:
        """The words in ``value`` (a list, or a text with commas), known ones first and in order."""
        if isinstance(value, str):
            value = value.split(",")
        words = dict.fromkeys(str(word).strip() for word in value or ())
        order = {word: place for place, (word, _) in enumerate(self.options)}
        return tuple(sorted((word for word in words if word), key=lambda word: order.get(word, len(order))))

    def from_db_value(self, value: str | None, *_: Any) -> tuple[str, ...]:
        """The words in a column."""
        return tuple(word for word in (value or "").split(",") if word)

    def get_prep_value(self, value: Any) -> Any:
        """The words as one text; a text (in a lookup) stays as it is."""
        return value if isinstance(value, str) else ",".join(value or ())

    def value_to_string(self, obj: models.Model) -> str:
        """The words as one text, for serialisation."""
        return str(self.get_prep_value(self.value_from_object(obj)))

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse words that are not in the list."""
        super().validate(value, model_instance)
        known = {word for word, _ in self.options}
        if any(word not in known for word in value):
            raise ValidationError("One of the words is not in the list.")

    def labels(self, value: Iterable[str]) -> list[str]:
        """What readers are shown for the words in ``value``."""
        known = dict(self.options)
        return [known.get(word, word) for word in value]

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Give the model ``get_<name>_display`` as Django does for a single choice."""
        super().contribute_to_class(cls, name, private_only)

        def display(record: models.Model) -> str:
            return ", ".join(self.labels(getattr(record, name)))

        setattr(cls, f"get_{name}_display", display)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """A choice of several."""
        made = partial(
            forms.TypedMultipleChoiceField,
            coerce=str,
            empty_value=[],
            choices=lambda: self.options,
            required=not self.blank,
            label=self.verbose_name,
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple if len(self.options) <= 12 else forms.SelectMultiple,
        )
        return made(**kwargs)


class FigureField(_DecimalField):
    """An exact figure of up to twenty digits, six of them after the point, without idle zeros."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 20)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        """The figure without idle zeros, so that it reads the same before and after storing."""
        return _trimmed(super().to_python(value))

    def from_db_value(self, value: Decimal | None, *_: Any) -> Decimal | None:
        """The figure in a column, without idle zeros."""
        return _trimmed(value)


class WebAddressField(_URLField):
    """An address on the web, https unless it says otherwise; no other schemes."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 500)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """A field that completes a bare host name to an https address."""
        return super().formfield(**{"assume_scheme": "https", **kwargs})


def _trimmed(value: Any) -> Decimal | None:
    if not isinstance(value, Decimal) or not value.is_finite():
        return value  # type: ignore[no-any-return]  # None, or what the validators will refuse
    return value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()


def text(label: str, help: str, *, required: bool = False) -> models.TextField[str, str]:
    """Some sentences; Markdown where the help text says so."""
    return ProseField(label, blank=not required, help_text=help)


def line(label: str, help: str, letters: int, *, required: bool = False) -> models.CharField[str, str]:
    """A single line of at most so many letters."""
    return models.CharField(label, max_length=letters, blank=not required, help_text=help)


def choice(
    label: str,
    help: str,
    options: Options,
    letters: int,
    *,
    default: str | None = None,
    required: bool = False,
) -> WordField:
    """One word of a list, of at most so many letters. With a ``default`` it is never empty."""
    known: dict[str, Any] = {} if default is None else {"default": default}
    may_be_empty = not required and default is None
    return WordField(label, max_length=letters, options=options, blank=may_be_empty, help_text=help, **known)


def many(label: str, help: str, options: Options, *, required: bool = False) -> MultiChoiceField:
    """Any number of words of a list; at least one if ``required``."""
    return MultiChoiceField(label, options=options, blank=not required, help_text=help)


@overload
def day(
    label: str, help: str, *, done: bool = False, ahead: int = 0
) -> models.DateField[str | date | None, date | None]:
    """A day that may be missing."""


@overload
def day(
    label: str, help: str, *, required: Literal[True], done: bool = False, ahead: int = 0
) -> models.DateField[str | date, date]:
    """A day that is always given."""


def day(
    label: str, help: str, *, required: bool = False, done: bool = False, ahead: int = 0
) -> models.DateField[Any, Any]:
    """A day; ``done``: of something done, so not in the future; ``ahead``: at most so many months ahead."""
    return DayField(label, null=True, blank=not required, help_text=help, done=done, ahead=ahead)


def review(help: str, months: int) -> models.DateField[str | date, date]:
    """The day by which a record is looked at again, at most so many ``months`` ahead."""
    return day("next review", help, required=True, ahead=months)


def likelihood(
    label: str, help: str, *, required: bool = False
) -> models.PositiveSmallIntegerField[Any, Any]:
    """A step of the scale of likelihood."""
    return _scale(label, help, choices.likelihoods, required)


def severity(label: str, help: str, *, required: bool = False) -> models.PositiveSmallIntegerField[Any, Any]:
    """A step of the scale of severity."""
    return _scale(label, help, choices.severities, required)


def _scale(
    label: str, help: str, steps: Callable[[], list[tuple[int, str]]], required: bool
) -> models.PositiveSmallIntegerField[Any, Any]:
    return models.PositiveSmallIntegerField(
        label, null=True, blank=not required, choices=steps, help_text=help
    )


def level(label: str, help: str, likelihood: str, *harms: str) -> LevelField:
    """A level from 1 (low) to 5 (very high) by the gravest of the ``harms``, given by the names of fields."""
    return LevelField(label, null=True, editable=False, help_text=help, likelihood=likelihood, harms=harms)


def check(help: str, *, required: bool = False) -> models.CharField[str, str]:
    """The name of a check."""
    return models.CharField("check", max_length=120, blank=not required, db_index=True, help_text=help)


def judged_by() -> models.CharField[str, str]:
    """The risk criteria by which levels were worked out; the product notes them (`columns.set_levels`)."""
    return models.CharField(
        "judged by",
        max_length=60,
        blank=True,
        editable=False,
        help_text="Record and revision of the risk criteria that the levels follow from.",
    )


def count(
    label: str, help: str, least: int | None = None, *, required: bool = False
) -> models.PositiveIntegerField[int | None, int | None]:
    """A whole number that is ``least`` or more."""
    bounds = () if least is None else (MinValueValidator(least),)
    return models.PositiveIntegerField(
        label, null=True, blank=not required, validators=bounds, help_text=help
    )


def snapshot(label: str, help: str) -> models.JSONField[Any, Any]:
    """What the product itself records; nobody edits it."""
    return models.JSONField(label, default=dict, blank=True, help_text=help)


def figure(label: str, help: str, *, required: bool = False) -> FigureField:
    """An exact figure."""
    return FigureField(label, null=True, blank=not required, help_text=help)


def address(label: str, help: str, *, required: bool = False) -> WebAddressField:
    """An address on the web."""
    return WebAddressField(label, blank=not required, help_text=help)


def reference(
    to: str, label: str, help: str, related_name: str, *, required: bool = False
) -> models.ForeignKey[Any, Any]:
    """Another record, of the model ``to``; it cannot be removed while it is referred to."""
    return models.ForeignKey(
        to,
        verbose_name=label,
        null=True,
        blank=not required,
        on_delete=models.PROTECT,
        related_name=related_name,
        help_text=help,
    )


def person(label: str, help: str) -> models.ForeignKey[Any, Any]:
    """Somebody with an account here. Without a way back: a person has no attribute for every kind."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=help,
    )


def system(help: str, related_name: str, *, required: bool = False) -> models.ForeignKey[Any, Any]:
    """The AI system that the record is about."""
    return reference("clauses.AISystem", "AI system", help, related_name, required=required)


def systems(help: str, related_name: str) -> models.ManyToManyField[Any, Any]:
    """The AI systems that the record is about."""
    return references("clauses.AISystem", "AI systems", help, related_name)


def references(
    to: str,
    label: str,
    help: str,
    related_name: str,
    *,
    required: bool = False,
    symmetrical: bool | None = None,
) -> models.ManyToManyField[Any, Any]:
    """Any number of other records of the model ``to``; at least one if ``required``."""
    return models.ManyToManyField(
        to,
        verbose_name=label,
        blank=not required,
        related_name=related_name,
        symmetrical=symmetrical,
        help_text=help,
    )
