"""Clause 10, Improvement: nonconformities and what is done so that they do not come back (10.2)."""

from __future__ import annotations

from plumbline.clauses import choices, fields, gates, queries
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Ref, listing, say
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import ACTIONED
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class Nonconformity(Record):
    """Something that is not as a requirement asks, from first suspicion to closing: what was seen, what was
    done at once, why it happened and what was put right.

    A failing result only raises a suspicion; a named person confirms, regrades or dismisses it with a reason,
    and a second person closes it.
    """

    record_ptr = parent_link()

    source = fields.choice("found by", "How it came to light.", CHOICES, 24, default="observation")
    check_name = fields.check("Check whose result raised it.")
    window = fields.line("period of the result", "Day or month that the failing result is about.", 40)
    system = fields.system("The system it is about. Empty: the AIMS as a whole.", "nonconformities")
    requirements = fields.many("requirements", "What is not met, as far as known.", choices.requirements)
    own_rule = fields.text("own rule", "Own rule, law or contract that is not met, if not the standard.")
    description = fields.text("what was seen", "What is asked, what is so, and the evidence.", required=True)
    detected_on = fields.day("seen on", "Day on which it came to light.", done=True)
    grade = fields.choice("grade", "How much of the AIMS it touches.", CHOICES, 16, default="not graded")
    consequences = fields.text("consequences", "Harm done, to whom, and what was done about it.")
    containment = fields.text("containment", "What was done at once so that it does no more harm.")
    due = fields.day("due", "By when it is corrected.", ahead=24)
    cause_method = fields.choice("how the cause was found", "Method used.", CHOICES, 24)
    cause = fields.text("cause", "Why it happened, and why nobody saw it before.")
    similar = fields.text("similar cases", "Where else it exists or could happen; where you looked.")
    correction = fields.text("correction", "How the thing itself was put right.")
    no_action = fields.text("why no corrective action is needed", "Why, in proportion to what it did.")
    aims_change = fields.text("change of the AIMS", "Rule, process or risk that has to change; or none.")

    class Meta:
        verbose_name = "nonconformity"
        verbose_name_plural = "nonconformities"

    def clean(self) -> None:
        """A nonconformity says what is not met."""
        with FieldErrors(self) as errors:
            if self.source == "check":
                errors.require("check_name", "Name the check.")
            if not self.requirements and not self.own_rule:
                unmet = "Name what is not met: a requirement or an own rule."
                errors.add("requirements", "required", unmet)
            errors.not_before("due", "detected_on", "day on which it came to light")


def correction_is_described(actor: Actor, record: Record, reason: str) -> None:
    """Cause, similar cases and correction are written down, and the grade is known (10.2)."""
    assert isinstance(record, Nonconformity)
    faults = gates.empty(
        record,
        cause="write why it happened",
        similar="write where else you looked",
        correction="write how it was put right",
    )
    if record.grade == "not graded":
        faults.append(Fault("grade", "is not given", "grade it as minor or major"))
    gates.refuse(record, faults)


def actions_are_verified(actor: Actor, record: Record, reason: str) -> None:
    """Every corrective action is verified or abandoned; with none, it says why none is needed (10.2)."""
    assert isinstance(record, Nonconformity)
    states = queries.actions_against(record.reference)
    running = [Ref(name) for name, state in states.items() if state not in ("verified", "abandoned")]
    if running:
        text = say("nonconformity.unverified", "{actions} not verified", actions=listing(running))
        gates.refuse(record, [Fault("corrective_actions", text, "verify them first")])
    if "verified" not in states.values() and not record.no_action:
        remedy = "record what keeps it from coming back, or why nothing is needed (no_action)"
        gates.refuse(record, [Fault("corrective_actions", "there is none that was verified", remedy)])


NONCONFORMITY = Kind(
    model=Nonconformity,
    prefix="NCR",
    slug="nonconformity",
    access="improvement findings",
    clause="10",
    place=1,
    requirements=("iso42001:10.2",),
    titles={"source": "What was seen", "consequences": "At once", "cause_method": "Cause and correction"},
    columns=("system", "check_name", "grade", "detected_on", "due"),
    filters=("system", "check_name", "grade", "source"),
    workflow=ACTIONED,
    icon="flag",
    menu=Menu("Act", 10),
    gates={
        "contain": (gates.filled(containment="write what was done at once"),),
        "correct": (correction_is_described,),
        "verify": (actions_are_verified,),
    },
    due="due",
    example=EXAMPLE,
)
