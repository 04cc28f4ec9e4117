"""Risks and their treatment (ISO/IEC 42001 6.1.2, 6.1.3, 8.2, 8.3)."""

from __future__ import annotations

from plumbline.clauses import choices, deciding, easing, fields, gates, queries
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import PLANNED
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Ref, Requirement, say
from plumbline.kernel.problems import Fault
from plumbline.records.kinds import HubSection, Kind
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class Treatment(Record):
    """What is done about risks: the plan, the controls it puts in place, and how it will be seen that it
    works.

    Designated management approves it. Once approved its text is fixed; carrying it out and verifying it are
    steps of their own.
    """

    record_ptr = parent_link()

    risks = fields.references("clauses.Risk", "risks", "Risks that it treats.", "treatments", required=True)
    option = fields.choice("option", "Which way it goes.", choices.RiskOption, 16, default="reduce")
    action = fields.text("what is done", "Steps that somebody else could carry out.", required=True)
    controls = fields.many("controls of Annex A", "Each has to apply in the statement.", choices.controls)
    own_controls = fields.text("other controls", "Controls beyond Annex A.")
    resources = fields.text("what it takes", "People, money, tools.")
    due = fields.day("due", "By when it is carried out.", required=True, ahead=24)
    measure = fields.text("how success is seen", "Check, figure or observation that shows it.", required=True)
    change_reason = easing.change_reason("a later day")
    accepted_until = easing.accepted_until()
    back_test = easing.back_test()
    eases = easing.eases()
    eased_since = easing.eased_since()

    class Meta:
        verbose_name = "treatment"
        verbose_name_plural = "treatments"

    def clean(self) -> None:
        """A risk is reduced by controls. Nobody writes what the product computes of a revision."""
        easing.forget(self)
        with FieldErrors(self) as errors:
            if self.option == choices.RiskOption.REDUCE and not self.controls:
                errors.require("own_controls", "Name a control of Annex A or one of your own.")


def controls_apply(actor: Actor, record: Record, reason: str) -> None:
    """A treatment rests on no control that the statement of applicability leaves out (6.1.3)."""
    assert isinstance(record, Treatment)
    faults = []
    for control, row in queries.left_out(record.controls):
        left_out = say(
            "treatment.control-left-out",
            "{row} leaves {control} out",
            row=Ref(row),
            control=Requirement(control),
        )
        faults.append(Fault("controls", left_out, "decide one of the two anew"))
    gates.refuse(record, faults)


TREATMENT = Kind(
    model=Treatment,
    prefix="TRT",
    slug="treatment",
    access="risk",
    clause="6",
    place=2,
    requirements=("iso42001:6.1.3", "iso42001:8.3", "nist-ai-rmf:MANAGE 1.3"),
    titles={"risks": "Plan", "resources": "Means and time", "change_reason": "What a revision makes easier"},
    columns=("option", "due"),
    filters=("option",),
    workflow=PLANNED,
    icon="wrench",
    gates={"approve": (controls_apply,)},
    deciders={"verify": deciding.has_no_part},
    due="due",
    hubs=(
        HubSection("risks", "Treatments", 20, columns=("option", "due", "controls"), adds="Plan a treatment"),
    ),
    scope=("due",),
    example=EXAMPLE,
)
