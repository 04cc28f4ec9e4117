"""Forms that make and change records; nothing typed is lost, and a conflict shows both versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Conflict, Fault, Invalid, Problem, Stale
from plumbline.records import commands, forms, kinds, queries
from plumbline.records.kinds import COMMON_FIELDS, Kind
from plumbline.web.pages import cells
from plumbline.web.pages.frame import Crumb
from plumbline.web.view import page, whole

SEVERAL = (django_forms.MultipleChoiceField, django_forms.ModelMultipleChoiceField)
CHOICES_SHOWN = 200
"""A list of records longer than this becomes a text field that takes references."""


@dataclass(frozen=True)
class FormSection:
    """Fields under one heading."""

    title: str
    fields: tuple[django_forms.BoundField, ...]


@dataclass(frozen=True)
class ConflictRow:
    """One field in which the saved version and the typed one differ."""

    label: str
    saved: str
    typed: str


@dataclass(frozen=True)
class FormPage:
    """The context of a form page."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    lead: str
    action: str
    cancel: str
    submit: str
    sections: tuple[FormSection, ...]
    faults: tuple[Fault, ...] = ()
    revision: int = 0
    ask_note: bool = False
    note: str = ""
    conflicts: tuple[ConflictRow, ...] = ()
    conflict_text: str = ""
    labels: Mapping[str, str] | None = None
    needed: str = ""


def _light(form: django_forms.ModelForm[Any]) -> None:
    """Long lists of records become text fields, dates keep their picker, texts get a few lines."""
    for field in form.fields.values():
        if isinstance(field, django_forms.ModelMultipleChoiceField):
            if field.queryset is not None and field.queryset[: CHOICES_SHOWN + 1].count() > CHOICES_SHOWN:
                field.widget = _References()
        elif isinstance(field, django_forms.ModelChoiceField):
            if field.queryset is not None and field.queryset[: CHOICES_SHOWN + 1].count() > CHOICES_SHOWN:
                field.widget = django_forms.TextInput(attrs={"placeholder": "Reference"})
        elif isinstance(field.widget, django_forms.Textarea):
            field.widget.attrs.update({"rows": 4, "cols": ""})
            del field.widget.attrs["cols"]


class _References(django_forms.TextInput):
    """Several references in one text field, parted by commas or spaces."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """The references typed."""
        return str(data.get(name, "")).replace(",", " ").split()

    def format_value(self, value: Any) -> str | None:
        """The references, parted by commas."""
        return (
            ", ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value or "")
        )


def _sections(kind: Kind, form: django_forms.ModelForm[Any]) -> tuple[FormSection, ...]:
    shown = set()
    found = []
    for place, section in enumerate(kind.sections):
        names = [name for name in section.fields if name in form.fields and name not in COMMON_FIELDS]
        if place == 0:
            names = ["title", *names]
        shown.update(names)
        if names:
            found.append(FormSection(section.title, tuple(form[name] for name in names)))
    rest = [name for name in form.fields if name not in shown]
    found.append(FormSection("Responsibility and dates", tuple(form[name] for name in rest)))
    return tuple(found)


def _typed(form: django_forms.ModelForm[Any], request: HttpRequest) -> dict[str, Any]:
    """What was typed, by field name, as the widgets read it."""
    return {
        name: field.widget.value_from_datadict(request.POST, request.FILES, name)
        for name, field in form.fields.items()
    }


def _attach_faults(form: django_forms.ModelForm[Any], faults: tuple[Fault, ...]) -> None:
    """Faults found behind the door appear at their fields as well."""
    form.is_valid()
    for fault in faults:
        if fault.field in form.fields and fault.field not in form.errors:
            form.add_error(fault.field, f"{fault.message}. {fault.remedy}".strip(". "))


def _initial_from(request: HttpRequest, kind: Kind) -> dict[str, Any]:
    """Values given in the address (``?system=SYS-0003``) prefill a record; given twice, they are a list."""
    found: dict[str, Any] = {}
    for name in kind.field_names:
        given = request.GET.getlist(name)
        if given:
            several = isinstance(forms.form_class(kind).base_fields.get(name), SEVERAL)
            found[name] = given if several else given[-1]
    return found


@page
def record_new(request: HttpRequest, actor: Actor, plural: str) -> HttpResponse:
    """A form for a new record of a kind."""
    kind = kinds.get(plural)
    policy.require(actor, "create", kind=kind.slug, anywhere=True)
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        form = forms.form_for(kind, actor, data=request.POST)
        _light(form)
        try:
            saved = commands.create(
                actor, kind, _typed(form, request), note=str(request.POST.get("_note", ""))
            )
            messages.success(request, f"{saved.reference} was recorded as entry {saved.leaf:,}.")
            return HttpResponseRedirect(cells.record_href(saved.reference))
        except (Invalid, Conflict) as problem:
            faults = problem.faults or (Fault("", problem.detail),)
            _attach_faults(form, faults)
    else:
        form = forms.form_for(kind, actor, initial={"owner": actor.id, **_initial_from(request, kind)})
        _light(form)
    list_href = reverse("record-list", args=[kind.plural])
    context = FormPage(
        title=f"New {kind.name}",
        here="New",
        crumbs=(Crumb(kind.names[:1].upper() + kind.names[1:], list_href),),
        lead=kind.text,
        action=request.get_full_path(),
        cancel=list_href,
        submit=f"Record the {kind.name}",
        sections=_sections(kind, form),
        faults=faults,
        labels=_labels(form),
        needed=_needed(form),
    )
    return render(request, "web/form.html", {"page": context}, status=422 if faults else 200)


def _needed(form: django_forms.ModelForm[Any]) -> str:
    """The fields that must be filled and are still empty, in words."""
    return ", ".join(
        str(field.label)[:1].lower() + str(field.label)[1:]
        for name, field in form.fields.items()
        if field.required and not form.get_initial_for_field(field, name)
    )


def _labels(form: django_forms.ModelForm[Any]) -> dict[str, str]:
    """What each field is called, by name."""
    return {name: str(one.label) for name, one in form.fields.items()}


@page
def record_edit(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """A form for the present values of a record; saving needs the revision that was seen."""
    record, kind = queries.find(actor, reference)
    policy.require(actor, "amend", kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id)
    if record.state in kind.workflow.frozen:
        raise Conflict(f"{record.reference} is {record.state} and cannot be changed as it stands.")
    initial = forms.initial_values(record, kind)
    problem: Problem | None = None
    note = str(request.POST.get("_note", ""))
    if request.method == "POST":
        form = forms.form_for(kind, actor, data=request.POST, initial=initial)
        _light(form)
        typed = _typed(form, request)
        seen = whole(request.POST.get("revision"), 0)
        try:
            saved = commands.amend(actor, reference, typed, revision=seen or None, note=note)
            messages.success(
                request, f"{saved.reference} is now at revision {saved.revision}, entry {saved.leaf:,}."
            )
            return HttpResponseRedirect(cells.record_href(saved.reference))
        except (Invalid, Stale) as caught:
            problem = caught
            _attach_faults(form, caught.faults)
    else:
        form = forms.form_for(kind, actor, initial=initial)
        _light(form)
        typed = {}
    context = _edit_page(request, kind, record, form, initial, typed, problem, note)
    return render(request, "web/form.html", {"page": context}, status=problem.status if problem else 200)


def _edit_page(
    request: HttpRequest,
    kind: Kind,
    record: Any,
    form: django_forms.ModelForm[Any],
    saved: Mapping[str, Any],
    typed: Mapping[str, Any],
    problem: Problem | None,
    note: str,
) -> FormPage:
    stale = isinstance(problem, Stale)
    seen = whole(request.POST.get("revision"), record.revision)
    faults = problem.faults or (Fault("", problem.detail),) if problem and not stale else ()
    return FormPage(
        title=f"Edit {record.reference}",
        here="Edit",
        crumbs=(
            Crumb(kind.names[:1].upper() + kind.names[1:], reverse("record-list", args=[kind.plural])),
            Crumb(record.reference, cells.record_href(record.reference)),
        ),
        lead=kind.text,
        action=request.path,
        cancel=cells.record_href(record.reference),
        submit="Save",
        sections=_sections(kind, form),
        faults=faults,
        revision=record.revision if stale or problem is None else seen,
        ask_note=True,
        note=note,
        conflicts=_conflicts(kind, form, saved, typed) if stale else (),
        conflict_text=problem.detail if problem and stale else "",
        labels=_labels(form),
    )


def _plain(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    return "" if value is None else str(value)


def _conflicts(
    kind: Kind, form: django_forms.ModelForm[Any], saved: Mapping[str, Any], typed: Mapping[str, Any]
) -> tuple[ConflictRow, ...]:
    return tuple(
        ConflictRow(cells.label(kind, name), _plain(saved.get(name)), _plain(typed.get(name)))
        for name in form.fields
        if _plain(saved.get(name)) != _plain(typed.get(name))
    )
