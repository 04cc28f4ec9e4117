"""The statement of applicability, one record per control (ISO/IEC 42001 6.1.3)."""

from __future__ import annotations

from django.db import models

from plumbline.clauses import choices, deciding, fields, gates, queries
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act
from plumbline.identity.policy import Answer
from plumbline.kernel import clock
from plumbline.kernel.intervals import add_months
from plumbline.kernel.messages import Ref, listing, say
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
EXCLUDED_FOR = 12
"""Months for which a control is left out where nobody says until when."""


class Applicability(Record):
    """A row of the statement of applicability: whether a control applies, why, and how it is carried out.

    Each of the 38 controls of Annex A needs a row; so does every control of the organization's own.
    """

    record_ptr = parent_link()

    requirement = models.CharField(
        "control of Annex A",
        max_length=40,
        null=True,
        blank=True,
        unique=True,
        choices=choices.controls,
        help_text="One row for each of the 38 controls. Leave empty for a control of your own.",
    )
    own_control = fields.text("own control", "For one beyond Annex A: what it asks for, and its source.")
    applicable = fields.choice("applies", "Is it needed here?", CHOICES, 8, required=True)
    reasons = fields.many("needed because of", "Every reason that holds.", CHOICES)
    justification = fields.text("why it is needed", "Which risks, laws, contracts or policies call for it.")
    exclusion_reason = fields.text("why it is left out", "Why neither risks nor outsiders call for it.")
    risks = fields.references("clauses.Risk", "risks", "Risks whose treatment needs it.", "applicability")
    implementation = fields.choice("implementation", "How far it is.", CHOICES, 16, default="not started")
    how = fields.text("how it is carried out", "Process, tool, people; where it is written down.")
    systems = fields.systems("Systems that it covers. Empty: all in scope.", "applicability")
    documents = fields.references("clauses.Document", "documents", "That prove it.", "applicability")
    next_review = fields.day(
        "next review", "When the decision is looked at again; yearly is usual.", ahead=24
    )
    back_test = fields.text(
        "back-test", "What would read differently. Computed when it is submitted and approved."
    )

    class Meta:
        verbose_name = "applicability row"
        verbose_name_plural = "applicability rows"

    def clean(self) -> None:
        """A row names one control; what applies says why it is there, the rest why it is left out; and nobody
        writes the back-test but the product."""
        self.back_test = ""
        with FieldErrors(self) as errors:
            if not self.requirement and not self.own_control:
                neither = "Choose a control of Annex A or describe one of your own."
                errors.add("requirement", "required", neither)
            if self.requirement and self.own_control:
                errors.add("own_control", "second", "Choose a control of Annex A or your own, not both.")
            if self.applicable == "yes":
                errors.require("reasons", "Choose at least one reason why the control is needed.")
                errors.require("justification", "Say why the control is needed.")
                if self.exclusion_reason:
                    errors.add("exclusion_reason", "applies", "A control that applies is not left out.")
                if self.implementation == "implemented":
                    errors.require("how", "Say how it is carried out.")
            elif self.applicable == "no":
                errors.require("exclusion_reason", "Say why the control is left out.")
        # Leaving a control out is decided until a day: after it the control is judged again.
        if self.applicable == "no" and self.next_review is None:
            self.next_review = add_months(clock.today(), EXCLUDED_FOR)


def decision_is_traced(actor: Actor, record: Record, reason: str) -> None:
    """A control that risk treatment needs names the risks; none is left out that a treatment rests on."""
    assert isinstance(record, Applicability)
    faults = []
    if "risk treatment" in record.reasons and not record.risks.exists():
        faults.append(Fault("risks", "are not named", "name the risks whose treatment needs the control"))
    treatments = [Ref(name) for name in queries.treatments_with(record.requirement or "")]
    if record.applicable == "no" and treatments:
        text = say("applicability.treated", "put in place by {treatments}", treatments=listing(treatments))
        faults.append(Fault("applicable", text, "decide one of the two anew"))
    gates.refuse(record, faults)


def exclusion_is_decided(actor: Actor, record: Record) -> Answer:
    """A control is left out by somebody with no part in it who has the authority to exclude one (6.1.3)."""
    assert isinstance(record, Applicability)
    if record.applicable != "no":
        return Answer(True, "Whoever may approve, approves that a control applies.")
    return deciding.may_decide(actor, record, Act.EXCLUDE_CONTROL)


APPLICABILITY = Kind(
    model=Applicability,
    prefix="APP",
    slug="applicability",
    access="governance",
    sets_values=True,
    clause="6",
    place=4,
    requirements=("iso42001:6.1.3",),
    titles={"requirement": "Control", "reasons": "Why", "implementation": "How"},
    columns=("requirement", "applicable", "implementation", "next_review"),
    filters=("applicable", "implementation"),
    workflow=REVIEWED,
    shown_when={"exclusion_reason": ("applicable", ("no",))},
    icon="list-checks",
    gates={"approve": (decision_is_traced,)},
    deciders={"approve": exclusion_is_decided},
    due="next_review",
    example=EXAMPLE,
)
