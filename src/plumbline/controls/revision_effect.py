"""What a revision of an AI system, or of what belongs to one, would change in what the checks find: its
back-test.

A reference period, a day of release, an effect on people, what it cannot report: each can make a check easier
to pass. The product computes what would vanish, from the same records and the same data, when the revision is
submitted and again when it is approved. It stands in the record and in the entry of the step, for the second
person; where anything would vanish, now or as soon as something is missing (`less_asked`), a reason is asked
for, and a day until which that is accepted. The record keeps which checks it makes easier, and since which
approved revision: a later one is compared with that too, and carries the day on for what it has not taken
back (`easings`). A reference holds until the next review of the record, and so does what it cannot report.

Of other kinds than AI systems only what changes over what checks speak counts (`scope_effect`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, cast

from plumbline.clauses.easing import Easing
from plumbline.clauses.operation.systems import AI_SYSTEM
from plumbline.controls import backtest, easings, inventory, member_effect, registry, scope_effect
from plumbline.controls.backtest import MOST_WINDOWS, BackTest
from plumbline.controls.less_asked import less_asked
from plumbline.controls.verdicts import day_of
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Item, Listing, Message, say
from plumbline.kernel.problems import Conflict, Fault
from plumbline.metrics import queries as points
from plumbline.metrics import references
from plumbline.metrics.references import Period
from plumbline.records import kinds, steps
from plumbline.records.approved.queries import as_approved, in_force_of
from plumbline.records.gates import GateResult, OnTaking
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

WRITTEN = ("back_test", "eases", "eased_since")
"""The fields of the record that the product writes."""
MENDS = ("purpose", "human_oversight", "stop_procedure", "owner", "supplier")
"""What an AI system is asked to say, and what takes nothing off that whatever it says: where it was empty, a
gap is mended. One field too few here asks for a reason too many; one too many would let an easing pass."""
SHORTEST = 10
"""Letters of a reason at the least."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Effect:
    """What a revision changes, by check: members that no longer miss anything and that newly do, checks that
    no longer ask the system for reports, and past windows judged with its reference.

    ``later`` are the checks that it makes easier whether or not they find less today, ``kept`` those that
    earlier revisions made easier and that this one does not take back.
    """

    cleared: Mapping[str, int] = field(default_factory=dict)
    missed: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    windows: Mapping[str, BackTest] = field(default_factory=dict)
    later: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()

    @property
    def easier(self) -> frozenset[str]:
        """The checks of which something that was found would not be found any more, or that ask for less."""
        return self._at_once | self.later

    @property
    def _at_once(self) -> frozenset[str]:
        silenced = (slug for slug, test in self.windows.items() if test.vanish)
        return frozenset((*self.cleared, *self.left_out, *silenced))

    @property
    def message(self) -> Message:
        """The back-test as a sentence, for the record. It names checks and nothing else: whoever reads the
        record may read it."""
        title = member_effect.title
        rows = member_effect.cleared_items(self.cleared)
        not_asked = say("revision.not-asked", "does not ask this system any more")
        rows += [Item(title(slug), not_asked) for slug in self.left_out]
        rows += member_effect.missed_items(self.missed)
        rows += [Item(title(slug), test.message) for slug, test in self.windows.items()]
        later = say("revision.later", "asks for less of it, which takes nothing today")
        rows += [Item(title(slug), later) for slug in sorted(self.later - self._at_once)]
        still = say("revision.still", "still finds less by an earlier revision")
        rows += [Item(title(slug), still) for slug in sorted(self.kept - self.easier)]
        if not rows:
            return say(
                "revision.same", "Computed on {day}: no check finds anything else by this revision.",
                day=clock.today(),
            )  # fmt: skip
        effect = Listing(tuple(rows), shown=len(rows))
        return say("revision.effect", "Computed on {day}: {effect}.", day=clock.today(), effect=effect)


def effect(record: Record) -> Effect | None:
    """What the revision of ``record`` changes; None for one of which nothing is in force yet.

    Raises `Unavailable` when the past would have to be judged again and the evidence store does not answer.
    """
    kind = kinds.get(record.kind)
    before = in_force_of(record, kind)
    if before is None:
        return None
    # What is compared is what the record says of the system: whether that is accepted is the question itself.
    before = _unquestioned(before)
    after = _unquestioned(member_effect.as_if_approved(record, kind))
    found = _compare(kind, before, after)
    return replace(found, kept=_kept(kind, record, after))


def _kept(kind: Kind, record: Record, after: Row) -> frozenset[str]:
    """The checks that the record in force makes easier than it was before, and that ``after`` still does."""
    row = in_force_of(record, kind) or {}
    eased, since = easings.eased(row), row.get("eased_since")
    if not eased or since is None:
        return frozenset()
    first = as_approved(record, kind, since)
    # What the record said before may have been erased: then nobody can show that it was taken back.
    if first is None:
        return eased
    was = _unquestioned(easings.put_back(kind.slug, row, first))
    return eased & _compare(kind, was, after, alone=True).easier


def _unquestioned(row: Row) -> dict[str, Any]:
    return {**row, "eases": "", "accepted_until": None}


def _compare(kind: Kind, before: Row, after: Row, *, alone: bool = False) -> Effect:
    if kind is AI_SYSTEM:
        return _compare_systems(before, after, alone=alone)
    found = scope_effect.compare(kind, before, after)
    return Effect(found.cleared, found.missed, later=found.later)


def _compare_systems(before: Row, after: Row, *, alone: bool) -> Effect:
    """What ``after`` changes against ``before``, a revision in force of the same record; with ``alone`` as if
    nothing else had been written since, where what is written now counts beside it otherwise."""
    cleared, missed = Counter[str](), Counter[str]()
    before = _mended(before, after)
    reads = member_effect.reads_kind(AI_SYSTEM.slug)
    was, would = _in_force_as(before, alone=alone), _in_force_as(after, alone=True)
    for check, gone, new in member_effect.changes(reads, was, would):
        cleared[check.slug] += gone
        missed[check.slug] += new
    left_out = tuple(_left_out(before, after, alone=alone))
    later = less_asked(before, after) | _compared_with_another(before, after)
    return Effect(+cleared, +missed, left_out, _windows(before, after), later)


def _mended(before: Row, after: Row) -> Row:
    """``before`` with what was lacking in it and ``after`` has: a gap that somebody mends is no easing."""
    return {**before, **{name: after[name] for name in MENDS if not before[name] and after[name]}}


def _in_force_as(row: Row, *, alone: bool) -> member_effect.Change:
    return lambda gathered: member_effect.with_row(gathered, AI_SYSTEM.slug, row, in_force_alone=not alone)


def _left_out(before: Row, after: Row, *, alone: bool) -> Iterator[str]:
    """The checks on telemetry, by slug, that the system would not have to report for any more."""
    slug = before["slug"]
    for check in registry.all_checks():
        if check.on_telemetry and check.population is not None:
            gathered = inventory.evidence_for(check.population, clock.now())
            asked = [
                slug
                in {
                    member.row["slug"] for member in check.population.members(seen) if member.excluded is None
                }
                for seen in (
                    _in_force_as(before, alone=alone)(gathered),
                    _in_force_as(after, alone=True)(gathered),
                )
            ]
            if asked == [True, False]:
                yield check.slug


def _windows(before: Row, after: Row) -> dict[str, BackTest]:
    """Past windows judged again with another reference, by check; empty for the same one."""
    period = _period(after)
    if _period(before) is None or _period(before) == period:
        return {}
    store, slug = backtest.open_store(), before["slug"]
    now = clock.now()
    taken = references.take(slug, period, store, point=0, since=now) if period is not None else []
    found = {}
    for name in _comparing():
        test = backtest.backtest(name, slug, {}, store, MOST_WINDOWS, taken)
        if test.judged:
            found[name] = test
    return found


def _compared_with_another(before: Row, after: Row) -> frozenset[str]:
    """The checks that compare with a reference, where another one takes its place: what that hides shows only
    in data that is still to come."""
    periods = _period(before), _period(after)
    return frozenset(_comparing()) if None not in periods and periods[0] != periods[1] else frozenset()


def _comparing() -> list[str]:
    return [
        check.slug
        for check in registry.all_checks()
        if check.on_telemetry and points.compare_with_reference(check.needed("metric"))
    ]


def _period(row: Row) -> Period | None:
    if not row["reference_from"] or not row["reference_until"]:
        return None
    first, last = (date.fromisoformat(row[name]) for name in ("reference_from", "reference_until"))
    return clock.day_start(first), clock.day_start(last + timedelta(days=1))


def gate_revision(actor: Actor, record: Record, reason: str) -> GateResult | None:
    """Compute what the revision of a record changes and write it into the record, for the second person.

    Refused where anything would vanish, or goes on doing so, and nobody says why and until when; the reason
    of an earlier revision is none.
    """
    found = effect(record)
    if found is None:
        return None
    said = str(found.message)
    before = in_force_of(record, kinds.get(record.kind)) or {}
    written = cast("Easing", record)
    _refuse_open_ended(written, before, found)
    eased = sorted(found.easier | found.kept)
    since = before["eased_since"] if found.kept else before["approved_revision"]
    written.back_test, written.eases = said, easings.BETWEEN.join(eased)
    written.eased_since = since if eased else None
    record.save(update_fields=WRITTEN)
    silenced = sum(len(test.vanish) for test in found.windows.values())
    return GateResult(
        said,
        {
            "back-test": {
                "cleared": sum(found.cleared.values()),
                "missed": sum(found.missed.values()),
                "left_out": len(found.left_out),
                "silenced": silenced,
            }
        },
    )


def _refuse_open_ended(record: Easing, before: Row, found: Effect) -> None:
    """Refuse what makes a check easier without a reason of its own, or a day until which that is accepted."""
    if not found.easier and not found.kept:
        return
    faults = []
    until, was = record.accepted_until, day_of(before.get("accepted_until"))
    if until is None or clock.passed(until):
        remedy = say("revision.say-until", "say until when that is accepted: {effect}", effect=found.message)
        faults.append(Fault("accepted_until", "is missing, or has passed", remedy))
    why = record.change_reason.strip()
    prolonged = until is not None and (was is None or until > was)
    same = why == str(before.get("change_reason", "")).strip()
    if (found.easier or prolonged) and (len(why) < SHORTEST or same):
        remedy = say("revision.say-why", "say why it changes: {effect}", effect=found.message)
        faults.append(Fault("change_reason", "is missing, or that of an earlier revision", remedy))
    if faults:
        text = "This revision makes a check easier to pass, and nobody says why, or until when."
        raise Conflict(say("revision.refused", text), faults)


def register_gates() -> None:
    """Compute the effect of a revision when it is submitted, and again when it is approved."""
    scoped = [kind for kind in kinds.all_kinds() if kind.scope]
    easings.use(
        {kind.slug: kind.scope for kind in scoped}, {kind.slug: kind.workflow.settled for kind in scoped}
    )
    for kind in easings.kinds_that_ease():
        steps.register_gate(kind, "submit", OnTaking(gate_revision))
        steps.register_gate(kind, "approve", OnTaking(gate_revision))
