"""A message as a column."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import models

from plumbline.kernel.messages import Message, Text, from_json, plain, to_json

if TYPE_CHECKING:
    _TextField = models.TextField[Text, Text]
else:
    _TextField = models.TextField


LONGEST_REMEMBERED, MOST_REMEMBERED = 2_000, 2_048
"""Characters of a stored message, and messages, that a process remembers as they were read."""


def _read(text: str) -> Message | None:
    """The message of a stored JSON text, ``None`` for ``null``. Raises ``ValueError`` for anything else.

    A page shows the same sentences of the same rows each time. Reading them took a tenth of the home page.
    """
    return _remembered(text) if len(text) <= LONGEST_REMEMBERED else _parsed(text)


def _parsed(text: str) -> Message | None:
    document = json.loads(text)
    return None if document is None else from_json(document)


_remembered = lru_cache(MOST_REMEMBERED)(_parsed)


class MessageField(models.JSONField):
    """Stores a `Message` as JSON (`plumbline.kernel.messages.to_json`) and gives it back as one."""

    description = "A message: a code, its English sentence and typed parameters"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Message | None:
        """The message that was stored."""
        if isinstance(value, str):
            return _read(value)
        document = super().from_db_value(value, expression, connection)
        return None if document is None else from_json(document)

    def get_prep_value(self, value: Any) -> Any:
        """The message as JSON values; other values as they are, for lookups."""
        return super().get_prep_value(to_json(value) if isinstance(value, Message) else value)

    def to_python(self, value: Any) -> Any:
        """A message from a message or its JSON values."""
        return from_json(value) if isinstance(value, dict) else value


class MessageTextField(_TextField):
    """A message in a text column, for tables that held sentences before; those are read as they are."""

    def deconstruct(self) -> Any:
        """As the column is."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def from_db_value(self, value: str | None, *_: Any) -> Text | None:
        """The message that was stored; an empty text stays one."""
        if not value:
            return value
        try:
            return _read(value)
        except ValueError:  # a sentence of before, which is no JSON
            return plain(value)

    def get_prep_value(self, value: Any) -> Any:
        """The message as JSON; other values as they are, for lookups."""
        return json.dumps(to_json(value), ensure_ascii=False) if isinstance(value, Message) else value
