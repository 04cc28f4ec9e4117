"""What checks read of the reviews of policies and documents: acts with an outcome, and no later date."""

from __future__ import annotations

from datetime import date

from plumbline.controls.library.gaps import POLICY_REVIEW, Facts, governed_months, review_too_far
from plumbline.controls.verdicts import Evidence, day_of
from plumbline.kernel import intervals
from plumbline.kernel.messages import Message, Word, say

REVIEWS = "records:document-review"
"""What a check needs that asks `not_reviewed`."""
_CHANGED, _WITHDRAWN = "to be changed", "to be withdrawn"
_TO_DO = {_CHANGED: Word("changed"), _WITHDRAWN: Word("withdrawn")}


def last_review(row: Facts, evidence: Evidence, subject: str) -> Facts | None:
    """The newest approved review of a policy or document in force; None for none."""
    field = "policy" if subject == POLICY_REVIEW else "document"
    acts = [act for act in evidence.records["document-review"] if act[field] == row["reference"]]
    return max(acts, key=lambda act: (str(act["reviewed_on"]), act["reference"]), default=None)


def left_undone(row: Facts, act: Facts, evidence: Evidence) -> Message | None:
    """That a policy or document stands unchanged although its review wanted it changed or withdrawn by a day
    that has passed."""
    by, since = day_of(act["next_review"]), day_of(row["approved_at"])
    if act["outcome"] not in _TO_DO or by is None or by >= evidence.today or _was_changed(row, act):
        return None
    text = "is as it was approved on {since}, and was to be {what} by {day}"
    return say("review.left-undone", text, since=since or by, what=_TO_DO[act["outcome"]], day=by)


def _was_changed(row: Facts, act: Facts) -> bool:
    """Whether a review wanted a change and the version in force was approved after it. Approving anew what
    was to be withdrawn does not withdraw it."""
    approved, reviewed = day_of(row["approved_at"]), day_of(act["reviewed_on"])
    if act["outcome"] != _CHANGED or approved is None or reviewed is None:
        return False
    return approved > reviewed


def not_reviewed(row: Facts, evidence: Evidence, subject: str) -> Message | None:
    """As `review_too_far` of a policy or document in force: once it was reviewed, the day is that of its last
    review, and what its text says moves it no further. A version that carries out what a review wanted says
    by when it is looked at itself."""
    act = last_review(row, evidence, subject)
    if act is None or _was_changed(row, act):
        return review_too_far(row, evidence, subject)
    return left_undone(row, act, evidence) or review_too_far(
        {**row, "next_review": act["next_review"]}, evidence, subject
    )


def put_off(row: Facts, evidence: Evidence, subject: str, first: date | None) -> Message | None:
    """That a policy or document was never reviewed and the longest interval since its ``first`` approval is
    over, whatever day was typed into its text since then."""
    if first is None or last_review(row, evidence, subject) is not None:
        return None
    by = intervals.add_months(first, governed_months(evidence, subject))
    return say("policy.put-off", "was to be reviewed by {day}", day=by) if by < evidence.today else None
