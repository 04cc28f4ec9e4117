"""One value of a row as JSON, and back: the same on both databases, with nothing lost on the way."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import models

from plumbline.kernel import clock
from plumbline.kernel.messages import Message, from_json, to_json


def encode(value: Any) -> Any:
    """A value of a model's field as a JSON value."""
    if value is None or isinstance(value, (bool, int, str, dict)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, datetime):
        return clock.rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, Message):
        return to_json(value)
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in an export")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise ValueError("not a whole number")
    return value


def _yes_or_no(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("neither true nor false")
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float, str):
        raise ValueError("not a number")
    return float(value)


def _bytes(value: Any) -> bytes:
    return base64.b64decode(_text(value), validate=True)


def _message(value: Any) -> Any:
    return from_json(value) if isinstance(value, dict) else _text(value)


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return tuple(_text(item) for item in value)


def _as_it_is(value: Any) -> Any:
    return value


_BY_NAME: Final[dict[str, Callable[[Any], Any]]] = {
    "MultiChoiceField": _words,
    "MessageField": _message,
    "MessageTextField": _message,
}
_BY_TYPE: Final[tuple[tuple[type[models.Field[Any, Any]], Callable[[Any], Any]], ...]] = (
    (models.JSONField, _as_it_is),
    (models.DateTimeField, lambda value: clock.parse_rfc3339(_text(value))),
    (models.DateField, lambda value: date.fromisoformat(_text(value))),
    (models.DecimalField, lambda value: Decimal(_text(value))),
    (models.UUIDField, lambda value: UUID(_text(value))),
    (models.BinaryField, _bytes),
    (models.FloatField, _number),
    (models.BooleanField, _yes_or_no),
    (models.IntegerField, _whole),
    (models.TextField, _text),
    (models.CharField, _text),
)


def decode(field: models.Field[Any, Any], value: Any) -> Any:
    """The value that `encode` wrote for ``field``. Raises ``ValueError`` or ``TypeError`` for any other."""
    if value is None:
        if not field.null:
            raise ValueError("empty")
        return None
    if (by_name := _BY_NAME.get(type(field).__name__)) is not None:
        return by_name(value)
    for kind, read in _BY_TYPE:
        if isinstance(field, kind):
            found = read(value)
            if isinstance(found, str) and field.max_length is not None and len(found) > field.max_length:
                raise ValueError("too long")
            return found
    raise TypeError(f"{type(field).__name__} has no form in an export")
