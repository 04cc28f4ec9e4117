"""The statement of applicability as a page, on which its rows are decided, approved and frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from plumbline import catalogs
from plumbline.bulk import commands as bulk
from plumbline.bulk.requests import BulkRequest
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.reports import applicability
from plumbline.reports.applicability import Row, Statement
from plumbline.reports.decisions import commands, proposals, queries
from plumbline.reports.decisions.proposals import Proposal
from plumbline.reports.decisions.queries import RowNow
from plumbline.reports.findings import Finding
from plumbline.web import as_of as days
from plumbline.web import cells, references
from plumbline.web.pages import Nav, page
from plumbline.web.reports import decision_form
from plumbline.web.reports.decision_form import Typed
from plumbline.web.requirements import related

VERSION = "statement-version"
APPLIES = {"yes": "Applicable", "no": "Not applicable", "": "Not decided"}
OPEN_AT_ONCE = 6
"""Rows that ask for work and stand open at once; the groups after them are folded."""
AGAINST = frozenset({"excluded-but-needed", "no-exclusion-reason", "no-justification"})
"""Findings that the decision itself can answer; the others are about evidence."""
_CLOSED = frozenset({"retirement proposed", "retired"})
VERSIONS_SHOWN = 4


@dataclass(frozen=True)
class Line:
    """One control on the page. ``form`` is what its fields show, ``None`` where nothing can be decided."""

    key: str
    row: Row
    now: RowNow | None
    proposal: Proposal | None
    form: Typed | None
    faults: tuple[tuple[str, Fault], ...]
    """What is wrong with what was typed, each with the name of its field, if it is about one."""
    rests_on: tuple[Any, ...]
    control_href: str
    record_href: str
    new_href: str

    @property
    def word(self) -> str:
        """The decision as a state word."""
        return APPLIES.get(self.row.applicable, self.row.applicable)

    @property
    def in_force(self) -> str:
        """Why the control applies, or is left out, as the statement says it today."""
        return self.row.exclusion_reason if self.row.applicable == "no" else self.row.justification

    @property
    def asked(self) -> tuple[Finding, ...]:
        """What an auditor would ask, without what the fields of the row ask already."""
        return tuple(one for one in self.row.findings if one.code != "missing" or self.form is None)

    @property
    def open(self) -> bool:
        """Whether the row asks for a decision, or for a better one."""
        undecided = not self.row.hidden and not self.row.applicable
        return bool(self.faults) or undecided or any(finding.code in AGAINST for finding in self.row.findings)

    @property
    def revised(self) -> RowNow | None:
        """The draft that would replace what is in force, where there is one."""
        return self.now if self.now and self.row.approval_holds and self.now.state != "approved" else None


@dataclass(frozen=True)
class Group:
    """The controls of one area, folded unless something in it asks for work."""

    number: str
    title: str
    lines: tuple[Line, ...]
    open: bool

    @property
    def decided(self) -> int:
        """How many of them are decided."""
        return sum(bool(line.row.applicable) for line in self.lines)

    @property
    def asking(self) -> int:
        """How many of them ask for a decision."""
        return sum(line.open for line in self.lines)


@dataclass(frozen=True)
class Show:
    """A choice of rows: all, or those of one sort."""

    name: str
    label: str
    count: int
    href: str


@page(
    "statement-of-applicability/",
    name="statement",
    title="Statement of applicability",
    nav=Nav("Do", 20, "Applicability", "list-todo"),
    samples=("/statement-of-applicability/", "/statement-of-applicability/?show=undecided"),
    as_of=True,
)
def statement(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The statement of applicability: all 38 controls with decision, reason, state and what does not fit."""
    return _shown(request, actor, {})


def _shown(
    request: HttpRequest, actor: Actor, typed: Mapping[str, Typed], problem: Invalid | None = None
) -> HttpResponse:
    instant = days.of_request(request).instant if request.method == "GET" else None
    made = applicability.statement(actor, instant)
    may_decide = instant is None and queries.may_decide(actor)
    faults = _by_control(problem.faults if problem else ())
    lines = _lines(actor, made, typed, faults, may_decide=may_decide)
    show = str((request.POST if request.method == "POST" else request.GET).get("show", ""))
    chosen = [line for line in lines if _matches(line, show)] if show in _SHOWS else lines
    waiting = [line for line in lines if line.now and line.now.state == "in review"]
    context = {
        "title": "Statement of applicability",
        "crumbs": (),
        "made": made,
        "groups": _groups(chosen, everything_open=show in _SHOWS),
        "shows": _shows(lines, days.of_request(request).query if instant else ""),
        "show": show if show in _SHOWS else "",
        "applicable": made.counted("yes"),
        "excluded": made.counted("no"),
        "undecided": made.counted(""),
        "against": [line for line in lines if line.row.applicable and line.open],
        "drafts": sum(bool(line.now and line.now.state == "draft") for line in lines),
        "waiting": len(waiting),
        "reasons": decision_form.reasons(),
        "may_decide": may_decide,
        "may_approve": instant is None and bool(waiting) and _may(actor, "approve"),
        "may_freeze": instant is None and bool(policy.may(actor, "create", kind=VERSION, anywhere=True)),
        "may_export": _may(actor, "export"),
        "versions": _versions(actor) if instant is None else (),
        "problem": problem,
        "occasion": str(request.POST.get("occasion", "")),
        "bar": decision_form.bar(request) if problem else None,
    }
    status = problem.status if problem else 200
    return render(request, "web/reports/statement.html", {"page": context}, status=status)


def _may(actor: Actor, verb: str) -> bool:
    return bool(policy.may(actor, verb, kind=applicability.KIND, anywhere=True))


def _by_control(faults: Iterable[Fault]) -> dict[str, list[Fault]]:
    """The faults of a refused save by the control that they are about."""
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        number = next((key for key in (fault.field, fault.field.rpartition(".")[0]) if key in _numbers()), "")
        found.setdefault(number or fault.field.partition(".")[0], []).append(fault)
    return found


def _field_label(fault: Fault) -> str:
    """What the field is called that a fault is about; empty for the row as a whole."""
    kind, name = kinds.get(applicability.KIND), fault.field.rpartition(".")[2]
    return cells.label(kind, name) if name in kind.field_names else ""


def _numbers() -> frozenset[str]:
    return frozenset(control.number for control in catalogs.controls())


def _lines(
    actor: Actor,
    made: Statement,
    typed: Mapping[str, Typed],
    faults: Mapping[str, list[Fault]],
    *,
    may_decide: bool,
) -> list[Line]:
    now = queries.rows_now(actor) if may_decide else {}
    proposed = proposals.proposals(actor) if may_decide and made.counted("") else {}
    named = references.visible_names(
        actor, (one for row in made.all_rows for one in (*row.risks, *row.systems, *row.documents))
    )
    found = []
    for row in made.all_rows:
        present = now.get(row.control)
        proposal = None if present else proposed.get(row.control)
        editable = may_decide and not row.hidden and (present is None or present.state not in _CLOSED)
        form = typed.get(row.number) or decision_form.recorded(present, proposal) if editable else None
        found.append(
            Line(
                key=row.number,
                row=row,
                now=present,
                proposal=proposal,
                form=form,
                faults=tuple((_field_label(fault), fault) for fault in faults.get(row.number, ())),
                rests_on=tuple(
                    references.linkify_html(one, named) for one in (*row.risks, *row.systems, *row.documents)
                ),
                control_href=cells.requirement_href(row.control) if ":" in row.control else "",
                record_href=cells.record_href(row.reference) if row.reference else "",
                new_href=""
                if row.reference or row.hidden
                else related.new_href(actor, applicability.KIND, requirement=row.control),
            )
        )
    return found


_SHOWS = {
    "undecided": "Undecided",
    "applicable": "Applicable",
    "excluded": "Left out",
    "asked": "Asked about",
    "review": "In review",
}


def _matches(line: Line, show: str) -> bool:
    if show == "review":
        return bool(line.now and line.now.state == "in review")
    if show == "asked":
        return bool(line.row.findings)
    wanted = {"undecided": "", "applicable": "yes", "excluded": "no"}[show]
    return not line.row.hidden and line.row.applicable == wanted


def _shows(lines: Sequence[Line], as_of: str) -> list[Show]:
    base = reverse("statement")
    found = [Show("", gettext("All"), len(lines), f"{base}{as_of}")]
    for name, label in _SHOWS.items():
        count = sum(_matches(line, name) for line in lines)
        if count:
            kept = f"&{as_of[1:]}" if as_of else ""
            found.append(Show(name, gettext(label), count, f"{base}?show={name}{kept}"))
    return found


def _groups(lines: Sequence[Line], *, everything_open: bool) -> list[Group]:
    """The lines by area, in order. Open are the areas that ask for work, up to `OPEN_AT_ONCE` rows of it."""
    areas: dict[str, list[Line]] = {}
    for line in lines:
        areas.setdefault(line.row.area, []).append(line)
    found, shown = [], 0
    for title, of in areas.items():
        asking = sum(line.open for line in of)
        refused = any(line.faults for line in of)
        is_open = everything_open or refused or (asking > 0 and (not shown or shown + asking <= OPEN_AT_ONCE))
        shown += asking if is_open else 0
        number = of[0].key.rpartition(".")[0] if ":" in of[0].row.control else "own"
        found.append(Group(_area_number(number), title, tuple(of), is_open))
    return found


def _area_number(number: str) -> str:
    """``A.6`` for a control such as A.6.2.6; areas are numbered with two parts."""
    return ".".join(number.split(".")[:2])


def _versions(actor: Actor) -> tuple[Any, ...]:
    """The newest versions of the statement that ``actor`` may see."""
    if not kinds.exists(VERSION) or not policy.may(actor, "read", kind=VERSION, anywhere=True):
        return ()
    found = records.list_records(actor, kinds.get(VERSION), size=VERSIONS_SHOWN).rows
    return tuple((row, cells.record_href(row.reference)) for row in found)


@page(
    "statement-of-applicability/decide/", name="statement-decide", title="Decide controls", method="POST",
    samples=("/statement-of-applicability/decide/",),
)  # fmt: skip
def decide(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Save the decisions of many rows: all of them, or none and everything typed comes back."""
    submit = request.POST.get("then") == "review"
    now = queries.rows_now(actor)
    typed = decision_form.typed(request)
    try:
        wanted = decision_form.decisions(typed, now, proposals.proposals(actor), submit=submit)
        done = commands.decide(actor, wanted, submit=submit)
    except Invalid as problem:
        return _shown(request, actor, typed, problem)
    saved = sum(each.change != "unchanged" for each in done)
    asked = sum(each.change == "submitted" for each in done)
    said = ngettext("{count} decision is saved.", "{count} decisions are saved.", saved).format(count=saved)
    if asked:
        waits = ngettext(
            "{count} row waits for a second person.", "{count} rows wait for a second person.", asked
        )
        said = f"{said} {waits.format(count=asked)}"
    messages.success(request, said)
    return HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    show = str(request.POST.get("show", ""))
    return reverse("statement") + (f"?show={show}" if show in _SHOWS else "")


@page(
    "statement-of-applicability/approve/", name="statement-approve", title="Approve decisions",
    method="POST", samples=("/statement-of-applicability/approve/",),
)  # fmt: skip
def approve(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Preview the approval of the chosen rows, or of all that wait, and why some cannot be approved."""
    now = queries.rows_now(actor)
    numbers = {
        catalogs.requirement(key).number if catalogs.exists(key) else key: row for key, row in now.items()
    }
    chosen = [numbers[number] for number in request.POST.getlist("chosen") if number in numbers]
    waiting = [row.reference for row in chosen or now.values() if row.state == "in review"]
    if not waiting:
        fault = Fault("chosen", "none waits for approval", "choose rows that are in review")
        return _shown(request, actor, {}, Invalid("Nothing was approved.", [fault]))
    request_ = BulkRequest("move", move="approve", reason=str(request.POST.get("reason", "")).strip())
    job = bulk.plan(actor, applicability.KIND, request_, references=waiting)
    return HttpResponseRedirect(reverse("bulk", args=[job.handle]))


@page(
    "statement-of-applicability/freeze/", name="statement-freeze", title="Freeze the statement",
    method="POST", samples=("/statement-of-applicability/freeze/",),
)  # fmt: skip
def freeze(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Freeze the statement as it stands into a version that a second person approves as a whole."""
    saved = commands.freeze(actor, str(request.POST.get("occasion", "")).strip())
    messages.success(request, gettext("The statement is frozen and waits for a second person."))
    return HttpResponseRedirect(reverse("record", args=[saved.reference]))
