"""Turning a message into words: translate the sentence, then write each parameter where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import get_language, gettext, ngettext, override

from plumbline.kernel.messages import (
    Beyond,
    Figure,
    Hidden,
    Item,
    Listing,
    Message,
    Param,
    Ref,
    Requirement,
    Subject,
    Word,
    placeholders,
    say,
)
from plumbline.wording import languages
from plumbline.wording.languages import Language


class Formatter:
    """How parameters are written: here as plain text; a page overrides the names to make links of them.

    ``text`` escapes what is neither a name nor markup of the formatter's own, ``join`` puts parts together.
    """

    def text(self, text: str) -> str:
        """Words of a sentence, or words that somebody wrote."""
        return text

    def join(self, parts: Sequence[str]) -> str:
        """The parts of a sentence as one."""
        return "".join(parts)

    def record(self, name: Ref) -> str:
        """A record."""
        return self.text(name.reference)

    def system(self, name: Subject) -> str:
        """An AI system."""
        return self.text(name.slug)

    def requirement(self, name: Requirement) -> str:
        """A requirement, by its number alone: ``A.6.2.6``."""
        return self.text(name.id.rpartition(":")[2])


PLAIN = Formatter()


def render(message: Message | str, formatter: Formatter = PLAIN, *, shown: int | None = None) -> str:
    """The sentence that ``message`` stands for, in the active language; a text is returned as it is.

    ``shown`` shortens every listing to so many items; the others are counted.
    """
    if isinstance(message, str):
        return formatter.text(message)
    language = languages.get(get_language() or "en")
    return _Rendering(formatter, language, shown).whole(message)


def english(message: Message | str) -> str:
    """The sentence in English whatever language is active: for interfaces of programs, and what is sealed."""
    with override("en"):
        return render(message)


_STOPS = (".", "!", "?")
"""What ends a sentence. A message without one at its end is part of a sentence that somebody else writes."""


class _Rendering:
    """One rendering: a formatter, a language and how many items of a listing are shown."""

    def __init__(self, formatter: Formatter, language: Language, shown: int | None) -> None:
        self._formatter = formatter
        self._language = language
        self._shown = shown
        # Whether what is written next begins a sentence: a term that does starts with a capital.
        self._begins = False

    def whole(self, message: Message) -> str:
        self._begins = _translated(message).endswith(_STOPS)
        return self.sentence(message)

    def _text(self, text: str) -> str:
        if text.strip():
            self._begins = text.rstrip().endswith(_STOPS)
        return self._formatter.text(text)

    def _term(self, term: str) -> str:
        return self._text(term[:1].upper() + term[1:] if self._begins else term)

    def _name(self, written: str) -> str:
        self._begins = False
        return written

    def sentence(self, message: Message) -> str:
        parts = []
        for literal, name in placeholders(_translated(message)):
            parts.append(self._text(literal))
            if name:
                parts.append(self._param(message.params[name]))
        return self._formatter.join(parts)

    def _param(self, param: Param) -> str:
        text, language = self._text, self._language
        match param:
            case str():
                return text(param)
            case bool():  # True is an int to Python, and no number to a reader
                return text(str(param))
            case int():
                return text(language.number(param))
            case datetime():  # before date, which it is too
                return text(language.instant(param))
            case date():
                return text(language.day(param))
            case Figure():
                return text(language.figure(param.value, param.unit))
            case Word():
                # gettext of the empty text would be the header of the catalogue.
                return self._term(gettext(param.text) if param.text else "")
            case Ref():
                return self._name(self._formatter.record(param))
            case Subject():
                return self._name(self._formatter.system(param))
            case Requirement():
                return self._name(self._formatter.requirement(param))
            case Hidden():
                return self.sentence(_hidden(param.count, param.beyond))
            case Listing():
                return self._listing(param)
            case Message():
                return self.sentence(param)

    def _item(self, item: Item) -> str:
        if item.message is None:
            return self._param(item.name)
        return self._formatter.join([self._param(item.name), self._text(" "), self.sentence(item.message)])

    def _listing(self, param: Listing) -> str:
        most = param.shown if self._shown is None else min(self._shown, param.shown)
        parts = []
        for item in param.items[:most]:
            parts.append(self._item(item))
            self._begins = False  # a separator comes between them
        separator = "; " if any(item.message for item in param.items) else ", "
        rest = len(param.items) - len(parts)
        if rest:
            # Without an item before it, "3 more" would have nothing to be more than.
            parts.append(self.sentence(_more(rest) if parts else _records(rest)))
        if param.hidden:
            parts.append(self.sentence(_outside(param.hidden, param.beyond)))
        elif param.conjunction and not rest and len(parts) > 1:
            last = self._formatter.text(f" {gettext(param.conjunction)} ")
            parts[-2:] = [self._formatter.join([parts[-2], last, parts[-1]])]
        joined = [part for part in parts for part in (self._formatter.text(separator), part)]
        return self._formatter.join(joined[1:])


def _more(count: int) -> Message:
    return say("wording.more", "and {count} more", count=count)


def _records(count: int) -> Message:
    return say("wording.records", "{count} record", plural="{count} records", count=count)


def _outside(count: int, beyond: Beyond) -> Message:
    if beyond == "scope":
        return say(
            "wording.outside-scope",
            "{count} record outside the scope of this pack is not shown",
            plural="{count} records outside the scope of this pack are not shown",
            count=count,
        )
    return say(
        "wording.outside",
        "{count} record outside your units is not shown",
        plural="{count} records outside your units are not shown",
        count=count,
    )


def _hidden(count: int, beyond: Beyond) -> Message:
    if beyond == "scope":
        return say(
            "wording.hidden-scope",
            "a record outside the scope of this pack",
            plural="{count} records outside the scope of this pack",
            count=count,
        )
    return say(
        "wording.hidden",
        "a record outside your units",
        plural="{count} records outside your units",
        count=count,
    )


def _translated(message: Message) -> str:
    """The sentence in the active language; the English one where a translation lacks or invents a value."""
    if not message.code:
        return message.text
    count = message.params.get("count")
    if message.plural and isinstance(count, int):
        english = message.text if count == 1 else message.plural
        sentence = ngettext(message.text, message.plural, count)
    else:
        english = message.text
        sentence = gettext(english)
    if (
        sentence is not english
        and not {name for _, name in placeholders(sentence) if name} <= message.params.keys()
    ):
        return english
    return sentence
