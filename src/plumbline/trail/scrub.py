"""Hashing the whole log again, and naming the entries that have changed.

One damage should give one finding. What merely follows from damage (a tile, a root, a number of the next
entry) is reported only where nothing has been found that explains it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime

from plumbline.kernel.commitment import opens
from plumbline.kernel.merkle import Frontier, leaf_hash
from plumbline.kernel.note import TreeHead
from plumbline.trail import entry, epochs, queries
from plumbline.trail.clock_check import CLOCK_CORRECTED
from plumbline.trail.errors import ReadOnly
from plumbline.trail.guard import GuardRecord
from plumbline.trail.openings import queries as openings_of
from plumbline.trail.queries import Checkpoint, LeafView
from plumbline.trail.read_back import expected_tile
from plumbline.trail.tree import WIDTH, split

Progress = Callable[[int, int], None]
HeadReader = Callable[[Checkpoint], TreeHead]
Steps = Generator[tuple[int, int], None, "ScrubReport"]
"""A scrub in pieces: each says how many entries are hashed and how many there are; the report at the end."""
PIECE = 1024
"""Entries in one piece."""


_UNREADABLE = {
    "no-key": "an opening is encrypted under a key that is not here",
    "altered": "an opening does not fit the key that it names",
}


@dataclass(frozen=True)
class ScrubReport:
    """What a scrub found: ``ok``, or entries ``first_bad`` to ``last_bad`` (inclusive) and why."""

    ok: bool
    first_bad: int
    last_bad: int
    detail: str
    size: int
    findings: tuple[tuple[int, int, str], ...] = ()
    """Every range of entries with what is wrong with it."""


@dataclass
class _Findings:
    """Ranges of entries with what is wrong with them; the first sentence is kept."""

    ranges: list[tuple[int, int]] = field(default_factory=list)
    details: list[str] = field(default_factory=list)

    def add(self, first: int, last: int, detail: str) -> None:
        self.ranges.append((first, max(first, last)))
        self.details.append(detail)

    def add_unless_explained(self, first: int, last: int, detail: str) -> None:
        """Add what follows from damage somewhere in a range, unless that damage has been found already."""
        if not self.touch(first, last):
            self.add(first, last, detail)

    def touch(self, first: int, last: int) -> bool:
        """Whether damage was found somewhere in a range."""
        return any(low <= last and high >= first for low, high in self.ranges)

    def report(self, size: int) -> ScrubReport:
        if not self.ranges:
            return ScrubReport(True, -1, -1, f"{size} entries hashed again; everything fits.", size)
        first, last = min(first for first, _ in self.ranges), max(last for _, last in self.ranges)
        more = f" ({len(self.details) - 1} more findings)" if len(self.details) > 1 else ""
        each = (
            (first, last, detail) for (first, last), detail in zip(self.ranges, self.details, strict=True)
        )
        return ScrubReport(False, first, last, self.details[0] + more, size, tuple(each))


def _columns(view: LeafView | entry.Entry) -> tuple[object, ...]:
    """What a leaf's row repeats of its bytes."""
    columns = (view.entry_type, view.actor, view.source, view.client_id, view.time)
    return (*columns, view.subject_ref) if isinstance(view, LeafView) else columns


class _Walk:
    """One walk over all leaves; keeps the frontier, the counters, the time, and the roots at ``sizes``."""

    def __init__(self, state: queries.State, findings: _Findings, sizes: set[int]) -> None:
        self.state, self.findings, self.sizes = state, findings, sizes
        self.frontier = Frontier()
        self.roots: dict[int, tuple[bytes, datetime]] = {}
        self.counters: dict[str, int] = {}
        self.time: datetime | None = None
        self.damaged = False
        self.disorder: list[tuple[int, str]] = []
        self.tile: list[bytes] = []
        self.epochs = epochs.epochs(state.origin)
        self.openings = openings_of.in_range(0, state.size)
        self.opening = next(self.openings, None)

    def take(self, view: LeafView) -> None:
        """Hash one leaf and compare all that belongs to it."""
        index, hashed = self.frontier.size, leaf_hash(view.body)
        if view.index != index:
            self._forget()
            self.findings.add(index, view.index - 1, f"Entries {index} to {view.index - 1} are missing.")
        if hashed != view.leaf_hash:
            self._forget()
            self.bad(view, "the bytes do not fit their hash")
        else:
            self._read(view)
        self._compare_openings(view)
        self.frontier.append(hashed)
        if self.frontier.size in self.sizes:
            self.roots[self.frontier.size] = (self.frontier.root(), view.time)
        self.tile.append(hashed)
        if len(self.tile) == WIDTH:
            self._compare_tile(self.frontier.size // WIDTH - 1)
            self.tile = []

    def _forget(self) -> None:
        """Let the counters of sources start from whatever comes next, since damage explains a gap."""
        self.damaged = True
        self.counters.clear()

    def bad(self, view: LeafView, why: str) -> None:
        """Note what is wrong with one entry."""
        self.findings.add(view.index, view.index, f"Entry {view.index}: {why}.")

    def _compare_openings(self, view: LeafView) -> None:
        while self.opening is not None and self.opening[0].index <= view.index:
            (row, state), self.opening = self.opening, next(self.openings, None)
            try:
                body = view.entry
            except (ValueError, TypeError, AttributeError):
                continue
            digest = body.commitments.get(row.slot)
            if digest is None or row.index != view.index:
                self.bad(view, "an opening has no commitment")
            elif row.retention != body.retention:
                self.bad(view, "an opening has another retention class than its entry")
            elif isinstance(state, openings_of.Missing):
                self.bad(view, _UNREADABLE[state.reason])
            elif not opens(digest, state.salt, state.body):
                self.bad(view, "an opening does not fit its commitment")

    def _read(self, view: LeafView) -> None:
        try:
            body = view.entry
        except (ValueError, TypeError, AttributeError):
            self._forget()
            self.bad(view, "the bytes are not a leaf")
            return
        if _columns(view) != (*_columns(body), str(body.subject.get("ref") or "")):
            self.bad(view, "a column differs from the bytes that were hashed")
        if body.origin != epochs.origin_at(self.epochs, view.index):
            self.bad(view, "it belongs to another log")
        # Order is judged after the walk: a neighbour that turns out to be damaged explains disorder.
        before = self.counters.get(body.source, body.counter - 1 if self.damaged else 0)
        if self.time is not None and body.time < self.time and body.entry_type != CLOCK_CORRECTED:
            self.disorder.append((view.index, f"Entry {view.index} is older than the one before it."))
        elif body.counter != before + 1:
            self.disorder.append(
                (view.index, f"Before entry {view.index} a number of its source is missing.")
            )
            self.counters[body.source] = body.counter
        else:
            self.counters[body.source], self.time = body.counter, body.time

    def _compare_tile(self, n: int) -> None:
        stored = queries.tile(0, n)
        if stored is None or len(stored) != WIDTH * 32:
            self.findings.add(n * WIDTH, (n + 1) * WIDTH - 1, f"Tile {n} of level 0 is missing or damaged.")
            return
        bad = [n * WIDTH + at for at, hashed in enumerate(split(stored)) if hashed != self.tile[at]]
        if bad:
            self.findings.add(bad[0], bad[-1], f"Entries {bad[0]} to {bad[-1]} do not fit the tree's tile.")


def told(steps: Steps, progress: Progress | None) -> ScrubReport:
    """Take all pieces of a scrub, telling ``progress`` of each; its report."""
    while True:
        try:
            done = next(steps)
        except StopIteration as end:
            report: ScrubReport = end.value
            return report
        if progress:
            progress(*done)


def scrub_log(record: GuardRecord | None, head_of: HeadReader) -> Steps:
    """Hash every leaf again; compare columns, order, counters, tiles, coordinator, guard, notes, openings."""
    findings = _Findings()
    try:
        state = queries.state()
    except ReadOnly as damage:
        findings.add(0, max(0, queries.size() - 1), str(damage.detail))
        return findings.report(queries.size())
    if state is None:
        if record is not None and record.size:
            findings.add(0, record.size - 1, "The guard has seen entries; the database has none.")
        return findings.report(0)
    heads = _heads(head_of, state.size, findings)
    sizes = {head.size for head, _ in heads} | ({record.size} if record else set())
    walk = _Walk(state, findings, sizes)
    for view in queries.leaves(0, state.size):
        walk.take(view)
        if walk.frontier.size % PIECE == 0:
            yield walk.frontier.size, state.size
    # Whatever a reader could compare is compared, from the coarse (roots) to the fine (columns). The order
    # matters: a finding about one entry suppresses the coarse one that it causes.
    for index, why in walk.disorder:
        if not findings.touch(index - 1, index):
            findings.add(index, index, why)
    _compare_end(walk, heads, record)
    _compare_upper_tiles(state.size, findings)
    yield state.size, state.size
    return findings.report(state.size)


def _heads(head_of: HeadReader, size: int, findings: _Findings) -> list[tuple[TreeHead, datetime]]:
    """What the checkpoints say, without those that were signed after the log had ``size`` entries."""
    heads, checkpoints = [], list(queries.checkpoints())
    present = queries.size()
    for checkpoint in checkpoints:
        if size < checkpoint.size <= present:
            continue
        try:
            heads.append((head_of(checkpoint), checkpoint.time))
        except ValueError as error:
            last = checkpoint.size - 1
            findings.add(max(0, last), last, f"Checkpoint {checkpoint.size}: {error}.")
    return heads


def _compare_end(walk: _Walk, heads: list[tuple[TreeHead, datetime]], record: GuardRecord | None) -> None:
    """Compare the tree that came out with the coordinator, the guard and every checkpoint."""
    state, findings, good = walk.state, walk.findings, 0
    last = state.size - 1
    if walk.frontier.size < state.size:
        findings.add(walk.frontier.size, last, f"Entries from {walk.frontier.size} on are missing.")
    # Others append while this walks. What is counted first is never more than a size that is read later.
    if queries.leaf_count() > queries.size():
        findings.add(state.size, state.size, "There are entries beyond the size of the log.")
    first, newest = queries.opening_bounds()
    if first < 0 or newest >= queries.size():
        findings.add(state.size, state.size, "There are openings that belong to no entry.")
    known = [(head.size, head.root, f"checkpoint {head.size}") for head, _ in heads]
    if record is not None:
        known.append((record.size, record.root, "the guard"))
        if (record.origin, record.epoch) != (state.origin, state.epoch):
            findings.add(0, last, "The guard belongs to another log.")
    # The smallest known root that does not fit bounds the damage: everything before it is proven to be right.
    coarse = None
    for size, root, name in sorted(known):
        if size and (size not in walk.roots or walk.roots[size][0] != root):
            coarse = (good, size - 1, f"Entries {good} to {size - 1} do not give the root that {name} has.")
            break
        good = size
    for head, time in heads:
        if head.size in walk.roots and walk.roots[head.size][1] != time:
            findings.add(head.size - 1, head.size - 1, f"The time of checkpoint {head.size} was changed.")
    _compare_coordinator(walk, good)
    if coarse is not None:
        findings.add_unless_explained(*coarse)


def _compare_coordinator(walk: _Walk, good: int) -> None:
    """``good`` entries are known to be right, so what does not fit lies behind them."""
    state, findings = walk.state, walk.findings
    if walk.frontier.size != state.size:
        return
    for (first, stop), stored, found in zip(
        state.frontier.spans(), state.frontier.peaks, walk.frontier.peaks, strict=True
    ):
        if stored != found:
            start = good if first < good < stop else first
            why = f"Entries {start} to {stop - 1} do not give the tree that was committed."
            findings.add_unless_explained(start, stop - 1, why)
    if not walk.damaged and (dict(state.counters) != walk.counters or state.last_time != walk.time):
        why = "The last numbers of the sources or the last time do not fit the entries."
        findings.add_unless_explained(state.size - 1, state.size - 1, why)


def _add_tile(findings: _Findings, level: int, n: int) -> None:
    span = WIDTH ** (level + 1)
    why = f"Tile {n} of level {level} does not fit what is below it."
    findings.add(n * span, (n + 1) * span - 1, why)


def _compare_upper_tiles(size: int, findings: _Findings) -> None:
    seen, later = set(), []
    for level, n, hashes in queries.tiles():
        seen.add((level, n))
        span = WIDTH ** (level + 1)
        if (n + 1) * span > size:
            later.append((level, n))
        elif level > 0 and hashes != expected_tile(level, n):
            _add_tile(findings, level, n)
    present = queries.size()  # read after the tiles: some were filled while this walked
    for level, n in later:
        if (n + 1) * WIDTH ** (level + 1) > present:
            _add_tile(findings, level, n)
    level, count = 1, size // WIDTH**2
    while count:
        # A deleted tile is no row to look at, so the ones that must exist are counted out.
        for n in range(count):
            if (level, n) not in seen:
                span = WIDTH ** (level + 1)
                findings.add(n * span, (n + 1) * span - 1, f"Tile {n} of level {level} is missing.")
        level, count = level + 1, count // WIDTH
