"""How this reader likes the pages: theme and sidebar, kept in cookies, set by plain forms."""

from __future__ import annotations

from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.web.pages import page
from plumbline.web.shell import SIDE_COOKIE, STEPS_COOKIE, THEME_COOKIE, THEMES
from plumbline.web.view import safe_next

YEAR = 31_536_000
SAME_SITE: Literal["Lax"] = "Lax"


def _remember(response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.set_cookie(
        name, value, max_age=YEAR, httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite=SAME_SITE
    )
    return response


@page(
    "preferences/theme/",
    name="theme",
    title="Choose a theme",
    method="POST",
)
def theme(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose light, dark, high contrast, or what the device says."""
    chosen = str(request.POST.get("theme", ""))
    if chosen not in THEMES:
        raise Invalid(
            "The theme was not changed.",
            [
                Fault(
                    "theme", "is not a theme", say("fault.one-of", "one of: {names}", names=", ".join(THEMES))
                )
            ],
        )
    return _remember(HttpResponseRedirect(safe_next(request)), THEME_COOKIE, chosen)


@page(
    "preferences/sidebar/",
    name="sidebar",
    title="Fold or unfold the sidebar",
    method="POST",
)
def sidebar(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Fold or unfold the sidebar."""
    folded = request.COOKIES.get(SIDE_COOKIE) == "folded"
    return _remember(HttpResponseRedirect(safe_next(request)), SIDE_COOKIE, "open" if folded else "folded")


@page(
    "preferences/first-steps/",
    name="fold-steps",
    title="Fold or unfold the first steps",
    method="POST",
)
def fold_steps(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Fold or unfold the first steps on the home page."""
    folded = request.COOKIES.get(STEPS_COOKIE) == "folded"
    return _remember(HttpResponseRedirect("/"), STEPS_COOKIE, "open" if folded else "folded")
