"""What a request will erase, worked out once: places of openings and events, records, accounts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from plumbline.trail.erasures.queries import EVENT, ErasedRange


@dataclass
class Plan:
    """Openings by entry and slot, events by the entry of their segment, records and accounts to empty."""

    slots: set[tuple[int, str]] = field(default_factory=set)
    events: dict[int, set[int]] = field(default_factory=dict)
    records: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)

    @property
    def event_count(self) -> int:
        """How many events there are."""
        return sum(map(len, self.events.values()))

    def overlaps(self, other: Plan) -> bool:
        """Whether both name the same opening, event, record or account."""
        return bool(
            self.slots & other.slots
            or set(self.records) & set(other.records)
            or set(self.people) & set(other.people)
            or any(self.events.get(leaf, set()) & positions for leaf, positions in other.events.items())
        )

    def before(self, size: int) -> Plan:
        """What of it lies in the first ``size`` entries."""
        return Plan(
            {(index, slot) for index, slot in self.slots if index < size},
            {leaf: positions for leaf, positions in self.events.items() if leaf < size},
            self.records,
            self.people,
        )

    def ranges(self) -> list[ErasedRange]:
        """Everything as lines of an erasure entry, in order."""
        found = [ErasedRange(index, slot, 0, 0) for index, slot in sorted(self.slots)]
        for leaf, positions in sorted(self.events.items()):
            found += [ErasedRange(leaf, EVENT, first, last) for first, last in _runs(positions)]
        return found

    def as_text(self) -> str:
        """The plan as it is kept with its request. It names places and opaque ids, nobody by name."""
        return json.dumps(
            {
                "slots": sorted(self.slots),
                "events": {leaf: list(_runs(positions)) for leaf, positions in sorted(self.events.items())},
                "records": self.records,
                "people": self.people,
            }
        )

    @classmethod
    def of_text(cls, text: str) -> Plan:
        """The plan that was kept."""
        kept = json.loads(text)
        return cls(
            {(index, slot) for index, slot in kept["slots"]},
            {int(leaf): set(_places(runs)) for leaf, runs in kept["events"].items()},
            kept["records"],
            kept["people"],
        )

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> Plan:
        """What an erasure entry says was erased."""
        slots = {(int(index), slot) for index, names in facts.get("slots", {}).items() for slot in names}
        events = {int(leaf): set(_places(runs)) for leaf, runs in facts.get("events", {}).items()}
        return cls(slots, events, list(facts.get("records", ())), list(facts.get("people", ())))


def _runs(positions: Collection[int]) -> Iterator[tuple[int, int]]:
    """First and last of every unbroken run."""
    for _, group in groupby(enumerate(sorted(positions)), key=lambda item: item[1] - item[0]):
        run = [place for _, place in group]
        yield run[0], run[-1]


def _places(runs: Collection[Collection[int]]) -> Iterator[int]:
    for first, last in runs:
        yield from range(first, last + 1)
