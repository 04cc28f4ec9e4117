"""Checks on resources, awareness and communication (7.1, 7.3, 7.4, A.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from plumbline.controls.declare import check
from plumbline.controls.library.cases import support as cases
from plumbline.controls.library.gaps import Facts, ref, was_due
from plumbline.controls.library.population import LIVE_SYSTEMS, of_system, owned
from plumbline.controls.populations import Member, MemberCheck, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength

_TOPICS = {
    "policy": "the AI policy",
    "contribution": "what everybody can contribute",
    "consequences": "what happens when requirements are not met",
}


def _words(asked: dict[str, str]) -> Callable[[Evidence], Iterable[Member]]:
    return lambda _: [Member(Word(text), row={"asked": word}) for word, text in asked.items()]


@check(
    "iso42001:7.3",
    slug="awareness-raised",
    title="People are made aware of policy, part and consequences",
    finding="Topics of which people were not made aware",
    over="organization",
    needs=("records:awareness",),
    population=Population("awareness-topics", Word("topics of awareness"), (), _words(_TOPICS)),
    share=share("awareness.share", "{have} of {total} topics reached people in time."),
    strength=Strength.OPERATING,
    limits=(
        limit("awareness-raised", 365, "days", why="people are made aware at least yearly"),
        limit(
            "awareness-raised.reached",
            0.8,
            "ratio",
            side="under",
            why="four in five of those it is for hear it",
        ),
    ),
    cases=cases.AWARENESS_RAISED,
)
def awareness_raised(member: Member, evidence: Evidence) -> Message | None:
    """For the AI policy, one's own contribution and what happens otherwise, an approved measure reached
    enough of the people it is for, within the limit."""
    rows = [row for row in evidence.records["awareness"] if member.row["asked"] in row["topics"]]
    since = evidence.today - timedelta(days=evidence.limit("awareness-raised").value)
    recent = [row for row in rows if (day_of(row["done_on"]) or since) >= since]
    if not rows:
        return say("awareness.none", "is in no approved measure")
    if not recent:
        return say("awareness.old", "was last in {record}, too long ago", record=ref(rows[-1]))
    least = evidence.limit("awareness-raised.reached").value
    if all(row["reached"] < least * row["invited"] for row in recent):
        best = max(recent, key=lambda row: float(row["reached"]) / row["invited"])
        text = "reached {reached} of {invited} people by {record}"
        return say("awareness.few", text, reached=best["reached"], invited=best["invited"], record=ref(best))
    return None


_SIDES = {"inside": "communication inside", "outside": "communication to the outside"}


def _planned(evidence: Evidence) -> list[Member]:
    """Rows of the plan in force, and each side for which there is none."""
    rows = evidence.records["communication"]
    there = {row["side"] for row in rows}
    absent = [Member(Word(text), row={"reference": ""}) for side, text in _SIDES.items() if side not in there]
    return [*map(owned, rows), *absent]


@check(
    "iso42001:7.4",
    slug="communication-planned",
    title="What is communicated is planned, and done in time",
    finding="Communication that is not planned or overdue",
    over="organization",
    needs=(),
    population=Population("communications", Word("communications"), ("records:communication",), _planned),
    share=share("communication.share", "{have} of {total} communications are planned and in time."),
    strength=Strength.RECORDED,
    cases=cases.COMMUNICATION_PLANNED,
)
def communication_planned(member: Member, evidence: Evidence) -> Message | None:
    """An approved plan says for inside and outside what is communicated, to whom, when, how and by whom, and
    nothing of it is overdue."""
    row = member.row
    if not row["reference"]:
        return say("communication.none", "is in no approved plan")
    if not row["speaker"]:
        return say("communication.nobody", "says not by whom")
    due = day_of(row["next_due"])
    return was_due(due) if due is not None and due < evidence.today else None


_OWN = {"people": "staff for the AIMS", "money": "money for the AIMS"}


@check(
    "iso42001:7.1",
    slug="aims-resourced",
    title="The AIMS has what it needs",
    finding="The AIMS lacks resources",
    over="organization",
    needs=("records:resource",),
    population=Population("resources-of-the-aims", Word("resources of the AIMS"), (), _words(_OWN)),
    share=share("resource.share", "{have} of {total} resources of the AIMS are there."),
    strength=Strength.RECORDED,
    cases=cases.AIMS_RESOURCED,
)
def aims_resourced(member: Member, evidence: Evidence) -> Message | None:
    """People and money for running the AIMS itself are determined in approved records and judged to be
    enough."""
    rows = [
        row
        for row in evidence.records["resource"]
        if row["type"] == member.row["asked"] and not row["systems"]
    ]
    if not rows:
        return say("resource.none", "is in no approved record")
    for row in rows:
        if row["enough"] != "yes":
            return say("resource.lacking", "is not said to be enough in {record}", record=ref(row))
    return None


def _recorded(type: str, what: str) -> MemberCheck:
    def judged(member: Member, evidence: Evidence) -> Message | None:
        rows: list[Facts] = [row for row in of_system(member, evidence, "resource") if row["type"] == type]
        if rows:
            return None
        return say("resource.unrecorded", "has no approved record of {what}", what=Word(what))

    judged.__doc__ = f"For every live AI system an approved record says which {what} it needs."
    return judged


for _type, _number, _what in (
    ("tooling", "A.4.4", "tools"),
    ("computing", "A.4.5", "computing"),
    ("people", "A.4.6", "people and skills"),
):
    check(
        f"iso42001:{_number}",
        slug=f"{_type}-recorded",
        title=f"Recorded for each system: {_what}",
        finding=f"Live systems without a record of {_what}",
        over="organization",
        needs=("records:resource",),
        population=LIVE_SYSTEMS,
        share=share("resource.recorded", "For {have} of {total} live systems it is recorded."),
        strength=Strength.RECORDED,
        cases=cases.recorded(_type, _what),
    )(_recorded(_type, _what))
