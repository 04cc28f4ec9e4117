"""Records over HTTP: each kind has the same addresses, derived from its declaration as its pages are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.http import StreamingHttpResponse

from plumbline.api import parsing
from plumbline.api.operations import (
    JSON_TYPE,
    REFERENCE,
    Answer,
    Body,
    Call,
    Handler,
    Operation,
    Parameter,
    Reply,
)
from plumbline.api.schemas import COUNT, INSTANT, TEXT, listed, maybe, page, ref, thing, words
from plumbline.documents import workbook
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.as_of import known_at
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.records import (
    commands,
    csv_export,
    forms,
    kinds,
    plain_lists,
    queries,
    schema,
    steps,
    typed_export,
)
from plumbline.records import values as plain_values
from plumbline.records.approved import digest
from plumbline.records.approved import queries as approved
from plumbline.records.kinds import Kind
from plumbline.records.list_index import queries as list_index
from plumbline.records.qualified import queries as qualified
from plumbline.records.saved_views import layout
from plumbline.records.saved_views import queries as saved_views

PAGE = Parameter("page", {"type": "integer", "minimum": 1, "default": 1}, "Which page, from 1.")
SIZE = Parameter(
    "size",
    {"type": "integer", "minimum": 1, "maximum": list_index.LARGEST_PAGE, "default": queries.PAGE_SIZE},
    "Rows on a page.",
)
COLUMNS = Parameter(layout.COLUMNS, TEXT, "Columns besides reference and title: names with commas.")
_SHAPES = {"csv": TEXT, "xlsx": {"type": "string", "format": "binary"}, "json": listed({"type": "object"})}
AS_OF = Parameter("as_of", INSTANT, "As it was known at this instant (RFC 3339, with a zone).")


def component(kind: Kind) -> str:
    """The name of the kind's schema in the document: ``AISystem``."""
    return kind.model.__name__


def record_schema(kind: Kind) -> dict[str, Any]:
    """What the API answers for one record of ``kind``."""
    values = schema.of_kind(kind)["properties"]
    shapes = {name: {"title": shape["title"], **_answered(shape)} for name, shape in values.items()}
    return thing(
        ("created", "moves", "computed", "in_force", "qualified_reference"),
        reference={"type": "string", "pattern": f"^{kind.prefix}-[0-9]+$"},
        kind=words(kind.slug),
        state=words(*kind.workflow.states),
        revision=COUNT,
        created=INSTANT,
        recorded=INSTANT,
        key=maybe(TEXT),
        qualified_reference={"type": "string", "description": "What names the record in any installation."},
        values={**thing(**shapes), "additionalProperties": True},
        moves=listed(ref("Move")),
        computed={"type": "object", "additionalProperties": TEXT},
        in_force=maybe(
            thing(
                revision=COUNT,
                approved_at=maybe(INSTANT),
                digest=maybe(TEXT),
                values={**thing(**shapes), "additionalProperties": True},
            )
        ),
    )


def _answered(shape: Mapping[str, Any]) -> dict[str, Any]:
    """The shape of an answered value: wider than what is taken, since old revisions show old words."""
    found = shape.get("type")
    known = [found] if isinstance(found, str) else list(found or ())
    if "array" in known:
        return {"type": ["array", "null"], "items": {"type": "string"}}
    return {"type": sorted({*known, "string", "null"})}


def resource(actor_record: Any, kind: Kind) -> dict[str, Any]:
    """One record as the API answers it."""
    moves = steps.open_to(actor_record, kind)
    return {
        **plain_values.snapshot(actor_record, kind),
        "created": clock.rfc3339(actor_record.created_at),
        "qualified_reference": qualified.homes().name(actor_record),
        "moves": [
            {"name": move.name, "label": move.label, "target": move.target, "reason": move.reason}
            for move in moves
        ],
        "in_force": _in_force(actor_record, kind),
        "computed": _computed(actor_record, kind),
    }


def _computed(record: Any, kind: Kind) -> dict[str, str]:
    """What other rooms work out for the record now, such as the level of a risk today."""
    return queries.computed_texts(kind, [record.reference]).get(record.reference, {})


def _in_force(record: Any, kind: Kind) -> dict[str, Any] | None:
    """What is in force of a record beside what is written now; None while nothing of it is."""
    row = approved.in_force_of(record, kind)
    if row is None:
        return None
    return {
        "revision": row["revision"],
        "approved_at": row["approved_at"],
        "digest": row["approval_digest"],
        "values": {name: row[name] for name in kind.field_names},
    }


def instant(call: Call) -> Any:
    """The parameter ``as_of`` as an instant, ``None`` without it. Raises `Invalid`, also for a day that has
    not come: nothing is known yet as of then."""
    text = call.query.get("as_of")
    if text is None:
        return None
    try:
        at = clock.parse_rfc3339(text.replace(" ", "+"))
    except (ValueError, OverflowError):
        remedy = "an RFC 3339 time with a zone, such as 2026-11-20T10:00:00Z"
        raise Invalid("The request was not done.", [Fault("as_of", "is no instant", remedy)]) from None
    return known_at(at)


def own_kind(call: Call, kind: Kind) -> str:
    """The reference in the path. Raises `NotFound` when it is of another kind."""
    reference = call.pieces["reference"]
    if kinds.of_reference(reference) is not kind:
        raise NotFound(f"This reference is not that of a {kind.name}.")
    return reference


def _opened(call: Call, kind: Kind) -> dict[str, str]:
    """The query of a list: what the view asks that it names, and what it says itself instead of that."""
    query = dict(call.query)
    if layout.VIEW not in query:
        return query
    view = saved_views.view(call.actor, query.pop(layout.VIEW))
    if view.kind is not kind:
        fault = Fault(layout.VIEW, "is of another kind of record", "open its own list")
        raise Invalid("The list was not made.", [fault])
    return {**view.parameters, **query}


def _filters(query: Mapping[str, str], kind: Kind) -> dict[str, str]:
    names = ("state", "owner", "unit", *kind.filters)
    return {name: query[name] for name in names if name in query}


def _list(kind: Kind) -> Handler:
    def act(call: Call) -> Answer:
        at, number, size = instant(call), call.number("page", 1), call.number("size", queries.PAGE_SIZE)
        query = _opened(call, kind)
        search, sort, filters = query.get("q", ""), query.get("sort", ""), _filters(query, kind)
        where = query.get("where", "")
        if at is not None:
            if search or sort or filters or where:
                remedy = "leave filters, where, q and sort out"
                raise Invalid(
                    "The list was not made.", [Fault("as_of", "goes with page and size only", remedy)]
                )
            return _then(call, kind, at, number, size)
        found = plain_lists.page(
            call.actor, kind, filters=filters, search=search, sort=sort, where=where, number=number, size=size
        )
        texts = queries.computed_texts(kind, [item["reference"] for item in found.items])
        for item in found.items:
            item["computed"] = texts.get(item["reference"], {})
        return _paged(call, found, number, size)

    return act


def _then(call: Call, kind: Kind, at: Any, number: int, size: int) -> Answer:
    list_index.check_page(number, size)
    rows = queries.all_as_of(call.actor, at, [kind.slug])
    part = rows[(number - 1) * size : number * size]
    return _paged(call, plain_lists.PlainPage(part, len(rows), False), number, size)


def _paged(call: Call, found: plain_lists.PlainPage, number: int, size: int) -> Answer:
    value = {
        "items": found.items,
        "page": number,
        "size": size,
        "total": found.total,
        "capped": found.capped,
    }
    headers = {}
    if number * size < found.total or (found.capped and len(found.items) == size):
        following = urlencode({**call.query, "page": number + 1})
        headers["Link"] = f'<{call.request.path}?{following}>; rel="next"'
    return Answer(value, headers=headers)


Pieces = Callable[[Actor, Kind, dict[str, Any]], Iterator[bytes]]


def _csv(actor: Actor, kind: Kind, asked: dict[str, Any]) -> Iterator[bytes]:
    lines = csv_export.rows(actor, kind, **asked)
    first = list(_first(lines))
    chunks = csv_export.csv_file(chain(first, lines), csv_export.header(kind, asked["columns"]))
    return (chunk.encode() for chunk in chunks)


def _json(actor: Actor, kind: Kind, asked: dict[str, Any]) -> Iterator[bytes]:
    return (piece.encode() for piece in typed_export.json_text(actor, kind, **asked))


def _xlsx(actor: Actor, kind: Kind, asked: dict[str, Any]) -> Iterator[bytes]:
    return typed_export.xlsx(actor, kind, **asked)


FILES: Mapping[str, tuple[str, str, Pieces]] = {
    "csv": ("export", "text/csv; charset=utf-8", _csv),
    "xlsx": ("exportWorkbook", workbook.TYPE, _xlsx),
    "json": ("exportJson", JSON_TYPE, _json),
}
"""Lists as files: ending → the beginning of the operation's name, the media type, and how it is written."""


def _export(kind: Kind, ending: str, media: str, pieces: Pieces) -> Handler:
    def act(call: Call) -> Answer:
        query = _opened(call, kind)
        search, sort = query.get("q", ""), query.get("sort", "")
        where, filters = query.get("where", ""), _filters(query, kind)
        named = query.get(layout.COLUMNS)
        columns = layout.columns_of(kind, named) if named else None
        asked = {"filters": filters, "search": search, "sort": sort, "where": where, "columns": columns}
        response = StreamingHttpResponse(pieces(call.actor, kind, asked), content_type=media)
        response["Content-Disposition"] = f'attachment; filename="{kind.plural}.{ending}"'
        return Answer(response=response)

    return act


def _first(lines: Iterator[list[str]]) -> Iterable[list[str]]:
    """The first row, so that a refusal comes before the answer has begun."""
    for line in lines:
        return [line]
    return []


def _read(kind: Kind) -> Handler:
    def act(call: Call) -> Answer:
        reference, at = own_kind(call, kind), instant(call)
        if at is not None:
            return Answer(queries.as_of(call.actor, reference, at))
        record, _ = queries.find(call.actor, reference)
        tag = parsing.entity_tag(record.revision, digest.additions(record))
        if call.request.headers.get("If-None-Match") == tag:
            return Answer(status=304, headers={"ETag": tag})
        return Answer(resource(record, kind), headers={"ETag": tag})

    return act


def _create(kind: Kind) -> Handler:
    def act(call: Call) -> Answer:
        sent = parsing.members(call.json, {"values": dict}, {"note": str})
        saved = commands.create(call.actor, kind, sent["values"], note=sent.get("note", ""))
        made = _saved(saved, 201, {"Location": f"/api/v1/{kind.plural}/{saved.reference}"})
        try:
            record, _ = queries.find(call.actor, saved.reference)
        except NotFound:
            return made  # it was made where its maker does not read
        return replace(made, value={**made.value, "missing": list(forms.missing(kind, record))})

    return act


def _amend(kind: Kind) -> Handler:
    def act(call: Call) -> Answer:
        reference, revision = own_kind(call, kind), parsing.seen_revision(call.request)
        sent = parsing.members(call.json, {"values": dict}, {"note": str})
        note = sent.get("note", "")
        return _saved(commands.amend(call.actor, reference, sent["values"], revision=revision, note=note))

    return act


def _saved(saved: commands.Saved, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    value = {
        "reference": saved.reference,
        "revision": saved.revision,
        "state": saved.state,
        "leaf": saved.leaf,
    }
    return Answer(
        value, status, {"ETag": parsing.entity_tag(saved.revision, saved.additions), **(headers or {})}
    )


def saved_answer(saved: commands.Saved, status: int = 201) -> Answer:
    """What a verb answers: the reference, the revision now and the entry that says so."""
    return _saved(saved, status)


def _narrowing(kind: Kind) -> tuple[Parameter, ...]:
    names = {"state": "Only in this state.", "owner": "Only of this person.", "unit": "Only of this unit."}
    names |= {name: f"Only with this value of “{kind.field(name).verbose_name}”." for name in kind.filters}
    return (
        Parameter("q", TEXT, "Only with this text in title or reference."),
        Parameter(layout.VIEW, TEXT, "A saved view; what is said beside it counts instead of what it asks."),
        Parameter("where", TEXT, "Conditions, such as `state:draft -has:risk(is:open) owner:empty`."),
        Parameter("sort", TEXT, "Name of a column; with a minus in front from the largest."),
        *(Parameter(name, TEXT, text) for name, text in names.items()),
    )


def operations(kind: Kind) -> Iterator[Operation]:
    """The operations of one kind that its own declaration suffices for."""
    base, one, named = f"/{kind.plural}", f"/{kind.plural}/{{reference}}", component(kind)
    pieces, etag = {"reference": REFERENCE}, {"ETag": "The revision, in quotes."}
    values = {"type": "object", "properties": {"values": ref(f"{named}Values"), "note": TEXT}}
    some = {"type": "object", "properties": {"values": ref(f"{named}Changes"), "note": TEXT}}
    strict = {"required": ["values"], "additionalProperties": False}
    saved = Reply("It was saved.", ref("Saved"), headers=etag)

    def made(method: str, path: str, name: str, title: str, act: Handler, **more: Any) -> Operation:
        return Operation(method, path, f"{name}{named}", title, act, tag=kind.names, **more)

    yield made(
        "GET", base, "list", f"List {kind.names}", _list(kind),
        query=(PAGE, SIZE, AS_OF, *_narrowing(kind)),
        replies={200: Reply("One page.", page(ref(named)), headers={"Link": "The next page, if any."})},
        problems=(404, 422), text=kind.text,
    )  # fmt: skip
    yield made(
        "POST", base, "create", f"Make a new {kind.name}", _create(kind),
        body=Body({JSON_TYPE: {**values, **strict}}), problems=(400, 409, 413, 415, 422), repeatable=True,
        replies={201: Reply("It was made.", ref("Saved"), headers={**etag, "Location": "Its address."})},
    )  # fmt: skip
    for ending, (name, media, pieces_of) in FILES.items():
        yield made(
            "GET", f"{base}.{ending}", name, f"List {kind.names} as {ending.upper()}",
            _export(kind, ending, media, pieces_of), query=(*_narrowing(kind), COLUMNS), problems=(404, 422),
            replies={200: Reply("Every row.", _SHAPES[ending], media.partition(";")[0])},
        )  # fmt: skip
    yield made(
        "GET", one, "read", f"Read one {kind.name}", _read(kind), pieces=pieces, query=(AS_OF,),
        replies={200: Reply("The record.", ref(named), headers=etag), 304: Reply("It is as you know it.")},
        problems=(422,),
    )  # fmt: skip
    yield made(
        "PATCH", one, "amend", f"Change fields of a {kind.name}", _amend(kind), pieces=pieces,
        body=Body({JSON_TYPE: {**some, **strict}}), replies={200: saved}, guarded=True, repeatable=True,
        problems=(400, 409, 412, 413, 415, 422, 428),
    )  # fmt: skip
