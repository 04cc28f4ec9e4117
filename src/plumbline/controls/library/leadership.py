"""Checks on leadership: who answers for what, committees, acts of top management (5.1, 5.3, A.3.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import leadership as cases
from plumbline.controls.library.gaps import (
    LONGEST_INTERVALS,
    Facts,
    ref,
    review_too_far,
    says_too_little,
    unseen_since,
)
from plumbline.controls.library.population import in_force, not_current, recorded
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength

_AIMS: Mapping[str, Word] = {
    "conformity": Word("conformity of the AIMS"),
    "reporting": Word("reports to top management"),
}
"""What somebody has to be named for under 5.3."""
_AREAS: Mapping[str, Word] = {
    "risk": Word("risk management"),
    "impact": Word("impact assessment"),
    "resources": Word("assets and resources"),
    "security": Word("security"),
    "safety": Word("safety"),
    "privacy": Word("privacy"),
    "development": Word("development"),
    "performance": Word("performance"),
    "oversight": Word("human oversight"),
    "suppliers": Word("suppliers"),
    "law": Word("legal duties"),
    "data": Word("data quality"),
}
"""The areas of A.3.2."""


def _asked(areas: Mapping[str, Word]) -> Callable[[Evidence], list[Member]]:
    return lambda _: [Member(title, row={"area": area}) for area, title in areas.items()]


def _here(evidence: Evidence) -> set[str]:
    return {row["handle"] for row in evidence.facts["people"] if row["active"]}


def _unanswered(row: Facts, evidence: Evidence) -> Message | None:
    """Why a responsibility in force does not count: nobody who is here answers for it, it says too little, or
    it was not looked at again in time."""
    if row["owner"] not in _here(evidence):
        return say("duty.owner-gone", "is answered for by nobody who is here")
    late = review_too_far(row, evidence, "responsibility.next_review")
    return says_too_little(row, {"duty": Word("the duty")}) or late


def _assigned(member: Member, evidence: Evidence) -> Message | None:
    """Why nobody answers for the area of a member."""
    fault = say("duty.nobody", "is assigned to nobody")
    for row in evidence.records["responsibility"]:
        if row["area"] != member.row["area"]:
            continue
        late = _unanswered(row, evidence)
        if late is None:
            return None
        fault = say("duty.late", "is assigned in {record} alone, which {fault}", record=ref(row), fault=late)
    return fault


@check(
    "iso42001:5.3",
    slug="aims-duties-assigned",
    title="Conformity and reports to top management are assigned",
    finding="Nobody named for conformity or for reports to top management",
    over="organization",
    needs=("records:responsibility", "facts:people", LONGEST_INTERVALS),
    population=Population("aims-duties", Word("duties for the AIMS as a whole"), (), _asked(_AIMS)),
    share=share("duty.aims-share", "{have} of {total} duties for the AIMS as a whole are assigned."),
    strength=Strength.RECORDED,
    severity="major",
    required=True,
    cases=cases.of("conformity", "reporting"),
)
def aims_duties_assigned(member: Member, evidence: Evidence) -> Message | None:
    """Top management has named who sees to it that the AIMS conforms and who reports on it, and told them.

    Somebody counts while they are here and the responsibility is looked at again in time.
    """
    return _assigned(member, evidence)


@check(
    "iso42001:A.3.2",
    slug="areas-assigned",
    title="Each area of responsibility is assigned",
    finding="Areas of responsibility that nobody answers for",
    over="organization",
    needs=("records:responsibility", "facts:people", LONGEST_INTERVALS),
    population=Population("areas", Word("areas of responsibility"), (), _asked(_AREAS)),
    share=share("duty.area-share", "{have} of {total} areas of responsibility are assigned."),
    strength=Strength.RECORDED,
    cases=cases.of(*_AREAS),
)
def areas_assigned(member: Member, evidence: Evidence) -> Message | None:
    """Each area, from risk management to data quality, has an approved responsibility whose owner is here."""
    return _assigned(member, evidence)


_MEETS = {"monthly": 31, "quarterly": 92, "half-yearly": 183, "yearly": 366}
"""Days from one meeting to the next."""
_LATE = 1.5
"""A meeting is late when this many intervals have passed since the last one, as everywhere in the posture."""


@check(
    "iso42001:5.3",
    slug="committees-meet",
    title="Committees have members and meet",
    finding="Committees without members or meetings",
    over="organization",
    needs=(
        *("records:committee-meeting", "records:responsibility", "facts:people"), LONGEST_INTERVALS,
    ),
    population=Population(
        "committees", Word("committees"), ("claims:committee", "records:committee"),
        lambda evidence: recorded(evidence, "committee"), bare.COMMITTEE,
    ),
    share=share("committee.share", "{have} of {total} committees have their members and meet."),
    strength=Strength.OPERATING,
    cases=cases.COMMITTEES_MEET,
)  # fmt: skip
def committees_meet(member: Member, evidence: Evidence) -> Message | None:
    """Every committee is approved, has as many members who are here as it needs to decide, and has met within
    one and a half intervals."""
    row = not_current(member, evidence, "committee", {"mandate": Word("what it may decide")})
    if isinstance(row, Message):
        return row
    sitting = {
        one["owner"]
        for one in evidence.records["responsibility"]
        if one["reference"] in row["members"] and one["owner"] in _here(evidence)
    }
    if len(sitting) < (row["quorum"] or 1):
        return say("committee.few", "has too few members who are here: {count}", count=len(sitting))
    held = [
        day_of(one["held_on"])
        for one in evidence.records["committee-meeting"]
        if one["committee"] == row["reference"]
    ]
    # Terms that are approved anew are no meeting: their day counts for a committee that has not met yet.
    last = max((day for day in held if day is not None), default=day_of(row["approved_at"]) or evidence.today)
    if (evidence.today - last).days > _LATE * _MEETS[row["cadence"]]:
        return say("committee.silent", "has not met since {day}", day=last)
    return None


@check(
    "iso42001:5.1",
    slug="decisions-carried-out",
    title="Decisions of committees are carried out in time",
    finding="Decisions of committees that nobody has carried out",
    over="organization",
    needs=("facts:people",),
    population=Population(
        "decisions", Word("decisions of committees"),
        ("claims:committee-decision", "records:committee-decision"),
        lambda evidence: recorded(evidence, "committee-decision"), bare.DECISION,
    ),
    share=share("decision.share", "{have} of {total} decisions of committees are carried out or in time."),
    strength=Strength.OPERATING,
    limits=(
        limit(
            "decisions-carried-out.verified", 90, "days", why="a quarter is time for a second person to look"
        ),
    ),
    cases=cases.DECISIONS_CARRIED_OUT,
)  # fmt: skip
def decisions_carried_out(member: Member, evidence: Evidence) -> Message | None:
    """Every decision of a committee is approved, has an owner who is here, and was carried out by its day.

    That it was carried out is what its owner says, and counts for a time until somebody else verifies it.
    """
    row = in_force(evidence, "committee-decision", member.row["reference"])
    if row is None:
        return say("record.not-approved", "is not approved")
    if row["state"] == "verified":
        return None
    if row["owner"] not in _here(evidence):
        return say("decision.owner-gone", "has no owner who is here")
    due = day_of(row["due"])
    if row["state"] == "carried out":
        given = timedelta(days=evidence.limit("decisions-carried-out.verified").value)
        return unseen_since((due or day_of(row["approved_at"]) or evidence.today) + given, evidence)
    if due is None or due < evidence.today:
        return say("decision.late", "was due on {day} and is not carried out", day=due or evidence.today)
    return None


_ACTS: Mapping[str, Word] = {
    "policy": Word("AI policy"),
    "objective": Word("AI objectives"),
    "responsibility": Word("assignment of duties"),
    "management-review": Word("management review"),
}
"""What top management decides itself, by the kind of record in which it does."""


def _act_day(kind: str, row: Facts) -> date | None:
    return day_of(row["held_on"] if kind == "management-review" else row["approved_at"])


@check(
    "iso42001:5.1",
    slug="leadership-acts",
    title="Top management has acted within the year",
    finding="Acts of leadership that are missing",
    over="organization",
    needs=tuple(f"records:{kind}" for kind in _ACTS),
    population=Population(
        "leadership", Word("acts of leadership"), (),
        lambda _: [Member(title, row={"kind": kind}) for kind, title in _ACTS.items()],
    ),
    share=share("leadership.share", "{have} of {total} acts of leadership were taken in time."),
    strength=Strength.OPERATING,
    limits=(limit("leadership-acts", 400, "days", why="each comes up once a year or so"),),
    cases=cases.LEADERSHIP_ACTS,
)  # fmt: skip
def leadership_acts(member: Member, evidence: Evidence) -> Message | None:
    """Within the limit, an AI policy, objectives and duties were approved and a management review was held.

    That shows acts and not attitude: whether top management backs the AIMS is for people to attest.
    """
    kind = member.row["kind"]
    rows = [row for row in evidence.records[kind] if kind != "policy" or row["type"] == "AI policy"]
    last = max((day for row in rows if (day := _act_day(kind, row)) is not None), default=None)
    if last is None:
        return say("leadership.none", "is not there")
    if (evidence.today - last).days > evidence.limit("leadership-acts").value:
        return say("leadership.old", "was last decided on {day}", day=last)
    return None
