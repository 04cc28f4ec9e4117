"""The populations of the checks: over whom each of them speaks.

They are joined from the inventory, as it is written now and as it is in force. A claim adds to a population
and takes nothing out of it: a system is left out of those that touch people only where both say that it
touches nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from plumbline.controls.library.cases import bare
from plumbline.controls.library.gaps import Facts, ref, review_too_far, says_too_little
from plumbline.controls.populations import Member, Population
from plumbline.controls.verdicts import Evidence, day_of
from plumbline.kernel.messages import Message, Name, Subject, Word, say

MADE_HERE = frozenset({"own", "contracted", "mixed", "unknown"})
"""Where a system may come from that was made here or for us, or of which nobody has said."""
FROM_OUTSIDE = frozenset({"bought", "embedded", "contracted", "mixed", "unknown"})
"""Where a system may come from that somebody else answers for, or of which nobody has said."""


class Unrecorded(dict[str, Any]):
    """The row of something that exists and is not recorded: nothing is known of any field."""

    def __missing__(self, field: str) -> None:
        """Nothing."""


def in_force(evidence: Evidence, kind: str, reference: str) -> Facts | None:
    """The record of ``kind`` with this reference as it is in force, or None."""
    return next((row for row in evidence.records[kind] if row["reference"] == reference), None)


def of_system(member: Member, evidence: Evidence, kind: str) -> list[Facts]:
    """Records of ``kind`` in force that name the AI system of ``member``."""
    return [row for row in evidence.records[kind] if member.system and member.system in row["systems"]]


def not_approved(member: Member) -> Message:
    """That nothing of a member is in force."""
    if not member.system:
        return say("inventory.missing", "is not registered")
    return say("record.not-approved", "is not approved")


_ENDED = frozenset({"retired", "abandoned"})
"""States in which a record has ended, also a draft that was discarded."""


def either(evidence: Evidence, kind: str) -> dict[str, list[Facts]]:
    """By reference, each record of ``kind`` that has not ended: as it is written now and as in force."""
    rows = {row["reference"]: [row] for row in evidence.claims[kind] if row["state"] not in _ENDED}
    for row in evidence.records[kind]:
        rows.setdefault(row["reference"], []).append(row)
    return rows


def owned(row: Facts, *, system: str = "", name: Name | None = None, **more: Any) -> Member:
    """The member that a record is, with whoever owns it."""
    return Member(name or ref(row), system, row["owner"] or "", row=Unrecorded({**row, **more}))


def recorded(evidence: Evidence, kind: str) -> list[Member]:
    """Every record of ``kind`` that has not ended, as it is written now or in force."""
    return [owned(rows[0], reference=name) for name, rows in either(evidence, kind).items()]


def not_current(member: Member, evidence: Evidence, kind: str, texts: Mapping[str, Word]) -> Message | Facts:
    """What is in force of a record that is a member, or why it does not count: it is not approved, says too
    little in ``texts``, or was not looked at again in time."""
    row = in_force(evidence, kind, member.row["reference"])
    if row is None:
        return say("record.not-approved", "is not approved")
    return says_too_little(row, texts) or review_too_far(row, evidence, f"{kind}.next_review") or row


def live_systems(evidence: Evidence) -> list[Member]:
    """Every AI system that is live as it is written now or in force, or that sends telemetry whatever its
    record says, and every one that telemetry named and nobody registered or set aside.

    One of which nobody has said where it stands in its life may be live, and is among them (``unsaid``).
    """
    known = {row["slug"] for row in evidence.claims["ai-system"]}
    sending = {row["reference"] for row in evidence.facts["sightings"] if row["sends"]}
    retired = {row["reference"]: [row] for row in evidence.claims["ai-system"] if row["reference"] in sending}
    approved = {row["reference"] for row in evidence.records["ai-system"]}
    members = [
        owned(
            rows[0],
            system=reference,
            versions=rows,
            unknown=reference not in approved,
            unsaid=not sending.intersection([reference]) and not any(row["live"] for row in rows),
        )
        for reference, rows in {**retired, **either(evidence, "ai-system")}.items()
        if reference in sending or any(row["live"] or not row["lifecycle"] for row in rows)
    ]
    for row in evidence.facts["sightings"]:
        aside = day_of(row["dismissed_until"])
        if row["slug"] not in known and (aside is None or aside < evidence.today):
            members.append(Member(Subject(row["slug"]), row=Unrecorded(versions=[Unrecorded()])))
    return members


def may_be(member: Member, field: str, values: Collection[str]) -> bool:
    """Whether a live system is one of ``values`` as it is written now or in force; unknown is anything, and
    so is what one person has written of a system of which nothing is approved."""
    versions = member.row["versions"]
    return bool(member.row["unknown"]) or any(not row[field] or row[field] in values for row in versions)


def said_to_be(member: Member, field: str, values: Collection[str]) -> bool:
    """Whether the record of a live system says that it is one of ``values``, as written now or in force."""
    return bool(member.system) and any(row[field] in values for row in member.row["versions"])


def prohibited(member: Member) -> Message | None:
    """That a live system is classed as a practice that the law prohibits; None if it is not."""
    if not said_to_be(member, "eu_class", {"prohibited practice"}):
        return None
    return say("assessment.prohibited", "is in operation although it is classed as a prohibited practice")


INVENTORY = ("claims:ai-system", "records:ai-system", "facts:sightings")

LIVE_SYSTEMS = Population("live-systems", Word("live AI systems"), INVENTORY, live_systems, bare.SYSTEM)


def _touching(evidence: Evidence) -> list[Member]:
    touching = {"indirect", "direct", "legal or similar", "unknown"}
    return [member for member in live_systems(evidence) if may_be(member, "effect", touching)]


TOUCHING = Population(
    "touching-people", Word("live AI systems that touch people"), INVENTORY, _touching, bare.SYSTEM
)


def _made_here(evidence: Evidence) -> list[Member]:
    return [member for member in live_systems(evidence) if may_be(member, "sourcing", MADE_HERE)]


DEVELOPED_HERE = Population(
    "developed-here", Word("live AI systems developed here or for us"), INVENTORY, _made_here, bare.SYSTEM
)


def learned_here(evidence: Evidence) -> list[Member]:
    """Live systems that were made here or for us, and that are not rules alone."""
    return [
        member
        for member in _made_here(evidence)
        if member.row["unknown"] or any(row["technique"] != "rules" for row in member.row["versions"])
    ]


LEARNED_HERE = Population(
    "learned-here", Word("live AI systems made here from data"), INVENTORY, learned_here, bare.SYSTEM
)


def _systems_of(rows: Iterable[Facts]) -> set[str]:
    return {system for row in rows for system in row["systems"]}


def _shared(member: Member, systems: Iterable[str]) -> Member:
    """A member that stands behind all of ``systems``; it belongs to the first of them."""
    behind = tuple(sorted(systems))
    return replace(member, system=behind[0], systems=behind)


def _datasets(evidence: Evidence) -> list[Member]:
    """Datasets of live systems as written or in force, and live systems made here that have none."""
    live = {member.system for member in live_systems(evidence)}
    datasets = {
        reference: rows
        for reference, rows in either(evidence, "dataset").items()
        if _systems_of(rows).intersection(live)
    }
    # One person who adds a system to a dataset in force describes nothing of it: what is approved counts. A
    # dataset of which nothing is in force misses its approval itself.
    in_force = {row["reference"]: [row] for row in evidence.records["dataset"]}
    described = {
        system
        for reference, rows in datasets.items()
        for system in _systems_of(in_force.get(reference, rows))
    }
    members = [
        _shared(owned(rows[0], dataset=reference, versions=rows), _systems_of(rows).intersection(live))
        for reference, rows in datasets.items()
    ]
    return members + [
        member for member in learned_here(evidence) if not member.system or member.system not in described
    ]


DATASETS = Population(
    "datasets",
    Word("datasets of live AI systems, and systems made here without one"),
    (*INVENTORY, "claims:dataset", "records:dataset"),
    _datasets,
    bare.SYSTEM,
    shared=True,
)


def _built_with(evidence: Evidence) -> list[Member]:
    """Those of the datasets that a system is built or tested with, and the systems without one."""
    making = {"training", "validation", "test"}
    return [
        member
        for member in _datasets(evidence)
        if not member.row["dataset"]
        or any(making.intersection(row["uses"]) for row in member.row["versions"])
    ]


BUILT_WITH = Population(
    "built-with",
    Word("datasets that live AI systems are built or tested with, and systems made here without one"),
    DATASETS.needs,
    _built_with,
    bare.SYSTEM,
    shared=True,
)


def _suppliers(evidence: Evidence) -> list[Member]:
    """Suppliers of live systems, of their components and of their data, and systems from outside that name
    none."""
    systems_live = live_systems(evidence)
    live = {member.system for member in systems_live}
    behind: dict[str, set[str]] = {}
    supplied: set[str] = set()
    for kind in ("ai-system", "component", "dataset"):
        for reference, rows in either(evidence, kind).items():
            systems = {reference} if kind == "ai-system" else _systems_of(rows)
            for row in rows if systems.intersection(live) else ():
                if row["supplier"]:
                    behind.setdefault(row["supplier"], set()).update(systems.intersection(live))
        # That a supplier is named is in its favour: one person who names some good one names none.
        for row in evidence.records[kind]:
            if row["supplier"]:
                supplied |= {row["reference"]} if kind == "ai-system" else set(row["systems"])
    written = {row["reference"]: row for row in evidence.claims["supplier"]}
    members = [
        _shared(owned(written[supplier], is_supplier=True), systems)
        for supplier, systems in behind.items()
        if supplier in written
    ]
    return members + [
        member
        for member in systems_live
        if member.system not in supplied and may_be(member, "sourcing", FROM_OUTSIDE)
    ]


SUPPLIERS = Population(
    "suppliers",
    Word("suppliers of live AI systems, and systems from outside that name none"),
    (
        *INVENTORY,
        *("claims:component", "records:component", "claims:dataset", "records:dataset"),
        *("claims:supplier", "records:supplier"),
    ),
    _suppliers,
    bare.BOUGHT,
    shared=True,
)


def must_exist(
    slug: str, text: Word, needs: tuple[str, ...], find: Callable[[Evidence], Facts]
) -> Population:
    """A population of one thing that has to be there whether or not anything is recorded.

    ``find`` gives its row, empty where there is none; the thing is called by its record if there is one.
    """

    def members(evidence: Evidence) -> list[Member]:
        row = find(evidence)
        return [owned(row) if row else Member(text, row=Unrecorded())]

    return Population(slug, text, needs, members)
