"""Send your first event: a token for one system, programs that use it, and the event as it arrives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from plumbline.clauses.queries import systems_within
from plumbline.identity import commands, policy
from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor
from plumbline.identity.organization import queries as organization
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotFound
from plumbline.telemetry import refusals
from plumbline.telemetry.refusals import Refusal
from plumbline.trail import log
from plumbline.web.frame import Crumb
from plumbline.web.pages import Permission, page
from plumbline.web.people.sign_in_forms import take_faults
from plumbline.web.requirements import related
from plumbline.web.systems import Systems, system_names
from plumbline.web.telemetry import samples
from plumbline.web.telemetry.samples import Sample
from plumbline.web.telemetry.snippets import snippets

SEGMENT = "telemetry.segment"
TOKEN_DAYS = 90
MAY_SEND = Permission("ingest", anywhere=True)


class FirstEventForm(forms.Form):
    """The system whose events the new token is for."""

    system = forms.ChoiceField(label=_("AI system"))

    def __init__(self, *args: Any, systems: Systems, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(slug, f"{title} ({slug})") for slug, (title, _) in systems.items()]
        self.fields["system"].choices = choices  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Arrival:
    """The newest batch that came with a token: its entry, when, and how many events of which systems."""

    entry: int
    at: datetime
    count: int
    systems: tuple[tuple[str, str, str], ...]
    """Slug, title and address of each system; the last two are empty for one that the reader does not see."""
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Watched:
    """What came of a token: its newest batch, and the newest refusal if nothing was taken since."""

    token: Any
    arrival: Arrival | None
    refusal: Refusal | None
    at: datetime


def sendable_systems(actor: Actor) -> Systems:
    """The registered AI systems that the reader sees and a token of theirs may send for, by title."""
    visible = system_names(actor)
    within = systems_within(actor, "ingest", visible)
    return dict(sorted(((slug, visible[slug]) for slug in within), key=lambda row: row[1][0].lower()))


def first_event_href(actor: Actor, system: str = "") -> str:
    """The address of this page, for ``system`` if given; empty for a reader who may send nothing for it."""
    if not MAY_SEND.answer(actor) or (system and not systems_within(actor, "ingest", [system])):
        return ""
    return reverse("first-event") + (f"?system={system}" if system else "")


def watched(actor: Actor, handle: str) -> Watched:
    """What came of the reader's own token ``handle``. Raises `NotFound` for any other."""
    own = [token for token in identity_queries.tokens_of(actor.person_id or 0) if token.handle == handle]
    if not own:
        raise NotFound("You have no token with this id.")
    arrival, refusal = _arrival(actor, handle), refusals.last(handle)
    if refusal is not None and arrival is not None and refusal.at <= arrival.at:
        refusal = None
    return Watched(own[0], arrival, refusal, clock.now())


def _arrival(actor: Actor, handle: str) -> Arrival | None:
    issued = log.search("token.issued", handle, limit=1)
    if not issued:
        return None
    # Entries are not indexed by actor, so that only those since the token began are looked through.
    found = log.search(SEGMENT, actors=[handle], after=issued[0].index, limit=1)
    if not found:
        return None
    facts, systems = dict(found[0].facts), system_names(actor)
    count = int(facts.get("count") or 0)
    readable = policy.may_everywhere(actor, "read-sensitive").allowed
    return Arrival(
        found[0].index,
        found[0].time,
        count,
        tuple((slug, *systems.get(slug, ("", ""))) for slug in sorted(facts.get("systems") or ())),
        samples.of_segment(found[0].index, count, systems, readable)[:1],
    )


def _shown(
    request: HttpRequest, actor: Actor, form: FirstEventForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "page": {
            "title": gettext("Send your first event"),
            "crumbs": (Crumb(gettext("Telemetry received"), reverse("segments")),),
        },
        "form": form,
        "systems": form.fields["system"].choices,  # type: ignore[attr-defined]
        "new_system": related.new_href(actor, "ai-system"),
        "days": TOKEN_DAYS,
        **more,
    }
    return render(request, "web/telemetry/first_event.html", context, status=status)


@page(
    "telemetry/first-event/",
    name="first-event",
    title="Send your first event",
    method="GET+POST",
    permission=MAY_SEND,
)
@never_cache
def first_event(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A token that may send telemetry and nothing else, programs that use it, and what has arrived."""
    systems = sendable_systems(actor)
    if request.method == "POST":
        return _issued(request, actor, FirstEventForm(request.POST, systems=systems))
    form = FirstEventForm(initial={"system": request.GET.get("system", "")}, systems=systems)
    handle = str(request.GET.get("token", ""))
    return _shown(request, actor, form, watched=watched(actor, handle) if handle else None)


def _issued(request: HttpRequest, actor: Actor, form: FirstEventForm) -> HttpResponse:
    """Issue the token and show it: this answer is the only page that ever has its text."""
    if not form.is_valid():
        return _shown(request, actor, form, status=422)
    system = form.cleaned_data["system"]
    try:
        issued = commands.issue_token(
            actor,
            name=gettext("First event of {system}").format(system=system)[:120],
            scopes=["ingest"],
            expires=clock.day_end(clock.today() + timedelta(days=TOKEN_DAYS)),
        )
    except (Invalid, Conflict) as problem:
        take_faults(form, problem)
        return _shown(request, actor, form, status=422)
    address = organization.current().public_address
    return _shown(
        request,
        actor,
        form,
        issued=issued,
        address=address,
        snippets=snippets(address, system, issued.text),
        watched=watched(actor, issued.token.handle),
    )


@page(
    "telemetry/first-event/<str:handle>/arrived/",
    name="first-event-arrived",
    title="What has arrived with a token",
    method="file",
    permission=MAY_SEND,
    samples=("/telemetry/first-event/tok_0/arrived/",),
)
@never_cache
def arrived(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """The part of the page that changes while one waits: what arrived with a token, or was refused."""
    return render(request, "web/telemetry/arrived.html", {"watched": watched(actor, handle)})
