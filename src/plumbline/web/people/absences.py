"""Absences on the pages: what of them a page shows, the form, and ending one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plumbline.identity import queries as people
from plumbline.identity.absences import commands, proofs, queries
from plumbline.identity.absences.rows import Absence, Person
from plumbline.identity.actors import Actor
from plumbline.identity.roles import GROUPS
from plumbline.web.pages import page
from plumbline.web.people.sign_in_forms import AccountForm, day_field


class AbsenceForm(AccountForm):
    """From when until when somebody is away, and who stands in for which work."""

    starts = day_field("First day", required=False, help_text=_("Empty: today."))
    ends = day_field("Last day", help_text=_("At most 92 days after the first."))
    deputy = forms.ChoiceField(
        label=_("Who stands in"),
        required=False,
        help_text=_("It gives them no right: they see what waits, and do what their own roles let them do."),
    )
    scope = forms.MultipleChoiceField(
        label=_("For which work (nothing ticked: for all)"),
        required=False,
        choices=[(name, _(name.capitalize())) for name in GROUPS],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, candidates: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext("Nobody")), *((other.handle, other.full_name) for other in candidates)]
        self.fields["deputy"].choices = choices  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Absences:
    """The absences of a person that are not over, and the form for another one where there may be one."""

    person: Person
    rows: tuple[Absence, ...]
    form: AbsenceForm | None
    action: str
    own: bool


def of_person(actor: Actor, person: Person, bound: AbsenceForm | None = None) -> Absences:
    """What the page of ``person`` shows, verified. Raises `Altered`."""
    rows = queries.of_person(person.pk)
    proofs.verify([row.handle for row in rows])
    own = actor.person_id == person.pk
    form = None
    if commands.may_record(actor, person):
        form = bound or AbsenceForm(candidates=queries.candidates(person))
    action = reverse("account-absence") if own else reverse("person-absence", args=[person.handle])
    return Absences(person, tuple(rows), form, action, own)


def sent(request: HttpRequest, person: Person) -> AbsenceForm:
    """The form as it was sent."""
    return AbsenceForm(request.POST, candidates=queries.candidates(person))


def record(actor: Actor, person: Person, form: AbsenceForm) -> Absence:
    """Record what a valid form says. Raises `Invalid` and `NotAllowed`."""
    wanted = form.cleaned_data
    return commands.record(
        actor,
        person,
        starts=wanted["starts"],
        ends=wanted["ends"],
        deputy=people.person(wanted["deputy"]) if wanted["deputy"] else None,
        scope=" ".join(wanted["scope"]),
    )


@page(
    "absences/<str:handle>/end/",
    name="absence-end",
    title="End an absence",
    method="POST",
    samples=("/absences/abs_0/end/",),
)
def end(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """End an absence: one's own, one in which one stands in, or another's."""
    row = commands.end(actor, handle)
    messages.success(request, gettext("The absence has ended."))
    if row.person_id == actor.person_id:
        return HttpResponseRedirect(f"{reverse('account')}#absences")
    if row.deputy_id == actor.person_id:
        return HttpResponseRedirect(reverse("my-work"))
    return HttpResponseRedirect(f"{reverse('person', args=[row.person.handle])}#absences")
