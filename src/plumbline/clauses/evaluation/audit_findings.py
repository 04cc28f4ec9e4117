"""Clause 9, Performance evaluation: what an internal audit found, and whether what was done works (9.2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from plumbline.clauses import choices, fields, gates
from plumbline.clauses.evaluation.audit_reports import NONCONFORMITY
from plumbline.clauses.fields import parent_link
from plumbline.clauses.independence import queries as independence
from plumbline.clauses.independence import teams
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import FOUND
from plumbline.identity import queries as people
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.kernel.messages import Ref, listing, say
from plumbline.kernel.problems import Fault, NotAllowed
from plumbline.records import commands, steps
from plumbline.records.gates import OnTaking
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
ANSWER = ("answered_on", "answer")
"""What the audited line writes."""
FOLLOW_UP = ("followed_up_on", "follow_up")
"""What the team writes after the report."""
MOVABLE = frozenset({"owner", "unit", "effective_from"})
"""What says nothing of the finding itself."""
PUT_RIGHT = ("verified", "closed")
"""States of a nonconformity whose correction somebody else has verified."""


class AuditFinding(Record):
    """What an audit found: what is asked, what is so, by which evidence, and how grave it is. Only the team
    writes and grades it; the audited line answers; the team sees later whether it worked."""

    record_ptr = parent_link()

    audit = fields.reference("clauses.Audit", "audit", "The audit that found it.", "findings", required=True)
    requirement = models.CharField(
        "requirement",
        max_length=40,
        db_index=True,
        choices=choices.requirements,
        help_text="The criterion that it is about.",
    )
    system = fields.system("The system it is about. Empty: the AIMS as a whole.", "audit_findings")
    grade = fields.choice(
        "grade", "How grave it is, by the rule of the programme.", CHOICES, 16, required=True
    )
    asked = fields.text("what is asked", "The requirement or own rule, in your words.", required=True)
    evidence = fields.text(
        "evidence", "What was seen, with the references of records and files; who said what.", required=True
    )
    gap = fields.text("what is so", "How it differs from what is asked; or that it does not.", required=True)
    nonconformity = fields.reference(
        "clauses.Nonconformity",
        "nonconformity",
        "As which it goes on. Empty: the report opens one where the grade asks for it.",
        "audit_findings",
    )
    answered_on = fields.day("answered on", "Day of the answer.", done=True)
    answer = fields.text("answer", "What the audited line says and does about it.")
    followed_up_on = fields.day("followed up on", "Day on which the team looked again.", done=True)
    follow_up = fields.text("what was seen then", "Whether what was done works, and by what evidence.")

    class Meta:
        verbose_name = "audit finding"
        verbose_name_plural = "audit findings"

    def clean(self) -> None:
        """It is about a criterion of its audit, and its days are in order."""
        with FieldErrors(self) as errors:
            if self.audit_id is not None and self.requirement not in self.audit.criteria:
                text = "This is no criterion of the audit. Choose one, or add it to the audit first."
                errors.add("requirement", "criterion", text)
            errors.not_before("followed_up_on", "answered_on", "day of the answer")


def audit_is_under_way(actor: Actor, record: Record, reason: str) -> None:
    """Something is found while an audit is under way, by its team alone, and the team is independent."""
    assert isinstance(record, AuditFinding)
    if _state(record) != "under way":
        gates.refuse(record, [Fault("audit", "is not under way", "begin it, or choose another one")])
    gates.refuse(record, teams.faults(record.audit))


def _state(record: AuditFinding) -> str:
    """The state of the audit that found it; empty while a draft names none."""
    return str(record.audit.state) if record.audit is not None else ""


def written_by_the_team(actor: Actor, record: Record, reason: str) -> None:
    """Nobody outside the team has written any of a finding."""
    assert isinstance(record, AuditFinding)
    team = set(teams.members(record.audit).values())
    outside = steps.authors_since_approval(record) - team
    names = sorted(person.full_name for key in outside if (person := people.person_of(key)) is not None)
    if names:
        text = say("finding.outside", "was written by {people}, who is not in the team",
                   people=listing(names))  # fmt: skip
        gates.refuse(record, [Fault("audit", text, "have the team write it anew")])


def evidence_can_be_found(actor: Actor, record: Record, reason: str) -> None:
    """Evidence is something that others find again: a record by its reference, a link or a file."""
    assert isinstance(record, AuditFinding)
    if record.attachments.exists() or record.links_out.exists() or record.links_in.exists():
        return
    if not independence.names_a_record(record.evidence):
        text = "names no record, link or file that there is"
        gates.refuse(record, [Fault("evidence", text, "give a reference such as RSK-0001, or add a file")])


def each_writes_their_own(
    actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """The team writes what it found until the report is issued, and afterwards nobody; the line answers, the
    team follows up."""
    assert isinstance(record, AuditFinding)
    changed = {name for name in before if before[name] != after[name]} - MOVABLE
    member = teams.is_member(actor, record.audit)
    if changed & {*ANSWER} and member:
        text = say("finding.own-answer", "You audit this. Whoever is audited answers.")
        raise NotAllowed(text, permission="amend")
    if changed - {*ANSWER} and record.state != "draft" and not member:
        raise NotAllowed(member.reason, permission="amend")
    if _state(record) not in ("", "planned", "under way"):
        text = say("finding.issued", "stays as it was reported")
        fixed = sorted(changed - {*ANSWER, *FOLLOW_UP})
        gates.refuse(record, [Fault(name, text, "answer it, or add a comment") for name in fixed])


def of_team(actor: Actor, record: Record) -> Answer:
    """Only the team records a finding and says whether what was done works."""
    assert isinstance(record, AuditFinding)
    return teams.is_member(actor, record.audit)


def of_line(actor: Actor, record: Record) -> Answer:
    """The team does not answer its own findings."""
    assert isinstance(record, AuditFinding)
    if teams.is_member(actor, record.audit):
        return Answer(False, say("finding.own-answer", "You audit this. Whoever is audited answers."))
    return Answer(True, say("finding.line", "{name} does not audit this.", name=actor.name))


def report_is_issued(actor: Actor, record: Record, reason: str) -> None:
    """What was found is answered once it was reported."""
    assert isinstance(record, AuditFinding)
    if _state(record) in ("", "planned", "under way"):
        gates.refuse(record, [Fault("audit", "is not reported yet", "wait for the report")])


def correction_is_verified(actor: Actor, record: Record, reason: str) -> None:
    """A nonconformity works out only after somebody has verified its correction (10.2); the team is
    independent of what it judges."""
    assert isinstance(record, AuditFinding)
    matter = record.nonconformity
    if record.grade in NONCONFORMITY and (matter is None or matter.state not in PUT_RIGHT):
        name = Ref(matter.reference) if matter is not None else "–"
        text = say("finding.unverified", "is not verified: {record}", record=name)
        gates.refuse(record, [Fault("nonconformity", text, "have its correction verified first")])
    gates.refuse(record, teams.faults(record.audit))


def reopen_nonconformity(actor: Actor, record: Record, reason: str) -> None:
    """What did not work is open again: its nonconformity too, with the reason that the auditor gave."""
    assert isinstance(record, AuditFinding)
    matter = record.nonconformity
    if matter is None or matter.state not in ("corrected", *PUT_RIGHT):
        return
    text = say("finding.reopens", "{finding} did not work ({auditor}): {reason}",
               finding=Ref(record.reference), auditor=actor.name, reason=reason)  # fmt: skip
    # An auditor has no step of the line's; the entry names the stage, its reason the auditor.
    commands.move(
        Actor.stage("audits"), matter.reference, "reopen", revision=matter.revision, reason=str(text)
    )


AUDIT_FINDING = Kind(
    model=AuditFinding,
    prefix="FND",
    slug="audit-finding",
    access="audit",
    clause="9",
    place=12,
    requirements=("iso42001:9.2.2",),
    titles={
        "audit": "Finding",
        "asked": "Requirement, evidence and gap",
        "nonconformity": "What follows",
        "followed_up_on": "Follow-up",
    },
    columns=("audit", "requirement", "grade", "system", "answered_on"),
    filters=("audit", "requirement", "grade", "system"),
    workflow=FOUND,
    icon="search",
    menu=Menu("Check", 44),
    gates={
        "record": (audit_is_under_way, written_by_the_team, evidence_can_be_found),
        "return": (audit_is_under_way,),
        "answer": (
            report_is_issued,
            gates.filled(answered_on="give the day of the answer", answer="write what is done about it"),
        ),
        "work": (
            gates.filled(
                followed_up_on="give the day on which you looked again", follow_up="write what you saw"
            ),
            correction_is_verified,
        ),
        "fail": (OnTaking(reopen_nonconformity),),
    },
    step_fields={"answer": ANSWER, "work": FOLLOW_UP, "fail": FOLLOW_UP},
    amend_gates=(each_writes_their_own,),
    deciders={
        **dict.fromkeys(("record", "return", "work", "fail", "discard"), of_team),
        "answer": of_line,
    },
    hubs=(
        HubSection("audit", "Findings", 20, ("requirement", "grade", "system"), adds="Record a finding"),
        HubSection("nonconformity", "Found by audits", 24, ("audit", "grade")),
        HubSection("system", "Audit findings", 67, ("audit", "grade"), is_work=True),
    ),
    example=EXAMPLE,
)
