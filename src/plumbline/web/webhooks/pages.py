"""Webhooks: list, add, sign with a new secret, enable again, remove. The secret is shown once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from plumbline.delivery.webhook import commands, queries
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Conflict, Invalid
from plumbline.web.pages import Permission, page
from plumbline.web.people.sign_in_forms import take_faults

GRANT = Permission("grant")
SAMPLE = "/webhooks/whk_0/"


class WebhookForm(forms.Form):
    """A new webhook."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("The channel or program that gets it.")
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=2_000,
        help_text=_("Begins with https://. It is kept encrypted, and only its host is shown again."),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    style = forms.ChoiceField(
        label=_("Style"),
        choices=(
            ("json", _("Signed JSON (Standard Webhooks)")),
            ("slack", _("Slack and compatible")),
            ("teams", _("Microsoft Teams")),
        ),
    )


def _shown(request: HttpRequest, actor: Actor, form: WebhookForm | None = None, **more: Any) -> HttpResponse:
    context = {
        "page": {"title": gettext("Webhooks"), "crumbs": ()},
        "rows": queries.endpoints(actor),
        "form": form or WebhookForm(),
        **more,
    }
    return render(request, "web/webhooks/webhooks.html", context, status=422 if form else 200)


@page("webhooks/", name="webhooks", title="Webhooks", permission=GRANT)
@never_cache
def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The webhooks, with what became of their last messages."""
    return _shown(request, actor)


@page("webhooks/add/", name="webhook-add", title="Add a webhook", method="POST", permission=GRANT)
@never_cache
@sensitive_post_parameters("address")
def add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Add a webhook; the answer is the only page that ever shows its secret."""
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            return _shown(request, actor, new=commands.add(actor, **form.cleaned_data))
        except (Invalid, Conflict) as problem:
            take_faults(form, problem)
    return _shown(request, actor, form)


@page(
    "webhooks/<str:handle>/renew/",
    name="webhook-renew",
    title="Sign with a new secret",
    method="POST",
    permission=GRANT,
    samples=(f"{SAMPLE}renew/",),
)
@never_cache
def renew(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Sign with a new secret, which the answer shows this once."""
    return _shown(request, actor, new=commands.renew(actor, handle))


@page(
    "webhooks/<str:handle>/enable/",
    name="webhook-enable",
    title="Enable a webhook again",
    method="POST",
    permission=GRANT,
    samples=(f"{SAMPLE}enable/",),
)
def enable(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Post again to a webhook that was disabled after failures."""
    commands.enable(actor, handle)
    return _back(request, gettext("The webhook is active again."))


@page(
    "webhooks/<str:handle>/remove/",
    name="webhook-remove",
    title="Remove a webhook",
    method="POST",
    permission=GRANT,
    samples=(f"{SAMPLE}remove/",),
)
def remove(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Post nothing to a webhook any more."""
    commands.remove(actor, handle)
    return _back(request, gettext("The webhook was removed."))


def _back(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return HttpResponseRedirect(reverse("webhooks"))
