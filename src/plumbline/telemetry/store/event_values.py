"""What the evidence store reads from an event: never free text, and each value in one form only.

Every function takes the event and returns the value of one column, ``None`` where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from plumbline.telemetry.event import StoredEvent

_ERROR_CLASS = re.compile(r"[A-Za-z_][\w.]{0,79}(?=:|\Z)")
_TOOL_CALL_LIMIT = 1_000_000


def field(path: str) -> Callable[[StoredEvent], Any]:
    """A reader of a field as it is: ``score``, or ``model.name`` of a part that may be missing."""
    part, _, name = path.partition(".")
    if not name:
        return attrgetter(path)

    def read(event: StoredEvent) -> Any:
        inner = getattr(event, part)
        return None if inner is None else getattr(inner, name)

    return read


def id_text(event: StoredEvent) -> str:
    """The event's id."""
    return str(event.id)


def about_text(event: StoredEvent) -> str | None:
    """The id of the decision that a review or outcome speaks of."""
    return None if event.about is None else str(event.about)


def naive(instant: datetime) -> datetime:
    """An instant in UTC without its zone, as the store keeps it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def own_time(event: StoredEvent) -> datetime:
    """The event's own time."""
    return naive(event.time)


def error_class(event: StoredEvent) -> str | None:
    """The class of an error: the word before its first colon, else ``error``.

    The message may name people, so it stays in the sealed opening.
    """
    if event.error is None:
        return None
    word = _ERROR_CLASS.match(event.error)
    return word[0] if word else "error"


def is_error(event: StoredEvent) -> bool:
    """Whether the event reports an error."""
    return event.error is not None


def truth_text(event: StoredEvent) -> str | None:
    """A truth as the text it is compared as: whole numbers without a decimal point."""
    truth = event.truth
    if truth is None or isinstance(truth, str):
        return truth
    return str(int(truth)) if truth == int(truth) else repr(truth)


def _attribute(event: StoredEvent, name: str) -> object:
    return event.attributes.get(name) if event.attributes else None


def operation(event: StoredEvent) -> str | None:
    """The operation of a model call. Senders choose attributes freely, so only text counts."""
    value = _attribute(event, "operation")
    return value if isinstance(value, str) else None


def is_streamed(event: StoredEvent) -> bool:
    """Whether the model's answer was streamed."""
    return _attribute(event, "streamed") is True


def tool_calls(event: StoredEvent) -> int:
    """How many tools the model asked for; 0 for anything that is not a plausible count."""
    value = _attribute(event, "tool_calls")
    return value if isinstance(value, int) and 0 <= value < _TOOL_CALL_LIMIT else 0
