"""Forms that make and change records; nothing typed is lost, and a conflict shows both versions."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Problem, Stale
from plumbline.records import commands, forms, kinds, queries
from plumbline.records.kinds import Kind
from plumbline.web import cells, dates
from plumbline.web.frame import Crumb
from plumbline.web.pages import page
from plumbline.web.records import answers, copies, naming, pickers
from plumbline.web.records.copies import Keeping
from plumbline.web.records.refusals import comes_back_to
from plumbline.web.records.sections import FormSection, is_empty, of_form
from plumbline.web.records.widgets import choose_widgets, plain_text, typed
from plumbline.web.view import parse_int
from plumbline.web.words import lower_first, of_fault

SEVERAL = (django_forms.MultipleChoiceField, django_forms.ModelMultipleChoiceField)
NEW_SHOWN, OLD_SHOWN = 16, 24
"""Fields of a new record, and of one that is there, up to which no section is folded."""
ALL = "all"
"""Value of ``fields`` in the address of a form whose sections all stand open."""


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
    keeping: Keeping | None = None
    needed: str = ""
    later: tuple[str, str] = ("", "")
    """The step that asks for more than saving does, and the fields that it asks for, in words."""
    every: str = ""


def _as_typed(
    request: HttpRequest,
    actor: Actor,
    kind: Kind,
    find: str,
    *,
    draft: bool,
    held: Mapping[str, Any] | None = None,
) -> django_forms.ModelForm[Any]:
    """The form with everything that was typed, judged by nobody, and what fits into the field ``find``."""
    form = forms.form_for(kind, actor, held=held, draft=draft)
    choose_widgets(form, kind, actor, find)
    form.initial = typed(form, request)
    return form


def _attach_faults(
    form: django_forms.ModelForm[Any], faults: tuple[Fault, ...], record: Any | None = None
) -> None:
    """Faults found behind the door appear at their fields as well; the values of ``record`` that are unique
    are its own and not taken by another."""
    if record is not None:
        form.instance = copy(record)
    form.is_valid()
    for fault in faults:
        if fault.field in form.fields and fault.field not in form.errors:
            form.add_error(fault.field, of_fault(fault.message, fault.remedy))


def _initial_from(request: HttpRequest, kind: Kind) -> dict[str, Any]:
    """Values given in the address (``?system=SYS-0003``) prefill a record; given twice, they are a list."""
    found: dict[str, Any] = {}
    for name in kind.field_names:
        given = request.GET.getlist(name)
        if given:
            several = isinstance(forms.form_class(kind).base_fields.get(name), SEVERAL)
            found[name] = given if several else given[-1]
    return found


@page(
    "records/<plural:plural>/new/",
    name="record-new",
    title="New record",
    method="GET+POST",
    samples=("/records/ai-systems/new/",),
)
def record_new(request: HttpRequest, actor: Actor, plural: str) -> HttpResponse:
    """A form for a new record of a kind."""
    kind = kinds.get(plural)
    policy.require(actor, "create", kind=kind.slug, anywhere=True)
    faults: tuple[Fault, ...] = ()
    problem: Problem | None = None
    draft = forms.is_draft(kind, None)
    kept = copies.of_new(request, actor, kind)
    if find := pickers.asked(request.POST):
        form = _as_typed(request, actor, kind, find, draft=draft)
    elif request.method == "POST":
        form = forms.form_for(kind, actor, data=request.POST, draft=draft)
        choose_widgets(form, kind, actor)
        try:
            saved = commands.create(
                actor, kind, typed(form, request), note=str(request.POST.get("_note", ""))
            )
            copies.saved(request, actor)
            text = gettext("{reference} was recorded as entry {entry}.")
            messages.success(request, text.format(reference=saved.reference, entry=dates.number(saved.leaf)))
            answers.name_there(request, actor, saved.reference)
            return HttpResponseRedirect(cells.record_href(saved.reference))
        except Problem as caught:
            problem = caught
            faults = caught.faults or (Fault("", caught.detail, caught.remedy),)
            _attach_faults(form, faults)
    else:
        begun = {"owner": actor.id, **_initial_from(request, kind), **(kept.fields if kept else {})}
        form = forms.form_for(kind, actor, initial=begun, draft=draft)
        choose_widgets(form, kind, actor)
    context = FormPage(
        title=gettext("New {kind}").format(kind=gettext(kind.name)),
        here=gettext("New"),
        crumbs=(naming.list_crumb(kind),),
        lead=kind.text,
        action=request.get_full_path(),
        cancel=reverse("record-list", args=[kind.plural]),
        submit=gettext("Record the {kind}").format(kind=gettext(kind.name)),
        sections=of_form(kind, form, NEW_SHOWN, request.GET.get("fields") == ALL),
        every=_every(request),
        faults=faults,
        labels=_labels(form),
        needed=_needed(form),
        later=_later(kind, form),
        keeping=copies.keeping(request, actor, kind, kept),
    )
    return _answer(request, context, problem)


def _answer(request: HttpRequest, context: FormPage, problem: Problem | None) -> HttpResponse:
    status = problem.status if problem else 200
    return render(request, "web/records/form.html", {"page": context}, status=status)


def _every(request: HttpRequest) -> str:
    """The address of the same form with every section open; empty where it is so already."""
    query = request.GET.copy()
    if query.get("fields") == ALL:
        return ""
    query["fields"] = ALL
    return f"?{query.urlencode()}"


def _needed(form: django_forms.ModelForm[Any]) -> str:
    """The fields that must be filled and are still empty, in words."""
    return ", ".join(
        lower_first(field.label)
        for name, field in form.fields.items()
        if field.required and is_empty(form.get_initial_for_field(field, name))
    )


def _later(kind: Kind, form: django_forms.ModelForm[Any]) -> tuple[str, str]:
    """The step before which the rest has to be filled in, and which fields that is; else two empty texts."""
    step = next((move for move in kind.workflow.moves if kind.workflow.completes(move)), None)
    if step is None:
        return "", ""
    names = [
        name
        for name in kind.required_by(step)
        if name in form.fields and is_empty(form.get_initial_for_field(form.fields[name], name))
    ]
    for name in names:
        form.fields[name].widget.attrs["data-later"] = gettext(step.label)
    return gettext(step.label), ", ".join(lower_first(form.fields[name].label) for name in names)


def _labels(form: django_forms.ModelForm[Any]) -> dict[str, str]:
    """What each field is called, by name."""
    return {name: str(field.label) for name, field in form.fields.items()}


@page(
    "records/<reference:reference>/edit/",
    name="record-edit",
    title="Change a record",
    method="GET+POST",
    samples=("/records/{nonconformity}/edit/",),
)
@comes_back_to("edit")
def record_edit(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """A form for the present values of a record; saving needs the revision that was seen."""
    record, kind = queries.find(actor, reference)
    policy.require(actor, "amend", kind=kind.slug, unit_id=record.unit_id, owner_id=record.owner_id)
    if request.method != "POST" and record.state in kind.workflow.frozen:
        raise commands.frozen_state(kind, record)
    initial = forms.initial_values(record, kind)
    problem: Problem | None = None
    kept = copies.of_record(request, actor, reference)
    note = kept.note if kept else str(request.POST.get("_note", ""))
    given = kept.fields if kept else {}
    draft = forms.is_draft(kind, record)
    if find := pickers.asked(request.POST):
        form = _as_typed(request, actor, kind, find, draft=draft, held=initial)
    elif request.method == "POST":
        form = forms.form_for(kind, actor, data=request.POST, initial=initial, held=initial, draft=draft)
        choose_widgets(form, kind, actor)
        given = typed(form, request)
        seen = parse_int(request.POST.get("revision"), 0)
        try:
            saved = commands.amend(actor, reference, given, revision=seen or None, note=note)
            copies.saved(request, actor, reference)
            messages.success(
                request,
                gettext("{reference} is now at revision {revision}, entry {entry}.").format(
                    reference=saved.reference, revision=saved.revision, entry=dates.number(saved.leaf)
                ),
            )
            return HttpResponseRedirect(cells.record_href(saved.reference))
        except Problem as caught:
            problem = caught
            _attach_faults(form, caught.faults, record)
    else:
        form = forms.form_for(kind, actor, initial=initial | given, held=initial, draft=draft)
        choose_widgets(form, kind, actor)
    keeping = copies.keeping(request, actor, kind, kept, reference)
    context = _edit_page(request, kind, record, form, initial, given, problem, note, keeping)
    return _answer(request, context, problem)


def _edit_page(
    request: HttpRequest,
    kind: Kind,
    record: Any,
    form: django_forms.ModelForm[Any],
    saved: Mapping[str, Any],
    typed: Mapping[str, Any],
    problem: Problem | None,
    note: str,
    keeping: Keeping,
) -> FormPage:
    # What was typed before, over an older revision, is as much of a conflict as what is sent over one.
    outdated = keeping.found is not None and keeping.found.seen != record.revision
    stale = outdated or isinstance(problem, Stale)
    seen = parse_int(request.POST.get("revision"), record.revision)
    faults = problem.faults or (Fault("", problem.detail),) if problem and not stale else ()
    return FormPage(
        title=gettext("Edit {reference}").format(reference=record.reference),
        here=gettext("Edit"),
        crumbs=(
            naming.list_crumb(kind),
            Crumb(record.reference, cells.record_href(record.reference)),
        ),
        lead=kind.text,
        action=request.path,
        cancel=cells.record_href(record.reference),
        submit=gettext("Save"),
        sections=of_form(kind, form, OLD_SHOWN, request.GET.get("fields") == ALL),
        every=_every(request),
        faults=faults,
        # Where somebody only asks what fits, the revision stays the one that they have read.
        revision=record.revision if stale or (problem is None and not pickers.asked(request.POST)) else seen,
        later=_later(kind, form) if forms.is_draft(kind, record) else ("", ""),
        ask_note=True,
        note=note,
        conflicts=_conflicts(kind, form, saved, typed) if stale else (),
        conflict_text=_conflict_text(record, problem) if stale else "",
        keeping=keeping,
        labels=_labels(form),
    )


def _conflict_text(record: Any, problem: Problem | None) -> str:
    if problem is not None:
        return str(problem.detail)
    return gettext("{reference} has changed since you typed what is in the form.").format(
        reference=record.reference
    )


def _conflicts(
    kind: Kind, form: django_forms.ModelForm[Any], saved: Mapping[str, Any], typed: Mapping[str, Any]
) -> tuple[ConflictRow, ...]:
    return tuple(
        ConflictRow(cells.label(kind, name), plain_text(saved.get(name)), plain_text(typed.get(name)))
        for name in form.fields
        if plain_text(saved.get(name)) != plain_text(typed.get(name))
    )
