"""What a person does with a sighting. Registering it is making an AI system record with its slug."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from plumbline.clauses import rules
from plumbline.discovery.models import Sighting
from plumbline.identity import authority, policy
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act
from plumbline.identity.policy import Answer
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, NotAllowed, NotFound
from plumbline.trail import log

LONGEST = timedelta(days=180)
"""A dismissal ends by itself after this time at the latest: a system still in use is looked at again."""
MAJOR = 2
"""The rank of the gravest nonconformity in an authority limit: a system that nobody registered is one."""
REFUSED = say("sighting.not-dismissed", "The sighting was not dismissed.")


def may_dismiss(actor: Actor) -> Answer:
    """Whether ``actor`` may set sightings aside, and why not."""
    allowed = policy.may(actor, "approve", kind="ai-system", anywhere=True)
    return authority.may_decide(actor, Act.DISMISS, rank=MAJOR, rank_name="major") if allowed else allowed


def dismiss(actor: Actor, slug: str, reason: str, until: date | None = None) -> int:
    """Set a sighting aside with a reason, for at most 180 days; returns the trail entry's number.

    It takes something that runs out of what every check over live systems looks at, so it asks for the
    authority to dismiss what is major. Raises `NotAllowed` and `Invalid`.
    """
    allowed = may_dismiss(actor)
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
    with transaction.atomic():
        changed = Sighting.objects.filter(slug=slug).update(
            dismissed_until=until, dismissed_reason=reason.strip(), dismissed_by=actor.id
        )
        if not changed:
            raise NotFound(say("sighting.unknown", "No such system has been seen."))
        entry = log.append(
            "sighting.dismissed",
            actor=actor.id,
            subject={"kind": "sighting", "ref": slug},
            openings={"reason": reason.strip().encode()},
            requirements=("iso42001:A.4.2",),
            facts={"until": until.isoformat()},
        )
    return entry.index
