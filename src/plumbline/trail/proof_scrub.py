"""The scrub of everything: first the tree, then every proof of every room, in ranges, resumable, at a rate.

A range is compared in one piece and its findings are kept before the next begins, so that a scrub that is cut
off goes on where it was. Memory is bounded by one range. The tree comes first because every proof takes the
leaves for true.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from plumbline.kernel.problems import Conflict
from plumbline.trail import proofs, publisher, queries
from plumbline.trail.findings import commands
from plumbline.trail.one_moment import one_moment
from plumbline.trail.proofs import Difference, Pass
from plumbline.trail.publisher import ScrubReport

TREE = "trail.Leaf"
NOTED_EVERY = 1.0
"""Seconds between two notes of how far a scrub has come."""
Progress = Callable[[str, int, int], None]
"""Called with the name of what is compared, how many numbers of it are done and how many there are."""


@dataclass(frozen=True)
class ScrubResult:
    """How a scrub of everything ended: that of the tree, how much was compared, how much differs."""

    tree: ScrubReport
    compared: int
    differences: int

    @property
    def ok(self) -> bool:
        """Whether nothing at all differs."""
        return self.tree.ok and self.differences == 0


def scrub_all(
    progress: Progress | None = None, *, rate: float | None = None, resume: bool = False
) -> ScrubResult:
    """Compare everything that is proved with what proves it.

    ``rate`` is how many rows and entries a second are compared at most; without one, as fast as it goes.
    With ``resume``, a scrub that was interrupted goes on behind the last range it has compared; the tree is
    hashed again in any case. Raises `Conflict` when another scrub was begun meanwhile, which then goes on
    alone.
    """
    walk = Walk(progress, rate=rate, resume=resume)
    while walk.advance():
        pass
    if not walk.is_whole:
        raise Conflict("Another verification of the record was begun. This one ended before it was whole.")
    return ScrubResult(walk.tree, walk.compared, walk.differences)


class Walk:
    """One scrub of everything, a piece at a time: first the tree, then range after range of every table.

    It has the scrub from its beginning; when another walk takes it, this one ends.
    """

    def __init__(
        self, progress: Progress | None = None, *, rate: float | None = None, resume: bool = False
    ) -> None:
        """As `scrub_all`."""
        self._progress, self._pace = progress, _Pace(rate)
        self._state = commands.take(resume=resume)
        self.compared, self.differences = self._state.compared, self._state.differences
        self.is_whole = False
        self._report: ScrubReport | None = None
        self._steps = self._walk()

    @property
    def tree(self) -> ScrubReport:
        """What the scrub of the tree found; only once it has ended."""
        assert self._report is not None
        return self._report

    def advance(self) -> bool:
        """Hash or compare the next piece; ``False`` when the scrub is finished, or another walk has it."""
        return next(self._steps, False)

    def _walk(self) -> Iterator[bool]:
        yield from self._hash()
        if self._report is None or not commands.hashed_all(self._state.walk, self.tree.detail):
            return
        commands.note(tree_differences(self.tree))
        parts = _remaining((self._state.part, self._state.position) if self._state.part else None)
        lengths = sum(part.length for part in parts)
        commands.count(self._state.walk, self.compared + lengths)
        for part in parts:
            for goes_on in self._compare(part):
                if not goes_on:
                    return
                yield True
        commands.finish(self._state.walk)
        self.is_whole = True

    def _hash(self) -> Iterator[bool]:
        """Hash the entries; without a report once another walk has the scrub."""
        size, steps, noted = queries.size(), publisher.scrubbing(), 0.0
        while True:
            try:
                hashed, entries = next(steps)
            except StopIteration as end:
                self._report = end.value
                return
            if self._progress is not None:
                self._progress("entries", hashed, entries)
            if time.monotonic() - noted >= NOTED_EVERY or hashed == entries:
                noted = time.monotonic()
                if not commands.hashed(self._state.walk, size, hashed):
                    return
            yield True

    def _compare(self, part: _Part) -> Iterator[bool]:
        """Compare a table range by range; ``False`` once another walk has the scrub."""
        first, start, stop = part.span()
        compared, differing, noted = 0, 0, time.monotonic()
        with part.work.around():
            while start < stop:
                end = min(stop, start + part.work.step)
                found = check_range(part.work, start, end)
                commands.note(found)
                compared, differing = compared + end - start, differing + len(found)
                # A commit for every range would cost more than comparing it; a second of work is done again.
                if found or end == stop or time.monotonic() - noted >= NOTED_EVERY:
                    if not commands.advance(self._state.walk, part.work.name, end, compared, differing):
                        yield False
                    self.compared, self.differences = self.compared + compared, self.differences + differing
                    compared, differing, noted = 0, 0, time.monotonic()
                if self._progress is not None:
                    self._progress(part.work.name, end - first, stop - first)
                self._pace.wait(end - start)
                start = end
                yield True


def tree_differences(report: ScrubReport) -> list[Difference]:
    """What the scrub of the tree found, as findings."""
    return [
        Difference(
            TREE,
            str(first) if first == last else f"{first} to {last}",
            "tree",
            "what was hashed into the signed tree",
            detail,
            first,
        )
        for first, last, detail in report.findings
    ]


@dataclass(frozen=True)
class _Part:
    """One pass and the number where it starts, if not with its first."""

    work: Pass
    start: int | None = None

    def span(self) -> tuple[int, int, int]:
        """The first number, the one where it starts, and the one behind the last, at this moment."""
        first, stop = self.work.span()
        return first, first if self.start is None else max(first, self.start), stop

    @property
    def length(self) -> int:
        """How many numbers there are to compare."""
        _, start, stop = self.span()
        return max(0, stop - start)


def _remaining(after: tuple[str, int] | None) -> list[_Part]:
    every = [work for _, work in proofs.passes()]
    names = [work.name[:160] for work in every]
    if after is None or after[0] not in names:
        return [_Part(work) for work in every]
    place = names.index(after[0])
    return [_Part(every[place], after[1]), *map(_Part, every[place + 1 :])]


class _Pace:
    """Holds a walk to so many numbers a second."""

    def __init__(self, rate: float | None) -> None:
        self._rate, self._due = rate, time.monotonic()

    def wait(self, compared: int) -> None:
        """Rest so long that ``compared`` more numbers fit the rate."""
        if self._rate is None:
            return
        self._due = max(self._due, time.monotonic() - 1.0) + compared / self._rate
        time.sleep(max(0.0, self._due - time.monotonic()))


def check_range(work: Pass, start: int, stop: int) -> list[Difference]:
    """What differs in one range.

    What somebody writes meanwhile can look like a difference: the row is read before its entry, or after. So
    whatever is found is looked at once more as of one moment of the database.
    """
    found = list(work.check(start, stop))
    if not found:
        return []
    with one_moment():
        again = set(work.check(start, stop))
    return [difference for difference in found if difference in again]
