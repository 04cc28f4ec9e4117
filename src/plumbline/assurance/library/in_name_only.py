"""Judged, asked for or named in name only (4.3, 5.3, 6, 7.2, 9.3)."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say


@rule(
    "risk-names-no-criteria",
    "6.1.2",
    grade="minor",
    repair=Word("Name the criteria that were used."),
)
def risk_names_no_criteria(world: Snapshot) -> Iterator[Gap]:
    """A risk was assessed and names no criteria, although others do."""
    risks = world.of("risk")
    bare = [one for one in risks if not one["criteria"]]
    if 2 * len(bare) >= len(risks):
        return
    for one in bare:
        if one.day("assessed_on") is not None:
            yield gap(
                say(
                    "predicted.risk-names-no-criteria",
                    "{risk} was assessed by criteria that it does not name.",
                    risk=Ref(one.reference),
                ),
                one.seen("criteria", "assessed_on"),
            )


@rule(
    "top-management-not-named",
    "9.3.1 5.1",
    grade="minor",
    over="management-review",
    repair=Word("Hold it with top management, and write who was there."),
)
def top_management_not_named(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A review names nobody as present who has the role of top management."""
    top = [one for one in world.people.values() if "top-management" in {each.role for each in one.grants}]
    said = texts.folded(row.text("top_management"))
    names = {texts.folded(one.name).split()[-1] for one in top if one.name.strip()}
    if row.day("held_on") is not None and names and not any(name in said for name in names):
        yield gap(
            say(
                "predicted.top-management-not-named",
                "{review} names nobody of top management as present.",
                review=Ref(row.reference),
            ),
            row.seen("top_management", "attendees"),
        )


@rule(
    "review-prepared-and-not-held",
    "9.3.1",
    grade="minor",
    over="management-review",
    repair=Word("Hold it, or give it up with the reason."),
)
def review_prepared(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A management review was prepared for a period that ended more than a month ago, and not held."""
    end = row.day("period_until")
    if row.day("held_on") is None and end is not None and end < world.ago(30):
        yield gap(
            say(
                "predicted.review-prepared-and-not-held",
                "{review} was prepared, and not held.",
                review=Ref(row.reference),
            ),
            row.seen("period_until", "held_on"),
        )


@rule(
    "objective-without-a-figure",
    "6.2",
    grade="minor",
    over="objective",
    repair=Word("Set the figure, and when it is measured."),
)
def objective_without_figure(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An objective has no target, and none of its words is a figure."""
    said = f"{row.text('measure')} {row.text('statement')} {row.text('target')}"
    if row.stands and row["target"] is None and not any(sign.isdigit() for sign in said):
        yield gap(
            say(
                "predicted.objective-without-a-figure",
                "{objective} has no figure.",
                objective=Ref(row.reference),
            ),
            row.seen("measure", "target"),
        )


@rule(
    "area-answered-for-no-more",
    "5.3 A.3.2",
    grade="minor",
    repair=Word("Have somebody answer for the area."),
)
def area_no_more(world: Snapshot) -> Iterator[Gap]:
    """Nobody answers any more for an area for which somebody did."""
    held = {one["area"] for one in world.of("responsibility") if one.stands and one.owner}
    for one in world.every("responsibility"):
        if one.approvers and one["area"] not in held:
            yield gap(
                say(
                    "predicted.area-answered-for-no-more",
                    "Nobody answers any more for what {responsibility} was about.",
                    responsibility=Ref(one.reference),
                ),
                one.seen("area", "owner"),
            )


@rule(
    "competence-shown-by-nothing",
    "7.2",
    grade="minor",
    over="competence",
    repair=Word("Write by what it is shown."),
)
def competence_shown_by_nothing(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A competence is asked for, and nobody says how it is shown."""
    if row.stands and texts.vague(row.text("proof"), 6):
        yield gap(
            say(
                "predicted.competence-shown-by-nothing",
                "Nobody says how {competence} is shown.",
                competence=Ref(row.reference),
            ),
            row.seen("proof"),
        )


@rule(
    "scope-for-anybody",
    "4.3",
    grade="minor",
    over="scope",
    repair=Word("Name what you do, for whom, and with which AI systems."),
)
def scope_for_anybody(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The scope could be anybody's: it names neither the organization nor anything that is done with AI
    there."""
    said = row.text("statement", "activities")
    own = [world.organization, *(one.title for one in world.of("ai-system"))]
    words = {word for name in own for word in texts.folded(name).split() if len(word) > 3}
    if row.stands and words and not words & set(texts.folded(said).split()):
        yield gap(
            say(
                "predicted.scope-for-anybody",
                "{scope} names nothing of what is done here.",
                scope=Ref(row.reference),
            ),
            row.seen("statement", "activities"),
        )
