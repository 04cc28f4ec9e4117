"""Checks on what people are told of AI systems, and whether it is true and reaches them (A.8.2, A.8.5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from plumbline.controls.declare import check
from plumbline.controls.library.cases import notices as cases
from plumbline.controls.library.gaps import (
    LONGEST_INTERVALS,
    Facts,
    ref,
    review_too_far,
    says_too_little,
)
from plumbline.controls.library.life_cycle import USED
from plumbline.controls.library.population import INVENTORY, TOUCHING, either, in_force, not_approved, owned
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence
from plumbline.kernel import release_parts
from plumbline.kernel.messages import Message, Ref, Word, listing, say
from plumbline.kernel.states import Strength

_KIND = "information-notice"
_PARTS = ("component", "dataset")
NEEDS = (
    *(f"records:{kind}" for kind in (_KIND, *_PARTS, "deployment", "release")),
    LONGEST_INTERVALS,
)
"""What a check reads that counts notices."""
_RESTS_ON = {
    "purpose": Word("purpose"),
    "lifecycle": Word("life cycle"),
    "autonomy": Word("autonomy"),
    "effect": Word("effect on people"),
}
_ASKED = {
    "ai": Word("that it is AI"),
    "purpose": Word("its purpose"),
    "limits": Word("its limits"),
    "contest": Word("how to contest a result"),
}
"""What users are told of a system that touches people, by the words of a notice."""
_TOUCHED = frozenset({"affected", "public"})
"""Audiences among which the people are whom a system touches."""
_DUTY = "iso42001:A.8.5"


def _fault(row: Facts, evidence: Evidence) -> Message | None:
    """Why a notice in force does not count: it is untrue by now, reached nobody, or is not looked at."""
    system, told = in_force(evidence, "ai-system", row["system"]), row["content"] or {}
    if system is None:
        return say("notice.no-system", "is about a system that is not approved")
    changed = [label for name, label in _RESTS_ON.items() if told.get(name) != system[name]]
    if changed:
        parts = listing(changed, conjunction="and")
        return say("notice.outdated", "was written before {parts} of the system changed", parts=parts)
    others = _other_parts(row, evidence)
    if others:
        return say(
            "notice.parts-changed",
            "was written before {parts} changed",
            parts=listing(others, conjunction="and"),
        )
    if not row["delivered_on"]:
        return say("notice.undelivered", "is not said to have reached anybody")
    return says_too_little(
        row, {"text": Word("its wording"), "delivery_evidence": Word("the evidence of delivery")}
    ) or review_too_far(row, evidence, f"{_KIND}.next_review")


def _releases_in_use(system: str, evidence: Evidence) -> list[Facts]:
    """The releases in force by which a system (its reference) runs, staged ones too."""
    used = {
        row["release"]
        for row in evidence.records["deployment"]
        if row["system"] == system and row["state"] in USED
    }
    return [row for row in evidence.records["release"] if row["reference"] in used]


def _other_parts(row: Facts, evidence: Evidence) -> list[Ref]:
    """Components and data that a notice speaks of and that are another than people were told.

    What counts is what runs: the releases in use, staged ones too, say which digest that is. Of a system that
    runs by no release, the part as it is in force does. A release stays what it was; whether words about it
    fit a later one is asked at the gate of that.
    """
    told = row["content"].get("parts", {})
    named = {*row["components"], *row["datasets"]}
    found = {name: set[str]() for name in named}
    for release in _releases_in_use(row["system"], evidence):
        for sort in release_parts.PARTS:
            parts = release["content"].get(sort, {})
            for name in named & parts.keys():
                found[name].add(parts[name])
    for one in (each for kind in _PARTS for each in evidence.records[kind]):
        if one["reference"] in named and not found[one["reference"]]:
            found[one["reference"]].add(release_parts.identity(one))
    return [Ref(name) for name, was in told.items() if name in named and found[name] != {was}]


def told_by(rows: Iterable[Facts], evidence: Evidence) -> list[Facts] | Message:
    """Those of the notices that count, or why none does."""
    judged = [(row, _fault(row, evidence)) for row in rows]
    if not judged:
        return say("notice.none", "has no approved notice to those who have to know")
    good = [row for row, fault in judged if fault is None]
    if good:
        return good
    row, fault = judged[-1]
    assert fault is not None
    return say("notice.not-current", "has only {notice}, which {fault}", notice=ref(row), fault=fault)


def to_audience(audience: Collection[str], member: Member, evidence: Evidence) -> list[Facts]:
    """Notices in force of the system of a member itself, to somebody of ``audience``."""
    return [
        row
        for row in evidence.records[_KIND]
        if row["system"] == member.system
        and row["about"] == "system"
        and {*audience}.intersection(row["audience"])
    ]


@check(
    "iso42001:A.8.2",
    slug="notices-given",
    title="Users are told what they deal with",
    finding="Live systems whose users are not told what they deal with",
    over="organization",
    needs=NEEDS,
    population=TOUCHING,
    share=share("notice.users", "Of {have} of {total} live systems that touch people, users are told."),
    strength=Strength.RECORDED,
    severity="major",
    cases=cases.NOTICES_GIVEN,
)
def notices_given(member: Member, evidence: Evidence) -> Message | None:
    """Of every live AI system that touches people its users are told, by approved notices that reached them,
    that it is AI, what it is for, where its limits are and how a result is contested.

    A notice counts while purpose, life cycle, autonomy and effect of the system, and the components and data
    that it speaks of and that run, are those that it was approved with, and its review is neither overdue nor
    too far ahead.
    """
    if in_force(evidence, "ai-system", member.system) is None:
        return not_approved(member)
    rows = told_by(to_audience({"users"}, member, evidence), evidence)
    if isinstance(rows, Message):
        return rows
    covered = {word for row in rows for word in row["covers"]}
    absent = [label for word, label in _ASKED.items() if word not in covered]
    if not absent:
        return None
    return say(
        "notice.silent", "has notices that do not tell {parts}", parts=listing(absent, conjunction="or")
    )


def _owed(evidence: Evidence) -> list[Member]:
    """Live systems that touch people, and duties to report, as they are written or in force."""
    duties = [
        owned(rows[0], obligation=reference)
        for reference, rows in either(evidence, "obligation").items()
        if any(_DUTY in row["controls"] for row in rows)
    ]
    return [*TOUCHING.members(evidence), *duties]


@check(
    _DUTY,
    slug="parties-told",
    title="Interested parties are told what is owed to them",
    finding="Systems and duties of which interested parties are not told",
    over="organization",
    needs=NEEDS,
    population=Population(
        "owed-information",
        Word("live AI systems that touch people, and duties to inform"),
        (*INVENTORY, "claims:obligation", "records:obligation"),
        _owed,
        TOUCHING.bare,
    ),
    share=share("notice.parties", "Of {have} of {total} systems and duties to inform, parties are told."),
    strength=Strength.RECORDED,
    cases=cases.PARTIES_TOLD,
)
def parties_told(member: Member, evidence: Evidence) -> Message | None:
    """Of every live AI system that touches people those people are told, or the public is, and every duty to
    inform is met: by a notice that is approved, given, and true of the system as it is.

    A duty to inform is an obligation that names the control A.8.5.
    """
    duty = member.row["obligation"]
    if duty is None:
        if in_force(evidence, "ai-system", member.system) is None:
            return not_approved(member)
        rows = told_by(to_audience(_TOUCHED, member, evidence), evidence)
    elif in_force(evidence, "obligation", duty) is None:
        return say("record.not-approved", "is not approved")
    else:
        met = [row for row in evidence.records[_KIND] if duty in row["obligations"]]
        rows = told_by(met, evidence)
    return rows if isinstance(rows, Message) else None
