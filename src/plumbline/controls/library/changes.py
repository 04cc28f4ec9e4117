"""The check on changes of the management system: planned, carried out and reviewed (6.3)."""

from __future__ import annotations

from datetime import timedelta

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import changes as cases
from plumbline.controls.library.gaps import says_too_little, unseen_since
from plumbline.controls.library.population import in_force, owned
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength

_SHOWN = 400
"""Days for which a change that was reviewed is still shown; without this one review would do for ever."""
_PLAN = {
    "purpose": Word("purpose"),
    "consequences": Word("consequences"),
    "integrity": Word("integrity of the AIMS"),
    "resources": Word("what it takes"),
    "responsibilities": Word("who gets what"),
}


def _changes(evidence: Evidence) -> list[Member]:
    """Changes that are approved, those reviewed within the limit, and drafts of what was to begin already."""
    since = evidence.today - timedelta(days=_SHOWN)
    known = {row["reference"]: row for row in evidence.records["change"]}
    found = []
    for row in evidence.claims["change"]:
        standing = known.get(row["reference"])
        if standing is None:
            begins = day_of(row["begins_on"])
            if row["state"] != "abandoned" and begins is not None and begins < evidence.today:
                found.append(owned(row))
        elif standing["state"] != "reviewed" or (day_of(standing["done_on"]) or since) >= since:
            found.append(owned(standing))
    return found


@check(
    "iso42001:6.3",
    slug="changes-planned",
    title="Changes of the AIMS are planned, carried out and reviewed",
    finding="Changes of the AIMS without an approved plan or overdue",
    over="organization",
    needs=("facts:people",),
    population=Population(
        "changes", Word("changes of the AIMS"), ("claims:change", "records:change"), _changes, bare.CHANGE
    ),
    share=share("change.share", "{have} of {total} changes of the AIMS go as they were planned."),
    strength=Strength.OPERATING,
    limits=(
        limit("changes-planned.reviewed", 90, "days", why="a quarter is time for a second person to look"),
    ),
    cases=cases.CHANGES_PLANNED,
)
def changes_planned(member: Member, evidence: Evidence) -> Message | None:
    """Every change was approved before it was to begin, says what it means for the AIMS, has an owner who is
    here, is carried out by its day, and is then reviewed by somebody without a part in it.

    It sees the changes that are recorded: whether others were made without a plan is for people to say.
    """
    row = in_force(evidence, "change", member.row["reference"])
    if row is None:
        begins = day_of(member.row["begins_on"]) or evidence.today
        return say("change.unapproved", "was to begin on {day} and is not approved", day=begins)
    wanting = says_too_little(row, _PLAN)
    if wanting is not None or row["state"] == "reviewed":
        return wanting
    if row["owner"] not in {one["handle"] for one in evidence.facts["people"] if one["active"]}:
        return say("decision.owner-gone", "has no owner who is here")
    due = day_of(row["due"])
    if row["state"] == "carried out":
        given = timedelta(days=evidence.limit("changes-planned.reviewed").value)
        return unseen_since((due or day_of(row["approved_at"]) or evidence.today) + given, evidence)
    if due is None or due < evidence.today:
        return say("decision.late", "was due on {day} and is not carried out", day=due or evidence.today)
    return None
