"""The risk treatment plan: treatments and what they leave of the risks, approved as one (6.1.3, 8.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from plumbline.clauses import criteria, deciding, fields, gates, queries, rules
from plumbline.clauses.fields import parent_link
from plumbline.clauses.freezing import Freezing
from plumbline.clauses.kind_data import beside
from plumbline.clauses.planning import frozen_risks
from plumbline.clauses.planning.risks import Risk
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act
from plumbline.identity.policy import Answer
from plumbline.kernel import intervals, memo
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import Ref, Word, say
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.computed import Computed
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
TREATMENTS = "treatment_plans.treatments"
"""Under what the treatments in force are kept while one page or answer is made (`plumbline.kernel.memo`)."""


class TreatmentPlan(Record):
    """Which risks are treated by which treatments, and what is left of them: approved as one by whoever may
    accept what is left.

    Risks and treatments are frozen into it when it goes into review. When one of them changes later, the plan
    says that it is out of date.
    """

    record_ptr = parent_link()

    purpose = fields.text("what it covers", "Systems, period and reason of this plan.", required=True)
    risks = fields.references(
        "clauses.Risk", "risks", "Risks that it treats.", "treatment_plans", required=True
    )
    treatments = fields.references(
        "clauses.Treatment", "treatments", "Approved ones, in any order.", "plans", required=True
    )
    residual = fields.text(
        "what is left", "Which risk remains after all of them, and why we can accept it.", required=True
    )
    content = fields.snapshot("plan", "Risks and treatments as they were when it went into review, frozen.")
    next_review = fields.review(
        "Looked at again by then, and when a risk or a treatment changes.", intervals.CONTEXT_REVIEW
    )

    class Meta:
        verbose_name = "treatment plan"
        verbose_name_plural = "treatment plans"

    def clean(self) -> None:
        """A draft holds no frozen plan."""
        self.content = {}


def _treatments_now() -> dict[str, Mapping[str, Any]]:
    rows = memo.read_once(TREATMENTS, lambda: queries.in_force_if_any("treatment"))
    return {row["reference"]: row for row in rows}


def _treatment(row: Mapping[str, Any]) -> JSON:
    return {
        "reference": row["reference"],
        "revision": row["approved_revision"],
        "title": row["title"],
        "risks": list(row["risks"]),
        "option": row["option"],
        "controls": list(row["controls"]),
        "due": row["due"] or "",
    }


def _content(record: TreatmentPlan) -> dict[str, JSON]:
    now = {row["reference"]: row for row in queries.in_force_if_any("treatment")}
    names = record.treatments.order_by("pk").values_list("reference", flat=True)
    return {
        "criteria": frozen_risks.criteria_now(),
        "risks": frozen_risks.rows(record.risks.select_related("system")),
        "treatments": [_treatment(now[name]) for name in names if name in now],
    }


def overtaken(content: Mapping[str, Any]) -> list[str]:
    """References of what has changed since a plan with this ``content`` was frozen: treatments approved anew,
    abandoned or added to one of its risks, and risks with another level, residual level or response."""
    if not content:
        return []
    frozen = {row["reference"]: row["revision"] for row in content["treatments"]}
    risks = {row["reference"] for row in content["risks"]}
    now = {
        name: row["approved_revision"]
        for name, row in _treatments_now().items()
        if name in frozen or risks.intersection(row["risks"])
    }
    changed = {name for name in frozen.keys() | now.keys() if frozen.get(name) != now.get(name)}
    return sorted(changed) + frozen_risks.moved(content["risks"])


def _treatment_faults(treatments: Iterable[Record], risks: Collection[str]) -> list[Fault]:
    """A fault for each treatment that is not in force, or treats none of these risks."""
    in_force, faults = {row["reference"]: row for row in queries.in_force_if_any("treatment")}, []
    for treatment in treatments:
        row, name = in_force.get(treatment.reference), Ref(treatment.reference)
        if row is None:
            text = say("plan.not-approved", "name {treatment}, which is not approved", treatment=name)
            faults.append(Fault("treatments", text, "have it approved first, or leave it out"))
        elif not set(risks).intersection(row["risks"]):
            text = say("plan.elsewhere", "name {treatment}, which treats none of the risks", treatment=name)
            faults.append(Fault("treatments", text, "add its risk to the plan, or leave it out"))
    return faults


def _risk_faults(risks: Iterable[Risk], treatments: Collection[str]) -> list[Fault]:
    """A fault for each risk of which nobody has judged what is left, or for which the plan does nothing."""
    rows, faults = queries.in_force_if_any("treatment"), frozen_risks.not_judged(risks)
    treated = {risk for row in rows if row["reference"] in treatments for risk in row["risks"]}
    for risk in risks:
        name = Ref(risk.reference)
        if risk.residual_level is None:
            text = say("plan.residual", "name {risk}, of which nobody has judged what is left", risk=name)
            faults.append(Fault("risks", text, "judge it after treatment"))
        if risk.response != "retain" and risk.reference not in treated:
            text = say("plan.untreated", "name {risk}, for which there is no treatment in it", risk=name)
            faults.append(Fault("risks", text, "add its treatment, or leave the risk out"))
    return faults


def plan_is_whole(actor: Actor, record: Record, reason: str) -> None:
    """Each risk is judged before and after its treatment and has one in the plan that is in force, unless it
    is retained; no treatment is there for other risks alone."""
    assert isinstance(record, TreatmentPlan)
    risks, treatments = list(record.risks.order_by("pk")), list(record.treatments.order_by("pk"))
    faults = frozen_risks.of_other_units(record, risks, "risks")
    faults += frozen_risks.of_other_units(record, treatments, "treatments")
    faults += _risk_faults(risks, {treatment.reference for treatment in treatments})
    faults += _treatment_faults(treatments, {risk.reference for risk in risks})
    gates.refuse(record, faults)


PLAN = Freezing(
    _content, fact="plan", note=lambda _: say("plan.frozen", "Risks and treatments frozen with the plan.")
)


def within_the_appetite(actor: Actor, record: Record, reason: str) -> None:
    """No plan leaves more of a risk than the organization accepts at all."""
    assert isinstance(record, TreatmentPlan)
    most = criteria.current().appetite
    above = [risk for risk in record.risks.order_by("pk") if (risk.residual_level or 0) > most]
    gates.refuse(
        record,
        [
            Fault(
                "risks",
                say(
                    "plan.above", "leave more of {risk} than {level}, the highest that is accepted",
                    risk=Ref(risk.reference), level=Word(most.word),
                ),
                "reduce the risk further, or avoid it",
            )
            for risk in above
        ],
    )  # fmt: skip


def plan_is_decided(actor: Actor, record: Record) -> Answer:
    """A plan is approved by designated management: somebody with no part in it, who owns none of its risks
    and treatments, and whose authority reaches the gravest of what is left (6.1.3)."""
    assert isinstance(record, TreatmentPlan)
    involved = deciding.Involved(record.kind)
    for one in (*record.risks.order_by("pk"), *record.treatments.order_by("pk")):
        involved.add([one.owner_id], say("own-cause.risk", "You own {risk}.", risk=Ref(one.reference)))
    own = involved.answer(actor)
    if not own:
        return own
    left = (risk.residual_level or rules.Level.VERY_HIGH for risk in record.risks.order_by("pk"))
    level = rules.Level(max(left, default=rules.Level.VERY_HIGH))
    return deciding.may_decide(actor, record, Act.ACCEPT_RISK, rank=level, rank_name=level.word)


def _standing(record: Any) -> str:
    """Whether the plan still says what is in force; empty for a draft."""
    if not record.content:
        return ""
    changed = overtaken(record.content)
    return f"no: {', '.join(changed)}" if changed else "yes"


UP_TO_DATE = Computed("up_to_date", "up to date", dict, _standing, is_usual=False)
"""Whether a plan is up to date, beside its fields on every door."""

TREATMENT_PLAN = Kind(
    model=TreatmentPlan,
    prefix="TPL",
    slug="treatment-plan",
    access="risk",
    clause="6",
    place=13,
    requirements=("iso42001:6.1.3", "iso42001:8.3"),
    titles={"purpose": "Plan", "residual": "What is left", "content": "Frozen plan", "next_review": "Review"},
    columns=("effective_from", "next_review"),
    workflow=REVIEWED,
    icon="clipboard-list",
    menu=Menu("Plan", 24),
    gates={
        "submit": (plan_is_whole, within_the_appetite, PLAN.freeze),
        "approve": (plan_is_whole, within_the_appetite, PLAN.is_current),
    },
    deciders={"approve": plan_is_decided},
    due="next_review",
    hubs=(
        HubSection("risks", "Treatment plans", 22, ("next_review",)),
        HubSection("treatments", "Treatment plans", 22, ("next_review",)),
    ),
    example=EXAMPLE,
)
