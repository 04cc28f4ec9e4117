"""One search over all that can be opened, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plumbline.api.operations import Answer, Call, Operation, Parameter, Reply
from plumbline.api.schemas import COUNT, FLAG, TEXT, listed, maybe, thing, words
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records.search_index.snippets import Snippet
from plumbline.search import queries
from plumbline.search.queries import Hit
from plumbline.search.things import SORTS

TAG = "search"
PART = thing(text=TEXT, hit=FLAG)
HIT = thing(
    type=words("record", *SORTS, "entry", "event"),
    id=TEXT,
    title=TEXT,
    about=TEXT,
    state=TEXT,
    where=TEXT,
    snippet=listed(PART),
)
FOUND = thing(
    q=TEXT,
    total=COUNT,
    capped=FLAG,
    exact=maybe(HIT),
    groups=listed(thing(name=TEXT, total=COUNT, capped=FLAG, items=listed(HIT))),
)


def _search(call: Call) -> Answer:
    size = call.number("size", queries.MOST)
    if not 1 <= size <= queries.MOST_OF_ONE:
        remedy = say("search.size", "1 to {most}", most=queries.MOST_OF_ONE)
        raise Invalid("The search was not made.", [Fault("size", "is out of range", remedy)])
    text = call.query.get("q", "")
    if not text.strip():
        raise Invalid("The search was not made.", [Fault("q", "is missing", "say what to look for")])
    found = queries.search(call.actor, text, only=call.query.get("in", ""), most=size)
    groups = [
        {
            "name": group.name,
            "total": group.total,
            "capped": group.capped,
            "items": [_hit(hit) for hit in group.hits],
        }
        for group in found.groups
    ]
    exact = _hit(found.exact) if found.exact else None
    return Answer(
        {"q": found.text, "total": found.total, "capped": found.capped, "exact": exact, "groups": groups}
    )


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "type": hit.sort,
        "id": hit.name,
        "title": hit.title,
        "about": hit.about,
        "state": hit.state,
        "where": hit.snippet.where if hit.snippet else "",
        "snippet": _parts(hit.snippet) if hit.snippet else [],
    }


def _parts(snippet: Snippet) -> list[dict[str, Any]]:
    return [{"text": part.text, "hit": part.hit} for part in snippet.parts]


def operations() -> Iterator[Operation]:
    """The search."""
    yield Operation(
        "GET", "/search", "search", "Search everything that you may read", _search, tag=TAG,
        query=(
            Parameter("q", TEXT, "Words that all have to be found; a word finds what begins with it, words "
                      "in quotation marks stand side by side. Capitals and diacritics do not matter."),
            Parameter("in", TEXT, "Only in this kind of record, or in one of: " + ", ".join(SORTS) + "."),
            Parameter("size", {"type": "integer", "minimum": 1, "maximum": queries.MOST_OF_ONE,
                               "default": queries.MOST}, "Items of each group."),
        ),
        replies={200: Reply("What was found, best first. Only what you may read is counted.", FOUND)},
        problems=(422,),
    )  # fmt: skip
