"""What a person does with a sighting. Registering it is making an AI system record with its slug.

Setting one aside takes two people: one proposes it with a reason and a day, another one who has the authority
confirms that proposal. Until then the system goes on counting as one that nobody registered, and whoever
proposed it may take the proposal back.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction

from plumbline.clauses import rules
from plumbline.discovery.models import Sighting
from plumbline.identity import authority, policy
from plumbline.identity import queries as people
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act
from plumbline.identity.policy import Answer
from plumbline.identity.stand_ins import queries as stand_ins
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import Message, say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed, NotFound
from plumbline.trail import log

LONGEST = timedelta(days=180)
"""A dismissal ends by itself after this time at the latest: a system still in use is looked at again."""
MAJOR = 2
"""The rank of the gravest nonconformity in an authority limit: a system that nobody registered is one."""
REFUSED = say("sighting.not-dismissed", "The sighting was not dismissed.")
NOT_PROPOSED: Final[dict[str, Any]] = {
    "proposal": None,
    "proposed_until": None,
    "proposed_reason": "",
    "proposed_by": "",
}
"""The fields of a sighting that nobody proposes to set aside."""
_REQUIREMENTS = ("iso42001:A.4.2",)


def may_propose(actor: Actor) -> Answer:
    """Whether ``actor`` may propose to set sightings aside, and why not."""
    if actor.person_id is None:
        return Answer(False, "This step has to be taken by a person.")
    return policy.may(actor, "approve", kind="ai-system", anywhere=True)


def may_confirm(actor: Actor, proposed_by: str) -> Answer:
    """Whether ``actor`` may confirm what the person with the opaque id ``proposed_by`` proposed, and why not.

    It takes something that runs out of what every check over live systems looks at, so it asks for the
    authority to dismiss what is major, and for somebody else than who proposed it.
    """
    allowed = may_propose(actor)
    if not allowed:
        return allowed
    proposers = _proposers(proposed_by)
    if actor.person_id in proposers:
        text = "You proposed it: somebody else who has the authority confirms it."
        return Answer(False, say("sighting.own-proposal", text))
    deputies = stand_ins.deputies_of(proposers, "ai-system")
    if actor.person_id in deputies:
        text = "You stand in for who proposed it: somebody else who has the authority confirms it."
        return Answer(False, say("sighting.deputy-of-proposer", text))
    return authority.may_decide(
        actor, Act.DISMISS, rank=MAJOR, rank_name="major", excluded=proposers | deputies
    )


def may_withdraw(actor: Actor, proposed_by: str) -> Answer:
    """Whether ``actor`` may take back what the person with the opaque id ``proposed_by`` proposed, and why
    not. Only that person may: somebody else could otherwise propose in silence what was just taken back."""
    allowed = may_propose(actor)
    if not allowed:
        return allowed
    if actor.person_id not in _proposers(proposed_by):
        text = "Somebody else proposed it: only they take it back. You leave it unconfirmed."
        return Answer(False, say("sighting.not-yours", text))
    return Answer(True, "You proposed it.")


def _proposers(proposed_by: str) -> frozenset[int]:
    # A proposal made with a token is its owner's: they are not a second person on the page.
    return people.same_person(people.people_behind([proposed_by]))


def until_day(text: str) -> date | None:
    """The day that somebody wrote as YYYY-MM-DD; None for an empty text. Raises `Invalid`."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(REFUSED, [Fault("until", "is no day", "YYYY-MM-DD")]) from None


def propose(actor: Actor, slug: str, reason: str, until: date | None = None) -> int:
    """Propose to set a sighting aside with a reason, for at most 180 days; returns the trail entry's number.

    It takes the place of what was proposed before. Raises `NotAllowed`, `Invalid` and `NotFound`.
    """
    allowed = may_propose(actor)
    if not allowed:
        raise NotAllowed(allowed.reason)
    today = clock.today()
    until = until or today + LONGEST
    if rules.says_nothing(reason):
        message = say("sighting.no-reason", "says nothing")
        raise Invalid(REFUSED, [Fault("reason", message, "say why in a sentence")])
    if not today <= until <= today + LONGEST:
        message = say("sighting.too-long", "is not within {days} days", days=LONGEST.days)
        raise Invalid(REFUSED, [Fault("until", message, "choose an earlier day")])
    _sighting(slug)
    with transaction.atomic():
        facts: dict[str, JSON] = {"until": until.isoformat()}
        entry = _append("sighting.dismissal-proposed", actor, slug, reason.strip(), facts)
        Sighting.objects.filter(slug=slug).update(
            proposal=entry, proposed_by=actor.id, proposed_reason=reason.strip(), proposed_until=until
        )
    return entry


def confirm(actor: Actor, slug: str, proposal: int) -> int:
    """Set a sighting aside as the trail entry ``proposal`` proposes it; returns the trail entry's number.

    The number binds the decision to what was read: another proposal since then is not confirmed with it.
    Raises `NotAllowed`, `NotFound`, `Conflict`, and `Invalid` when the day has passed.
    """
    row = _sighting(slug)
    allowed = may_confirm(actor, row.proposed_by)
    if not allowed:
        raise NotAllowed(allowed.reason)
    if row.proposal is None or row.proposed_until is None or row.proposal != proposal:
        raise Conflict(_not_proposed(proposal))
    if row.proposed_until < clock.today():
        message = say("sighting.proposal-over", "has passed")
        raise Invalid(REFUSED, [Fault("until", message, "propose it again with a later day")])
    with transaction.atomic():
        facts: dict[str, JSON] = {"until": row.proposed_until.isoformat(), "proposal": proposal}
        entry = _append("sighting.dismissed", actor, slug, row.proposed_reason, facts)
        # The row is asked again under the lock of the log: somebody may have proposed otherwise meanwhile.
        changed = Sighting.objects.filter(slug=slug, proposal=proposal).update(
            dismissed_until=row.proposed_until,
            dismissed_reason=row.proposed_reason,
            dismissed_by=actor.id,
            **NOT_PROPOSED,
        )
        if not changed:
            raise Conflict(_not_proposed(proposal))
    return entry


def withdraw(actor: Actor, slug: str, proposal: int) -> int:
    """Take back the proposal in the trail entry ``proposal``; returns the trail entry's number.

    The system counted as unregistered and goes on counting. Raises `NotAllowed`, `NotFound` and `Conflict`.
    """
    row = _sighting(slug)
    # Where nothing is proposed any more, that is what is wrong, not whose proposal it was.
    allowed = may_withdraw(actor, row.proposed_by) if row.proposed_by else may_propose(actor)
    if not allowed:
        raise NotAllowed(allowed.reason)
    if row.proposal is None or row.proposal != proposal:
        raise Conflict(_not_proposed(proposal))
    with transaction.atomic():
        entry = _append("sighting.dismissal-withdrawn", actor, slug, "", {"proposal": proposal})
        # Asked again under the lock of the log: somebody may have confirmed it meanwhile.
        if not Sighting.objects.filter(slug=slug, proposal=proposal).update(**NOT_PROPOSED):
            raise Conflict(_not_proposed(proposal))
    return entry


def _sighting(slug: str) -> Sighting:
    row = Sighting.objects.filter(slug=slug).first()
    if row is None:
        raise NotFound(say("sighting.unknown", "No such system has been seen."))
    return row


def _not_proposed(proposal: int) -> Message:
    text = "Trail entry {entry} is not what is proposed now. Read it again."
    return say("sighting.not-proposed", text, entry=proposal)


def _append(entry_type: str, actor: Actor, slug: str, reason: str, facts: dict[str, JSON]) -> int:
    entry = log.append(
        entry_type,
        actor=actor.id,
        subject={"kind": "sighting", "ref": slug},
        openings={"reason": reason.encode()} if reason else {},
        requirements=_REQUIREMENTS,
        facts=facts,
    )
    return entry.index
