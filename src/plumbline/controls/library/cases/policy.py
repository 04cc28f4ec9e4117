"""Cases of the checks on the AI policy. It is due on 1 January 2027; today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import (
    document_review,
    draft,
    longest,
    policy,
    policy_approval,
)

_HALF_A_YEAR = longest("policy.next_review", 6)
_FRESH = policy_approval("2026-02-01")
_FEBRUARY = {"approved_at": "2026-02-01T00:00:00Z"}
_CHANGE = {"outcome": "to be changed", "reviewed_on": "2026-01-20", "next_review": "2026-03-02"}
_KEPT = {**_CHANGE, "outcome": "stands"}
_GONE = {**_CHANGE, "outcome": "to be withdrawn"}
POLICY_IN_DATE = (
    case("fails", "The AI policy is not approved", population=1),
    case("fails", "is not approved", policy(type="other policy")),
    case("passes", "1 of 1 AI policy is approved and in date.", policy()),
    case("passes", "1 of 1", policy(next_review="2026-03-03")),
    case("fails", "was due for review on 2 Mar 2026", policy(next_review="2026-03-02"), named=("POL-1",)),
    case("passes", "1 of 1", policy(next_review="2027-04-03")),
    case("fails", "on 4 Apr 2027, later than in 13 months", policy(next_review="2027-04-04")),
    # the longest interval in force takes the place of the delivered one, longer or shorter
    case("passes", "1 of 1", policy(next_review="2027-04-04"), longest("policy.next_review", 14)),
    case("fails", "later than in 6 months", policy(next_review="2026-09-04"), _HALF_A_YEAR),
    case("passes", "1 of 1", policy(next_review="2026-09-03"), _HALF_A_YEAR),
    case("passes", "1 of 1", policy(), longest("document.next_review", 6)),
    case("fails", "says next to nothing of its purpose", policy(purpose="x")),
    case("fails", "next to nothing of its purpose and its subject", policy(purpose="x", text="As usual.")),
    # a text is short only if it has few words and few letters
    case("passes", "1 of 1", policy(purpose="x y z", text="Verantwortungsbewusstseins")),
    case("fails", "says next to nothing of its subject", policy(text="Verantwortungsübernahme")),
    case("passes", "1 of 1", policy(text="Wir verantworten künstliche")),
    # the policy approved last is the one in force
    case("passes", "1 of 1", policy(next_review="2026-02-17"), policy("POL-2", **_FEBRUARY)),
    # once it was reviewed its review says when the next one is due, and its text moves nothing
    case("fails", "was due for review on 2 Mar 2026", policy(), document_review(next_review="2026-03-02")),
    case("passes", "1 of 1", policy(next_review="2026-03-02"), document_review()),
    case(
        "fails",
        "was due for review on 2 Mar 2026",
        policy(next_review="2026-03-02"),
        draft(document_review()),
    ),
    case("fails", "was due for", policy(next_review="2026-03-02"), document_review(policy="POL-2")),
    # a version that a review asked for says itself when it is looked at
    case("passes", "1 of 1", policy(**_FEBRUARY), document_review(**_CHANGE)),
    case("fails", "was to be changed by 2 Mar", policy(), document_review(**_CHANGE)),
    case("fails", "was due for review on 2 Mar", policy(**_FEBRUARY), document_review(**_KEPT)),
    case("fails", "was to be withdrawn by 2 Mar", policy(**_FEBRUARY), document_review(**_GONE)),
    # before, the longest interval runs from the first approval, whatever is typed into revisions
    case("passes", "1 of 1", policy(), policy_approval("2025-02-03"), policy_approval("2026-02-01")),
    case("fails", "was to be reviewed by 2 Mar 2026", policy(), policy_approval("2025-02-02"), _FRESH),
    case("passes", "1 of 1", policy(), policy_approval("2025-02-02"), document_review()),
    case("fails", "POL-2 was due", policy(), policy("POL-2", next_review="2026-02-17", **_FEBRUARY)),
)
_LONG_AGO = policy_approval("2020-01-01")
POLICY_REVIEWED = (
    case("fails", "The AI policy is not approved", population=1),
    case("fails", "is not approved", policy_approval("2026-01-01"), document_review()),
    # approved for the first time: its review is due after 400 days, which are over on 27 January
    case("nothing", "All 1 are excluded", policy(), policy_approval("2025-01-27"), excluded=1),
    case("fails", "POL-1 has no approved review", policy(), policy_approval("2025-01-26")),
    # approving it anew, with whatever date, reviews nothing
    case("fails", "has no approved review", policy(next_review="2027-03-01"), _LONG_AGO, _FRESH),
    case("passes", "1 of 1", policy(), _LONG_AGO, document_review(reviewed_on="2025-01-27")),
    case("fails", "was last reviewed on 26 Jan", policy(), document_review(reviewed_on="2025-01-26")),
    case("fails", "has no approved review", policy(), _LONG_AGO, draft(document_review())),
    case("fails", "has no approved review", policy(), _LONG_AGO, document_review(policy="POL-2")),
    # what was to become of it became of it, or its day is still to come
    case("passes", "1 of 1", policy(), document_review(**{**_CHANGE, "next_review": "2026-03-03"})),
    case("fails", "and was to be changed by 2 Mar 2026", policy(), document_review(**_CHANGE)),
    case("passes", "1 of 1", policy(approved_at="2026-01-21T12:00:00Z"), document_review(**_CHANGE)),
    case(
        "fails",
        "was to be changed by",
        policy(approved_at="2026-01-20T12:00:00Z"),
        document_review(**_CHANGE),
    ),
    case(
        "fails",
        "and was to be withdrawn by 2 Mar 2026",
        *(policy(), document_review(**_GONE)),
    ),
    # approving anew what was to be withdrawn does not withdraw it
    case("fails", "was to be withdrawn by", policy(**_FEBRUARY), document_review(**_GONE)),
)
