"""The check on actions: what was to become better is carried out in time, and somebody else saw it (10.1)."""

from __future__ import annotations

from datetime import timedelta

from plumbline.controls.declare import check
from plumbline.controls.library.cases import actions as cases
from plumbline.controls.library.cases import bare
from plumbline.controls.library.gaps import says_too_little, unseen_since, was_due
from plumbline.controls.library.population import in_force, recorded
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength

_SHOWN = 400
"""Days after its day for which an action that was reviewed is still shown."""


def _actions(evidence: Evidence) -> list[Member]:
    """Actions in force, and drafts whose day has passed: an idea with a day to come binds nobody yet.

    One whose result was reviewed leaves some time after the day that was approved for it.
    """
    since = evidence.today - timedelta(days=_SHOWN)
    approved = {row["reference"]: row for row in evidence.records["action"]}
    found = []
    for member in recorded(evidence, "action"):
        row = approved.get(member.row["reference"], member.row)
        due = day_of(row["due"]) or evidence.today
        is_binding = member.row["reference"] in approved or due < evidence.today
        if is_binding and (row["state"] != "reviewed" or due >= since):
            found.append(member)
    return found


@check(
    "iso42001:10.1",
    slug="actions-carried-out",
    title="Actions that make the AIMS better are carried out in time",
    finding="Actions that nobody has carried out",
    over="organization",
    needs=("facts:people",),
    population=Population(
        "actions",
        Word("actions, drafts whose day has passed included"),
        ("claims:action", "records:action"),
        _actions,
        bare.ACTION,
    ),
    share=share("improvement-action.share", "{have} of {total} actions are carried out or in time."),
    strength=Strength.OPERATING,
    limits=(
        limit(
            "actions-carried-out.verified", 90, "days", why="a quarter is time for a second person to look"
        ),
    ),
    cases=cases.ACTIONS_CARRIED_OUT,
)
def actions_carried_out(member: Member, evidence: Evidence) -> Message | None:
    """Every action is approved, says what is expected of it, has an owner who is here, and was carried out by
    its day.

    What came of it is what its owner says, and counts for a time until somebody without a part reviews it.
    """
    row = in_force(evidence, "action", member.row["reference"])
    if row is None:
        return say("record.not-approved", "is not approved")
    wanting = says_too_little(row, {"expected": Word("what is expected")})
    if wanting is not None or row["state"] == "reviewed":
        return wanting
    if row["owner"] not in {one["handle"] for one in evidence.facts["people"] if one["active"]}:
        return say("decision.owner-gone", "has no owner who is here")
    due = day_of(row["due"]) or evidence.today
    if row["state"] == "carried out":
        given = timedelta(days=evidence.limit("actions-carried-out.verified").value)
        return unseen_since(due + given, evidence)
    return was_due(due) if due < evidence.today else None
