"""The pages of signing in and out. What they decide is decided in `plumbline.identity.sign_in`."""

from __future__ import annotations

from collections.abc import Callable

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from plumbline.delivery import commands as delivery
from plumbline.identity import commands, sign_in
from plumbline.identity.passkeys import queries as passkeys
from plumbline.identity.passkeys.relying_party import relying_party
from plumbline.kernel.problems import Conflict, Invalid, NotSignedIn, TooMany
from plumbline.web import errors
from plumbline.web.pages import public_page
from plumbline.web.people.sign_in_forms import (
    CodeForm,
    ForgottenForm,
    NewPasswordForm,
    SignInForm,
    take_faults,
)
from plumbline.web.people.single_sign_on import CAME_THROUGH, provider_name
from plumbline.web.view import safe_next


def _shown(request: HttpRequest, template: str, form: Form, **more: object) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, f"web/people/{template}.html", {"form": form, **more}, status=status)


def _slow_down(answer: HttpResponse, problem: TooMany) -> HttpResponse:
    answer.status_code = problem.status
    answer.headers["Retry-After"] = str(problem.extra["retry_after"])
    return answer


@public_page(
    "sign-in/",
    name="account_login",
    title="Sign in",
    method="GET+POST",
)
@never_cache
@csrf_protect
@sensitive_post_parameters("password")
def enter(request: HttpRequest) -> HttpResponse:
    """The first step: e-mail address and password. It never says which of the two was wrong."""
    then = safe_next(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(then)
    form = SignInForm(request.POST or None)
    more = {
        "next": then,
        "by_mail": delivery.can_send_mail(),
        "relying_party": relying_party(),
        "provider": provider_name(),
    }
    if not form.is_bound or not form.is_valid():
        return _shown(request, "enter", form, **more)
    try:
        answer = sign_in.with_password(request, **form.cleaned_data, then=then)
    except TooMany as problem:
        form.add_error(None, str(problem.detail))
        return _slow_down(_shown(request, "enter", form, **more), problem)
    if answer is None:
        form.add_error(None, sign_in.WRONG_CREDENTIALS)
        return _shown(request, "enter", form, **more)
    return answer


@public_page(
    "sign-in/code/",
    name="mfa_authenticate",
    title="Second step of signing in",
    method="GET+POST",
)
@never_cache
@csrf_protect
def code(request: HttpRequest) -> HttpResponse:
    """The second step, for those who have a second factor."""
    person = sign_in.pending_person(request)
    if person is None:
        return HttpResponseRedirect(reverse("account_login"))
    form = CodeForm(request.POST or None)
    more = {"has_passkey": bool(passkeys.passkeys_of(person.pk)), "relying_party": relying_party()}
    if not form.is_bound or not form.is_valid():
        return _shown(request, "code", form, **more)
    try:
        answer = sign_in.with_code(request, form.cleaned_data["code"])
    except TooMany as problem:
        form.add_error(None, str(problem.detail))
        return _slow_down(_shown(request, "code", form, **more), problem)
    if answer is None:
        form.add_error("code", sign_in.WRONG_CODE)
        return _shown(request, "code", form, **more)
    return answer


@public_page(
    "sign-out/",
    name="account_logout",
    title="Sign out",
    method="POST",
)
@csrf_protect
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out; whoever came through the identity provider may have to sign out there as well."""
    came_through_provider = request.session.get(CAME_THROUGH, False)
    sign_in.sign_out(request)
    return HttpResponseRedirect(reverse("signed-out" if came_through_provider else "account_login"))


@public_page(
    "sign-in/link/<str:secret>/",
    name="one-time-link",
    title="One-time link",
    method="GET+POST",
    samples=("/sign-in/link/0/",),
)
@never_cache
@csrf_protect
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """A one-time link: a page with one button; only pressing it uses the link up.

    What asks for the address beforehand (a mail scanner, a browser's preview) changes nothing.
    """
    if not sign_in.is_loopback(request):
        return errors.page(
            request, NotSignedIn("One-time links work only on the machine that runs Plumbline.")
        )
    if request.method != "POST":
        return render(request, "web/people/link.html")
    try:
        sign_in.with_link(request, secret)
    except (NotSignedIn, TooMany) as problem:
        return errors.page(request, problem)
    return HttpResponseRedirect("/")


@public_page(
    "sign-in/forgotten/",
    name="forgotten",
    title="Ask for a new password",
    method="GET+POST",
)
@never_cache
@csrf_protect
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a new password by mail; the answer is the same whoever has an account."""
    form = ForgottenForm(request.POST or None)
    by_mail = delivery.can_send_mail()
    if not by_mail or not form.is_bound or not form.is_valid():
        return _shown(request, "forgotten", form, by_mail=by_mail)
    email = form.cleaned_data["email"]
    try:
        sign_in.throttle_address(request)
        if sign_in.may_ask_reset(email):
            delivery.send_reset(email)
    except TooMany as problem:
        form.add_error(None, str(problem.detail))
        return _slow_down(_shown(request, "forgotten", form, by_mail=by_mail), problem)
    except Conflict as problem:
        return errors.page(request, problem)
    return _shown(request, "forgotten", form, by_mail=by_mail, asked=True)


@public_page(
    "sign-in/reset/<str:handle>/<str:token>/",
    name="password-reset",
    title="Set a new password",
    method="GET+POST",
    samples=("/sign-in/reset/per_0/0/",),
)
@never_cache
@csrf_protect
@sensitive_post_parameters("password")
def reset(request: HttpRequest, handle: str, token: str) -> HttpResponse:
    """Set the new password that was asked for; signing in then asks for the second factor as before."""
    return _choose_password(request, handle, token, commands.person_of_reset, commands.accept_reset)


@public_page(
    "sign-in/invitation/<str:handle>/<str:token>/",
    name="invitation",
    title="Set a password",
    method="GET+POST",
    samples=("/sign-in/invitation/per_0/0/",),
)
@never_cache
@csrf_protect
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, handle: str, token: str) -> HttpResponse:
    """Set a first or new password; the way to sign in is then open."""
    return _choose_password(request, handle, token, commands.invited, commands.accept_invitation)


def _choose_password(
    request: HttpRequest,
    handle: str,
    token: str,
    whose: Callable[[str, str], object],
    accept: Callable[[str, str, str], object],
) -> HttpResponse:
    """The page on which somebody who was sent an address sets a password."""
    try:
        sign_in.throttle_address(request)
        person = whose(handle, token)
        form = NewPasswordForm(request.POST or None)
        if not form.is_bound or not form.is_valid():
            return _shown(request, "invitation", form, person=person)
        try:
            accept(handle, token, form.cleaned_data["password"])
        except Invalid as problem:
            take_faults(form, problem)
            return _shown(request, "invitation", form, person=person)
    except (NotSignedIn, TooMany) as problem:
        return errors.page(request, problem)
    return HttpResponseRedirect(reverse("account_login"))
