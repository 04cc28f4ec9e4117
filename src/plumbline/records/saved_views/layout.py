"""What the query of an address says of a list: filters, order, columns, density. Reads no rows.

A view is kept as such a query, so that a link, a page, the API and a saved view say the same alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlencode

from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import computed
from plumbline.records.kinds import Kind
from plumbline.records.list_index import index_columns

COLUMNS, DENSITY, VIEW = "columns", "density", "view"
ROOMY = "roomy"
LAYOUT = (COLUMNS, DENSITY, VIEW)
"""Parameters of a list that choose no records."""
_SELECTING = ("q", "where", "sort", "state", "owner", "unit")
_LARGEST = 2_000
_BASE = ("state", "owner", "unit", "created_at", "updated_at", "effective_from", "key")


def default_columns(kind: Kind) -> tuple[str, ...]:
    """The columns of a list that says nothing of columns, besides reference and title."""
    derived = tuple(one.name for one in computed.of(kind.slug) if one.is_usual)
    names = ("state", *kind.columns, *derived, "owner", "updated_at")
    return tuple(name for name in dict.fromkeys(names) if name != "title")


def known_columns(kind: Kind) -> tuple[str, ...]:
    """Every column that a list of ``kind`` can show: what a row holds without asking for other rows."""
    own = [
        name
        for name in kind.own_fields
        if not kind.field(name).many_to_many and kind.field(name).get_internal_type() != "JSONField"
    ]
    derived = (one.name for one in computed.of(kind.slug))
    return tuple(
        dict.fromkeys((*default_columns(kind), *derived, *_BASE, *(name for name in own if name != "title")))
    )


def columns_of(kind: Kind, text: str) -> tuple[str, ...]:
    """The columns in a text such as ``state,owner``; the default ones for an empty text. Raises `Invalid`."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    known = known_columns(kind)
    if wrong := [name for name in names if name not in known]:
        remedy = say("fault.one-of", "one of: {names}", names=", ".join(known))
        text = "is not a column of this list"
        raise Invalid("The list was not made.", [Fault(f"{COLUMNS}.{name}", text, remedy) for name in wrong])
    return names or default_columns(kind)


def parameters(kind: Kind) -> tuple[str, ...]:
    """The parameters that a view of ``kind`` may hold."""
    return tuple(dict.fromkeys((*_SELECTING, *kind.filters, COLUMNS, DENSITY)))


def canonical(kind: Kind, query: Mapping[str, str]) -> str:
    """The query of a view, in one order and without what is empty. Raises `Invalid` for what no list has."""
    given = {name: str(value).strip() for name, value in query.items() if str(value).strip()}
    known = parameters(kind)
    if wrong := [name for name in given if name not in known]:
        remedy = say("fault.one-of", "one of: {names}", names=", ".join(known))
        raise Invalid(
            "The view was not saved.", [Fault(name, "is no part of a view", remedy) for name in wrong]
        )
    columns_of(kind, given.get(COLUMNS, ""))
    if given.get(DENSITY, ROOMY) != ROOMY:
        raise Invalid("The view was not saved.", [Fault(DENSITY, "is not known", "roomy, or leave it out")])
    if (sort := given.get("sort", "").removeprefix("-")) and sort not in index_columns.sorts(kind):
        raise Invalid("The view was not saved.", [Fault("sort", "is not a column that lists sort by", "")])
    text = urlencode([(name, given[name]) for name in known if name in given])
    if len(text) > _LARGEST:
        remedy = say("view.shorter", "at most {most} letters", most=_LARGEST)
        raise Invalid("The view was not saved.", [Fault("where", "is too long for a view", remedy)])
    return text


def parsed(text: str) -> dict[str, str]:
    """The parameters in the query of a view."""
    return dict(parse_qsl(text))


def selecting(query: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The filters in a query, without ``names`` and without what only lays the list out."""
    return {name: value for name, value in query.items() if name not in {*names, *LAYOUT}}
