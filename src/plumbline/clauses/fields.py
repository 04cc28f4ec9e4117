"""Columns that Django does not have: a set of words, an exact figure, a web address, a quiet link."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models

from plumbline.records.models import Record

Options = Iterable[tuple[str, str]]

if TYPE_CHECKING:
    _TextField = models.TextField[Iterable[str], tuple[str, ...]]
    _DecimalField = models.DecimalField[Decimal | int | str | None, Decimal | None]
    _URLField = models.URLField[str, str]
else:
    _TextField, _DecimalField, _URLField = models.TextField, models.DecimalField, models.URLField


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

    The list is not part of the schema: a word more needs no migration. MultiChoiceField hold no comma.
    """

    def __init__(self, *args: Any, options: Options | Callable[[], Options] = (), **kwargs: Any) -> None:
        kwargs.setdefault("default", tuple)
        self._options = options
        super().__init__(*args, **kwargs)

    @property
    def options(self) -> list[tuple[str, str]]:
        """MultiChoiceField and their labels."""
        return list(self._options() if callable(self._options) else self._options)

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
