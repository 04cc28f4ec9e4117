"""Clause 9, Performance evaluation: what an auditor asks for, and what the audited line answers (9.2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from plumbline.clauses import choices, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.independence import queries as independence
from plumbline.clauses.independence import teams
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import REQUESTED
from plumbline.identity import queries as people
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock
from plumbline.kernel.messages import listing, say
from plumbline.kernel.problems import Fault, NotAllowed
from plumbline.records import kinds, steps
from plumbline.records.gates import OnTaking
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
ANSWER = ("outcome", "answer")
"""What whoever is asked writes."""
MOVABLE = frozenset({"owner", "effective_from"})
"""What says nothing of question and answer. The unit does: it decides which auditor reads the answer."""
OPEN = ("asked", "not sufficient")
"""States in which an answer is written."""
WITHOUT = ("none", "refused")
"""Answers that give nothing, and say why."""
UNDER_WAY = ("planned", "under way")
"""States of an audit in which its team may ask."""


class AuditRequest(Record):
    """What an auditor asks for: what and how much of it, from whom and until when. Whoever is asked answers
    with records, files or why there are none; only the auditor says whether that is enough."""

    record_ptr = parent_link()

    audit = fields.reference(
        "clauses.Audit", "audit", "The internal audit. Empty: an external one.", "audit_requests"
    )
    occasion = fields.line("external audit", "Of an external audit: who audits, against what.", 200)
    requirement = models.CharField(
        "requirement",
        max_length=40,
        blank=True,
        db_index=True,
        choices=choices.requirements,
        help_text="What it is asked for.",
    )
    system = fields.system("The system it is about. Empty: the AIMS as a whole.", "audit_requests")
    asked = fields.text("what is asked for", "So that somebody who was not there finds it.", required=True)
    sought = fields.choice("sort", "What kind of answer is expected.", CHOICES, 16, required=True)
    of = fields.line("of which records", "The short name of a kind, such as risk. Empty: anything.", 40)
    only = fields.line(
        "only those", "A filter, as the address of the list has it, such as state=closed. Empty: all.", 500
    )
    period_from = fields.day("from", "First day of the time that it is about.")
    period_until = fields.day("until", "Last day of that time.")
    how_many = fields.count("how many", "As many as are wanted. Empty: all.", 1)
    due = fields.day("wanted by", "Day by which the answer is there.", required=True, ahead=12)
    asked_of = fields.person("who answers", "Somebody of the audited line, who is told by this.")
    asked_by = fields.person("asked by", "Filled in when it is asked: whoever asks.")
    asked_at = models.DateTimeField(
        "asked at", null=True, editable=False, help_text="When the auditor asked."
    )
    answered_at = models.DateTimeField(
        "answered at", null=True, editable=False, help_text="When it was answered last."
    )
    outcome = fields.choice("answer", "What comes of it.", CHOICES, 16)
    answer = fields.text(
        "what is given",
        "References of records, names of files, or why there is nothing; what it does not hold.",
    )

    class Meta:
        verbose_name = "audit request"
        verbose_name_plural = "audit requests"

    def clean(self) -> None:
        """Its days are in order, the kind it names is there, and it belongs to one audit."""
        with FieldErrors(self) as errors:
            errors.not_before("period_until", "period_from", "first day")
            if self.of and not kinds.exists(self.of):
                errors.add("of", "kind", "This is the short name of no kind of record, such as risk.")
            if self.only and not self.of:
                errors.add("only", "of", "A filter is of the records of one kind. Name the kind.")
            if self.audit_id is not None and self.occasion:
                errors.add("occasion", "audit", "It belongs to an internal audit. Leave one of the two out.")


def asks(actor: Actor, record: Record) -> Answer:
    """The team of the audit asks and judges the answers; in an external audit, whoever asked."""
    assert isinstance(record, AuditRequest)
    if record.audit is not None:
        return teams.is_member(actor, record.audit)
    if actor.person_id is None:
        return Answer(False, _NO_AUDITOR)
    if record.asked_by_id is not None:
        name = record.asked_by.full_name
        own = actor.person_id in people.same_person([record.asked_by_id])
        return Answer(own, say("request.asker", "Only who asked does this: {name}.", name=name))
    roles = people.roles_today([actor.person_id])
    audits = any(ROLES[slug].audits or ROLES[slug].scoped for slug in roles)
    return Answer(audits, _NO_AUDITOR)


_NO_AUDITOR = say("request.no-auditor", "Only auditors ask in an audit. Whoever is audited answers.")


def answers(actor: Actor, record: Record) -> Answer:
    """Nobody answers what they ask."""
    assert isinstance(record, AuditRequest)
    if asks(actor, record):
        return Answer(False, say("request.own-answer", "You ask for this. Whoever is asked answers."))
    return Answer(True, say("request.line", "{name} does not ask for this.", name=actor.name))


def asker_is_independent(actor: Actor, record: Record, reason: str) -> None:
    """Something is asked while an audit goes on, by a team that is independent of what it looks at."""
    assert isinstance(record, AuditRequest)
    if record.audit is None:
        gates.refuse(record, gates.empty(record, occasion="name the audit, or say who audits against what"))
        return
    if record.audit.state not in UNDER_WAY:
        gates.refuse(record, [Fault("audit", "is reported already", "choose another one")])
    gates.refuse(record, teams.faults(record.audit))


def written_by_who_asks(actor: Actor, record: Record, reason: str) -> None:
    """Nobody on the audited side has written any of what is asked."""
    assert isinstance(record, AuditRequest)
    outside = steps.authors_since_approval(record) - _asking(record, actor.person_id)
    names = sorted(person.full_name for key in outside if (person := people.person_of(key)) is not None)
    if names:
        text = say("request.outside", "was written by {people}, who does not audit",
                   people=listing(names))  # fmt: skip
        gates.refuse(record, [Fault("asked", text, "write it anew")])


def _asking(record: AuditRequest, person: int | None) -> frozenset[int]:
    """The accounts of those who ask: the team of the audit, or of an external one ``person``."""
    team = teams.members(record.audit).values() if record.audit is not None else [person]
    return people.same_person(team)


def note_who_asks(actor: Actor, record: Record, reason: str) -> None:
    """Keep who asked and when; nobody asks in the name of somebody else."""
    assert isinstance(record, AuditRequest)
    nobody_else_is_named(actor, record, reason)
    record.asked_by_id, record.asked_at = actor.person_id, clock.now()
    record.save(update_fields=["asked_by", "asked_at"])


def nobody_else_is_named(actor: Actor, record: Record, reason: str) -> None:
    """Nobody asks in the name of somebody else."""
    assert isinstance(record, AuditRequest)
    if record.asked_by_id not in (None, actor.person_id):
        gates.refuse(record, [Fault("asked_by", "is somebody else", "leave it out: it is you")])


def note_when_answered(actor: Actor, record: Record, reason: str) -> None:
    """Keep when it was answered."""
    assert isinstance(record, AuditRequest)
    record.answered_at = clock.now()
    record.save(update_fields=["answered_at"])


def answer_can_be_found(actor: Actor, record: Record, reason: str) -> None:
    """What is given is something that the auditor finds: a record by its reference, a link or a file.

    What the auditors added themselves is no answer to them."""
    assert isinstance(record, AuditRequest)
    if not record.answer or record.outcome in WITHOUT or record.sought == "talk":
        return
    asking = _asking(record, record.asked_by_id)
    for added in (record.attachments, record.links_out, record.links_in):
        if added.exclude(person_id__in=asking).exists():
            return
    if not independence.names_a_record(record.answer):
        text = "names no record, link or file that there is"
        remedy = "give a reference such as RSK-0001 or add a file, or answer that there is no such thing"
        gates.refuse(record, [Fault("answer", text, remedy)])


def each_writes_their_own(
    actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """What was asked stays as it was asked; whoever is asked writes the answer while it is open, and nobody
    else does."""
    assert isinstance(record, AuditRequest)
    changed = {name for name in before if before[name] != after[name]} - MOVABLE
    if changed & {*ANSWER}:
        may = answers(actor, record)
        if not may:
            raise NotAllowed(may.reason, permission="amend")
        if record.state not in OPEN:
            text = say("request.not-open", "is written while the request waits for its answer")
            fixed = sorted(changed & {*ANSWER})
            gates.refuse(record, [Fault(name, text, "add a comment") for name in fixed])
    if record.state != "draft":
        text = say("request.asked", "stays as it was asked")
        fixed = sorted(changed - {*ANSWER})
        gates.refuse(record, [Fault(name, text, "withdraw it and ask anew") for name in fixed])


AUDIT_REQUEST = Kind(
    model=AuditRequest,
    prefix="ARQ",
    slug="audit-request",
    access="requests",
    clause="9",
    place=13,
    requirements=("iso42001:9.2.2",),
    titles={
        "audit": "Request",
        "asked": "What is asked for",
        "due": "By when and by whom",
        "outcome": "Answer",
    },
    columns=("audit", "sought", "due", "asked_of", "outcome"),
    filters=("audit", "sought", "asked_of", "outcome", "system"),
    workflow=REQUESTED,
    icon="inbox",
    menu=Menu("Check", 43),
    gates={
        "ask": (
            asker_is_independent,
            written_by_who_asks,
            gates.filled(asked_of="name who answers"),
            OnTaking(note_who_asks, nobody_else_is_named),
        ),
        "answer": (
            gates.filled(outcome="say what comes of it", answer="say what is given, or why nothing is"),
            answer_can_be_found,
            OnTaking(note_when_answered),
        ),
    },
    step_fields={"answer": ANSWER},
    amend_gates=(each_writes_their_own,),
    deciders={**dict.fromkeys(("ask", "suffice", "reject", "discard"), asks), "answer": answers},
    due="due",
    hubs=(
        HubSection(
            "audit",
            "Requests",
            22,
            ("asked_of", "due", "asked_at", "answered_at", "outcome"),
            adds="Ask for evidence",
        ),
        HubSection("system", "Audit requests", 68, ("audit", "due"), is_work=True),
    ),
    example=EXAMPLE,
)
