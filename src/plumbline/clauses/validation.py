"""What several kinds check across fields, so that each says it in the same words."""

from __future__ import annotations

from types import TracebackType

from django.core.exceptions import ValidationError
from django.db import models

from plumbline.kernel.messages import Message, Param, Word, say

EMPTY: tuple[object, ...] = (None, "", (), [])


def refusal(code: str, text: str, **params: Param) -> ValidationError:
    """A `ValidationError` that says a message with ``code``."""
    return _coded(Message(code, text, params))


class FieldErrors:
    """Collects what is wrong with a record, by field; leaving the block raises it in one `ValidationError`.

    Each error is a message whose code is kind, field and rule, such as ``risk.assessed_on.required``: clients
    and translations go by it, whatever becomes of the sentence.
    """

    def __init__(self, record: models.Model) -> None:
        self._record = record
        self._kind = str(record._meta.model_name)
        self._errors: dict[str, list[Message]] = {}

    def __enter__(self) -> FieldErrors:
        return self

    def __exit__(
        self, error: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and self._errors:
            raise ValidationError({name: list(map(_coded, texts)) for name, texts in self._errors.items()})

    def add(self, field: str, rule: str, text: str) -> None:
        """Note that ``field`` breaks ``rule``, a word that names it among the rules of the field."""
        self._errors.setdefault(field, []).append(Message(f"{self._kind}.{field}.{rule}", text))

    def require(self, field: str, text: str) -> None:
        """Note that ``field`` is empty although something else in the record asks for it."""
        if getattr(self._record, field) in EMPTY:
            self.add(field, "required", text)

    def not_before(self, last: str, first: str, what: str) -> None:
        """Note that the day in the field ``last`` lies before that in ``first``, which is the ``what``."""
        begins, ends = getattr(self._record, first), getattr(self._record, last)
        if begins is not None and ends is not None and ends < begins:
            earlier = say("field.before", "This lies before the {what}.", what=Word(what))
            self._errors.setdefault(last, []).append(earlier)

    def at_most(self, part: str, whole: str, text: str) -> None:
        """Note that the number in ``part`` is more than that in ``whole``, of which it is a part."""
        some, all_ = getattr(self._record, part), getattr(self._record, whole)
        if some is not None and all_ is not None and some > all_:
            self.add(part, "more", text)

    def one_of(self, *pair: str) -> None:
        """Note that of two fields, such as a person and a name, both are given, or neither is yet."""
        filled = [name for name in pair if getattr(self._record, name) not in EMPTY]
        if not filled:
            self.add(pair[0], "required", "Give one of the two.")
        elif len(filled) > 1:
            self._errors.setdefault(pair[0], []).append(say("field.either", "Give one of the two, not both."))

    def both_or_neither(self, *pair: str) -> None:
        """Note which of two fields is empty while the other is not."""
        empty = [name for name in pair if getattr(self._record, name) in EMPTY]
        if len(empty) == 1:
            incomplete = say("field.pair", "Give both ends, or neither.")
            self._errors.setdefault(empty[0], []).append(incomplete)


def _coded(message: Message) -> ValidationError:
    # Django takes any object as the message and shows it by its ``str``, which is the rendered sentence.
    return ValidationError(message, code=message.code)  # type: ignore[arg-type]
