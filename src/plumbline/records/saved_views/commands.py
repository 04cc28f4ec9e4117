"""Saving, sharing, changing and removing views. What is shared leaves an entry in the trail."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, NotAllowed, Stale
from plumbline.records import kinds
from plumbline.records.kinds import Kind
from plumbline.records.list_index import queries as lists
from plumbline.records.models import SavedView
from plumbline.records.saved_views import layout, queries
from plumbline.records.saved_views.queries import EVERYBODY, View
from plumbline.trail import log

LONGEST_NAME, MOST = 80, 100
"""Letters of a name, and views of one person."""


def save(
    actor: Actor, kind: Kind | str, name: str, query: Mapping[str, str], *, shared_with: str = ""
) -> View:
    """Keep a list under a name. Raises `Invalid` naming what is wrong, `NotAllowed`."""
    kind = kinds.get(kind) if isinstance(kind, str) else kind
    if actor.person_id is None:
        raise NotAllowed("Only a person saves views.", permission="read")
    text = _checked(actor, kind, name, query, shared_with)
    if SavedView.objects.filter(owner_id=actor.person_id).count() >= MOST:
        remedy = say("view.most", "at most {most}; remove one first", most=MOST)
        raise Invalid("The view was not saved.", [Fault("name", "is one view too many", remedy)])
    with transaction.atomic():
        now = clock.now()
        row = SavedView.objects.create(
            kind=kind.slug, name=name.strip(), query=text, shared_with=shared_with, owner_id=actor.person_id,
            created_at=now, updated_at=now,
        )  # fmt: skip
        if shared_with:
            _append(actor, "view.shared", row)
    return queries.view(actor, row.handle)


def change(
    actor: Actor,
    handle: str,
    *,
    name: str,
    query: Mapping[str, str],
    shared_with: str,
    revision: int | None = None,
) -> View:
    """Change a view: its owner any of theirs, whoever gives roles one that is shared.

    ``revision`` is the one that the actor saw. Raises `Invalid`, `NotAllowed`, `NotFound`, `Stale`.
    """
    shown = _changeable(actor, handle)
    text = _checked(actor, shown.kind, name, query, shared_with)
    with transaction.atomic():
        row = SavedView.objects.select_for_update(of=("self",)).select_related("owner").get(handle=handle)
        if revision is not None and row.revision != revision:
            raise Stale("Somebody else changed this view meanwhile.", current_revision=row.revision)
        was_shared = row.shared_with
        row.name, row.query, row.shared_with = name.strip(), text, shared_with
        row.revision, row.updated_at = row.revision + 1, clock.now()
        row.save()
        if shared_with or was_shared:
            _append(actor, "view.shared" if shared_with else "view.withdrawn", row)
    return queries.view_of(row, actor)


def remove(actor: Actor, handle: str) -> None:
    """Remove a view. Raises `NotAllowed` or `NotFound`."""
    _changeable(actor, handle)
    with transaction.atomic():
        row = SavedView.objects.select_for_update(of=("self",)).get(handle=handle)
        if row.shared_with:
            _append(actor, "view.withdrawn", row)
        row.delete()


def _changeable(actor: Actor, handle: str) -> View:
    shown = queries.view(actor, handle)
    if not shown.may_change:
        text = "Its owner changes a shared view, or somebody who gives roles. Save it as one of your own."
        raise NotAllowed(text, permission="grant")
    return shown


def _checked(actor: Actor, kind: Kind, name: str, query: Mapping[str, str], shared_with: str) -> str:
    """The query as it is kept. Raises `Invalid` with every fault, `NotAllowed`."""
    policy.require(actor, "read", kind=kind.slug, anywhere=True)
    faults = []
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        faults.append(Fault("name", "is missing or too long", "up to 80 letters"))
    if shared_with and shared_with != EVERYBODY and shared_with not in ROLES:
        remedy = say("fault.one-of", "one of: {names}", names=", ".join((EVERYBODY, *ROLES)))
        faults.append(Fault("shared_with", "is nobody to share with", remedy))
    if faults:
        raise Invalid("The view was not saved.", faults)
    if shared_with:
        # Whoever only reads keeps views of their own: what everybody finds in a list is part of the work.
        policy.require(actor, "comment", kind=kind.slug, anywhere=True)
    text = layout.canonical(kind, query)
    given = layout.parsed(text)
    names = ("q", "where", "sort")
    # Asked once as a list would be, so that no view is kept that nobody can open.
    lists.select(
        actor, kind, filters=layout.selecting(given, names), search=given.get("q", ""),
        sort=given.get("sort", ""), where=given.get("where", ""),
    )  # fmt: skip
    return text


def _append(actor: Actor, entry_type: str, row: SavedView) -> None:
    """An entry about a shared view: with whom, and as an opening what it asks."""
    log.append(
        entry_type,
        actor=actor.id,
        subject={"type": "view", "ref": row.handle, "kind": row.kind},
        openings={"view": f"{row.name}\n{row.query}".encode()},
        facts={"shared_with": row.shared_with, "revision": row.revision},
    )
