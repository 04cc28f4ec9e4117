"""What a rule is: a pure function from a snapshot of all records to the gaps that an auditor would write up.

It reads no clock, database or network. The first paragraph of its docstring is the text that users read; its
decorator says which requirements it is about, how grave such a gap usually is, and what repairs it with the
least work. Unlike a check it has no population and no verdict: where it finds nothing, it says nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

from plumbline.assurance.snapshot import Seen
from plumbline.kernel.messages import Message, Word

Grade = Literal["major", "minor", "opportunity"]
GRADES: tuple[Grade, ...] = ("major", "minor", "opportunity")
"""Systematic absence or breakdown; an isolated lapse; a weakness without breach. The gravest first."""
FRAMEWORK = "iso42001"


@dataclass(frozen=True)
class Gap:
    """One thing that does not fit: what is so, in a sentence, and the records that show it.

    ``grade`` is empty where the rule's own holds.
    """

    says: Message
    seen: tuple[Seen, ...] = ()
    grade: Grade | Literal[""] = ""


Finds: TypeAlias = Callable[..., Iterator[Gap]]
"""The function of a rule: of one record and the snapshot, or of the snapshot alone."""


@dataclass(frozen=True)
class Rule:
    """A declared rule.

    ``over`` are the kinds whose records it is asked of one at a time, those that have ended left out; none:
    it is asked once, of the whole snapshot. ``repair`` is the cheapest thing that makes the gap go away
    honestly, to be read as an instruction.
    """

    id: str
    text: str
    requirements: tuple[str, ...]
    grade: Grade
    repair: Word
    over: tuple[str, ...]
    find: Finds


REGISTERED: dict[str, Rule] = {}
"""Every declared rule by its id; rules of plugins join when their module is loaded."""


def gap(says: Message, *seen: Seen, grade: Grade | Literal[""] = "") -> Gap:
    """A gap that the records ``seen`` show; the first is the one to begin with."""
    return Gap(says, seen, grade)


def rule(
    slug: str, requirements: str, *, grade: Grade, repair: Word, over: str = ""
) -> Callable[[Finds], Finds]:
    """Declare the function below as the rule ``slug`` about ``requirements`` (numbers of ISO/IEC 42001, one
    space apart), asked of each record of the kinds ``over``, one space apart.

    Raises ``ValueError`` for one that is there already, has no text, or is about nothing.
    """
    return partial(_register, slug, requirements, grade, repair, over)


def _register(slug: str, requirements: str, grade: Grade, repair: Word, over: str, find: Finds) -> Finds:
    text = " ".join((inspect.getdoc(find) or "").split("\n\n")[0].split())
    if slug in REGISTERED or not text or not requirements.split():
        raise ValueError(f"rule {slug}: declared twice, without a text, or about no requirement")
    ids = tuple(f"{FRAMEWORK}:{number}" for number in requirements.split())
    REGISTERED[slug] = Rule(slug, text, ids, grade, repair, tuple(over.split()), find)
    return find
