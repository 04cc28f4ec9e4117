"""One's own account: name, theme, notices, password, second factor, passkeys, tokens."""

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

from plumbline.delivery import commands as delivery
from plumbline.delivery.calendar import commands as calendar_commands
from plumbline.delivery.calendar import queries as calendars
from plumbline.delivery.waiting import commands as notice_commands
from plumbline.delivery.waiting import queries as waiting
from plumbline.federation import provider
from plumbline.identity import commands, queries, second_factor, sign_in
from plumbline.identity.actors import Actor
from plumbline.identity.federated import queries as federated
from plumbline.identity.organization import queries as organization
from plumbline.identity.passkeys import queries as passkey_queries
from plumbline.identity.passkeys.relying_party import relying_party
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Fault, Invalid
from plumbline.records.working_copies import queries as working_copies
from plumbline.web import language
from plumbline.web.pages import page
from plumbline.web.people import absences
from plumbline.web.people.qr_code import qr_code
from plumbline.web.people.sign_in_forms import (
    FactorOffForm,
    FactorOnForm,
    NoticeForm,
    PasskeyForm,
    PasswordForm,
    ProfileForm,
    TokenForm,
    take_faults,
)

Forms = dict[str, Form]


def own_person(actor: Actor) -> Any:
    """The account of who is signed in."""
    return queries.person(actor.id)


def confirmed_person(actor: Actor, password: str) -> Any:
    """The account of who is signed in and has just given its password. Raises `Invalid` for a wrong one and
    `TooMany` after too many."""
    person = own_person(actor)
    sign_in.throttle_account(person.email)
    second_factor.check_password(person, password)
    return person


def shown(request: HttpRequest, actor: Actor, bound: Forms | None = None, **more: Any) -> HttpResponse:
    """The page, with the forms that were sent and refused in ``bound``."""
    person = own_person(actor)
    forms_sent = bound or {}
    absence = forms_sent.get("absence")
    on = second_factor.is_enabled(person)
    enrolment = None if on else second_factor.begin_enrolment(request, person)
    forms: Forms = {
        "profile": ProfileForm(
            initial={
                "full_name": person.full_name,
                "theme": person.theme,
                "language": language.of_request(request),
                "time_zone": person.time_zone,
            }
        ),
        "notices": NoticeForm(initial=_chosen(person.pk)),
        "password": PasswordForm(),
        "factor": FactorOffForm() if on else FactorOnForm(),
        "passkey": PasskeyForm(),
        "provider": FactorOffForm(auto_id="provider-%s"),
        "token": TokenForm(),
        **forms_sent,
    }
    context = {
        "page": {"title": gettext("Your account"), "crumbs": ()},
        "person": person,
        "forms": forms,
        "factor_on": on,
        "passkeys": passkey_queries.passkeys_of(person.pk),
        "passkey_faults": [forms[name] for name in ("passkey_name", "passkey_removal") if name in forms],
        "relying_party": relying_party(),
        **_provider(person.pk),
        "by_mail": delivery.can_send_mail(),
        "feed": calendars.feed_of(person),
        "enrolment": enrolment,
        "qr_code": None if enrolment is None else qr_code(enrolment.address),
        "tokens": queries.tokens_of(person.pk),
        "absences": absences.of_person(
            actor, person, absence if isinstance(absence, absences.AbsenceForm) else None
        ),
        "typed": working_copies.count(actor),
        "now": clock.now(),
        **more,
    }
    return render(request, "web/people/account.html", context, status=422 if bound else 200)


def _provider(person_id: int) -> dict[str, Any]:
    """The identity provider and whether the account is connected with it, where there is one."""
    config = organization.current()
    if not provider.is_configured(config):
        return {}
    return {"provider": config.oidc_name, "link": federated.link_of(person_id, config.oidc_issuer)}


def _chosen(person_id: int) -> dict[str, Any]:
    chosen = waiting.preference(person_id)
    names = ("mail", "digest_hour", "quiet_from", "quiet_until")
    return {name: getattr(chosen, name) for name in names}


def done(request: HttpRequest, text: str) -> HttpResponse:
    """The way back to the page, which then says ``text``."""
    messages.success(request, text)
    return HttpResponseRedirect(reverse("account"))


def tried(
    request: HttpRequest, actor: Actor, name: str, form: Form, act: Callable[[], HttpResponse]
) -> HttpResponse:
    """``act`` if ``form`` is valid; the page with the faults if it is not, or if ``act`` finds some."""
    if not form.is_valid():
        return shown(request, actor, {name: form})
    try:
        return act()
    except (Invalid, Conflict) as problem:
        take_faults(form, problem)
        return shown(request, actor, {name: form})


@page(
    "account/",
    name="account",
    title="Your account",
)
@never_cache
def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everything about one's own account on one page."""
    return shown(request, actor)


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
        code = wanted["language"] or language.of_request(request)
        commands.update_profile(
            own_person(actor),
            full_name=wanted["full_name"],
            theme=wanted["theme"],
            language=code,
            time_zone=wanted["time_zone"],
        )
        with translation.override(code):
            response = done(request, gettext("Your profile was saved."))
        language.remember(response, code)
        return response

    return tried(request, actor, "profile", form, act)


@page(
    "account/notices/",
    name="account-notices",
    title="Save how you are told",
    method="POST",
)
def notices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Save when mail about what newly waits is sent."""
    form = NoticeForm(request.POST)

    def act() -> HttpResponse:
        notice_commands.choose(actor, **form.cleaned_data)
        return done(request, gettext("Your choice was saved."))

    return tried(request, actor, "notices", form, act)


@page(
    "account/absences/",
    name="account-absence",
    title="Record your absence",
    method="POST",
)
def record_absence(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Say from when until when one is away, and who stands in."""
    person = own_person(actor)
    form = absences.sent(request, person)

    def act() -> HttpResponse:
        absences.record(actor, person, form)
        return done(request, gettext("Your absence was recorded."))

    return tried(request, actor, "absence", form, act)


@page(
    "account/calendar/",
    name="account-calendar",
    title="Make a calendar address",
    method="POST",
)
@never_cache
def make_calendar(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make a new address of one's calendar; the answer is the only page that ever shows it."""
    return shown(request, actor, calendar=calendar_commands.make(actor))


@page(
    "account/calendar/revoke/",
    name="account-calendar-revoke",
    title="Revoke your calendar address",
    method="POST",
)
def revoke_calendar(request: HttpRequest, actor: Actor) -> HttpResponse:
    """End the address of one's calendar."""
    calendar_commands.revoke(actor)
    return done(request, gettext("The calendar address was revoked."))


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
        person = own_person(actor)
        sign_in.throttle_account(person.email)
        if person.has_usable_password() and not person.check_password(form.cleaned_data["present"]):
            raise Invalid(
                "The password was not changed.", [Fault("present", "The present password is not right.")]
            )
        commands.set_password(person, form.cleaned_data["password"])
        sign_in.keep_session(request, person)
        return done(request, gettext("Your password was changed. Other sessions have ended."))

    return tried(request, actor, "password", form, act)


@page(
    "account/factor/",
    name="account-factor",
    title="Turn the second factor on or off",
    method="POST",
)
@sensitive_post_parameters("password")
def factor(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Turn the second factor on or off."""
    person = own_person(actor)
    sign_in.throttle_account(person.email)
    on = second_factor.is_enabled(person)
    form: Form = FactorOffForm(request.POST) if on else FactorOnForm(request.POST)

    def act() -> HttpResponse:
        if on:
            second_factor.disable(person, **form.cleaned_data)
            return done(request, gettext("The second factor is off."))
        codes = second_factor.enable(request, person, **form.cleaned_data)
        return shown(request, actor, recovery_codes=codes)

    return tried(request, actor, "factor", form, act)


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
        return shown(request, actor, issued=issued)

    return tried(request, actor, "token", form, act)


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
    return done(request, gettext("The token was revoked."))
