"""What a person does with a sighting. Registering it is making an AI system record with its slug."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from plumbline.discovery.models import Sighting
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.trail import log

LONGEST = timedelta(days=180)
"""A dismissal ends by itself after this time at the latest: a system still in use is looked at again."""
REFUSED = say("sighting.not-dismissed", "The sighting was not dismissed.")


def dismiss(actor: Actor, slug: str, reason: str, until: date | None = None) -> int:
    """Set a sighting aside with a reason, for at most 180 days; returns the trail entry's number."""
    policy.require(actor, "create", kind="ai-system", anywhere=True)
    today = clock.today()
    until = until or today + LONGEST
    if not reason.strip():
        raise Invalid(
            REFUSED, [Fault("reason", say("sighting.no-reason", "is missing"), "say why in a sentence")]
        )
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
