"""People, their roles and the units they work in; for those who may give roles."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from plumbline.controls.tasks import queries as tasks
from plumbline.delivery import commands as delivery
from plumbline.delivery import queries as deliveries
from plumbline.identity import commands, policy, queries
from plumbline.identity import proofs as verified
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.organization import queries as organization
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid
from plumbline.records.ownership import queries as ownership
from plumbline.web.pages import Permission, page
from plumbline.web.people import absences
from plumbline.web.people.sign_in_forms import GrantForm, NameForm, PersonForm, UnitForm, take_faults

GRANT = Permission("grant")


def _listed(request: HttpRequest, actor: Actor, bound: dict[str, Form] | None = None) -> HttpResponse:
    units = queries.units()
    context = {
        "page": {"title": "People and roles", "crumbs": ()},
        "people": queries.people(),
        "units": units,
        "forms": {"person": PersonForm(), "unit": UnitForm(units=units), **(bound or {})},
    }
    return render(request, "web/people/people.html", context, status=422 if bound else 200)


def _detail(
    request: HttpRequest,
    actor: Actor,
    handle: str,
    form: GrantForm | None = None,
    name: NameForm | None = None,
    absence: absences.AbsenceForm | None = None,
    **more: Any,
) -> HttpResponse:
    person = queries.person(handle)
    verified.verify_person(person)
    others = queries.other_accounts(person)
    own = actor.person_id in {person.pk, *(other.pk for other in others)}
    context = {
        "page": {
            "title": person.full_name,
            "crumbs": ({"label": "People and roles", "href": reverse("people")},),
        },
        "person": person,
        "grants": queries.grants_of(person.pk),
        "tokens": queries.tokens_of(person.pk),
        "deliveries": deliveries.of_person(person.pk),
        "mail": bool(settings.PLUMBLINE.mail_host),
        "form": form or GrantForm(units=queries.units()),
        "own": own,
        "others": others,
        "name": name or NameForm(initial={"full_name": person.full_name}),
        "may_rename": not own and policy.may_everywhere(actor, "grant"),
        "absences": absences.of_person(actor, person, absence),
        "today": clock.today(),
        "now": clock.now(),
        "owned": ownership.owned(actor, person.pk),
        "waiting": tasks.count_of(actor_of_person(person)) if person.is_active else 0,
        **more,
    }
    status = 422 if form or name or absence else 200
    return render(request, "web/people/person.html", context, status=status)


def _back(request: HttpRequest, handle: str, text: str) -> HttpResponse:
    messages.success(request, text)
    return HttpResponseRedirect(reverse("person", args=[handle]))


@page(
    "people/",
    name="people",
    title="People and roles",
    permission=GRANT,
)
@never_cache
def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everybody with the roles they have."""
    return _listed(request, actor)


@page(
    "people/invite/",
    name="people-invite",
    title="Add a person",
    method="POST",
    permission=GRANT,
)
def invite(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make an account; the next page gives it a role and an invitation."""
    form = PersonForm(request.POST)
    if form.is_valid():
        try:
            person = commands.create_person(actor, **form.cleaned_data)
        except (Invalid, Conflict) as problem:
            take_faults(form, problem)
        else:
            return _back(request, person.handle, "The account was made. Give it a role and an invitation.")
    return _listed(request, actor, {"person": form})


@page(
    "people/units/",
    name="people-unit",
    title="Add a unit",
    method="POST",
    permission=GRANT,
)
def add_unit(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Add a part of the organization."""
    form = UnitForm(request.POST, units=queries.units())
    if form.is_valid():
        parent = queries.unit(form.cleaned_data["parent"]) if form.cleaned_data["parent"] else None
        try:
            commands.create_unit(actor, name=form.cleaned_data["name"], parent=parent)
        except (Invalid, Conflict) as problem:
            take_faults(form, problem)
        else:
            messages.success(request, "The unit was added.")
            return HttpResponseRedirect(reverse("people"))
    return _listed(request, actor, {"unit": form})


@page(
    "people/<str:handle>/",
    name="person",
    title="One person",
    permission=GRANT,
    samples=("/people/{person}/",),
)
@never_cache
def show_person(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """One person: roles, tokens, account."""
    return _detail(request, actor, handle)


@page(
    "people/<str:handle>/name/",
    name="person-rename",
    title="Rename a person",
    method="POST",
    permission=GRANT,
    samples=("/people/{person}/name/",),
)
def rename(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Give somebody a name that tells them apart from another person."""
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            commands.rename_person(actor, queries.person(handle), form.cleaned_data["full_name"])
        except (Invalid, Conflict) as problem:
            take_faults(form, problem)
        else:
            return _back(request, handle, "The person was renamed.")
    return _detail(request, actor, handle, name=form)


@page(
    "people/<str:handle>/absences/",
    name="person-absence",
    title="Record somebody's absence",
    method="POST",
    permission=GRANT,
    samples=("/people/{person}/absences/",),
)
def record_absence(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Say that somebody is away, and who stands in: for who left without having said so."""
    person = queries.person(handle)
    form = absences.sent(request, person)
    if form.is_valid():
        try:
            absences.record(actor, person, form)
        except Invalid as problem:
            take_faults(form, problem)
        else:
            return _back(request, handle, "The absence was recorded.")
    return _detail(request, actor, handle, absence=form)


@page(
    "people/<str:handle>/roles/",
    name="person-role-give",
    title="Give a role",
    method="POST",
    permission=GRANT,
    samples=("/people/{person}/roles/",),
)
def give(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Give a role."""
    form = GrantForm(request.POST, units=queries.units())
    if not form.is_valid():
        return _detail(request, actor, handle, form)
    wanted = form.cleaned_data
    unit = queries.unit(wanted["unit"]) if wanted["unit"] else None
    person = queries.person(handle)
    had_password = person.has_usable_password()
    try:
        commands.give_grant(
            actor,
            person,
            wanted["role"],
            unit=unit,
            scope=wanted["scope"],
            starts=wanted["starts"],
            ends=wanted["ends"],
        )
    except Invalid as problem:
        take_faults(form, problem)
        return _detail(request, actor, handle, form)
    if had_password and not queries.person(handle).has_usable_password():
        # Otherwise the person would stand before the door and nobody would know why.
        text = "The role was given. What this account had for signing in is void; give it a new invitation."
        return _back(request, handle, text)
    return _back(request, handle, "The role was given. The person's sessions have ended.")


@page(
    "people/<str:handle>/roles/<str:grant>/revoke/",
    name="person-role-revoke",
    title="Revoke a role",
    method="POST",
    permission=GRANT,
    samples=("/people/{person}/roles/gra_0/revoke/",),
)
def take_back(request: HttpRequest, actor: Actor, handle: str, grant: str) -> HttpResponse:
    """Take a role back."""
    commands.revoke_grant(actor, queries.grant(grant))
    return _back(request, handle, "The role was taken back. The person's sessions have ended.")


@page(
    "people/<str:handle>/invitation/",
    name="person-invitation",
    title="Make an invitation",
    method="POST",
    permission=GRANT,
    samples=("/people/{person}/invitation/",),
)
@never_cache
def make_invitation(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Make an invitation; the answer is the only page that shows its address."""
    path = commands.invitation(actor, queries.person(handle))
    return _detail(request, actor, handle, invitation=f"{organization.current().public_address}{path}")


@page(
    "people/<str:handle>/invitation/mail/",
    name="person-invitation-mail",
    title="Mail an invitation",
    method="POST",
    permission=GRANT,
    samples=("/people/{person}/invitation/mail/",),
)
def mail_invitation(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Have the invitation sent by mail."""
    delivery.send_invitation(actor, queries.person(handle))
    return _back(request, handle, "The invitation will be sent by mail within a minute.")


@page(
    "people/<str:handle>/switch/",
    name="person-switch",
    title="Deactivate or activate an account",
    method="POST",
    permission=GRANT,
    samples=("/people/{person}/switch/",),
)
def switch(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Take an account out of use, or put it back."""
    person = queries.person(handle)
    if person.is_active:
        commands.deactivate_person(actor, person)
        return _back(request, handle, "The account is out of use. Its sessions have ended.")
    commands.activate_person(actor, person)
    return _back(request, handle, "The account is in use again.")


@page(
    "people/<str:handle>/tokens/<str:token>/revoke/",
    name="person-token-revoke",
    title="Revoke somebody's token",
    method="POST",
    permission=GRANT,
    samples=("/people/{person}/tokens/tok_0/revoke/",),
)
def stop_token(request: HttpRequest, actor: Actor, handle: str, token: str) -> HttpResponse:
    """Stop somebody's token."""
    commands.revoke_token(actor, token)
    return _back(request, handle, "The token was revoked.")
