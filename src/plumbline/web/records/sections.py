"""The sections of a long form as a list of tasks: how far each is, and which step asks for what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext

from plumbline.records import conditional
from plumbline.records.kinds import COMMON_FIELDS, Kind


@dataclass(frozen=True)
class FormSection:
    """Fields under one heading. All but the first can be folded; one that asks for something stands open.

    ``filled`` of the ``total`` fields that are asked for have an answer; of those without one, ``needed`` are
    needed to save, and ``later`` before the ``step`` that takes a draft further. ``asks`` says whether any of
    them is needed at all.
    """

    title: str
    slug: str
    fields: tuple[django_forms.BoundField, ...]
    folded: bool
    open: bool
    filled: int
    total: int
    needed: int
    later: int
    step: str
    asks: bool

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to answer: all that is needed, or all where nothing is."""
        if self.needed or self.later:
            return False
        return self.filled == self.total or (self.asks and self.filled > 0)

    @property
    def progress(self) -> str:
        """How far it is, as its heading says."""
        if self.is_complete:
            return gettext("complete")
        if not self.filled:
            return gettext("not begun")
        return gettext("{filled} of {total} answers").format(filled=self.filled, total=self.total)

    @property
    def left(self) -> str:
        """What is still asked for, and by which step; whether it is asked for at all."""
        if self.needed:
            return gettext("{count} needed to save").format(count=self.needed)
        if self.later:
            return gettext("{count} needed before “{step}”").format(count=self.later, step=self.step)
        return "" if self.asks or self.is_complete else gettext("optional")


def of_form(
    kind: Kind, form: django_forms.ModelForm[Any], most: int, are_all_open: bool
) -> tuple[FormSection, ...]:
    """The fields by the sections that the kind declares, folded where there are more than ``most``."""
    fold = len(form.fields) > most
    titled: list[tuple[str, list[str]]] = []
    for place, section in enumerate(kind.sections):
        names = [name for name in section.fields if name in form.fields and name not in COMMON_FIELDS]
        titled.append((gettext(section.title), ["title", *names] if place == 0 else names))
    shown = {name for _, names in titled for name in names}
    titled.append((gettext("Responsibility and dates"), [name for name in form.fields if name not in shown]))
    return tuple(
        _section(kind, form, title, place, tuple(names), fold, are_all_open)
        for place, (title, names) in enumerate(titled)
        if names
    )


def _section(
    kind: Kind,
    form: django_forms.ModelForm[Any],
    title: str,
    place: int,
    names: tuple[str, ...],
    fold: bool,
    are_all_open: bool,
) -> FormSection:
    fields = tuple(form[name] for name in names)
    values = {
        other: form[other].value() if other in form.fields else "" for other, _ in kind.shown_when.values()
    }
    asked = [field for field in fields if conditional.is_shown(kind, field.name, values)]
    # A box that is not ticked says no, which is an answer; a list of yes and no has a third one.
    empty = [f for f in asked if is_empty(f.value()) and type(f.field) is not django_forms.BooleanField]
    needed = [field for field in empty if field.field.required]
    later = [field for field in empty if not field.field.required and field.name in kind.needed_fields]
    step = next((move for move in kind.workflow.moves if kind.workflow.completes(move)), None)
    return FormSection(
        title,
        f"sec-{place}",
        fields,
        folded=fold and place > 0,
        open=are_all_open or any(field.errors for field in fields) or bool(needed or later),
        filled=sum(_is_filled(kind, field) for field in asked),
        total=len(asked),
        needed=len(needed),
        later=len(later) if step is not None else 0,
        step=gettext(step.label) if step is not None else "",
        asks=any(field.field.required or field.name in kind.needed_fields for field in fields),
    )


def _is_filled(kind: Kind, field: django_forms.BoundField) -> bool:
    """Whether somebody has filled in a field: it has a value other than the one it begins with."""
    if field.name in kind.unanswered:
        return not is_empty(field.value())
    given = kind.field(field.name).get_default()
    return not is_empty(field.value()) and str(field.value()) != str(given)


def is_empty(value: Any) -> bool:
    """Whether nothing is given; 0 is something."""
    return value is None or value is False or value in ("", [])
