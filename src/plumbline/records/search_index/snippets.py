"""The piece of a text that has the words somebody asked for, with the words marked. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from plumbline.records.search_index.folding import Term, is_hit, words

AROUND = 80
"""Letters before and after the first hit, up to the next space."""
LONGEST_LOOK = 100_000
"""Letters of a text that are looked at, as many as the index holds of it."""
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Part:
    """A run of letters, and whether it is a hit."""

    text: str
    hit: bool = False


@dataclass(frozen=True)
class Snippet:
    """A piece of text in parts; ``where`` says what it is a piece of."""

    parts: tuple[Part, ...]
    where: str = ""

    @property
    def text(self) -> str:
        """The piece without marks."""
        return "".join(part.text for part in self.parts)


def marked(text: str, wanted: tuple[Term, ...]) -> Snippet:
    """The whole of ``text`` with its hits."""
    # Composed, so that a word whose accents are signs of their own is one word here too.
    return Snippet(_parts(unicodedata.normalize("NFC", text), wanted))


def best(texts: Iterable[tuple[str, str]], wanted: tuple[Term, ...]) -> Snippet | None:
    """The piece around the first hit of the text that has most of the terms; ``None`` without a hit."""
    chosen, most = None, 0
    for where, text in texts:
        composed = unicodedata.normalize("NFC", text[:LONGEST_LOOK])
        place, count = _first_hit(composed, wanted)
        if count > most:
            most, chosen = count, (where, composed, place)
    if chosen is None:
        return None
    where, text, place = chosen
    return Snippet(_parts(_cut(text, place), wanted), where)


def _first_hit(text: str, wanted: tuple[Term, ...]) -> tuple[int, int]:
    """Where the first hit begins, and how many of the terms are there at all."""
    folded = set(words(text))
    present = [term for term in wanted if _has(folded, term)]
    if not present:
        return 0, 0
    for word in _WORD.finditer(text):
        if is_hit(word.group(), tuple(present)):
            return word.start(), len(present)
    return 0, 0


def _has(folded: set[str], term: Term) -> bool:
    *before, last = term.words
    ends = last in folded if term.whole else any(word.startswith(last) for word in folded)
    return ends and all(word in folded for word in before)


def _cut(text: str, place: int) -> str:
    start, stop = max(0, place - AROUND), min(len(text), place + 2 * AROUND)
    if start:
        start = text.find(" ", start, place) + 1 or start
    if stop < len(text):
        end = text.rfind(" ", place, stop)
        stop = end if end > place else stop
    piece = " ".join(text[start:stop].split())
    return f"{'… ' if start else ''}{piece}{' …' if stop < len(text) else ''}"


def _parts(text: str, wanted: tuple[Term, ...]) -> tuple[Part, ...]:
    found, last = [], 0
    for word in _WORD.finditer(text):
        if is_hit(word.group(), wanted):
            if word.start() > last:
                found.append(Part(text[last : word.start()]))
            found.append(Part(word.group(), hit=True))
            last = word.end()
    if last < len(text):
        found.append(Part(text[last:]))
    return tuple(found)
