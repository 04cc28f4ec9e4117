"""What on record speaks against leaving a control of Annex A out of the statement of applicability.

A reason is a text, and a text can say anything. Where the register itself shows that a control has something
to do, leaving it out is a contradiction that no reason explains away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plumbline.controls.library.gaps import ref
from plumbline.controls.library.population import either, live_systems, may_be, said_to_be
from plumbline.controls.populations import Member
from plumbline.controls.verdicts import Evidence
from plumbline.kernel.messages import Message, say

_HIGH_RISK = frozenset({"high-risk product", "high-risk use"})
_PROVIDER = frozenset({"provider", "provider and deployer"})
_TOUCHING = frozenset({"direct", "legal or similar"})


def _first(members: list[Member], fact: Callable[[Member], Message]) -> Message | None:
    return fact(members[0]) if members else None


def _running(evidence: Evidence) -> list[Member]:
    """The live AI systems, without those of which nobody has said that they are: that contradicts nothing."""
    return [member for member in live_systems(evidence) if not member.row["unsaid"]]


def _lives(evidence: Evidence) -> Message | None:
    """That an AI system is in operation."""
    return _first(
        _running(evidence),
        lambda member: say("against.live", "{system} is in operation", system=member.name),
    )


def _touches(evidence: Evidence) -> Message | None:
    """That an AI system in operation touches people."""
    members = [member for member in _running(evidence) if may_be(member, "effect", _TOUCHING)]
    return _first(
        members, lambda member: say("against.touches", "{system} touches people", system=member.name)
    )


def _provides_high_risk(evidence: Evidence) -> Message | None:
    """That the organization provides a high-risk AI system."""
    members = [
        member
        for member in _running(evidence)
        if said_to_be(member, "eu_class", _HIGH_RISK) and said_to_be(member, "eu_role", _PROVIDER)
    ]
    return _first(
        members,
        lambda member: say(
            "against.high-risk", "we provide {system}, which is high-risk", system=member.name
        ),
    )


def _on_record(kind: str, *, type: str = "") -> Callable[[Evidence], Message | None]:
    """That a record of ``kind`` is there as written now or in force; of one type where one is named."""

    def on_record(evidence: Evidence) -> Message | None:
        for versions in either(evidence, kind).values():
            if not type or any(row["type"] == type for row in versions):
                return say("against.record", "{record} is on record", record=ref(versions[0]))
        return None

    return on_record


def _supplied(evidence: Evidence) -> Message | None:
    """That somebody outside supplies an AI system in operation, or is on record as a supplier."""
    outside = {"bought", "embedded", "contracted", "mixed"}
    members = [member for member in _running(evidence) if said_to_be(member, "sourcing", outside)]
    found = _first(
        members, lambda member: say("against.supplied", "{system} is supplied", system=member.name)
    )
    return found or _on_record("supplier")(evidence)


_BY_FACT: Mapping[Callable[[Evidence], Message | None], tuple[str, ...]] = {
    _lives: ("A.3.2", "A.4.2", "A.6.2.6", "A.6.2.8", "A.9.2", "A.9.4"),
    _touches: ("A.5.2", "A.5.3", "A.5.4", "A.5.5", "A.8.2", "A.8.4"),
    _provides_high_risk: ("A.8.5",),
    _on_record("component", type="computing"): ("A.4.5",),
    _on_record("dataset"): ("A.4.3", "A.7.3", "A.7.4", "A.7.5", "A.7.6"),
    _supplied: ("A.10.2", "A.10.3"),
}
SPEAKS_AGAINST = {f"iso42001:{number}": fact for fact, numbers in _BY_FACT.items() for number in numbers}
"""By control, what gives the fact that speaks against leaving it out; None while nothing does."""
