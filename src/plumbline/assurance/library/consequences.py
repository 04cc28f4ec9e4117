"""Risks and impacts (6.1, 8.2 to 8.4): judged for us alone, accepted for ever, or without consequence."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.context import touches_people
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say


@rule(
    "grave-harm-feeds-no-risk",
    "6.1.2 6.1.4 A.5.2",
    grade="minor",
    over="impact-assessment",
    repair=Word("Record the risk, or name the one that already has it."),
)
def grave_harm_feeds_no_risk(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An impact assessment finds grave harm possible, and no risk takes it up."""
    harms = ("harm_to_individuals", "harm_to_groups", "harm_to_society")
    grave = [name for name in harms if (row[name] or 0) >= 4]
    if row.stands and grave and not row.many("risks"):
        yield gap(
            say(
                "predicted.grave-harm-feeds-no-risk",
                "{assessment} finds grave harm possible, and feeds no risk.",
                assessment=Ref(row.reference),
            ),
            row.seen(*grave, "risks"),
        )


@rule(
    "affected-not-asked",
    "A.5.2 A.5.4 6.1.4",
    grade="minor",
    over="impact-assessment",
    repair=Word("Ask some of them or those who speak for them, and write what they said."),
)
def affected_not_asked(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system touches people directly, and nobody of them was asked when its impact was assessed."""
    system = world.get(row["system"])
    if row.stands and system is not None and touches_people(system) and texts.vague(row.text("consulted")):
        yield gap(
            say(
                "predicted.affected-not-asked",
                "{assessment} was made without asking anybody whom the system touches.",
                assessment=Ref(row.reference),
            ),
            row.seen("consulted", "groups"),
            system.seen("effect"),
        )


@rule(
    "only-harm-to-us",
    "6.1.2 A.5.2",
    grade="minor",
    over="risk",
    repair=Word("Judge what it would do to the people first, and then to the organization."),
)
def only_harm_to_us(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The risk of a system that touches people was judged for the organization alone."""
    system = world.get(row["system"])
    others = max(row["harm_to_individuals"] or 0, row["harm_to_society"] or 0)
    ours, judged = row["harm_to_organization"] or 0, row["harm_to_individuals"] or row["harm_to_society"]
    affects = system is not None and (touches_people(system) or system.many("affected_groups"))
    if (
        system is not None
        and (affects or not texts.vague(row.text("people"), 3))
        and ((ours >= 3 and others <= 1) or (ours and not judged))
    ):
        yield gap(
            say(
                "predicted.only-harm-to-us",
                "{risk} looks at harm to the organization alone.",
                risk=Ref(row.reference),
            ),
            row.seen("harm_to_individuals", "harm_to_society", "harm_to_organization"),
            system.seen("effect"),
        )


@rule(
    "acceptance-ran-out",
    "6.1.3 8.3",
    grade="minor",
    over="risk",
    repair=Word("Decide on it again: treat it, or accept it anew with reasons and an end."),
)
def acceptance_ran_out(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A risk was accepted until a day that has passed, and is still kept as accepted."""
    until = row.day("accepted_until")
    if row.state == "accepted" and until is not None and until < world.today:
        yield gap(
            say("predicted.acceptance-ran-out", "The acceptance of {risk} ran out.", risk=Ref(row.reference)),
            row.seen("accepted_until", "acceptance_terms"),
        )


@rule(
    "risk-judged-by-nothing",
    "6.1.2",
    grade="minor",
    over="risk",
    repair=Word("Name the criteria that were used; approve them first if there are none."),
)
def risk_judged_by_nothing(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A risk was assessed, and no criteria are named or in force by which it was."""
    in_force = [one for one in world.of("risk-criteria") if one.stands]
    if row.day("assessed_on") is not None and not row["criteria"] and not in_force:
        yield gap(
            say(
                "predicted.risk-judged-by-nothing",
                "{risk} was assessed by no criteria.",
                risk=Ref(row.reference),
            ),
            row.seen("assessed_on", "criteria"),
        )


@rule(
    "one-small-risk-for-a-grave-system",
    "6.1.2 8.2",
    grade="minor",
    repair=Word("Look for risks by the families of the register, with those who run the system."),
)
def one_small_risk(world: Snapshot) -> Iterator[Gap]:
    """All that was found of a system that touches people is one small risk."""
    for system in world.live:
        risks = [one for one in world.naming(system, "risk") if one["system"] == system.reference]
        if len(risks) != 1 or not touches_people(system):
            continue
        (one,) = risks
        harm = max(
            one[name] or 0 for name in ("harm_to_individuals", "harm_to_society", "harm_to_organization")
        )
        if one["likelihood"] and (one["likelihood"] or 0) * harm <= 4:
            yield gap(
                say(
                    "predicted.one-small-risk-for-a-grave-system",
                    "{risk} is all that was found of {system}.",
                    risk=Ref(one.reference),
                    system=Ref(system.reference),
                ),
                one.seen("likelihood", "harm_to_individuals"),
                system.seen("effect", "eu_class"),
            )


@rule(
    "risk-taken-up-and-left",
    "8.2 6.1.2 6.1.3",
    grade="minor",
    over="risk",
    repair=Word("Finish the assessment, and have it accepted again."),
)
def risk_taken_up_and_left(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A risk that was accepted before was taken up again, and then left for more than a month."""
    if row.approvers and row.state in {"identified", "assessed"} and row.changed < world.ago(30):
        yield gap(
            say(
                "predicted.risk-taken-up-and-left",
                "{risk} was taken up again and left.",
                risk=Ref(row.reference),
            ),
            row.seen("assessed_on"),
        )


@rule(
    "control-review-overdue",
    "6.1.3",
    grade="minor",
    over="applicability",
    repair=Word("Look at the decision again, and write the next day."),
)
def control_review_overdue(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A row of the statement of applicability was to be looked at again by a day that has passed."""
    due = row.day("next_review")
    if due is not None and due < world.today:
        yield gap(
            say(
                "predicted.control-review-overdue",
                "{decision} was to be looked at again.",
                decision=Ref(row.reference),
            ),
            row.seen("next_review"),
        )


@rule(
    "statement-changed-after-its-version",
    "6.1.3 7.5.3",
    grade="minor",
    repair=Word("Have the statement approved as a whole again."),
)
def statement_changed_after(world: Snapshot) -> Iterator[Gap]:
    """Decisions of the statement of applicability changed after its newest version was approved."""
    versions = [one for one in world.of("statement-version") if one.stands and one.approved_on]
    newest = max(versions, key=lambda one: str(one.approved_on), default=None)
    if newest is None or newest.approved_on is None:
        return
    later = [one for one in world.every("applicability") if one.changed > newest.approved_on]
    if later:
        yield gap(
            say(
                "predicted.statement-changed-after-its-version",
                "{version} is not the statement any more: decisions changed since.",
                version=Ref(newest.reference),
            ),
            newest.seen("occasion"),
            *(one.seen("applicable", "implementation") for one in later),
        )


@rule(
    "treated-without-a-plan",
    "6.1.3 8.3",
    grade="minor",
    repair=Word("Approve the treatment plan, with what is left over accepted by whoever may."),
)
def treated_without_a_plan(world: Snapshot) -> Iterator[Gap]:
    """A risk is called treated, and no treatment plan in force has it."""
    planned = {name for one in world.of("treatment-plan") if one.stands for name in one.many("risks")}
    treated = [one for one in world.of("risk") if one.state in {"treated", "accepted"}]
    bare = [one for one in treated if one["response"] == "reduce" and one.reference not in planned]
    for risk in bare:
        yield gap(
            say(
                "predicted.treated-without-a-plan",
                "{risk} is treated by no plan that is in force.",
                risk=Ref(risk.reference),
            ),
            risk.seen("response"),
            *(
                one.seen("risks")
                for one in world.every("treatment-plan")
                if risk.reference in one.many("risks")
            ),
        )
