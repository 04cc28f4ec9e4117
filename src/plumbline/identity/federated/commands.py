"""Accounts are linked with identities of a provider here; each link and its end leave an entry in the trail.

Nobody gets an account or a role by a claim of the provider: both are given here, by people, with an entry.
What comes from outside only says who somebody is.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction

from plumbline.identity import queries, writing
from plumbline.identity.models import FederatedIdentity, Person
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, NotSignedIn

LINKED, UNLINKED = "identity-provider.linked", "identity-provider.unlinked"
NOBODY = "There is no account for you here. Ask an AIMS manager of your organization for an invitation."
UNVERIFIED = (
    "The identity provider did not say that it has verified your e-mail address, so that it leads to no "
    "account here. Whoever runs the provider can have it sent: email and email_verified, in Entra ID email "
    "and xms_edov."
)
OWN_WAY_IN = (
    "Your account has a way in of its own. Sign in with it, and connect the account with the identity "
    "provider on your account page."
)


def person_of(issuer: str, subject: str, email: str) -> Person:
    """The account that the identity ``subject`` of ``issuer`` comes into. Raises `NotSignedIn`.

    That is the one it is linked with. An account that nobody has come into yet is linked the first time, by
    its e-mail address, which is empty unless the provider has verified it. One that has a password or any
    other way in is never linked unasked: whoever can make the provider name its address would take it over.
    """
    row = FederatedIdentity.objects.select_related("person").filter(issuer=issuer, subject=subject).first()
    if row is not None:
        if not row.person.is_active:
            raise NotSignedIn(NOBODY)
        return row.person
    if not email:
        # Said of what the provider has sent alone, and so nothing of whether there is an account.
        raise NotSignedIn(UNVERIFIED)
    person = Person.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        raise NotSignedIn(NOBODY)
    if not _waits_for_its_owner(person, issuer):
        raise NotSignedIn(OWN_WAY_IN)
    link(person, issuer, subject, email)
    return person


def _waits_for_its_owner(person: Person, issuer: str) -> bool:
    """Whether nobody has a way into an account, and who made it may give all the roles that it has."""
    if person.has_usable_password() or queries.authenticators(person.pk).exists():
        return False
    if FederatedIdentity.objects.filter(person=person, issuer=issuer).exists():
        return False
    # As for invitations: who handed an account over within one unit must not get further by it.
    return all(person.vouched_for(unit) for unit in queries.units_of(person.pk))


def link(person: Person, issuer: str, subject: str, email: str) -> None:
    """Let the identity ``subject`` of ``issuer`` come into the account of ``person``.

    Raises `Conflict` when its verified e-mail address is another one, or either of the two is linked already.
    """
    if not email or email.strip().lower() != person.email.lower():
        raise Conflict("The identity provider names another e-mail address, or one that it has not verified.")
    try:
        with transaction.atomic():
            writing.note_role_at_credentials(person)
            FederatedIdentity.objects.create(
                person=person, issuer=issuer, subject=subject, linked_at=clock.now()
            )
            writing.append_leaf(
                writing.own_actor(person),
                LINKED,
                person,
                facts={"issuer": issuer},
                openings={"subject": subject.encode()},
            )
    except IntegrityError as error:
        raise Conflict("This account, or this identity, is connected already.") from error


def unlink(person: Person, issuer: str) -> None:
    """End the link of an account; its sessions go on. Raises `Conflict` without a link or another way in."""
    row = FederatedIdentity.objects.filter(person=person, issuer=issuer).first()
    if row is None:
        raise Conflict("The account is not connected with an identity provider.")
    if not person.has_usable_password():
        raise Conflict("Set a password first: nothing else would let you in afterwards.")
    with transaction.atomic():
        row.delete()
        writing.append_leaf(writing.own_actor(person), UNLINKED, person, facts={"issuer": issuer})
