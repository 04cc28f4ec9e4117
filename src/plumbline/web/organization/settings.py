"""The settings of the organization on a page: its name, its address, the language of its mails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from plumbline.federation import flow
from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor
from plumbline.identity.organization import commands, proofs, queries
from plumbline.identity.organization.queries import SettingRow
from plumbline.kernel.problems import Conflict, Invalid
from plumbline.web.pages import Permission, page
from plumbline.web.people.sign_in_forms import take_faults
from plumbline.wording.languages import KNOWN


class SettingsForm(forms.Form):
    """The settings that a person may change; one that the environment fixes is shown and not sent."""

    organization = forms.CharField(
        label=_("Name of the organization"),
        max_length=200,
        help_text=_("Pages, documents and mails carry it."),
    )
    address = forms.CharField(
        label=_("Public address"),
        max_length=300,
        required=False,
        help_text=_(
            "Where people and AI systems reach this installation, such as https://aims.example.org. "
            "Links in mails lead there. Empty: the address the server listens on."
        ),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    mail_language = forms.ChoiceField(
        label=_("Language of mails"),
        choices=sorted(KNOWN.items()),
        help_text=_("For whoever has not chosen a language in their account."),
    )

    def __init__(self, *args: Any, rows: list[SettingRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in rows:
            # A disabled field keeps its initial value whatever a browser sends.
            self.fields[row.name].initial = row.value
            self.fields[row.name].disabled = bool(row.variable)
            if row.variable:
                self.fields[row.name].help_text = gettext(
                    "Fixed by {variable} in the environment of the server; whoever runs it can change that."
                ).format(variable=row.variable)


@dataclass(frozen=True)
class LastChange:
    """Who changed a setting last."""

    label: str
    row: SettingRow
    who: str


def _shown(
    request: HttpRequest, form: SettingsForm, rows: list[SettingRow], status: int = 200
) -> HttpResponse:
    names = identity_queries.names({row.changed_by for row in rows if row.changed_by})
    changes = [
        LastChange(str(form.fields[row.name].label), row, names.get(row.changed_by, row.changed_by))
        for row in rows
        if row.changed_at is not None
    ]
    config = queries.current()
    context = {
        "page": {"title": gettext("Settings"), "crumbs": ()},
        "form": form,
        "changes": changes,
        "time_zone": config.time_zone,
        "config": config,
        "callback": flow.redirect_uri(config),
    }
    return render(request, "web/organization/settings.html", context, status=status)


@page(
    "settings/",
    name="settings",
    title="Settings",
    method="GET+POST",
    permission=Permission("grant"),
)
@never_cache
def settings_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The name, address and mail language of the organization, and what is fixed elsewhere."""
    proofs.verify()
    rows = [row for row in queries.rows() if row.name in queries.CONFIGURED]
    if request.method != "POST":
        return _shown(request, SettingsForm(rows=rows), rows)
    form = SettingsForm(request.POST, rows=rows)
    if form.is_valid():
        open_to_change = {row.name for row in rows if not row.variable}
        try:
            changed = commands.change(actor, {name: form.cleaned_data[name] for name in open_to_change})
        except (Invalid, Conflict) as problem:
            take_faults(form, problem)
        else:
            messages.success(
                request, gettext("The settings were saved.") if changed else gettext("Nothing was changed.")
            )
            return HttpResponseRedirect(reverse("settings"))
    return _shown(request, form, rows, status=422)
