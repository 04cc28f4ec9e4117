"""Search and jump: everything by a few words, with what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop

from plumbline.identity.actors import Actor
from plumbline.records import kinds
from plumbline.records.saved_views import layout
from plumbline.records.search_index.snippets import Part
from plumbline.search import acts, queries
from plumbline.search.acts import NewRecord
from plumbline.search.queries import Found, Group, Hit
from plumbline.web import cells
from plumbline.web.markup import format_html, format_html_join
from plumbline.web.pages import page
from plumbline.web.records import naming, step_panels

_LABELS = {
    "requirement": gettext_noop("Controls and requirements"),
    "check": gettext_noop("Checks"),
    "limit": gettext_noop("Limits of checks"),
    "person": gettext_noop("People"),
    "view": gettext_noop("Saved views"),
}
_ICONS = {
    "requirement": "shield-check",
    "check": "activity",
    "limit": "gauge",
    "person": "users",
    "view": "list-checks",
}
_OPTIONS = 12


@dataclass(frozen=True)
class Line:
    """One hit as the page shows it."""

    href: str
    title: SafeString
    name: str
    about: str
    state: str
    where: str
    snippet: SafeString


@dataclass(frozen=True)
class Section:
    """The hits of one group; ``more_href`` leads to all of them."""

    label: str
    icon: str
    lines: tuple[Line, ...]
    total: int
    capped: bool
    more_href: str


@dataclass(frozen=True)
class Act:
    """Something that can be done, with where it is done."""

    label: str
    href: str


def _href(hit: Hit) -> str:
    match hit.sort:
        case "record":
            return cells.record_href(hit.name)
        case "requirement":
            return cells.requirement_href(hit.name)
        case "check" | "limit":
            return f"{reverse('checks')}?{urlencode({'check': hit.name})}"
        case "person":
            return reverse("person", args=[hit.name])
        case "event":
            return reverse("event", args=[hit.name])
        case "view":
            listed = reverse("record-list", args=[kinds.get(hit.about).plural])
            return f"{listed}?{urlencode({layout.VIEW: hit.name})}"
    return reverse("trail-entry", args=[int(hit.name)])


def _label(group: str) -> str:
    """What a group is called."""
    return gettext(_LABELS[group]) if group in _LABELS else naming.capitalized(kinds.get(group).names)


def _marked(parts: tuple[Part, ...]) -> SafeString:
    """A text with its hits marked."""
    marks = ((format_html("<mark>{}</mark>", part.text) if part.hit else part.text,) for part in parts)
    return format_html_join("", "{}", marks)


def _line(hit: Hit) -> Line:
    name = hit.name if hit.sort in ("record", "person") else ""
    return Line(
        _href(hit),
        _marked(hit.marked.parts),
        name,
        _about(hit),
        hit.state,
        gettext(hit.snippet.where) if hit.snippet else "",
        _marked(hit.snippet.parts if hit.snippet else ()),
    )


def _about(hit: Hit) -> str:
    """Which of its sort it is; a record says that by its group."""
    if hit.sort == "view":
        return naming.capitalized(kinds.get(hit.about).names)
    return hit.about if hit.sort != "record" else ""


def _section(group: Group, text: str) -> Section:
    icon = _ICONS.get(group.name) or kinds.get(group.name).icon
    more = f"{reverse('search')}?{urlencode({'q': text, 'in': group.name})}"
    lines = tuple(_line(hit) for hit in group.hits)
    has_more = group.total > len(lines) or group.capped
    return Section(_label(group.name), icon, lines, group.total, group.capped, more if has_more else "")


def _acts(actor: Actor, text: str) -> list[Act]:
    return [_act(found) for found in acts.acts(actor, text)]


def _act(found: NewRecord | acts.Step) -> Act:
    if isinstance(found, NewRecord):
        base = reverse("record-new", args=[found.kind.plural])
        kind = gettext(found.kind.name)
        if not found.values:
            return Act(gettext("New {kind}").format(kind=kind), base)
        label = gettext("New {kind} for {title}").format(kind=kind, title=found.about)
        return Act(label, f"{base}?{urlencode(found.values)}")
    label = gettext("{step}: {reference} {title}").format(
        step=gettext(found.label), reference=found.reference, title=found.title
    )
    return Act(
        label, f"{cells.record_href(found.reference)}?step={found.name}#{step_panels.anchor(found.name)}"
    )


def _query(request: HttpRequest) -> str:
    return str(request.GET.get("q", "")).strip()[:200]


@page(
    "search/",
    name="search",
    title="Search",
    samples=("/search/", "/search/?q=photos", "/search/?q=a&in=check"),
)
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Records, controls, checks, people and entries by a few words; a whole name leads straight there."""
    text, only = _query(request), str(request.GET.get("in", ""))
    found = queries.search(actor, text, only=only)
    if found.exact is not None and not only:
        return HttpResponseRedirect(_href(found.exact))
    context = {
        "title": "Search",
        "crumbs": (),
        "text": text,
        "only": only,
        "only_label": _label(only) if only else "",
        "acts": _acts(actor, text),
        "sections": [_section(group, text) for group in found.groups],
        "found": found.total,
        "capped": found.capped,
    }
    return render(request, "web/home/search.html", {"page": context})


@page(
    "search/jump/", name="jump", title="Search or jump", method="file", samples=("/search/jump/?q=new+risk",)
)
def jump(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the dialog of Ctrl K offers for what was typed so far: acts first, then the best of each group."""
    text = _query(request)
    found = queries.search(actor, text)
    options = [{"label": act.label, "hint": "", "href": act.href} for act in _acts(actor, text)]
    options += _options(found)
    return JsonResponse({"options": options[:_OPTIONS]})


def _options(found: Found) -> list[dict[str, str]]:
    """The exact hit first, then the first of every group, then the second of every one."""
    hits = [found.exact] if found.exact is not None else []
    for place in range(queries.MOST):
        hits += [group.hits[place] for group in found.groups if place < len(group.hits)]
    # The exact one is found by its words as well.
    unique = {(hit.sort, hit.name, hit.title): hit for hit in reversed(hits)}
    return [{"label": hit.title, "hint": _hint(hit), "href": _href(hit)} for hit in reversed(unique.values())]


def _hint(hit: Hit) -> str:
    """What it is, in a word or two."""
    if hit.sort == "record":
        return f"{naming.capitalized(kinds.get(hit.about).name)} {hit.name}"
    if hit.sort == "view":
        return gettext("View of {names}").format(names=gettext(kinds.get(hit.about).names))
    words = {
        "requirement": gettext("Requirement"),
        "check": gettext("Check"),
        "limit": gettext("Limit"),
        "person": gettext("Person"),
        "entry": gettext("Entry"),
        "event": gettext("Event"),
    }
    return words[hit.sort]
