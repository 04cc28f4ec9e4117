"""Who is named in a comment: ``@noor@halden.example``, ``@Noor Haddad``, or ``@Noor`` where one is meant.

Pure: it is given the people. What names nobody stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plumbline.identity.models import Person
from plumbline.kernel.messages import listing, say
from plumbline.kernel.problems import Fault

MOST = 20
"""People that one comment names."""
_AT = re.compile(r"(?<![\w@.+-])@(?=\w)")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WORD = re.compile(r"[\w’'-]+")
_LONGEST = 254


def named(text: str, people: Sequence[Person]) -> tuple[list[Person], list[Fault]]:
    """The people whom ``text`` mentions, each once, and what is wrong with its mentions."""
    found: dict[int, Person] = {}
    faults: list[Fault] = []
    by_first_name: dict[str, list[Person]] = {}
    for person in people:
        first = _WORD.match(person.full_name.casefold())
        by_first_name.setdefault(first[0] if first else "", []).append(person)
    for behind in _mentions(text):
        whole = _whole(behind, people)
        word = _WORD.match(behind)
        alike = [whole] if whole else by_first_name.get(word[0].casefold(), []) if word else []
        if len(alike) > 1:
            faults.append(_ambiguous(word[0] if word else "", alike))
        elif alike:
            found[alike[0].pk] = alike[0]
    if len(found) > MOST:
        faults.append(Fault("text", say("mention.too-many", "names more than {most} people", most=MOST)))
    return list(found.values()), faults


def _mentions(text: str) -> Iterator[str]:
    """What stands behind each ``@`` that begins a word."""
    for at in _AT.finditer(text):
        yield text[at.end() : at.end() + _LONGEST]


def _whole(behind: str, people: Sequence[Person]) -> Person | None:
    """The person whose address or whole name ``behind`` begins with; of several names the longest."""
    if address := _ADDRESS.match(behind):
        return next((one for one in people if one.email.casefold() == address[0].casefold()), None)
    alike = [one for one in people if _begins_with(behind, one.full_name)]
    return max(alike, key=lambda one: len(one.full_name), default=None)


def _begins_with(text: str, name: str) -> bool:
    """Whether a text begins with a name, and not with a longer one."""
    folded, known = text.casefold(), name.casefold()
    return folded.startswith(known) and not folded[len(known) : len(known) + 1].isalnum()


def _ambiguous(word: str, alike: Sequence[Person]) -> Fault:
    names = listing([f"@{one.full_name}" for one in alike], conjunction="or")
    return Fault(
        "text",
        say("mention.ambiguous", "@{name} may be several people", name=word),
        say("mention.write-whole", "write {names}", names=names),
    )
