"""Checks on improvement: nonconformities in time, and actions that are proved (10.2)."""

from __future__ import annotations

from datetime import timedelta

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import improvement as cases
from plumbline.controls.library.gaps import Facts, says_too_little, was_due
from plumbline.controls.library.population import owned
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Ref, Word, say
from plumbline.kernel.states import Strength

_OVER = frozenset({"closed", "dismissed"})
_UNDECIDED = frozenset({"suspected", "dismissal proposed"})
"""States in which nobody has decided yet whether it is one: who proposes to dismiss it decides nothing."""


def _open(evidence: Evidence) -> list[Member]:
    rows = evidence.claims["nonconformity"]
    return [owned(row, system=row["system"] or "") for row in rows if row["state"] not in _OVER]


@check(
    "iso42001:10.2",
    slug="nonconformities-in-time",
    title="Nonconformities are decided, explained and corrected in time",
    finding="Overdue nonconformities",
    over="organization",
    needs=("records:corrective-action",),
    population=Population(
        "open-nonconformities",
        Word("open nonconformities"),
        ("claims:nonconformity",),
        _open,
        bare.SUSPICION,
    ),
    share=share("nonconformity.share", "{have} of {total} open nonconformities are in time."),
    strength=Strength.OPERATING,
    severity="major",
    limits=(
        limit("nonconformity-action", 30, "days", why="a month is enough to find the cause and decide"),
        limit("nonconformity-confirm", 14, "days", why="two weeks are enough to confirm or dismiss"),
        limit(
            "nonconformities-in-time.verified",
            90,
            "days",
            why="a quarter shows whether what was corrected works",
        ),
    ),
    cases=cases.NONCONFORMITIES_IN_TIME,
)
def nonconformities_in_time(member: Member, evidence: Evidence) -> Message | None:
    """Suspicions are decided in time; open nonconformities get a cause and an action in time, which is then
    carried out by its day, and a second person verifies in time that it works."""
    row, today = member.row, evidence.today
    # A fault of years ago that is recorded today was not left lying for years; and whoever writes down later
    # that it was seen later has left it lying all the same.
    age = (today - (day_of(row["created"]) or today)).days
    if row["state"] in _UNDECIDED:
        late = age > evidence.limit("nonconformity-confirm").value
        return say("nonconformity.undecided", "is suspected for {days} days", days=age) if late else None
    due = day_of(row["due"])
    if due is not None and due < today and row["state"] in {"open", "contained"}:
        return was_due(due)
    lying = _late_action(row, evidence) or _unverified(row, evidence)
    if lying is not None:
        return lying
    if age <= evidence.limit("nonconformity-action").value:
        return None
    if not row["cause"]:
        return say("nonconformity.no-cause", "has no cause after {days} days", days=age)
    if not _actions(row, evidence) and not row["no_action"]:
        return say("nonconformity.no-action", "has no corrective action after {days} days", days=age)
    return None


def _actions(row: Facts, evidence: Evidence) -> list[Facts]:
    """Approved corrective actions of a nonconformity."""
    actions = evidence.records["corrective-action"]
    return [action for action in actions if action["nonconformity"] == row["reference"]]


def _late_action(row: Facts, evidence: Evidence) -> Message | None:
    """That an approved action was to be carried out by a day that has passed; None if there is none such."""
    for action in _actions(row, evidence):
        due = day_of(action["due"])
        if action["state"] == "approved" and due is not None and due < evidence.today:
            return say(
                "nonconformity.action-late",
                "waits for {action}, which was to be carried out by {day}",
                action=Ref(action["reference"]),
                day=due,
            )
    return None


def _unverified(row: Facts, evidence: Evidence) -> Message | None:
    """That what was corrected has waited for too long for somebody to verify it; None if it has not.

    Cause, correction and why no action is needed are what one person says until then. The days count from
    when it was due or, where that is later, from the day by which an approved action was to be carried out.
    """
    if row["state"] != "corrected":
        return None
    given = timedelta(days=evidence.limit("nonconformity-action").value)
    due = day_of(row["due"]) or (day_of(row["created"]) or evidence.today) + given
    acted = (day_of(action["due"]) for action in _actions(row, evidence))
    by = max([due, *(day for day in acted if day is not None)])
    by += timedelta(days=evidence.limit("nonconformities-in-time.verified").value)
    if by >= evidence.today:
        return None
    return say("nonconformity.unverified-long", "is corrected and was to be verified by {day}", day=by)


def _closed(evidence: Evidence) -> list[Member]:
    rows = evidence.claims["nonconformity"]
    return [owned(row, system=row["system"] or "") for row in rows if row["state"] == "closed"]


@check(
    "iso42001:10.2",
    slug="actions-effective",
    title="Closed nonconformities have a proven action",
    finding="Closed nonconformities without a proven action",
    over="organization",
    needs=("records:corrective-action",),
    population=Population(
        "closed-nonconformities",
        Word("closed nonconformities"),
        ("claims:nonconformity",),
        _closed,
        bare.CLOSED,
    ),
    share=share("action.share", "{have} of {total} closed nonconformities have a verified action."),
    strength=Strength.OPERATING,
    severity="major",
    cases=cases.ACTIONS_EFFECTIVE,
)
def actions_effective(member: Member, evidence: Evidence) -> Message | None:
    """Every closed nonconformity says what happened and why, and each of its actions was verified.

    Without any action a minor one says why none is needed; a major one is never closed that way.
    """
    texts = {"cause": Word("its cause"), "correction": Word("its correction")}
    row, actions = member.row, _actions(member.row, evidence)
    running = [action for action in actions if action["state"] != "verified"]
    if running:
        state = Word(running[0]["state"])
        return say(
            "action.not-verified", "was closed while {action} is {state}",
            action=Ref(running[0]["reference"]), state=state,
        )  # fmt: skip
    if not actions and row["grade"] != "minor":
        return say("action.none", "was closed without an action that was verified")
    if not actions:
        texts = {**texts, "no_action": Word("why no action is needed")}
    return says_too_little(row, texts)
