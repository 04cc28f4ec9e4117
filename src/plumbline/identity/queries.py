"""What the doors may read of people, grants and tokens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from plumbline.identity import accounts
from plumbline.identity.models import Grant, Person, Token, Unit
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock, memo
from plumbline.kernel.problems import NotFound

LAST_USE_INTERVAL = timedelta(minutes=5)
"""A token's last use is written at most this often."""


def unit_branches() -> dict[int, frozenset[int]]:
    """For every unit, the ids of itself and all units beneath it.

    A loop among parents ends where it began: data may hold one after an import, and every request reads this.
    """
    return memo.read_once("identity.unit_branches", _unit_branches)


def _unit_branches() -> dict[int, frozenset[int]]:
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in Unit.objects.values_list("pk", "parent_id"):
        children[parent].append(pk)

    def branch(pk: int, seen: frozenset[int]) -> frozenset[int]:
        below = (branch(child, seen | {pk}) for child in children[pk] if child not in seen)
        return frozenset({pk}).union(*below)

    return {pk: branch(pk, frozenset()) for under in list(children.values()) for pk in under}


def grant_rows(person_id: int) -> list[dict[str, Any]]:
    """The grants of a person that are not revoked, ready for `actors.EffectiveGrant`."""
    rows = Grant.objects.filter(person_id=person_id, revoked_at__isnull=True).order_by("pk")
    return _with_branches(list(rows.values_list("role", "unit_id", "scope", "starts", "ends")))


def grant_rows_of(person_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """As `grant_rows`, for many people at once, by primary key."""
    rows = Grant.objects.filter(person__in=person_ids, revoked_at__isnull=True).order_by("pk")
    found = list(rows.values_list("person_id", "role", "unit_id", "scope", "starts", "ends"))
    granted: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for (person_id, *_), row in zip(found, _with_branches([row[1:] for row in found]), strict=True):
        granted[person_id].append(row)
    return granted


def _with_branches(rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    branches = unit_branches() if any(row[1] is not None for row in rows) else {}
    return [
        {
            "role": role,
            "units": None if unit_id is None else branches[unit_id],
            "scope": scope,
            "starts": starts,
            "ends": ends,
        }
        for role, unit_id, scope, starts, ends in rows
    ]


def token(handle: str) -> Token | None:
    """The token with this opaque id, its owner with it."""
    return Token.objects.select_related("owner").filter(handle=handle).first()


@dataclass(frozen=True, slots=True)
class TokenCredentials:
    """A token as a request needs it: its digest and dates, its owner, and the owner's grants."""

    handle: str
    name: str
    digest: str
    scopes: str
    expires: datetime
    revoked_at: datetime | None
    last_used: datetime | None
    owner_id: int
    owner_name: str
    owner_is_active: bool
    grants: list[dict[str, Any]]


@cache
def _token_statement(vendor: str) -> str:
    """One row for each grant of the owner, as SQL.

    Composed once, because every batch of telemetry asks it: building the query took longer than running it.
    """
    fields = ("handle", "name", "digest", "scopes", "expires", "revoked_at", "last_used", "owner_id")
    grant = ("revoked_at", "role", "unit_id", "scope", "starts", "ends")
    rows = Token.objects.filter(handle="?").order_by("owner__grants__pk")
    chosen = rows.values_list(
        *fields, "owner__full_name", "owner__is_active", *(f"owner__grants__{name}" for name in grant)
    )
    return str(chosen.query.sql_with_params()[0])


def token_credentials(handle: str) -> TokenCredentials | None:
    """The token with this opaque id and all that its use is judged by, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_token_statement(connection.vendor), [handle])
        rows = [tuple(map(_in_utc, row)) for row in cursor.fetchall()]
    if not rows:
        return None
    grants = _with_branches([row[11:] for row in rows if row[10] is None and row[11] is not None])
    first: list[Any] = [*rows[0][:10], grants]
    return TokenCredentials(*first)


def _in_utc(value: Any) -> Any:
    return clock.in_utc(value) if isinstance(value, datetime) else value


def record_use(token: TokenCredentials) -> None:
    """Write down that ``token`` was used just now, at most every five minutes."""
    now = clock.now()
    if token.last_used is None or token.last_used < now - LAST_USE_INTERVAL:
        Token.objects.filter(handle=token.handle).update(last_used=now)


def tokens_of(person_id: int) -> list[Token]:
    """The tokens of a person, newest first."""
    return list(Token.objects.filter(owner_id=person_id))


def tokens() -> list[Token]:
    """Every token with its owner, newest first."""
    return list(Token.objects.select_related("owner"))


def person(who: str) -> Person:
    """The person with this opaque id or e-mail address. Raises `NotFound`."""
    row = Person.objects.filter(Q(handle=who) | Q(email__iexact=who)).first()
    if row is None:
        raise NotFound("There is no person with this id or e-mail address.")
    return row


def person_of(person_id: int) -> Person | None:
    """The person with this primary key, if there is one."""
    return Person.objects.filter(pk=person_id).first()


def actors_of(who: str) -> frozenset[str]:
    """The opaque ids under which somebody acts: their own and those of their tokens; of a token its own.

    ``who`` is an opaque id, an e-mail address or a part of a name; all who are called so are meant. Empty
    where nobody is.
    """
    named = Q(handle=who) | Q(email__iexact=who) | Q(full_name__icontains=who)
    found = dict(Person.objects.filter(named).values_list("pk", "handle"))
    tokens = Token.objects.filter(Q(owner__in=list(found)) | Q(handle=who)).values_list("handle", flat=True)
    return frozenset([*found.values(), *tokens])


def people(*, active: bool | None = None) -> list[Person]:
    """Everybody by name, with ``open_grants`` (not revoked) and their units."""
    rows = Person.objects.prefetch_related(
        Prefetch(
            "grants",
            queryset=Grant.objects.filter(revoked_at__isnull=True).select_related("unit"),
            to_attr="open_grants",
        )
    )
    return list(rows if active is None else rows.filter(is_active=active))


def count_active() -> int:
    """How many people can sign in."""
    return Person.objects.filter(is_active=True).count()


def names(handles: Iterable[str]) -> dict[str, str]:
    """Names of people and tokens by opaque id; what is unknown is left out."""
    unique = set(handles)
    names_by_handle = dict(Person.objects.filter(handle__in=unique).values_list("handle", "full_name"))
    for handle, name, owner in Token.objects.filter(handle__in=unique).values_list(
        "handle", "name", "owner__full_name"
    ):
        names_by_handle[handle] = f"{owner} ({name})"
    return names_by_handle


def units_of(person_id: int) -> list[int | None]:
    """Units (primary keys) in which a person has roles that are not revoked; ``None`` is the whole."""
    rows = Grant.objects.filter(person_id=person_id, revoked_at__isnull=True)
    return list(rows.values_list("unit_id", flat=True))


def roles_today(person_ids: Iterable[int]) -> frozenset[str]:
    """The roles that some people have today, anywhere, as far as this version knows them."""
    ids = frozenset(person_ids)
    return memo.read_once(("identity.roles_today", ids), lambda: _roles_today(ids))


def _roles_today(person_ids: frozenset[int]) -> frozenset[str]:
    today = clock.today()
    rows = Grant.objects.filter(person__in=person_ids, revoked_at__isnull=True, starts__lte=today)
    valid = rows.filter(Q(ends__isnull=True) | Q(ends__gte=today)).values_list("role", flat=True)
    return frozenset(role for role in valid if role in ROLES)


def roles_held(at: datetime) -> dict[str, frozenset[str]]:
    """The roles that people held when the day of ``at`` was over, by their opaque id, as it was known at that
    instant: of people who are here, where it is today."""
    day = clock.day_of(at)
    rows = Grant.objects.filter(given_at__lte=at, starts__lte=day).filter(
        Q(ends__isnull=True) | Q(ends__gte=day), Q(revoked_at__isnull=True) | Q(revoked_at__gt=at)
    )
    if day == clock.today():
        rows = rows.filter(person__is_active=True)
    found: dict[str, set[str]] = {}
    for handle, role in rows.values_list("person__handle", "role"):
        if role in ROLES:
            found.setdefault(handle, set()).add(role)
    return {handle: frozenset(roles) for handle, roles in found.items()}


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody with an account and the roles given to them: role, first day, last day (None: no end).

    ``person`` is the opaque id of one account of the same person, the same for all of them.
    """

    handle: str
    person: str
    name: str
    is_active: bool
    grants: tuple[tuple[str, date, date | None], ...]


def everybody(at: datetime) -> list[Account]:
    """Everybody with an account, by opaque id, with the roles that had been given and not revoked at that
    instant; in two queries."""
    given: dict[int, list[tuple[str, date, date | None]]] = defaultdict(list)
    rows = Grant.objects.filter(given_at__lte=at).filter(Q(revoked_at__isnull=True) | Q(revoked_at__gt=at))
    for key, role, starts, ends in rows.order_by("pk").values_list("person_id", "role", "starts", "ends"):
        given[key].append((role, starts, ends))
    columns = ("pk", "handle", "full_name", "is_active", "mailbox", "name_key")
    found = list(Person.objects.order_by("pk").values_list(*columns))
    alike = _alike([(row[0], row[4], row[5]) for row in found])
    handles = {row[0]: row[1] for row in found}
    return [
        Account(handle, handles[min(alike[key])], name, active, tuple(given[key]))
        for key, handle, name, active, _, _ in found
    ]


def holders(person_ids: Iterable[int], roles: Iterable[str], but: Iterable[int]) -> list[Person]:
    """Active people among ``person_ids`` or with one of ``roles``, except for those in ``but``, by name."""
    named = Q(pk__in=list(person_ids)) | Q(grants__role__in=list(roles))
    return list(Person.objects.filter(named, is_active=True).exclude(pk__in=list(but)).distinct())


def handle_of(person_id: int) -> str:
    """The opaque id of the person with this primary key; empty if there is none."""
    return Person.objects.filter(pk=person_id).values_list("handle", flat=True).first() or ""


def people_with(handles: Iterable[str]) -> dict[str, int]:
    """Primary keys of the people with these opaque ids, by id."""
    return dict(Person.objects.filter(handle__in=set(handles)).values_list("handle", "pk"))


def people_behind(handles: Iterable[str]) -> frozenset[int]:
    """Primary keys of the people who acted under these opaque ids: their own, or those of their tokens."""
    known = set(handles)
    own = Person.objects.filter(handle__in=known).values_list("pk", flat=True)
    return frozenset([*own, *Token.objects.filter(handle__in=known).values_list("owner_id", flat=True)])


def same_person(person_ids: Iterable[int | None]) -> frozenset[int]:
    """The accounts with these primary keys, and every other one that seems to be of the same people.

    Of three accounts, the first may share its mailbox with the second and the second its name with the third:
    they are one person, so it is asked again until no further account comes up.
    """
    found = {pk for pk in person_ids if pk is not None}
    if memo.is_shared():
        alike = memo.read_once("identity.accounts_alike", _accounts_alike)
        return frozenset().union(*(alike.get(pk, frozenset((pk,))) for pk in found))
    return _asked_of_one(found)


def _accounts_alike() -> dict[int, frozenset[int]]:
    """For every account all that seem to be of the same person: what `same_person` answers of each."""
    return _alike(list(Person.objects.values_list("pk", "mailbox", "name_key")))


def _alike(rows: Sequence[tuple[int, str, str]]) -> dict[int, frozenset[int]]:
    groups: dict[int, set[int]] = {pk: {pk} for pk, _, _ in rows}
    first: dict[tuple[str, str], int] = {}
    for pk, box, name in rows:
        for shared in (("mailbox", box), ("name", name)):
            # Nobody is the same person because neither has a mailbox.
            if not shared[1]:
                continue
            other = groups[first.setdefault(shared, pk)]
            if other is not groups[pk]:
                other |= groups[pk]
                for member in groups[pk]:
                    groups[member] = other
    return {pk: frozenset(group) for pk, group in groups.items()}


def _asked_of_one(found: set[int]) -> frozenset[int]:
    boxes, names, grown = set[str](), set[str](), bool(found)
    while grown:
        alike = Q(pk__in=found) | Q(mailbox__in=boxes) | Q(name_key__in=names)
        rows = list(Person.objects.filter(alike).values_list("pk", "mailbox", "name_key"))
        known = len(boxes) + len(names)
        boxes, names = {box for _, box, _ in rows if box}, {name for _, _, name in rows if name}
        found |= {pk for pk, _, _ in rows}
        grown = len(boxes) + len(names) > known
    return frozenset(found)


def named_alike(full_name: str, *, but: int | None = None) -> Person | None:
    """Somebody, ``but`` this person, whose name consists of the same words, if there is one."""
    key = accounts.name_key(full_name)
    return Person.objects.filter(name_key=key).exclude(pk=but or 0).order_by("pk").first() if key else None


def other_accounts(person: Person) -> list[Person]:
    """Other accounts that seem to belong to ``person``, oldest first."""
    return list(Person.objects.filter(pk__in=same_person([person.pk]) - {person.pk}).order_by("pk"))


def units() -> list[Unit]:
    """Every unit by name."""
    return list(Unit.objects.select_related("parent"))


def unit(slug: str) -> Unit:
    """The unit with this short name. Raises `NotFound`."""
    row = Unit.objects.filter(slug=slug).first()
    if row is None:
        raise NotFound("There is no unit with this short name.")
    return row


def grant(handle: str) -> Grant:
    """The grant with this opaque id. Raises `NotFound`."""
    row = Grant.objects.select_related("person", "unit").filter(handle=handle).first()
    if row is None:
        raise NotFound("There is no grant with this id.")
    return row


def grants_of(person_id: int) -> list[Grant]:
    """Every grant a person has or had, newest first."""
    return list(Grant.objects.filter(person_id=person_id).select_related("unit").order_by("-given_at", "-pk"))


def authenticators(person_id: int) -> QuerySet[Authenticator]:
    """The second factors of a person, recovery codes among them."""
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=person_id)
    return rows


def has_role(person_id: int) -> bool:
    """Whether a person holds a role now or will from a later day: none that was taken back or has ended."""
    lasting = Q(ends__isnull=True) | Q(ends__gte=clock.today())
    return Grant.objects.filter(lasting, person_id=person_id, revoked_at__isnull=True).exists()


def people_with_second_factor() -> list[str]:
    """Handles of the people of whom a code is asked at sign-in."""
    rows = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
    return list(rows.values_list("user__handle", flat=True))


def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return not Person.objects.exists()
