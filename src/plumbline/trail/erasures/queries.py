"""Erasure entries: the only thing that makes an opening erased instead of missing.

An erasure entry (``trail.erased``) names every opening it erased, in its facts and so for good:

* ``slots``: openings of entries, ``{"17": ["note", "revision"]}`` by the number of the entry;
* ``events``: events of segments, ``{"4711": [[0, 3], [9, 9]]}``: first and last place of each run, by the
  number of the segment's entry;
* ``ground``, ``approver`` (opaque id) and ``erasure`` (opaque id of the request). No personal data.

The table `ErasedOpening` repeats this so that it can be looked up. It is never believed on its own: whoever
may write to the database may add a row to it, but not a line to an entry that was signed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plumbline.kernel.merkle import leaf_hash
from plumbline.trail import entry, models

ENTRY_TYPE = "trail.erased"
EVENT = "event"
"""The slot under which events of a segment are looked up; packs name one of them ``event:<position>``."""
CHUNK = 512


@dataclass(frozen=True, slots=True)
class ErasedRange:
    """What one line of an erasure entry names: a slot of entry ``index``, or the events ``first`` to ``last``
    (inclusive) of the segment in entry ``index``."""

    index: int
    slot: str
    first: int
    last: int


def ranges_of(facts: Mapping[str, Any]) -> Iterator[ErasedRange]:
    """Everything that the facts of an erasure entry name. Raises ``ValueError`` for facts of another form."""
    try:
        for index, slots in facts.get("slots", {}).items():
            yield from (ErasedRange(int(index), str(slot), 0, 0) for slot in slots)
        for index, runs in facts.get("events", {}).items():
            yield from (ErasedRange(int(index), EVENT, int(first), int(last)) for first, last in runs)
    except (AttributeError, TypeError) as error:
        raise ValueError("the facts are not those of an erasure entry") from error


def _named_by(leaves: Collection[int]) -> dict[int, frozenset[ErasedRange]]:
    """What these entries erased, as their own bytes say it; nothing for one that is no erasure entry."""
    named = {}
    for row in models.Leaf.objects.filter(index__in=leaves):
        content = bytes(row.body)
        try:
            said = entry.read(content)
            genuine = said.entry_type == ENTRY_TYPE and leaf_hash(content) == bytes(row.hash)
            named[row.index] = frozenset(ranges_of(said.facts) if genuine else ())
        except ValueError:
            named[row.index] = frozenset()
    return named


def _confirmed(rows: Iterable[models.ErasedOpening]) -> Iterator[tuple[ErasedRange, int]]:
    """Those rows that the entry they point at bears out, each with the number of that entry."""
    found = list(rows)
    named = _named_by({row.leaf for row in found}) if found else {}
    for row in found:
        erased = ErasedRange(row.index, row.slot, row.first, row.last)
        if erased in named.get(row.leaf, ()):
            yield erased, row.leaf


def of_slots(places: Collection[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Which of these slots of entries were erased, and by which entry."""
    wanted, indexes = set(places), sorted({index for index, _ in places})
    found: dict[tuple[int, str], int] = {}
    for start in range(0, len(indexes), CHUNK):
        rows = models.ErasedOpening.objects.filter(index__in=indexes[start : start + CHUNK]).order_by("leaf")
        for erased, leaf in _confirmed(rows.exclude(slot=EVENT)):
            if (erased.index, erased.slot) in wanted:
                found.setdefault((erased.index, erased.slot), leaf)
    return found


def of_segment(index: int) -> dict[int, int]:
    """The places of the events of a segment that were erased, each with the entry that erased it."""
    rows = models.ErasedOpening.objects.filter(index=index, slot=EVENT).order_by("-leaf")
    return {
        place: leaf for erased, leaf in _confirmed(rows) for place in range(erased.first, erased.last + 1)
    }


def within(start: int, stop: int) -> Iterator[tuple[ErasedRange, int]]:
    """All that was erased of the entries [start, stop), with the entry that erased it, by entry."""
    for first in range(start, stop, CHUNK):
        rows = models.ErasedOpening.objects.filter(index__gte=first, index__lt=min(first + CHUNK, stop))
        yield from _confirmed(rows.order_by("index", "slot", "first"))


def entries() -> list[tuple[int, bytes]]:
    """Every erasure entry of the log: its number and its bytes."""
    rows = models.Leaf.objects.filter(entry_type=ENTRY_TYPE).order_by("index")
    return [(index, bytes(body)) for index, body in rows.values_list("index", "body")]


def records() -> set[str]:
    """References of all records whose content was erased."""
    return {str(name) for _, body in entries() for name in entry.read(body).facts.get("records", ())}
