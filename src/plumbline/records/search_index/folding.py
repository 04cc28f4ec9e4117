"""Words as the index holds them, and what somebody who searches asks for. Pure.

Both sides go through `words`, so that spelling decides nothing: compatibility forms (NFKC), capitals and
diacritics are folded away, and whatever is neither letter nor digit ends a word. The engines get words that
stand apart by one space, which every tokenizer takes apart alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_WORD = 100
"""Letters of a word that are kept; PostgreSQL takes no word of over 2 kB."""
LONGEST_QUERY, MOST_TERMS = 200, 12
"""Letters and terms of a query that are looked at; more of either only costs time."""
_WORD = re.compile(r"[^\W_]+")
_TERM = re.compile(r'"([^"]*)"?|(\S+)')


def fold(text: str) -> str:
    """``text`` without compatibility forms, capitals and diacritics: ``Café ﬁn`` is ``cafe fin``."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).casefold()
    apart = unicodedata.normalize("NFD", text)
    bare = "".join(sign for sign in apart if unicodedata.category(sign) != "Mn")
    return unicodedata.normalize("NFKC", bare)


def words(text: str) -> list[str]:
    """The words of ``text``, folded."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(fold(text))]


@dataclass(frozen=True)
class Term:
    """Words that stand side by side; the last one may go on unless ``whole``."""

    words: tuple[str, ...]
    whole: bool = False


def terms(query: str) -> tuple[Term, ...]:
    """What ``query`` asks for; all of it has to be found.

    A word finds what begins with it. What is written without a space (``A.6.2.6``, ``RSK-0007``) has to stand
    side by side, and so has what is in quotation marks, whose last word is whole.
    """
    return tuple(_terms(query[:LONGEST_QUERY]))[:MOST_TERMS]


def _terms(query: str) -> Iterator[Term]:
    for quoted, plain in _TERM.findall(query):
        if found := words(quoted or plain):
            yield Term(tuple(found), whole=bool(quoted))


def is_hit(word: str, wanted: tuple[Term, ...]) -> bool:
    """Whether a word as it is written is one that was asked for."""
    return any(
        found.startswith(part) if place == len(term.words) - 1 and not term.whole else found == part
        for found in words(word)
        for term in wanted
        for place, part in enumerate(term.words)
    )


def stands_in(found: tuple[str, ...], term: Term) -> bool:
    """Whether the words of ``term`` stand side by side among the folded words ``found``."""
    *before, last = term.words
    size = len(term.words)
    return any(
        found[start : start + size - 1] == tuple(before)
        and (found[start + size - 1] == last if term.whole else found[start + size - 1].startswith(last))
        for start in range(len(found) - size + 1)
    )
