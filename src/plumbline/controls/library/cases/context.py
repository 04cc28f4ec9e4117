"""Cases of the checks on the context. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.context_samples import issue, obligation, party
from plumbline.controls.library.cases.samples import (
    draft,
    in_force,
    longest,
    person,
    sighting,
    system,
)

_OUTSIDE, _INSIDE = issue(), issue("ISS-2", origin="internal")
ISSUES_DETERMINED = (
    case("fails", "0 of 2 sides and issues", named=("external context", "internal context"), denominator=2),
    case("passes", "4 of 4", _OUTSIDE, _INSIDE),
    case("fails", "nternal context has no approved record", _OUTSIDE, named=("internal context",)),
    case("fails", "xternal context has no approved record", _INSIDE, named=("external context",)),
    case("passes", "4 of 4", issue(next_review="2026-03-03"), _INSIDE),
    case(
        "fails",
        "xternal context has only ISS-1, which was due for review on 2 Mar",
        *(issue(next_review="2026-03-02"), _INSIDE),
        named=("ISS-1", "external context"),
    ),
    # one that is late is named, although another one speaks for its side
    case("fails", "4 of 5", issue("ISS-3", next_review="2026-03-02"), _OUTSIDE, _INSIDE, named=("ISS-3",)),
    case("fails", "later than in 13 months", issue(next_review="2027-04-04"), _INSIDE),
    case("passes", "4 of 4", issue(next_review="2027-04-03"), _INSIDE),
    case("fails", "later than in 6 months", _OUTSIDE, _INSIDE, longest("issue.next_review", 6)),
    case("fails", "ISS-3 is not approved", draft(issue("ISS-3")), _OUTSIDE, _INSIDE, named=("ISS-3",)),
    case("passes", "4 of 4", draft(issue("ISS-3"), state="retired"), _OUTSIDE, _INSIDE),
    case("passes", "4 of 4", draft(issue(effect="")), in_force(issue()), _INSIDE),
    case("fails", "ISS-1 lacks what it means", issue(effect=""), _INSIDE),
    case("fails", "says next to nothing of what it is", issue(description="a law"), _INSIDE),
)
ROLES_DETERMINED = (
    case("nothing", "There are none: live AI systems.", population=0),
    case("passes", "1 of 1", system(roles=["customer"])),
    case("fails", "names no role that we play", system(roles=[])),
    case("fails", "SYS-0001 is not approved", draft(system(roles=["customer"]))),
    case("fails", "chat is not registered", sighting("chat")),
    case("fails", "lacks its purpose", system(roles=["customer"], purpose="")),
    # what one person writes now neither helps nor harms what was approved
    case("fails", "names no role", draft(system(roles=["customer"])), in_force(system(roles=[]))),
)
_ANSWER = obligation()
PARTIES_DETERMINED = (
    case("fails", "0 of 1", named=("register of interested parties",)),
    case("passes", "2 of 2", party(), _ANSWER),
    case("passes", "3 of 3", party(), _ANSWER, system()),
    case(
        "fails",
        "roup of people whom AI systems touch has no approved record",
        *(party(type="owners"), _ANSWER, system()),
        named=("group of people whom AI systems touch",),
    ),
    case("passes", "2 of 2", party(type="owners"), _ANSWER, system(effect="none")),
    case("fails", "has needs of which nothing is taken on or declined", party(), named=("PTY-1",)),
    case("fails", "has needs of which", party(), obligation(party="PTY-2")),
    case("fails", "has needs of which", party(), obligation(ends_on="2026-03-02")),
    case("passes", "2 of 2", party(), obligation(ends_on="2026-03-03")),
    case("fails", "has needs of which", party(), draft(_ANSWER)),
    case("passes", "2 of 2", party(declined="It asks for prices, which are no matter of the AIMS.")),
    case("fails", "says next to nothing of why", party(declined="no")),
    case("fails", "PTY-1 is not approved", draft(party()), _ANSWER),
    case("fails", "lacks what it needs", party(needs=""), _ANSWER),
    case("fails", "was due for review on 2 Mar", party(next_review="2026-03-02"), _ANSWER),
)
_HERE = person("per_1")
OBLIGATIONS_CURRENT = (
    case("nothing", "There are none: obligations.", _HERE, population=0),
    case("passes", "1 of 1", _ANSWER, _HERE),
    case("fails", "has no owner who is here", _ANSWER),
    case("fails", "has no owner who is here", _ANSWER, person("per_1", active=False)),
    case("fails", "has no owner who is here", obligation(owner=None), _HERE),
    case("fails", "OBL-1 is not approved", draft(_ANSWER), _HERE),
    case("fails", "lacks how it is met", obligation(how=""), _HERE),
    case("fails", "ended on 2 Mar", obligation(ends_on="2026-03-02"), _HERE),
    case("passes", "1 of 1", obligation(ends_on="2026-03-03"), _HERE),
    case("fails", "was due for review on 2 Mar", obligation(next_review="2026-03-02"), _HERE),
)
