"""All lists of a file into this installation, one import after the other, each through its own door.

What a list says of a later one is written the second time through: links, and accounts of people who
have left, who may own what comes in. Rows that cannot be taken are left out and told; importing the file
again makes no doubles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import yaml

from plumbline.identity.actors import Actor
from plumbline.imports import commands, map_yaml, own_format, plan
from plumbline.imports.directory.declarations import PERSON, Target
from plumbline.imports.plan import ImportPlan
from plumbline.imports.together import archive
from plumbline.imports.together.archive import Listed
from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records.csv_export import LINKS


@dataclass(frozen=True)
class Taken:
    """What became of one list: how many rows made or changed something, and which were left out, with why."""

    target: Target
    created: int
    amended: int
    unchanged: int
    faulty: tuple[tuple[int, str, Text], ...]


def take_in(actor: Actor, content: bytes, tell: Callable[[str], None] = lambda _: None) -> list[Taken]:
    """Import every list of a file that `archive.write` has made; ``tell`` is told the list that is next.

    Raises `Malformed` for any other file, `NotAllowed` as each import does. What was written before stays.
    """
    lists = archive.read(content)
    counted: dict[str, Counter[str]] = {}
    faulty: dict[str, tuple[tuple[int, str, Text], ...]] = {}
    for again, one in [*((False, one) for one in lists), *((True, one) for one in _again(lists))]:
        tell(one.target.plural)
        made = plan.plan_file(actor, one.target.slug, one.content, _map(one, again=again))
        written = made.counts["create"] + made.counts["amend"]
        if written:
            commands.run(actor, made)
        seen = counted.setdefault(one.target.slug, Counter())
        for outcome in ("create", "amend", *(() if again else ("unchanged", "repeat"))):
            seen[outcome] += made.counts[outcome]
        faulty[one.target.slug] = _faults(made)
    return [
        Taken(
            one.target,
            counted[one.target.slug]["create"],
            counted[one.target.slug]["amend"],
            counted[one.target.slug]["unchanged"] + counted[one.target.slug]["repeat"],
            faulty[one.target.slug],
        )
        for one in lists
    ]


def _again(lists: list[Listed]) -> Iterator[Listed]:
    """The lists that say something of later ones: those with links, and people, the last."""
    yield from (one for one in lists if one.target is not PERSON and _has_links(one))
    yield from (one for one in lists if one.target is PERSON)


def _has_links(one: Listed) -> bool:
    sheet = own_format.sheet_of(one.target, one.content)
    place = sheet.place(LINKS) if sheet is not None else None
    if sheet is None or place is None:
        return False
    return any(place < len(row.cells) and row.cells[place] for row in sheet.rows)


def _map(one: Listed, *, again: bool) -> str:
    """The map of a list: the first time without what is written the second time."""
    sheet = own_format.sheet_of(one.target, one.content)
    if sheet is None:
        text = say("imports.list-of-another-form", "has another header: {names}", names=one.target.names)
        raise Invalid("The file was not taken.", [Fault("file", text, "take it out again")])
    text_of_map = own_format.own_map(one.target, sheet)
    if again:
        return text_of_map
    words = map_yaml.words_in(text_of_map)
    words.pop("links", None)
    if one.target is PERSON:
        words["fields"].pop("left")
    return yaml.safe_dump(words, sort_keys=False, allow_unicode=True)


def _faults(made: ImportPlan) -> tuple[tuple[int, str, Text], ...]:
    return tuple(
        (row.line, fault.column or fault.field, fault.message) for row in made.rows for fault in row.faults
    )
