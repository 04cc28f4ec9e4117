"""Triage: failing results become suspected nonconformities, one per check and subject at a time.

A check beside another one is a second look of it and shares its nonconformity. While one is open, further
failing windows are added to it as comments. A machine only suspects; a named person confirms, regrades or
dismisses. Where the statement of applicability excludes all that a check gives evidence for, nothing is
suspected. A suspicion has an owner and a day; when the day has passed it goes on to whoever comes next, who
has it in *My work*. The owner of a system that is registered later takes over what was raised on it before,
and so does whoever comes to own a system.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from plumbline.controls import commands, queries, registry, suspicions
from plumbline.controls.assignment import commands as assigning
from plumbline.controls.assignment import queries as assignment
from plumbline.controls.decisions import queries as decisions
from plumbline.controls.declare import Check
from plumbline.controls.models import Raised, Result
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.controls.windows import window_message
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.records import commands as door
from plumbline.records.units import commands as units

BATCH = 200
PLACED = "records-placed"
"""The cursor that says when records came to the units of what they follow."""
_ENDED = frozenset({"closed", "dismissed"})


class Triage:
    """The stage ``triage``: failing results → suspected nonconformities."""

    name = "triage"

    def __init__(self) -> None:
        self.actor = Actor.stage(self.name)
        self._looked_after = (-1, "", date.min)

    def advance(self) -> bool:
        """Deal with the failing ones among the next results, then look after what was raised. False when
        there is neither."""
        cursor = commands.read_cursor(self.name)
        failing, last = commands.failing_after(cursor.number, BATCH)
        if last == cursor.number:
            return self._look_after()
        groups: dict[tuple[str, str], list[Result]] = {}
        for result in failing:
            if result.subject == ORGANIZATION and not result.population:
                continue
            groups.setdefault((result.check_name, result.subject), []).append(result)
        checks = registry.by_slug()
        excluded = set(decisions.excluded()) if groups else set()
        for (check_name, _), results in groups.items():
            if check_name in checks and not excluded.issuperset(checks[check_name].requirements):
                self._handle(checks[check_name], results)
        cursor.number = last
        cursor.save()
        return True

    def _handle(self, check: Check, results: list[Result]) -> None:
        newest = max(results, key=lambda row: (row.window_start, row.pk))
        with transaction.atomic():
            earlier = commands.raised(registry.sharing(check), newest.subject)
            fresh = _unhandled(check, results, earlier)
            if not fresh:
                return
            last = earlier[-1].reference if earlier else ""
            state = queries.nonconformity_state(last) if last else ""
            if last and state not in _ENDED:
                self._comment(check, last, fresh)
                reference = last
            elif state == "dismissed" and not _unhandled(check, fresh, earlier, dismissed=True):
                return
            else:
                reference = self._suspect(check, max(fresh, key=lambda row: row.window_start), len(fresh))
            commands.note_raised(fresh, reference)

    def _comment(self, check: Check, reference: str, results: list[Result]) -> None:
        newest = max(results, key=lambda row: row.window_start)
        window = window_message(newest.window_start, check.window)
        text = say(
            "triage.still-fails", "The check still fails {window}: {reason}",
            plural="The check still fails in {count} windows, last {window}: {reason}",
            count=len(results), window=window, reason=newest.reason,
        )  # fmt: skip
        door.comment(self.actor, reference, str(text))

    def _suspect(self, check: Check, result: Result, windows: int) -> str:
        created = door.create(
            self.actor,
            "nonconformity",
            suspicions.values_of(check, result, windows),
            note=f"Raised by result {result.pk}, trail entry {result.leaf}.",
        )
        return created.reference

    def _look_after(self) -> bool:
        """Escalate what was not decided or corrected by its day, and hand over what was raised on a system
        before anybody registered it or somebody else owned it. Looked at when a record, the day, or who is
        here has changed."""
        moment = (queries.newest_revision(), queries.people_stamp(), clock.today())
        if moment == self._looked_after:
            return False
        self._place()
        joined = assignment.take_overs(BATCH)
        for heir in joined:
            assigning.take_over(self.actor, heir)
        # Afterwards, since whoever has taken over is not somebody to escalate to.
        late = assignment.overdue(clock.today(), BATCH)
        for row in late:
            assigning.escalate(self.actor, row)
        if not joined and len(late) < BATCH:
            # What did not fit waits for nothing else: an escalation is no revision.
            self._looked_after = moment
        return bool(late or joined)

    def _place(self) -> None:
        """Once in the life of an installation: records that were written before they followed their system
        come to its unit."""
        placed = commands.read_cursor(PLACED)
        if not placed.text:
            units.place_misplaced(self.actor)
            placed.text = clock.rfc3339(clock.now())
            placed.save()


def _unhandled(
    check: Check, results: Iterable[Result], earlier: list[Raised], *, dismissed: bool = False
) -> list[Result]:
    """Those of ``results`` that say something that was not dealt with before.

    A window of telemetry counts once. A check on records fails anew every day, so it counts when it says
    something else than the last time, or, after closing, when it fails at all.
    """
    if check.on_telemetry:
        known = {row.window_start for row in earlier if row.check_name == check.slug}
        return [row for row in results if row.window_start not in known]
    rows = sorted(results, key=lambda row: row.pk)[-1:]
    if not earlier:
        return rows
    last, state = earlier[-1], queries.nonconformity_state(earlier[-1].reference)
    if state == "closed" and not dismissed:
        return rows
    return [row for row in rows if commands.reason_digest(row) != last.reason_digest]
