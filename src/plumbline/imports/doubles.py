"""New rows that are likely doubles of records that are here. Nothing here writes."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher

from plumbline.identity.actors import Actor
from plumbline.imports import queries
from plumbline.imports.judging import PlannedRow
from plumbline.imports.summary import Double
from plumbline.records.kinds import Kind

_ALIKE = 0.88
"""How like two titles are, from 0 to 1, of which one is a slip of the pen of the other."""
_LOOKED_AT = 12
"""Titles that are compared with one row: those that share its rarest words."""
_WORD = re.compile(r"[^\W_]+")


def likely(actor: Actor, kind: Kind, rows: Sequence[PlannedRow]) -> list[Double]:
    """The new ``rows`` whose title a record has that ``actor`` may see, word for word or nearly so."""
    new = [row for row in rows if row.outcome == "create" and row.title]
    if not new:
        return []
    known = queries.titles(actor, kind)
    if not known:
        return []
    words = {reference: words_of(title) for reference, title in known.items()}
    exact: dict[tuple[str, ...], str] = {}
    by_word: defaultdict[str, list[str]] = defaultdict(list)
    for reference, found in words.items():
        exact.setdefault(found, reference)
        for word in set(found):
            by_word[word].append(reference)
    made = []
    for row in new:
        wanted = words_of(row.title)
        reference = exact.get(wanted) or _nearest(wanted, words, by_word)
        if reference:
            made.append(Double(row.line, row.title, reference))
    return made


def _nearest(
    wanted: tuple[str, ...], words: dict[str, tuple[str, ...]], by_word: dict[str, list[str]]
) -> str:
    counted = Counter[str]()
    rarest = sorted((word for word in set(wanted) if word in by_word), key=lambda word: len(by_word[word]))
    for word in rarest[:3]:
        # A word that half the register has tells nothing apart.
        if len(by_word[word]) <= 200:
            counted.update(by_word[word])
    text = " ".join(wanted)
    best, reference = _ALIKE, ""
    for found, _ in counted.most_common(_LOOKED_AT):
        other = " ".join(words[found])
        matcher = SequenceMatcher(None, text, other)
        if (
            matcher.real_quick_ratio() > best
            and matcher.quick_ratio() > best
            and _figures(text) == _figures(other)
        ):
            ratio = matcher.ratio()
            if ratio > best:
                best, reference = ratio, found
    return reference


def _figures(text: str) -> list[str]:
    """The figures in a title: “Lot 1” and “Lot 2” are two things, however alike."""
    return re.findall(r"\d+", text)


def words_of(title: str) -> tuple[str, ...]:
    """The words of a title, without capitals, accents and signs: what two spellings of it have in common."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    return tuple(_WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign))))
