"""Cases of the checks on leadership. The policy is due on 1 January 2027; today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import policy

POLICY_IN_DATE = (
    case("fails", "No AI policy is approved (0 recorded).", value=None, population=0),
    case("fails", "No AI policy is approved (0 recorded).", policy(type="other policy"), population=0),
    case("fails", "No AI policy is approved (1 recorded).", policy(state="draft"), value=None, population=1),
    case(
        "passes", "POL-1 is approved; its next review is on 1 Jan 2027.", policy(), value=0, named=("POL-1",)
    ),
    case("passes", "on 3 Mar 2026", policy(next_review="2026-03-03"), value=0),
    case("fails", "due for review on 17 Feb 2026, 14 days ago.", policy(next_review="2026-02-17"), value=14),
    case("fails", "2 Mar 2026, 1 days ago", policy(next_review="2026-03-02"), limits={"policy-in-date": 0}),
    case("passes", "POL-1", policy(next_review="2026-02-17"), limits={"policy-in-date": 14}, value=14),
    case(
        "passes",
        "POL-2 is approved",
        policy(next_review="2026-02-17"),
        policy("POL-2"),
        value=0,
        population=2,
    ),
)
