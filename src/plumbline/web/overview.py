"""The page of pages: every address with what it needs, read off the declarations."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from plumbline.identity.actors import Actor
from plumbline.web import pages
from plumbline.web.frame import Crumb
from plumbline.web.pages import Page, page


@dataclass(frozen=True)
class ShownPage:
    """A declared page, and whether the reader may open it as far as the declaration says."""

    page: Page
    is_allowed: bool

    @property
    def permissions(self) -> str:
        """What it needs, in one line."""
        if self.page.is_public:
            return "none"
        return ", ".join(map(str, self.page.permissions)) or "signed in; more by what the address names"


@page("help/pages/", name="pages", title="Pages")
def page_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every page of the installation, its address and what somebody needs to open it."""
    shown = tuple(
        ShownPage(entry, all(needed.answer(actor) for needed in entry.permissions))
        for entry in pages.declared()
    )
    context = {
        "title": "Pages",
        "here": "Pages",
        "crumbs": (Crumb("Help", reverse("help")),),
        "pages": shown,
    }
    return render(request, "web/pages.html", {"page": context})
