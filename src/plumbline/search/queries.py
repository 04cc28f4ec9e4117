"""One question, all that answers it: grouped by what it is, best first, and only what the reader may see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from plumbline import catalogs
from plumbline.controls import registry
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.records import kinds, spellings
from plumbline.records import queries as records
from plumbline.records.kinds import REFERENCE
from plumbline.records.search_index import folding, snippets
from plumbline.records.search_index import queries as index
from plumbline.records.search_index.folding import Term
from plumbline.records.search_index.snippets import Snippet
from plumbline.search.things import SORTS, Thing
from plumbline.trail import log

MOST, MOST_OF_ONE = 5, 50
"""Hits of a group that are shown beside others, and of the one group that was asked for."""


@dataclass(frozen=True)
class Hit:
    """One thing that was found.

    ``sort`` is ``record`` or one of `SORTS`, ``entry`` or ``event``; ``name`` is what identifies it there.
    ``marked`` is the title with its hits, ``snippet`` the piece of another text that has some.
    """

    sort: str
    name: str
    title: str
    marked: Snippet
    about: str = ""
    state: str = ""
    owner: str = ""
    snippet: Snippet | None = None


@dataclass(frozen=True)
class Group:
    """The hits of one sort or kind; ``total`` counts what the reader sees, ``capped``: at least as many."""

    name: str
    hits: tuple[Hit, ...]
    total: int
    capped: bool = False


@dataclass(frozen=True)
class Found:
    """What a search has found; ``exact`` is the one thing that has the whole text for its name."""

    text: str
    groups: tuple[Group, ...] = ()
    exact: Hit | None = None

    @property
    def total(self) -> int:
        """How many things were found in all."""
        return sum(group.total for group in self.groups)

    @property
    def capped(self) -> bool:
        """Whether there are more than were counted."""
        return any(group.capped for group in self.groups)


def group_names() -> tuple[str, ...]:
    """What a search can be narrowed to: slugs of kinds, and sorts of other things."""
    return (*(kind.slug for kind in kinds.all_kinds()), *SORTS)


def search(actor: Actor, text: str, *, only: str = "", most: int | None = None) -> Found:
    """What has all words of ``text``: ``most`` hits of each group, or of the group ``only`` alone.

    Raises `Invalid` for a group that there is not, and `NotAllowed` for a reader of nothing.
    """
    policy.require(actor, "read", anywhere=True)
    if only and only not in group_names():
        remedy = say("fault.one-of", "one of: {names}", names=", ".join(group_names()))
        raise Invalid("The search was not made.", [Fault("in", "is nothing to search in", remedy)])
    text, wanted = text.strip()[: folding.LONGEST_QUERY], folding.terms(text)
    if not text:
        return Found("")
    most = most or (MOST_OF_ONE if only else MOST)
    titled: list[tuple[bool, Group]] = []
    if only not in SORTS:
        titled += _records(actor, text, wanted, only, most)
    for sort in SORTS:
        if wanted and only in ("", sort):
            titled += _things(actor, sort, wanted, most)
    # Sorting is stable: within both halves records come first, by their best hit, then the sorts in order.
    groups = tuple(group for _, group in sorted(titled, key=lambda pair: not pair[0]))
    return Found(text, groups, by_name(actor, text))


def _records(
    actor: Actor, text: str, wanted: Sequence[Term], only: str, most: int
) -> Iterator[tuple[bool, Group]]:
    """A group for each kind with hits, the best one's first, and whether a title has all the words."""
    matches = index.match(actor, text, [only] if only else None)
    slugs = dict.fromkeys(row.kind for row in matches.rows)
    chosen = [row for slug in slugs for row in matches.of_kind(slug).rows[:most]]
    shown = index.shown(actor, chosen, text)
    for slug in slugs:
        found = [row for row in shown if row.kind.slug == slug]
        hits = tuple(
            Hit(
                "record", row.reference, row.title, row.marked, row.kind.slug, row.state, row.owner,
                row.snippet,
            )
            for row in found
        )  # fmt: skip
        in_title = any(_has_all(f"{hit.title} {hit.name}", wanted) for hit in hits)
        yield in_title, Group(slug, hits, len(matches.of_kind(slug).rows), matches.capped)


def _things(actor: Actor, sort: str, wanted: tuple[Term, ...], most: int) -> Iterator[tuple[bool, Group]]:
    found: list[tuple[bool, Thing]] = []
    for thing in SORTS[sort](actor):
        own = f"{thing.title} {thing.also}"
        if _has_all(own, wanted):
            found.append((True, thing))
        elif _has_all(" ".join((own, *(text for _, text in thing.texts))), wanted):
            found.append((False, thing))
    found.sort(key=lambda pair: not pair[0])
    if found:
        hits = tuple(_hit(thing, wanted) for _, thing in found[:most])
        yield found[0][0], Group(sort, hits, len(found))


def _hit(thing: Thing, wanted: tuple[Term, ...]) -> Hit:
    marked = snippets.marked(thing.title, wanted)
    snippet = snippets.best(thing.texts, wanted)
    return Hit(thing.sort, thing.name, thing.title, marked, thing.about, snippet=snippet)


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    """The folded words of a text that is the same at every search."""
    return tuple(folding.words(text))


def _has_all(text: str, wanted: Sequence[Term]) -> bool:
    found = _words(text)
    return all(folding.stands_in(found, term) for term in wanted)


def by_name(actor: Actor, text: str) -> Hit | None:
    """The one thing that has the whole of ``text`` for its name, if ``actor`` may open it."""
    found = _named(actor, text.strip())
    return None if found is None else Hit(found.sort, found.name, found.title, Snippet(()), found.about)


def _spelled(text: str) -> str:
    """The clause or control of ISO/IEC 42001 that ``text`` spells. Digits alone number an entry."""
    known = {row.id for row in catalogs.requirements("iso42001")}
    return text if text.isdigit() and f"iso42001:{text}" not in known else spellings.requirement(text, known)


def _named(actor: Actor, text: str) -> Thing | None:
    if re.fullmatch(REFERENCE, text.upper()):
        with suppress(NotFound):
            record, kind = records.find(actor, text.upper())
            return Thing("record", record.reference, record.title, about=kind.slug)
    for requirement_id in (_spelled(text), text):
        if text and catalogs.exists(requirement_id):
            return Thing("requirement", requirement_id, catalogs.requirement(requirement_id).label)
    if text.lower() in registry.by_slug():
        return Thing("check", text.lower(), registry.get(text.lower()).title)
    with suppress(ValueError):
        return Thing("event", str(UUID(text)), str(UUID(text)))
    if re.fullmatch("[0-9]{1,15}", text) and int(text) < log.size():
        return Thing("entry", str(int(text)), str(int(text)))
    return None
