"""Conditions on the records of a kind and on what is linked with them, as one filter. Nothing here writes.

Linked records count as far as the reader may see them: a condition tells nobody of a record that is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.records import kinds
from plumbline.records.approved import queries as approved
from plumbline.records.conditions import syntax
from plumbline.records.conditions.syntax import HAS, Condition
from plumbline.records.conditions.values import condition as of_value
from plumbline.records.conditions.values import refused, word_of
from plumbline.records.kinds import Kind
from plumbline.records.related.models import Link

BASE = ("reference", "title", "state", "owner", "unit", "effective_from", "created_at", "updated_at", "key")
"""Fields that every kind has in conditions."""


@dataclass(frozen=True)
class Named:
    """Records that another room names: by their references, or by their unique name (``slug``)."""

    references: frozenset[str]
    slugs: frozenset[str] = frozenset()


_registered: dict[str, Callable[[Actor, Kind, str], Named | Q]] = {}


def register(name: str, find: Callable[[Actor, Kind, str], Named | Q]) -> None:
    """Add the condition ``name:text``: the records that ``find`` names for a reader, who may know of them, or
    what has to hold of a record."""
    _registered[name] = find


_overdue_by: dict[str, Callable[[], Q]] = {}


def use_overdue(kind: str, find: Callable[[], Q]) -> None:
    """From now on ``find`` says which records of a kind (slug) are overdue, and not its own day alone."""
    _overdue_by[kind] = find


def fields(kind: Kind) -> tuple[str, ...]:
    """The names that conditions on ``kind`` may begin with, besides ``is`` and ``has``."""
    system = (name for name in (*kind.derived, *kind.columns, kind.due) if name)
    return tuple(dict.fromkeys((*BASE, *kind.own_fields, *system)))


def matching(actor: Actor, kind: Kind, text: str) -> QuerySet[Any]:
    """Records of ``kind`` for which all conditions in ``text`` hold; which of them ``actor`` may see is for
    the caller. Raises `Invalid` naming the field and the remedy."""
    return _matching(actor, kind, syntax.parse(text))


def _matching(actor: Actor, kind: Kind, conditions: Sequence[Condition]) -> QuerySet[Any]:
    rows = kind.model._default_manager.all()
    for each in conditions:
        wanted = _wanted(actor, kind, each)
        rows = rows.filter(~wanted if each.negated else wanted)
    return rows


def _wanted(actor: Actor, kind: Kind, condition: Condition) -> Q:
    if condition.name == HAS:
        return reduce(or_, (_linked(actor, kind, value.text, condition) for value in condition.values))
    if condition.name == "is":
        return reduce(or_, (_is(actor, kind, value.text) for value in condition.values))
    if condition.name in _registered:
        return reduce(or_, (_named(actor, kind, condition.name, value.text) for value in condition.values))
    if condition.name == "state":
        states = kind.workflow.states
        return Q(state__in=[word_of("state", states, value.text) for value in condition.values])
    if condition.name not in fields(kind):
        known = ", ".join(("is", HAS, *_registered, *fields(kind)))
        message = say("where.no-field", "is not a field of a {kind}", kind=kind.name)
        raise refused(condition.name, message, say("fault.one-of", "one of: {names}", names=known))
    field = kind.field(condition.name)
    found = reduce(or_, (of_value(actor, field, value) for value in condition.values))
    if field.many_to_many:  # one row for each related record would show a record several times
        return Q(pk__in=kind.model._default_manager.filter(found).values("pk"))
    return found


def _named(actor: Actor, kind: Kind, name: str, text: str) -> Q:
    found = _registered[name](actor, kind, text)
    if isinstance(found, Q):
        return found
    by_slug = Q(slug__in=found.slugs) if found.slugs else Q(pk__in=[])
    return Q(reference__in=found.references) | by_slug


def _is(actor: Actor, kind: Kind, text: str) -> Q:
    words: Mapping[str, Callable[[], Q]] = {
        "in-force": lambda: Q(pk__in=approved.records_in_force(kind).values("pk")),
        "open": lambda: ~Q(state__in=kind.workflow.final),
        "overdue": lambda: _overdue(kind),
        "mine": lambda: Q(owner_id=actor.person_id) if actor.person_id is not None else Q(pk__in=[]),
    }
    if text.lower() not in words:
        remedy = say("fault.one-of", "one of: {names}", names=", ".join(words))
        raise refused("is", say("where.no-value", "has no value “{value}”", value=text[:60]), remedy)
    return words[text.lower()]()


def _overdue(kind: Kind) -> Q:
    if not kind.due:
        message = say("where.never-due", "“overdue” does not hold for a {kind}", kind=kind.name)
        raise refused("is", message, "leave it out")
    if kind.slug in _overdue_by:
        return _overdue_by[kind.slug]()
    return Q(**{f"{kind.due}__lt": clock.today()}) & ~Q(state__in=kind.workflow.settled)


def _linked(actor: Actor, kind: Kind, slug: str, condition: Condition) -> Q:
    """Records that are connected with one of the kind ``slug`` for which the inner conditions hold.

    By a field of either of them that names the other, or by a link in either direction.
    """
    if not kinds.exists(slug) or not policy.may(actor, "read", kind=slug, anywhere=True):
        known = ", ".join(
            each.slug
            for each in kinds.all_kinds()
            if policy.may(actor, "read", kind=each.slug, anywhere=True)
        )
        message = say("where.no-kind", "“{name}” is no kind of record that you may read", name=slug[:60])
        raise refused(HAS, message, say("fault.one-of", "one of: {names}", names=known))
    other = kinds.get(slug)
    seen = policy.visible(actor, _matching(actor, other, condition.inner)).order_by()
    keys = seen.values("pk")
    found = Q(pk__in=Link.objects.filter(target__in=keys).values("source"))
    found |= Q(pk__in=Link.objects.filter(source__in=keys).values("target"))
    for name in _naming(kind, other):
        found |= Q(pk__in=kind.model._default_manager.filter(**{f"{name}__in": keys}).values("pk"))
    for name in _naming(other, kind):
        named = seen.exclude(**{f"{name}__isnull": True})
        found |= Q(pk__in=named.values(name))
    return found


def _naming(kind: Kind, other: Kind) -> list[str]:
    """Fields of ``kind`` that refer to records of ``other``."""
    columns: list[models.Field[Any, Any]] = [kind.field(name) for name in kind.own_fields]
    return [field.name for field in columns if field.is_relation and field.related_model is other.model]
