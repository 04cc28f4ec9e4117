"""Risk criteria: scales, matrix and appetite, approved and versioned (ISO/IEC 42001 6.1.1, 6.1.2)."""

from __future__ import annotations

from plumbline.clauses import criteria, fields, gates, queries
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class RiskCriteria(Record):
    """By what the organization judges risks: what the steps of likelihood and harm mean, which level follows
    from them, and up to which level a risk may be accepted.

    Risks are judged by the criteria in force, and each says by which revision of them it was.
    """

    record_ptr = parent_link()

    likelihoods = fields.text("likelihood", "What the steps 1 to 5 mean, a line each.", required=True)
    harms = fields.text("harm", "What the steps 1 to 5 mean for people and for us.", required=True)
    matrix = fields.text("matrix", "Five lines by likelihood of five levels by harm.", required=True)
    appetite = fields.choice("accepted up to", "Highest level to accept.", CHOICES, 16, required=True)
    basis = fields.text("what it rests on", "Law, duties, capacity to bear losses.", required=True)
    next_review = fields.day(
        "next review", "When they are looked at again; what is judged by them counts until then.",
        required=True, ahead=24,
    )  # fmt: skip
    back_test = fields.text(
        "back-test", "Which risks would read another level. Computed when it is submitted and approved."
    )

    class Meta:
        verbose_name = "risk criteria record"
        verbose_name_plural = "risk criteria"

    def clean(self) -> None:
        """Each scale has five steps, and no level falls while likelihood or harm rises. Nobody writes the
        back-test but the product."""
        self.back_test = ""
        with FieldErrors(self) as errors:
            for name in ("likelihoods", "harms"):
                lines = (getattr(self, name) or "").strip().splitlines()
                if lines and len(lines) != len(criteria.STEPS):
                    errors.add(name, "steps", "Write five lines, one for each step from 1 to 5.")
            try:
                if self.matrix:
                    criteria.parse_matrix(self.matrix)
            except ValueError:
                shape = "Write five lines of five levels, rising with likelihood and with harm."
                errors.add("matrix", "shape", shape)


def no_other_is_in_force(actor: Actor, record: Record, reason: str) -> None:
    """There is one yardstick: another record of criteria is revised, or retired first."""
    others = queries.rows(criteria.KIND).exclude(pk=record.pk).filter(approvals__isnull=False)
    other = others.exclude(state="retired").first()
    if other is not None:
        text = say("criteria.other", "{record} is in force", record=Ref(other.reference))
        gates.refuse(record, [Fault("title", text, "revise that one, or retire it first")])


RISK_CRITERIA = Kind(
    model=RiskCriteria,
    prefix="CRI",
    slug=criteria.KIND,
    access="risk",
    sets_values=True,
    clause="6",
    place=9,
    requirements=("iso42001:6.1.1", "iso42001:6.1.2"),
    titles={"likelihoods": "Scales and levels", "appetite": "Appetite and review"},
    columns=("appetite", "next_review"),
    workflow=REVIEWED,
    icon="gauge",
    menu=Menu("Plan", 15),
    gates={"approve": (no_other_is_in_force,)},
    deciders={"approve": gates.top_management},
    due="next_review",
    example=EXAMPLE,
)
