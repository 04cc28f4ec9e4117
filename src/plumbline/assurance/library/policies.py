"""Policies (5.2, A.2): none in force, left in revision, or without what a policy of AI says."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say


@rule(
    "policy-left-in-revision",
    "5.2 7.5.2 A.2.4",
    grade="minor",
    over="policy",
    repair=Word("Have the revision approved or taken back, and say which version holds meanwhile."),
)
def left_in_revision(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A policy that was in force has been in revision for more than a month, so that nobody can say which
    version holds."""
    if row.approvers and not row.stands and not row.ended and row.changed < world.ago(30):
        yield gap(
            say(
                "predicted.policy-left-in-revision",
                "{policy} has been in revision for more than a month.",
                policy=Ref(row.reference),
            ),
            row.seen("version"),
        )


@rule(
    "no-ai-policy-in-force",
    "5.2 A.2.2",
    grade="major",
    repair=Word("Have the policy for AI approved by top management."),
)
def no_ai_policy(world: Snapshot) -> Iterator[Gap]:
    """Systems are in operation, and no policy for AI is in force."""
    policies = [one for one in world.every("policy") if one["type"] == "AI policy"]
    if world.live and not any(one.stands and not one.ended for one in policies):
        yield gap(
            say(
                "predicted.no-ai-policy-in-force",
                "No policy for AI is in force.",
            ),
            *(one.seen("type", "version") for one in policies),
        )


@rule(
    "policy-leaves-out",
    "5.2 A.2.2",
    grade="minor",
    over="policy",
    repair=Word("Write it, in the words of those who decided on the policy."),
)
def policy_leaves_out(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The policy for AI gives no frame for objectives, does not say who can get it, or how departures from it
    are dealt with."""
    asked = ("objectives_frame", "available_to", "exceptions")
    bare = [name for name in asked if texts.vague(row.text(name), 4)]
    if row["type"] == "AI policy" and row.stands and bare:
        yield gap(
            say(
                "predicted.policy-leaves-out",
                "{policy} leaves open what a policy for AI says.",
                policy=Ref(row.reference),
            ),
            row.seen(*bare),
        )
