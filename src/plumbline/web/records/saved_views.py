"""Saved views in the head of a list: opening, saving, sharing, changing and removing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.roles import ROLES
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import computed, kinds
from plumbline.records.kinds import Kind
from plumbline.records.saved_views import commands, layout, queries
from plumbline.records.saved_views.queries import EVERYBODY, View
from plumbline.web import cells
from plumbline.web.frame import Crumb
from plumbline.web.pages import page
from plumbline.web.records import naming
from plumbline.web.view import parse_int

AGE = 600
"""Seconds for which a list that opens no view shows the views that another page has read."""


@dataclass(frozen=True)
class Tab:
    """One view as a link above the list."""

    name: str
    href: str
    current: bool
    shared: str


@dataclass(frozen=True)
class ListViews:
    """What the head of a list offers of views. ``columns`` are name, label and whether the list shows it."""

    tabs: tuple[Tab, ...]
    current: View | None
    columns: tuple[tuple[str, str, bool], ...]
    sharing: tuple[tuple[str, str], ...]
    query: tuple[tuple[str, str], ...]
    may_save: bool


def address(view: View) -> str:
    """Where a view opens: its whole query stands in the address, so that a copied link says all of it."""
    query = urlencode({**view.parameters, layout.VIEW: view.handle})
    return f"{reverse('record-list', args=[view.kind.plural])}?{query}"


def opened(actor: Actor, kind: Kind, query: dict[str, str]) -> dict[str, str]:
    """The query of a list; an address that names only a view means what the view asks. Raises `NotFound`."""
    if set(query) - {layout.VIEW, "page"} or layout.VIEW not in query:
        return query
    view = queries.view(actor, query[layout.VIEW])
    return {**view.parameters, **query} if view.kind is kind else query


def of_list(actor: Actor, kind: Kind, query: Mapping[str, str], columns: Sequence[str]) -> ListViews:
    """What the list of ``kind`` offers ``actor``, in one query where a view is open and otherwise in none."""
    found = _views(actor, kind, read=layout.VIEW in query)
    handle = query.get(layout.VIEW, "")
    current = next((view for view in found if view.handle == handle), None)
    tabs = [Tab(gettext("All"), reverse("record-list", args=[kind.plural]), not query, "")]
    tabs += [
        Tab(view.name, address(view), view is current, "" if view.owner == actor.id else view.owner_name)
        for view in found
    ]
    derived = {one.name: naming.capitalized(one.label) for one in computed.of(kind.slug)}
    return ListViews(
        tabs=tuple(tabs) if found else (),
        current=current,
        columns=tuple(
            (name, derived.get(name) or _label(kind, name), name in columns)
            for name in layout.known_columns(kind)
        ),
        sharing=_sharing(actor, kind),
        query=tuple((name, query[name]) for name in layout.parameters(kind) if name in query),
        may_save=actor.person_id is not None,
    )


def _views(actor: Actor, kind: Kind, *, read: bool) -> list[View]:
    """The views of a kind. A list may ask the database eight times in all: unless it is to ``read`` them, it
    shows those that another page has read in the last ten minutes, beside the way to all of them."""
    name = f"views:{actor.id}:{hash(actor.grants)}:{kind.slug}"
    if read:
        found = queries.views(actor, kind)
        # A kind is no plain value, and a cache keeps nothing else.
        cache.set(name, [{**vars(view), "kind": kind.slug} for view in found], AGE)
        return found
    return [View(**{**row, "kind": kind}) for row in cache.get(name, ())]


def _forget(actor: Actor, kind: Kind) -> None:
    cache.delete(f"views:{actor.id}:{hash(actor.grants)}:{kind.slug}")


def _label(kind: Kind, name: str) -> str:
    return gettext("Last change") if name == "updated_at" else cells.label(kind, name)


def _sharing(actor: Actor, kind: Kind) -> tuple[tuple[str, str], ...]:
    if not policy.may(actor, "comment", kind=kind.slug, anywhere=True):
        return ()
    roles = ((role.slug, gettext(role.title)) for role in ROLES.values())
    return ((EVERYBODY, gettext("Everybody")), *roles)


@page(
    "records/<plural:plural>/views/", name="views", title="Saved views of a list",
    samples=("/records/ai-systems/views/",),
)  # fmt: skip
def views(request: HttpRequest, actor: Actor, plural: str) -> HttpResponse:
    """The saved views of a list: the reader's own, and those shared with them."""
    kind = kinds.get(plural)
    policy.require(actor, "read", kind=kind.slug, anywhere=True)
    found = _views(actor, kind, read=True)
    context = {
        "title": gettext("Views of {names}").format(names=gettext(kind.names)),
        "here": gettext("Views"),
        "crumbs": (Crumb(naming.capitalized(kind.names), reverse("record-list", args=[kind.plural])),),
        "kind": kind,
        "views": [(view, address(view)) for view in found],
        "list_href": reverse("record-list", args=[kind.plural]),
    }
    return render(request, "web/records/views.html", {"page": context})


@page(
    "records/<plural:plural>/views/save/", name="view-save", title="Save a view of a list", method="POST",
    samples=("/records/ai-systems/views/save/",),
)  # fmt: skip
def save(request: HttpRequest, actor: Actor, plural: str) -> HttpResponse:
    """Save the list as it is shown under a name, or change the view that is open."""
    kind = kinds.get(plural)
    given = {
        name: str(request.POST.get(name, "")) for name in (*layout.parameters(kind), "name", "shared_with")
    }
    name, shared = given.pop("name"), given.pop("shared_with")
    handle = str(request.POST.get(layout.VIEW, ""))
    if handle and request.POST.get("then") == "change":
        seen = parse_int(request.POST.get("revision"), 0) or None
        view = commands.change(actor, handle, name=name, query=given, shared_with=shared, revision=seen)
    else:
        view = commands.save(actor, kind, name, given, shared_with=shared)
    messages.success(request, gettext("The view “{name}” is saved.").format(name=view.name))
    return HttpResponseRedirect(address(view))


@page(
    "views/<slug:handle>/remove/", name="view-remove", title="Remove a view of a list", method="POST",
    samples=("/views/viw_0/remove/",),
)  # fmt: skip
def remove(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Remove a view; the records stay as they are."""
    view = queries.view(actor, handle)
    commands.remove(actor, handle)
    _forget(actor, view.kind)
    messages.success(request, gettext("The view “{name}” is removed.").format(name=view.name))
    return HttpResponseRedirect(reverse("record-list", args=[view.kind.plural]))


@page(
    "records/<plural:plural>/columns/", name="list-columns", title="Choose the columns of a list",
    method="file", samples=("/records/ai-systems/columns/?column=state&column=owner",),
)  # fmt: skip
def choose_columns(request: HttpRequest, actor: Actor, plural: str) -> HttpResponse:
    """Lead to the same list with the chosen columns and density in its address."""
    kind = kinds.get(plural)
    policy.require(actor, "read", kind=kind.slug, anywhere=True)
    known = (*layout.parameters(kind), layout.VIEW)
    query = {name: str(request.GET[name]) for name in known if request.GET.get(name)}
    chosen = [name for name in layout.known_columns(kind) if name in request.GET.getlist("column")]
    query[layout.COLUMNS] = ",".join(chosen) if tuple(chosen) != layout.default_columns(kind) else ""
    if not chosen:
        fault = Fault("column", "is missing", "choose one at least")
        raise Invalid("The list was not made.", [fault])
    wanted = {name: value for name, value in query.items() if value}
    base = reverse("record-list", args=[kind.plural])
    return HttpResponseRedirect(f"{base}?{urlencode(wanted)}" if wanted else base)
