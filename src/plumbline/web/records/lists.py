"""The list page of a kind, derived from its declaration: filters, sort and page live in the address."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.records import computed, csv_export, kinds, names, queries
from plumbline.records.computed import Computed
from plumbline.records.kinds import Kind
from plumbline.trail.findings import queries as findings
from plumbline.web import cells, references
from plumbline.web.frame import Cell, Crumb
from plumbline.web.pages import page
from plumbline.web.records import naming
from plumbline.web.view import parse_int

_PEOPLE = {"owner", "unit"}
_NAMES = {"q", "sort", "page"}
CHOICES_SHOWN = 200
"""Records that a filter offers by title at the most; a longer list takes a reference instead."""
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """One column: ``href`` sorts by it, ``direction`` is ascending, descending or empty."""

    name: str
    label: str
    href: str = ""
    direction: str = ""


@dataclass(frozen=True)
class Choice:
    """One value of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Filter:
    """One filter field; without choices it takes a text such as ``hint`` says."""

    name: str
    label: str
    value: str
    choices: tuple[Choice, ...]
    hint: str = ""


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    value: str
    href: str


@dataclass(frozen=True)
class Line:
    """One record of the list."""

    reference: str
    href: str
    title: str
    cells: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True)
class Pager:
    """Where in the list this page lies."""

    number: int
    pages: int
    total: int
    capped: bool
    first: int
    last: int
    previous: str
    next: str


@dataclass(frozen=True)
class ListPage:
    """The context of a list page."""

    title: str
    crumbs: tuple[Crumb, ...]
    kind: Kind
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    chips: tuple[Chip, ...]
    lines: tuple[Line, ...]
    pager: Pager
    search: str
    sort: str
    create_href: str
    import_href: str
    csv_href: str
    api_href: str
    clear_href: str

    @cached_property
    def altered(self) -> set[str]:
        """The references of those that differ from their entries; asked only where there is a finding."""
        return findings.rows_with_findings([line.reference for line in self.lines])

    @property
    def names(self) -> str:
        """The records of the list, as they stand in a sentence."""
        return gettext(self.kind.names)

    @property
    def create_label(self) -> str:
        """What the button for a new record says."""
        return gettext("New {kind}").format(kind=gettext(self.kind.name))


def _address(kind: Kind, query: Mapping[str, str], **changes: str) -> str:
    wanted = {name: value for name, value in {**query, **changes}.items() if value}
    base = reverse("record-list", args=[kind.plural])
    return f"{base}?{urlencode(wanted)}" if wanted else base


def _query(request: HttpRequest) -> dict[str, str]:
    return {name: str(value).strip() for name, value in request.GET.items() if str(value).strip()}


def _columns(kind: Kind, query: dict[str, str]) -> tuple[Column, ...]:
    sort = query.get("sort", "")
    found = []
    for name in dict.fromkeys(("title", "state", *kind.columns, "owner", "updated_at")):
        if name == "owner" and (extra := computed.of(kind.slug)) is not None:
            found.append(Column(extra.name, _computed_label(extra), "", ""))
        sortable = (
            name in {"title", "state", "updated_at", *kind.columns} and not kind.field(name).many_to_many
        )
        direction = "descending" if sort == f"-{name}" else "ascending" if sort == name else ""
        turned = f"-{name}" if direction == "ascending" else name
        href = _address(kind, query, sort=turned, page="") if sortable else ""
        label = gettext("Last change") if name == "updated_at" else cells.label(kind, name)
        found.append(Column(name, label, href, direction))
    return tuple(found)


def _records_to_choose(actor: Actor, kind: Kind) -> dict[str, Pairs]:
    """For every filter by another record: the records it offers, or none where there are too many."""
    slugs: dict[object, str] = {other.model: other.slug for other in kinds.all_kinds()}
    related = {name: kind.field(name).related_model for name in kind.filters if name not in _PEOPLE}
    targets = {name: slugs[model] for name, model in related.items() if model in slugs}
    if not targets:
        return {}
    offered = names.choices(actor, targets.values(), CHOICES_SHOWN + 1)
    has_all = sum(map(len, offered.values())) <= CHOICES_SHOWN
    return {name: offered[slug] if has_all else [] for name, slug in targets.items()}


def _choices(kind: Kind, name: str) -> Pairs:
    """The values of a filter with what each is called; none for one that takes a text."""
    field = kind.field(name)
    if field.choices:
        return [(str(key), str(text)) for key, text in field.flatchoices if key not in ("", None)]
    if field.get_internal_type() == "BooleanField":
        return [("True", gettext("Yes")), ("False", gettext("No"))]
    return references.check_choices(kind.slug) if name in cells.CHECK_FIELDS else []


def _filters(kind: Kind, query: dict[str, str], records: dict[str, Pairs]) -> tuple[Filter, ...]:
    state = query.get("state", "")
    states = tuple(Choice(name, gettext(name), name == state) for name in kind.workflow.states)
    found = [Filter("state", gettext("State"), state, states)]
    for name in kind.filters:
        if name in {"state", *_PEOPLE}:
            continue
        value = query.get(name, "")
        pairs = [(reference, f"{title}, {reference}") for reference, title in records.get(name, ())]
        pairs = pairs or _choices(kind, name)
        if pairs and value and value not in dict(pairs):
            pairs = [(value, value), *pairs]
        choices = tuple(Choice(key, text, key == value) for key, text in pairs)
        hint = gettext("Reference") if kind.field(name).is_relation else gettext("Any")
        found.append(Filter(name, cells.label(kind, name), value, choices, hint))
    return tuple(found)


def _chips(
    kind: Kind, query: dict[str, str], filters: tuple[Filter, ...], people: dict[str, str]
) -> tuple[Chip, ...]:
    shown = {item.name: item for item in filters}
    found = []
    for name, value in query.items():
        if name in {"sort", "page"}:
            continue
        item = shown.get(name)
        label = (
            item.label
            if item
            else {"q": gettext("Text"), "owner": gettext("Owner"), "unit": gettext("Unit")}.get(name, name)
        )
        text = next((one.label for one in item.choices if one.chosen), value) if item else value
        text = people.get(value, text) if name == "owner" else text
        found.append(Chip(label, text, _address(kind, query, **{name: "", "page": ""})))
    return tuple(found)


def _cell(kind: Kind, name: str, value: object) -> Cell:
    """A cell of the list; of a choice only its name, without what explains it after the colon."""
    found = cells.field_cell(kind, name, value)
    return Cell("text", found.text.partition(":")[0]) if kind.field(name).choices and found.text else found


def _computed_label(extra: Computed) -> str:
    return naming.capitalized(extra.label)


def _line(kind: Kind, row: queries.Row) -> Line:
    shown: list[tuple[str, Cell]] = [(gettext("State"), Cell("state", row.state))]
    for name in kind.columns:
        if name not in {"title", "state", "owner", "updated_at"}:
            shown.append((cells.label(kind, name), _cell(kind, name, row.cells.get(name))))
    if (extra := computed.of(kind.slug)) is not None:
        shown.append((_computed_label(extra), Cell("text", row.computed)))
    shown.append((gettext("Owner"), cells.cell(row.owner)))
    shown.append((gettext("Last change"), cells.cell(row.updated_at)))
    return Line(row.reference, cells.record_href(row.reference), row.title, tuple(shown))


def _pager(kind: Kind, found: queries.Page, query: dict[str, str]) -> Pager:
    first = (found.number - 1) * found.size + 1 if found.rows else 0
    return Pager(
        found.number,
        found.pages,
        found.total,
        found.capped,
        first,
        first + len(found.rows) - 1 if found.rows else 0,
        _address(kind, query, page=str(found.number - 1)) if found.number > 1 else "",
        _address(kind, query, page=str(found.number + 1)) if found.has_next and found.rows else "",
    )


def list_page(actor: Actor, kind: Kind, query: dict[str, str]) -> ListPage:
    """The context of the list of ``kind`` for a query of the address. Raises `Invalid`."""
    wanted = {name: value for name, value in query.items() if name not in _NAMES}
    search, sort = query.get("q", ""), query.get("sort", "")
    found = queries.list_records(
        actor, kind, filters=wanted, search=search, sort=sort, page=parse_int(query.get("page", "1"))
    )
    filters = _filters(kind, query, _records_to_choose(actor, kind))
    owner = found.rows[0].owner if found.rows else ""
    people = {actor.id: actor.name, **({query.get("owner", ""): owner} if owner else {})}
    kept = {name: value for name, value in query.items() if name != "page"}
    may_create = policy.may(actor, "create", kind=kind.slug, anywhere=True).allowed
    may_import = policy.may(actor, "import", kind=kind.slug, anywhere=True).allowed
    base = reverse("record-export", args=[kind.plural])
    return ListPage(
        title=naming.capitalized(kind.names),
        crumbs=(Crumb(gettext("Clause {number}").format(number=kind.clause), reverse("clauses")),),
        kind=kind,
        columns=_columns(kind, query),
        filters=filters,
        chips=_chips(kind, query, filters, people),
        lines=tuple(_line(kind, row) for row in found.rows),
        pager=_pager(kind, found, query),
        search=search,
        sort=sort,
        create_href=reverse("record-new", args=[kind.plural]) if may_create else "",
        import_href=f"{reverse('imports')}?kind={kind.slug}" if may_import else "",
        csv_href=f"{base}?{urlencode(kept)}" if kept else base,
        api_href=f"/api/v1/{kind.plural}" + (f"?{urlencode(kept)}" if kept else ""),
        clear_href=_address(kind, {}),
    )


@page(
    "records/<plural:plural>/",
    name="record-list",
    title="Records of one kind",
    samples=("/records/ai-systems/",),
)
def record_list(request: HttpRequest, actor: Actor, plural: str) -> HttpResponse:
    """All records of one kind that the reader may see."""
    kind = kinds.get(plural)
    if kind.plural != plural:
        raise NotFound("No list has this address.")
    templates = [f"web/records/kinds/{kind.slug}_list.html", "web/records/list.html"]
    return render(request, templates, {"page": list_page(actor, kind, _query(request))})


@page(
    "records/<plural:plural>/export.csv",
    name="record-export",
    title="Records of one kind as CSV",
    method="file",
    samples=("/records/ai-systems/export.csv",),
)
def record_export(request: HttpRequest, actor: Actor, plural: str) -> HttpResponseBase:
    """The same list as CSV, with the same filters and every field; formulas are made harmless."""
    kind = kinds.get(plural)
    query = _query(request)
    wanted = {name: value for name, value in query.items() if name not in _NAMES}
    rows = csv_export.rows(actor, kind, filters=wanted, search=query.get("q", ""), sort=query.get("sort", ""))
    first = next(rows, None)
    lines = itertools.chain([first] if first is not None else [], rows)
    response = StreamingHttpResponse(
        csv_export.csv_chunks(lines, csv_export.header(kind)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{kind.plural}.csv"'
    return response
