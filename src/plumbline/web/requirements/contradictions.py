"""Contradictions: where the records say two things that cannot both hold."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from plumbline.controls.contradictions import contradictions
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say
from plumbline.web.frame import Crumb
from plumbline.web.pages import Permission, page


@page(
    "contradictions/",
    name="contradictions",
    title="Contradictions",
    permission=Permission("read", anywhere=True),
    samples=("/contradictions/",),
)
def contradictions_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every contradiction that the checks have found, each with what it is about."""
    found, hidden = contradictions(actor)
    lines = [say("contradiction.line", "{name} {what}", name=one.name, what=one.message) for one in found]
    context = {
        "title": "Contradictions",
        "crumbs": (Crumb("Live checks", reverse("checks")),),
        "rows": list(zip(lines, found, strict=True)),
        "hidden": hidden,
    }
    return render(request, "web/requirements/contradictions.html", {"page": context})
