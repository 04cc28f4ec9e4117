"""What the header of a column or a word of a cell is likely to mean, by the words of several languages. Pure.

It proposes and never decides: what it finds stands chosen on a page, where a person sees and changes it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

NEARLY = 0.9
"""How alike two words are that are the same but for a slip or an ending."""
_PARTS = re.compile(r"\s*[/|]\s*|\s+[–—-]\s+")
_QUESTION = 6
"""Words from which on a header is a question in which the name of a field stands: *What are the expected
benefits for the public?*"""
_IN_QUESTION = 0.95
"""How well such a header fits: less than one that is called so."""
_NUMBERED = re.compile(r"^\d+[\s_.)-]+")
_LETTERED = re.compile(r"^\s*(\d{1,2}|[a-zA-Z])[).:]\s+")
"""What counts the answers of a form: *b) Pilot*."""
_OWNER = re.compile(r"['’]s\b")
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")


@cache
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(
        Path(__file__).with_name("words.yaml").read_text(encoding="utf-8")
    )
    return found


def plain(text: str) -> str:
    """``text`` in small letters without accents, its words parted by one blank."""
    bare = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o").casefold())
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", letters))


@cache
def _hollow() -> frozenset[str]:
    return frozenset(str(_data()["hollow"]).split())


@lru_cache(maxsize=4096)
def _cores(text: str) -> tuple[str, ...]:
    """What a header or word may be once what says nothing is left out, the likeliest first."""
    text = _OWNER.sub("", text)
    wholes = [text, _BRACKETS.sub(" ", text), _NUMBERED.sub("", text)]
    wholes += [part for whole in list(wholes) for part in (whole.rpartition(":")[2], *_PARTS.split(whole))]
    found: dict[str, None] = {}
    for whole in wholes:
        words = plain(whole).split()
        said = [word for word in words if word not in _hollow()]
        found[" ".join(words)] = None
        found[" ".join(said)] = None
    found.pop("", None)
    return tuple(found)


def _listed(by_language: Mapping[str, Iterable[str]]) -> Iterator[tuple[int, str]]:
    """Each word with its place in the list of its language."""
    for words in by_language.values():
        for place, word in enumerate(words):
            yield place, plain(str(word))


@cache
def _names(group: str, name: str) -> tuple[tuple[int, str], ...]:
    """The words of a field, or of the key, also without what says nothing."""
    by_language = _data()[group] if not name else _data()[group].get(name, {})
    both = {(place, word): None for place, whole in _listed(by_language) for word in _cores(whole)}
    return tuple(both)


def _fit(header: str, names: Iterable[tuple[int, str]]) -> float:
    """How well a header fits names: near 1 for one that is among them, 0 for one that is like none."""
    best = 0.0
    for place, name in names:
        for turn, core in enumerate(_cores(header)):
            alike = 1.0 if core == name else max(_alike(core, name), _asked(core, name))
            if alike >= NEARLY:
                best = max(best, alike - place / 1_000 - turn / 10_000)
    return best


def _alike(one: str, other: str) -> float:
    """Likeness of words long enough that a slip leaves them what they are."""
    if min(len(one), len(other)) < 6:
        return 0.0
    return SequenceMatcher(None, one, other).ratio()


def _asked(question: str, name: str) -> float:
    """Whether a long header asks for what two or more words name, and soon: what it asks for comes first."""
    before, found, _ = f" {question} ".partition(f" {name} ")
    is_question = " " in name and question.count(" ") + 1 >= _QUESTION
    return _IN_QUESTION if found and is_question and len(before.split()) < _QUESTION - 1 else 0.0


def fits(header: str, name: str) -> float:
    """How well a column called ``header`` fits the field ``name``, from 0 to 1."""
    return _fit(header, _names("fields", name))


def is_key(header: str) -> bool:
    """Whether a column called ``header`` has ids of entries."""
    return _fit(header, _names("key", "")) > 0


@cache
def _values(name: str) -> Mapping[str, str]:
    meant = _data()["values"].get(name, {})
    return {word: value for value, words in meant.items() for _, word in _listed(words)}


def meant(word: str, name: str, known: Iterable[str]) -> str:
    """The value among ``known`` that ``word`` most likely stands for in the field ``name``; empty for none.

    A text in two languages (``In production / En production``) stands for what both of its halves do.
    """
    values, word = _values(name), _LETTERED.sub("", word)
    whole = values.get(plain(word)) or values.get(plain(_BRACKETS.sub(" ", word)))
    halves = {found for part in _PARTS.split(word) if (found := values.get(plain(part)))}
    found = whole or (halves.pop() if len(halves) == 1 else "")
    return found if found in set(known) else ""


@cache
def _empty() -> Mapping[str, str]:
    return {
        " ".join(str(word).casefold().split()): "" for words in _data()["empty"].values() for word in words
    }


def means_empty(text: str) -> bool:
    """Whether a text says that nobody has said anything."""
    bare = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    return "".join(sign for sign in bare if not unicodedata.combining(sign)) in _empty()


@cache
def _flags() -> Mapping[str, str]:
    return {plain(word): value for value, words in _data()["flags"].items() for word in words}


def yes_or_no(text: str) -> str | None:
    """``true`` or ``false`` for a word that means it in one of the languages."""
    return _flags().get(plain(text))
