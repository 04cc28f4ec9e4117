"""Internal audits (9.2): who audited their own work, what was left out, what nobody answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, listing, say

OVER = frozenset({"reported", "acknowledged", "closed"})
_DONE = frozenset({"closed", "verified", "worked", "reviewed", "evaluated", "final", "confirmed", "ended"})
"""States in which nothing is left to be answered for."""
_TEAM = ("lead", "auditor", "second_auditor")
_OF_AUDITS = frozenset(
    {"audit", "audit-finding", "audit-request", "attestation", "audit-programme", "nonconformity"}
)


def ended(audit: Row) -> date | None:
    """The day on which an audit was complete; None while it is not."""
    return (audit.day("ended_on") or audit.day("due")) if audit.state in OVER else None


def _part(handle: str, audit: Row, world: Snapshot) -> Row | None:
    """A record that the audit looks at, and that this person owns, approved or worked on since the audited
    period
    began."""
    person, since = world.who(handle), audit.day("period_from") or date.min
    systems, criteria = set(audit.systems), set(audit.many("criteria"))
    for row in world.rows:
        if row.ended or row.kind in _OF_AUDITS:
            continue
        about = row.reference in systems or bool(set(row.systems) & systems)
        evidence = {*world.evidence.get(row.kind, ()), *row.many("requirements"), *row.many("requirement")}
        general = bool(criteria & evidence) and not (systems and row.systems)
        if not about and not general:
            continue
        worked = {world.who(act.person) for act in row.acts if act.on >= since}
        if person in worked or (row.state not in _DONE and person == world.who(row.owner)):
            return row
    return None


@rule(
    "audited-own-work",
    "9.2.2",
    grade="major",
    over="audit",
    repair=Word("Have this part audited again by somebody without a part in it."),
)
def audited_own_work(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Somebody in the team of an audit owns, approved or worked on what it looks at."""
    for name in _TEAM:
        record = _part(row[name], row, world) if row[name] else None
        if record is not None:
            yield gap(
                say("predicted.audited-own-work", "{person} audits in {audit}, and owns or worked on "
                "{record}.",
                    person=world.name(row[name]), audit=Ref(row.reference), record=Ref(record.reference)),
                row.seen(name, "criteria", "period_from"),
                record.seen("title", "owner"),
                grade="major" if row.state in OVER else "minor",
            )  # fmt: skip


@rule(
    "auditor-not-competent",
    "9.2.2 7.2",
    grade="minor",
    over="audit",
    repair=Word("Show what the auditor knows of audits and of AI, or put somebody in who does."),
)
def auditor_not_competent(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Somebody audits, competence for audits is defined, and this person is not shown to have it."""
    asked = {one.reference for one in world.of("competence") if one["work"] == "audit"}
    able = {world.who(one["person"]) for one in world.of("qualification") if one["competence"] in asked}
    bare = [row[name] for name in _TEAM if row[name] and world.who(row[name]) not in able]
    if asked and bare:
        yield gap(
            say("predicted.auditor-not-competent", "{people} audits in {audit} without a qualification "
            "for it.",
                people=listing(world.name(one) for one in bare), audit=Ref(row.reference)),
            row.seen(*(name for name in _TEAM if row[name])),
        )  # fmt: skip


@rule(
    "audit-late",
    "9.2.2",
    grade="minor",
    over="audit",
    repair=Word("Hold it, or say in the programme why it is moved and to when."),
)
def audit_late(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An audit was to be reported by a day that has passed."""
    due = row.day("due")
    if due is not None and due < world.today and row.state in {"planned", "under way"}:
        yield gap(
            say(
                "predicted.audit-late",
                "{audit} was to be reported by {day}.",
                audit=Ref(row.reference),
                day=due,
            ),
            row.seen("due", "state"),
        )


@rule(
    "no-audit-held",
    "9.2.1 9.2.2",
    grade="major",
    repair=Word("Hold an internal audit of all clauses before anybody certifies."),
)
def no_audit_held(world: Snapshot) -> Iterator[Gap]:
    """No internal audit was completed in the last twelve months."""
    held = [day for one in world.of("audit") if (day := ended(one)) is not None]
    if world.live and max(held, default=date.min) < world.ago(400):
        applied = [one for one in world.of("certificate") if one["holder"] == "us"]
        yield gap(
            say("predicted.no-audit-held", "No internal audit was completed in the last twelve months."),
            *(one.seen("planned_from", "due") for one in world.of("audit", "audit-programme")[:5]),
            *(one.seen("standing") for one in applied),
        )


@rule(
    "programme-leaves-out",
    "9.2.2",
    grade="minor",
    over="audit-programme",
    repair=Word("Plan the audits that are missing, or say which earlier ones count."),
)
def programme_leaves_out(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A programme has ended, and requirements that it covers were in no audit of it."""
    audits = [one for one in world.of("audit") if one["programme"] == row.reference]
    looked = {name for one in audits for name in one.many("criteria")}
    missing, end = [name for name in row.many("requirements") if name not in looked], row.day("period_until")
    if end is not None and end < world.today and missing:
        yield gap(
            say("predicted.programme-leaves-out", "{programme} has ended, and {count} of its requirements "
            "was not audited.",
                plural="{programme} has ended, and {count} of its requirements were not audited.",
                programme=Ref(row.reference), count=len(missing)),
            row.seen("period_until", "requirements"),
            *(one.seen("criteria") for one in audits),
        )  # fmt: skip


@rule(
    "conforms-despite-findings",
    "9.2.2",
    grade="minor",
    over="audit",
    repair=Word("Correct the verdict, or say what was not looked at."),
)
def conforms_despite_findings(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An audit says that all conforms, with a grave finding, or with much that was not looked at."""
    grave = [one for one in world.naming(row, "audit-finding") if one["grade"] == "major"]
    unseen = texts.folded(row.text("checklist")).count("not looked at")
    if row["verdict"] == "conforms" and (grave or (unseen and texts.vague(row.text("not_covered")))):
        yield gap(
            say("predicted.conforms-despite-findings", "{audit} says that all conforms, and its own "
            "papers say otherwise.",
                audit=Ref(row.reference)),
            row.seen("verdict", "checklist", "not_covered"),
            *(one.seen("grade", "gap") for one in grave),
        )  # fmt: skip


@rule(
    "finding-not-answered",
    "9.2.2 10.2",
    grade="minor",
    over="audit-finding",
    repair=Word("Answer it: what is done about it, by whom and by when."),
)
def finding_not_answered(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A finding was reported, and for thirty days nobody answered; or a grave one led to no nonconformity."""
    audit = world.get(row["audit"])
    day = ended(audit) if audit is not None else None
    matters = row["grade"] in {"major", "minor"}
    silent = (
        day is not None
        and day < world.ago(30)
        and row.day("answered_on") is None
        and not row["nonconformity"]
    )
    lost = day is not None and day < world.ago(14) and row["grade"] == "major" and not row["nonconformity"]
    if matters and (silent or lost):
        yield gap(
            say("predicted.finding-not-answered", "{finding} was reported, and nothing followed.",
                finding=Ref(row.reference)),
            row.seen("grade", "gap", "answered_on", "nonconformity"),
            *([audit.seen("ended_on")] if audit is not None else []),
        )  # fmt: skip


@rule(
    "graded-down",
    "10.2 9.2.2",
    grade="minor",
    over="audit-finding",
    repair=Word("Grade the nonconformity as the auditor did, or say why not."),
)
def graded_down(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The auditor graded a finding major, and the line works on it as minor."""
    taken = world.get(row["nonconformity"])
    if row["grade"] == "major" and taken is not None and taken["grade"] == "minor":
        yield gap(
            say("predicted.graded-down", "{finding} is major, and {nonconformity} treats it as minor.",
                finding=Ref(row.reference), nonconformity=Ref(taken.reference)),
            row.seen("grade"), taken.seen("grade"),
        )  # fmt: skip
