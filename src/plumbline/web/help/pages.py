"""The pages of help: the states and keys, the glossary, the documents."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.web.frame import Crumb
from plumbline.web.help import documents, glossary
from plumbline.web.pages import page

TITLES = {
    "tutorial": "Tutorial",
    "howto": "How-to",
    "explanation": "Explanation",
    "reference": "Reference",
    "decisions": "Decisions",
}
"""What the folders of the documents are called."""
INDEX = "README"
KEYS = (
    ("Ctrl K or ⌘ K", "Search, jump, act", "everywhere"),
    ("/", "Focus the filter or the search", "everywhere"),
    ("?", "The document about this page", "everywhere"),
    ("G then H, M, C, E, F", "Home, My work, Controls, Evidence, Nonconformities", "everywhere"),
    ("J, K", "Next, previous", "lists, controls, entries"),
    ("C", "Create here", "lists"),
    ("E", "Edit", "records"),
    ("T", "Attest", "controls"),
    ("Ctrl Enter or ⌘ Enter", "Save or send", "forms"),
    ("Esc", "Close", "menus and dialogs"),
)


@dataclass(frozen=True)
class Shelf:
    """The documents of one folder: title and address of each."""

    title: str
    documents: tuple[tuple[str, str], ...]


def _shelves() -> tuple[Shelf, ...]:
    return tuple(
        Shelf(
            gettext(title),
            tuple(
                (documents.document(name).title, documents.href(name))
                for name in documents.names()
                if name.startswith(f"{folder}/") and not name.endswith(f"/{INDEX}")
            ),
        )
        for folder, title in TITLES.items()
    )


def _help_crumb() -> Crumb:
    return Crumb(gettext("Help"), "/help/")


@page("help/", name="help", title="Help and keys")
def guide(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Help: the words for states, the keys, and where to read on."""
    context = {
        "page": {"title": "Help and keys", "crumbs": ()},
        "states": glossary.terms("States"),
        "keys": KEYS,
    }
    return render(request, "web/home/help.html", context)


@page("help/glossary/", name="glossary", title="Glossary")
def glossary_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The words of the product and of the standard, each in a sentence."""
    context = {
        "page": {"title": gettext("Glossary"), "crumbs": (_help_crumb(),)},
        "states": glossary.terms("States"),
        "terms": sorted(glossary.terms("Terms"), key=lambda term: term[0].lower()),
    }
    return render(request, "web/help/glossary.html", context)


@page("help/documents/", name="documents", title="Documents")
def document_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every document that came with this version."""
    context = {"page": {"title": gettext("Documents"), "crumbs": (_help_crumb(),)}, "shelves": _shelves()}
    return render(request, "web/help/documents.html", context)


@page(
    "help/documents/<path:name>/",
    name="document",
    title="One document",
    samples=("/help/documents/tutorial/first-hour/", "/help/documents/reference/kinds/"),
)
def document_page(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """One document, as it came with this version."""
    try:
        found = documents.document(name)
    except KeyError:
        raise NotFound("There is no document of this name in this version.") from None
    crumbs = (_help_crumb(), Crumb(gettext("Documents"), "/help/documents/"))
    context = {"page": {"title": found.title, "crumbs": crumbs}, "document": found}
    return render(request, "web/help/document.html", context)
