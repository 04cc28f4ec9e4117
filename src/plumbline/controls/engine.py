"""The engine: new data marks the windows it touches, and every marked window is judged.

Telemetry checks are judged for the calendar window (of the events' own time) that new points lie in;
record checks when a record they need has changed and when a day has passed. A window whose evidence,
limits and check are what they were is not judged twice.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from plumbline import catalogs
from plumbline.controls import commands, evidence, limits, queries, registry
from plumbline.controls.commands import Judgement
from plumbline.controls.declare import Check
from plumbline.controls.facts import FACTS
from plumbline.controls.judged.queries import WindowKey
from plumbline.controls.limits import InForceDuring
from plumbline.controls.models import Due
from plumbline.controls.residual_levels import commands as residual_levels
from plumbline.controls.verdicts import DEFAULT, ORGANIZATION, Limit, Verdict, unknown
from plumbline.controls.windows import floor, window_of
from plumbline.kernel import clock, states
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.states import CheckState, Strength
from plumbline.metrics import queries as points
from plumbline.telemetry.store.port import Reader

STEP = 20_000
"""Points looked at in one piece of work."""
BATCH = 100
"""Windows judged in one run."""


PATIENCE = 60
"""After how many times its rest late data is judged although it is still coming."""

BEGUN = "begun"
"""The stamp that changes when the first record comes into force: then every check on records is due."""


class Judge:
    """The stage ``judge``: points and records → results.

    ``settle`` is how many seconds records must rest before the checks on them are judged, so that a long
    import is judged once and not after each of its parts. ``rest`` is the same for data that comes for closed
    windows: each further judgement of one is a restatement that a person has to look at.
    """

    name = "judge"

    def __init__(self, store: Reader, *, settle: float = 0.0, rest: float = 0.0) -> None:
        self.store = store
        self.settle = settle
        self.rest = rest
        self._late_since = self._late_last = 0.0
        self._restless = (-1, 0.0)
        self._marked: tuple[int, dict[str, str], datetime] | None = None
        self._begun_at: tuple[int, datetime] | None = None

    def advance(self) -> bool:
        """Mark what new data touched, or judge the next windows. False when there is neither."""
        if self._mark_points() or self._mark_references() or self._mark_records():
            return True
        pending = commands.due(BATCH, late=False)
        if not pending:
            # Asked in this order, since there is seldom any: the store need not be asked all the time.
            late = commands.due(BATCH, late=True)
            pending = late if late and self._is_rested() else []
        if not pending:
            # Last, when the results are there; nothing that this stage does follows from it.
            if self._is_settled():
                residual_levels.keep()
            return False
        self._judge(pending)
        return True

    def _is_rested(self) -> bool:
        """Whether late data has stopped coming, or has come for so long that it is judged all the same."""
        if points.is_behind(self.store):
            return False
        now = time.monotonic()
        return now - self._late_last >= self.rest or now - self._late_since >= PATIENCE * self.rest

    def _is_settled(self) -> bool:
        """Whether records have rested for as long as they must."""
        return time.monotonic() - self._restless[1] >= self.settle

    def _is_begun(self, newest: int, today: datetime) -> bool:
        """`queries.is_begun`, which asks for every kind, once for each state of the records and day.

        While nothing has begun it is asked each time: a system that nobody registered may be seen meanwhile.
        """
        if self._begun_at != (newest, today):
            self._begun_at = (newest, today) if queries.is_begun() else None
        return self._begun_at is not None

    # What is due

    def _mark_points(self) -> bool:
        cursor, newest = commands.read_cursor("points"), points.newest()
        if newest <= cursor.number:
            return False
        since, cursor.number = cursor.number, min(newest, cursor.number + STEP)
        touched = points.changed(since, cursor.number)
        if commands.mark_due(_windows(touched), [cursor]):
            now = time.monotonic()
            if now - self._late_last >= self.rest:
                self._late_since = now
            self._late_last = now
        return True

    def _mark_references(self) -> bool:
        cursor, newest = commands.read_cursor("references"), points.newest_reference()
        if newest <= cursor.number:
            return False
        since, cursor.number = cursor.number, newest
        touched: list[tuple[str, str, datetime]] = []
        for system in points.referenced_since(since):
            touched += points.compared_hours(system)
        commands.mark_due(_windows(touched), [cursor])
        return True

    def _mark_records(self) -> bool:
        newest, today = queries.newest_revision(), floor(clock.now(), "day")
        if newest != self._restless[0]:
            self._restless = (newest, time.monotonic())
        if not self._is_settled():
            return False
        begun = "begun" if self._is_begun(newest, today) else ""
        stamps = {name: _digest(fact.stamp()) for name, fact in FACTS.items()} | {BEGUN: begun}
        if self._marked == (newest, stamps, today):
            return False
        revisions, day = commands.read_cursor("revisions"), commands.read_cursor("day")
        changed = queries.changed_kinds(revisions.number, newest)
        touched = {f"{sort}:{kind}" for kind in changed for sort in ("records", "claims")}
        cursors = {name: commands.read_cursor(name) for name in stamps}
        touched |= {f"facts:{name}" for name, stamp in stamps.items() if cursors[name].text != stamp}
        checks = [check for check in registry.all_checks() if not check.on_telemetry]
        if day.text == clock.day_of(today).isoformat() and cursors[BEGUN].text == begun:
            checks = [check for check in checks if touched.intersection(check.needs)]
        revisions.number, day.text = newest, clock.day_of(today).isoformat()
        for name, cursor in cursors.items():
            cursor.text = stamps[name]
        moved = [revisions, day, *cursors.values()]
        commands.mark_due(((check.slug, ORGANIZATION, today) for check in checks), moved)
        self._marked = (newest, stamps, today)
        return bool(checks)

    # Judging

    def _judge(self, pending: list[Due]) -> None:
        gatherer = evidence.Gatherer(self.store, clock.now())
        history, today = limits.History(), floor(gatherer.now, "day")
        known = commands.newest_digests((row.check_name, row.subject, row.window_start) for row in pending)
        checks = registry.by_slug()
        begun = self._is_begun(queries.newest_revision(), today)
        judgements = []
        for row in pending:
            check = checks.get(row.check_name)
            # Records are read as they are now: what is left over from yesterday cannot be judged any more.
            if check is None or (not check.on_telemetry and row.window_start < today):
                continue
            during = history.during(*window_of(row.window_start, check.window), gatherer.now)
            judged = judge(check, row.subject, row.window_start, gatherer, during)
            if not begun:
                judged = not_begun(judged)
            before = known.get((row.check_name, row.subject, row.window_start))
            if before is None and _silent(judged):
                continue
            if before != (judged.evidence_digest, check.digest):
                judgements.append(judged)
        commands.record_run(judgements, pending, catalogs.version())


def judge(
    check: Check, subject: str, start: datetime, gatherer: evidence.Gatherer, in_force: InForceDuring
) -> Judgement:
    """The judgement of ``check`` on ``subject`` in the window that begins at ``start``.

    ``in_force`` are the limits that were in force while the window ran.
    """
    begin, end = window_of(start, check.window)
    bounds = in_force.of_check(check, subject)
    gathered = gatherer.of(check, subject, begin, end, bounds)
    pause = in_force.pause(check, subject)
    main = bounds[check.limits[0].name] if check.limits else None
    digest = gatherer.digest(gathered)
    if pause is not None:
        verdict = unknown(
            say(
                "check.paused",
                "Paused by {limit} until {day}.",
                limit=Ref(pause.reference),
                day=pause.valid_until,
            )
        )
        digest = f"paused-{pause.reference}-{pause.revision}-{digest}"[:64]
    else:
        verdict = check.judge(gathered)
    word = CheckState.PAUSED if pause is not None else word_of(verdict)
    reached = gatherer.seen_until(check, gathered)
    receipts = gatherer.receipts(check, gathered, in_force.open_for(subject))
    period = gatherer.reference_period(check, gathered)
    strength = strength_under(check, bounds.values())
    return Judgement(check, gathered, verdict, word, main, reached, digest, strength, receipts, period)


def strength_under(check: Check, bounds: Iterable[Limit]) -> Strength:
    """What a verdict of ``check`` shows at best: a limit that was delivered is nobody's own yardstick.

    Whoever has not adopted a limit has not said beforehand what is good enough, so results within it show
    that the control operates and no more. Neither has who set it only while the window ran.
    """
    delivered = any(bound.source == DEFAULT or not bound.set_before for bound in bounds)
    return states.weaker(check.strength, Strength.OPERATING) if delivered else check.strength


def not_begun(judged: Judgement) -> Judgement:
    """The judgement in an organization in which nothing is in force yet: what is not there has not failed.

    As soon as anything is approved or final, or an AI system is in use, the same check fails.
    """
    verdict = judged.verdict
    # Accounts with roles are no AIMS: where nothing is in force, nothing can be good either.
    if judged.check.on_telemetry or verdict.outcome not in {"fails", "passes"}:
        return judged
    reason = say("check.not-begun", "Not begun. {reason}", reason=verdict.reason)
    softened = replace(verdict, outcome="nothing", reason=reason)
    digest = f"not-begun-{judged.evidence_digest}"[:64]
    return replace(judged, verdict=softened, word=CheckState.NOTHING_TO_JUDGE, evidence_digest=digest)


def _digest(stamp: str) -> str:
    """A stamp as a cursor keeps it, however long the stamp is."""
    return hashlib.sha256(stamp.encode()).hexdigest()


def _silent(judged: Judgement) -> bool:
    """Whether a system sent nothing that the check reads, or too little for a quiet one: it has not begun."""
    spoke = judged.verdict.population and not judged.check.quiet
    return judged.check.on_telemetry and judged.word is CheckState.NO_SIGNAL and not spoke


def word_of(verdict: Verdict) -> CheckState:
    """The word of the design language for a verdict."""
    # Whatever a check says of nobody is no pass.
    if verdict.outcome == "nothing" or (verdict.outcome == "passes" and verdict.population == 0):
        return CheckState.NOTHING_TO_JUDGE
    if verdict.outcome == "passes":
        return CheckState.WITHIN
    if verdict.outcome == "unknown":
        return CheckState.NO_SIGNAL
    return CheckState.OVER if verdict.side == "over" else CheckState.UNDER


def _windows(touched: Iterable[tuple[str, str, datetime]]) -> set[WindowKey]:
    """The windows that points of (metric, system, hour) lie in, for every check that reads the metric."""
    readers: dict[str, list[Check]] = {}
    for check in registry.all_checks():
        for metric in points.hourly_names(check.needed("metric")):
            readers.setdefault(metric, []).append(check)
    return {
        (check.slug, system, floor(hour, check.window))
        for metric, system, hour in touched
        for check in readers.get(metric, ())
    }
