"""Fields that are filled in by typing a few letters: a text field, to which a script adds what fits.

Without scripts the button beside the field asks the server, which shows the same form again with what fits as
boxes to tick. Either way the form sends what was typed, and `typed` reads it as the value that it means.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.records import forms, kinds
from plumbline.records.kinds import Kind
from plumbline.records.pickers import queries
from plumbline.records.pickers.queries import Option
from plumbline.web.pages import page

FIND = "_find"
"""Name of the button that asks what fits into the field whose name it sends; nothing is saved by it."""


class Picker(django_forms.TextInput):
    """One value, by what it is called."""

    is_picker = True
    several = False

    def __init__(
        self, actor: Actor, field: django_forms.Field, kind: Kind, name: str, *, asked: bool
    ) -> None:
        self._actor, self._field, self.asked = actor, field, asked
        self.candidates: list[Option] = []
        attrs = {"data-pick": reverse("record-options", args=[kind.plural, name]), "autocomplete": "off"}
        super().__init__(attrs)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The value that the typed text means; the text itself where that is not clear."""
        # A choice among what fits is sent under the same name, after the text.
        return _value(self._field, (_given(data, name) or [""])[-1])

    def format_value(self, value: Any) -> str:
        """What the value is called, or what was typed."""
        text = _plain(value)
        return queries.labels(self._field, [text]).get(text, text) if text else ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """What the template of the field shows beside the text: boxes for what fits, if that was asked."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        self.candidates = self._candidates([_plain(value)] if _plain(value) else [])
        return context

    def _candidates(self, values: Sequence[str]) -> list[Option]:
        """What fits what was typed, where it means nothing by itself or the button was pressed."""
        known = queries.labels(self._field, values)
        unclear = [text for text in values if text not in known]
        if unclear or self.asked:
            return queries.search(self._actor, self._field, " ".join(unclear))
        return []


class SeveralPicker(Picker):
    """Several values: those chosen as ticked boxes, and a text field for more, separated by commas."""

    several = True
    chosen: Sequence[Option] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """The ticked values, and those that the typed text means."""
        given = [value for text in _given(data, name) for value in _values(self._field, text)]
        return list(dict.fromkeys(given))

    def format_value(self, value: Any) -> str:
        """What was typed and means nothing by itself; the others are boxes."""
        values = [_plain(item) for item in value or ()]
        known = queries.labels(self._field, values)
        return ", ".join(text for text in values if text not in known)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """The boxes of what is chosen, too."""
        context: dict[str, Any] = super().get_context(name, value, {**(attrs or {}), "data-several": name})
        values = [_plain(item) for item in value or ()]
        known = queries.labels(self._field, values)
        self.chosen = [Option(text, known[text]) for text in values if text in known]
        self.candidates = [option for option in self._candidates(values) if option.value not in known]
        return context


def _given(data: Any, name: str) -> list[str]:
    """Everything sent under a name, without empty texts."""
    several = data.getlist(name) if hasattr(data, "getlist") else data.get(name, "")
    listed = several if isinstance(several, (list, tuple)) else [several]
    return [str(text) for text in listed if text is not None and str(text).strip()]


def _plain(value: Any) -> str:
    """A value as a form sends it: what related rows are named by."""
    for attribute in ("reference", "handle", "slug"):
        if hasattr(value, attribute):
            return str(getattr(value, attribute))
    return "" if value is None else str(value)


def _value(field: django_forms.Field, text: str) -> str:
    option = queries.meant(field, text)
    return option.value if option else text.strip()


def _values(field: django_forms.Field, text: str) -> list[str]:
    """The values that a text names: one as a whole, or several with commas, or with spaces alone."""
    if option := queries.meant(field, text):
        return [option.value]
    parts = [part.strip() for part in text.split(",") if part.strip()]
    spaced = text.split()
    if len(parts) == 1 and len(spaced) > 1:
        found = [queries.meant(field, part) for part in spaced]
        if all(found):
            return [option.value for option in found if option]
    return [_value(field, part) for part in parts]


def asked(data: Any) -> str:
    """The name of the field for which somebody asks what fits; empty where the form is to be saved."""
    return str(data.get(FIND, ""))


@page(
    "records/<plural:plural>/options/<slug:field>/",
    name="record-options",
    title="What a field takes",
    method="file",
    samples=("/records/risks/options/system/?q=cla",),
)
def record_options(request: HttpRequest, actor: Actor, plural: str, field: str) -> HttpResponse:
    """What fits into a field of a form for what was typed so far."""
    kind = kinds.get(plural)
    if not policy.may(actor, "create", kind=kind.slug, anywhere=True):
        policy.require(actor, "amend", kind=kind.slug, anywhere=True)
    form = forms.form_for(kind, actor, only=[field])
    if field not in form.fields or not queries.is_picked(form.fields[field]):
        raise NotFound("This kind of record has no such field to pick from.")
    found = queries.search(actor, form.fields[field], str(request.GET.get("q", ""))[:200])
    return JsonResponse({"options": [{"value": option.value, "label": option.label} for option in found]})
