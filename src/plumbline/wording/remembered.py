"""Sentences that were looked up before: a page asks for some five hundred, and nearly all stand in English.

Django looks a sentence up in each catalogue of the language, twice where there is none, and then in those of
the language it falls back to. Catalogues stay what they are while a process runs, and so does the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.utils.translation.trans_real import DjangoTranslation

MOST: Final = 20_000
"""Sentences that are remembered for each language; with more of them all are forgotten, and come again."""
_AS_IT_IS: Final = object()
"""In place of a sentence that no catalogue has: whoever asks gets the very text back, as from Django."""
_KEPT: Final = "remembered"
LookUp = Callable[[Any, str], str]


def install() -> None:
    """Let every language remember its sentences."""
    DjangoTranslation.gettext = remembering(DjangoTranslation.gettext)  # type: ignore[method-assign,assignment]


def remembering(look_up: LookUp) -> LookUp:
    """``look_up`` of a language, asked once for each sentence."""

    def gettext(language: Any, message: str) -> str:
        known = vars(language).setdefault(_KEPT, {})
        found = known.get(message)
        if found is None:
            if len(known) >= MOST:
                known.clear()
            sentence = look_up(language, message)
            found = known[message] = _AS_IT_IS if sentence is message else sentence
        return message if found is _AS_IT_IS else found

    return gettext
