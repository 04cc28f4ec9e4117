"""Entries with what they commit to, many at once: each opening is compared with its digest as it is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Max

from plumbline.kernel import merkle
from plumbline.kernel.canonical import parse
from plumbline.kernel.commitment import opens
from plumbline.trail import models, queries
from plumbline.trail.erasures import queries as erasures
from plumbline.trail.openings import queries as openings
from plumbline.trail.openings.queries import Erased, Missing, Opened, OpeningState
from plumbline.trail.proofs import Difference, compare, shown, without_entry
from plumbline.trail.queries import CHUNK, LeafView

LEAF, OPENING = "trail.Leaf", "trail.Opening"
HASHES_AT_ONCE = 10_000
"""Hashes asked for at once by their indexes; databases limit how many values a statement has."""


@dataclass(frozen=True)
class CommittedEntry:
    """One entry and those of its openings that fit; ``unfit`` names slots whose opening does not.

    ``erased`` are the slots whose opening is gone on purpose, said by an entry of its own.
    """

    view: LeafView
    openings: Mapping[str, bytes]
    unfit: frozenset[str] = frozenset()
    erased: frozenset[str] = field(default_factory=frozenset)

    @property
    def index(self) -> int:
        """The number of the entry."""
        return self.view.index

    @property
    def verb(self) -> str:
        """The second word of the type: ``amended`` of ``record.amended``."""
        return self.view.entry_type.partition(".")[2]

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """The facts in the leaf."""
        return self.view.facts

    @cached_property
    def subject(self) -> Mapping[str, Any]:
        """The subject in the leaf."""
        return self.view.subject

    def text(self, slot: str) -> str:
        """An opening that is a text; empty where there is none."""
        return self.openings.get(slot, b"").decode("utf-8", "replace")

    def json(self, slot: str) -> dict[str, Any] | None:
        """An opening that is canonical JSON, or ``None`` where there is none."""
        body = self.openings.get(slot)
        return None if body is None else dict(parse(body))

    def differences(self, wanted: Iterable[str] | None = None) -> Iterator[Difference]:
        """What is wrong with the entry itself: its bytes, or an opening (of ``wanted``) that is gone."""
        index, entry = str(self.index), self.view.entry
        if merkle.leaf_hash(self.view.body) != self.view.leaf_hash:
            stored, found = shown(self.view.leaf_hash), merkle.leaf_hash(self.view.body).hex()
            yield Difference(LEAF, index, "body", stored, found, self.index)
            return
        said = {
            "entry_type": entry.entry_type,
            "actor": entry.actor,
            "source": entry.source,
            "client_id": entry.client_id,
            "time": entry.time,
            "subject_ref": str(entry.subject.get("ref") or ""),
        }
        yield from compare(LEAF, index, self.index, said, {name: getattr(self.view, name) for name in said})
        for slot in self.view.entry.commitments if wanted is None else wanted:
            if slot in self.unfit:
                found = "other bytes than those committed to"
                yield Difference(
                    OPENING, f"{self.index}/{slot}", "body", "the bytes committed to", found, self.index
                )
            elif slot not in self.openings and slot not in self.erased:
                yield _gone(self.index, slot)


def of_views(views: Collection[LeafView]) -> dict[int, CommittedEntry]:
    """Entries that were read already, by number, with their openings."""
    readable = [view for view in views if is_readable(view)]
    places = [(view.index, slot) for view in readable for slot in view.entry.commitments]
    states = openings.read_many(places)
    return {view.index: _committed(view, states) for view in readable}


def is_readable(view: LeafView) -> bool:
    """Whether the bytes of an entry can be read. One that cannot is a finding of the tree."""
    try:
        return bool(view.entry)
    except (ValueError, TypeError, AttributeError):
        return False


def _committed(view: LeafView, states: Mapping[tuple[int, str], OpeningState]) -> CommittedEntry:
    fit, unfit, erased = {}, set(), set()
    for slot, digest in view.entry.commitments.items():
        state = states[view.index, slot]
        if isinstance(state, Erased):
            erased.add(slot)
        elif isinstance(state, Opened):
            if opens(digest, state.salt, state.body):
                fit[slot] = state.body
            else:
                unfit.add(slot)
        elif state.reason == "altered":
            unfit.add(slot)
    return CommittedEntry(view, fit, frozenset(unfit), frozenset(erased))


def at(indexes: Collection[int]) -> dict[int, CommittedEntry]:
    """The entries with these numbers that exist, by number."""
    wanted = sorted(set(indexes))
    views = []
    for start in range(0, len(wanted), CHUNK):
        rows = models.Leaf.objects.filter(index__in=wanted[start : start + CHUNK])
        views += [queries.view(row) for row in rows]
    return of_views(views)


def between(start: int, stop: int, types: Collection[str]) -> list[LeafView]:
    """The entries of some types in the range [start, stop), in order, without their openings."""
    rows = models.Leaf.objects.filter(index__gte=start, index__lt=stop, entry_type__in=types)
    return [queries.view(row) for row in rows.order_by("index")]


def of_types(types: Collection[str]) -> Iterator[CommittedEntry]:
    """Every entry of some types, in order, with its openings; for what there is little of."""
    last = -1
    while True:
        rows = models.Leaf.objects.filter(entry_type__in=types, index__gt=last).order_by("index")[:CHUNK]
        views = [queries.view(row) for row in rows]
        if not views:
            return
        yield from of_views(views).values()
        last = views[-1].index


def about(refs: Collection[str], types: Collection[str]) -> list[CommittedEntry]:
    """The entries of some types about some references, in order, with their openings."""
    rows = models.Leaf.objects.filter(subject_ref__in=list(refs), entry_type__in=types).order_by("index")
    return list(of_views([queries.view(row) for row in rows]).values())


def types_about(ref: str) -> list[str]:
    """The type of every entry about a reference."""
    return list(models.Leaf.objects.filter(subject_ref=ref).order_by().values_list("entry_type", flat=True))


def newest(ref: str, types: Collection[str]) -> CommittedEntry | None:
    """The newest entry of some types about a reference, with its openings."""
    rows = models.Leaf.objects.filter(subject_ref=ref, entry_type__in=types).order_by("-index")[:1]
    return next(iter(of_views([queries.view(row) for row in rows]).values()), None)


def newest_of(entry_type: str) -> int:
    """The number of the newest entry of a type; -1 where there is none."""
    found = models.Leaf.objects.filter(entry_type=entry_type).aggregate(newest=Max("index"))["newest"]
    return -1 if found is None else int(found)


def newest_about(refs: Collection[str], types: Collection[str]) -> dict[str, int]:
    """The number of the newest entry of some types about each of these references."""
    wanted = sorted(set(refs))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        rows = models.Leaf.objects.filter(subject_ref__in=part, entry_type__in=types).order_by()
        found.update(rows.values_list("subject_ref").annotate(newest=Max("index")))
    return found


def missing_openings(start: int, stop: int) -> Iterator[Difference]:
    """Slots of a range of entries whose opening is gone or unreadable though no entry says it was erased."""
    present = queries.opening_slots(start, stop)
    wanted = [
        (view.index, slot)
        for view in queries.leaves(start, stop)
        if is_readable(view)
        for slot in view.entry.commitments
        if (view.index, slot) not in present
    ]
    for (index, slot), state in openings.read_many(wanted).items():
        if isinstance(state, Missing):
            yield _gone(index, slot)


def unfounded_erasures(start: int, stop: int) -> Iterator[Difference]:
    """Rows that call an opening of a range of entries erased though no entry says so."""
    confirmed = {(place, leaf) for place, leaf in erasures.within(start, stop)}
    for row in models.ErasedOpening.objects.filter(index__gte=start, index__lt=stop).order_by("pk"):
        place = erasures.ErasedRange(row.index, row.slot, row.first, row.last)
        if (place, row.leaf) not in confirmed:
            yield without_entry("trail.ErasedOpening", f"{row.index}/{row.slot}", row.leaf)


def _gone(index: int, slot: str) -> Difference:
    expected = "an opening, or an entry of erasure"
    return Difference(OPENING, f"{index}/{slot}", "row", expected, "neither", index)


def log_span() -> tuple[int, int]:
    """All entries, for a pass that walks over them."""
    return 0, queries.size()


def leaf_hashes(indexes: Collection[int]) -> dict[int, bytes]:
    """The stored hashes of some entries, by index; one that there is not is left out."""
    wanted, found = sorted(set(indexes)), dict[int, bytes]()
    for start in range(0, len(wanted), HASHES_AT_ONCE):
        rows = models.Leaf.objects.filter(index__in=wanted[start : start + HASHES_AT_ONCE])
        found.update((index, bytes(hashed)) for index, hashed in rows.values_list("index", "hash"))
    return found
