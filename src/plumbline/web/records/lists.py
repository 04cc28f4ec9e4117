"""The list page of a kind, derived from its declaration: filters, sort and page live in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.records import computed, kinds, names, queries
from plumbline.records.kinds import Kind
from plumbline.records.list_index import index_columns
from plumbline.records.saved_views import layout
from plumbline.reports import applicability
from plumbline.reports.documents.registers import RISKS, STATEMENT
from plumbline.trail.findings import queries as findings
from plumbline.web import as_of as days
from plumbline.web import cells, references
from plumbline.web.frame import Cell, Crumb
from plumbline.web.pages import page
from plumbline.web.records import naming, saved_views
from plumbline.web.records.list_as_of import known_list
from plumbline.web.records.saved_views import ListViews
from plumbline.web.view import parse_int

_PEOPLE = {"owner", "unit"}
NAMES = {"q", "sort", "page", "where", *layout.LAYOUT}
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
    where: str
    faults: Sequence[Fault]
    create_href: str
    import_href: str
    files: tuple[tuple[str, str], ...]
    """Name and address of the list as a file of each format."""
    document: str
    """The document that is made of this list, if there is one."""
    api_href: str
    clear_href: str
    bulk_href: str
    kept: tuple[tuple[str, str], ...]
    laid_out: tuple[tuple[str, str], ...]
    roomy: bool
    views: ListViews

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


def query_of(request: HttpRequest) -> dict[str, str]:
    """What the address asks for, without what is empty."""
    return {name: str(value).strip() for name, value in request.GET.items() if str(value).strip()}


def _columns(kind: Kind, query: dict[str, str], names: Sequence[str]) -> tuple[Column, ...]:
    sort, sorts = query.get("sort", ""), index_columns.sorts(kind)
    found = []
    for name in ("title", *names):
        sortable = name in sorts
        direction = "descending" if sort == f"-{name}" else "ascending" if sort == name else ""
        turned = f"-{name}" if direction == "ascending" else name
        href = _address(kind, query, sort=turned, page="") if sortable else ""
        found.append(Column(name, column_label(kind, name), href, direction))
    return tuple(found)


def column_label(kind: Kind, name: str) -> str:
    """What a column is called in its head."""
    if name == "updated_at":
        return gettext("Last change")
    derived = {extra.name: extra for extra in computed.of(kind.slug)}
    return naming.capitalized(derived[name].label) if name in derived else cells.label(kind, name)


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
        if name in {"sort", "page", *layout.LAYOUT}:
            continue
        item = shown.get(name)
        label = (
            item.label
            if item
            else {
                "q": gettext("Text"),
                "where": gettext("Conditions"),
                "owner": gettext("Owner"),
                "unit": gettext("Unit"),
            }.get(name, name)
        )
        text = next((one.label for one in item.choices if one.chosen), value) if item else value
        text = people.get(value, text) if name == "owner" else text
        found.append(Chip(label, text, _address(kind, query, **{name: "", "page": ""})))
    return tuple(found)


def _cell(kind: Kind, name: str, value: object) -> Cell:
    """A cell of the list; of a choice only its name, without what explains it after the colon."""
    found = cells.field_cell(kind, name, value)
    return Cell("text", found.text.partition(":")[0]) if kind.field(name).choices and found.text else found


def _line(kind: Kind, row: queries.Row, columns: Sequence[str]) -> Line:
    shown: list[tuple[str, Cell]] = []
    for name in columns:
        if name == "state":
            found = Cell("state", row.state)
        elif name == "owner":
            found = cells.cell(row.owner)
        elif name == "updated_at":
            found = cells.cell(row.updated_at)
        elif name in row.computed or name not in row.cells:
            found = Cell("text", row.computed.get(name, ""))
        else:
            found = _cell(kind, name, row.cells[name])
        shown.append((column_label(kind, name), found))
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
    wanted = {name: value for name, value in query.items() if name not in NAMES}
    search, sort = query.get("q", ""), query.get("sort", "")
    columns = layout.columns_of(kind, query.get(layout.COLUMNS, ""))
    found = queries.list_records(
        actor, kind, filters=wanted, search=search, sort=sort, where=query.get("where", ""),
        page=parse_int(query.get("page", "1")), columns=columns,
    )  # fmt: skip
    filters = _filters(kind, query, _records_to_choose(actor, kind))
    owner = found.rows[0].owner if found.rows else ""
    people = {actor.id: actor.name, **({query.get("owner", ""): owner} if owner else {})}
    kept = {name: value for name, value in query.items() if name != "page"}
    may_create = policy.may(actor, "create", kind=kind.slug, anywhere=True).allowed
    may_import = policy.may(actor, "import", kind=kind.slug, anywhere=True).allowed
    return ListPage(
        title=naming.capitalized(kind.names),
        crumbs=(Crumb(gettext("Clause {number}").format(number=kind.clause), reverse("clauses")),),
        kind=kind,
        columns=_columns(kind, query, columns),
        filters=filters,
        chips=_chips(kind, query, filters, people),
        lines=tuple(_line(kind, row, columns) for row in found.rows),
        pager=_pager(kind, found, query),
        search=search,
        sort=sort,
        where=query.get("where", ""),
        faults=(),
        create_href=reverse("record-new", args=[kind.plural]) if may_create else "",
        import_href=f"{reverse('imports')}?kind={kind.slug}" if may_import else "",
        files=_files(kind, kept),
        document=_document(actor, kind, narrowed=bool({*kept} - {"sort", *layout.LAYOUT})),
        api_href=f"/api/v1/{kind.plural}" + (f"?{urlencode(kept)}" if kept else ""),
        clear_href=_address(kind, {}),
        bulk_href=reverse("bulk-new", args=[kind.plural]) if _may_change(actor, kind) else "",
        kept=tuple((name, value) for name, value in kept.items() if name not in {"sort", *layout.LAYOUT}),
        laid_out=tuple((name, query[name]) for name in (*layout.LAYOUT, "sort") if name in query),
        roomy=query.get(layout.DENSITY) == layout.ROOMY,
        views=saved_views.of_list(actor, kind, query, columns),
    )


def _files(kind: Kind, kept: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    ending = f"?{urlencode(kept)}" if kept else ""
    routes = {"CSV": "record-export", "XLSX": "record-export-xlsx", "JSON": "record-export-json"}
    return tuple((name, reverse(route, args=[kind.plural]) + ending) for name, route in routes.items())


def _document(actor: Actor, kind: Kind, *, narrowed: bool) -> str:
    """All records of the kind as one document; a list of some of them leaves as CSV, XLSX and JSON."""
    if not policy.may(actor, "export", kind=kind.slug, anywhere=True):
        return ""
    return {"risk": RISKS, applicability.KIND: STATEMENT}.get(kind.slug, "" if narrowed else kind.plural)


def _may_change(actor: Actor, kind: Kind) -> bool:
    """Whether there is anything that ``actor`` might do to several records of a kind at once."""
    verbs = ("amend", "move", "link", "approve")
    return any(policy.may(actor, verb, kind=kind.slug, anywhere=True) for verb in verbs)


@page(
    "records/<plural:plural>/",
    name="record-list",
    title="Records of one kind",
    samples=("/records/ai-systems/", "/records/ai-systems/?as_of=2026-11-19"),
    as_of=True,
)
def record_list(request: HttpRequest, actor: Actor, plural: str) -> HttpResponse:
    """All records of one kind that the reader may see."""
    kind = kinds.get(plural)
    if kind.plural != plural:
        raise NotFound("No list has this address.")
    as_of = days.of_request(request)
    if as_of.instant is not None:
        known = known_list(actor, kind, query_of(request), as_of)
        return render(request, "web/records/list_as_of.html", {"page": known})
    templates = [f"web/records/kinds/{kind.slug}_list.html", "web/records/list.html"]
    query = saved_views.opened(actor, kind, query_of(request))
    try:
        context, status = list_page(actor, kind, query), 200
    except Invalid as problem:
        if "where" not in query:
            raise
        # What was typed stays in its field, beside what is wrong with it and the list without it.
        context = replace(
            list_page(actor, kind, {**query, "where": ""}), where=query["where"], faults=problem.faults
        )
        status = problem.status
    return render(request, templates, {"page": context}, status=status)
