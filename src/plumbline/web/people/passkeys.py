"""Passkeys on the account page and at the door: what a browser asks for, and what it sends.

A passkey cannot be used without scripts: the browser asks for one only through them. The forms stand on the
pages either way and are shown by the script that can send them.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from plumbline.identity import sign_in
from plumbline.identity.actors import Actor
from plumbline.identity.passkeys import ceremony, commands, queries
from plumbline.kernel.problems import Conflict, NotSignedIn, TooMany
from plumbline.web.pages import page, public_page
from plumbline.web.people.account import confirmed_person, done, own_person, shown, tried
from plumbline.web.people.sign_in_forms import FactorOffForm, NameForm, PasskeyForm
from plumbline.web.view import safe_next


def _refused(problem: Conflict | NotSignedIn | TooMany) -> JsonResponse:
    answer = JsonResponse({"detail": str(problem.detail)}, status=problem.status)
    if isinstance(problem, TooMany):
        answer.headers["Retry-After"] = str(problem.extra["retry_after"])
    return answer


@page(
    "account/passkeys/options/",
    name="account-passkey-options",
    title="What a browser needs to make a passkey",
    method="POST",
)
@never_cache
def registration_options(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the browser needs to make a passkey, with a challenge that is good for five minutes."""
    person = own_person(actor)
    try:
        return JsonResponse(ceremony.begin_registration(request, person, queries.passkeys_of(person.pk)))
    except Conflict as problem:
        return _refused(problem)


@page(
    "account/passkeys/",
    name="account-passkey-add",
    title="Add a passkey",
    method="POST",
)
@never_cache
@sensitive_post_parameters("password")
def add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Keep the passkey that the browser has made; the first one comes with recovery codes."""
    form = PasskeyForm(request.POST)

    def act() -> HttpResponse:
        person = confirmed_person(actor, form.cleaned_data["password"])
        answer = request.POST.get("answer", "")
        codes = commands.register(request, person, name=form.cleaned_data["name"], answer=answer)
        if codes:
            return shown(request, actor, recovery_codes=codes)
        return done(request, gettext("The passkey was added."))

    return tried(request, actor, "passkey", form, act)


@page(
    "account/passkeys/<str:handle>/name/",
    name="account-passkey-rename",
    title="Rename a passkey",
    method="POST",
    samples=("/account/passkeys/pky_0/name/",),
)
def rename(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Give one of one's own passkeys another name."""
    form = NameForm({"full_name": request.POST.get("name", "")})

    def act() -> HttpResponse:
        commands.rename(own_person(actor), handle, form.cleaned_data["full_name"])
        return done(request, gettext("The passkey was renamed."))

    return tried(request, actor, "passkey_name", form, act)


@page(
    "account/passkeys/<str:handle>/remove/",
    name="account-passkey-remove",
    title="Remove a passkey",
    method="POST",
    samples=("/account/passkeys/pky_0/remove/",),
)
@sensitive_post_parameters("password")
def remove(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Remove one of one's own passkeys, after the password."""
    form = FactorOffForm(request.POST)

    def act() -> HttpResponse:
        person = confirmed_person(actor, form.cleaned_data["password"])
        commands.remove(person, handle)
        return done(request, gettext("The passkey was removed."))

    return tried(request, actor, "passkey_removal", form, act)


@public_page(
    "sign-in/passkey/options/",
    name="passkey-options",
    title="What a browser needs to sign in with a passkey",
    method="POST",
)
@never_cache
@csrf_protect
def sign_in_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to sign in with any passkey that it keeps for this installation."""
    try:
        return JsonResponse(sign_in.passkey_options(request))
    except (Conflict, TooMany) as problem:
        return _refused(problem)


@public_page(
    "sign-in/passkey/",
    name="passkey-sign-in",
    title="Sign in with a passkey",
    method="POST",
)
@never_cache
@csrf_protect
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey and nothing else."""
    then = safe_next(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(then)
    try:
        answer = sign_in.with_passkey(request, request.POST.get("answer", ""), then)
    except (Conflict, TooMany) as problem:
        return _not_in(request, problem.status, str(problem.detail), problem)
    return answer or _not_in(request, 422, sign_in.WRONG_PASSKEY)


@public_page(
    "sign-in/code/passkey/options/",
    name="second-passkey-options",
    title="What a browser needs for the second step with a passkey",
    method="POST",
)
@never_cache
@csrf_protect
def second_step_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs for the second step with one of the passkeys of whoever gave the password."""
    try:
        return JsonResponse(sign_in.second_passkey_options(request))
    except (Conflict, NotSignedIn, TooMany) as problem:
        return _refused(problem)


@public_page(
    "sign-in/code/passkey/",
    name="second-passkey",
    title="Second step with a passkey",
    method="POST",
)
@never_cache
@csrf_protect
def second_step(request: HttpRequest) -> HttpResponse:
    """The second step with a passkey instead of a code."""
    try:
        answer = sign_in.with_second_passkey(request, request.POST.get("answer", ""))
    except NotSignedIn:
        return HttpResponseRedirect(reverse("account_login"))
    except (Conflict, TooMany) as problem:
        return _not_in(request, problem.status, str(problem.detail), problem)
    return answer or _not_in(request, 422, sign_in.WRONG_PASSKEY)


def _not_in(
    request: HttpRequest, status: int, reason: str, problem: Conflict | TooMany | None = None
) -> HttpResponse:
    """The page that says why it did not work, and leads back to the other ways."""
    pending = sign_in.pending_person(request) is not None
    back = reverse("mfa_authenticate" if pending else "account_login")
    answer = render(request, "web/people/not_signed_in.html", {"reason": reason, "back": back}, status=status)
    if isinstance(problem, TooMany):
        answer.headers["Retry-After"] = str(problem.extra["retry_after"])
    return answer
