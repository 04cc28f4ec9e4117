"""Cases of the checks on leadership. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import Case, case
from plumbline.controls.library.cases.context_samples import committee, decision, meeting, responsibility
from plumbline.controls.library.cases.samples import (
    draft,
    longest,
    objective,
    person,
    policy,
    review,
)

_HERE = person("per_1")


def of(*areas: str) -> tuple[Case, ...]:
    """The cases of a check that each of ``areas`` is assigned."""
    first, *rest = areas
    assigned = [responsibility(f"RSP-{place}", area=area) for place, area in enumerate(rest, start=2)]
    total = len(areas)
    return (
        case("fails", f"0 of {total}", _HERE, denominator=total),
        case("passes", f"{total} of {total}", responsibility(area=first), *assigned, _HERE),
        case("fails", "is assigned to nobody", *assigned, _HERE, numerator=total - 1),
        case("fails", "is assigned to nobody", draft(responsibility(area=first)), *assigned, _HERE),
        case(
            "fails",
            "is assigned in RSP-1 alone, which is answered for by nobody who is here",
            *(responsibility(area=first, owner="per_2"), *assigned, _HERE, person("per_2", active=False)),
        ),
        case(
            "fails",
            "RSP-1 alone, which was due for review on 2 Mar",
            *(responsibility(area=first, next_review="2026-03-02"), *assigned, _HERE),
        ),
        case("fails", "which lacks the duty", responsibility(area=first, duty=""), *assigned, _HERE),
        # one that counts is enough
        case(
            "passes",
            f"{total} of {total}",
            *(responsibility("RSP-0", area=first, owner=None), responsibility(area=first), *assigned, _HERE),
        ),
        case(
            "fails",
            "later than in 3 months",
            *(responsibility(area=first), *assigned, _HERE, longest("responsibility.next_review", 3)),
        ),
    )


_MEMBER = responsibility()
COMMITTEES_MEET = (
    case("nothing", "There are none: committees.", _HERE, population=0),
    case("passes", "1 of 1", committee(), _MEMBER, meeting(), _HERE),
    case("fails", "CTE-1 is not approved", draft(committee()), _MEMBER, meeting(), _HERE),
    case("fails", "has too few members who are here: 0", committee(members=[]), _MEMBER, meeting(), _HERE),
    case("fails", "has too few members who are here: 0", committee(), meeting(), _HERE),
    case("fails", "has too few members who are here: 0", committee(), _MEMBER, meeting()),
    case("fails", "has too few members who are here: 1", committee(quorum=2), _MEMBER, meeting(), _HERE),
    case(
        "passes",
        "1 of 1",
        *(committee(quorum=2, members=["RSP-1", "RSP-2"]), _MEMBER, responsibility("RSP-2", owner="per_2")),
        *(meeting(), _HERE, person("per_2")),
    ),
    # quarterly: 92 days and half as many, so that 138 are in time and 139 are not
    case("passes", "1 of 1", committee(), _MEMBER, meeting(held_on="2025-10-16"), _HERE),
    case(
        "fails",
        "has not met since 15 Oct 2025",
        *(committee(), _MEMBER, meeting(held_on="2025-10-15"), _HERE),
    ),
    case("fails", "has not met since", committee(), _MEMBER, meeting(committee="CTE-2"), _HERE),
    case("fails", "has not met since", committee(), _MEMBER, draft(meeting()), _HERE),
    # terms that are approved anew are no meeting
    case(
        "fails",
        "has not met since 15 Oct 2025",
        *(committee(approved_at="2026-02-20T00:00:00Z"), _MEMBER, meeting(held_on="2025-10-15"), _HERE),
    ),
    # a new one has time until its first meeting
    case("passes", "1 of 1", committee(approved_at="2026-02-01T00:00:00Z"), _MEMBER, _HERE),
    case("fails", "lacks what it may decide", committee(mandate=""), _MEMBER, meeting(), _HERE),
    case("fails", "was due for review", committee(next_review="2026-03-02"), _MEMBER, meeting(), _HERE),
)
DECISIONS_CARRIED_OUT = (
    case("nothing", "There are none: decisions of committees.", _HERE, population=0),
    case("passes", "1 of 1", decision(), _HERE),
    case("fails", "DCN-1 is not approved", draft(decision()), _HERE),
    # a draft that was discarded, and a decision that two people abandoned
    case("nothing", "There are none", draft(decision(), state="abandoned"), _HERE, population=0),
    case("fails", "was due on 2 Mar 2026 and is not carried out", decision(due="2026-03-02"), _HERE),
    case("passes", "1 of 1", decision(due="2026-03-03"), _HERE),
    case("passes", "1 of 1", decision(due="2026-03-02", state="carried out"), _HERE),
    # 90 days for somebody else to look: due on 3 December, 3 March is the last of them
    case("passes", "1 of 1", decision(due="2025-12-03", state="carried out"), _HERE),
    case("fails", "is what one person says", decision(due="2025-12-02", state="carried out"), _HERE),
    case("passes", "1 of 1", decision(due="2026-03-02", state="verified")),
    case("fails", "has no owner who is here", decision()),
    case("fails", "is not carried out", decision(due=None), _HERE),
    case("fails", "1 of 2", decision(), decision("DCN-2", due="2026-03-02"), _HERE),
)
_DECIDED = {"approved_at": "2026-01-20T00:00:00Z"}
_ACTS = (policy(), objective(**_DECIDED), responsibility())
LEADERSHIP_ACTS = (
    case("fails", "0 of 4 acts of leadership", denominator=4),
    case("passes", "4 of 4", *_ACTS, review()),
    case("fails", "Management review is not there", *_ACTS, draft(review())),
    case("fails", "Management review is not there", *_ACTS, review(held_on=None)),
    # 400 days before 3 March 2026
    case("passes", "4 of 4", *_ACTS, review(held_on="2025-01-27")),
    case("fails", "was last decided on 26 Jan 2025", *_ACTS, review(held_on="2025-01-26")),
    case("fails", "AI policy is not there", policy(type="topic policy"), *_ACTS[1:], review()),
    case(
        "fails",
        "AI policy was last decided on",
        *(policy(approved_at="2024-01-01T00:00:00Z"), *_ACTS[1:], review()),
    ),
)
