"""Records that nobody answers for, whatever their kind, and giving many of them to somebody at once."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache

from plumbline.identity import policy
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Text
from plumbline.kernel.problems import Fault, Invalid, Problem
from plumbline.records.commands import amend
from plumbline.records.ownership import queries as ownership
from plumbline.web.pages import Permission, page
from plumbline.web.view import parse_int


@dataclass(frozen=True)
class NotGiven:
    """A record that was not given to anybody, and why."""

    reference: str
    reason: Text


@page(
    "unowned/",
    name="unowned",
    title="Records that nobody answers for",
    permission=Permission("read", anywhere=True),
)
@never_cache
def unowned(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Records without an owner, or whose owner has left, first those of people who have left."""
    return _shown(request, actor, ())


@page(
    "unowned/assign/",
    name="unowned-assign",
    title="Give records an owner",
    method="POST",
    permission=Permission("amend", anywhere=True),
    samples=("/unowned/assign/",),
)
def assign(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make somebody the owner of the selected records; those that may not be changed are named."""
    selected = dict.fromkeys(request.POST.getlist("record"))
    owner = str(request.POST.get("owner", ""))
    if not selected or not owner:
        raise Invalid(
            "No record was given an owner.",
            [
                Fault(name, text, remedy)
                for name, text, remedy, given in (
                    ("record", "is missing", "select one record at least", selected),
                    ("owner", "is missing", "choose who takes them over", owner),
                )
                if not given
            ],
        )
    person = identity.person(owner)
    refused = []
    for value in selected:
        # With the revision that the page showed: whoever gave it an owner meanwhile is not overruled.
        reference, _, revision = value.partition("@")
        # One by one, each in its own transaction: what one record refuses must not keep back the others.
        try:
            amend(actor, reference, {"owner": person.handle}, revision=parse_int(revision, 0))
        except Problem as problem:
            refused.append(NotGiven(reference, problem.detail))
    given = len(selected) - len(refused)
    if given:
        text = ngettext(
            "{count} record now belongs to {person}.", "{count} records now belong to {person}.", given
        )
        messages.success(request, text.format(count=given, person=person.full_name))
    return _shown(request, actor, tuple(refused)) if refused else redirect("unowned")


def _shown(request: HttpRequest, actor: Actor, refused: tuple[NotGiven, ...]) -> HttpResponse:
    context = {
        "page": {"title": gettext("Records that nobody answers for"), "crumbs": (), "refused": refused},
        "unowned": ownership.unowned(actor),
        "people": identity.people(active=True),
        "may_amend": policy.may(actor, "amend", anywhere=True).allowed,
    }
    return render(request, "web/people/unowned.html", context)
