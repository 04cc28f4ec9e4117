"""What a sample is drawn from: every decision, or every record of a kind, of a range, and what is left out.

The population is committed to in the trail before anybody has named a seed, so whoever makes the pack cannot
leave out what a seed would have drawn. A verifier counts the candidates itself, from the entries of the
range: each event of a segment, or the newest revision of each record of the kind. Only what is left out is
listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from plumbline.kernel.canonical import JSON, canonical
from plumbline.reports import sampling

DECISIONS = "decision"
DOCUMENT = "population.json"


@dataclass(frozen=True, slots=True)
class Place:
    """A candidate: its entry, and its position among the events of a segment (0 for a record)."""

    entry: int
    position: int


@dataclass
class Population:
    """The candidates of one sort (`DECISIONS` or the slug of a kind), by entry, and those left out."""

    of: str = DECISIONS
    reasons: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    """By entry: how many candidates in a row are left out for the same reason; "" for those that are not."""
    _newest: dict[str, int] = field(default_factory=dict)

    def add(self, entry: int, reasons: Iterable[str]) -> None:
        """Add the candidates of an entry in order, each with the reason why it is left out, or ""."""
        runs: list[tuple[int, str]] = []
        for reason in reasons:
            if runs and runs[-1][1] == reason:
                runs[-1] = runs[-1][0] + 1, reason
            else:
                runs.append((1, reason))
        self.reasons[entry] = runs

    def add_all(self, entry: int, count: int, reason: str) -> None:
        """Add an entry all of whose candidates are left out for one reason."""
        self.reasons[entry] = [(count, reason)] if count else []

    def add_record(self, entry: int, reference: str, reason: str) -> None:
        """Add the revision of a record; it takes the place of an earlier one."""
        self.reasons.pop(self._newest.get(reference, -1), None)
        self._newest[reference] = entry
        self.add(entry, [reason])

    def _runs(self) -> Iterable[tuple[int, int, int, str]]:
        for entry in sorted(self.reasons):
            first = 0
            for count, reason in self.reasons[entry]:
                yield entry, first, first + count - 1, reason
                first += count

    @property
    def left_out(self) -> dict[str, int]:
        """How many candidates are left out, by reason."""
        counted: Counter[str] = Counter()
        for _, first, last, reason in self._runs():
            if reason:
                counted[reason] += last - first + 1
        return dict(counted)

    @property
    def size(self) -> int:
        """How many candidates may be drawn."""
        return sum(last - first + 1 for _, first, last, reason in self._runs() if not reason)

    def document(self, start: int, stop: int, wanted: int) -> bytes:
        """The bytes that are committed to: the range, how many are wanted, and who is left out and why."""
        excluded: list[JSON] = [list(run) for run in self._runs() if run[3]]
        return canonical({"excluded": excluded, "of": self.of, "range": [start, stop], "wanted": wanted})

    def draw(self, seed: str, wanted: int) -> list[tuple[int, Place]]:
        """What the seed draws: places among all candidates, in the order of their ranks."""
        places, out = list[Place](), set[int]()
        for entry, first, last, reason in self._runs():
            if reason:
                out.update(range(len(places), len(places) + last - first + 1))
            places += [Place(entry, position) for position in range(first, last + 1)]
        return [(place, places[place]) for place in sampling.draw(seed, len(places), wanted, out)]
