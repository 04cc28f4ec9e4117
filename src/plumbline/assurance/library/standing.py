"""What ceased to hold, waits for somebody, or belongs to nobody (4, 7.5, A.6 to A.8)."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.context import touches_people
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Requirement, Word, say

WAITS = {
    "release": 30, "risk": 60, "policy": 60, "document": 60, "validation": 60, "applicability": 60,
    "impact-assessment": 60, "treatment-plan": 60,
}  # fmt: skip
"""Days after which a record that was put before somebody has waited too long, by kind."""

PEOPLE = frozenset({"affected people", "customers", "employees", "society", "group"})
"""Types of interested parties that are people whom a system may touch."""


@rule(
    "document-in-revision",
    "7.5.2 7.5.3",
    grade="minor",
    over="document",
    repair=Word("Have the revision approved or taken back, and say which version people work by."),
)
def document_in_revision(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A document that was in force has been in revision for more than a month, so that nobody can say what
    people work by."""
    if row.approvers and not row.stands and row.changed < world.ago(30):
        yield gap(
            say(
                "predicted.document-in-revision",
                "{document} has been in revision for more than a month.",
                document=Ref(row.reference),
            ),
            row.seen("version"),
        )


@rule(
    "document-without-successor",
    "7.5.1 7.5.2",
    grade="minor",
    repair=Word("Approve what takes its place, or say which other document answers."),
)
def document_without_successor(world: Snapshot) -> Iterator[Gap]:
    """A document answered for a requirement, was withdrawn, and nothing in force takes its place."""
    held = {name for one in world.of("document") if one.stands for name in one.many("requirements")}
    for one in world.every("document"):
        bare = sorted(set(one.many("requirements")) - held)
        if one.ended and bare:
            yield gap(
                say(
                    "predicted.document-without-successor",
                    "{document} was withdrawn, and nothing in force answers for {requirement}.",
                    document=Ref(one.reference),
                    requirement=Requirement(bare[0]),
                ),
                one.seen("requirements", "version"),
            )


@rule(
    "document-nowhere",
    "7.5.2 7.5.3",
    grade="minor",
    over="document",
    repair=Word("Attach it, write it, or say where it is kept."),
)
def document_nowhere(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A document is in force that has no text and no file, and says nowhere where it is kept."""
    if row.stands and not row.files and texts.vague(row.text("text", "address"), 6):
        yield gap(
            say(
                "predicted.document-nowhere",
                "{document} is in force, and there is nothing to read.",
                document=Ref(row.reference),
            ),
            row.seen("text", "address"),
        )


@rule(
    "document-kept-for-nobody-knows",
    "7.5.3",
    grade="minor",
    repair=Word("Write how long it is kept and why."),
)
def document_retention(world: Snapshot) -> Iterator[Gap]:
    """Nobody has decided how long a document is kept, although others say so."""
    documents = world.of("document")
    bare = [one for one in documents if texts.vague(one.text("retention_rule"), 4)]
    if 2 * len(bare) >= len(documents):
        return
    for one in bare:
        if one.stands and one.day("dispose_on") is None:
            yield gap(
                say(
                    "predicted.document-kept-for-nobody-knows",
                    "Nobody knows how long {document} is kept.",
                    document=Ref(one.reference),
                ),
                one.seen("retention_rule", "dispose_on"),
            )


@rule(
    "document-of-nobody",
    "7.5.2 7.5.3 5.3",
    grade="minor",
    over="document policy",
    repair=Word("Name somebody who keeps it up to date."),
)
def document_of_nobody(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A policy or document in force belongs to nobody."""
    if row.stands and not row.owner:
        yield gap(
            say("predicted.document-of-nobody", "{document} belongs to nobody.", document=Ref(row.reference)),
            row.seen("owner"),
        )


@rule(
    "policy-of-nobody",
    "5.2 A.2.2 5.3",
    grade="minor",
    over="policy",
    repair=Word("Name who answers for the policy."),
)
def policy_of_nobody(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Nobody answers for a policy."""
    if row.stands and not row.owner:
        yield gap(
            say("predicted.policy-of-nobody", "Nobody answers for {policy}.", policy=Ref(row.reference)),
            row.seen("owner"),
        )


@rule(
    "context-of-nobody",
    "4.1 4.2 5.3",
    grade="minor",
    over="issue interested-party obligation",
    repair=Word("Name who follows it."),
)
def context_of_nobody(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An issue, an interested party or an obligation is in the register, and nobody answers for it."""
    if row.stands and not row.owner:
        yield gap(
            say("predicted.context-of-nobody", "Nobody answers for {record}.", record=Ref(row.reference)),
            row.seen("owner"),
        )


@rule(
    "obligation-met-nobody-says-how",
    "4.2 6.1.1",
    grade="minor",
    over="obligation",
    repair=Word("Write by what it is met: a control, a document, a practice."),
)
def obligation_met_how(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An obligation is in force, and nothing says how it is met."""
    if row.stands and texts.vague(row.text("how"), 8) and not row.many("controls"):
        yield gap(
            say(
                "predicted.obligation-met-nobody-says-how",
                "Nothing says how {obligation} is met.",
                obligation=Ref(row.reference),
            ),
            row.seen("how", "controls"),
        )


@rule(
    "touched-and-no-party",
    "4.2",
    grade="minor",
    repair=Word("Take them up with what they need, and ask them or who speaks for them."),
)
def touched_and_no_party(world: Snapshot) -> Iterator[Gap]:
    """Systems decide about people, and these are no interested party, or are none any more."""
    touching = [one for one in world.live if touches_people(one)]
    parties = [one for one in world.every("interested-party") if one["type"] in PEOPLE]
    known = [one for one in parties if one.stands and not one.ended]
    lost = [one for one in parties if one.ended and one.title not in {each.title for each in known}]
    if touching and (not known or lost):
        yield gap(
            say(
                "predicted.touched-and-no-party",
                "{system} touches people who are no interested party.",
                system=Ref(touching[0].reference),
            ),
            *(one.seen("effect", "affected_groups") for one in touching[:5]),
            *(one.seen("type") for one in lost),
        )


@rule(
    "party-that-ended",
    "4.2",
    grade="minor",
    repair=Word("Take them up again, or write why they have no interest any more."),
)
def party_that_ended(world: Snapshot) -> Iterator[Gap]:
    """An interested party was taken out although the systems that it has to do with go on."""
    for one in world.every("interested-party"):
        going_on = [name for name in one.systems if name in world.live_references]
        if one.ended and going_on:
            yield gap(
                say(
                    "predicted.party-that-ended",
                    "{party} was taken out, and {system} goes on.",
                    party=Ref(one.reference),
                    system=Ref(going_on[0]),
                ),
                one.seen("systems", "type"),
            )


@rule(
    "waits-for-a-decision",
    "8.1 7.5.2 A.6.2.5",
    grade="minor",
    over="release policy document applicability treatment-plan",
    repair=Word("Decide: approve it, or send it back with the reason."),
)
def waits_for_a_decision(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Something was put before somebody for a decision, and has waited for months."""
    if row.state == "in review" and row.changed < world.ago(WAITS[row.kind]):
        yield gap(
            say(
                "predicted.waits-for-a-decision",
                "{record} has waited for a decision for months.",
                record=Ref(row.reference),
            ),
            row.seen("title"),
        )


@rule(
    "measured-and-not-confirmed",
    "A.6.2.4",
    grade="minor",
    over="validation",
    repair=Word("Have a second person look at the results."),
)
def measured_not_confirmed(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A validation was measured, and no second person has confirmed its results."""
    measured = row.day("measured_on")
    if row.state == "measured" and measured is not None and measured < world.ago(14):
        yield gap(
            say(
                "predicted.measured-and-not-confirmed",
                "The results of {validation} were confirmed by nobody.",
                validation=Ref(row.reference),
            ),
            row.seen("measured_on", "findings"),
        )


@rule(
    "version-nobody-released",
    "A.6.2.5 A.6.2.3 A.4.2",
    grade="minor",
    over="ai-system",
    repair=Word("Correct the entry, or release the version through the gate."),
)
def version_nobody_released(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The entry of a system calls a version current that no release has."""
    released = {one.text("version") for one in world.ever_naming(row, "release")}
    version = row.text("version")
    if row["lifecycle"] == "in operation" and version and released and version not in released:
        yield gap(
            say(
                "predicted.version-nobody-released",
                "{system} runs {version} by its entry, and no release is that.",
                system=Ref(row.reference),
                version=version,
            ),
            row.seen("version"),
        )


@rule(
    "instructions-not-in-force",
    "A.8.2 A.6.2.7 7.5.3",
    grade="minor",
    over="ai-system",
    repair=Word("Have instructions in force for those who use it."),
)
def instructions_not_in_force(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Instructions or technical documents of a system in operation were withdrawn or lie in revision, and
    none is in force."""
    kinds = {"instructions", "design", "specification"}
    of_it = [one for one in world.ever_naming(row, "document") if one["type"] in kinds]
    held = {one["type"] for one in of_it if one.stands and not one.ended}
    lost = [
        one for one in of_it if (one.ended or not one.stands) and one.approvers and one["type"] not in held
    ]
    if row["lifecycle"] == "in operation" and lost:
        yield gap(
            say(
                "predicted.instructions-not-in-force",
                "{system} is in operation, and {document} is not in force.",
                system=Ref(row.reference),
                document=Ref(lost[0].reference),
            ),
            *(one.seen("type", "version") for one in lost),
            row.seen("lifecycle"),
        )


@rule(
    "resource-review-overdue",
    "7.1 A.4.2",
    grade="minor",
    over="resource",
    repair=Word("Look at it again, and write the next day."),
)
def resource_review_overdue(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Whether a resource is enough was to be looked at again by a day that has passed."""
    due = row.day("next_review")
    if due is not None and due < world.today:
        yield gap(
            say(
                "predicted.resource-review-overdue",
                "{resource} was to be looked at again.",
                resource=Ref(row.reference),
            ),
            row.seen("next_review", "enough"),
        )


@rule(
    "incident-left-open",
    "A.8.4 10.2 8.1",
    grade="minor",
    over="incident",
    repair=Word("Contain it and find its cause, or write why that takes longer."),
)
def incident_left_open(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An incident has been open for weeks, and nothing was done about it."""
    noticed = row.day("noticed_on") or row.created
    if row.state in {"suspected", "open"} and noticed < world.ago(21) and row.changed < world.ago(14):
        yield gap(
            say(
                "predicted.incident-left-open",
                "{incident} has been open for weeks, and nothing was done.",
                incident=Ref(row.reference),
            ),
            row.seen("noticed_on", "containment"),
        )
