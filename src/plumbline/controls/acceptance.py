"""Accepting a restatement: a person without part in it lets the later verdict of a closed window count."""

from __future__ import annotations

from plumbline.clauses.deciding import Involved
from plumbline.controls import commands, queries, registry, visibility
from plumbline.controls.history import queries as history
from plumbline.controls.judged import queries as judged
from plumbline.controls.models import Result
from plumbline.identity import authority, policy
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act
from plumbline.identity.policy import Answer
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed

SHORTEST = 10
"""Letters of a reason at the least: a reader a year later has nothing else to go by."""


def may_accept(actor: Actor, result: Result) -> Answer:
    """Whether ``actor`` may accept the restatement ``result``, with the reason.

    It takes the authority for it, and no part in the matter: not for who answers for the AI system, nor for
    who wrote or approved the limit by which it was judged.
    """
    system, involved = queries.system(result.subject), Involved()
    if system is not None:
        text = say("own-cause.system", "You answer for {system}.", system=Ref(system.reference))
        involved.add([system.owner_id], text)
    if result.limit_revision:
        text = say("restatement.own-limit", "You set {limit}.", limit=Ref(result.limit_source))
        involved.add(history.people_behind(result.limit_source), text)
    answer = involved.answer(actor)
    if not answer:
        return answer
    unit = system.unit_id if system is not None else None
    permission = policy.may(actor, "approve", kind="limit", unit_id=unit)
    if not permission:
        return permission
    return authority.may_decide(actor, Act.ACCEPT_RESTATEMENT, unit_id=unit, excluded=involved.everybody)


def open_restatement(result: Result) -> Result | None:
    """The restatement of the window of ``result`` that waits to be accepted: the newest, if it is one."""
    rows = judged.results_of_window(result)
    newest = rows[-1]
    if newest.restates_id is None or newest.pk in judged.accepted(rows):
        return None
    return newest


def accept(actor: Actor, number: int, reason: str) -> int:
    """Let the restatement with this number count from now on; returns the trail entry's number.

    Raises `NotFound`, `NotAllowed`, `Invalid` without a reason, and `Conflict` when it is no restatement, is
    accepted already, or something newer was judged of its window.
    """
    result = visibility.result(actor, number)
    waiting = open_restatement(result)
    if waiting is None or waiting.pk != result.pk:
        detail = say("restatement.not-open", "Result {number} is not waiting to be accepted.", number=number)
        remedy = say("restatement.newest", "accept the newest result of the window, if it restates one")
        raise Conflict(detail, [Fault("result", say("restatement.not-newest", "is not open"), remedy)])
    if len(reason.strip()) < SHORTEST:
        detail = say("restatement.needs-reason", "A restatement is not accepted without a reason.")
        raise Invalid(detail, [Fault("reason", "is missing", "say in a sentence why it is right")])
    answer = may_accept(actor, result)
    if not answer:
        raise NotAllowed(answer.reason)
    check = registry.by_slug().get(result.check_name)
    requirements = check.requirements if check is not None else ()
    return commands.accept_restatement(actor, result, reason.strip(), requirements)
