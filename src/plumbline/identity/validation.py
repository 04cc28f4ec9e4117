"""What is wrong with the names, passwords, roles and tokens that somebody wants to give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from plumbline.identity.models import Grant, Person, Unit
from plumbline.identity.roles import ALL, GROUPS, ROLES, SCOPES, known_kinds
from plumbline.kernel import clock
from plumbline.kernel.messages import Word, listing, say
from plumbline.kernel.problems import Fault

TOKEN_DAYS = 366


def check_name(full_name: str) -> list[Fault]:
    """Faults of a person's name."""
    if 0 < len(full_name) <= 200:
        return []
    return [Fault("full_name", "A name has 1 to 200 characters.", "Write the person's name.")]


def check_email(email: str) -> list[Fault]:
    """Faults of an e-mail address."""
    try:
        validate_email(email)
    except ValidationError:
        return [Fault("email", "This is not an e-mail address.", "Write it as name@example.org.")]
    return []


def check_time_zone(name: str) -> list[Fault]:
    """Faults of the name of a time zone; an empty one stands for that of the organization."""
    if not name or name == "UTC" or name in available_timezones():
        return []
    return [Fault("time_zone", "This time zone is not known.", "Write it as Europe/Berlin.")]


def check_password(password: str, person: Person) -> list[Fault]:
    """Faults of a password for ``person``, by the validators of the settings."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        return [Fault("password", text, "Choose a longer, less common password.") for text in error.messages]
    return []


def check_grant(role: str, unit: Unit | None, scope: str, starts: date, ends: date | None) -> list[Fault]:
    """Faults of a grant: unknown role or scope, days in the wrong order, a scoped role without limits."""
    faults = []
    if role not in ROLES:
        known = say("grant.roles", "Use one of {roles}.", roles=listing(list(ROLES), shown=len(ROLES)))
        return [Fault("role", "This role is not known.", known)]
    if set(scope.split()) - {ALL, *GROUPS, *known_kinds()}:
        words = say("grant.scopes", "Use {scopes}.", scopes=listing((ALL, *GROUPS), shown=1 + len(GROUPS)))
        faults.append(Fault("scope", "The scope names a kind that is not known.", words))
    if ends is not None and ends < starts:
        faults.append(Fault("ends", "The last day lies before the first.", "Choose a later last day."))
    if ROLES[role].scoped:
        if ends is None:
            faults.append(Fault("ends", "This role needs a last day.", "Give the last day of the audit."))
        if unit is None and not scope:
            faults.append(Fault("scope", "This role needs a scope.", "Name a unit, or a scope such as all."))
    return faults


def check_independence(role: str, starts: date, ends: date | None, others: Iterable[Grant]) -> list[Fault]:
    """Faults of a grant beside ``others`` of the same person: nobody audits what they run (9.2.2)."""
    new = ROLES[role]
    for other in others:
        present = ROLES.get(other.role)
        if present is None or not ((new.audits and present.operates) or (new.operates and present.audits)):
            continue
        if starts <= (other.ends or date.max) and other.starts <= (ends or date.max):
            message = say(
                "grant.not-independent",
                "The person has the role {other} in the same time; nobody audits what they run.",
                other=Word(present.title),
            )
            remedy = say("grant.take-back-first", "Take back {other} first.", other=Word(present.title))
            return [Fault("role", message, remedy)]
    return []


def check_token(name: str, scopes: Sequence[str], expires: datetime, owner: Person | None) -> list[Fault]:
    """Faults of a token: no name, unknown scopes, an expiry past or beyond a year, no active owner."""
    faults = []
    if not name.strip() or len(name) > 120:
        faults.append(Fault("name", "A name has 1 to 120 characters.", "Say where the token will be used."))
    if not scopes or set(scopes) - set(SCOPES):
        words = say("token.scopes", "Use {scopes}.", scopes=listing(list(SCOPES)))
        faults.append(Fault("scopes", "The scopes are missing or not known.", words))
    now = clock.now()
    if not now < expires <= now + timedelta(days=TOKEN_DAYS):
        faults.append(
            Fault("expires", "A token expires within a year.", "Choose a day within the coming year.")
        )
    if owner is None or not owner.is_active:
        faults.append(Fault("owner", "A token needs an active owner.", "Name a person with an account."))
    return faults
