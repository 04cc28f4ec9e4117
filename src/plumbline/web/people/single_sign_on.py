"""Signing in through the identity provider of the organization, and connecting an account with it.

The way to the provider is a link and not the answer to a form: browsers hold a form to the pages of this
origin, wherever its answer leads (Content-Security-Policy, ``form-action``).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from plumbline.federation import flow, provider
from plumbline.identity import queries, sign_in
from plumbline.identity.actors import Actor
from plumbline.identity.federated import commands
from plumbline.identity.organization import queries as organization
from plumbline.kernel.problems import NotFound, NotSignedIn, Problem
from plumbline.web.pages import page, public_page
from plumbline.web.people.account import confirmed_person, done, shown, tried
from plumbline.web.people.sign_in_forms import FactorOffForm
from plumbline.web.view import safe_next

CAME_THROUGH = "plumbline_came_through_provider"
"""Says in a session that the provider has one of its own, which signing out here leaves open."""


def provider_name() -> str:
    """What the identity provider is called on pages; empty without single sign-on."""
    config = organization.current()
    return config.oidc_name if provider.is_configured(config) else ""


def _require_configured() -> None:
    if not provider.is_configured(organization.current()):
        raise NotFound("This installation has no single sign-on.")


def _refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The page that says why it did not work, and leads back to the other ways."""
    signed_in = request.user.is_authenticated
    back = reverse("account" if signed_in else "account_login")
    context = {"reason": str(problem.detail), "back": back}
    answer = render(request, "web/people/not_signed_in.html", context, status=problem.status)
    if "retry_after" in problem.extra:
        answer.headers["Retry-After"] = str(problem.extra["retry_after"])
    return answer


@public_page(
    "sign-in/provider/",
    name="provider-sign-in",
    title="Sign in through the identity provider",
)
@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """Go to the identity provider; what binds its answer to this browser is kept in the session."""
    then = safe_next(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(then)
    try:
        _require_configured()
        sign_in.throttle_address(request)
        return HttpResponseRedirect(flow.begin(request, organization.current(), then=then))
    except Problem as problem:
        return _refused(request, problem)


@public_page(
    flow.CALLBACK.lstrip("/"),
    name="provider-callback",
    title="Back from the identity provider",
)
@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Whom the provider has recognized comes in, or connects the account in which it was begun."""
    try:
        _require_configured()
        sign_in.throttle_address(request)
        result = flow.complete(request, organization.current(), request.GET.dict())
        if result.link:
            return _link(request, result)
        who = result.claims
        answer = sign_in.with_identity(
            request, issuer=result.issuer, subject=who.subject, email=who.email, then=result.then
        )
    except Problem as problem:
        return _refused(request, problem)
    request.session[CAME_THROUGH] = True
    return answer


def _link(request: HttpRequest, result: flow.Result) -> HttpResponse:
    person = request.user
    # Somebody else may have signed in in this browser since.
    if not person.is_authenticated or getattr(person, "handle", "") != result.link:
        raise NotSignedIn("This was begun by another account. Sign in and begin again.")
    commands.link(queries.person(result.link), result.issuer, result.claims.subject, result.claims.email)
    return done(request, gettext("Your account is connected."))


@page(
    "account/provider/connect/",
    name="account-provider-connect",
    title="Connect your account with the identity provider",
    method="POST",
)
@never_cache
@sensitive_post_parameters("password")
def connect(request: HttpRequest, actor: Actor) -> HttpResponse:
    """After the password, the way to the provider; whoever comes back from it is connected."""
    _require_configured()
    form = FactorOffForm(request.POST)

    def act() -> HttpResponse:
        person = confirmed_person(actor, form.cleaned_data["password"])
        address = flow.begin(request, organization.current(), link=person.handle)
        return shown(request, actor, provider_address=address)

    return tried(request, actor, "provider", form, act)


@page(
    "account/provider/disconnect/",
    name="account-provider-disconnect",
    title="Disconnect your account from the identity provider",
    method="POST",
)
@sensitive_post_parameters("password")
def disconnect(request: HttpRequest, actor: Actor) -> HttpResponse:
    """End the link with the provider, after the password."""
    _require_configured()
    form = FactorOffForm(request.POST)

    def act() -> HttpResponse:
        person = confirmed_person(actor, form.cleaned_data["password"])
        commands.unlink(person, organization.current().oidc_issuer)
        return done(request, gettext("Your account is not connected any more."))

    return tried(request, actor, "provider", form, act)


@public_page(
    "signed-out/",
    name="signed-out",
    title="Signed out",
)
@never_cache
def signed_out(request: HttpRequest) -> HttpResponse:
    """Says that the session here has ended, and leads to where the provider's own ends."""
    try:
        _require_configured()
        address = flow.sign_out_address(organization.current(), reverse("account_login"))
    except Problem:
        address = ""  # the session here has ended either way
    return render(request, "web/people/signed_out.html", {"address": address})
