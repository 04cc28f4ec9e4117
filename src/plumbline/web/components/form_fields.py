"""Fields of forms."""

from __future__ import annotations

from typing import Annotated

from django import forms
from django.forms import BoundField

from plumbline.web.components.declaration import Context, component


def _sample() -> Context:
    class Sample(forms.Form):
        name = forms.CharField(label="Name", help_text="Where the token will be used.")

    return {"field": Sample(auto_id="sample-%s")["name"]}


@component("{% form_field field %}", _sample)
def form_field(
    field: Annotated[BoundField, "A field of a Django form, with its value and errors."],
) -> Context:
    """A field with its label, what it is for, and what is wrong with its value.

    A field that only a later step asks for names that step in its attribute ``data-later``.
    """
    return {"field": field, "later": field.field.widget.attrs.get("data-later", "")}
