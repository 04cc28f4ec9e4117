"""Clause 9, Performance evaluation: the programme of internal audits (9.2.2)."""

from __future__ import annotations

from plumbline.clauses import choices, fields, gates, queries
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.kernel import intervals
from plumbline.kernel.messages import Ref, listing, say
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
LONGEST_CYCLE = 36
"""Months that a programme may run: three years are the cycle of a certificate (ISO/IEC 17021-1)."""
REPORTED = ("reported", "acknowledged", "closed")
"""States of an audit whose results there are."""


class AuditProgramme(Record):
    """What is audited over a period, how often and by whom, and why so: the importance of the processes, the
    risks and the results of earlier audits that it rests on. Its audits are records of their own."""

    record_ptr = parent_link()

    period_from = fields.day("period from", "First day of the programme.", required=True)
    period_until = fields.day(
        "period until", "Last day of the programme.", required=True, ahead=LONGEST_CYCLE
    )
    objectives = fields.text("objectives", "What the audits of this period are to find out.", required=True)
    requirements = fields.many(
        "requirements it covers", "All of them are audited within the period.", choices.requirements,
        required=True,
    )  # fmt: skip
    importance = fields.text(
        "why so", "Which processes matter most, and what that means for depth and order.", required=True
    )
    risks = fields.references(
        "clauses.Risk", "risks", "Risks because of which something is audited sooner.", "audit_programmes"
    )
    nonconformities = fields.references(
        "clauses.Nonconformity", "nonconformities", "Earlier results that it takes up.", "audit_programmes"
    )
    earlier_programmes = fields.references(
        "clauses.AuditProgramme",
        "earlier programmes",
        "Those whose results it rests on.",
        "later_programmes",
        symmetrical=False,
    )
    frequency = fields.text("how often", "What is audited how often, and what calls for more.", required=True)
    method = fields.text(
        "methods", "How audits are made: records, samples, talks, observation.", required=True
    )
    responsibilities = fields.text(
        "who does what", "Who plans, leads and follows up; how auditors are chosen.", required=True
    )
    reporting = fields.text("reporting", "To whom results go, in what form, and how soon.", required=True)

    class Meta:
        verbose_name = "audit programme"
        verbose_name_plural = "audit programmes"

    def clean(self) -> None:
        """A programme ends after it begins, within three years."""
        with FieldErrors(self) as errors:
            errors.not_before("period_until", "period_from", "first day of the programme")
            if self.period_from is not None and self.period_until is not None:
                last = intervals.add_months(self.period_from, LONGEST_CYCLE)
                if self.period_until > last:
                    errors.add("period_until", "long", "A programme runs for three years at most.")


def earlier_results_are_taken_up(actor: Actor, record: Record, reason: str) -> None:
    """Where audits of other programmes were reported before, it names those that it rests on (9.2.2)."""
    assert isinstance(record, AuditProgramme)
    if record.earlier_programmes.exists():
        return
    before = queries.rows("audit").filter(state__in=REPORTED).exclude(programme_id=record.pk)
    known = list(before.order_by("-pk").values_list("reference", flat=True)[:3])
    if known:
        text = say("programme.earlier", "leave out what was reported before, as in {audits}",
                   audits=listing(list(map(Ref, known))))  # fmt: skip
        gates.refuse(
            record, [Fault("earlier_programmes", text, "name the programmes whose results it rests on")]
        )


AUDIT_PROGRAMME = Kind(
    model=AuditProgramme,
    prefix="APR",
    slug="audit-programme",
    access="audit",
    clause="9",
    place=10,
    requirements=("iso42001:9.2.2",),
    titles={
        "period_from": "Programme",
        "importance": "What it rests on",
        "frequency": "How it is carried out",
    },
    columns=("period_from", "period_until"),
    workflow=REVIEWED,
    icon="calendar",
    menu=Menu("Check", 40),
    gates={
        "submit": (
            gates.filled(owner="name the person who runs the programme"),
            earlier_results_are_taken_up,
        ),
        "approve": (gates.not_passed("period_until"),),
    },
    due="period_until",
    example=EXAMPLE,
)
