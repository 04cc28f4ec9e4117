"""Which widget a field of a record has on a page, by how much there is to choose from."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.http import HttpRequest
from django.utils.translation import gettext

from plumbline import wording
from plumbline.clauses.whys import WhysField
from plumbline.identity.actors import Actor
from plumbline.records import conditional
from plumbline.records.kinds import Kind
from plumbline.records.pickers import queries as pickers_of
from plumbline.web import cells, references
from plumbline.web.records.pickers import Picker, SeveralPicker
from plumbline.web.records.why_table import WhysTable

BOXES_SHOWN = 12
"""A list of several records up to this length is shown as boxes to tick."""


def choose_widgets(form: django_forms.ModelForm[Any], kind: Kind, actor: Actor, find: str = "") -> None:
    """Fields that refer to something are filled in by typing, short lists of several are boxes to tick.

    ``find`` is the field for which somebody without scripts asks what fits.
    """
    for name, field in form.fields.items():
        if name in cells.CHECK_FIELDS:
            field.widget = _check_choice(form, kind, name)
        elif pickers_of.is_picked(field):
            _choose_picker(field, kind, actor, name, asked=form.add_prefix(name) == find)
        elif isinstance(kind.field(name), WhysField):
            field.widget = WhysTable()
            field.help_text = gettext("Each answer is what the next question asks about.")
        elif isinstance(field.widget, django_forms.Textarea):
            field.widget.attrs.update({"rows": 3, "cols": ""})
            del field.widget.attrs["cols"]
        if when := conditional.condition(kind, name):
            _say_when(form, kind, name, wording.render(when))


def typed(form: django_forms.ModelForm[Any], request: HttpRequest) -> dict[str, Any]:
    """What was typed, by field name, as the widgets read it."""
    return {
        name: field.widget.value_from_datadict(request.POST, request.FILES, name)
        for name, field in form.fields.items()
    }


def plain_text(value: Any) -> str:
    """A value of a form as two versions of it are compared and shown."""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    return "" if value is None else str(value)


def _say_when(form: django_forms.ModelForm[Any], kind: Kind, name: str, condition: str) -> None:
    """A field that is not always asked for says when it is; a script follows the other one.

    An answer that stands although it is not asked for any more stays in view: hidden ones are not sent, so
    that saving would lose it without a word.
    """
    other, words = kind.shown_when[name]
    field = form.fields[name]
    field.help_text = f"{field.help_text} {condition}".strip()
    stands = form[name].value() and other in form.fields and form[other].value() not in words
    if other in form.fields and not stands:
        field.widget.attrs |= {"data-shown-by": form.add_prefix(other), "data-shown-for": "|".join(words)}


def _choose_picker(field: django_forms.Field, kind: Kind, actor: Actor, name: str, *, asked: bool) -> None:
    if not isinstance(field, (django_forms.ModelMultipleChoiceField, django_forms.MultipleChoiceField)):
        field.widget = Picker(actor, field, kind, name, asked=asked)
    elif _is_short(field):
        field.widget = django_forms.CheckboxSelectMultiple()
        field.widget.choices = field.choices
    else:
        field.widget = SeveralPicker(actor, field, kind, name, asked=asked)
    # A field asks its widget what the constraints of HTML are when it is made, not when it is given another.
    field.widget.is_required = field.required


def _is_short(field: Any) -> bool:
    queryset = getattr(field, "queryset", None)
    return queryset is not None and queryset[: BOXES_SHOWN + 1].count() <= BOXES_SHOWN


def _check_choice(form: django_forms.ModelForm[Any], kind: Kind, name: str) -> django_forms.Select:
    """A list of checks by title, with the present value even where no check has that name any more."""
    pairs = references.check_choices(kind.slug)
    present = str(form[name].value() or "")
    gone = [(present, present)] if present and present not in dict(pairs) else []
    attrs = {"required": True} if form.fields[name].required else {}
    return django_forms.Select(attrs=attrs, choices=[("", "None" if not attrs else "Choose"), *gone, *pairs])
