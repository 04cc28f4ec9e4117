"""What a step along a workflow asks of a record: gates in front of the door's ``move``.

A gate reads the record and what belongs to it and refuses with `Conflict`, naming the field and the remedy.
What needs results of checks is gated by the room that has them.
"""

from __future__ import annotations

from collections.abc import Iterable

from plumbline.clauses.evaluation import ManagementReview
from plumbline.clauses.improvement import CorrectiveAction, Nonconformity
from plumbline.clauses.leadership import Policy
from plumbline.clauses.operation import AISystem
from plumbline.clauses.planning import Applicability, Deviation, ImpactAssessment, Limit, Risk, Treatment
from plumbline.clauses.workflows import IN_PLACE
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Fault
from plumbline.records import steps
from plumbline.records.models import Record

TOP = "top-management"


def register() -> None:
    """Put the gates in front of the steps they guard."""
    for kind, move, gate in (
        ("ai-system", "approve", life_cycle_is_approved),
        ("ai-system", "retire", nothing_runs),
        ("risk", "assess", risk_is_judged),
        ("risk", "treat", risk_has_treatment),
        ("risk", "accept", acceptance_is_bounded),
        ("treatment", "approve", controls_apply),
        ("impact-assessment", "approve", impact_is_concluded),
        ("applicability", "approve", decision_is_traced),
        ("limit", "approve", limit_has_not_run_out),
        ("deviation", "approve", deviation_has_an_end_to_come),
        ("management-review", "submit", review_is_complete),
        ("nonconformity", "contain", containment_is_told),
        ("nonconformity", "correct", correction_is_told),
        ("nonconformity", "verify", actions_are_verified),
        ("corrective-action", "verify", proof_period_is_over),
    ):
        steps.register_gate(kind, move, gate)
    steps.register_decider("attestation", "finalise", vouched_in_person)
    steps.register_decider("policy", "approve", policy_is_set_by_top_management)
    steps.register_decider("management-review", "approve", top_management)


def _refuse(record: Record, faults: Iterable[Fault]) -> None:
    found = list(faults)
    if found:
        raise Conflict(f"{record.reference} is not ready for this step.", found)


def _empty(record: Record, *wanted: tuple[str, str]) -> list[Fault]:
    return [
        Fault(name, "is empty", remedy) for name, remedy in wanted if getattr(record, name) in ("", None, ())
    ]


def life_cycle_is_approved(actor: Actor, record: Record, reason: str) -> None:
    """From here on checks go by what was approved: a system that no longer operates leaves them."""
    assert isinstance(record, AISystem)
    record.live = record.lifecycle == "in operation"
    record.save(update_fields=["live"])


def nothing_runs(actor: Actor, record: Record, reason: str) -> None:
    """Nobody alone takes a live system out of the checks by retiring its record."""
    assert isinstance(record, AISystem)
    if record.live:
        remedy = "give its new life-cycle state and have that approved; then retire the record"
        _refuse(record, [Fault("lifecycle", "was in operation when last approved or since", remedy)])


def risk_is_judged(actor: Actor, record: Record, reason: str) -> None:
    """An assessment has a likelihood, at least one harm and a day (ISO/IEC 42001 6.1.2)."""
    assert isinstance(record, Risk)
    if record.inherent is None:
        _refuse(record, [Fault("likelihood", "is not judged", "give the likelihood and at least one harm")])
    _refuse(record, _empty(record, ("assessed_on", "say when it was judged")))


def risk_has_treatment(actor: Actor, record: Record, reason: str) -> None:
    """A treated risk has a response, a residual level and, unless it is retained, a treatment (6.1.3)."""
    assert isinstance(record, Risk)
    faults = _empty(record, ("response", "say what is to be done about it"))
    if record.residual is None:
        faults.append(Fault("residual_likelihood", "is not judged", "judge the risk after treatment"))
    treated = record.treatments.filter(state__in=IN_PLACE).exists()
    if record.response in ("reduce", "share") and not treated:
        faults.append(
            Fault("response", "has no approved treatment", "record a treatment and have it approved")
        )
    _refuse(record, faults)


def acceptance_is_bounded(actor: Actor, record: Record, reason: str) -> None:
    """A risk is accepted with a known residual level and until a day that is still to come (6.1.3)."""
    assert isinstance(record, Risk)
    faults = _empty(record, ("accepted_until", "an acceptance needs an end"))
    if record.accepted_until is not None and record.accepted_until <= clock.now().date():
        faults.append(Fault("accepted_until", "has passed", "give a day that is still to come"))
    if record.residual is None:
        faults.append(Fault("residual_likelihood", "is not judged", "judge what is being accepted"))
    _refuse(record, faults)


def controls_apply(actor: Actor, record: Record, reason: str) -> None:
    """A treatment rests on no control that the statement of applicability leaves out (6.1.3)."""
    assert isinstance(record, Treatment)
    left_out = Applicability.objects.filter(
        requirement__in=record.controls, applicable=Applicability.Applies.NO, state="approved"
    )
    _refuse(
        record,
        [
            Fault(
                "controls", f"{row.requirement} is left out by {row.reference}", "decide one of the two anew"
            )
            for row in left_out.order_by("reference")
        ],
    )


def impact_is_concluded(actor: Actor, record: Record, reason: str) -> None:
    """An approved impact assessment says what follows, for groups too, and of which release (6.1.4)."""
    assert isinstance(record, ImpactAssessment)
    faults = _empty(record, ("group_effects", "write how it may touch groups, or that it touches none"))
    if record.conclusion == ImpactAssessment.Conclusion.OPEN:
        faults.append(Fault("conclusion", "is open", "say whether the system may go ahead"))
    if record.system.version:
        faults += _empty(record, ("version", "name the release that was looked at"))
    _refuse(record, faults)


def decision_is_traced(actor: Actor, record: Record, reason: str) -> None:
    """A control that risk treatment needs names the risks; none is left out that a treatment rests on."""
    assert isinstance(record, Applicability)
    faults = []
    if Applicability.Reason.RISK in record.reasons and not record.risks.exists():
        faults.append(Fault("risks", "are not named", "name the risks whose treatment needs the control"))
    if record.applicable == Applicability.Applies.NO and record.requirement:
        approved = Treatment.objects.filter(state__in=IN_PLACE)
        faults += [
            Fault("applicable", f"{row.reference} puts the control in place", "decide one of the two anew")
            for row in approved.order_by("reference")
            if record.requirement in row.controls
        ]
    _refuse(record, faults)


def policy_is_set_by_top_management(actor: Actor, record: Record) -> Answer:
    """The AI policy is set by top management (5.2); other policies by whoever may approve."""
    assert isinstance(record, Policy)
    if record.type != Policy.Type.AI:
        return Answer(True, "Whoever may approve, approves a policy on one topic.")
    return top_management(actor, record)


def top_management(actor: Actor, record: Record) -> Answer:
    """Some acts the standard asks of top management itself (5.2, 9.3.1)."""
    today = clock.now().date()
    if any(grant.role == TOP and grant.holds_on(today) for grant in actor.grants):
        return Answer(True, f"{actor.name} has the role {ROLES[TOP].title}.")
    reason = f"The standard asks this of top management itself: somebody with the role {ROLES[TOP].title}."
    return Answer(False, f"{reason} An AIMS manager can give it to the right person.")


def limit_has_not_run_out(actor: Actor, record: Record, reason: str) -> None:
    """A limit comes into force only while it is valid."""
    assert isinstance(record, Limit)
    if record.valid_until < clock.now().date():
        _refuse(record, [Fault("valid_until", "has passed", "give a day that is still to come")])


def deviation_has_an_end_to_come(actor: Actor, record: Record, reason: str) -> None:
    """A departure from an own rule is allowed until a day that has not passed."""
    assert isinstance(record, Deviation)
    if record.expires_on < clock.now().date():
        _refuse(record, [Fault("expires_on", "has passed", "give a day that is still to come")])


def review_is_complete(actor: Actor, record: Record, reason: str) -> None:
    """A management review has top management, inputs, findings and decisions (9.3)."""
    assert isinstance(record, ManagementReview)
    faults = _empty(
        record,
        ("held_on", "say when it was held"),
        ("top_management", "name who of top management was there"),
        ("decisions", "write what was decided, or that nothing was"),
        ("changes", "write what has to change, or that nothing has"),
    )
    if not record.inputs and not record.inputs_missing:
        faults.append(Fault("inputs", "are not gathered", "gather them, or write why they are missing"))
    absent = [part["title"] for part in record.inputs.get("sections", ()) if not part["recorded"]]
    if absent and not record.inputs_missing:
        remedy = "write what was said about it, or why it could not be given"
        faults.append(Fault("inputs_missing", f"is empty; not recorded here: {'; '.join(absent)}", remedy))
    held = record.inputs.get("period")
    period = {"from": record.period_from.isoformat(), "until": record.period_until.isoformat()}
    if held is not None and held != period:
        faults.append(Fault("inputs", "are those of another period", "gather them again"))
    faults += [
        Fault(name, "is not judged", "judge it")
        for name in ("suitable", "adequate", "effective")
        if getattr(record, name) == ManagementReview.Finding.OPEN
    ]
    _refuse(record, faults)


def containment_is_told(actor: Actor, record: Record, reason: str) -> None:
    """What was done at once is written down (10.2)."""
    _refuse(record, _empty(record, ("containment", "write what was done at once")))


def correction_is_told(actor: Actor, record: Record, reason: str) -> None:
    """Cause, similar cases and correction are written down, and the grade is known (10.2)."""
    assert isinstance(record, Nonconformity)
    faults = _empty(
        record,
        ("cause", "write why it happened"),
        ("similar", "write where else you looked"),
        ("correction", "write how it was put right"),
    )
    if record.grade == Nonconformity.Grade.OPEN:
        faults.append(Fault("grade", "is not given", "grade it as minor or major"))
    _refuse(record, faults)


def actions_are_verified(actor: Actor, record: Record, reason: str) -> None:
    """Every corrective action is verified or abandoned; with none, it says why none is needed (10.2)."""
    assert isinstance(record, Nonconformity)
    actions = list(record.corrective_actions.order_by("reference"))
    done = [one for one in actions if one.state == "verified"]
    running = [one.reference for one in actions if one.state not in ("verified", "abandoned")]
    if running:
        _refuse(
            record, [Fault("corrective_actions", f"{', '.join(running)} not verified", "verify them first")]
        )
    if not done and not record.no_action:
        remedy = "record what keeps it from coming back, or why nothing is needed (no_action)"
        _refuse(record, [Fault("corrective_actions", "there is none that was verified", remedy)])


def proof_period_is_over(actor: Actor, record: Record, reason: str) -> None:
    """An action whose proof is a check is verified only after the period that was set beforehand (10.2)."""
    assert isinstance(record, CorrectiveAction)
    until = record.effectiveness_until
    if record.effectiveness_check and until is not None and clock.now().date() <= until:
        fault = Fault("effectiveness_until", "has not passed", f"wait until after {until.isoformat()}")
        _refuse(record, [fault])


def vouched_in_person(actor: Actor, record: Record) -> Answer:
    """An attestation is the word of its owner, who may attest; nobody gives it for somebody else (9.1)."""
    answer = policy.may(actor, "attest", anywhere=True)
    if not answer:
        return answer
    if record.owner_id is None or record.owner_id != actor.person_id:
        reason = "An attestation is made final by its owner; nobody vouches in another's name."
        return Answer(False, reason)
    return Answer(True, "It is your own.")
