"""Checks on the context of the AIMS: issues, roles, interested parties, obligations (4.1, 4.2)."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import context as cases
from plumbline.controls.library.gaps import (
    LONGEST_INTERVALS,
    Facts,
    any_current,
    says_too_little,
)
from plumbline.controls.library.population import (
    INVENTORY,
    LIVE_SYSTEMS,
    TOUCHING,
    in_force,
    not_approved,
    not_current,
    recorded,
)
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength

_ORIGINS = {"external": Word("external context"), "internal": Word("internal context")}


def _issues(evidence: Evidence) -> list[Member]:
    """Both sides of the context, which have to be looked at, and each issue that is recorded."""
    sides = [Member(title, row={"origin": origin, "reference": ""}) for origin, title in _ORIGINS.items()]
    return [*sides, *recorded(evidence, "issue")]


@check(
    "iso42001:4.1",
    slug="issues-determined",
    title="Issues outside and inside are determined",
    finding="Issues of the context not determined or out of date",
    over="organization",
    needs=("records:issue", LONGEST_INTERVALS),
    population=Population(
        "issues", Word("both sides of the context, and the issues recorded"),
        ("claims:issue", "records:issue"), _issues,
    ),
    share=share("issue.share", "{have} of {total} sides and issues of the context are approved and current."),
    strength=Strength.RECORDED,
    cases=cases.ISSUES_DETERMINED,
)  # fmt: skip
def issues_determined(member: Member, evidence: Evidence) -> Message | None:
    """There is an approved external issue and an approved internal one, and each issue is looked at in time.

    An issue counts when it says what it is and what it means, and its next review is neither overdue nor
    further away than the longest interval.
    """
    if not member.row["reference"]:
        rows = [row for row in evidence.records["issue"] if row["origin"] == member.row["origin"]]
        return any_current(rows, evidence, "issue")
    texts = {"description": Word("what it is"), "effect": Word("what it means")}
    found = not_current(member, evidence, "issue", texts)
    return found if isinstance(found, Message) else None


@check(
    "iso42001:4.1",
    slug="roles-determined",
    title="Purpose and role are determined for each system",
    finding="Live systems without a purpose or a role of ours",
    over="organization",
    needs=(),
    population=LIVE_SYSTEMS,
    share=share("role.determined", "{have} of {total} live systems have a purpose and a role of ours."),
    strength=Strength.RECORDED,
    cases=cases.ROLES_DETERMINED,
)
def roles_determined(member: Member, evidence: Evidence) -> Message | None:
    """The approved record of every live AI system says what it is meant to do, and which roles we play
    towards it, by ISO/IEC 22989."""
    row = in_force(evidence, "ai-system", member.system)
    if row is None:
        return not_approved(member)
    if not row["roles"]:
        return say("role.none", "names no role that we play towards it")
    return says_too_little(row, {"purpose": Word("its purpose")})


def _parties(evidence: Evidence) -> list[Member]:
    """That there are parties at all, the people touched where a live system touches any, and each party."""
    asked = [Member(Word("register of interested parties"), row={"asked": ""})]
    if TOUCHING.members(evidence):
        asked.append(Member(Word("group of people whom AI systems touch"), row={"asked": "affected people"}))
    return [*asked, *recorded(evidence, "interested-party")]


@check(
    "iso42001:4.2",
    slug="parties-determined",
    title="Interested parties and what is taken on are determined",
    finding="Interested parties not determined, out of date or unanswered",
    over="organization",
    needs=("records:interested-party", "records:obligation", LONGEST_INTERVALS),
    population=Population(
        "interested-parties", Word("interested parties that have to be known, and those recorded"),
        (*INVENTORY, "claims:interested-party", "records:interested-party"), _parties,
    ),
    share=share("party.share", "{have} of {total} interested parties are known, current and answered."),
    strength=Strength.RECORDED,
    cases=cases.PARTIES_DETERMINED,
)  # fmt: skip
def parties_determined(member: Member, evidence: Evidence) -> Message | None:
    """Interested parties are approved and looked at in time, the people whom live systems touch among them.

    Each is answered: by an obligation in force, or by why none of its needs is taken on.
    """
    if "asked" in member.row:
        kind = member.row["asked"]
        rows = [row for row in evidence.records["interested-party"] if not kind or row["type"] == kind]
        return any_current(rows, evidence, "interested-party")
    texts = {"relevance": Word("why it matters"), "needs": Word("what it needs")}
    row = not_current(member, evidence, "interested-party", texts)
    if isinstance(row, Message):
        return row
    answers = [one for one in evidence.records["obligation"] if one["party"] == row["reference"]]
    if any(_binds(one, evidence) for one in answers):
        return None
    if not row["declined"]:
        return say("party.unanswered", "has needs of which nothing is taken on or declined")
    return says_too_little(row, {"declined": Word("why its needs are not taken on")})


def _binds(row: Facts, evidence: Evidence) -> bool:
    """Whether an obligation in force has not ended."""
    ends = day_of(row["ends_on"])
    return ends is None or ends >= evidence.today


@check(
    "iso42001:4.2",
    slug="obligations-current",
    title="Obligations are approved, owned and looked at again",
    finding="Obligations without an owner, a way to meet them or a review",
    over="organization",
    needs=("facts:people", LONGEST_INTERVALS),
    population=Population(
        "obligations", Word("obligations"), ("claims:obligation", "records:obligation"),
        lambda evidence: recorded(evidence, "obligation"), bare.OBLIGATION,
    ),
    share=share("obligation.share", "{have} of {total} obligations are approved, owned and current."),
    strength=Strength.RECORDED,
    cases=cases.OBLIGATIONS_CURRENT,
)  # fmt: skip
def obligations_current(member: Member, evidence: Evidence) -> Message | None:
    """Every obligation is approved, has an owner who is here, says how it is met, has not ended and is looked
    at again in time."""
    texts = {"text": Word("what it asks"), "how": Word("how it is met")}
    row = not_current(member, evidence, "obligation", texts)
    if isinstance(row, Message):
        return row
    ends = day_of(row["ends_on"])
    if ends is not None and not _binds(row, evidence):
        return say("obligation.ended", "ended on {day}", day=ends)
    here = {one["handle"] for one in evidence.facts["people"] if one["active"]}
    if row["owner"] not in here:
        return say("obligation.unowned", "has no owner who is here")
    return None
