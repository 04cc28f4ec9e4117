"""What the values of a condition mean for a field: a condition on the column. Reads no rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, TextField
from django.db.models import Value as Constant
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import Contains, Exact

from plumbline.identity.actors import Actor
from plumbline.identity.models import Person, Unit
from plumbline.kernel import clock
from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records.conditions.syntax import Value
from plumbline.records.models import Record

EMPTY, ANY = "empty", "any"
YES, NO = frozenset({"yes", "true"}), frozenset({"no", "false"})
_DAY = re.compile(r"today(?:([+-])(\d{1,5}))?")
_MOST_LISTED = 40


def refused(name: str, message: Text, remedy: Text) -> Invalid:
    """A condition that cannot be asked, by its field and with what to write instead."""
    return Invalid("The list was not filtered.", [Fault(name, message, remedy)])


def condition(actor: Actor, field: models.Field[Any, Any], value: Value) -> Q:
    """Records whose ``field`` is ``value``. Raises `Invalid`."""
    if not value.quoted and value.text.lower() == EMPTY:
        return empty(field)
    if not value.quoted and value.text.lower() == ANY:
        return ~empty(field)
    if field.is_relation:
        return _related(actor, field, value.text)
    if hasattr(field, "options") and not field.choices:
        return _one_of_several(field, value.text)
    if field.choices:
        return _choice(field, value)
    if isinstance(field, models.BooleanField):
        return _flag(field, value.text)
    if isinstance(field, models.DateTimeField):
        return _instants(field.name, value)
    if isinstance(field, models.DateField):
        return _range(field, value, _day, "a day or a range of days, such as today+30 or 2026-01-01..today")
    if isinstance(field, models.IntegerField | models.DecimalField | models.FloatField):
        return _range(field, value, field.to_python, "a number, or a range such as 3..5")
    exact = field.unique
    return Q(**{f"{field.name}__{'iexact' if exact else 'icontains'}": value.text})


def empty(field: models.Field[Any, Any]) -> Q:
    """Records whose ``field`` says nothing."""
    if field.many_to_many or field.null:
        found = Q(**{f"{field.name}__isnull": True})
        if field.is_relation or not isinstance(field, models.CharField | models.TextField):
            return found
    else:
        found = Q(pk__in=[])
    if isinstance(field, models.JSONField):
        return found | Q(**{field.name: []}) | Q(**{field.name: {}})
    if isinstance(field, models.CharField | models.TextField):
        # As the column has it: a field of several words reads an empty text as no words.
        return found | Q(Exact(_text(field), Constant("")))
    return found


def _text(field: models.Field[Any, Any]) -> Cast:
    return Cast(F(field.name), TextField())


def _related(actor: Actor, field: models.Field[Any, Any], text: str) -> Q:
    target = field.related_model
    assert isinstance(target, type)
    if issubclass(target, Person):
        if text.lower() == "me":
            return Q(**{f"{field.name}_id": actor.person_id})
        names = ("handle", "email__iexact", "full_name__iexact")
        return reduce(or_, (Q(**{f"{field.name}__{name}": text}) for name in names))
    if issubclass(target, Unit):
        return Q(**{f"{field.name}__slug": text}) | Q(**{f"{field.name}__name__iexact": text})
    if issubclass(target, Record):
        return Q(**{f"{field.name}__reference": text.upper()})
    raise refused(field.name, "cannot be asked for", "ask for another field")


def _one_of_several(field: models.Field[Any, Any], text: str) -> Q:
    """A word among those that a column keeps with commas between them."""
    word = _word(field.name, getattr(field, "options"), text)  # noqa: B009 - no field of Django has it
    between = Concat(Constant(","), _text(field), Constant(","), output_field=TextField())
    return Q(Contains(between, Constant(f",{word},")))


def _choice(field: models.Field[Any, Any], value: Value) -> Q:
    if isinstance(field, models.IntegerField) and ".." in value.text:
        return _range(field, value, field.to_python, "a number, or a range such as 3..5")
    return Q(**{field.name: _word(field.name, list(field.flatchoices), value.text)})


def _word(name: str, options: Any, text: str) -> Any:
    """The stored word that ``text`` names, by itself or by its label. Raises `Invalid`."""
    wanted = text.casefold().replace("-", " ")
    for word, label in options:
        if wanted in (str(word).casefold().replace("-", " "), str(label).casefold()):
            return word
    listed = ", ".join(f'"{word}"' if " " in str(word) else str(word) for word, _ in options if word != "")
    remedy = say("fault.one-of", "one of: {names}", names=listed[:1000])
    raise refused(name, say("where.no-value", "has no value “{value}”", value=text[:60]), remedy)


def word_of(name: str, words: tuple[str, ...], text: str) -> str:
    """The one of ``words`` that ``text`` names. Raises `Invalid`."""
    return str(_word(name, [(word, word) for word in words], text))


def _flag(field: models.Field[Any, Any], text: str) -> Q:
    if text.lower() not in YES | NO:
        raise refused(field.name, "is yes or no", "yes or no")
    return Q(**{field.name: text.lower() in YES})


def _ends(value: Value) -> tuple[str, str]:
    start, dots, stop = value.text.partition("..")
    return (start, stop) if dots and not value.quoted else (value.text, value.text)


def _range(field: models.Field[Any, Any], value: Value, read: Callable[[str], Any], remedy: str) -> Q:
    found = Q()
    start, stop = _ends(value)
    try:
        if start:
            found &= Q(**{f"{field.name}__gte": read(start)})
        if stop:
            found &= Q(**{f"{field.name}__lte": read(stop)})
    except (ValidationError, ValueError, OverflowError):
        start = stop = ""
    if not (start or stop):
        text = say("where.no-value", "has no value “{value}”", value=value.text[:60])
        raise refused(field.name, text, remedy)
    return found


def _day(text: str) -> date:
    """A day in ISO 8601, or so many days from today. Raises ``ValueError`` or ``OverflowError``."""
    relative = _DAY.fullmatch(text.lower())
    if relative is None:
        return date.fromisoformat(text)
    days = int(relative[2] or 0)
    return clock.today() + timedelta(days if relative[1] != "-" else -days)


def _instants(name: str, value: Value) -> Q:
    """Days as spans of time in the organization's zone, the last one whole."""
    start, stop = _ends(value)
    found = Q()
    try:
        if start:
            found &= Q(**{f"{name}__gte": _begin(start)})
        if stop:
            found &= Q(**{f"{name}__lt": _begin(stop, after=1)})
    except (ValueError, OverflowError):
        start = stop = ""
    if not (start or stop):
        text = say("where.no-value", "has no value “{value}”", value=value.text[:60])
        raise refused(name, text, "a day or a range of days, such as today-30..today")
    return found


def _begin(text: str, after: int = 0) -> datetime:
    return clock.day_start(_day(text) + timedelta(after))
