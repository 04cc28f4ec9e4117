"""Triage: failing results become suspected nonconformities, one per check and subject at a time.

A check beside another one is a second look of it and shares its nonconformity. While one is open, further
failing windows are added to it as comments. A machine only suspects; a named person confirms, regrades or
dismisses. Where the statement of applicability excludes all that a check
gives evidence for, nothing is suspected. A check on records that finds nothing recorded at all shows a gap
in the posture; it is no nonconformity of an AIMS that has not begun there.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from plumbline.controls import commands, queries, registry
from plumbline.controls.decisions import queries as decisions
from plumbline.controls.declare import Check
from plumbline.controls.models import Raised, Result
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.controls.windows import iso_window, window_message
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Ref, Word, say
from plumbline.records import commands as door

BATCH = 200
_ENDED = frozenset({"closed", "dismissed"})


class Triage:
    """The stage ``triage``: failing results → suspected nonconformities."""

    name = "triage"

    def __init__(self) -> None:
        self.actor = Actor.stage(self.name)

    def advance(self) -> bool:
        """Deal with the failing ones among the next results. False when there are no new results."""
        cursor = commands.read_cursor(self.name)
        failing, last = commands.failing_after(cursor.number, BATCH)
        if last == cursor.number:
            return False
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
        system = queries.system(result.subject) if result.subject != ORGANIZATION else None
        whom = system.title if system else "" if result.subject == ORGANIZATION else result.subject
        created = door.create(
            self.actor,
            "nonconformity",
            {
                # Text from here on: a record is what people read and amend, in one language.
                "title": str(suspicion_title(check, whom))[:300],
                "source": "check",
                "check_name": check.beside or check.slug,
                "window": iso_window(result.window_start, check.window),
                "system": system.reference if system else "",
                "requirements": list(check.requirements),
                "description": f"{check.text}\n\n{seen(check, result, windows)}",
                "detected_on": clock.today().isoformat(),
                "grade": "not graded",
                "owner": system.owner if system else "",
            },
            note=f"Raised by result {result.pk}, trail entry {result.leaf}.",
        )
        return created.reference


def suspicion_title(check: Check, system: str) -> Message:
    """What a suspicion is called: *Input drift in Claims Triage*; for the organization the finding alone."""
    finding = Word(check.finding)
    if not system:
        return say("triage.title", "{finding}", finding=finding)
    return say("triage.title-system", "{finding} in {system}", finding=finding, system=system)


def seen(check: Check, result: Result, windows: int) -> Message:
    """What was seen, in which window, how often, and under which limit."""
    source = "" if result.limit_value is None else result.limit_source
    text = say(
        "triage.seen", "What was seen {window}: {reason}",
        window=window_message(result.window_start, check.window), reason=result.reason,
    )  # fmt: skip
    if windows > 1:
        text = say(
            "triage.windows",
            "{seen} It fails in {windows} windows; this is the newest.",
            seen=text,
            windows=windows,
        )
    if source == "default":
        return say("triage.default-limit", "{seen} Limit: the delivered default.", seen=text)
    return say("triage.limit", "{seen} Limit: {source}.", seen=text, source=Ref(source)) if source else text


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
