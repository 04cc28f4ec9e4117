"""A message as a column."""

from __future__ import annotations

from typing import Any

from django.db import models

from plumbline.kernel.messages import Message, from_json, to_json


class MessageField(models.JSONField):
    """Stores a `Message` as JSON (`plumbline.kernel.messages.to_json`) and gives it back as one."""

    description = "A message: a code, its English sentence and typed parameters"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Message | None:
        """The message that was stored."""
        document = super().from_db_value(value, expression, connection)
        return None if document is None else from_json(document)

    def get_prep_value(self, value: Any) -> Any:
        """The message as JSON values; other values as they are, for lookups."""
        return super().get_prep_value(to_json(value) if isinstance(value, Message) else value)

    def to_python(self, value: Any) -> Any:
        """A message from a message or its JSON values."""
        return from_json(value) if isinstance(value, dict) else value
