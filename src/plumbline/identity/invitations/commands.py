"""Invitations: addresses on which somebody sets a password, bound to the roles they had when it was made."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.db.models import Q

from plumbline.identity import validation, writing
from plumbline.identity.actors import Actor
from plumbline.identity.models import Grant, Person
from plumbline.kernel.problems import Conflict, Invalid, NotSignedIn

_INVITATION_OVER = "This invitation is not valid any more. Ask an AIMS manager for a new one."


def set_password(person: Person, password: str) -> None:
    """Give a person a new password and end their sessions. Raises `Invalid` for a weak one."""
    faults = validation.check_password(password, person)
    if faults:
        raise Invalid("The password was not changed.", faults)
    person.set_password(password)
    with transaction.atomic():
        writing.note_role_at_credentials(person)
        person.save(update_fields=["password"])
        person.end_sessions()
        writing.append_leaf(
            writing.own_actor(person), "password.changed", person, openings=writing.credential(person)
        )


def invitation(actor: Actor, person: Person) -> str:
    """The path on which ``person`` sets a first or new password, once, within three days.

    The one who made it hands it over; it is in no log. Setting the password is a leaf of its own. It is bound
    to the roles that the person has now: a role given or taken back later voids it.
    """
    writing.require_over(actor, "grant", person)
    writing.refuse_self(actor, person, "Change your own password on your account page.")
    if not person.is_active:
        raise Conflict("The account is not active.")
    with transaction.atomic():
        person.vouched_units = writing.reach(actor)
        person.save(update_fields=["vouched_units"])
        writing.append_leaf(actor, "person.invited", person, facts=writing.vouched(person))
    return invitation_path(person)


class _InvitationTokens(PasswordResetTokenGenerator):
    """Django's one-time tokens, void besides as soon as the person's roles change."""

    key_salt = "plumbline.identity.invitation"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        assert isinstance(user, Person)
        # The epoch is counted up by every role given or taken back, so that what an invitation opens is never
        # more than whoever made it could see. A newer invitation by somebody else voids it as well.
        bound = f"{user.session_epoch}:{user.vouched_units}"
        return f"{super()._make_hash_value(user, timestamp)}:{bound}"


_invitation_tokens = _InvitationTokens()


def invitation_path(person: Person, asked_at: datetime | None = None) -> str:
    """The path of an invitation that was made before, valid for three days from now.

    For what sends it: the path is a secret, so it is made when it is handed over and stored nowhere. Raises
    `NotSignedIn` when a role was given or taken back since ``asked_at``.
    """
    if asked_at is not None:
        changed = Q(given_at__gt=asked_at) | Q(revoked_at__gt=asked_at)
        if Grant.objects.filter(changed, person=person).exists():
            raise NotSignedIn(_INVITATION_OVER)
    return f"/sign-in/invitation/{person.handle}/{_invitation_tokens.make_token(person)}/"


def accept_invitation(handle: str, token: str, password: str) -> Person:
    """Set the password that an invitation asks for. Raises `NotSignedIn` when it is used or too old."""
    person = invited(handle, token)
    set_password(person, password)
    return person


def invited(handle: str, token: str) -> Person:
    """Whose invitation this is. Raises `NotSignedIn` when it is unknown, used or too old."""
    person = Person.objects.filter(handle=handle, is_active=True).first()
    if person is None or not _invitation_tokens.check_token(person, token):
        raise NotSignedIn(_INVITATION_OVER)
    return person
