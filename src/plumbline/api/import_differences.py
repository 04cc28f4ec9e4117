"""What stands in the records of an import other than in its file, and by whose decision, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from plumbline.api.operations import Answer, Call, Operation, Reply
from plumbline.api.records import PAGE, SIZE
from plumbline.api.schemas import COUNT, INSTANT, TEXT, listed, maybe, page, thing, words
from plumbline.imports.differences import queries as differences
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault, Invalid

DIFFERING = thing(
    line=COUNT, reference=TEXT, title=TEXT, compared=COUNT,
    differences=listed(thing(sort=words(*differences.SORTS), field=TEXT, label=TEXT, column=TEXT, text=TEXT,
                             here=TEXT, why=TEXT, by=TEXT, at=maybe(INSTANT), leaf=maybe(COUNT))),
)  # fmt: skip
"""One row of a file beside its record."""


def _differences(call: Call) -> Answer:
    number, size = call.number("page", 1), call.number("size", 25)
    if not 1 <= number <= 100_000 or not 1 <= size <= 200:
        raise Invalid(
            "There is no such page.", [Fault("page", "is out of range", "page from 1, size 1 to 200")]
        )
    handle = call.pieces["handle"]
    whole = differences.compared(call.actor, handle)
    items = [
        {
            "line": row.line, "reference": row.reference, "title": row.title, "compared": row.compared,
            "differences": [
                {**asdict(one), "why": str(one.why), "at": clock.rfc3339(one.at) if one.at else None}
                for one in row.differences
            ],
        }
        for row in differences.rows(call.actor, handle, page=number, size=size)
    ]  # fmt: skip
    return Answer({"items": items, "page": number, "size": size, "total": whole.rows, "capped": False})


def operations() -> Iterator[Operation]:
    """What differs from the file of an import."""
    yield Operation(
        "GET",
        "/imports/{handle}/differences",
        "listImportDifferences",
        "What stands in its records other than in its file, and by whose decision",
        _differences,
        tag="imports",
        pieces={"handle": "imp_[0-9a-f]{20}"},
        query=(PAGE, SIZE),
        problems=(409, 422),
        replies={200: Reply("One page.", page(DIFFERING))},
        text="`read`: the map took the text as something else. `left out`: it was not taken. `here`: a "
        "person changed the field, in the revision of the entry `leaf`. `by` and `at`: who decided it, when.",
    )
