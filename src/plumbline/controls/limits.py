"""The limits in force: an approved, unexpired Limit record before the default that comes with the package.

Nothing here loosens anything: a limit that differs from its default is a record, written by one person
and approved by another at the door, and it ends by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from plumbline.controls import queries, registry
from plumbline.controls.declare import Check
from plumbline.controls.queries import LimitRow
from plumbline.controls.verdicts import Limit
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Figure, Ref, Word, listing, say
from plumbline.kernel.problems import Conflict, Fault
from plumbline.records import steps
from plumbline.records.models import Record


@dataclass(frozen=True)
class InForce:
    """The limits that hold on one day."""

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
        if row is None:
            return default
        return replace(default, value=row.value, source=row.reference, revision=row.revision)

    def of_check(self, check: Check, subject: str) -> dict[str, Limit]:
        """Every limit that ``check`` reads, for ``subject``."""
        return {default.name: self.limit(default, subject) for default in check.limits}

    def pause(self, check: Check, subject: str) -> LimitRow | None:
        """The approved record by which ``check`` is paused for ``subject``, if there is one."""
        return self._row(check.slug, subject, paused=True)


def in_force(today: date) -> InForce:
    """The approved limits and pauses that hold ``today`` (one query)."""
    rows = queries.approved_limits()
    return InForce(
        tuple(
            row
            for row in rows
            if row.valid_until >= today and (row.effective_from is None or row.effective_from <= today)
        )
    )


def _today() -> InForce:
    return in_force(clock.today())


def gate_limit(actor: Actor, record: Record, reason: str) -> None:
    """Refuse a limit that no check reads, that points the wrong way, or that hides a loosening."""
    row = queries.limit_row(record.reference)
    defaults = registry.default_limits()
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
    current = _today().limit(default, row.system)
    if not _is_looser(default, row.value, current.value) or row.change == "looser":
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


def _is_looser(default: Limit, value: float, than: float) -> bool:
    return value > than if default.side == "over" else value < than


def gate_end(actor: Actor, record: Record, reason: str) -> None:
    """Refuse to take a limit out of force where what would hold then is looser: nobody loosens alone."""
    row, now = queries.limit_row(record.reference), _today()
    default = registry.default_limits().get(row.name)
    if record.state != "approved" or default is None or row.paused:
        return
    after = InForce(tuple(other for other in now.rows if other.reference != row.reference))
    current, then = now.limit(default, row.system), after.limit(default, row.system)
    if current.source == row.reference and _is_looser(default, then.value, current.value):
        remedy = say(
            "limit.replace", "have a looser limit approved in its place: {value} would hold ({source})",
            value=Figure(then.value), source=_source(then),
        )  # fmt: skip
        detail = say(
            "limit.one-person", "Without {limit} a looser limit would hold; one person alone loosens none.",
            limit=Ref(record.reference),
        )  # fmt: skip
        raise Conflict(
            detail, [Fault("value", say("limit.tighter", "is tighter than what would hold"), remedy)]
        )


def register_gates() -> None:
    """Ask these gates at the door before a limit comes into force or leaves it."""
    steps.register_gate("limit", "approve", gate_limit)
    steps.register_gate("limit", "revise", gate_end)
    steps.register_gate("limit", "retire", gate_end)


def fails_under(check: Check | None, unit: str, compared_with: float) -> bool:
    """Whether a value under what it is compared with is the bad one (a share of all, or such a limit)."""
    if unit == "ratio" and compared_with == 1.0:
        return True
    return check is not None and bool(check.limits) and check.limits[0].side == "under"
