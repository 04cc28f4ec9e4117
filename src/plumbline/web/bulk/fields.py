"""How one field is asked for when it is set for many records."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext

from plumbline.identity import queries as people
from plumbline.records.kinds import Kind
from plumbline.web import cells


@dataclass(frozen=True)
class FieldInput:
    """A field with the values to choose from, or else the ``type`` of its input."""

    name: str
    label: str
    text: str
    choices: tuple[tuple[str, str], ...]
    several: bool
    type: str


def settable(kind: Kind) -> tuple[str, ...]:
    """Fields that many records may have alike: all that a person fills in, but those that are unique."""
    return tuple(name for name in kind.field_names if name not in kind.unique_fields)


def field_input(kind: Kind, name: str) -> FieldInput:
    """How the field ``name`` is asked for."""
    field = kind.field(name)
    options = getattr(field, "options", None)
    several = field.many_to_many or bool(options and not field.choices)
    kind_of_input = "text"
    if isinstance(field, models.DateField):
        kind_of_input = "date"
    elif isinstance(field, models.IntegerField | models.DecimalField | models.FloatField):
        kind_of_input = "number"
    return FieldInput(
        name,
        cells.label(kind, name),
        gettext(str(field.help_text)),
        _choices(kind, name),
        several,
        kind_of_input,
    )


def _choices(kind: Kind, name: str) -> tuple[tuple[str, str], ...]:
    field = kind.field(name)
    if name == "owner":
        return (
            ("", gettext("Nobody")),
            *((each.handle, each.full_name) for each in people.people(active=True)),
        )
    if name == "unit":
        whole = ("", gettext("The whole organization"))
        return (whole, *((each.slug, each.name) for each in people.units()))
    if field.choices:
        return tuple((str(key), gettext(str(label))) for key, label in field.flatchoices)
    if options := getattr(field, "options", None):
        return tuple((str(key), gettext(str(label))) for key, label in options)
    if isinstance(field, models.BooleanField):
        return (("True", gettext("Yes")), ("False", gettext("No")))
    return ()
