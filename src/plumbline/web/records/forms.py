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
from django.utils.translation import gettext

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Conflict, Fault, Invalid, Problem, Stale
from plumbline.records import commands, forms, kinds, queries
from plumbline.records.kinds import COMMON_FIELDS, Kind
from plumbline.web import cells, dates, references
from plumbline.web.frame import Crumb
from plumbline.web.pages import page
from plumbline.web.records import naming
from plumbline.web.view import parse_int
from plumbline.web.words import lower_first

SEVERAL = (django_forms.MultipleChoiceField, django_forms.ModelMultipleChoiceField)
NEW_SHOWN, OLD_SHOWN = 16, 24
"""Fields of a new record, and of one that is there, up to which no section is folded."""
BOXES_SHOWN = 12
"""A list of several records up to this length is shown as boxes to tick."""
ALL = "all"
"""Value of ``fields`` in the address of a form whose sections all stand open."""
CHOICES_SHOWN = 200
"""A list of records longer than this becomes a text field that takes references."""


@dataclass(frozen=True)
class FormSection:
    """Fields under one heading. All but the first can be folded; one that asks for something stands open."""

    title: str
    slug: str
    fields: tuple[django_forms.BoundField, ...]
    folded: bool
    open: bool
    filled: int
    needed: int

    @property
    def progress(self) -> str:
        """How far it is, as its heading says."""
        if self.needed:
            return gettext("{count} needed").format(count=self.needed)
        if not self.filled:
            return gettext("optional")
        return gettext("{filled} of {total} filled").format(filled=self.filled, total=len(self.fields))


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
    every: str = ""


def _choose_widgets(form: django_forms.ModelForm[Any], kind: Kind) -> None:
    """Long lists of records become text fields, short ones boxes to tick; checks are chosen by title."""
    for name, field in form.fields.items():
        if name in cells.CHECK_FIELDS:
            field.widget = _check_choice(form, kind, name)
        elif isinstance(field, django_forms.ModelMultipleChoiceField):
            many = field.queryset[: CHOICES_SHOWN + 1].count() if field.queryset is not None else 0
            if many > CHOICES_SHOWN:
                field.widget = _References()
            elif many <= BOXES_SHOWN:
                field.widget = django_forms.CheckboxSelectMultiple()
                field.widget.choices = field.choices
        elif isinstance(field, django_forms.ModelChoiceField):
            if field.queryset is not None and field.queryset[: CHOICES_SHOWN + 1].count() > CHOICES_SHOWN:
                field.widget = django_forms.TextInput(attrs={"placeholder": "Reference"})
        elif isinstance(field.widget, django_forms.Textarea):
            field.widget.attrs.update({"rows": 3, "cols": ""})
            del field.widget.attrs["cols"]


def _check_choice(form: django_forms.ModelForm[Any], kind: Kind, name: str) -> django_forms.Select:
    """A list of checks by title, with the present value even where no check has that name any more."""
    pairs = references.check_choices(kind.slug)
    present = str(form[name].value() or "")
    gone = [(present, present)] if present and present not in dict(pairs) else []
    attrs = {"required": True} if form.fields[name].required else {}
    return django_forms.Select(attrs=attrs, choices=[("", "None" if not attrs else "Choose"), *gone, *pairs])


class _References(django_forms.TextInput):
    """Several references in one text field, separated by commas or spaces."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """The references typed."""
        return str(data.get(name, "")).replace(",", " ").split()

    def format_value(self, value: Any) -> str | None:
        """The references, separated by commas."""
        return (
            ", ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value or "")
        )


def _sections(
    kind: Kind, form: django_forms.ModelForm[Any], most: int, are_all_open: bool
) -> tuple[FormSection, ...]:
    """The fields by the sections of the kind, folded where there are more than ``most``."""
    fold = len(form.fields) > most
    titled: list[tuple[str, list[str]]] = []
    for place, section in enumerate(kind.sections):
        names = [name for name in section.fields if name in form.fields and name not in COMMON_FIELDS]
        titled.append((gettext(section.title), ["title", *names] if place == 0 else names))
    shown = {name for _, names in titled for name in names}
    titled.append((gettext("Responsibility and dates"), [name for name in form.fields if name not in shown]))
    return tuple(
        _section(kind, title, place, tuple(form[name] for name in names), fold, are_all_open)
        for place, (title, names) in enumerate(titled)
        if names
    )


def _section(
    kind: Kind,
    title: str,
    place: int,
    fields: tuple[django_forms.BoundField, ...],
    fold: bool,
    are_all_open: bool,
) -> FormSection:
    filled = [_is_filled(kind, field) for field in fields]
    needed = sum(field.field.required and _is_empty(field.value()) for field in fields)
    wrong = any(field.errors for field in fields)
    return FormSection(
        title,
        f"sec-{place}",
        fields,
        fold and place > 0,
        are_all_open or wrong or bool(needed),
        sum(filled),
        needed,
    )


def _is_filled(kind: Kind, field: django_forms.BoundField) -> bool:
    """Whether somebody has filled in a field: it has a value other than the one it begins with."""
    given = kind.field(field.name).get_default()
    return not _is_empty(field.value()) and str(field.value()) != str(given)


def _is_empty(value: Any) -> bool:
    """Whether nothing is given; 0 is something."""
    return value is None or value is False or value in ("", [])


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
    if request.method == "POST":
        form = forms.form_for(kind, actor, data=request.POST)
        _choose_widgets(form, kind)
        try:
            saved = commands.create(
                actor, kind, _typed(form, request), note=str(request.POST.get("_note", ""))
            )
            messages.success(
                request,
                gettext("{reference} was recorded as entry {entry}.").format(
                    reference=saved.reference, entry=dates.number(saved.leaf)
                ),
            )
            return HttpResponseRedirect(cells.record_href(saved.reference))
        except (Invalid, Conflict) as problem:
            faults = problem.faults or (Fault("", problem.detail),)
            _attach_faults(form, faults)
    else:
        form = forms.form_for(kind, actor, initial={"owner": actor.id, **_initial_from(request, kind)})
        _choose_widgets(form, kind)
    list_href = reverse("record-list", args=[kind.plural])
    context = FormPage(
        title=gettext("New {kind}").format(kind=gettext(kind.name)),
        here=gettext("New"),
        crumbs=(naming.list_crumb(kind),),
        lead=kind.text,
        action=request.get_full_path(),
        cancel=list_href,
        submit=gettext("Record the {kind}").format(kind=gettext(kind.name)),
        sections=_sections(kind, form, NEW_SHOWN, request.GET.get("fields") == ALL),
        every=_every(request),
        faults=faults,
        labels=_labels(form),
        needed=_needed(form),
    )
    return render(request, "web/records/form.html", {"page": context}, status=422 if faults else 200)


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
        if field.required and _is_empty(form.get_initial_for_field(field, name))
    )


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
        form = forms.form_for(kind, actor, data=request.POST, initial=initial, held=initial)
        _choose_widgets(form, kind)
        typed = _typed(form, request)
        seen = parse_int(request.POST.get("revision"), 0)
        try:
            saved = commands.amend(actor, reference, typed, revision=seen or None, note=note)
            messages.success(
                request,
                gettext("{reference} is now at revision {revision}, entry {entry}.").format(
                    reference=saved.reference, revision=saved.revision, entry=dates.number(saved.leaf)
                ),
            )
            return HttpResponseRedirect(cells.record_href(saved.reference))
        except (Invalid, Stale) as caught:
            problem = caught
            _attach_faults(form, caught.faults)
    else:
        form = forms.form_for(kind, actor, initial=initial, held=initial)
        _choose_widgets(form, kind)
        typed = {}
    context = _edit_page(request, kind, record, form, initial, typed, problem, note)
    return render(
        request, "web/records/form.html", {"page": context}, status=problem.status if problem else 200
    )


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
        sections=_sections(kind, form, OLD_SHOWN, request.GET.get("fields") == ALL),
        every=_every(request),
        faults=faults,
        revision=record.revision if stale or problem is None else seen,
        ask_note=True,
        note=note,
        conflicts=_conflicts(kind, form, saved, typed) if stale else (),
        conflict_text=str(problem.detail) if problem and stale else "",
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
