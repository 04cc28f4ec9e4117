"""One's own account: name, theme, password, second factor, tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from plumbline.identity import commands, queries, second_factor, sign_in
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Fault, Invalid
from plumbline.web import language
from plumbline.web.pages import page
from plumbline.web.people.sign_in_forms import (
    FactorOffForm,
    FactorOnForm,
    PasswordForm,
    ProfileForm,
    TokenForm,
    take_faults,
)

Forms = dict[str, Form]


def _person(actor: Actor) -> Any:
    return queries.person(actor.id)


def _shown(request: HttpRequest, actor: Actor, bound: Forms | None = None, **more: Any) -> HttpResponse:
    """The page, with the forms that were sent and refused in ``bound``."""
    person = _person(actor)
    on = second_factor.is_enabled(person)
    forms: Forms = {
        "profile": ProfileForm(
            initial={
                "full_name": person.full_name,
                "theme": person.theme,
                "language": language.of_request(request),
            }
        ),
        "password": PasswordForm(),
        "factor": FactorOffForm() if on else FactorOnForm(),
        "token": TokenForm(),
        **(bound or {}),
    }
    context = {
        "page": {"title": gettext("Your account"), "crumbs": ()},
        "person": person,
        "forms": forms,
        "factor_on": on,
        "enrolment": None if on else second_factor.begin_enrolment(request, person),
        "tokens": queries.tokens_of(person.pk),
        "now": clock.now(),
        **more,
    }
    return render(request, "web/people/account.html", context, status=422 if bound else 200)


def _done(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return HttpResponseRedirect(reverse("account"))


def _tried(
    request: HttpRequest, actor: Actor, name: str, form: Form, act: Callable[[], HttpResponse]
) -> HttpResponse:
    """``act`` if ``form`` is valid; the page with the faults if it is not, or if ``act`` finds some."""
    if not form.is_valid():
        return _shown(request, actor, {name: form})
    try:
        return act()
    except (Invalid, Conflict) as problem:
        take_faults(form, problem)
        return _shown(request, actor, {name: form})


@page(
    "account/",
    name="account",
    title="Your account",
)
@never_cache
def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everything about one's own account on one page."""
    return _shown(request, actor)


@page(
    "account/profile/",
    name="account-profile",
    title="Save your profile",
    method="POST",
)
def profile(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Save name, theme and language."""
    form = ProfileForm(request.POST)

    def act() -> HttpResponse:
        wanted = form.cleaned_data
        commands.update_profile(_person(actor), full_name=wanted["full_name"], theme=wanted["theme"])
        code = wanted["language"] or language.of_request(request)
        with translation.override(code):
            response = _done(request, gettext("Your profile was saved."))
        language.remember(response, code)
        return response

    return _tried(request, actor, "profile", form, act)


@page(
    "account/password/",
    name="account-password",
    title="Change your password",
    method="POST",
)
@sensitive_post_parameters("present", "password")
def password(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Change the password; every other session of this person ends."""
    form = PasswordForm(request.POST)

    def act() -> HttpResponse:
        person = _person(actor)
        sign_in.throttle_account(person.email)
        if person.has_usable_password() and not person.check_password(form.cleaned_data["present"]):
            raise Invalid(
                "The password was not changed.", [Fault("present", "The present password is not right.")]
            )
        commands.set_password(person, form.cleaned_data["password"])
        sign_in.keep_session(request, person)
        return _done(request, gettext("Your password was changed. Other sessions have ended."))

    return _tried(request, actor, "password", form, act)


@page(
    "account/factor/",
    name="account-factor",
    title="Turn the second factor on or off",
    method="POST",
)
@sensitive_post_parameters("password")
def factor(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Turn the second factor on or off."""
    person = _person(actor)
    sign_in.throttle_account(person.email)
    on = second_factor.is_enabled(person)
    form: Form = FactorOffForm(request.POST) if on else FactorOnForm(request.POST)

    def act() -> HttpResponse:
        if on:
            second_factor.disable(person, **form.cleaned_data)
            return _done(request, gettext("The second factor is off."))
        codes = second_factor.enable(request, person, **form.cleaned_data)
        return _shown(request, actor, recovery_codes=codes)

    return _tried(request, actor, "factor", form, act)


@page(
    "account/tokens/",
    name="account-token-issue",
    title="Issue a token",
    method="POST",
)
@never_cache
def issue_token(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Issue a token; the answer is the only page that ever shows it."""
    form = TokenForm(request.POST)

    def act() -> HttpResponse:
        issued = commands.issue_token(
            actor, name=form.cleaned_data["name"], scopes=form.cleaned_data["scopes"], expires=form.expiry()
        )
        return _shown(request, actor, issued=issued)

    return _tried(request, actor, "token", form, act)


@page(
    "account/tokens/<str:handle>/revoke/",
    name="account-token-revoke",
    title="Revoke your token",
    method="POST",
    samples=("/account/tokens/tok_0/revoke/",),
)
def revoke_token(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Stop one's own token."""
    commands.revoke_token(actor, handle)
    return _done(request, gettext("The token was revoked."))
