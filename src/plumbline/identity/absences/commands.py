"""Saying that somebody is away and who stands in, and ending it; each leaves an entry in the trail.

Why somebody is away is not asked: it is nobody's business here, and no entry could be rid of it.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from plumbline.identity import queries, writing
from plumbline.identity.absences import queries as absences
from plumbline.identity.actors import Actor
from plumbline.identity.models import Absence, Person
from plumbline.identity.roles import ALL, GROUPS, kinds_in, known_kinds
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import listing, say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed
from plumbline.trail import log

RECORDED, ENDED = "absence.recorded", "absence.ended"
LONGEST_DAYS = 92
"""How long somebody may be away in one absence. What lasts longer is recorded anew, or the work is given to
somebody else for good."""
AHEAD_DAYS = 366
"""How long before its first day an absence can be recorded."""


def record(
    actor: Actor,
    person: Person,
    *,
    ends: date,
    starts: date | None = None,
    deputy: Person | None = None,
    scope: str = "",
) -> Absence:
    """Note that ``person`` is away from ``starts`` (default: today) to ``ends``, and who stands in.

    Everybody does so for themself; for somebody else whoever gives roles wherever they have one. It gives the
    deputy no right. Raises `NotAllowed` or `Invalid`.
    """
    _require(actor, person)
    starts, scope = starts or clock.today(), " ".join(scope.split())
    faults = _day_faults(starts, ends) + _deputy_faults(person, deputy, scope, starts, ends)
    if faults:
        raise Invalid("The absence was not recorded.", faults)
    with transaction.atomic():
        row = Absence.objects.create(
            person=person, deputy=deputy, scope=scope, starts=starts, ends=ends, given_by=actor.id,
            given_at=clock.now(),
        )  # fmt: skip
        facts: dict[str, JSON] = {
            "deputy": deputy.handle if deputy is not None else None,
            "scope": list(scope.split()),
            "starts": starts.isoformat(),
            "ends": ends.isoformat(),
        }
        log.append(RECORDED, actor=actor.id, subject=_subject(row), facts=facts)
    return row


def end(actor: Actor, handle: str) -> Absence:
    """End an absence now: by whoever is away, whoever stands in, or who may record it.

    Raises `NotFound`, `NotAllowed`, or `Conflict` when it is over already.
    """
    row = absences.absence(handle)
    # Whoever was named without being asked can decline.
    if row.deputy_id is None or row.deputy_id != actor.person_id:
        _require(actor, row.person)
    _require_session_or_writing(actor)
    with transaction.atomic():
        rows = Absence.objects.filter(pk=row.pk, ended_at__isnull=True, ends__gte=clock.today())
        if not rows.update(ended_at=clock.now(), ended_by=actor.id):
            raise Conflict("This absence is over already.")
        log.append(ENDED, actor=actor.id, subject=_subject(row))
    row.refresh_from_db()
    return row


def _subject(row: Absence) -> dict[str, JSON]:
    return {"kind": "absence", "ref": row.handle, "person": row.person.handle}


def _require(actor: Actor, person: Person) -> None:
    """Raise `NotAllowed` unless ``actor`` may say of ``person`` that they are away."""
    _require_session_or_writing(actor)
    if actor.person_id is None or actor.person_id != person.pk:
        writing.require_over(actor, "grant", person)
    elif not queries.has_role(person.pk):
        raise NotAllowed("Without a role nothing waits for you, so nobody needs to stand in for you.")


def _require_session_or_writing(actor: Actor) -> None:
    if actor.scopes is not None and "write" not in actor.scopes:
        raise NotAllowed("This token only reads. Use one with the scope write.")


def _day_faults(starts: date, ends: date) -> list[Fault]:
    today = clock.today()
    if starts < today:
        # What somebody did in days that are over was not done for anybody.
        return [Fault("starts", "The first day lies in the past.", "Choose today or a later day.")]
    if starts > today + timedelta(days=AHEAD_DAYS):
        return [Fault("starts", "The first day is more than a year ahead.", "Choose an earlier day.")]
    if ends < starts:
        return [Fault("ends", "The last day lies before the first.", "Choose a later last day.")]
    if ends > starts + timedelta(days=LONGEST_DAYS):
        text = say("absence.too-long", "It lasts longer than {days} days.", days=LONGEST_DAYS)
        return [Fault("ends", text, "Choose an earlier day, or give the work to somebody else for good.")]
    return []


def _deputy_faults(
    person: Person, deputy: Person | None, scope: str, starts: date, ends: date
) -> list[Fault]:
    faults = []
    if set(scope.split()) - {ALL, *GROUPS, *known_kinds()}:
        words = say("grant.scopes", "Use {scopes}.", scopes=listing((ALL, *GROUPS), shown=1 + len(GROUPS)))
        faults.append(Fault("scope", "The scope names a kind that is not known.", words))
    if deputy is None:
        return faults
    if deputy.pk in queries.same_person([person.pk]):
        faults.append(Fault("deputy", "Nobody stands in for themself.", "Name somebody else."))
    elif not deputy.is_active or not queries.has_role(deputy.pk):
        text = "This person is not here, or has no role."
        faults.append(Fault("deputy", text, "Name somebody who works in the AIMS."))
    together = Absence.objects.filter(ended_at__isnull=True, starts__lte=ends, ends__gte=starts)
    # No chains: whoever stands in for somebody who stands in would act for a person who never chose them.
    away = together.filter(person=deputy).order_by("ends").last()
    if away is not None:
        message = say("absence.deputy-away", "This person is away until {day}.", day=away.ends)
        faults.append(Fault("deputy", message, "Name somebody who is here in these days."))
    others = together.filter(person=person, deputy__isnull=False).select_related("deputy")
    for other in others:
        if other.deputy is not None and _overlap(other.scope, scope):
            message = say(
                "absence.two-deputies",
                "{deputy} stands in for some of this work already, until {day}.",
                deputy=other.deputy.full_name,
                day=other.ends,
            )
            faults.append(Fault("deputy", message, "End that absence first, or choose other work."))
            break
    return faults


def _overlap(one: str, other: str) -> bool:
    """Whether two scopes have a kind in common."""
    first, second = kinds_in(one), kinds_in(other)
    return first is None or second is None or bool(first & second)


def may_record(actor: Actor, person: Person) -> bool:
    """Whether ``actor`` may say of ``person`` that they are away."""
    try:
        _require(actor, person)
    except NotAllowed:
        return False
    return True
