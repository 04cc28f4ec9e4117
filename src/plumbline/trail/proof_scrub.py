"""The scrub of everything: first the tree, then every proof of every room, in ranges, resumable, at a rate.

A range is compared in one piece and its findings are kept before the next begins, so that a scrub that is cut
off goes on where it was. Memory is bounded by one range. The tree comes first because every proof takes the
leaves for true.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from plumbline.trail import proofs, publisher, queries
from plumbline.trail.findings import commands
from plumbline.trail.findings import queries as findings
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
    hashed again in any case.
    """
    walk = Walk(progress, rate=rate, resume=resume)
    while walk.advance():
        pass
    state = findings.scrub_state()
    return ScrubResult(walk.tree, state.compared, state.differences)


class Walk:
    """One scrub of everything, taken a range at a time. The tree is hashed when it begins."""

    def __init__(
        self, progress: Progress | None = None, *, rate: float | None = None, resume: bool = False
    ) -> None:
        """As `scrub_all`."""
        whole = None if progress is None else lambda done, total: progress("entries", done, total)
        self.tree = publisher.scrub(whole)
        began = findings.unfinished() if resume else None
        if began is None:
            commands.begin(queries.size(), self.tree.detail)
        commands.note(tree_differences(self.tree))
        after = (began.part, began.position) if began is not None and began.part else None
        self._ranges = _ranges(after, progress, _Pace(rate))

    def advance(self) -> bool:
        """Compare the next range; ``False`` when there was none left, and the scrub is finished."""
        for _ in self._ranges:
            return True
        commands.finish()
        return False


def _ranges(after: tuple[str, int] | None, progress: Progress | None, pace: _Pace) -> Iterator[None]:
    for part in _remaining(after):
        yield from _walk(part, progress, pace)


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
    """One pass and where it starts."""

    work: Pass
    start: int | None = None


def _remaining(after: tuple[str, int] | None) -> Iterator[_Part]:
    every = [work for _, work in proofs.passes()]
    names = [work.name[:160] for work in every]
    if after is None or after[0] not in names:
        yield from map(_Part, every)
        return
    place = names.index(after[0])
    yield _Part(every[place], after[1])
    yield from map(_Part, every[place + 1 :])


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


def _walk(part: _Part, progress: Progress | None, pace: _Pace) -> Iterator[None]:
    first, stop = part.work.span()
    start = first if part.start is None else max(first, part.start)
    compared, noted = 0, time.monotonic()
    with part.work.around():
        while start < stop:
            end = min(stop, start + part.work.step)
            found = check_range(part.work, start, end)
            commands.note(found)
            compared += end - start
            # A commit for every range would cost more than comparing it; a second of work is done again.
            if found or end == stop or time.monotonic() - noted >= NOTED_EVERY:
                commands.advance(part.work.name, end, compared, len(found))
                compared, noted = 0, time.monotonic()
            if progress is not None:
                progress(part.work.name, end - first, stop - first)
            pace.wait(end - start)
            start = end
            yield


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
