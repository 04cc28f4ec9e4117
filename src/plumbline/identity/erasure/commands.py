"""Emptying accounts: a person's name and address go, the opaque id stays where others name it."""

from __future__ import annotations

from collections.abc import Collection

from allauth.mfa.models import Authenticator

from plumbline.identity import writing
from plumbline.identity.actors import Actor
from plumbline.identity.allauth_private import EmailAddress
from plumbline.identity.models import FederatedIdentity, OneTimeLink, Person, Token
from plumbline.kernel import clock
from plumbline.kernel.messages import say


def existing(handles: Collection[str]) -> list[str]:
    """Those of these opaque ids that accounts have."""
    return sorted(Person.objects.filter(handle__in=handles).values_list("handle", flat=True))


def token_handles(handles: Collection[str]) -> list[str]:
    """The opaque ids of the tokens of these people: their entries hold the names of the tokens."""
    return list(Token.objects.filter(owner__handle__in=handles).values_list("handle", flat=True))


def erase_rows(handles: Collection[str], leaf: int, *, logged: bool = True) -> None:
    """Empty accounts and everything by which their people sign in; sessions end and tokens stop.

    ``logged`` says that the log takes the entries about it.
    """
    for person in Person.objects.filter(handle__in=handles):
        if logged:
            _log_end(person)
        person.full_name = str(say("person.erased", "Erased person (entry {entry})", entry=leaf))
        # An address may be there once only; this one reaches nobody (RFC 2606).
        person.email = f"{person.handle}@erased.invalid"
        person.mailbox, person.name_key, person.is_active = person.email, person.handle, False
        person.language = person.time_zone = ""
        person.set_unusable_password()
        person.save()
        person.end_sessions()
        OneTimeLink.objects.filter(person=person).delete()
        EmailAddress.objects.filter(user=person).delete()
        Authenticator.objects.filter(user=person).delete()
        FederatedIdentity.objects.filter(person=person).delete()
        tokens = Token.objects.filter(owner=person)
        tokens.filter(revoked_at=None).update(revoked_at=clock.now())
        tokens.update(name=person.full_name[:120])


def _log_end(person: Person) -> None:
    """Log that the account stops working, in entries of their own, as when somebody else ends it."""
    stage = Actor.stage("erasure")
    ways_in = (
        Token.objects.filter(owner=person, revoked_at=None),
        Authenticator.objects.filter(user=person),
        FederatedIdentity.objects.filter(person=person),
    )
    if any(rows.exists() for rows in ways_in):
        writing.append_leaf(stage, "person.credentials-voided", person)
    if person.is_active:
        writing.append_leaf(stage, "person.deactivated", person)
