"""Cases of the checks on risks and their treatments. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import (
    accepted,
    draft,
    method,
    person,
    residual,
    risk,
    sighting,
    system,
    treatment,
)

_YESTERDAY = "2026-03-02"
_METHOD, _TREATED = method(), treatment()
_ABOUT = (_METHOD, system())
RISKS_ASSESSED = (
    case("nothing", "There are none: live AI systems whose risks are to be assessed.", _METHOD),
    case("fails", "SYS-0001 has no risk on record", *_ABOUT, named=("SYS-0001",), numerator=0),
    case("fails", "has no risk on record", *_ABOUT, risk(system=None), _TREATED),
    case("fails", "chat has no risk on record", _METHOD, sighting("chat"), risk(system=None), _TREATED),
    case("passes", "1 of 1", *_ABOUT, risk(), _TREATED),
    case("fails", "which is not assessed", *_ABOUT, risk(state="identified"), _TREATED),
    case("fails", "has no risk on record", *_ABOUT, risk(state="closed"), _TREATED),
    # what one person wrote down alone counts for nothing yet
    case("fails", "RSK-1, which was assessed by one person alone", *_ABOUT, risk()),
    case("fails", "by one person alone", *_ABOUT, risk(), draft(_TREATED)),
    case("fails", "by one person alone", *_ABOUT, risk(), treatment(risks=["RSK-2"])),
    case("passes", "1 of 1", *_ABOUT, risk(state="accepted"), accepted()),
    # the method in force is the one that counts
    case("fails", "does not say by which criteria", *_ABOUT, risk(criteria=None), _TREATED),
    case("fails", "judged by DOC-7, which is not in force", *_ABOUT, risk(criteria="DOC-7"), _TREATED),
    case("fails", "by another version of DOC-9", *_ABOUT, risk(criteria_version="2"), _TREATED),
    # 400 days ago was 27 January of last year
    case("passes", "1 of 1", *_ABOUT, risk(assessed_on="2025-01-27"), _TREATED),
    case("fails", "was last assessed on 26 Jan 2025", *_ABOUT, risk(assessed_on="2025-01-26"), _TREATED),
    case("fails", "which is still to come", *_ABOUT, risk(assessed_on="2026-03-04"), _TREATED),
    case("passes", "1 of 1", *_ABOUT, risk(assessed_on="2026-02-01"), _TREATED),
    # what was approved before the day of the assessment followed from another one
    case("fails", "anew on 2 Feb 2026 by one person", *_ABOUT, risk(assessed_on="2026-02-02"), _TREATED),
    case("passes", "1 of 1", *_ABOUT, risk(assessed_on="2026-03-03", state="accepted"), accepted()),
    case("fails", "has no date", *_ABOUT, risk(assessed_on=None), _TREATED),
    case("passes", "1 of 1", *_ABOUT, risk("RSK-2", state="identified"), risk(), _TREATED),
    case("passes", "1 of 1", *_ABOUT, risk(), risk("RSK-2", state="identified"), _TREATED),
    # what one person writes beside an acceptance gives it neither another day nor another method
    case("fails", "on 26 Jan 2025", *_ABOUT, risk(), accepted(assessed_on="2025-01-26"), _TREATED),
    case("fails", "another version of DOC-9", *_ABOUT, risk(), accepted(criteria_version="2"), _TREATED),
    case("fails", "on 26 Jan 2025", *_ABOUT, risk(assessed_on="2025-01-26"), accepted(), _TREATED),
    # an acceptance holds for the level that was accepted
    case("passes", "1 of 1", *_ABOUT, risk(state="accepted"), accepted(), residual()),
    case("fails", "accepted as moderate and is elevated", *_ABOUT, risk(), accepted(), residual(today=3)),
    case("passes", "1 of 1", *_ABOUT, risk(), _TREATED, residual(today=3)),
    # what one matrix made of the figures is no level by another one
    case(
        "fails",
        "was judged by the risk criteria CRI-0001, revision 1, and delivered are in force",
        *_ABOUT,
        risk(),
        _TREATED,
        residual(judged_by="CRI-0001, revision 1"),
    ),
    # criteria that nobody looks at again carry no judgement after the day of their review, which counts still
    case("passes", "1 of 1", *_ABOUT, risk(), _TREATED, residual(review="2026-03-03")),
    case("fails", "review was due on 2 Mar 2026", *_ABOUT, risk(), _TREATED, residual(review=_YESTERDAY)),
)
_HERE = person("per_1")
_LONGER = risk(state="accepted", accepted_until="2027-01-01")
RISKS_IN_HAND = (
    case("fails", "RSK-1 has no owner", _HERE, risk(owner=None), _TREATED),
    case("fails", "has an owner who is no longer here", person("per_1", active=False), risk(), _TREATED),
    case("nothing", "There are none: open risks, and live AI systems without one.", _TREATED),
    case("nothing", "There are none", risk(state="closed"), _TREATED),
    case("fails", "SYS-0001 has no risk on record", _HERE, system(), named=("SYS-0001",)),
    case("fails", "chat has no risk on record", _HERE, sighting("chat"), risk(system=None), _TREATED),
    case("passes", "1 of 1 open risks", _HERE, system(), risk(), _TREATED),
    case("fails", "RSK-1 is not assessed", _HERE, risk(state="identified"), _TREATED, named=("RSK-1",)),
    case("fails", "is neither treated nor accepted", _HERE, risk(state="assessed")),
    case("passes", "1 of 1 open risks", _HERE, risk(), treatment(state="carried out")),
    case("fails", "has no approved treatment", _HERE, risk(), draft(_TREATED)),
    case("fails", "RSK-2 has no approved treatment", _HERE, risk("RSK-2"), _TREATED),
    case("fails", "is neither treated nor accepted", _HERE, risk(response="retain"), _TREATED),
    case("passes", "1 of 1", _HERE, risk(response="retain", state="accepted"), accepted(response="retain")),
    case(
        "fails",
        "accepted until 2 Mar 2026",
        _HERE,
        risk(state="accepted"),
        accepted(accepted_until=_YESTERDAY),
    ),
    case("passes", "1 of 1", _HERE, risk(state="accepted"), accepted(accepted_until="2026-03-03")),
    case("passes", "1 of 1", _HERE, risk(state="accepted"), accepted(), residual(3, 3)),
    case("passes", "1 of 1", _HERE, risk(state="accepted"), accepted(), residual(3, 2)),
    case("passes", "1 of 1", _HERE, risk(state="accepted"), accepted(), residual(1, 3, reference="RSK-2")),
    case("fails", "the acceptance has lapsed", _HERE, risk(state="accepted"), accepted(), residual(2, 3)),
    case("fails", "is high, more than", _HERE, risk(state="accepted"), accepted(), residual(4, 4)),
    # the end of an acceptance is the one that was approved
    case(
        "fails",
        "was accepted until 2 Mar 2026",
        _HERE,
        _LONGER,
        accepted(accepted_until=_YESTERDAY),
        _TREATED,
    ),
    case(
        "fails", "was due for review on 2 Mar 2026", _HERE, risk(next_review=_YESTERDAY), accepted(), _TREATED
    ),
    case(
        "fails",
        "was due for review on 2 Mar 2026",
        _HERE,
        risk(next_review="2026-06-01"),
        accepted(next_review=_YESTERDAY),
        _TREATED,
    ),
    case("passes", "1 of 1", _HERE, risk(next_review="2026-03-03"), accepted(next_review="2026-03-03")),
    case("passes", "1 of 1", _HERE, risk(next_review="2026-03-03"), _TREATED),
)
# From 3 December to 3 March are ninety days, which is the limit itself.
_DONE, _DONE_LATE = "2025-12-03T23:00:00Z", "2025-12-02T00:00:00Z"
TREATMENTS_IN_TIME = (
    case("passes", "1 of 1", treatment()),
    case("fails", "TRT-1 was due on 2 Mar 2026 and is approved", treatment(due=_YESTERDAY), named=("TRT-1",)),
    case("fails", "and is draft", draft(treatment(due=_YESTERDAY))),
    case("passes", "1 of 1", treatment(state="carried out", due=_YESTERDAY)),
    case("passes", "1 of 1", treatment(state="carried out", due=_YESTERDAY, recorded=_DONE)),
    case(
        "fails",
        "was carried out on 2 Dec 2025 and never verified",
        treatment(state="carried out", due="2026-06-01", recorded=_DONE_LATE),
    ),
    case("passes", "1 of 1", treatment(state="verified", due=_YESTERDAY, recorded=_DONE_LATE)),
    case("passes", "1 of 1", treatment(due=None)),
    case("nothing", "There are none", treatment(state="abandoned", due=_YESTERDAY)),
)
