"""How documents of the organization look: name line, footer, two colours and a logo, on a page."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from plumbline.documents.logo import UPLOAD_LIMIT
from plumbline.documents.look import Look, contrast_with_white
from plumbline.identity.actors import Actor
from plumbline.identity.organization import commands, proofs, queries
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Fault, Invalid, Malformed, TooLarge
from plumbline.web.frame import Crumb
from plumbline.web.pages import Permission, page
from plumbline.web.people.sign_in_forms import take_faults


class LookForm(forms.Form):
    """What a person may choose; what is left empty is as every installation has it."""

    document_name = forms.CharField(
        label=_("Line at the head of each page"),
        max_length=160,
        required=False,
        help_text=_("Empty: the name of the organization."),
    )
    document_footer = forms.CharField(
        label=_("Line at the foot of each page"),
        max_length=160,
        required=False,
        help_text=_("Such as an address or a classification. The code and the entry stand above it."),
    )
    document_accent = forms.CharField(
        label=_("Colour of titles"),
        max_length=7,
        required=False,
        help_text=_("Such as #1f3a5f; dark enough to be read on white paper (contrast 4.5)."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    document_second = forms.CharField(
        label=_("Colour of lines"),
        max_length=7,
        required=False,
        help_text=_("Empty: that of titles. Contrast with white paper at least 3."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    document_logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_(
            "PNG, or SVG with nothing but shapes; up to 256 KB. It is drawn anew and stands 9 mm high."
        ),
        widget=forms.FileInput(attrs={"accept": ".png, .svg, image/png, image/svg+xml"}),
    )
    no_logo = forms.BooleanField(label=_("Take the logo off"), required=False)


def _values(look: Look) -> dict[str, str]:
    set_by_somebody = {row.name: row.value for row in queries.rows() if row.name in queries.LOOK}
    return {**set_by_somebody, "document_logo": ""}


@page(
    "settings/documents/",
    name="document-look",
    title="Look of documents",
    method="GET+POST",
    permission=Permission("grant"),
)
@never_cache
def document_look(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The look of documents, and the form that changes it."""
    proofs.verify()
    if request.method != "POST":
        return _shown(request, LookForm(initial=_values(queries.look())))
    form = LookForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            changed = _saved(actor, form.cleaned_data)
        except (Invalid, Conflict, Malformed, TooLarge) as problem:
            take_faults(form, problem)
        else:
            text = gettext("The look was saved.") if changed else gettext("Nothing was changed.")
            messages.success(request, text)
            return HttpResponseRedirect(reverse("document-look"))
    return _shown(request, form, status=422)


def _saved(actor: Actor, data: dict[str, Any]) -> bool:
    """Whether anything is otherwise now. A logo is looked at before a word is saved."""
    file = data["document_logo"]
    changed = False
    if isinstance(file, UploadedFile):
        if (file.size or 0) > UPLOAD_LIMIT:
            over = say("fault.over-bytes", "is over {limit} bytes", limit=UPLOAD_LIMIT)
            raise TooLarge("The logo was not taken.", [Fault(commands.LOGO, over, "make it smaller")])
        changed = commands.change_logo(actor, file.read())
    elif data["no_logo"]:
        changed = commands.change_logo(actor, b"")
    words = {name: str(data[name]) for name in queries.LOOK if name != commands.LOGO}
    return bool(commands.change(actor, words)) or changed


def _shown(request: HttpRequest, form: LookForm, status: int = 200) -> HttpResponse:
    look = queries.look()
    context = {
        "page": {
            "title": gettext("Look of documents"),
            "crumbs": (Crumb(gettext("Settings"), reverse("settings")),),
            "look": look,
            "organization": queries.current().organization,
            "logo": b64encode(look.logo).decode(),
            "colours": [
                (gettext("Titles"), look.accent, f"{contrast_with_white(look.accent):.1f}"),
                (gettext("Lines"), look.second, f"{contrast_with_white(look.second):.1f}"),
            ],
        },
        "form": form,
    }
    return render(request, "web/organization/look.html", context, status=status)
