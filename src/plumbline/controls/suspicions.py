"""What triage writes of a failing result: its title, what was seen, who answers for it and by when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from plumbline.controls import members, queries
from plumbline.controls.assignment.queries import DEPUTIES, owner_in_force
from plumbline.controls.decisions import queries as decisions
from plumbline.controls.declare import Check, Severity
from plumbline.controls.models import Result
from plumbline.controls.queries import SystemRow
from plumbline.controls.verdicts import DEFAULT, ORGANIZATION, MemberVerdict
from plumbline.controls.windows import iso_window, window_message
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Ref, Word, plain, say
from plumbline.kernel.states import MemberState

DUE: dict[Severity, timedelta] = {"major": timedelta(days=14), "minor": timedelta(days=30)}
"""How long whoever has to answer has, by the grade that the check expects: a person may grade it otherwise,
and the check on nonconformities holds them to the day."""


def values_of(check: Check, result: Result, windows: int) -> dict[str, Any]:
    """The fields of the nonconformity that ``result`` raises, the newest of so many failing windows."""
    missing = [row for row in members.from_rows(result.members) if row.state is MemberState.MISSING]
    system = system_of(result, missing)
    owner = owner_of(check, system)
    whom = "" if result.subject == ORGANIZATION else system.title if system else result.subject
    # What was seen comes first, with its figures; what the check asks for is no finding and says so.
    said = [
        "" if owner else str(say("triage.nobody", "Nobody who is here owns this: name an owner first.")),
        str(seen(check, result, windows)),
        str(say("triage.asked", "What the check asks: {text}", text=plain(check.text))),
    ]
    return {
        # Text from here on: a record is what people read and amend, in one language.
        "title": str(title(check, whom))[:300],
        "source": "check",
        "check_name": check.beside or check.slug,
        "window": iso_window(result.window_start, check.window),
        "system": system.reference if system else "",
        "requirements": list(check.requirements),
        "description": "\n\n".join(filter(None, said)),
        "detected_on": clock.today().isoformat(),
        "due": (clock.today() + DUE[check.severity]).isoformat(),
        "grade": "not graded",
        "owner": owner,
    }


def system_of(result: Result, missing: Iterable[MemberVerdict]) -> SystemRow | None:
    """The one registered AI system that a result is about; None for several or none."""
    if result.subject != ORGANIZATION:
        return queries.system(result.subject)
    references = {row.system for row in missing}
    return queries.system_by_reference(references.pop()) if len(references) == 1 else None


def owner_of(check: Check, system: SystemRow | None) -> str:
    """Handle of whoever has to answer: the owner of the system, else of the requirement, else who runs the
    AIMS; among those who are here. Empty when there is nobody."""
    here = {handle: roles for handle, active, roles in queries.people(clock.today()) if active}
    owners = [owner_in_force(system)] if system else []
    owners += decisions.owners(check.requirements)
    owners += [handle for role in DEPUTIES for handle, roles in here.items() if role in roles]
    return next((handle for handle in owners if handle in here), "")


def title(check: Check, system: str) -> Message:
    """What a suspicion is called: *Input drift in Claims Triage*; for the organization the finding alone."""
    finding = Word(check.finding)
    if not system:
        return say("triage.title", "{finding}", finding=finding)
    return say("triage.title-system", "{finding} in {system}", finding=finding, system=system)


def seen(check: Check, result: Result, windows: int) -> Message:
    """What was seen, in which window, how often, and under which limit."""
    source = "" if result.limit_value is None else result.limit_source
    text = say(
        "triage.seen", "What was seen {window}: {reason}",
        window=window_message(result.window_start, check.window), reason=result.reason,
    )  # fmt: skip
    if windows > 1:
        text = say(
            "triage.windows",
            "{seen} It fails in {windows} windows; this is the newest.",
            seen=text,
            windows=windows,
        )
    if source == DEFAULT:
        return say("triage.default-limit", "{seen} Limit: the delivered default.", seen=text)
    return say("triage.limit", "{seen} Limit: {source}.", seen=text, source=Ref(source)) if source else text
