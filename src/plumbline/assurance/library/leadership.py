"""Leadership (clause 5): policies that speak of nobody's AI, groups that do not meet, duties of people who
left."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, listing, say

CADENCE = {
    "continuous": 7, "daily": 7, "weekly": 14, "monthly": 45,
    "quarterly": 120, "half-yearly": 215, "yearly": 400,
}  # fmt: skip
"""Days after which something that is done so often is overdue, a little grace included."""


@rule(
    "policy-names-no-use",
    "5.2 A.2.2",
    grade="minor",
    over="policy",
    repair=Word("Write into the policy which uses of AI it governs, and what that means for each of them."),
)
def policy_names_no_use(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The AI policy could be anybody's: it names neither the organization nor any of its systems or uses."""
    if row["type"] != "AI policy" or not world.of("ai-system"):
        return
    said = texts.folded(row.text("title", "purpose", "text", "objectives_frame", "applies_to"))
    words = {texts.folded(world.organization.split()[0])} if world.organization.strip() else set()
    for system in world.of("ai-system"):
        names = (system.title, system.text("slug"), system.text("topic"), system.text("business_area"))
        words |= {texts.folded(name) for name in names} | {texts.folded(system.reference)}
    units = {texts.folded(one.unit) for one in world.rows if one.unit}
    if not any(word and word in said for word in words | units):
        yield gap(
            say(
                "predicted.policy-names-no-use",
                "{policy} names neither the organization nor one of its {count} AI systems or their uses.",
                plural="{policy} names neither the organization nor one of its {count} AI systems or "
                "their uses.",
                policy=Ref(row.reference), count=len(world.of("ai-system")),
            ),
            row.seen("purpose", "text", "applies_to"),
        )  # fmt: skip


@rule(
    "template-left-unfilled",
    "7.5.2 5.2",
    grade="minor",
    over="policy document scope risk-criteria audit-programme treatment impact-assessment objective "
    "responsibility "
    "committee communication management-review",
    repair=Word("Fill in what the template left open, and have the text approved anew."),
)
def template_left_unfilled(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A text holds the place of a template that nobody filled in."""
    for name, value in row.values.items():
        left = texts.placeholder(value) if isinstance(value, str) else ""
        if left:
            yield gap(
                say(
                    "predicted.template-left-unfilled",
                    "{record} holds “{left}”, which a template left open.",
                    record=Ref(row.reference), left=left,
                ),
                row.seen(name),
            )  # fmt: skip
            return


@rule(
    "policy-without-commitments",
    "5.2",
    grade="minor",
    over="policy",
    repair=Word("Commit in the policy to meeting requirements and to getting better, both in its own words."),
)
def policy_without_commitments(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The AI policy does not commit to both: meeting what applies, and improving the management system."""
    if row["type"] == "AI policy" and len(row.many("commitments")) < 2:
        yield gap(
            say(
                "predicted.policy-without-commitments",
                "{policy} lacks a commitment: an AI policy needs that to requirements and that to "
                "improvement.",
                policy=Ref(row.reference),
            ),
            row.seen("commitments", "text"),
        )


@rule(
    "policy-not-by-top-management",
    "5.2 5.1",
    grade="minor",
    over="policy",
    repair=Word("Let top management approve the policy; whoever it delegates that to needs it in writing."),
)
def policy_not_by_top_management(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The AI policy was approved, and nobody who approved it is of top management."""
    leaders = {
        handle
        for handle, person in world.people.items()
        if any(one.role == "top-management" for one in person.grants)
    }
    if row["type"] == "AI policy" and row.approvers and leaders and not row.approvers & leaders:
        yield gap(
            say(
                "predicted.policy-not-by-top-management",
                "{policy} was approved by {person}, who is not of top management.",
                policy=Ref(row.reference), person=listing(sorted(world.name(one) for one in row.approvers)),
            ),
            row.seen("owner"),
        )  # fmt: skip


@rule(
    "policy-nobody-is-told",
    "5.2 7.3",
    grade="minor",
    over="policy",
    repair=Word("Write whom the policy is made known to and how, and ask them to acknowledge it."),
)
def policy_nobody_told(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An AI policy is in force, and neither the policy nor an awareness measure says that people know of
    it."""
    told = row.text("communicated", "readers", "available_to")
    measures = [
        one
        for one in world.of("awareness")
        if "policy" in texts.folded(" ".join((one.title, one.text("content"), *one.many("topics"))))
    ]
    if row["type"] == "AI policy" and row.stands and texts.vague(told, 4) and not measures:
        yield gap(
            say(
                "predicted.policy-nobody-is-told",
                "{policy} is in force, and nothing says who was told of it.",
                policy=Ref(row.reference),
            ),
            row.seen("communicated", "readers", "available_to"),
        )


@rule(
    "committee-does-not-meet",
    "5.1 5.3",
    grade="minor",
    over="committee",
    repair=Word("Hold the meeting that is due and keep its minutes, or set an interval that is kept."),
)
def committee_does_not_meet(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A committee has not met for longer than its own terms say."""
    meetings = world.naming(row, "committee-meeting")
    held = [one.day("held_on") for one in meetings]
    last = max((day for day in held if day is not None), default=None)
    late = world.ago(CADENCE.get(row["cadence"], 400))
    if last is None:
        yield gap(
            say("predicted.committee-never-met", "{committee} has never met.", committee=Ref(row.reference)),
            row.seen("cadence"),
            grade="minor" if row.imported or row.created <= late else "opportunity",
        )
    elif last < late:
        yield gap(
            say(
                "predicted.committee-does-not-meet",
                "{committee} meets {cadence} by its terms and last met on {day}.",
                committee=Ref(row.reference), cadence=Word(row["cadence"]), day=last,
            ),
            row.seen("cadence"),
            *(one.seen("held_on") for one in meetings if one.day("held_on") == last),
        )  # fmt: skip


@rule(
    "decided-without-quorum",
    "5.3",
    grade="minor",
    over="committee-meeting",
    repair=Word("Have the decision confirmed by a meeting with a quorum."),
)
def decided_without_quorum(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A meeting decided although the members needed for a decision were not there."""
    decisions = world.naming(row, "committee-decision")
    if row["quorate"] == "no" and decisions:
        yield gap(
            say(
                "predicted.decided-without-quorum",
                "{meeting} had no quorum, and decided {decisions}.",
                meeting=Ref(row.reference), decisions=listing(Ref(one.reference) for one in decisions),
            ),
            row.seen("quorate", "present"),
            *(one.seen("decision") for one in decisions),
        )  # fmt: skip


@rule(
    "decision-not-carried-out",
    "5.1 9.3.3",
    grade="minor",
    over="committee-decision",
    repair=Word("Carry it out and record that, or have the committee decide on another day."),
)
def decision_not_carried_out(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A decision of a committee is past its day and was not carried out."""
    due = row.day("due")
    if due is not None and due < world.today and row.state not in {"carried out", "verified"}:
        yield gap(
            say(
                "predicted.decision-not-carried-out",
                "{decision} was to be carried out by {day} and was not.",
                decision=Ref(row.reference), day=due,
            ),
            row.seen("action", "due"),
        )  # fmt: skip
