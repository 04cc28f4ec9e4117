"""The report of an audit: what has to be there before it is issued, and what follows (9.2.2, 10.2)."""

from __future__ import annotations

from typing import Any

from plumbline.clauses import checklists, gates, queries
from plumbline.clauses.independence import teams
from plumbline.identity import authority, policy
from plumbline.identity import queries as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.policy import Answer
from plumbline.kernel import clock
from plumbline.kernel.messages import Ref, listing, say
from plumbline.kernel.problems import Fault
from plumbline.records import commands
from plumbline.records.models import Record

NONCONFORMITY = ("major", "minor")
"""Grades of a finding that are a nonconformity (ISO/IEC 17021-1)."""
SHOWN = 6
"""Lines of a checklist that a refusal names."""


def findings_of(audit: Any) -> list[Any]:
    """The findings of an audit, discarded drafts left out, in order of recording."""
    rows = queries.rows("audit-finding").filter(audit_id=audit.pk).exclude(state="withdrawn")
    return list(rows.select_related("system", "owner", "nonconformity").order_by("pk"))


def is_told(actor: Actor, record: Record) -> Answer:
    """The manager to whom the audit is reported says that the report came; where they are no longer here, top
    management does."""
    audit: Any = record
    told = audit.reported_to
    if told is not None and actor.person_id in people.same_person([told.pk]):
        return Answer(True, say("audit.told", "It is reported to {name}.", name=actor.name))
    gone = told is None or not told.is_active
    if gone and authority.is_management(actor) and not teams.is_member(actor, audit):
        return Answer(True, say("audit.told-top", "Who it was reported to is not here any more."))
    name = "–" if told is None else told.full_name
    text = "Only the manager to whom it is reported says that it came: {name}."
    return Answer(False, say("audit.told-only", text, name=name))


def is_told_to_somebody_who_can_confirm(actor: Actor, record: Record, reason: str) -> None:
    """A report goes to a manager who is here and may confirm that it came."""
    audit: Any = record
    told = audit.reported_to
    if told is None:  # which another gate says
        return
    may = told.is_active and policy.may(
        actor_of_person(told), "approve", kind="audit", unit_id=audit.unit_id, owner_id=audit.owner_id
    )
    if not may:
        text = say("audit.cannot-confirm", "cannot confirm that the report came: {name}", name=told.full_name)
        gates.refuse(record, [Fault("reported_to", text, "name a manager with a role that may approve")])


def every_line_was_looked_at(actor: Actor, record: Record, reason: str) -> None:
    """Each line of the checklist has a result and what was looked at, and what is not met is a finding."""
    audit: Any = record
    lines = checklists.parse(audit.checklist)
    open_lines = [line.number for line in lines if not line.result or not line.seen]
    faults = []
    if open_lines:
        text = say("audit.lines-open", "says nothing yet of {lines}", lines=listing(open_lines, shown=SHOWN))
        faults.append(Fault("checklist", text, "give each a result, and what was looked at or why not"))
    found = {row.requirement for row in findings_of(audit) if row.grade in NONCONFORMITY}
    unmet = [line.number for line in lines if line.result == "not met" and line.requirement not in found]
    if unmet:
        text = say("audit.lines-unmet", "calls not met what no finding names: {lines}",
                   lines=listing(unmet, shown=SHOWN))  # fmt: skip
        faults.append(Fault("checklist", text, "record a nonconformity as a finding of this audit"))
    gates.refuse(record, faults)


def findings_are_recorded(actor: Actor, record: Record, reason: str) -> None:
    """No finding is a draft any more when the report is issued."""
    drafts = [Ref(row.reference) for row in findings_of(record) if row.state == "draft"]
    if drafts:
        text = say("audit.drafts", "are drafts still: {findings}", findings=listing(drafts))
        gates.refuse(record, [Fault("findings", text, "record or discard them first")])


def open_nonconformities(actor: Actor, record: Record, reason: str) -> None:
    """Each finding that is a nonconformity becomes one, unless the team has linked it to one."""
    findings_are_recorded(actor, record, reason)
    for finding in findings_of(record):
        if finding.grade in NONCONFORMITY and finding.nonconformity_id is None:
            made = commands.create(actor, "nonconformity", _as_nonconformity(record, finding))
            commands.amend(
                actor, finding.reference, {"nonconformity": made.reference}, revision=finding.revision
            )


def _as_nonconformity(audit: Any, finding: Any) -> dict[str, Any]:
    seen = say(
        "finding.as-nonconformity",
        "Asked: {asked}\nWhat is so: {gap}\nEvidence: {evidence}\nFound by {audit}, {finding}.",
        asked=finding.asked,
        gap=finding.gap,
        evidence=finding.evidence,
        audit=Ref(audit.reference),
        finding=Ref(finding.reference),
    )
    return {
        "title": finding.title,
        "source": "internal audit",
        "system": finding.system.reference if finding.system is not None else None,
        "requirements": [finding.requirement],
        "description": str(seen),
        "detected_on": audit.ended_on or clock.today(),
        "grade": finding.grade,
        "owner": finding.owner.handle if finding.owner is not None else None,
    }


def findings_are_followed_up(actor: Actor, record: Record, reason: str) -> None:
    """An audit is closed once each nonconformity is seen to be gone, and each opportunity is answered."""
    wanted = {"major": ("worked",), "minor": ("worked",), "opportunity": ("answered", "worked")}
    waiting = [
        Ref(row.reference)
        for row in findings_of(record)
        if row.state not in wanted.get(row.grade, (row.state,))
    ]
    if waiting:
        text = say("audit.follow-up", "are not followed up: {findings}", findings=listing(waiting))
        gates.refuse(record, [Fault("findings", text, "see first whether what was done works")])
