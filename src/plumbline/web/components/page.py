"""The page that shows every component with its parameters and an example."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import Context, Template
from django.urls import reverse
from django.utils.safestring import SafeString

from plumbline.identity.actors import Actor
from plumbline.web.components import Component, declared
from plumbline.web.frame import Crumb
from plumbline.web.pages import page


@dataclass(frozen=True)
class ShownComponent:
    """A component with its example as it is rendered."""

    component: Component
    example: SafeString


@page(
    "help/components/",
    name="components",
    title="Components",
)
def components(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The components of the pages, read off their declarations."""
    shown = tuple(
        ShownComponent(component, Template(component.example).render(Context(dict(component.given()))))
        for component in declared()
    )
    context = {
        "title": "Components",
        "here": "Components",
        "crumbs": (Crumb("Help", reverse("help")),),
        "components": shown,
    }
    return render(request, "web/components.html", {"page": context})
