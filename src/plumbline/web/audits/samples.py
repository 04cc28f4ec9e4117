"""The samples of an audit or audit request on one page: commit to a population, draw, mark what was drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed, NotFound
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.reports.audit_samples import commands, queries
from plumbline.reports.audit_samples.queries import Draw, Item, Sample
from plumbline.web.frame import Crumb
from plumbline.web.pages import Permission, page
from plumbline.web.requirements import related
from plumbline.web.view import parse_int

SHOWN = 100
"""Items of a draw on one page."""
MARKS = {
    queries.CONFORMS: gettext_noop("Conforms"),
    queries.DIFFERS: gettext_noop("Does not conform"),
    queries.SEEN: gettext_noop("Looked at"),
}
TYPED = ("of", "only", "wanted", "seed", "reason", "mark", "note", "sample", "draw", "reference")
READ = Permission("read", kind="audit", anywhere=True)


@dataclass(frozen=True)
class ShownItem:
    """An item with what its mark is called."""

    item: Item
    label: str


@dataclass(frozen=True)
class ShownDraw:
    """A draw with the items of this page, and where a finding about it begins."""

    draw: Draw
    items: tuple[ShownItem, ...]
    evidence: str
    finding_href: str
    more_href: str


@dataclass(frozen=True)
class ShownSample:
    """A sample with its draws."""

    sample: Sample
    draws: tuple[ShownDraw, ...]

    @property
    def is_repeated(self) -> bool:
        """Whether it was drawn more than once."""
        return len(self.draws) > 1


@dataclass(frozen=True)
class SamplesPage:
    """The context of the page."""

    title: str
    crumbs: tuple[Crumb, ...]
    record: Any
    samples: tuple[ShownSample, ...]
    kinds: tuple[tuple[str, str], ...]
    marks: tuple[tuple[str, str], ...]
    refusal: Any
    """Why the reader may not draw now; nothing for whoever may."""
    typed: Mapping[str, str]
    faults: tuple[Fault, ...] = ()


def _finding(actor: Actor, record: Any, sample: Sample, draw: Draw) -> tuple[str, str]:
    """What a finding says of a draw, and the address of its form with that."""
    evidence = str(sample.evidence(draw))
    audit = record if record.kind == "audit" else record.audit
    if audit is None:
        return evidence, ""
    return evidence, related.new_href(actor, "audit-finding", audit=audit.reference, evidence=evidence)


def _drawn(actor: Actor, record: Any, sample: Sample, draw: Draw, first: int) -> ShownDraw:
    shown = tuple(
        ShownItem(item, gettext(MARKS[item.mark]) if item.mark else "")
        for item in draw.items[first : first + SHOWN]
    )
    more = first + SHOWN
    href = f"{reverse('samples', args=[record.reference])}?first={more}" if more < len(draw.items) else ""
    return ShownDraw(draw, shown, *_finding(actor, record, sample, draw), href)


def _refusal(actor: Actor, reference: str) -> Any:
    try:
        commands.auditing(actor, reference)
    except (NotAllowed, Conflict) as refused:
        return refused.faults[0].message if refused.faults else refused.detail
    return None


def _context(
    actor: Actor, reference: str, request: HttpRequest, faults: tuple[Fault, ...] = ()
) -> SamplesPage:
    record, kind = records.find(actor, reference)
    if kind.slug not in commands.ABOUT:
        raise NotFound("Samples are drawn for audits and audit requests.")
    first = max(0, parse_int(str(request.GET.get("first", "0")), 0))
    found = queries.samples_about(actor, record.reference)
    readable = (one for one in kinds.all_kinds() if policy.may(actor, "read", kind=one.slug, anywhere=True))
    typed = {name: str(request.POST.get(name, "")) for name in TYPED}
    if kind.slug == "audit-request" and request.method == "GET":
        many = "" if record.how_many is None else str(record.how_many)  # type: ignore[attr-defined]
        typed |= {"of": record.of, "only": record.only, "wanted": many}  # type: ignore[attr-defined]
    return SamplesPage(
        title=gettext("Samples of {reference}").format(reference=record.reference),
        crumbs=(Crumb(record.reference, reverse("record", args=[record.reference])),),
        record=record,
        samples=tuple(
            ShownSample(one, tuple(_drawn(actor, record, one, draw, first) for draw in one.draws))
            for one in found
        ),
        kinds=tuple((one.slug, gettext(one.names)) for one in readable),
        marks=tuple((mark, gettext(label)) for mark, label in MARKS.items()),
        refusal=_refusal(actor, record.reference),
        typed=typed,
        faults=faults,
    )


def _act(request: HttpRequest, actor: Actor, reference: str) -> None:
    """Do what the form that was sent is for. Raises what the command raises."""
    given = {name: str(request.POST.get(name, "")).strip() for name in (*TYPED, "act")}
    if given["act"] == "commit":
        wanted = parse_int(given["wanted"], -1)
        commands.commit(
            actor, reference, of=given["of"], only=given["only"], wanted=wanted, seed=given["seed"]
        )
        messages.success(request, gettext("The trail has committed to the population. Now name a seed."))
        return
    if queries.row_for(actor, given["sample"]).about != reference:
        raise NotFound("There is no sample with this id here.")
    if given["act"] == "draw":
        commands.draw(actor, given["sample"], given["seed"], given["reason"])
        messages.success(request, gettext("The sample is drawn."))
    elif given["act"] == "mark":
        number = parse_int(given["draw"], 0)
        commands.mark(actor, given["sample"], number, given["reference"], given["mark"], given["note"])
        messages.success(request, gettext("Noted, with an entry of the trail."))
    else:
        raise Invalid("Nothing was done.", [Fault("act", "is no act of this page", "use its buttons")])


@page(
    "records/<reference:reference>/samples/",
    name="samples",
    title="Samples of an audit",
    method="GET+POST",
    permission=READ,
    samples=("/records/{audit}/samples/",),
)
def samples(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """The samples of an audit: what was drawn from, by which seed, and what was seen of each item."""
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            _act(request, actor, reference.upper())
            return HttpResponseRedirect(reverse("samples", args=[reference]))
        except (Invalid, Conflict) as refused:
            faults = tuple(refused.faults) or (Fault("", refused.detail, ""),)
            status = refused.status
    context = _context(actor, reference, request, faults)
    return render(request, "web/audits/samples.html", {"page": context}, status=status)


@page(
    "records/<reference:reference>/samples/<str:handle>.txt",
    name="sample-population",
    title="Lines of a population, to draw from again",
    method="file",
    permission=READ,
    samples=("/records/{audit}/samples/smp_none.txt",),
)
def population(request: HttpRequest, actor: Actor, reference: str, handle: str) -> HttpResponse:
    """The lines that a sample is drawn from, so that anybody can draw it again."""
    row, text = queries.population_text(actor, handle)
    if row.about != reference.upper():
        raise NotFound("There is no sample with this id here.")
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.handle}.txt"'
    return response
