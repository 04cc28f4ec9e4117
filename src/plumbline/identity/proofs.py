"""What people, units, roles, tokens and second factors follow from: their entries, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from plumbline.identity import accounts, queries, writing
from plumbline.identity.absences import proofs as absence_proofs
from plumbline.identity.federated import proofs as federated_proofs
from plumbline.identity.models import Grant, OneTimeLink, Person, Token, Unit
from plumbline.identity.organization import proofs as organization_proofs
from plumbline.identity.passkeys import proofs as passkey_proofs
from plumbline.identity.tokens.commands import LINK_MINUTES
from plumbline.kernel.clock import rfc3339
from plumbline.trail import reading
from plumbline.trail.commitments import queries as committed
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.proofs import (
    Difference,
    NoProof,
    Pass,
    Proof,
    compare,
    whole,
    without_entry,
    without_row,
)

PERSON, UNIT, GRANT, TOKEN, LINK = (
    "identity.Person", "identity.Unit", "identity.Grant", "identity.Token", "identity.OneTimeLink",
)  # fmt: skip
FACTOR = "mfa.Authenticator"
NEAR = timedelta(seconds=10)
"""How far a time that no entry repeats may lie from that of its entry: both are taken in one transaction."""

_PEOPLE = frozenset(
    f"person.{verb}"
    for verb in ("created", "renamed", "activated", "deactivated", "invited", "credentials-voided")
) | {"password.changed"}

Expected = dict[str, dict[str, object]]
"""What the entries say of each row, by its handle."""


def _near(time: datetime | None, entry: object) -> object:
    """The time of an entry where ``time`` is close enough to it, so that the two compare as equal."""
    if isinstance(entry, datetime) and time is not None and abs(time - entry) <= NEAR:
        return entry
    return time


def _compared(
    table: str, expected: Mapping[str, dict[str, object]], found: Mapping[str, Mapping[str, object]]
) -> Iterator[Difference]:
    """Both directions for a table whose rows have handles; ``entry`` of a row is where it was last said."""
    for handle, fields in expected.items():
        index = int(str(fields.pop("_entry")))
        if handle in found:
            yield from compare(table, handle, index, fields, found[handle])
        else:
            yield without_row(table, handle, index)
    for handle in found.keys() - expected.keys():
        yield without_entry(table, handle)


# People


def expected_people(entries: Iterable[CommittedEntry]) -> Expected:
    """What the entries about people say each of them is."""
    people: Expected = {}
    for entry in entries:
        handle = entry.view.subject_ref
        if entry.view.entry_type == "person.created":
            people[handle] = {"is_active": True, "created_at": entry.view.time}
        row = people.get(handle)
        if row is not None:
            row["_entry"] = entry.index
            _tell(row, entry)
    return people


def _tell(row: dict[str, object], entry: CommittedEntry) -> None:
    """Change ``row`` by what one entry says of the person."""
    event, by_somebody_else = entry.view.entry_type, entry.view.actor != entry.view.subject_ref
    data = entry.json("person")
    if event in ("person.activated", "person.deactivated"):
        row["is_active"] = event == "person.activated"
    if data is not None:
        row["email"] = data["email"] if event == "person.created" else row.get("email", data["email"])
        row["full_name"] = data["name"]
        if event == "person.created":
            row["mailbox"] = accounts.mailbox(str(data["email"]))
        # Whoever renames themself stays who they are; somebody else tells two people apart.
        if by_somebody_else:
            row["name_key"] = accounts.name_key(str(data["name"]))
    if "vouched" in entry.facts:
        row["vouched_units"] = entry.facts["vouched"]
    if "credential" in entry.openings:
        row["password"] = entry.text("credential")


def _people() -> dict[str, dict[str, object]]:
    slugs = dict(Unit.objects.values_list("pk", "slug"))
    return {row.handle: _person(row, slugs) for row in Person.objects.all()}


def _person(row: Person, slugs: Mapping[int, str]) -> dict[str, object]:
    units = None if row.vouched_units is None else row.vouched_units.split()
    return {
        "email": row.email,
        "full_name": row.full_name,
        "is_active": row.is_active,
        "mailbox": row.mailbox,
        "name_key": row.name_key,
        "vouched_units": None if units is None else sorted(slugs.get(int(pk), pk) for pk in units),
        "password": writing.credential(row)["credential"].decode(),
        "created_at": row.created_at,
    }


def _check_people(start: int, stop: int) -> Iterator[Difference]:
    yield from _people_differ(committed.of_types(_PEOPLE), _people())


def _people_differ(
    entries: Iterable[CommittedEntry], found: Mapping[str, dict[str, object]]
) -> Iterator[Difference]:
    expected = expected_people(entries)
    for handle, fields in expected.items():
        if handle in found:
            created: Any = found[handle]["created_at"]
            found[handle]["created_at"] = _near(created, fields["created_at"])
    yield from _compared(PERSON, expected, found)


# Units, grants, tokens


def _check_units(start: int, stop: int) -> Iterator[Difference]:
    expected: Expected = {}
    for entry in committed.of_types({"unit.created"}):
        fields: dict[str, object] = {"parent": entry.facts["parent"], "_entry": entry.index}
        if "name" in entry.openings:
            fields["name"] = entry.text("name")
        expected[entry.view.subject_ref] = fields
    rows = Unit.objects.select_related("parent")
    found = {row.slug: {"parent": row.parent.slug if row.parent else None, "name": row.name} for row in rows}
    yield from _compared(UNIT, expected, found)


def _expected_grants(entries: Iterable[CommittedEntry]) -> Expected:
    grants: Expected = {}
    for entry in entries:
        handle, facts = entry.view.subject_ref, entry.facts
        if entry.view.entry_type == "grant.given":
            grants[handle] = {
                "person": entry.subject["person"],
                "role": facts["role"],
                "unit": facts["unit"],
                "scope": " ".join(facts["scope"]),
                "starts": facts["starts"],
                "ends": facts["ends"],
                "given_by": entry.view.actor,
                "given_at": entry.view.time,
                "revoked_at": None,
                "revoked_by": "",
                "_entry": entry.index,
            }
        elif handle in grants:
            revoked = {"revoked_at": entry.view.time, "revoked_by": entry.view.actor, "_entry": entry.index}
            grants[handle] |= revoked
    return grants


def _grant(row: Grant) -> dict[str, object]:
    return {
        "person": row.person.handle,
        "role": row.role,
        "unit": row.unit.slug if row.unit else None,
        "scope": row.scope,
        "starts": row.starts.isoformat(),
        "ends": row.ends.isoformat() if row.ends else None,
        "given_by": row.given_by,
        "given_at": row.given_at,
        "revoked_at": row.revoked_at,
        "revoked_by": row.revoked_by,
    }


def _grants_differ(rows: Iterable[Grant], entries: Iterable[CommittedEntry]) -> Iterator[Difference]:
    expected = _expected_grants(entries)
    found = {row.handle: _grant(row) for row in rows}
    _bring_near(expected, found, "given_at", "revoked_at")
    yield from _compared(GRANT, expected, found)


def _bring_near(expected: Expected, found: dict[str, dict[str, object]], *names: str) -> None:
    for handle in expected.keys() & found.keys():
        for name in names:
            time: Any = found[handle][name]
            found[handle][name] = _near(time, expected[handle][name])


def _check_grants(start: int, stop: int) -> Iterator[Difference]:
    rows = Grant.objects.select_related("person", "unit")
    yield from _grants_differ(rows, committed.of_types({"grant.given", "grant.revoked"}))


def _expected_tokens(entries: Iterable[CommittedEntry]) -> Expected:
    tokens: Expected = {}
    for entry in entries:
        handle = entry.view.subject_ref
        if entry.view.entry_type == "token.issued":
            tokens[handle] = {
                "owner": entry.subject["person"],
                "scopes": " ".join(entry.facts["scopes"]),
                "expires": entry.facts["expires"],
                "created_at": entry.view.time,
                "revoked_at": None,
                "_entry": entry.index,
            }
            for slot, name in (("name", "name"), ("digest", "digest")):
                if slot in entry.openings:
                    tokens[handle][name] = entry.text(slot)
        elif entry.view.entry_type == "token.revoked" and handle in tokens:
            tokens[handle] |= {"revoked_at": entry.view.time, "_entry": entry.index}
        elif entry.view.entry_type == "person.credentials-voided":
            for token in tokens.values():
                if token["owner"] == handle and token["revoked_at"] is None:
                    token |= {"revoked_at": entry.view.time, "_entry": entry.index}
    return tokens


def _check_tokens(start: int, stop: int) -> Iterator[Difference]:
    types = {"token.issued", "token.revoked", "person.credentials-voided"}
    expected = _expected_tokens(committed.of_types(types))
    found: dict[str, dict[str, object]] = {
        row.handle: {
            "owner": row.owner.handle,
            "scopes": row.scopes,
            "expires": rfc3339(row.expires),
            "created_at": row.created_at,
            "revoked_at": row.revoked_at,
            "name": row.name,
            "digest": row.digest,
        }
        for row in Token.objects.select_related("owner")
    }
    _bring_near(expected, found, "created_at", "revoked_at")
    yield from _compared(TOKEN, expected, found)


def _check_links(start: int, stop: int) -> Iterator[Difference]:
    """A link that opens the door has an entry; one whose time is over may be gone."""
    issued = list(committed.of_types({"link.issued"}))
    known = {entry.text("digest"): entry for entry in issued if "digest" in entry.openings}
    # Entries of older versions commit to no digest; person and time tell which link they speak of.
    older = [entry for entry in issued if "digest" not in entry.view.entry.commitments]
    for row in OneTimeLink.objects.select_related("person"):
        name, handle = f"link of {row.person.handle}", row.person.handle
        entry = known.get(row.digest) or next(
            (each for each in older if abs(each.view.time - row.created_at) <= NEAR), None
        )
        if entry is None or entry.view.subject_ref != handle:
            yield without_entry(LINK, name)
            continue
        latest = entry.view.time + timedelta(minutes=LINK_MINUTES) + NEAR
        if row.expires > latest:
            yield Difference(LINK, name, "expires", rfc3339(latest), rfc3339(row.expires), entry.index)


def _check_factors(start: int, stop: int) -> Iterator[Difference]:
    """Whoever added a second factor, and has not removed it since, has one; nobody else does."""
    on: dict[str, int] = {}
    for entry in committed.of_types({"factor.added", "factor.removed", "person.credentials-voided"}):
        if entry.view.entry_type == "factor.added":
            on[entry.view.subject_ref] = entry.index
        else:
            on.pop(entry.view.subject_ref, None)
    present = set(queries.people_with_second_factor())
    for handle in present - on.keys():
        yield without_entry(FACTOR, handle)
    for handle in on.keys() - present:
        yield without_row(FACTOR, handle, on[handle])


def verify_person(person: Person) -> None:
    """Raise `Altered` unless an account and its roles are what the entries about them say."""
    reading.verify(lambda: person_differences(Person.objects.get(pk=person.pk)))


def person_differences(person: Person) -> Iterator[Difference]:
    """What an account and its roles say otherwise than their entries, for the page that shows them."""
    slugs = dict(Unit.objects.values_list("pk", "slug"))
    entries = committed.about([person.handle], _PEOPLE)
    yield from _people_differ(entries, {person.handle: _person(person, slugs)})
    grants = list(person.grants.select_related("person", "unit"))
    about = committed.about([row.handle for row in grants], {"grant.given", "grant.revoked"})
    yield from _grants_differ(grants, about)


DECLARATIONS = (
    Proof(
        PERSON,
        "Name, address, state, units that were vouched for and the digest of the stored password follow from "
        "the entries about the person. Theme, language, time zone, last sign-in and the number of the "
        "session decide nothing that an entry speaks of.",
        (Pass("people", whole, _check_people),),
    ),
    Proof(UNIT, "Follows from the entry that made it.", (Pass("units", whole, _check_units),)),
    Proof(
        GRANT,
        "Person, role, unit, scope and days stand in the entry that gave the role; it is taken back exactly "
        "when an entry says so. Times lie within ten seconds of their entries.",
        (Pass("grants", whole, _check_grants),),
    ),
    Proof(
        TOKEN,
        "Owner, scopes and last day stand in the entry that issued it, its name and the digest of its secret "
        "in the openings; it is revoked exactly when an entry says so. When it was last used is not proved.",
        (Pass("tokens", whole, _check_tokens),),
    ),
    organization_proofs.DECLARATION,
    absence_proofs.DECLARATION,
    federated_proofs.DECLARATION,
    Proof(LINK, "Every link has the entry that issued it.", (Pass("links", whole, _check_links),)),
    Proof(
        FACTOR,
        "Somebody has an authenticator app exactly when the last entry about it says so; its secret is "
        "encrypted and nothing is committed to it. Each passkey has the entry that added it, which commits "
        "to its public key, and the name that the last entry about it gives. Its uses are not proved.",
        (Pass("factors", whole, _check_factors), Pass("passkeys", whole, passkey_proofs.check)),
    ),
    NoProof("identity.Throttle", "How much of a rate limit is used in this minute."),
    NoProof("sessions.Session", "Who is signed in now; the roles of a session are read anew for every "
            "request, and its content is signed with a key that is not in the database."),
    NoProof("auth.Permission", "Unused: roles are declared in the code."),
    NoProof("auth.Group", "Unused: roles are declared in the code."),
    NoProof("auth.Group_permissions", "Unused: roles are declared in the code."),
    NoProof("contenttypes.ContentType", "Names of tables that the framework numbers."),
    NoProof("account.EmailAddress", "A copy of the address of an account that the sign-in library keeps; "
            "nobody is found by it."),
    NoProof("account.EmailConfirmation", "Unused: addresses are not confirmed by mail."),
)  # fmt: skip
