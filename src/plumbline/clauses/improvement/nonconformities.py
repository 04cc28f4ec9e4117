"""Clause 10, Improvement: nonconformities and what is done so that they do not come back (10.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from plumbline.clauses import choices, deciding, fields, gates, queries, whys
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.whys import WhysField
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act
from plumbline.identity.policy import Answer
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Ref, as_message, listing, say
from plumbline.kernel.problems import Fault, NotAllowed
from plumbline.kernel.workflow import ACTIONED
from plumbline.records.gates import GateResult
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
GRADES = {"minor": 1, "major": 2, "not graded": 2}
"""How grave each grade is; one that nobody has graded may turn out to be major."""
AUDITS = ("internal audit", "external audit")
FOUND = ("source", "system", "description", "requirements", "own_rule", "detected_on")
"""What was seen, in what and when: what answers it does not rewrite it."""
RAISED_BY_CHECK = (*FOUND, "check_name", "window")
"""What says from which result a suspicion came; with another check or system it would no longer fail."""
LONGEST_DELAY = timedelta(days=30)
"""How far ahead of today the day on which a finding is due may be put: as far as a minor one is given at
first. Otherwise nobody would ever be told that it lies."""
WORDS_WHILE_FAILING = 8
"""Words that a reason has at least by which a nonconformity is dismissed whose check goes on failing."""
_AUDIT_FINDING = say(
    "nonconformity.audit-finding",
    "An audit's finding is answered, not dismissed: confirm it, then record cause and correction.",
)

FailingResult = Callable[[str, str], Message | None]
"""What a check says of a system (by slug; empty: the organization) while it fails, else ``None``."""


ExpectedGrade = Callable[[str], str]
"""The grade that a check, by slug, expects of what it finds."""


def _unknown(check: str, system: str) -> Message | None:
    return None


def _ungraded(check: str) -> str:
    return "not graded"


_failing_result: FailingResult = _unknown
_expected_grade: ExpectedGrade = _ungraded


def use(failing_result: FailingResult, expected_grade: ExpectedGrade | None = None) -> None:
    """From now on ask ``failing_result`` whether a check still fails and, where it is given,
    ``expected_grade`` how grave that is; checks lie in a room above."""
    global _failing_result, _expected_grade
    _failing_result = failing_result
    _expected_grade = expected_grade or _expected_grade


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
    whys = WhysField(
        "whys",
        blank=True,
        help_text="Each answer is what the next question asks about. One row a line: question | answer.",
    )
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
    rows = whys.parse(record.whys)
    if rows and all(row.answer for row in rows):
        # The last answer is the cause; whoever has asked so far need not write it twice.
        faults = [fault for fault in faults if fault.field != "cause"]
    elif rows:
        open_row = next(number for number, row in enumerate(rows, 1) if not row.answer)
        text = say("nonconformity.unanswered", "row {row} has no answer", row=open_row)
        faults.append(Fault("whys", text, "answer it, or take the question away"))
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
    """What a check or an audit raised stays as it was found; nobody with a part in it makes it less grave, or
    puts it off out of sight."""
    if before["source"] in ("check", *AUDITS):
        fixed: tuple[str, ...] = RAISED_BY_CHECK if before["source"] == "check" else FOUND
        if before["source"] in AUDITS and _is_being_recorded(actor, record):
            fixed = ("source",)
        text = say("nonconformity.origin", "stays as it was raised")
        gates.refuse(
            record,
            [
                Fault(name, text, "write your view into the answer")
                for name in fixed
                if _changed(before[name], after[name])
            ],
        )
    _refuse_delay(actor, record, before, after)
    if _is_less_grave(actor, record, before, after):
        stored = queries.rows("nonconformity").get(pk=record.pk)
        answer = regrading_is_decided(actor, stored)
        if not answer:
            raise NotAllowed(answer.reason)
    _require_own_if_auditor(actor, record)


def _changed(before: Any, after: Any) -> bool:
    """Whether a value is another one; a text whose lines a browser has ended otherwise is the same."""
    if isinstance(before, str) and isinstance(after, str):
        return before.split() != after.split()
    return bool(before != after)


def _is_being_recorded(actor: Actor, record: Record) -> bool:
    """Whether ``actor`` recorded it and nobody has looked at it since."""
    return record.state == "suspected" and record.revisions.filter(number=1, person=actor.person_id).exists()


def _is_less_grave(actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a grade falls below what it was given or, where nobody has graded it, below what its check
    expects; of an audit nobody but the auditor says that it is less than major."""
    known = before["grade"]
    if known == "not graded" and before["source"] not in ("check", *AUDITS):
        return False  # nobody else has found it, and whoever records it may grade it at once
    if known == "not graded" and before["source"] == "check":
        known = _expected_grade(before["check_name"])
    if known == "not graded" and before["source"] in AUDITS and after["grade"] != known:
        audits = any(ROLES[grant.role].audits for grant in actor.grants)
        known = known if audits or _is_being_recorded(actor, record) else "major"
    return after["grade"] != before["grade"] and GRADES[after["grade"]] < GRADES[known]


def _refuse_delay(actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """It is put off by a month at a time, so that it does not lie unseen; for longer, for good, or once it is
    corrected, only by somebody who has no part in it and the authority to let go what is that grave."""
    due, was = (date.fromisoformat(row["due"]) if row["due"] else None for row in (after, before))
    latest = clock.today() + LONGEST_DELAY
    corrected = record.state in ACTIONED.carried
    if was is None or (due is not None and (due <= was or (due <= latest and not corrected))):
        return
    stored = queries.rows("nonconformity").get(pk=record.pk)
    rank, word = rank_of(stored)
    own = deciding.may_decide(actor, stored, Act.DISMISS, rank=rank, rank_name=word)
    if not own:
        remedy = say(
            "nonconformity.due-latest",
            "choose {day} or an earlier day, or ask: {why}",
            day=latest,
            why=as_message(own.reason),
        )
        text = say("nonconformity.put-off-far", "is put off by more than a month")
        if corrected:
            text = say(
                "nonconformity.put-off-corrected", "was the day by which it was to be corrected, and stays"
            )
            remedy = say("nonconformity.to-verify", "have somebody who has no part in it verify it")
        gates.refuse(record, [Fault("due", text, remedy)])


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
    titles={
        "source": "What was seen",
        "consequences": "At once",
        "cause_method": "Cause",
        "correction": "Correction",
    },
    columns=("system", "check_name", "grade", "detected_on", "due"),
    shown_when={
        "check_name": ("source", ("check",)),
        "window": ("source", ("check",)),
        "whys": ("cause_method", ("five whys",)),
    },
    filters=("system", "check_name", "grade", "source"),
    neutral={"source": "whoever records one has seen it, unless they say who else has"},
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
    step_fields={
        "confirm": ("grade", "due", "owner"),
        "contain": ("containment", "consequences"),
        # Whoever verifies asks for it, and writes none of it.
        "correct": ("cause_method", "whys", "cause", "similar", "correction", "no_action", "grade"),
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
    hubs=(HubSection("system", "Open work", 30, columns=("grade", "due"), beside=True, is_work=True),),
    example=EXAMPLE,
)
