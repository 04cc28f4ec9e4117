"""Triage: failing results become suspected nonconformities, one per check and subject at a time.

A check beside another one is a second look of it and shares its nonconformity. While one is open, further
failing windows are told it as a comment. A machine only suspects; a named
person confirms, regrades or dismisses. Where the statement of applicability excludes all that a check
gives evidence for, nothing is suspected. A check on records that finds nothing recorded at all shows a gap
in the posture; it is no nonconformity of an AIMS that has not begun there.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from plumbline.controls import commands, declare, queries, registry
from plumbline.controls.declare import ORGANIZATION, Check
from plumbline.controls.models import Raised, Result
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.records import commands as door

BATCH = 200
_OVER = frozenset({"closed", "dismissed"})


class Triage:
    """The stage ``triage``: failing results → suspected nonconformities."""

    name = "triage"

    def __init__(self) -> None:
        registry.load()
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
        checks = {made.slug: made for made in declare.all_checks()}
        excluded = set(queries.excluded()) if groups else set()
        for (check_name, _), results in groups.items():
            if check_name in checks and not excluded.issuperset(checks[check_name].requirements):
                self._deal(checks[check_name], results)
        cursor.number = last
        cursor.save()
        return True

    def _deal(self, check: Check, results: list[Result]) -> None:
        newest = max(results, key=lambda row: (row.window_start, row.pk))
        with transaction.atomic():
            earlier = commands.raised(_together(check), newest.subject)
            fresh = _news(check, results, earlier)
            if not fresh:
                return
            last = earlier[-1].reference if earlier else ""
            state = queries.nonconformity_state(last) if last else ""
            if last and state not in _OVER:
                self._tell(check, last, fresh)
                reference = last
            elif state == "dismissed" and not _news(check, fresh, earlier, dismissed=True):
                return
            else:
                reference = self._suspect(check, max(fresh, key=lambda row: row.window_start), len(fresh))
            commands.note_raised(fresh, reference)

    def _tell(self, check: Check, reference: str, results: list[Result]) -> None:
        newest = max(results, key=lambda row: row.window_start)
        more = f" ({len(results)} windows)" if len(results) > 1 else ""
        text = f"The check still fails in {window_text(check, newest)}{more}: {newest.reason}"
        door.comment(self.actor, reference, text)

    def _suspect(self, check: Check, result: Result, windows: int) -> str:
        subject = result.subject
        system = queries.system(subject) if subject != ORGANIZATION else None
        more = f" It fails in {windows} windows; this is the newest." if windows > 1 else ""
        whom = system.title if system else "the AIMS" if subject == ORGANIZATION else subject
        source = "" if result.limit_value is None else result.limit_source
        limit = f" Limit: {'the delivered default' if source == 'default' else source}." if source else ""
        made = door.create(
            self.actor,
            "nonconformity",
            {
                "title": f"Check fails: {check.title} ({whom})"[:300],
                "source": "check",
                "check_name": check.beside or check.slug,
                "window": window_text(check, result),
                "system": system.reference if system else "",
                "requirements": list(check.requirements),
                "description": f"{check.text}\n\nWhat was found: {result.reason}{more}{limit}",
                "detected_on": clock.now().date().isoformat(),
                "grade": "not graded",
                "owner": system.owner if system else "",
            },
            note=f"Raised by result {result.pk}, trail entry {result.leaf}.",
        )
        return made.reference


def window_text(check: Check, result: Result) -> str:
    """The window of a result as a reader says it: a month, a week, a day, an hour (UTC)."""
    forms = {"month": "%Y-%m", "week": "%G-W%V", "day": "%Y-%m-%d", "hour": "%Y-%m-%d %H:00"}
    return result.window_start.strftime(forms[check.window])


def _together(check: Check) -> set[str]:
    """The names of the checks that share the nonconformities of ``check``."""
    main = check.beside or check.slug
    return {main, *(made.slug for made in declare.all_checks() if made.beside == main)}


def _news(
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
