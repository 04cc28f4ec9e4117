"""What a row of the statement of applicability, or a longest interval, would change: their back-tests.

The product computes it when the record is submitted and again when it is approved, as it does for a limit,
and writes it into the record for the second person. Verdicts of the last period are counted as they were
judged; what checks on records would find is worked out for today, since earlier records have changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from plumbline.clauses import intervals
from plumbline.clauses.columns import DayField
from plumbline.clauses.planning.applicability import APPLICABILITY, Applicability
from plumbline.clauses.planning.longest_intervals import LONGEST_INTERVAL, LongestInterval
from plumbline.controls import member_effect, registry
from plumbline.controls.judged import queries as judged
from plumbline.controls.verdicts import Evidence
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.intervals import FILE_VALIDITY, add_months
from plumbline.kernel.messages import Item, Listing, Message, Requirement, say
from plumbline.kernel.states import BEYOND
from plumbline.records import kinds, steps
from plumbline.records import queries as records
from plumbline.records.approved.queries import in_force_of
from plumbline.records.attachments import queries as attachments
from plumbline.records.attachments.dates import SUBJECT as FILES
from plumbline.records.gates import GateResult, OnTaking
from plumbline.records.models import Record

LOOKS_BACK, WRITTEN_WITHIN = timedelta(days=30), timedelta(days=365)
"""How far back verdicts are counted, and days that somebody wrote."""
FACT = "longest-intervals"


def _members(reads: Callable[[Any], bool], would: member_effect.Change) -> tuple[list[Item], dict[str, JSON]]:
    cleared, missed = Counter[str](), Counter[str]()
    for check, gone, new in member_effect.changes(reads, lambda gathered: gathered, would):
        cleared[check.slug] += gone
        missed[check.slug] += new
    rows = member_effect.cleared_items(+cleared) + member_effect.missed_items(+missed)
    return rows, {"cleared": cleared.total(), "missed": missed.total()}


def _verdicts(requirement: str) -> tuple[list[Item], int, int]:
    """Of each check that reads a requirement, how many verdicts of the last period failed; then how many
    verdicts there were, and how many failed."""
    since, rows, total, beyond = clock.now() - LOOKS_BACK, list[Item](), 0, 0
    for check in registry.all_checks():
        if requirement not in check.requirements:
            continue
        words = [
            verdict.word
            for subject in judged.subjects(check.slug)
            for verdict in judged.verdicts_of_windows(check.slug, subject, since)
        ]
        failed = sum(word in BEYOND for word in words)
        total, beyond = total + len(words), beyond + failed
        if words:
            said = say("statement.failed", "{failed} of {total} failed", failed=failed, total=len(words))
            rows.append(Item(member_effect.title(check.slug), said))
    return rows, total, beyond


def gate_row(actor: Actor, record: Record, reason: str) -> GateResult | None:
    """Compute what leaving a control out changes, or taking it in again, and write it into the record."""
    assert isinstance(record, Applicability)
    before = in_force_of(record, APPLICABILITY)
    out, was_out = record.applicable == "no", before is not None and before["applicable"] == "no"
    if not out and not was_out:
        return None
    after = member_effect.as_if_approved(record, APPLICABILITY)
    rows, facts = _members(
        member_effect.reads_kind(APPLICABILITY.slug),
        lambda gathered: member_effect.with_row(gathered, APPLICABILITY.slug, after),
    )
    message = _listed(rows)
    if record.requirement and out != was_out:
        checks, total, beyond = _verdicts(record.requirement)
        facts |= {"verdicts": total, "failing": beyond}
        message = say(
            "statement.and", "{first} {second}",
            first=_counting(record.requirement, checks, total, beyond, out=out), second=message,
        )  # fmt: skip
    return _written(record, message, facts)


def _counting(requirement: str, checks: list[Item], total: int, beyond: int, *, out: bool) -> Message:
    values: dict[str, Any] = {
        "control": Requirement(requirement), "days": LOOKS_BACK.days, "total": total, "failing": beyond,
        "checks": Listing(tuple(checks), shown=len(checks)),
    }  # fmt: skip
    if not checks:
        return say(
            "statement.unread", "No check has read {control} in the last {days} days.",
            control=values["control"], days=values["days"],
        )  # fmt: skip
    if out:
        text = (
            "{control} would have read Not applicable: of {total} verdicts of the last {days} days, "
            "{failing} failed and would not have counted for it ({checks})."
        )
        return say("statement.excluded", text, **values)
    text = (
        "{control} would have been judged: of {total} verdicts of the last {days} days, {failing} failed and "
        "would have counted for it ({checks})."
    )
    return say("statement.included", text, **values)


def gate_interval(actor: Actor, record: Record, reason: str) -> GateResult | None:
    """Compute what a longest interval changes and write it into the record, for the second person."""
    assert isinstance(record, LongestInterval)
    months = int(record.months or 0)
    before = intervals.longest(record.subject, _delivered(record.subject))
    rows, facts = _members(
        lambda check: FACT in check.needed("facts"), lambda gathered: _with_interval(gathered, record)
    )
    written = _days_written_of(record.subject)
    would, was = (sum(day > add_months(on, most) for on, day in written) for most in (months, before))
    message = say(
        "interval.effect",
        "Of {written} days that were written in the last {days} days and are in force, {would} lie further "
        "ahead than the {months} months proposed, {was} than the {before} months in force. {checks}",
        written=len(written), days=WRITTEN_WITHIN.days, would=would, months=months, was=was, before=before,
        checks=_listed(rows),
    )  # fmt: skip
    return _written(
        record, message, {**facts, "written": len(written), "beyond": would, "beyond_before": was}
    )


def _delivered(subject: str) -> int:
    """The months that the product came with for a subject."""
    if subject == FILES:
        return FILE_VALIDITY
    kind_slug, _, name = subject.partition(".")
    field = kinds.get(kind_slug).field(name)
    assert isinstance(field, DayField)
    return field.ahead


def _days_written_of(subject: str) -> list[tuple[date, date]]:
    """When each day of a subject was written lately, and the day itself."""
    if subject == FILES:
        return attachments.ends_written(clock.now() - WRITTEN_WITHIN)
    kind_slug, _, name = subject.partition(".")
    return _days_written(kind_slug, name)


def _with_interval(gathered: Evidence, record: LongestInterval) -> Evidence:
    others = [row for row in gathered.facts.get(FACT, ()) if row["subject"] != record.subject]
    row: Mapping[str, Any] = {"subject": record.subject, "months": int(record.months or 0)}
    return replace(gathered, facts={**gathered.facts, FACT: (*others, row)})


def _days_written(kind_slug: str, name: str) -> list[tuple[date, date]]:
    """The days of a field that are in force, each after the day on which its revision was recorded."""
    since, found = clock.day_of(clock.now() - WRITTEN_WITHIN), []
    for row in records.in_force(kind_slug):
        on = date.fromisoformat(row["recorded"][:10])
        if row[name] and on >= since:
            found.append((on, date.fromisoformat(row[name])))
    return found


def _listed(rows: list[Item]) -> Message:
    if not rows:
        return say("statement.same", "No check on records finds anything else by it today.")
    return say("statement.checks", "Today: {checks}.", checks=Listing(tuple(rows), shown=len(rows)))


def _written(
    record: Applicability | LongestInterval, message: Message, facts: Mapping[str, JSON]
) -> GateResult:
    said = str(say("statement.computed", "Computed on {day}. {effect}", day=clock.today(), effect=message))
    record.back_test = said
    record.save(update_fields=["back_test"])
    return GateResult(said, {"back-test": dict(facts)})


def register_gates() -> None:
    """Compute the back-tests when a record is submitted, and again when it is approved."""
    for step in ("submit", "approve"):
        steps.register_gate(APPLICABILITY.slug, step, OnTaking(gate_row))
        steps.register_gate(LONGEST_INTERVAL.slug, step, OnTaking(gate_interval))
