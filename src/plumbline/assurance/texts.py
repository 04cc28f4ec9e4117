"""What can be said of a text without understanding it: empty phrases, copies, days, names of records."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

EMPTY = frozenset(
    {
        *(
            "",
            "n a",
            "na",
            "none",
            "tbd",
            "tbc",
            "todo",
            "ok",
            "okay",
            "yes",
            "no",
            "not applicable",
            "nothing",
        ),
        *(
            "good",
            "done",
            "fine",
            "see above",
            "as usual",
            "unknown",
            "various",
            "not relevant",
            "x",
            "xx",
            "xxx",
        ),
        *("to be defined", "to be determined", "to be done", "later", "open", "pending", "same", "as before"),
        *(
            "not needed",
            "not required",
            "no effect",
            "no effects",
            "no impact",
            "nobody",
            "human error",
            "all good",
        ),
        *(
            "improve",
            "better",
            "improved",
            "as planned",
            "completed",
            "attended",
            "present",
            "passed",
            "success",
        ),
    }
)
"""Phrases that fill a field and say nothing, folded."""
_AHEAD = re.compile(
    r"\b(?:will be|(?:is|are) planned|not yet|in preparation|yet to be|once (?:it|we)|"
    r"to be (?:introduced|written|set up|done|implemented|defined)|next (?:year|quarter)|"
    r"is being (?:written|set up|introduced)|under development)\b",
    re.I,
)
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec"
)
_DAY = re.compile(
    rf"\b\d{{4}}-\d\d(?:-\d\d)?\b|\b\d{{1,2}}[./]\d{{1,2}}[./]?(?:\d{{2,4}})?\b|\b(?:{_MONTHS})\b|\bq[1-4]\b|"
    r"\b(?:next|each|every) (?:meeting|review|month|quarter|week)\b|\bat once\b|\bdone\b|\b20\d\d\b",
    re.I,
)
_PLACEHOLDER = re.compile(
    r"\[(?:company|organi[sz]ation|name|date|insert[^\]]*|your "
    r"[^\]]*)\]|<(?:company|organi[sz]ation|name|insert[^>]*)>|"
    r"\{\{[^}]*\}\}|\blorem ipsum\b|\b(?:your|the) (?:company|organi[sz]ation) name\b|\bxyz "
    r"(?:corp|ltd|inc|company)\b|"
    r"\bacme\b|\b(?:tbd|tbc)\b|\binsert (?:name|company|date|text)\b",
    re.I,
)
_REFERENCE = re.compile(r"\b[A-Z]{3}-\d{4,}\b")
_WORD = re.compile(r"[^\W_]+")
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
)
_COUNTS = {word: number for number, word in enumerate(_NUMBERS.split(" "), 1)}
_COUNTED = re.compile(rf"\b(\d{{1,5}}|{'|'.join(_COUNTS)})\s+(?:different\s+)?AI[- ]systems\b", re.I)
_FIGURE = re.compile(
    r"\d|\bper ?cent\b|%|\b(?:all|none|zero|every|each|no|half|halve|third|quarter|double|twice)\b", re.I
)


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """The words of a text in small letters, one space apart."""
    return " ".join(_WORD.findall(text.casefold()))


def vague(text: str, least: int = 12) -> bool:
    """Whether a text says nothing: an empty phrase, or fewer than ``least`` letters."""
    words = folded(text)
    return words in EMPTY or len(words.replace(" ", "")) < least


def same(one: str, other: str) -> bool:
    """Whether two texts say the same in nearly the same words."""
    first, second = folded(one), folded(other)
    if not first or not second:
        return False
    if first == second:
        return True
    words, others = set(first.split()), set(second.split())
    return min(len(words), len(others)) >= 5 and len(words & others) >= 0.85 * len(words | others)


def ahead(text: str) -> bool:
    """Whether a text speaks of something that is still to come."""
    return bool(_AHEAD.search(text))


def dated(text: str) -> bool:
    """Whether a text names a day, a month or an occasion."""
    return bool(_DAY.search(text))


def placeholder(text: str) -> str:
    """The place of a template that nobody filled in; empty where there is none."""
    found = _PLACEHOLDER.search(text)
    return found.group(0) if found else ""


def references(text: str) -> tuple[str, ...]:
    """References of records that a text names, such as ``RSK-0007``, each once."""
    return tuple(dict.fromkeys(_REFERENCE.findall(text)))


def systems_counted(text: str) -> tuple[int, ...]:
    """The numbers of AI systems that a text speaks of."""
    words = (found.casefold() for found in _COUNTED.findall(text))
    return tuple(_COUNTS[word] if word in _COUNTS else int(word) for word in words)


def measurable(text: str) -> bool:
    """Whether a text names a figure, or all or none of something."""
    return bool(_FIGURE.search(text))


def number(text: str) -> float | None:
    """The first number in a text, if there is one."""
    found = re.search(r"-?\d+(?:[.,]\d+)?", text)
    return float(found.group(0).replace(",", ".")) if found else None


def says_any(text: str, words: Iterable[str]) -> bool:
    """Whether a text has a word that begins with one of ``words`` (folded)."""
    found = f" {folded(text)}"
    return any(f" {word}" in found for word in words)
