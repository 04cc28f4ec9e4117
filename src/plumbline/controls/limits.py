"""The limits in force: an approved, unexpired Limit record before the default that comes with the package.

Nothing here loosens anything: a limit that differs from its default is a record, written by one person
and approved by another at the door, and it ends by itself. A window is judged by the limits that were in
force while it ran (`limit_history`), and by the strictest where there was more than one: whoever loosens a
limit on the last day of a month does not loosen it for that month.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from plumbline.controls import limit_history, queries, registry
from plumbline.controls.declare import Check
from plumbline.controls.limit_history import Span
from plumbline.controls.queries import LimitRow
from plumbline.controls.verdicts import WINDOW_CLOSING, Limit, minimum_of
from plumbline.controls.windows import window_of
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Figure, Ref, Word, listing, say
from plumbline.kernel.problems import Conflict, Fault
from plumbline.records import steps
from plumbline.records.models import Record


@dataclass(frozen=True)
class InForce:
    """The limits in force at one instant."""

    rows: tuple[LimitRow, ...]

    def _row(self, name: str, subject: str, *, paused: bool) -> LimitRow | None:
        rows = [
            row
            for row in self.rows
            if row.name == name and row.paused == paused and row.system in {"", subject}
        ]
        # A limit for this system goes before one for all; of two alike the later one holds.
        return max(rows, key=lambda row: (row.system != "", row.number), default=None)

    def limit(self, default: Limit, subject: str) -> Limit:
        """The limit declared as ``default``, for ``subject``: its own, that for all, or the default."""
        row = self._row(default.name, subject, paused=False)
        sample = self._row(minimum_of(default).name, subject, paused=False)
        if sample is not None:
            default = replace(default, minimum=int(sample.value))
        if row is None:
            return default
        return replace(default, value=row.value, source=row.reference, revision=row.revision)

    def of_check(self, check: Check, subject: str) -> dict[str, Limit]:
        """Every limit that ``check`` reads, for ``subject``."""
        return {default.name: self.limit(default, subject) for default in check.limits}

    def pause(self, check: Check, subject: str) -> LimitRow | None:
        """The approved record by which ``check`` is paused for ``subject``, if there is one."""
        return self._row(check.slug, subject, paused=True)


@dataclass(frozen=True)
class InForceDuring:
    """The limits in force while a window ran: those at each instant at which that changed, in order."""

    moments: tuple[InForce, ...]

    def of_check(self, check: Check, subject: str) -> dict[str, Limit]:
        """For every limit that ``check`` reads, the strictest that was in force."""
        return {default.name: self._strictest(default, subject) for default in check.limits}

    def _strictest(self, default: Limit, subject: str) -> Limit:
        limits = [moment.limit(default, subject) for moment in self.moments]
        # Of two alike the earlier, which was there when the window began.
        strictest = (min if default.side == "over" else max)(limits, key=lambda limit: limit.value)
        smallest = min(limit.minimum for limit in limits)
        return replace(strictest, minimum=smallest, set_before=strictest.source == limits[0].source)

    def pause(self, check: Check, subject: str) -> LimitRow | None:
        """The record by which ``check`` was paused for the whole window, if there is one.

        A check that was paused for a part of it is judged: a pause on the last day would otherwise hide a
        month.
        """
        pauses = [moment.pause(check, subject) for moment in self.moments]
        return pauses[0] if all(pauses) else None

    def open_for(self, subject: str) -> timedelta:
        """How long after its end the window stays open for data on ``subject``: the shortest in force."""
        return timedelta(hours=self._strictest(WINDOW_CLOSING, subject).value)


class History:
    """Every limit that was ever in force, read once for a batch of judgements."""

    def __init__(self, spans: Iterable[Span] | None = None) -> None:
        self._spans = limit_history.spans() if spans is None else tuple(spans)

    def at(self, instant: datetime) -> InForce:
        """The limits in force at ``instant``."""
        return InForce(tuple(span.row for span in self._spans if span.holds_at(instant)))

    def during(self, start: datetime, end: datetime, now: datetime) -> InForceDuring:
        """The limits in force from ``start`` to before ``end``; if that is still to come, until ``now``."""
        end = max(min(end, now), start + timedelta(microseconds=1))
        edges = {edge for span in self._spans for edge in (span.starts, span.ends) if start < edge < end}
        return InForceDuring(tuple(self.at(instant) for instant in sorted({start, *edges})))

    def closes(self, subject: str, start: datetime, end: datetime) -> datetime:
        """When the window from ``start`` to ``end`` is closed for data on ``subject``."""
        return end + self.during(start, end, end).open_for(subject)


def in_force(instant: datetime | None = None) -> InForce:
    """The approved limits and pauses in force at ``instant``, or now."""
    return History().at(instant or clock.now())


def is_late(subject: str, happened: datetime, received: datetime) -> bool:
    """Whether an event of an AI system was received after the day on which it happened was closed for it."""
    return received > History().closes(subject, *window_of(happened, "day"))


def gate_limit(actor: Actor, record: Record, reason: str) -> None:
    """Refuse a limit that no check reads, that points the wrong way, or that hides a loosening."""
    row = queries.limit_row(record.reference)
    defaults = registry.governed_values()
    default = defaults.get(row.name)
    faults = []
    if default is None:
        known = say("limit.one-of", "one of: {names}", names=listing(sorted(defaults), shown=len(defaults)))
        faults.append(Fault("check_name", say("limit.unknown", "is not the name of a limit"), known))
    elif not row.paused:
        faults = _direction_fault(default, row) + _loosening_fault(default, row)
    if faults:
        detail = say("limit.refused", "{limit} cannot come into force as it is.", limit=Ref(record.reference))
        raise Conflict(detail, faults)


def _direction_fault(default: Limit, row: LimitRow) -> list[Fault]:
    wanted = "at most" if default.side == "over" else "at least"
    if row.direction == wanted:
        return []
    message = say("limit.direction", "does not fit {name}", name=row.name)
    return [Fault("direction", message, say("limit.choose", "choose {direction}", direction=Word(wanted)))]


def _loosening_fault(default: Limit, row: LimitRow) -> list[Fault]:
    """A limit that is looser than what is in force has to say so, so that a second person looks at it."""
    current = in_force().limit(default, row.system)
    if not is_looser(replace(default, value=row.value), current) or row.change == "looser":
        return []
    remedy = say(
        "limit.say-looser",
        "say looser, with a back-test: {value} is in force ({source})",
        value=Figure(current.value),
        source=_source(current),
    )
    return [Fault("change", say("limit.looser", "is looser than what is in force"), remedy)]


def _source(limit: Limit) -> Ref | Word:
    return Word("default") if limit.source == "default" else Ref(limit.source)


def is_looser(limit: Limit, than: Limit) -> bool:
    """Whether ``limit`` lets more pass than another one of the same name."""
    return limit.value > than.value if limit.side == "over" else limit.value < than.value


def gate_end(actor: Actor, record: Record, reason: str) -> None:
    """Refuse to take a limit out of force where what would hold then is looser: nobody loosens alone."""
    # What is in force is the approved revision, whatever a newer draft of the record says.
    now = in_force()
    after = InForce(tuple(row for row in now.rows if row.reference != record.reference))
    for row in now.rows:
        default = registry.governed_values().get(row.name)
        if row.reference == record.reference and default is not None and not row.paused:
            _refuse_looser(now.limit(default, row.system), after.limit(default, row.system), row)


def _refuse_looser(current: Limit, then: Limit, row: LimitRow) -> None:
    if current.source != row.reference or not is_looser(then, current):
        return
    remedy = say(
        "limit.replace", "have a looser limit approved in its place: {value} would hold ({source})",
        value=Figure(then.value), source=_source(then),
    )  # fmt: skip
    detail = say(
        "limit.one-person", "Without {limit} a looser limit would hold; one person alone loosens none.",
        limit=Ref(row.reference),
    )  # fmt: skip
    raise Conflict(detail, [Fault("value", say("limit.tighter", "is tighter than what would hold"), remedy)])


def register_gates() -> None:
    """Ask these gates at the door before a limit comes into force or leaves it."""
    steps.register_gate("limit", "approve", gate_limit)
    steps.register_gate("limit", "retire", gate_end)


def fails_under(check: Check | None, unit: str, compared_with: float) -> bool:
    """Whether a value under what it is compared with is the bad one (a share of all, or such a limit)."""
    if unit == "ratio" and compared_with == 1.0:
        return True
    return check is not None and bool(check.limits) and check.limits[0].side == "under"
