"""Records that say one thing, and others that say another (4 to 10, A.5 to A.10)."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.context import touches_people
from plumbline.assurance.library.suppliers import used_by
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say


@rule(
    "assessed-and-said-not-to-be",
    "A.10.3 8.1",
    grade="minor",
    over="supplier",
    repair=Word("Correct the entry of the supplier, or withdraw the assessment."),
)
def assessed_and_not(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The entry of a supplier says that nobody has looked at it, and systems in operation rest on it."""
    used = used_by(row, world)
    if used and row["diligence"] in {"not done", "", None}:
        yield gap(
            say(
                "predicted.assessed-and-said-not-to-be",
                "{supplier} is relied on, and nobody has looked at it by its own entry.",
                supplier=Ref(row.reference),
            ),
            row.seen("diligence", "assessment"),
            used[0].seen("supplier", "lifecycle"),
            *(one.seen("verdict") for one in world.naming(row, "supplier-assessment")),
        )


@rule(
    "qualification-ended-and-work-goes-on",
    "7.2 A.4.6 9.2.2",
    grade="minor",
    over="competence",
    repair=Word("Show the competence anew, or give the work to somebody who has it."),
)
def qualification_ended(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The proof that somebody can do a work was withdrawn or has ended, and nothing took its place."""
    proofs = world.ever_naming(row, "qualification")
    held = {one["person"] for one in proofs if one.stands and not one.ended}
    lost = [one for one in proofs if one.ended and one["person"] and one["person"] not in held]
    here = [one for one in lost if (person := world.people.get(one["person"])) and person.active]
    for one in here if row.stands else ():
        yield gap(
            say(
                "predicted.qualification-ended-and-work-goes-on",
                "{qualification} ended, and nothing shows any more that the work can be done.",
                qualification=Ref(one.reference),
            ),
            one.seen("competence", "person"),
            row.seen("work", "proof"),
        )


@rule(
    "told-outside-no-more",
    "7.4 A.8.3",
    grade="minor",
    repair=Word("Plan what is said to whom outside, and when."),
)
def told_outside_no_more(world: Snapshot) -> Iterator[Gap]:
    """What was said outside by plan was ended, and nothing in force takes its place."""
    outside = [one for one in world.every("communication") if one["side"] == "outside"]
    held = {one.text("audience") for one in outside if one.stands and not one.ended}
    lost = [one for one in outside if one.ended and one.text("audience") not in held]
    for one in lost:
        yield gap(
            say(
                "predicted.told-outside-no-more",
                "{communication} was ended, and nobody else tells them.",
                communication=Ref(one.reference),
            ),
            one.seen("audience", "what"),
        )


@rule(
    "objective-measured-no-more",
    "6.2 9.1",
    grade="minor",
    over="objective",
    repair=Word("Measure it again, or change the objective."),
)
def objective_measured_no_more(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An objective was measured by an indicator that has ended, and none took its place."""
    of_it = world.ever_naming(row, "indicator")
    if row.stands and of_it and not any(one.stands and not one.ended for one in of_it):
        yield gap(
            say(
                "predicted.objective-measured-no-more",
                "Nothing measures {objective} any more.",
                objective=Ref(row.reference),
            ),
            row.seen("measure", "target"),
            *(one.seen("objective") for one in of_it),
        )


@rule(
    "no-objective-guides-it",
    "A.6.1.2 A.9.3 6.2",
    grade="minor",
    repair=Word("Set an objective for it, with a figure."),
)
def no_objective_guides_it(world: Snapshot) -> Iterator[Gap]:
    """AI is developed or used here, and no objective in force says what for, although one did."""
    objectives = [one for one in world.every("objective") if one.approvers]
    held = {word for one in objectives if one.stands and not one.ended for word in one.many("guides")}
    for one in objectives:
        lost = set(one.many("guides")) - held
        if one.ended and lost and world.live:
            yield gap(
                say(
                    "predicted.no-objective-guides-it",
                    "{objective} ended, and no other objective guides what it did.",
                    objective=Ref(one.reference),
                ),
                one.seen("guides", "statement"),
            )


@rule(
    "policy-made-known-to-nobody",
    "5.2 7.3 7.4",
    grade="minor",
    over="policy",
    repair=Word("Write how it was made known, and to whom."),
)
def policy_made_known(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A policy is in force, and how it was made known is not said."""
    if row["type"] == "AI policy" and row.stands and texts.vague(row.text("communicated"), 6):
        yield gap(
            say(
                "predicted.policy-made-known-to-nobody",
                "Nothing says how {policy} was made known.",
                policy=Ref(row.reference),
            ),
            row.seen("communicated"),
        )


@rule(
    "oversight-is-a-phrase",
    "A.9.2 A.9.3 8.1",
    grade="minor",
    over="ai-system",
    repair=Word("Write who watches, what they see, and what they may do about it."),
)
def oversight_is_a_phrase(row: Row, world: Snapshot) -> Iterator[Gap]:
    """How people watch a system that touches them is described by a phrase."""
    said = texts.folded(row.text("human_oversight"))
    if row["lifecycle"] == "in operation" and touches_people(row) and 0 < len(said) < 40:
        yield gap(
            say(
                "predicted.oversight-is-a-phrase",
                "How people watch {system} is a phrase.",
                system=Ref(row.reference),
            ),
            row.seen("human_oversight", "effect"),
        )


@rule(
    "quality-not-set-beforehand",
    "A.7.4",
    grade="minor",
    over="dataset",
    repair=Word("Write which quality is needed, with a figure, before it is looked at."),
)
def quality_not_set(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Data were judged good enough, and nobody had said what is good enough."""
    if row.stands and row["quality_verdict"] == "good enough" and texts.vague(row.text("quality_wanted"), 6):
        yield gap(
            say(
                "predicted.quality-not-set-beforehand",
                "{dataset} is good enough by no measure.",
                dataset=Ref(row.reference),
            ),
            row.seen("quality_wanted", "quality_found", "quality_verdict"),
        )


@rule(
    "programme-covers-little",
    "9.2.2",
    grade="minor",
    repair=Word("Plan audits of the whole standard over the cycle."),
)
def programme_covers_little(world: Snapshot) -> Iterator[Gap]:
    """The audit programme in force covers few of the requirements that the ones before covered."""
    programmes = [one for one in world.of("audit-programme") if one.stands]
    most = max((len(one.many("requirements")) for one in programmes), default=0)
    for one in programmes:
        end = one.day("period_until")
        if (end is None or end >= world.today) and 2 * len(one.many("requirements")) < most:
            yield gap(
                say(
                    "predicted.programme-covers-little",
                    "{programme} covers {count} requirements.",
                    programme=Ref(one.reference),
                    count=len(one.many("requirements")),
                ),
                one.seen("requirements", "period_until"),
            )


@rule(
    "review-without-audit",
    "9.3.2 9.2.2",
    grade="minor",
    over="management-review",
    repair=Word("Put the results of the audit before the next review, or hold one more."),
)
def review_without_audit(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A management review was held without the results of audits, by its own minutes."""
    said = texts.folded(row.text("inputs_missing"))
    if row.day("held_on") is not None and said.startswith(("no ", "not ")) and "audit" in said:
        yield gap(
            say(
                "predicted.review-without-audit",
                "{review} was held without the results of audits.",
                review=Ref(row.reference),
            ),
            row.seen("inputs_missing", "held_on"),
        )


@rule(
    "components-supplier-not-named",
    "A.10.3 A.4.2 A.10.2",
    grade="minor",
    over="ai-system",
    repair=Word("Name the supplier in the entry, so that what is agreed and looked at covers the system."),
)
def components_supplier(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system comes from outside, and its entry names no supplier although its parts or others of its sort
    have one."""
    outside = {"bought", "embedded", "contracted", "mixed", "open source"}
    parts = [one for one in world.naming(row, "component") if one["supplier"]]
    bought = row["sourcing"] in {"bought", "embedded", "contracted"} and bool(parts)
    named = any(one["supplier"] for one in world.live if one["sourcing"] == row["sourcing"])
    if (
        row["lifecycle"] == "in operation"
        and row["sourcing"] in outside
        and not row["supplier"]
        and (named or bought)
    ):
        yield gap(
            say(
                "predicted.components-supplier-not-named",
                "{system} comes from outside, and its entry names no supplier.",
                system=Ref(row.reference),
            ),
            row.seen("sourcing", "supplier"),
        )
