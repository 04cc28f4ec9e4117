"""Gives people of tests the authority to decide, as designated management does it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

EVERYTHING = (
    "accept risk",
    "exclude control",
    "dismiss",
    "no action",
    "approve limit",
    "approve exception",
    "accept restatement",
    "change unit",
    "approve posture",
    "go live",
)


def give_authority(
    actor: Any, *acts: str, level: str = "very high", grade: str = "major", tier: str = "high"
) -> str:
    """Have ``actor`` given the authority for ``acts`` (all but to give authority); the record's reference.

    Somebody called Board, of top management, approves what somebody called Clerk has written.
    """
    from plumbline.identity.actors import actor_of_person
    from plumbline.identity.models import Person
    from plumbline.kernel import clock
    from plumbline.records import commands

    clerk, board = _person("Clerk", "aims-manager"), _person("Board", "top-management")
    values = {
        "title": f"What {actor.name} may decide",
        "person": Person.objects.get(pk=actor.person_id).handle,
        "acts": list(acts or EVERYTHING),
        "risk_level": level,
        "grade": grade,
        "tier": tier,
        "basis": "Decision of the board on who decides what.",
        "valid_until": (clock.today() + timedelta(days=365)).isoformat(),
    }
    saved = commands.create(actor_of_person(clerk), "authority", values)
    saved = commands.move(actor_of_person(clerk), saved.reference, "submit", revision=saved.revision)
    return commands.move(
        actor_of_person(board), saved.reference, "approve", revision=saved.revision
    ).reference


def _person(name: str, role: str) -> Any:
    from plumbline.identity import commands
    from plumbline.identity.actors import Actor
    from plumbline.identity.models import Person

    found = Person.objects.filter(email=f"{name.lower()}@authority.example").first()
    if found is None:
        operator = Actor.installation()
        found = commands.create_person(operator, email=f"{name.lower()}@authority.example", full_name=name)
        commands.give_grant(operator, found, role)
    return found
