"""Reading an opening: the one way for everybody, with an answer for what is not there.

An opening is readable (`Opened`), erased by an entry of the trail (`Erased`), or missing (`Missing`). The
last is damage and never called erasure: whoever removes a row by hand leaves no entry that says who asked for
it and who approved. Events of segments lie elsewhere and answer the same
(`plumbline.telemetry.segment_contents`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from plumbline.trail import models, sealed_opening
from plumbline.trail.erasures import queries as erasures
from plumbline.trail.key_store.opened import key_store

CHUNK = 512


@dataclass(frozen=True, slots=True)
class Opened:
    """The salt of a commitment and the exact bytes behind it."""

    salt: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Erased:
    """Erased on purpose; ``entry`` is the number of the erasure entry that says so."""

    entry: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Gone or unreadable without an erasure entry: damage.

    ``reason`` is ``absent``, ``no-key`` or ``altered``.
    """

    reason: str


OpeningState: TypeAlias = Opened | Erased | Missing


def body_of(state: OpeningState) -> bytes | None:
    """The bytes of an opening that can be read; ``None`` for one that was erased or is missing."""
    return state.body if isinstance(state, Opened) else None


def read(index: int, slot: str) -> OpeningState:
    """What became of one opening of entry ``index``."""
    return read_many([(index, slot)])[index, slot]


def read_at(indexes: Collection[int], slot: str) -> dict[int, OpeningState]:
    """What became of the opening ``slot`` of each of these entries."""
    return {index: state for (index, _), state in read_many((index, slot) for index in indexes).items()}


def read_many(places: Iterable[tuple[int, str]]) -> dict[tuple[int, str], OpeningState]:
    """What became of each of these openings, named by entry and slot."""
    wanted = sorted(set(places))
    found: dict[tuple[int, str], OpeningState] = {}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        rows = list(
            models.Opening.objects.filter(
                index__in={index for index, _ in part}, slot__in={slot for _, slot in part}
            )
        )
        found.update({(row.index, row.slot): state for row, state in zip(rows, states_of(rows), strict=True)})
    return {place: found[place] for place in wanted if place in found} | _gone(
        [place for place in wanted if not isinstance(found.get(place), Opened)], found
    )


def _gone(
    places: Collection[tuple[int, str]], found: dict[tuple[int, str], OpeningState]
) -> dict[tuple[int, str], OpeningState]:
    # Asked only for what cannot be read: nearly everything can, and needs no second query.
    erased = erasures.of_slots(places) if places else {}
    return {
        place: Erased(erased[place]) if place in erased else found.get(place, Missing("absent"))
        for place in places
    }


def states_of(rows: Collection[models.Opening]) -> list[Opened | Missing]:
    """What these stored rows can be read as, in their order."""
    ids = {row.key_id for row in rows if row.key_id}
    found = key_store().find(ids) if ids else {}
    ciphers = {id: sealed_opening.cipher(secret) for id, secret in found.items()}
    return [_state_of(row, ciphers) for row in rows]


def _state_of(row: models.Opening, ciphers: Mapping[str, AESGCM]) -> Opened | Missing:
    if not row.key_id:
        return Opened(bytes(row.salt), bytes(row.body))
    key = ciphers.get(row.key_id)
    if key is None:
        return Missing("no-key")
    plain = sealed_opening.unseal(key, bytes(row.body), sealed_opening.place(row.index, row.slot))
    # The salt of an encrypted opening is inside; one beside it can only have been put there.
    return Missing("altered") if plain is None or row.salt else Opened(*plain)


def in_range(start: int, stop: int) -> Iterator[tuple[models.Opening, Opened | Missing]]:
    """The stored rows of the entries [start, stop) with what they can be read as, by entry and slot."""
    for first in range(start, stop, CHUNK):
        rows = models.Opening.objects.filter(index__gte=first, index__lt=min(first + CHUNK, stop))
        part = list(rows.order_by("index", "slot"))
        yield from zip(part, states_of(part), strict=True)


def places_about(references: Collection[str]) -> set[tuple[int, str]]:
    """Entry and slot of every opening that is here of entries about these (``ref`` of their subject)."""
    found: set[tuple[int, str]] = set()
    wanted = sorted(set(references))
    for start in range(0, len(wanted), CHUNK):
        leaves = models.Leaf.objects.filter(subject_ref__in=wanted[start : start + CHUNK])
        rows = models.Opening.objects.filter(index__in=leaves.values("index"))
        found.update(rows.values_list("index", "slot"))
    return found


def any_at(places: Collection[tuple[int, str]]) -> bool:
    """Whether any of these openings is here."""
    indexes = sorted({index for index, _ in places})
    for start in range(0, len(indexes), CHUNK):
        rows = models.Opening.objects.filter(index__in=indexes[start : start + CHUNK])
        if set(rows.values_list("index", "slot")).intersection(places):
            return True
    return False


def first_entry_at(instant: datetime) -> int:
    """The number of the first entry recorded at ``instant`` or later; the size of the log if none was."""
    found = models.Leaf.objects.filter(time__gte=instant).order_by("index").values_list("index", flat=True)
    first = found.first()
    if first is not None:
        return first
    return models.Coordinator.objects.filter(id=1).values_list("size", flat=True).first() or 0
