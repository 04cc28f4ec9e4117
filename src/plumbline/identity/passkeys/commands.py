"""Passkeys are registered, named, used and removed here; each change leaves an entry in the trail."""

from __future__ import annotations

import unicodedata

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from plumbline.identity import one_time_codes, writing
from plumbline.identity.models import Person
from plumbline.identity.passkeys import ceremony, queries
from plumbline.identity.passkeys.ceremony import Purpose, WrongAnswer
from plumbline.kernel import clock, ids
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotFound

ADDED, RENAMED, REMOVED = "passkey.added", "passkey.renamed", "passkey.removed"
MOST = 20
"""Passkeys of one person."""
LONGEST_NAME = 80


def register(request: HttpRequest, person: Person, *, name: str, answer: str) -> list[str]:
    """Keep the passkey that the browser has just made; the recovery codes, if these are the first ones.

    The caller has asked for the password. Raises `Invalid` for an answer or a name that cannot be used, and
    `Conflict` for one passkey too many or one that is registered already.
    """
    name = _checked_name(name)
    if len(queries.passkeys_of(person.pk)) >= MOST:
        raise Conflict("You have as many passkeys as an account can have. Remove one first.")
    try:
        credential_id, credential, uses = ceremony.complete_registration(request, answer)
    except WrongAnswer:
        raise Invalid("The passkey was not added. Try again; your browser has to be asked anew.") from None
    row = Authenticator(
        user=person,
        type=Authenticator.Type.WEBAUTHN,
        created_at=clock.now(),
        data={
            "handle": ids.opaque("pky"),
            "name": name,
            "credential_id": queries.encode(credential_id),
            "credential": queries.encode(credential),
            "uses": uses,
        },
    )
    with transaction.atomic():
        # The id of a credential is the authenticator's choice: one that somebody else has would let its
        # holder be taken for them (WebAuthn, section 7.1, step 26).
        if queries.row_by_credential(credential_id) is not None:
            raise Conflict("This passkey is registered already.")
        writing.note_role_at_credentials(person)
        row.save()
        codes = one_time_codes.first_recovery_codes(person)
        passkey = queries.passkey(row)
        openings = {"name": name.encode(), "credential": passkey.digest.encode()}
        _append(person, ADDED, passkey.handle, openings)
    return codes


def rename(person: Person, handle: str, name: str) -> None:
    """Call a passkey ``name``. Raises `NotFound`, or `Invalid` for a name that cannot be used."""
    name, row = _checked_name(name), _row(person, handle)
    with transaction.atomic():
        row.data["name"] = name
        row.save(update_fields=["data"])
        _append(person, RENAMED, handle, {"name": name.encode()})


def remove(person: Person, handle: str) -> None:
    """Remove a passkey; without any second factor left the recovery codes go as well. Raises `NotFound`."""
    row = _row(person, handle)
    with transaction.atomic():
        writing.note_role_at_credentials(person)
        row.delete()
        one_time_codes.remove_dangling(person)
        _append(person, REMOVED, handle, {})


def use(
    request: HttpRequest, purpose: Purpose, answer: str, *, person: Person | None
) -> tuple[Authenticator, Person]:
    """The passkey with which our challenge was signed, and whose it is.

    With ``person`` only theirs count. Without, the answer has to name the owner itself, as that of a passkey
    does which is used without an address having been typed. Raises `WrongAnswer`.
    """
    credential_id, user_handle = ceremony.claimed_credential(answer)
    # Locked, so that of two answers with one counter the second finds it used.
    with transaction.atomic():
        row = queries.row_by_credential(credential_id)
        if row is None:
            raise WrongAnswer
        owner: Person = row.user
        if person is not None and owner.pk != person.pk:
            raise WrongAnswer
        if user_handle != owner.handle.encode() and (person is None or user_handle):
            raise WrongAnswer
        key = queries.passkey(Authenticator.objects.select_for_update(of=("self",)).get(pk=row.pk))
        row.data["uses"] = ceremony.complete_authentication(request, purpose, answer, key)
        row.save(update_fields=["data"])
    return row, owner


def _row(person: Person, handle: str) -> Authenticator:
    row = queries.row_of(person, handle)
    if row is None:
        raise NotFound("You have no passkey with this id.")
    return row


def _checked_name(name: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        fault = Fault("name", "A name has 1 to 80 characters.", "Say which device keeps it, such as Laptop.")
        raise Invalid("The passkey was not saved.", [fault])
    return name


def _append(person: Person, event: str, handle: str, openings: dict[str, bytes]) -> None:
    actor = writing.own_actor(person)
    writing.append_leaf(actor, event, person, facts={"passkey": handle}, openings=openings)
