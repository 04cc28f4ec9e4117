"""Whether an actor may do something, and why not.

The rule, in order: a stage has the verbs of `roles.STAGE_VERBS`; a token needs a scope that has the verb;
then one grant that holds today must have the verb on the kind and reach the record. A grant without a
unit reaches everything; with a unit it reaches the records of that unit and those beneath it, for reading
also records of no unit, and whatever the person owns. A scoped role (external auditor) reaches only what
lies inside both its unit and its scope. Four eyes are a second question, asked by `independent`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from plumbline.identity import queries
from plumbline.identity.actors import INSTALLATION, Actor, EffectiveGrant
from plumbline.identity.roles import (
    INSTALLATION_VERBS,
    ROLES,
    SCOPES,
    STAGE_VERBS,
    VERBS,
    kinds_in,
    sensitive_kinds,
    titles_with,
)
from plumbline.identity.stand_ins import queries as stand_ins
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Text, Word, listing, say
from plumbline.kernel.problems import NotAllowed

RecordModel = TypeVar("RecordModel", bound=Model)
VIEW_VERBS = frozenset({"read", "read-sensitive", "export"})
"""Verbs whose reach over single records `visible` decides."""


@dataclass(frozen=True)
class Answer:
    """Whether it is allowed, with the reason in words for the person who asked."""

    allowed: bool
    reason: Text

    def __bool__(self) -> bool:
        return self.allowed


def may(
    actor: Actor,
    verb: str,
    *,
    kind: str | None = None,
    unit_id: int | None = None,
    owner_id: int | None = None,
    anywhere: bool = False,
) -> Answer:
    """Whether ``actor`` may do ``verb`` to a record of ``kind`` in unit ``unit_id`` owned by ``owner_id``.

    ``unit_id`` ``None`` is a record of the whole organization. Without a ``kind`` the question is about
    the installation, and with ``anywhere`` about some record or other; neither then asks for a unit. Nor
    does seeing: which records of a kind somebody sees is for `visible`. To see or export a sensitive kind
    takes ``read-sensitive`` besides. Raises ``ValueError`` for an unknown verb.
    """
    if verb not in VERBS:
        raise ValueError(f"unknown verb: {verb}")
    if verb in {"read", "export"} and kind in sensitive_kinds():
        answer = may(
            actor, "read-sensitive", kind=kind, unit_id=unit_id, owner_id=owner_id, anywhere=anywhere
        )
        if not answer:
            return answer
    # Before any grant: a stage has none, and must not gain what a person's role allows.
    if actor.is_stage:
        return _stage_may(actor, verb)
    # A token narrows its owner: both the scope and one of the owner's grants have to allow the verb.
    if actor.scopes is not None and not any(verb in SCOPES[scope] for scope in actor.scopes):
        return Answer(False, _scope_missing(verb))
    today = clock.today()
    # Which records somebody sees is decided row by row in `visible`. Asking for a unit here as well would
    # refuse a whole page to whoever sees only part of it.
    ignore_unit = anywhere or (unit_id is None and (kind is None or verb in VIEW_VERBS))
    with_verb = [grant for grant in actor.grants if verb in ROLES[grant.role].verbs_on(kind)]
    for grant in with_verb:
        if grant.holds_on(today) and _grant_covers(grant, actor, verb, kind, unit_id, owner_id, ignore_unit):
            text, title = "{name} has the role {role}.", Word(ROLES[grant.role].title)
            return Answer(True, say("policy.has-role", text, name=actor.name, role=title))
    return Answer(False, _why_not(verb, kind, with_verb, today))


def require(
    actor: Actor,
    verb: str,
    *,
    kind: str | None = None,
    unit_id: int | None = None,
    owner_id: int | None = None,
    anywhere: bool = False,
) -> None:
    """As `may`, but raises `NotAllowed` with the reason instead of answering no."""
    answer = may(actor, verb, kind=kind, unit_id=unit_id, owner_id=owner_id, anywhere=anywhere)
    if not answer:
        raise NotAllowed(answer.reason, permission=verb)


def may_everywhere(actor: Actor, verb: str) -> Answer:
    """Whether ``actor`` may do ``verb`` in the whole organization, by a grant without unit and scope.

    For what belongs to no record and so to no unit: the content of events, of people's entries.
    """
    whole = tuple(grant for grant in actor.grants if grant.units is None and kinds_in(grant.scope) is None)
    return may(replace(actor, grants=whole), verb)


def require_everywhere(actor: Actor, verb: str) -> None:
    """As `may_everywhere`, but raises `NotAllowed` with the reason instead of answering no."""
    answer = may_everywhere(actor, verb)
    if not answer:
        raise NotAllowed(answer.reason, permission=verb)


def visible(
    actor: Actor, queryset: QuerySet[RecordModel], *, sensitive: Collection[str] | None = None
) -> QuerySet[RecordModel]:
    """The rows of ``queryset`` (records, with ``kind``, ``unit`` and ``owner``) that ``actor`` may read.

    Rows of the ``sensitive`` kinds (by default those marked so) are left out unless a grant, and the scopes
    of a token, have ``read-sensitive`` on them.
    """
    if actor.is_stage:
        return queryset
    if actor.scopes is not None and not any("read" in SCOPES[scope] for scope in actor.scopes):
        return queryset.none()
    sensitive = sensitive_kinds() if sensitive is None else sensitive
    scoped = actor.scopes is None or any("read-sensitive" in SCOPES[scope] for scope in actor.scopes)
    today = clock.today()
    seen = Q(pk__in=[])  # matches nothing: without a grant that holds today, nothing is visible
    for grant in actor.grants:
        if not grant.holds_on(today):
            continue
        role = ROLES[grant.role]
        reach = _grant_filter(grant, actor)
        hidden = [slug for slug in sensitive if not scoped or "read-sensitive" not in role.verbs_on(slug)]
        if hidden:
            reach &= ~Q(kind__in=hidden)
        if reach == Q():  # one grant without limits reaches everything, whatever the others say
            return queryset
        seen |= reach
    return queryset.filter(seen)


def reaches(actor: Actor, *, kind: str, unit_id: int | None, owner_id: int | None) -> bool:
    """Whether ``actor`` may read one record that is at hand: what `visible` answers of its row."""
    if actor.is_stage:
        return True
    sensitive, today = kind in sensitive_kinds(), clock.today()
    needed = {"read", "read-sensitive"} if sensitive else {"read"}
    if actor.scopes is not None and not any(needed <= SCOPES[scope] for scope in actor.scopes):
        return False
    for grant in actor.grants:
        role = ROLES[grant.role]
        if not grant.holds_on(today) or not _in_scope(grant, kind):
            continue
        if sensitive and "read-sensitive" not in role.verbs_on(kind):
            continue
        if grant.units is None or unit_id in grant.units:
            return True
        if not role.scoped and (unit_id is None or owner_id == actor.person_id):
            return True
    return False


def independent(
    actor: Actor, *, author_ids: Collection[int | None], owner_id: int | None, kind: str | None = None
) -> Answer:
    """Whether ``actor`` is a second pair of eyes: neither among the authors of the revision nor its owner.

    ``author_ids`` and ``owner_id`` are primary keys of people. A stage is never a pair of eyes; a token
    counts as its owner, and who stands in for an author or the owner in work on ``kind`` as that person.
    """
    if actor.person_id is None:
        return Answer(False, "Only a person can do this, not a part of the installation.")
    if actor.person_id in author_ids:
        return Answer(False, "You wrote this revision. Somebody else has to take this step.")
    if actor.person_id == owner_id:
        return Answer(False, "You own this record. Somebody else has to take this step.")
    people = queries.same_person([*author_ids, owner_id])
    if actor.person_id in people:
        return Answer(
            False,
            "Another account of yours wrote or owns this; accounts with one mailbox or one name count as one "
            "person. Somebody else has to take this step.",
        )
    if actor.person_id in stand_ins.deputies_of(people, kind):
        return Answer(
            False,
            "You stand in for whoever wrote or owns this, so you are no second person for it. Somebody else "
            "has to take this step.",
        )
    return Answer(True, say("four-eyes.independent", "{name} neither wrote nor owns it.", name=actor.name))


def _stage_may(actor: Actor, verb: str) -> Answer:
    verbs = INSTALLATION_VERBS if actor.name == INSTALLATION else STAGE_VERBS
    if verb in verbs:
        return Answer(True, say("policy.stage", "The {name} is a part of the installation.", name=actor.name))
    text = "A part of the installation may not {act}; a named person must."
    return Answer(False, say("policy.stage-may-not", text, act=Word(VERBS[verb])))


def _in_scope(grant: EffectiveGrant, kind: str | None) -> bool:
    kinds = kinds_in(grant.scope)
    return kinds is None or kind is None or kind in kinds


def _grant_covers(
    grant: EffectiveGrant,
    actor: Actor,
    verb: str,
    kind: str | None,
    unit_id: int | None,
    owner_id: int | None,
    ignore_unit: bool,
) -> bool:
    if not _in_scope(grant, kind):
        return False
    if grant.units is None or ignore_unit or unit_id in grant.units:
        return True
    if ROLES[grant.role].scoped:
        return False
    owns = owner_id is not None and owner_id == actor.person_id
    return owns or (unit_id is None and verb in {*VIEW_VERBS, "comment"})


def _grant_filter(grant: EffectiveGrant, actor: Actor) -> Q:
    """The rows one grant lets somebody read; the database's form of `_grant_covers`."""
    reach = Q()
    kinds = kinds_in(grant.scope)
    if kinds is not None:
        reach &= Q(kind__in=sorted(kinds))
    if grant.units is not None:
        inside = Q(unit_id__in=sorted(grant.units))
        if not ROLES[grant.role].scoped:
            inside |= Q(unit_id__isnull=True) | Q(owner_id=actor.person_id)
        reach &= inside
    return reach


def _scope_missing(verb: str) -> Message:
    scopes = [scope for scope, verbs in SCOPES.items() if verb in verbs]
    act = Word(VERBS[verb])
    if not scopes:
        return say("policy.no-token", "No token may {act}. Sign in as a person to do this.", act=act)
    text = "This token may not {act}: it lacks the scope {scopes}. Issue a token with it."
    return say("policy.scope-missing", text, act=act, scopes=listing(scopes, conjunction="or"))


def _why_not(verb: str, kind: str | None, with_verb: list[EffectiveGrant], today: date) -> Message:
    return say(
        "policy.may-not",
        "You may not {act} here (permission {permission}). {where} An AIMS manager can give it to you.",
        act=Word(VERBS[verb]),
        permission=verb,
        where=_where_not(verb, kind, with_verb, today),
    )


def _where_not(verb: str, kind: str | None, with_verb: list[EffectiveGrant], today: date) -> Message:
    over = [grant for grant in with_verb if grant.ends is not None and grant.ends < today]
    early = [grant for grant in with_verb if grant.starts > today]
    holding = [grant for grant in with_verb if grant.holds_on(today)]
    if holding:
        text = "Your role {role} is limited to a unit or scope in which this does not lie."
        return say("policy.elsewhere", text, role=Word(ROLES[holding[0].role].title))
    if over and over[0].ends is not None:
        text = "Your role {role} ended on {day}."
        return say("policy.over", text, role=Word(ROLES[over[0].role].title), day=over[0].ends)
    if early:
        text = "Your role {role} begins on {day}."
        return say("policy.early", text, role=Word(ROLES[early[0].role].title), day=early[0].starts)
    titles = [Word(title) for title in titles_with(verb, kind)]
    return say("policy.takes-role", "It takes the role {roles}.", roles=listing(titles, conjunction="or"))
