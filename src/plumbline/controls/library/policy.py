"""Checks on leadership: the AI policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from plumbline.controls.declare import check
from plumbline.controls.library.cases import policy as cases
from plumbline.controls.library.gaps import (
    LONGEST_INTERVALS,
    POLICY_REVIEW,
    Facts,
    says_too_little,
)
from plumbline.controls.library.population import must_exist
from plumbline.controls.library.reviews import REVIEWS, last_review, left_undone, not_reviewed, put_off
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength


def _newest(evidence: Evidence) -> Facts:
    rows = [row for row in evidence.records["policy"] if row["type"] == "AI policy"]
    return max(rows, key=lambda row: str(row["approved_at"]), default={})


AI_POLICY = must_exist("ai-policy", Word("the AI policy"), ("records:policy",), _newest)


@check(
    "iso42001:5.2",
    "iso42001:A.2.2",
    slug="policy-in-date",
    title="The AI policy is approved and in date",
    finding="AI policy not approved or out of date",
    over="organization",
    needs=(LONGEST_INTERVALS, "facts:policy-approvals", REVIEWS),
    population=AI_POLICY,
    share=share("policy.share", "{have} of {total} AI policy is approved and in date."),
    strength=Strength.RECORDED,
    severity="major",
    required=True,
    cases=cases.POLICY_IN_DATE,
)
def policy_in_date(member: Member, evidence: Evidence) -> Message | None:
    """An AI policy is approved, says something, and has a review to come that is not too far away.

    The first review is due within the longest interval from the first approval, and every other one on the
    day that the last review set: a later day in the text of a revision moves neither.
    """
    if not member.row["reference"]:
        return say("policy.none", "is not approved")
    texts = {"purpose": Word("its purpose"), "text": Word("its subject")}
    return says_too_little(member.row, texts) or _put_off(member, evidence)


def _put_off(member: Member, evidence: Evidence) -> Message | None:
    """That the review of the policy is overdue, not planned, too far away, or put off by its text alone."""
    first = next(iter(_approvals(member, evidence)), None)
    late = not_reviewed(member.row, evidence, POLICY_REVIEW)
    return late or put_off(member.row, evidence, POLICY_REVIEW, first)


def _approvals(member: Member, evidence: Evidence) -> list[date]:
    """The days on which the policy was approved, first to last."""
    reference = member.row["reference"]
    rows = evidence.facts["policy-approvals"]
    return sorted(date.fromisoformat(row["on"]) for row in rows if row["reference"] == reference)


def _to_review(evidence: Evidence) -> list[Member]:
    """The policy, left out until its first review is due: one of last month has not been neglected."""
    (member,) = AI_POLICY.members(evidence)
    approvals = _approvals(member, evidence)
    most = timedelta(days=evidence.limit("policy-reviewed").value)
    was_reviewed = last_review(member.row, evidence, POLICY_REVIEW) is not None
    if was_reviewed or not approvals or approvals[0] + most < evidence.today:
        return [member]
    reason = say(
        "policy.new", "was first approved on {day}; its first review is due by {due}",
        day=approvals[0], due=approvals[0] + most,
    )  # fmt: skip
    return [replace(member, excluded=reason)]


@check(
    "iso42001:A.2.4",
    slug="policy-reviewed",
    title="The AI policy was reviewed",
    finding="AI policy that nobody has reviewed in time",
    over="organization",
    needs=("facts:policy-approvals", REVIEWS),
    population=Population(
        "policy-to-review",
        Word("the AI policy"),
        (*AI_POLICY.needs, "facts:policy-approvals", REVIEWS),
        _to_review,
        beside=(REVIEWS,),
    ),
    share=share("policy.reviewed", "{have} of {total} AI policy was reviewed in time."),
    strength=Strength.OPERATING,
    limits=(limit("policy-reviewed", 400, "days", why="a policy is reviewed within a year or so"),),
    cases=cases.POLICY_REVIEWED,
)
def policy_reviewed(member: Member, evidence: Evidence) -> Message | None:
    """Within the limit, an approved review said of the AI policy that it stands, or is to be changed or
    withdrawn; what it asked for was done by its day.

    A review is an act of its own: neither a later day nor approving the policy anew shows that anybody asked
    whether it still fits.
    """
    if not member.row["reference"]:
        return say("policy.none", "is not approved")
    act = last_review(member.row, evidence, POLICY_REVIEW)
    last = day_of(act["reviewed_on"]) if act is not None else None
    if act is None or last is None:
        return say("policy.never-reviewed", "has no approved review")
    if (evidence.today - last).days > evidence.limit("policy-reviewed").value:
        return say("policy.not-reviewed", "was last reviewed on {day}", day=last)
    return left_undone(member.row, act, evidence)
