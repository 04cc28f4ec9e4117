"""Who may do what changes only here; every change leaves a leaf in the trail.

Leaves name people, grants and tokens by their opaque ids. Names and addresses are personal data and lie
in salted openings, which can be erased without breaking the trail.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from plumbline.identity import policy, validation
from plumbline.identity.actors import Actor, secret_digest
from plumbline.identity.models import Grant, OneTimeLink, Person, Token, Unit
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed, NotSignedIn
from plumbline.trail import log

LINK_MINUTES = 10
_SCOPE_VERBS = {"ingest": "ingest", "read": "read", "write": "comment", "pack": "pack"}


@dataclass(frozen=True)
class Issued:
    """A new token: its text is shown this once and kept nowhere."""

    token: Token
    text: str


def create_person(actor: Actor, *, email: str, full_name: str, password: str | None = None) -> Person:
    """Give somebody an account; without a password they set one through `invitation`.

    Raises `Invalid` for an address or password that cannot be used, `Conflict` for one that is taken.
    """
    policy.require(actor, "grant")
    email, full_name = email.strip(), full_name.strip()
    faults = validation.check_email(email) + validation.check_name(full_name)
    person = Person(email=email, full_name=full_name)
    if password is not None:
        faults += validation.check_password(password, person)
    if faults:
        raise Invalid("The account was not made.", faults)
    person.set_password(password)
    taken = "There is an account with this e-mail address already. Look for it in the list of people."
    if Person.objects.filter(email__iexact=email).exists():
        raise Conflict(taken)
    try:
        with transaction.atomic():
            person.save()
            _append_leaf(actor, "person.created", person, openings=_personal_data(person))
    except IntegrityError as error:
        raise Conflict(taken) from error
    return person


def update_profile(person: Person, *, full_name: str, theme: str) -> Person:
    """Change a person's own name and theme. Raises `Invalid`."""
    full_name = full_name.strip()
    faults = validation.check_name(full_name)
    if theme not in dict(Person.THEMES):
        faults.append(Fault("theme", "This theme is not known.", "Choose one of those offered."))
    if faults:
        raise Invalid("The profile was not saved.", faults)
    renamed = full_name != person.full_name
    person.full_name, person.theme = full_name, theme
    with transaction.atomic():
        person.save(update_fields=["full_name", "theme"])
        if renamed:
            _append_leaf(_own_actor(person), "person.renamed", person, openings=_personal_data(person))
    return person


def set_password(person: Person, password: str) -> None:
    """Give a person a new password and end their sessions. Raises `Invalid` for a weak one."""
    faults = validation.check_password(password, person)
    if faults:
        raise Invalid("The password was not changed.", faults)
    person.set_password(password)
    with transaction.atomic():
        person.save(update_fields=["password"])
        person.end_sessions()
        _append_leaf(_own_actor(person), "password.changed", person)


def invitation(actor: Actor, person: Person) -> str:
    """The path on which ``person`` sets a first or new password, once, within three days.

    The one who made it hands it over; it is in no log. Setting the password is a leaf of its own.
    """
    _require_over(actor, "grant", person)
    _refuse_self(actor, person, "Change your own password on your account page.")
    if not person.is_active:
        raise Conflict("The account is not active.")
    with transaction.atomic():
        _append_leaf(actor, "person.invited", person)
    return invitation_path(person)


def invitation_path(person: Person) -> str:
    """The path of an invitation that was made before, valid for three days from now.

    For what sends it: the path is a secret, so it is made when it is handed over and stored nowhere.
    """
    return f"/sign-in/invitation/{person.handle}/{default_token_generator.make_token(person)}/"


def accept_invitation(handle: str, token: str, password: str) -> Person:
    """Set the password that an invitation asks for. Raises `NotSignedIn` when it is used or too old."""
    person = invited(handle, token)
    set_password(person, password)
    return person


def invited(handle: str, token: str) -> Person:
    """Whose invitation this is. Raises `NotSignedIn` when it is unknown, used or too old."""
    person = Person.objects.filter(handle=handle, is_active=True).first()
    if person is None or not default_token_generator.check_token(person, token):
        raise NotSignedIn("This invitation is not valid any more. Ask an AIMS manager for a new one.")
    return person


def deactivate_person(actor: Actor, person: Person) -> None:
    """Take somebody's account out of use: sessions end, tokens stop. Nobody does it to themself."""
    _require_over(actor, "grant", person)
    _refuse_self(actor, person, "Somebody else has to take your account out of use.")
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(is_active=False)
        person.end_sessions()
        _append_leaf(actor, "person.deactivated", person)
    person.is_active = False


def activate_person(actor: Actor, person: Person) -> None:
    """Put an account back into use, with the grants and tokens it had."""
    _require_over(actor, "grant", person)
    _refuse_self(actor, person, "Somebody else has to put your account back into use.")
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(is_active=True)
        _append_leaf(actor, "person.activated", person)
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

    Nobody gives a role to themself, and who manages one unit gives roles in it only. A scoped role
    (external auditor) needs a last day and a unit or scope (``all`` for the whole). The person's sessions
    end. Raises `NotAllowed` or `Invalid`.
    """
    policy.require(actor, "grant", kind="person", unit_id=unit.pk if unit else None)
    _refuse_self(actor, person, "Nobody gives a role to themself; another AIMS manager has to.")
    scope = " ".join(scope.split())
    starts = starts or clock.today()
    faults = validation.check_grant(role, unit, scope, starts, ends)
    if faults:
        raise Invalid("The role was not given.", faults)
    with transaction.atomic():
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


def issue_token(
    actor: Actor,
    *,
    name: str,
    scopes: list[str] | tuple[str, ...],
    expires: datetime,
    owner: Person | None = None,
) -> Issued:
    """Make a token that acts for ``owner`` (default: the actor) until ``expires``, at most a year ahead.

    One's own tokens need only the permission that their scopes stand for; those of others need
    ``manage-tokens`` and never write: their holder would decide as a second person. Only the operator at
    the machine issues such a one. Raises `NotAllowed` or `Invalid`.
    """
    if actor.scopes is not None:
        raise NotAllowed("No token may issue another. Sign in as a person to do this.")
    person = owner or Person.objects.filter(pk=actor.person_id or 0).first()
    faults = validation.check_token(name, scopes, expires, person)
    if faults or person is None:
        raise Invalid("The token was not issued.", faults)
    if person.pk == actor.person_id:
        for scope in scopes:
            policy.require(actor, _SCOPE_VERBS[scope], anywhere=True)
    else:
        _require_over(actor, "manage-tokens", person)
        if "write" in scopes and not actor.is_stage:
            raise NotAllowed("A token that writes is issued by the person it acts for, and nobody else.")
    secret = secrets.token_hex(32)
    with transaction.atomic():
        token = Token.objects.create(
            name=name.strip(),
            digest=secret_digest(secret),
            scopes=" ".join(sorted(set(scopes))),
            owner=person,
            expires=expires,
        )
        log.append(
            "token.issued",
            actor=actor.id,
            subject={"kind": "token", "ref": token.handle, "person": person.handle},
            facts={"scopes": sorted(set(scopes)), "expires": clock.rfc3339(expires)},
            openings={"name": token.name.encode()},
        )
    return Issued(token, f"plb_{token.handle.removeprefix('tok_')}_{secret}")


def revoke_token(actor: Actor, handle: str) -> None:
    """Stop a token at once. Raises `NotAllowed`, or `Conflict` when it is unknown or revoked already."""
    if actor.scopes is not None:
        raise NotAllowed("No token may revoke one. Sign in as a person to do this.")
    token = Token.objects.select_related("owner").filter(handle=handle).first()
    if token is None:
        policy.require(actor, "manage-tokens")
    elif token.owner_id != actor.person_id:
        _require_over(actor, "manage-tokens", token.owner)
    if token is None or token.revoked_at is not None:
        raise Conflict("There is no such token, or it was revoked already.")
    with transaction.atomic():
        Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=clock.now())
        log.append(
            "token.revoked",
            actor=actor.id,
            subject={"kind": "token", "ref": token.handle, "person": token.owner.handle},
        )


def make_one_time_link(person: Person) -> str:
    """The path of a link that signs ``person`` in once, from this machine, within ten minutes.

    Only who works on the machine itself calls this; the secret has 256 bits and only its digest is kept.
    """
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    with transaction.atomic():
        OneTimeLink.objects.filter(expires__lt=now).delete()
        OneTimeLink.objects.create(
            digest=secret_digest(secret), person=person, expires=now + timedelta(minutes=LINK_MINUTES)
        )
        _append_leaf(Actor.installation(), "link.issued", person)
    return f"/sign-in/link/{secret}/"


def redeem_link(secret: str) -> Person:
    """Use up a one-time link. Raises `NotSignedIn`, in the same words whatever is wrong with it."""
    now = clock.now()
    links = OneTimeLink.objects.filter(digest=secret_digest(secret), used_at__isnull=True, expires__gt=now)
    with transaction.atomic():
        link = links.select_related("person").first()
        # The update decides: of two requests with one link, one finds no unused row any more.
        if link is None or not link.person.is_active or not links.update(used_at=now):
            raise NotSignedIn(
                "This link was used, is older than ten minutes or never was one. "
                "Make a new one on the machine itself."
            )
    return link.person


def log_session_event(person: Person, event: str, *, method: str = "") -> None:
    """Leave a leaf for a sign-in (``session.started``), a sign-out (``session.ended``) or a second factor."""
    with transaction.atomic():
        _append_leaf(_own_actor(person), event, person, facts={"method": method} if method else None)


@contextmanager
def change_with_leaf(person: Person, event: str, method: str) -> Iterator[None]:
    """One transaction for a change that a person makes to their own sign-in, and its leaf."""
    with transaction.atomic():
        yield
        log_session_event(person, event, method=method)


def log_failed_sign_in(email: str, method: str) -> None:
    """Leave a leaf for a failed sign-in; it names the person only when there is one.

    The address itself is never recorded: people type passwords into that field.
    """
    person = Person.objects.filter(email__iexact=email.strip()).first()
    subject: dict[str, JSON] | None = {"kind": "person", "ref": person.handle} if person else None
    with transaction.atomic():
        log.append("session.refused", actor="stage:sign-in", subject=subject, facts={"method": method})


def _own_actor(person: Person) -> Actor:
    return Actor(person.handle, person.pk, person.full_name)


def _append_leaf(
    actor: Actor,
    event: str,
    person: Person,
    *,
    facts: dict[str, JSON] | None = None,
    openings: dict[str, bytes] | None = None,
) -> None:
    log.append(
        event,
        actor=actor.id,
        subject={"kind": "person", "ref": person.handle},
        facts=facts or {},
        openings=openings or {},
    )


def _personal_data(person: Person) -> dict[str, bytes]:
    return {"person": canonical({"email": person.email, "name": person.full_name})}


def _require_over(actor: Actor, verb: str, person: Person) -> None:
    """Raise `NotAllowed` unless ``actor`` may do ``verb`` wherever ``person`` has a role.

    Whoever manages one unit could otherwise sign in as, or lock out, somebody with a role in the whole
    organization.
    """
    policy.require(actor, verb)
    for unit_id in Grant.objects.filter(person=person, revoked_at__isnull=True).values_list(
        "unit_id", flat=True
    ):
        policy.require(actor, verb, kind="person", unit_id=unit_id)


def _refuse_self(actor: Actor, person: Person, text: str) -> None:
    if actor.person_id is not None and actor.person_id == person.pk:
        raise NotAllowed(text)
