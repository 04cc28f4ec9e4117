"""What a pack discloses of a range of the trail: openings, segments with sampled decisions, results, files.

Every leaf of the range is in the pack; of what lies behind the leaves only this is. Disclosed are revisions
of records of kinds that are not sensitive, with the reasons given, links and files; results of checks; and
of telemetry the commitments of every event, with the content of the sampled decisions alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from plumbline.controls.verdicts import ORGANIZATION
from plumbline.kernel.messages import Ref, Subject
from plumbline.kernel.problems import Conflict, NotFound
from plumbline.records import files
from plumbline.reports import queries
from plumbline.reports.population import DECISIONS, Population
from plumbline.telemetry import segment_contents
from plumbline.trail import log
from plumbline.trail.log import Erased, LeafView, Missing, Opened, OpeningState
from plumbline.trail.pack_contents import EventOpening

SLOTS = frozenset({"revision", "note", "approval", "link", "attachment", "dates"})
"""Openings of a record's entries that a pack may hold; comments stay withheld."""
REVISION, SEGMENT, RUN = "revision", "telemetry.segment", "run.completed"


@dataclass(frozen=True)
class Scope:
    """What a pack is about. ``records`` are the references it may disclose; ``subjects`` the systems, by
    slug, or ``None`` for all; ``requirements`` ids, or empty for all."""

    start: int
    stop: int
    records: frozenset[str]
    requirements: frozenset[str] = frozenset()
    subjects: frozenset[str] | None = None

    def holds(self, leaf: LeafView) -> bool:
        """Whether a record's entry is of a record in scope and bears on the requirements asked for."""
        concerns = not self.requirements or self.requirements.intersection(leaf.requirements)
        return leaf.subject_ref in self.records and bool(concerns)

    def covers(self, slug: str) -> bool:
        """Whether a system is in scope."""
        return self.subjects is None or slug in self.subjects

    def may_name(self, name: Ref | Subject) -> bool:
        """Whether the pack may name a record or a system."""
        return name.reference in self.records if isinstance(name, Ref) else self.covers(name.slug)


@dataclass
class Disclosure:
    """What has been collected: ``openings`` as (leaf, slot), ``commitments`` of segments and runs by leaf.

    ``lost_events`` are (leaf, slot) of events whose openings are not there; whether they were erased, an
    entry of erasure says.
    """

    openings: set[tuple[int, str]] = field(default_factory=set)
    commitments: dict[int, list[bytes]] = field(default_factory=dict)
    events: list[EventOpening] = field(default_factory=list)
    attachments: dict[str, bytes] = field(default_factory=dict)
    population: Population = field(default_factory=Population)
    lost_events: set[tuple[int, str]] = field(default_factory=set)
    lost_files: list[str] = field(default_factory=list)
    revisions: int = 0
    results: int = 0

    def note(self, leaf: LeafView, scope: Scope, data: Path) -> None:
        """Collect what one entry of the range discloses."""
        if leaf.entry_type == SEGMENT:
            self._note_segment(leaf, scope, data)
        elif leaf.entry_type == RUN:
            self._note_run(leaf, scope)
        elif leaf.entry_type.startswith("record."):
            self._note_candidate(leaf, scope)
            if scope.holds(leaf):
                self._note_record(leaf)

    def _note_candidate(self, leaf: LeafView, scope: Scope) -> None:
        if leaf.subject.get("kind") != self.population.of or REVISION not in leaf.slots:
            return
        state = log.read_opening(leaf.index, REVISION)
        reason = "" if scope.holds(leaf) else "not in scope"
        self.population.add_record(leaf.index, leaf.subject_ref, _gone(state) or reason)

    def _note_record(self, leaf: LeafView) -> None:
        for slot in SLOTS.intersection(leaf.slots):
            body = log.opening(leaf.index, slot)
            if body is None:
                continue
            self.openings.add((leaf.index, slot))
            self.revisions += slot == "revision"
            if slot == "attachment":
                self._note_file(json.loads(body)["sha256"])

    def _note_file(self, digest: str) -> None:
        try:
            self.attachments[digest] = files.read(digest)
        except NotFound:
            # A file that is gone does not keep the rest from the auditor; the pack says how many are.
            self.lost_files.append(digest)

    def _note_run(self, leaf: LeafView, scope: Scope) -> None:
        rows = queries.sealed_results(leaf.index)
        if not rows:
            return
        # The commitments of every result are shown, also of those out of scope: their root is what the leaf
        # names, and it shows that nothing was left out. Only the content stays withheld.
        self.commitments[leaf.index] = [row.digest for row in rows]
        for place, row in enumerate(rows):
            asked_for = not scope.requirements or scope.requirements.intersection(row.requirements)
            if asked_for and (row.subject == ORGANIZATION or scope.covers(row.subject)):
                self.events.append(EventOpening(leaf.index, place, row.salt, row.body))
                self.results += 1

    def _note_segment(self, leaf: LeafView, scope: Scope, data: Path) -> None:
        sampled, count = self.population.of == DECISIONS, leaf.facts["count"]
        elsewhere = scope.subjects is not None and not scope.subjects.intersection(leaf.facts["systems"])
        sealed = None if elsewhere else segment_contents.read_segment(data, leaf.index)
        if sealed is None:
            if sampled:
                self.population.add_all(leaf.index, count, "other systems" if elsewhere else "missing")
            return
        self.commitments[leaf.index] = sealed.digests
        gone = [place for place, state in enumerate(sealed.openings) if not isinstance(state, Opened)]
        self.lost_events.update((leaf.index, f"event:{place}") for place in gone)
        if sampled:
            self.population.add(leaf.index, [_left_out(state, scope) for state in sealed.openings])

    def sample(self, seed: str, size: int, data: Path) -> list[dict[str, int]]:
        """Draw the sample, disclose what is drawn, and list it."""
        drawn = []
        for place, member in self.population.draw(seed, size):
            drawn.append({"place": place, "entry": member.entry, "position": member.position})
            if self.population.of != DECISIONS:
                self.openings.add((member.entry, REVISION))
                continue
            opened = segment_contents.read_event(data, member.entry, member.position)
            if not isinstance(opened, Opened):
                raise Conflict(
                    "An event of the sample is gone since the population was fixed. Make a new pack."
                )
            self.events.append(EventOpening(member.entry, member.position, opened.salt, opened.body))
        self.events.sort(key=lambda event: (event.index, event.position))
        return drawn


def _gone(state: OpeningState) -> str:
    """Why an opening cannot be read; empty when it can."""
    if isinstance(state, Missing):
        return "missing"
    return "erased" if isinstance(state, Erased) else ""


def _left_out(state: OpeningState, scope: Scope) -> str:
    """Why an event is not in the population; empty when it is."""
    if not isinstance(state, Opened):
        return _gone(state)
    event = json.loads(state.body)
    if event["type"] != DECISIONS:
        return "other types"
    return "" if scope.covers(event["system"]) else "other systems"


def gather(scope: Scope, data: Path, into: Disclosure) -> Iterator[int]:
    """Go through the entries of the range; yields how many have been read, now and then.

    A segment may hold thousands of events, so the caller is given a turn after each.
    """
    for seen, leaf in enumerate(log.leaves(scope.start, scope.stop), 1):
        into.note(leaf, scope, data)
        if seen % 64 == 0 or leaf.entry_type == SEGMENT:
            yield seen
    yield scope.stop - scope.start
