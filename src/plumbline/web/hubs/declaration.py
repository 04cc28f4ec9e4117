"""A section of a record's page is declared once, on the function that gathers what it shows.

Which records name another one is declared beside their kind (`plumbline.records.kinds.HubSection`), and is
a section by itself (`plumbline.web.hubs.naming`). Whatever a room knows besides is a function here: it is
given the `Hub` and answers the context of its template, or ``None`` where there is nothing to show. Nothing
empty is shown, and a kind to come needs no page of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias, TypeVar

from plumbline.identity.actors import Actor
from plumbline.records import kinds
from plumbline.records.kinds import HubSection, Kind
from plumbline.records.related import queries as related
from plumbline.records.related.queries import Naming

Part: TypeAlias = Literal["lead", "main", "side"]
"""Where a section stands: across the page, in its wide column or in the narrow one."""
Context: TypeAlias = Mapping[str, Any]
Value = TypeVar("Value")


@dataclass
class Hub:
    """One record with its reader, as the sections of its page are given it.

    ``allowed`` are the verbs that the reader may do with it now. What several sections need is read `once`.
    """

    actor: Actor
    kind: Kind
    record: Any
    allowed: frozenset[str] = frozenset()
    _read: dict[Hashable, Any] = field(default_factory=dict)

    def once(self, key: Hashable, read: Callable[[], Value]) -> Value:
        """What ``read`` returns, read for the first section that asks."""
        if key not in self._read:
            self._read[key] = read()
        value: Value = self._read[key]
        return value

    @cached_property
    def naming(self) -> tuple[Naming, ...]:
        """The records that the reader may see and that name this one, by kind and field."""
        return self._naming[0]

    @cached_property
    def is_capped(self) -> bool:
        """Whether more records name this one than were looked at."""
        return self._naming[1]

    @cached_property
    def _naming(self) -> tuple[tuple[Naming, ...], bool]:
        whole = {kind.slug for kind, _ in declared_naming(self.kind)}
        return related.naming(self.actor, self.kind, self.record, whole)

    def records(self, kind: str) -> tuple[Any, ...]:
        """Those of the kind with this slug, in whatever field they name it."""
        return tuple(record for row in self.naming if row.kind.slug == kind for record in row.records)


Gather: TypeAlias = Callable[[Hub], "Context | None"]


@dataclass(frozen=True)
class Section:
    """One declared section.

    ``shows`` are fields of the record that it shows, which the page then does not repeat; ``replaces`` are
    kinds whose own section it stands for. ``tab`` is its name in the tabs at the top, empty for one that is
    not among them.
    """

    kind: str
    slug: str
    title: str
    place: int
    part: Part
    template: str
    gather: Gather
    shows: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    tab: str = ""


@dataclass(frozen=True)
class ShownSection:
    """A section with what it shows of one record; ``count`` stands beside its name in the tabs."""

    section: Section
    context: Context

    @property
    def count(self) -> int | None:
        """How many things it lists; None where it is no list."""
        found: int | None = self.context.get("count")
        return found


@dataclass(frozen=True)
class ShownSections:
    """The sections of one page, by where they stand, and the fields that they show."""

    rows: tuple[ShownSection, ...] = ()

    def _of(self, part: Part) -> tuple[ShownSection, ...]:
        return tuple(row for row in self.rows if row.section.part == part)

    @property
    def lead(self) -> tuple[ShownSection, ...]:
        """Those across the page."""
        return self._of("lead")

    @property
    def main(self) -> tuple[ShownSection, ...]:
        """Those of the wide column."""
        return self._of("main")

    @property
    def side(self) -> tuple[ShownSection, ...]:
        """Those of the narrow column."""
        return self._of("side")

    @property
    def tabs(self) -> tuple[ShownSection, ...]:
        """Those that the tabs at the top lead to."""
        return tuple(row for row in self.rows if row.section.tab)

    @property
    def fields(self) -> frozenset[str]:
        """The fields of the record that they show."""
        return frozenset(name for row in self.rows for name in row.section.shows)


_declared: list[Section] = []
EVERY = ""
"""In the place of a kind: a section of every kind."""


def section(
    kind: str,
    slug: str,
    title: str,
    place: int,
    *,
    part: Part = "main",
    template: str = "",
    shows: tuple[str, ...] = (),
    replaces: tuple[str, ...] = (),
    tab: str = "",
) -> Callable[[Gather], Gather]:
    """Declare the function below as a section of the page of every record of ``kind`` (a slug).

    Sections stand in the order of their ``place``. Raises ``ValueError`` where two have one anchor.
    """

    def declare(gather: Gather) -> Gather:
        if any(row.slug == slug and row.kind in {kind, EVERY} for row in _declared):
            raise ValueError(f"two sections of {kind or 'every kind'} are called {slug}")
        path = template or f"web/hubs/{slug}.html"
        _declared.append(Section(kind, slug, title, place, part, path, gather, shows, replaces, tab))
        return gather

    return declare


def declared() -> tuple[Section, ...]:
    """Every section that a module of pages declares."""
    return tuple(_declared)


def declared_naming(kind: Kind) -> tuple[tuple[Kind, HubSection], ...]:
    """The sections that kinds declare on the pages of ``kind``, each with its kind."""
    return tuple(
        (other, row)
        for other in kinds.all_kinds()
        for row in other.hubs
        if other.field(row.field).related_model is kind.model
    )


def gather(hub: Hub, derived: Callable[[Hub, frozenset[str]], list[ShownSection]]) -> ShownSections:
    """The sections of the page of one record, without those that have nothing to show.

    ``derived`` makes those that kinds declare, but for kinds that a section of its own stands for.
    """
    own = [row for row in _declared if row.kind in {hub.kind.slug, EVERY}]
    shown = []
    for row in own:
        context = row.gather(hub)
        if context is not None:
            shown.append(ShownSection(row, context))
    replaced = frozenset(slug for row in own for slug in row.replaces)
    shown += derived(hub, replaced)
    return ShownSections(tuple(sorted(shown, key=lambda row: row.section.place)))
