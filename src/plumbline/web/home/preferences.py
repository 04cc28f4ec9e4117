"""How this reader likes the pages: theme and sidebar, kept in cookies, set by plain forms."""

from __future__ import annotations

from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

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
    name="hide-steps",
    title="Hide the first steps",
    method="POST",
)
def hide_steps(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Leave the first steps off the home page."""
    return _remember(HttpResponseRedirect("/"), STEPS_COOKIE, "hidden")


@page(
    "help/",
    name="help",
    title="Help and keys",
)
def guide(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Help: the words for states, the keys, and where to ask."""
    return render(
        request,
        "web/home/help.html",
        {"page": {"title": "Help and keys", "crumbs": ()}, "states": STATE_HELP, "keys": KEYS},
    )


STATE_HELP = (
    ("Proved", "Effective, and a fault that was put in on purpose was caught in time."),
    ("Effective", "Results within limits that you set beforehand, over the whole population, in date."),
    ("Operating", "Acts or events show that it is done; the limits are not your own, or nothing is judged."),
    ("Recorded", "What is asked is written, approved and in force; nothing shows yet that it is done."),
    ("Nothing to judge", "Nobody is there whom the check could speak of."),
    ("Degraded", "Somebody misses it, is over the limit or silent, but not most; each is named."),
    ("Failing", "More than half miss it or are over the limit, or anybody where the check is required."),
    ("Stale", "Evidence or attestation past its date."),
    ("No signal", "More than half have not reported for two cadences."),
    ("Not measured", "No check can read it; the attestation stands alone, with its age."),
    ("Not applicable", "Excluded, with a written justification."),
    (
        "Evidence complete",
        "Everything the requirement calls for has evidence in date. Whether it is met, people judge.",
    ),
    ("Evidence partial", "Some of the evidence is there and in date."),
    ("Evidence missing", "No evidence is there, or none is in date."),
    ("Not assessed", "Nobody has looked yet."),
)
KEYS = (
    ("Ctrl K or ⌘ K", "Search, jump, act", "everywhere"),
    ("/", "Focus the filter or the search", "everywhere"),
    ("?", "This page", "everywhere"),
    ("G then H, M, C, E, F", "Home, My work, Controls, Evidence, Nonconformities", "everywhere"),
    ("J, K", "Next, previous", "lists, controls, entries"),
    ("C", "Create here", "lists"),
    ("E", "Edit", "records"),
    ("T", "Attest", "controls"),
    ("Ctrl Enter or ⌘ Enter", "Save or send", "forms"),
    ("Esc", "Close", "menus and dialogs"),
)
