"""Treatment of risks (6.1.3, 8.3): what it rests on, whether it was done, and what is left."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.assurance.traces import decided
from plumbline.kernel.messages import Ref, Requirement, Word, say

FIGURES = ("likelihood", "harm_to_individuals", "harm_to_society", "harm_to_organization")
DONE = frozenset({"carried out", "verified"})


@rule(
    "excluded-control-treats",
    "6.1.3",
    grade="major",
    over="treatment",
    repair=Word("Take the control into the statement, or treat the risk by another one."),
)
def excluded_control_treats(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A treatment rests on a control that the statement of applicability leaves out."""
    for name in row.many("controls"):
        decision = decided(world).get(name)
        if decision is not None and decision["applicable"] == "no":
            yield gap(
                say(
                    "predicted.excluded-control-treats",
                    "{treatment} rests on {control}, which {decision} leaves out.",
                    treatment=Ref(row.reference), control=Requirement(name), decision=Ref(decision.reference),
                ),
                row.seen("controls", "action"),
                decision.seen("requirement", "applicable", "exclusion_reason"),
            )  # fmt: skip


@rule(
    "done-by-a-control-not-there",
    "6.1.3 8.3",
    grade="minor",
    over="treatment",
    repair=Word("Bring the statement up to date, or open the treatment again until the control works."),
)
def done_by_control_not_there(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A treatment was carried out by a control that the statement says was not begun."""
    for name in row.many("controls"):
        decision = decided(world).get(name)
        if row.state in DONE and decision is not None and decision["implementation"] == "not started":
            yield gap(
                say(
                    "predicted.done-by-a-control-not-there",
                    "{treatment} was carried out by {control}, which {decision} calls not started.",
                    treatment=Ref(row.reference), control=Requirement(name), decision=Ref(decision.reference),
                ),
                row.seen("controls"),
                decision.seen("implementation", "how"),
            )  # fmt: skip


@rule(
    "treatment-late",
    "8.3 6.1.3",
    grade="minor",
    over="treatment",
    repair=Word("Carry it out and record that, or have a new day approved with the reason."),
)
def treatment_late(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A treatment is past its day and was not carried out, while its risk goes on."""
    due = row.day("due")
    if due is not None and due < world.today and row.state not in DONE:
        yield gap(
            say(
                "predicted.treatment-late",
                "{treatment} was due on {day} and was not carried out.",
                treatment=Ref(row.reference), day=due,
            ),
            row.seen("due", "action"),
            *(one.seen("title") for one in world.all(row.many("risks"))),
        )  # fmt: skip


@rule(
    "treatment-nobody-can-judge",
    "6.1.3 9.1",
    grade="minor",
    over="treatment",
    repair=Word("Write the check, figure or observation by which somebody else sees that it worked."),
)
def treatment_nobody_can_judge(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A treatment says nothing by which its success could be seen, or treats no risk."""
    if texts.vague(row.text("measure")) or not row.many("risks"):
        yield gap(
            say(
                "predicted.treatment-nobody-can-judge",
                "{treatment} names no risk, or nothing by which its success is seen.",
                treatment=Ref(row.reference),
            ),
            row.seen("risks", "measure"),
        )


@rule(
    "treatment-verified-by-its-doer",
    "8.3",
    grade="minor",
    over="treatment",
    repair=Word("Let somebody verify it who neither carried it out nor owns it."),
)
def treatment_verified_by_doer(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Whoever carried a treatment out, or owns it, verified that it works."""
    did = {world.who(one) for one in (*row.by("carry-out"), row.owner)} - {""}
    verified = {world.who(one) for one in row.by("verify")}
    if did & verified:
        yield gap(
            say(
                "predicted.treatment-verified-by-its-doer",
                "{person} carried {treatment} out or owns it, and verified it.",
                person=world.name(min(did & verified)), treatment=Ref(row.reference),
            ),
            row.seen("owner", "measure"),
        )  # fmt: skip


def _figures(row: Row, prefix: str = "") -> tuple[int | None, ...]:
    return tuple(row.values.get(f"{prefix}{name}") for name in FIGURES)


@rule(
    "treated-and-nothing-changed",
    "6.1.3 8.3",
    grade="minor",
    over="risk",
    repair=Word("Assess what is left after the treatment, or decide on one that changes something."),
)
def treated_nothing_changed(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A risk was treated in order to reduce it, and what is left is as high as what was there, or higher."""
    before, after = _figures(row), _figures(row, "residual_")
    done = [one for one in world.naming(row, "treatment") if one["option"] == "reduce"]
    if (row["response"] != "reduce" and not done) or None in before or None in after:
        return
    pairs = [(new or 0, old or 0) for new, old in zip(after, before, strict=True)]
    if all(new >= old for new, old in pairs):
        yield gap(
            say(
                "predicted.treated-and-nothing-changed",
                "{risk} is to be reduced, and is as high after its treatment as before.",
                risk=Ref(row.reference),
            ),
            row.seen("likelihood", "residual_likelihood", "residual_harm_to_individuals"),
            *(one.seen("action") for one in done),
        )  # fmt: skip


@rule(
    "lower-without-treatment",
    "6.1.3",
    grade="minor",
    over="risk",
    repair=Word("Record the treatment that makes it lower, or assess what is left without one."),
)
def lower_without_treatment(row: Row, world: Snapshot) -> Iterator[Gap]:
    """What is left of a risk is lower than what was there, and no treatment lowered it."""
    before, after = _figures(row), _figures(row, "residual_")
    lower = any(old and new and new < old for new, old in zip(after, before, strict=True))
    if lower and not world.naming(row, "treatment") and not row.text("existing_controls"):
        yield gap(
            say(
                "predicted.lower-without-treatment",
                "{risk} is lower afterwards, and no treatment says by what.",
                risk=Ref(row.reference),
            ),
            row.seen("likelihood", "residual_likelihood", "response", "existing_controls"),
        )


@rule(
    "to-be-reduced-by-nobody",
    "6.1.3",
    grade="minor",
    over="risk",
    repair=Word("Plan a treatment with a day and an owner, or decide to retain the risk."),
)
def to_be_reduced_by_nobody(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A risk is to be reduced, avoided or shared, and no treatment is planned."""
    if row["response"] in {"reduce", "avoid", "share"} and not world.naming(row, "treatment"):
        yield gap(
            say(
                "predicted.to-be-reduced-by-nobody",
                "{risk} is to be treated, and no treatment names it.",
                risk=Ref(row.reference),
            ),
            row.seen("response", "state"),
        )
