"""Addresses on which somebody sets a new password, valid for an hour and once.

They open no more than the password did: only an account that has one gets such an address, and a second
factor stays. An account whose password was made void needs an invitation, which somebody else vouches for.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.utils.http import base36_to_int

from plumbline.identity.invitations.commands import set_password
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.problems import NotSignedIn
from plumbline.trail import deferred

VALID = timedelta(hours=1)


class _ResetTokens(PasswordResetTokenGenerator):
    """Django's one-time tokens, valid for an hour; bound to the password, so that a used one is void."""

    key_salt = "plumbline.identity.reset"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        assert isinstance(user, Person)
        # Whatever ends the sessions of a person ends this as well: a role given or taken back, an account
        # that was out of use in between.
        return f"{super()._make_hash_value(user, timestamp)}:{user.session_epoch}"

    def _now(self) -> datetime:
        return clock.now().replace(tzinfo=None)

    def is_fresh(self, token: str) -> bool:
        """Whether a token that is otherwise valid was made within the last hour."""
        made = base36_to_int(token.partition("-")[0])
        return 0 <= self._num_seconds(self._now()) - made <= VALID.total_seconds()


_tokens = _ResetTokens()


def ask_reset(email: str) -> Person | None:
    """Note that a new password was asked for; the person who is to get the address, if there is one.

    The entry is made whether or not there is an account, and names the person only when there is: what is
    typed into that field is never recorded. Nobody without a password, and nobody whose account is out of
    use, gets an address.
    """
    person = Person.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if person is not None and not person.has_usable_password():
        person = None
    subject: dict[str, JSON] | None = {"kind": "person", "ref": person.handle} if person else None
    with transaction.atomic():
        deferred.append_or_defer("password.reset-asked", actor="stage:sign-in", subject=subject)
    return person


def reset_path(person: Person) -> str:
    """The path on which ``person`` sets a new password. It is a secret: made when it is sent, stored nowhere.

    Raises `NotSignedIn` when the password was made void since it was asked for.
    """
    if not person.has_usable_password():
        raise NotSignedIn("The account has no password any more.")
    return f"/sign-in/reset/{person.handle}/{_tokens.make_token(person)}/"


def person_of_reset(handle: str, token: str) -> Person:
    """Whose address this is. Raises `NotSignedIn` when it is unknown, used or too old."""
    person = Person.objects.filter(handle=handle, is_active=True).first()
    if (
        person is None
        or not person.has_usable_password()
        or not _tokens.check_token(person, token)
        or not _tokens.is_fresh(token)
    ):
        raise NotSignedIn("This address is not valid any more. Ask for a new one on the sign-in page.")
    return person


def accept_reset(handle: str, token: str, password: str) -> None:
    """Set a new password and end the person's sessions. Raises `NotSignedIn`, or `Invalid` for a weak one."""
    set_password(person_of_reset(handle, token), password)
