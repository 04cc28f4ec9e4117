"""How many tasks the reader has, beside *My work* on every page."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest

from plumbline.controls.tasks import queries as tasks
from plumbline.identity.actors import Actor

AGE = 60
"""Seconds for which the count may be old."""


def _key(actor: Actor) -> str:
    return f"tasks:{actor.id}:{hash(actor.grants)}"


def shown(request: HttpRequest, actor: Actor) -> int | None:
    """The count as every page shows it: at most `AGE` old, and new after the reader has done something.

    ``None`` on a list when nobody has counted for so long: counting takes more queries than a list may.
    """
    found: int | None = cache.get(_key(actor))
    match = request.resolver_match
    if found is None and (match is None or match.url_name != "record-list"):
        found = keep(actor, tasks.count_of(actor))
    return found


def keep(actor: Actor, count: int) -> int:
    """Show ``count`` from now on, for a page that has just counted."""
    cache.set(_key(actor), count, AGE)
    return count


def forget(actor: Actor) -> None:
    """Count anew for the next page: the reader has done something on this one."""
    cache.delete(_key(actor))
