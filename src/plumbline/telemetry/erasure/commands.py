"""Erasing events: keys, openings, what waits in the spool, and rows of the evidence store.

Which events those are is worked out once, before anything is destroyed (`find`), and kept with the request:
afterwards nothing here could tell any more. Every step may be repeated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import UUID

from plumbline.telemetry.erasable_openings import Opening
from plumbline.telemetry.event import decode_opening
from plumbline.telemetry.openings import OpeningStore, openings_of, scope_of, states_of
from plumbline.telemetry.spool import spool_of
from plumbline.trail import sealed_opening
from plumbline.trail.key_store.opened import key_store
from plumbline.trail.openings.queries import Opened

PERSON = "person:"


class Threads(Protocol):
    """The evidence store, asked which events speak of others."""

    def speaking_of(self, ids: list[UUID]) -> list[tuple[UUID, int, int]]:
        """Id, leaf and place of every event that speaks of one of these."""
        ...


class Erasable(Protocol):
    """The evidence store, as whoever erases sees it."""

    def erase(self, ids: Collection[UUID]) -> None:
        """Delete the rows of these events, and leave nothing of them in the file."""
        ...


@dataclass
class FoundEvents:
    """Events to be erased: their places by leaf, and their ids."""

    places: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    ids: set[UUID] = field(default_factory=set)

    def add(self, id: UUID, leaf: int, position: int) -> None:
        """Add one event."""
        self.ids.add(id)
        self.places[leaf].add(position)


def of_subjects(data: Path, subjects: Collection[str]) -> FoundEvents:
    """Every event that names one of these data subjects."""
    found, wanted = FoundEvents(), set(subjects)
    store = openings_of(data)
    keys = key_store().ids_of([PERSON + subject for subject in wanted])
    for id, leaf, position in store.under_keys(keys):
        found.add(id, leaf, position)
    # What earlier versions stored is not encrypted, and so has to be read to be found.
    for opening in store.unencrypted():
        if decode_opening(opening.body).subject in wanted:
            found.add(opening.event, opening.leaf, opening.position)
    for leaf, position, body in _spooled(data):
        event = decode_opening(body)
        if event.subject in wanted:
            found.add(event.id, leaf, position)
    return found


def of_event(data: Path, event: UUID) -> FoundEvents:
    """One event; nothing when it is not here."""
    found = FoundEvents()
    opening = openings_of(data).of_event(event)
    if opening is not None:
        found.add(event, opening.leaf, opening.position)
        return found
    place = spool_of(data).find(event)
    if place is not None and place[0].leaf is not None:
        found.add(event, place[0].leaf, place[1])
    return found


def before_leaf(data: Path, leaf: int) -> FoundEvents:
    """Every event of the segments of entries before ``leaf``."""
    found = FoundEvents()
    for id, at, position in openings_of(data).before(leaf):
        found.add(id, at, position)
    for at, position, body in _spooled(data):
        if at < leaf:
            found.add(decode_opening(body).id, at, position)
    return found


def with_followers(found: FoundEvents, threads: Threads) -> FoundEvents:
    """These events and those that speak of them: outcomes and reviews of a decision are about its person."""
    for id, leaf, position in threads.speaking_of(sorted(found.ids)) if found.ids else ():
        found.add(id, leaf, position)
    return found


def _spooled(data: Path) -> Iterable[tuple[int, int, bytes]]:
    spool = spool_of(data)
    for sealed in spool.unmoved():
        body = spool.body(sealed.seq) if sealed.leaf is not None else None
        for position, opening in enumerate(body.openings if body else ()):
            if opening and sealed.leaf is not None:
                yield sealed.leaf, position, opening


def erase(data: Path, places: Mapping[int, Collection[int]], store: Erasable) -> None:
    """Destroy the keys of these events where nothing else needs them, and delete their content everywhere."""
    openings, keys = openings_of(data), key_store()
    spool_of(data).erase(places)
    # The key of a month is shared by all events that name nobody: it goes with the last of them. That of a
    # person goes first, and what of that person is to stay is encrypted anew before.
    with openings.exclusively():
        doomed = openings.keys_of(places)
        persons = [key for key in doomed if key.startswith("p")]
        keys.retire(persons)
        for key in persons:
            _protect_others(openings, openings.others_under(key, places))
    with openings.exclusively():
        keys.destroy(persons)
        gone = openings.delete(places)
    shared = [key for key in doomed if key not in persons and not openings.is_used(key)]
    keys.destroy(shared)
    openings.overwrite()
    store.erase(gone)


def _protect_others(openings: OpeningStore, others: Sequence[Opening]) -> None:
    states = states_of(others)
    scopes = {}
    for opening, state in zip(others, states, strict=True):
        if isinstance(state, Opened):
            event = decode_opening(state.body)
            scopes[opening.leaf, opening.position] = scope_of(event.subject, event.time)
    keys = key_store().current(set(scopes.values()))
    rows = []
    for opening, state in zip(others, states, strict=True):
        scope = scopes.get((opening.leaf, opening.position))
        if scope is None or not isinstance(state, Opened):
            continue
        where = sealed_opening.place(opening.leaf, f"event:{opening.position}")
        sealed = sealed_opening.seal(sealed_opening.cipher(keys[scope].secret), state.salt, state.body, where)
        rows.append((keys[scope].id, sealed, opening.leaf, opening.position))
    openings.replace(rows)


def any_at(data: Path, places: Mapping[int, Collection[int]]) -> bool:
    """Whether the content of any of these events is here."""
    store = openings_of(data)
    if any(
        position in positions for leaf, positions in places.items() for position in store.of_segment(leaf)
    ):
        return True
    return any(position in places.get(leaf, ()) for leaf, position, _ in _spooled(data))


def any_before(data: Path, leaf: int) -> bool:
    """Whether the content of any event of an earlier entry than ``leaf`` is here."""
    return openings_of(data).any_before(leaf)
