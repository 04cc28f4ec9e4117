"""The team of an audit: who is in it, and whether each of them is independent of what they audit (9.2.2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from plumbline.clauses.independence import queries
from plumbline.clauses.independence.queries import AuditScope
from plumbline.identity import queries as people
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault

LEAD = "lead"
MEMBERS = (LEAD, "auditor", "second_auditor")
"""The fields of an audit that name somebody of its team."""


def scope_of(audit: Any, systems: Collection[Any] | None = None) -> AuditScope:
    """What ``audit``, a record, looks at; ``systems`` are those it names, where they are not stored yet."""
    named = audit.systems.all() if systems is None else systems
    return AuditScope(frozenset(audit.criteria), frozenset(one.pk for one in named), audit.period_from)


def members(audit: Any) -> Mapping[str, int]:
    """The primary keys of the people in the team, by field; nobody while no audit is named."""
    if audit is None:
        return {}
    known = {name: getattr(audit, f"{name}_id") for name in MEMBERS}
    return {name: person for name, person in known.items() if person is not None}


def faults(audit: Any, systems: Collection[Any] | None = None) -> list[Fault]:
    """Why somebody of the team cannot audit what ``audit`` looks at, each by name and with the record."""
    scope, found = scope_of(audit, systems), []
    for name, person in members(audit).items():
        why = queries.part_of(person, scope)
        if why is not None:
            who = getattr(audit, name).full_name
            text = say("audit.part", "{person} {why}", person=who, why=why)
            remedy = "put in somebody who has no part in what is audited"
            found.append(Fault(name, text, remedy))
    return found


def is_member(actor: Actor, audit: Any) -> Answer:
    """Whether ``actor`` is in the team, by any account."""
    if actor.person_id is not None and actor.person_id in people.same_person(members(audit).values()):
        return Answer(True, say("audit.in-team", "{name} is in the team of the audit.", name=actor.name))
    return Answer(False, _OUTSIDE)


def leads(actor: Actor, audit: Any) -> Answer:
    """Whether ``actor`` leads the audit."""
    if actor.person_id is not None and actor.person_id == audit.lead_id:
        return Answer(True, say("audit.leads", "{name} leads the audit.", name=actor.name))
    if audit.lead is None:
        return Answer(False, say("audit.no-lead", "The audit has no lead yet. Name one first."))
    text = "Only the lead of the audit does this: {lead}."
    return Answer(False, say("audit.lead-only", text, lead=audit.lead.full_name))


_OUTSIDE = say(
    "audit.outside",
    "Only the team of the audit does this. Whoever is audited answers, and may comment.",
)
