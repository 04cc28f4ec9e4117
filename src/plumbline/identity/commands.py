"""Who may do what changes only here; every change leaves a leaf in the trail (`identity.writing`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from plumbline.identity import accounts, authority, policy, queries, validation, writing
from plumbline.identity.actors import Actor
from plumbline.identity.invitations.commands import (
    accept_invitation,
    invitation,
    invitation_path,
    invited,
    set_password,
)
from plumbline.identity.models import FederatedIdentity, Grant, OneTimeLink, Person, Token, Unit
from plumbline.identity.resets.commands import accept_reset, ask_reset, person_of_reset, reset_path
from plumbline.identity.roles import ROLES
from plumbline.identity.tokens.commands import (
    Issued,
    issue_token,
    make_one_time_link,
    redeem_link,
    revoke_token,
)
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed
from plumbline.trail import deferred, log

__all__ = [
    "Issued",
    "accept_invitation",
    "accept_reset",
    "activate_person",
    "ask_reset",
    "change_with_leaf",
    "create_person",
    "create_unit",
    "deactivate_person",
    "give_grant",
    "invitation",
    "invitation_path",
    "invited",
    "issue_token",
    "log_failed_sign_in",
    "log_session_event",
    "make_one_time_link",
    "person_of_reset",
    "redeem_link",
    "rename_person",
    "reset_path",
    "revoke_grant",
    "revoke_token",
    "set_password",
    "update_profile",
]


def create_person(actor: Actor, *, email: str, full_name: str, password: str | None = None) -> Person:
    """Give somebody an account; without a password they set one through `invitation`.

    Raises `Invalid` for an address or password that cannot be used, `Conflict` for one that is taken.
    """
    policy.require(actor, "grant")
    email, full_name = email.strip(), full_name.strip()
    faults = validation.check_email(email) + validation.check_name(full_name)
    person = Person(email=email, full_name=full_name, vouched_units=writing.reach(actor))
    if password is not None:
        faults += validation.check_password(password, person)
    if faults:
        raise Invalid("The account was not made.", faults)
    person.set_password(password)
    taken = "There is an account with this e-mail address already. Look for it in the list of people."
    # Compared by mailbox: a person with two spellings of one address would be two pairs of eyes.
    if Person.objects.filter(mailbox=accounts.mailbox(email)).exists():
        raise Conflict(taken)
    _refuse_shared_name(full_name)
    try:
        with transaction.atomic():
            person.save()
            writing.append_leaf(
                actor,
                "person.created",
                person,
                facts=writing.vouched(person),
                openings={**writing.personal_data(person), **writing.credential(person)},
            )
    except IntegrityError as error:
        raise Conflict(taken) from error
    return person


def rename_person(actor: Actor, person: Person, full_name: str) -> None:
    """Give somebody a name that tells them apart from another person with the same one.

    From then on the two count as two people for four eyes, unless they share a mailbox as well. Nobody does
    it to themself, and only who may give roles in the whole organization does it at all. Raises `NotAllowed`,
    `Invalid`, or `Conflict` for a name that another account has.
    """
    policy.require_everywhere(actor, "grant")
    if actor.person_id in queries.same_person([person.pk]):
        raise NotAllowed("Somebody else has to tell your accounts apart.")
    full_name = full_name.strip()
    faults = validation.check_name(full_name)
    if faults:
        raise Invalid("The person was not renamed.", faults)
    _refuse_shared_name(full_name, but=person.pk)
    person.full_name, person.name_key = full_name, accounts.name_key(full_name)
    with transaction.atomic():
        person.save(update_fields=["full_name", "name_key"])
        writing.append_leaf(actor, "person.renamed", person, openings=writing.personal_data(person))


def _refuse_shared_name(full_name: str, *, but: int | None = None) -> None:
    """Raise `Conflict` when another account than ``but`` has this name.

    A second account under one name would be a second pair of eyes. Whoever is somebody else gets a name by
    which readers of the record can tell the two apart as well.
    """
    if (same := queries.named_alike(full_name, but=but)) is not None:
        text = (
            "There is an account with the same name already: {person}. If this is somebody else, give a "
            "fuller name, such as one with the unit, that tells the two apart."
        )
        fault = Fault("full_name", "is the name of another account", "give a name that tells them apart")
        raise Conflict(say("person.same-name", text, person=same.full_name), [fault])


def update_profile(
    person: Person, *, full_name: str, theme: str, language: str | None = None, time_zone: str | None = None
) -> Person:
    """Change a person's own name, theme, language and time zone (IANA; empty: the organization's).

    Language and time zone stay as they are where none is given. Raises `Invalid`.
    """
    full_name = full_name.strip()
    faults = validation.check_name(full_name) + validation.check_time_zone(time_zone or "")
    if theme not in dict(Person.THEMES):
        faults.append(Fault("theme", "This theme is not known.", "Choose one of those offered."))
    if faults:
        raise Invalid("The profile was not saved.", faults)
    renamed = full_name != person.full_name
    person.full_name, person.theme = full_name, theme
    person.language = person.language if language is None else language
    person.time_zone = person.time_zone if time_zone is None else time_zone
    with transaction.atomic():
        person.save(update_fields=["full_name", "theme", "language", "time_zone"])
        if renamed:
            writing.append_leaf(
                writing.own_actor(person), "person.renamed", person, openings=writing.personal_data(person)
            )
    return person


def deactivate_person(actor: Actor, person: Person) -> None:
    """Take somebody's account out of use: sessions end, tokens stop. Nobody does it to themself."""
    writing.require_over(actor, "grant", person)
    writing.refuse_self(actor, person, "Somebody else has to take your account out of use.")
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(is_active=False)
        person.end_sessions()
        writing.append_leaf(actor, "person.deactivated", person)
    person.is_active = False


def activate_person(actor: Actor, person: Person) -> None:
    """Put an account back into use, with the grants and tokens it had."""
    writing.require_over(actor, "grant", person)
    writing.refuse_self(actor, person, "Somebody else has to put your account back into use.")
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(is_active=True)
        writing.append_leaf(actor, "person.activated", person)
    person.is_active = True


def create_unit(actor: Actor, *, name: str, slug: str = "", parent: Unit | None = None) -> Unit:
    """Add a part of the organization. Raises `Invalid`, or `Conflict` for a short name that is taken."""
    policy.require(actor, "grant", kind="person", unit_id=parent.pk if parent else None)
    slug = slug or slugify(name)[:60]
    try:
        validate_slug(slug)
    except ValidationError:
        raise Invalid(
            "The unit was not made.",
            [Fault("slug", "The short name is not usable.", "Use letters, digits and hyphens.")],
        ) from None
    if Unit.objects.filter(slug=slug).exists():
        raise Conflict("There is a unit with this short name already.")
    with transaction.atomic():
        unit = Unit.objects.create(slug=slug, name=name.strip(), parent=parent)
        log.append(
            "unit.created",
            actor=actor.id,
            subject={"kind": "unit", "ref": unit.slug},
            facts={"parent": parent.slug if parent else None},
            openings={"name": unit.name.encode()},
        )
    return unit


def give_grant(
    actor: Actor,
    person: Person,
    role: str,
    *,
    unit: Unit | None = None,
    scope: str = "",
    starts: date | None = None,
    ends: date | None = None,
) -> Grant:
    """Give ``person`` a role, from ``starts`` (default: today) to ``ends``, both included.

    Nobody gives a role to themself, by whichever of their accounts, and who manages one unit gives roles in
    it only. A scoped role (external auditor) needs a last day and a unit or scope (``all`` for the whole).
    Nobody both runs the management system and audits it at the same time (9.2.2). A further role of top
    management takes a record that designates the person. The person's sessions end, and what an account
    without a role had for signing in is void. Raises `NotAllowed` or `Invalid`.
    """
    policy.require(actor, "grant", kind="person", unit_id=unit.pk if unit else None)
    writing.refuse_self(actor, person, "Nobody gives a role to themself; another AIMS manager has to.")
    scope = " ".join(scope.split())
    starts = starts or clock.today()
    faults = validation.check_grant(role, unit, scope, starts, ends)
    if not faults:
        others = Grant.objects.filter(person__in=queries.same_person([person.pk]), revoked_at__isnull=True)
        faults = validation.check_independence(role, starts, ends, others)
    if faults:
        raise Invalid("The role was not given.", faults)
    _require_designated(actor, person, role)
    with transaction.atomic():
        _void_what_is_not_trusted(actor, person, unit)
        grant = Grant.objects.create(
            person=person, role=role, unit=unit, scope=scope, starts=starts, ends=ends, given_by=actor.id
        )
        person.end_sessions()
        facts: dict[str, JSON] = {
            "role": role,
            "unit": unit.slug if unit else None,
            "scope": list(scope.split()),
            "starts": starts.isoformat(),
            "ends": ends.isoformat() if ends else None,
        }
        subject: dict[str, JSON] = {"kind": "grant", "ref": grant.handle, "person": person.handle}
        log.append("grant.given", actor=actor.id, subject=subject, facts=facts)
    return grant


def revoke_grant(actor: Actor, grant: Grant) -> None:
    """Take a role back from now on; the person's sessions end. Raises `Conflict` when it was already."""
    policy.require(actor, "grant", kind="person", unit_id=grant.unit_id)
    with transaction.atomic():
        changed = Grant.objects.filter(pk=grant.pk, revoked_at__isnull=True).update(
            revoked_at=clock.now(), revoked_by=actor.id
        )
        if not changed:
            raise Conflict("This role was taken back already.")
        grant.person.end_sessions()
        log.append(
            "grant.revoked",
            actor=actor.id,
            subject={"kind": "grant", "ref": grant.handle, "person": grant.person.handle},
            facts={"role": grant.role},
        )


def log_session_event(person: Person, event: str, *, method: str = "") -> None:
    """Leave a leaf for a sign-in (``session.started``), a sign-out (``session.ended``) or a second factor."""
    facts: dict[str, JSON] = {"method": method} if method else {}
    subject: dict[str, JSON] = {"kind": "person", "ref": person.handle}
    with transaction.atomic():
        deferred.append_or_defer(event, actor=person.handle, subject=subject, facts=facts)


@contextmanager
def change_with_leaf(person: Person, event: str, method: str) -> Iterator[None]:
    """One transaction for a change that a person makes to their own sign-in, and its leaf."""
    with transaction.atomic():
        writing.note_role_at_credentials(person)
        yield
        writing.append_leaf(writing.own_actor(person), event, person, facts={"method": method})


def log_failed_sign_in(email: str, method: str) -> None:
    """Leave a leaf for a failed sign-in; it names the person only when there is one.

    The address itself is never recorded: people type passwords into that field.
    """
    person = Person.objects.filter(email__iexact=email.strip()).first()
    subject: dict[str, JSON] | None = {"kind": "person", "ref": person.handle} if person else None
    with transaction.atomic():
        deferred.append_or_defer(
            "session.refused", actor="stage:sign-in", subject=subject, facts={"method": method}
        )


def _void_what_is_not_trusted(actor: Actor, person: Person, unit: Unit | None) -> None:
    """Void the ways in to an account that is about to get a role, where they may be somebody else's."""
    # The caller's object may be older than the password that was set in the meantime.
    person.refresh_from_db()
    if person.credentials_before_role or not person.vouched_for(unit.pk if unit else None):
        _void_credentials(actor, person)
    elif not queries.has_role(person.pk):
        OneTimeLink.objects.filter(person=person).delete()


def _void_credentials(actor: Actor, person: Person) -> None:
    """Make the password, second factors and tokens of ``person`` void; they need a new invitation.

    Whoever handed the account over cannot give the role that is about to be given, or somebody took it over
    while it had none. They may have kept the way in for themself, and would then act with a role that nobody
    who may give it has given them.
    """
    person.set_unusable_password()
    person.credentials_before_role = False
    person.save(update_fields=["password", "credentials_before_role"])
    queries.authenticators(person.pk).delete()
    FederatedIdentity.objects.filter(person=person).delete()
    Token.objects.filter(owner=person, revoked_at__isnull=True).update(revoked_at=clock.now())
    OneTimeLink.objects.filter(person=person).delete()
    writing.append_leaf(actor, "person.credentials-voided", person, openings=writing.credential(person))


def _require_designated(actor: Actor, person: Person, role: str) -> None:
    """Raise `NotAllowed` for a further role of top management that no record of its own stands behind.

    The first one is given like any other role, since nobody is there yet who could approve it. Afterwards an
    AIMS manager alone must not make somebody who approves all that the AIMS manager writes.
    """
    if not ROLES[role].management or actor.is_stage:
        return
    slugs = [slug for slug, other in ROLES.items() if other.management]
    # Any that there ever was, not those of today: otherwise whoever takes the role back gives it to the next.
    if not Grant.objects.filter(role__in=slugs).exists():
        return
    limits = filter(authority.designates, authority.in_force())
    if not any(limit.person_id == person.pk for limit in limits):
        raise NotAllowed(
            say(
                "grant.designate-first",
                "Top management has been named before. Have an authority limit approved that designates "
                "{person} and give the role then, or have the operator of the installation give it "
                "(plumbline role give).",
                person=person.full_name,
            )
        )
