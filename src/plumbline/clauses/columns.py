"""Columns of the kinds that Django has too, with rules of ours that are no part of the schema.

Each is in migrations the field of Django that it extends, so that changing a rule needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.db.models.enums import ChoicesType

from plumbline.clauses import criteria, intervals, rules
from plumbline.clauses.kind_data import Choices
from plumbline.clauses.validation import refusal
from plumbline.kernel import clock
from plumbline.kernel.intervals import add_months
from plumbline.records import kinds

Words = Iterable[tuple[str, str]]
Options = Words | Callable[[], Words] | type[models.TextChoices] | Choices
"""Where a field has its words from: a list, what answers one, or the lists of a kind, taken by its name."""

if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
    _ProseField = models.TextField[str, str]
    _DateField = models.DateField[str | date | None, date | None]
    _LevelField = models.PositiveSmallIntegerField[int | None, int | None]
else:
    _CharField, _ProseField = models.CharField, models.TextField
    _DateField, _LevelField = models.DateField, models.PositiveSmallIntegerField


def words(options: Options, name: str) -> Words:
    """The words of the field called ``name``."""
    if isinstance(options, Mapping):
        return options[name]
    if isinstance(options, ChoicesType):
        return [(str(word), str(label)) for word, label in options.choices]
    return options() if callable(options) else options


class WordField(_CharField):
    """One word of a list. As a column, and in migrations, an ordinary text with choices."""

    def __init__(self, *args: Any, options: Options | None = None, **kwargs: Any) -> None:
        # A list that is asked for each time (the catalogs, say) stays so; the others are final.
        self._options = options
        if options is not None and not isinstance(options, Mapping):
            kwargs["choices"] = (
                options if callable(options) and not isinstance(options, type) else words(options, "")
            )
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """As the column is."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Take the list that the kind has for this field, now that the field has a name."""
        if isinstance(self._options, Mapping):
            self.choices = self._options[name]
        super().contribute_to_class(cls, name, private_only)


class ProseField(_ProseField):
    """Some sentences. As a column an ordinary text; a placeholder such as ``-`` or ``tbd`` is refused."""

    def deconstruct(self) -> Any:
        """As the column is."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse what says nothing: a field that is filled in counts as evidence."""
        super().validate(value, model_instance)
        if value and rules.says_nothing(str(value)):
            text = "This says nothing. Write at least a word that says something, or leave it empty."
            raise refusal("field.says-nothing", text)


class DayField(_DateField):
    """A day; with ``done`` that of something that was done, which cannot lie in the future.

    ``ahead`` are the months that it may lie ahead at most, unless a record sets others (`intervals`).
    """

    def __init__(self, *args: Any, done: bool = False, ahead: int = 0, **kwargs: Any) -> None:
        self.done, self.ahead = done, ahead
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """As a plain date: whether it may lie in the future is no part of the schema."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateField", args, kwargs

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse a day on which something cannot have been done yet."""
        super().validate(value, model_instance)
        if self.done and value is not None and value > clock.today():
            text = "This day is still to come. Give the day on which it was done."
            raise refusal("field.not-done-yet", text)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """The field of a form, which every door uses; it refuses a day that lies too far ahead."""
        field = super().formfield(**kwargs)
        if field is not None and self.ahead:
            field.validators = [*field.validators, self._refuse_far]
        return field

    def _refuse_far(self, value: date) -> None:
        # In the form and not in `validate`: what it answers is remembered there for the rows of an import.
        today = clock.today()
        if value <= add_months(today, 1):
            return
        months = intervals.longest(f"{kinds.of_model(self.model).slug}.{self.name}", self.ahead)
        if value > add_months(today, months):
            text = "This lies more than {months} months ahead, the longest interval. Choose an earlier day."
            raise refusal("field.too-far", text, months=months)


class LevelField(_LevelField):
    """A level that follows from steps of the two scales; nobody fills it in."""

    def __init__(self, *args: Any, likelihood: str = "", harms: Iterable[str] = (), **kwargs: Any) -> None:
        self._likelihood, self._harms = likelihood, tuple(harms)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """As the column is: what a level follows from is not part of the schema."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.PositiveSmallIntegerField", args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Give the model ``get_<name>_display``, which answers the level in words."""
        super().contribute_to_class(cls, name, private_only)

        def display(record: models.Model) -> str:
            level = getattr(record, name)
            return rules.Level(level).word if level else ""

        setattr(cls, f"get_{name}_display", display)

    def judged(self, record: models.Model, by: criteria.Criteria) -> rules.Level | None:
        """The level by the gravest of the harms, ``None`` until it is judged."""
        harms = (getattr(record, name) for name in self._harms)
        return by.gravest(getattr(record, self._likelihood), harms)


def set_levels(record: models.Model) -> None:
    """Work out every level of ``record`` by the criteria in force, and note which they were."""
    by = criteria.current()
    for field in record._meta.local_fields:
        if isinstance(field, LevelField):
            setattr(record, field.name, field.judged(record, by))
        elif field.name == "judged_by":
            setattr(record, field.name, by.version)
