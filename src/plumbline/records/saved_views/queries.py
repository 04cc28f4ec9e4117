"""The saved views that somebody has: their own, and those shared with them. Nothing here writes.

A view holds no records and no right to any: whoever opens it sees what they may see in that list anyway.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds
from plumbline.records.kinds import Kind
from plumbline.records.models import SavedView
from plumbline.records.saved_views import layout

EVERYBODY = "everybody"


@dataclass(frozen=True)
class View:
    """A list under a name. ``shared_with`` is empty (its owner's own), `EVERYBODY` or the slug of a role."""

    handle: str
    kind: Kind
    name: str
    query: str
    shared_with: str
    owner: str
    owner_name: str
    revision: int
    updated_at: datetime
    may_change: bool

    @property
    def parameters(self) -> dict[str, str]:
        """What the view asks of the list, by parameter."""
        return layout.parsed(self.query)


def views(actor: Actor, kind: Kind | None = None) -> list[View]:
    """The views of a kind, or of all kinds that ``actor`` may read, by name; own ones first."""
    rows = _readable(actor)
    if kind is not None:
        rows = rows.filter(kind=kind.slug)
    found = [view_of(row, actor) for row in rows if _reads(actor, row.kind)]
    return sorted(found, key=lambda view: (bool(view.shared_with), view.name.casefold(), view.handle))


def view(actor: Actor, handle: str) -> View:
    """One of them. Raises `NotFound`, also for a view that is somebody else's own."""
    return view_of(row(actor, handle), actor)


def row(actor: Actor, handle: str) -> SavedView:
    """The row of a view that ``actor`` has. Raises `NotFound`."""
    found = _readable(actor).filter(handle=handle).first()
    if found is None or not _reads(actor, found.kind):
        raise NotFound("There is no such view that you may open.")
    return found


def _reads(actor: Actor, kind: str) -> bool:
    return kinds.exists(kind) and bool(policy.may(actor, "read", kind=kind, anywhere=True))


def _readable(actor: Actor) -> QuerySet[SavedView]:
    shared = Q(shared_with__in=[EVERYBODY, *_roles(actor)])
    if policy.may(actor, "grant"):
        # Whoever runs the system mends or removes what somebody shared and left behind.
        shared = ~Q(shared_with="")
    return SavedView.objects.filter(Q(owner_id=actor.person_id) | shared).select_related("owner")


def _roles(actor: Actor) -> Collection[str]:
    return {grant.role for grant in actor.grants}


def view_of(row: SavedView, actor: Actor) -> View:
    """A row as ``actor`` sees it."""
    return View(
        row.handle, kinds.get(row.kind), row.name, row.query, row.shared_with, row.owner.handle,
        row.owner.full_name, row.revision, row.updated_at,
        row.owner_id == actor.person_id or bool(row.shared_with and policy.may(actor, "grant")),
    )  # fmt: skip
