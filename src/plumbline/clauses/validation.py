"""What several kinds check across fields, so that each says it in the same words."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError


class FieldErrors:
    """Collects what is wrong, by field, and raises it in one `ValidationError`."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    def add(self, field: str, message: str) -> None:
        """Note one fault of ``field``."""
        self.found.setdefault(field, []).append(message)

    def require(self, field: str, value: object, why: str) -> None:
        """Note that ``field`` is empty though ``why`` asks for it."""
        if value in (None, "", (), []):
            self.add(field, why)

    def not_before(self, field: str, first: date | None, last: date | None, what: str) -> None:
        """Note that ``field`` (the last day) lies before the first day."""
        if first is not None and last is not None and last < first:
            self.add(field, f"This lies before the {what}.")

    def both_or_neither(self, fields: tuple[str, str], values: tuple[object, object]) -> None:
        """Note which of two fields is empty while the other is not."""
        for field, value, other in ((fields[0], values[0], values[1]), (fields[1], values[1], values[0])):
            if value in (None, "") and other not in (None, ""):
                self.add(field, "Give both ends, or neither.")

    def raise_any(self) -> None:
        """Raise `ValidationError` if anything was noted."""
        if self.found:
            raise ValidationError(dict(self.found))
