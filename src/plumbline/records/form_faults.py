"""What a form found wrong, as faults with codes: where, what, and how to mend it, without what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import override

from plumbline.kernel.deceptive_signs import deceptive_signs
from plumbline.kernel.messages import Message, Text, listing, say, worded
from plumbline.kernel.problems import Fault


def of_form(form: forms.ModelForm[Any]) -> list[Fault]:
    """Every fault of a form that has cleaned its values."""
    return [
        Fault("" if name == "__all__" else name, _message(error), _remedy(form, name))
        for name, errors in form.errors.as_data().items()
        for error in errors
    ]


def _message(error: ValidationError) -> Message:
    """What the form says, by the code of the error, since a sentence of Django may repeat what was sent."""
    if isinstance(error.message, Message):
        return error.message
    if error.code in _BOUNDS:
        code, text = _BOUNDS[error.code]
        return say(code, text, limit=_limit_of(error.params or {}))
    if error.params or error.code in ("invalid_choice", "invalid_pk_value"):
        return say("field.unfit", "is not a value that this field takes")
    with override("en"):
        return worded("field", str(error.message))


_BOUNDS = {
    "max_length": ("field.too-long", "Ensure this value has at most {limit} characters."),
    "min_value": ("field.too-small", "Ensure this value is greater than or equal to {limit}."),
    "max_value": ("field.too-large", "Ensure this value is less than or equal to {limit}."),
    "max_digits": ("field.digits", "Ensure that there are no more than {limit} digits in total."),
    "max_decimal_places": ("field.decimals", "Ensure that there are no more than {limit} decimal places."),
    "max_whole_digits": ("field.whole", "Ensure that there are at most {limit} digits before the point."),
}


def _limit_of(params: Mapping[str, Any]) -> date | int | str:
    limit = params.get("limit_value", params.get("max", ""))
    limit = limit() if callable(limit) else limit
    return limit if isinstance(limit, (date, int)) else str(limit)


def of_name(field: str, text: str) -> list[Fault]:
    """The fault of a title or a file name whose signs make it read as another one, if it has some."""
    signs = deceptive_signs(text)
    if not signs:
        return []
    message = say(
        "field.deceptive-signs", "has signs that nobody sees: {signs}", signs=listing(list(signs), shown=5)
    )
    remedy = "take out control signs, changes of direction and invisible signs; type it by hand"
    return [Fault(field, message, remedy)]


def of_length(name: str, field: forms.Field, value: str, kept: str) -> list[Fault]:
    """The fault of a text that is short enough only once its blanks are taken off: the schema counts them."""
    most = getattr(field, "max_length", None)
    if most is None or not len(kept.strip()) <= most < len(value.replace("\r\n", "\n")):
        return []
    message = say("field.blanks-count", "has more than {most} characters, its blanks counted", most=most)
    return [Fault(name, message, "take the blanks off its ends")]


FLAGS: Final = frozenset({"", "unknown", "true", "false", "True", "False", "on", "1", "0"})
"""Texts that a form and a file of this product send for yes, no and not known. Django takes every other text
for a yes, or, where not known is an answer, for that: *no* would have been one of these."""


def wrong_type(field: forms.Field, value: Any) -> tuple[str, str] | None:
    """What is wrong with the type of ``value``, and what to give instead; ``None`` if a form can take it."""
    several = isinstance(field, (forms.MultipleChoiceField, forms.ModelMultipleChoiceField))
    if several and value is not None and not isinstance(value, (list, tuple)):
        return "is of the wrong type", "give a list"
    if not several and isinstance(value, (list, tuple, dict)):
        return "is of the wrong type", "give a single value"
    if isinstance(field, forms.BooleanField):  # of which the one with three answers is a sort
        told = value if isinstance(value, str) else None
        if (told is not None and told not in FLAGS) or not isinstance(value, (str, bool, type(None))):
            return "is neither yes nor no", "give true or false"
        return None
    if isinstance(value, bool):
        return "is of the wrong type", "give a text"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = isinstance(field, (forms.IntegerField, forms.DecimalField, forms.FloatField))
        chosen = isinstance(field, forms.TypedChoiceField) and field.coerce is not str
        if not (number or chosen):
            return "is of the wrong type", "give a text"
    return None


def _remedy(form: forms.ModelForm[Any], name: str) -> Text:
    field = form.fields.get(name)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        words = [str(value) for value, _ in field.choices if value not in ("", None)]  # type: ignore[misc,union-attr]  # flat choices
        return say("field.one-of", "one of: {words}", words=listing(words, shown=30))
    if isinstance(field, forms.DateField):
        return "a date such as 2026-11-20"
    if isinstance(field, forms.ModelChoiceField):
        of_records = field.to_field_name == "reference"
        return "the reference of an existing record" if of_records else "an existing name"
    return str(field.help_text) if field is not None else ""
