"""Clause 10, Improvement: nonconformities and what is done so that they do not come back (10.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from plumbline.clauses import choices, deciding, fields, gates, queries
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act
from plumbline.identity.policy import Answer
from plumbline.identity.roles import ROLES
from plumbline.kernel.messages import Message, Ref, as_message, listing, say
from plumbline.kernel.problems import Fault, NotAllowed
from plumbline.kernel.workflow import ACTIONED
from plumbline.records.gates import GateResult
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
GRADES = {"minor": 1, "major": 2, "not graded": 2}
"""How grave each grade is; one that nobody has graded may turn out to be major."""
AUDITS = ("internal audit", "external audit")
RAISED_BY_CHECK = ("source", "check_name", "window", "system")
"""What says from which result a suspicion came; with another check or system it would no longer fail."""
WORDS_WHILE_FAILING = 8
"""Words that a reason has at least by which a nonconformity is dismissed whose check goes on failing."""
_AUDIT_FINDING = say(
    "nonconformity.audit-finding",
    "An audit's finding is answered, not dismissed: confirm it, then record cause and correction.",
)

FailingResult = Callable[[str, str], Message | None]
"""What a check says of a system (by slug; empty: the organization) while it fails, else ``None``."""


def _unknown(check: str, system: str) -> Message | None:
    return None


_failing_result: FailingResult = _unknown


def use(failing_result: FailingResult) -> None:
    """From now on ask ``failing_result`` whether a check still fails; results lie in a room above."""
    global _failing_result
    _failing_result = failing_result


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


def still_fails(record: Nonconformity) -> Message | None:
    """What the check that raised it says as long as it fails; ``None`` when it passes or there is none."""
    if not record.check_name:
        return None
    return _failing_result(record.check_name, record.system.slug if record.system is not None else "")


def major_ones_have_an_action(actor: Actor, record: Record, reason: str) -> None:
    """What is missing or broken as a whole is not put right by a word: a cause was removed, and it worked."""
    assert isinstance(record, Nonconformity)
    if record.grade == "major" and "verified" not in queries.actions_against(record.reference).values():
        text = say("nonconformity.major-without-action", "a major nonconformity has none that was verified")
        gates.refuse(record, [Fault("corrective_actions", text, "record one, and have it verified")])


def no_action_is_decided(actor: Actor, record: Record) -> Answer:
    """Whoever verifies has no part in it; that nothing has to be done takes an authority besides (10.2)."""
    assert isinstance(record, Nonconformity)
    if record.no_action and "verified" not in queries.actions_against(record.reference).values():
        rank, word = rank_of(record)
        return deciding.may_decide(actor, record, Act.NO_ACTION, rank=rank, rank_name=word)
    return deciding.involved_in(record).answer(actor)


def rank_of(record: Nonconformity) -> tuple[int, str]:
    """How grave it is for whoever lets it go, as a number and in words.

    One that nobody has graded may turn out to be major, and so may one whose check goes on failing.
    """
    grade = GRADES[record.grade]
    if grade < GRADES["major"] and still_fails(record) is not None:
        grade = GRADES["major"]
    return grade, "Minor" if grade == GRADES["minor"] else "Major"


def dismissal_may_be_proposed(actor: Actor, record: Record) -> Answer:
    """Anybody may propose to dismiss a suspicion, except what an audit found (9.2.2)."""
    assert isinstance(record, Nonconformity)
    if record.source in AUDITS:
        return Answer(False, _AUDIT_FINDING)
    return Answer(True, "Somebody who has no part in it decides.")


def dismissal_is_decided(actor: Actor, record: Record) -> Answer:
    """Nobody calls off what is held against them, and nobody at all what an audit found (9.2.2, 10.2)."""
    assert isinstance(record, Nonconformity)
    if record.source in AUDITS:
        return Answer(False, _AUDIT_FINDING)
    rank, word = rank_of(record)
    answer = deciding.may_decide(actor, record, Act.DISMISS, rank=rank, rank_name=word)
    failing = still_fails(record)
    if answer or failing is None:
        return answer
    text = "{why} The check still fails: {result}"
    return Answer(
        False, say("nonconformity.fails-still", text, why=as_message(answer.reason), result=failing)
    )


def dismissal_is_reasoned(actor: Actor, record: Record, reason: str) -> GateResult | None:
    """While its check goes on failing, dismissing it takes more than a word; the entry says that it fails."""
    assert isinstance(record, Nonconformity)
    failing = still_fails(record)
    if failing is None:
        return None
    if len(reason.split()) < WORDS_WHILE_FAILING:
        text = say(
            "nonconformity.reason-short", "is too short while the check fails: {result}", result=failing
        )
        remedy = say(
            "nonconformity.reason-why",
            "say in a sentence of at least {words} words why this is no nonconformity although it fails",
            words=WORDS_WHILE_FAILING,
        )
        gates.refuse(record, [Fault("reason", text, remedy)])
    return GateResult("", {"still-failing": record.check_name})


def what_was_raised_stays(
    actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """What a check or an audit raised keeps its origin; only who has no part in it makes it less grave."""
    fixed = RAISED_BY_CHECK if before["source"] == "check" else ("source",)
    if before["source"] in ("check", *AUDITS):
        text = say("nonconformity.origin", "stays as it was raised")
        gates.refuse(
            record,
            [
                Fault(name, text, "write your view into the answer")
                for name in fixed
                if before[name] != after[name]
            ],
        )
    if GRADES[after["grade"]] < GRADES[before["grade"]] and before["grade"] != "not graded":
        stored = queries.rows("nonconformity").get(pk=record.pk)
        answer = regrading_is_decided(actor, stored)
        if not answer:
            raise NotAllowed(answer.reason)
    _require_own_if_auditor(actor, record)


def regrading_is_decided(actor: Actor, record: Nonconformity) -> Answer:
    """A grade is lowered by somebody who has no part in it and may dismiss what is that grave."""
    if record.source in AUDITS:
        text = "An audit's finding keeps the grade that the audit gave it. Answer it instead."
        return Answer(False, say("nonconformity.audit-grade", text))
    rank, word = rank_of(record)
    return deciding.may_decide(actor, record, Act.DISMISS, rank=rank, rank_name=word)


def _require_own_if_auditor(actor: Actor, record: Record) -> None:
    """An auditor writes what an audit found, and no answer to it: only those that they recorded (9.2.2)."""
    line = replace(actor, grants=tuple(grant for grant in actor.grants if not ROLES[grant.role].audits))
    if actor.is_stage or policy.may(
        line, "amend", kind=record.kind, unit_id=record.unit_id, owner_id=record.owner_id
    ):
        return
    if record.revisions.filter(number=1, person=actor.person_id).exists():
        return
    text = "You audit: you change the nonconformities that you recorded. Comment on this one instead."
    raise NotAllowed(say("nonconformity.auditor", text), permission="amend")


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
        "propose-dismissal": (dismissal_is_reasoned,),
        "withdraw": (dismissal_is_reasoned,),
        "verify": (actions_are_verified, major_ones_have_an_action),
    },
    amend_gates=(what_was_raised_stays,),
    deciders={
        "propose-dismissal": dismissal_may_be_proposed,
        "dismiss": dismissal_is_decided,
        "withdraw": dismissal_is_decided,
        "verify": no_action_is_decided,
        "close": deciding.has_no_part,
    },
    due="due",
    example=EXAMPLE,
)
