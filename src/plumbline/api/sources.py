"""What the source of an imported record states of it in its own words, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.api.operations import REFERENCE, Answer, Call, Operation, Reply
from plumbline.api.schemas import COUNT, HEX, INSTANT, TEXT, listed, maybe, thing
from plumbline.imports.stated import reading
from plumbline.kernel import clock

EDITION = thing(
    **{"import": TEXT}, file=TEXT, sha256=HEX, imported=maybe(INSTANT), line=COUNT,
    words=listed(thing(about=TEXT, column=TEXT, text=TEXT)),
)  # fmt: skip


def _read(call: Call) -> Answer:
    found = reading.editions_for(call.actor, call.pieces["reference"])
    return Answer(
        [
            {
                "import": edition.import_id,
                "file": edition.file_name,
                "sha256": edition.file_sha256,
                "imported": clock.rfc3339(edition.imported_at) if edition.imported_at else None,
                "line": edition.line,
                "words": [
                    {"about": one.about, "column": one.column, "text": one.text} for one in edition.words
                ],
            }
            for edition in found
        ]
    )


def operations() -> Iterator[Operation]:
    """What the editions of a source say of one record."""
    yield Operation(
        "GET", "/sources/{reference}", "readSource",
        "What the editions of its source state of a record in their own words, newest first", _read,
        tag="imports", pieces={"reference": REFERENCE},
        replies={200: Reply("Editions; none for a record that no import brought.", listed(EDITION))},
    )  # fmt: skip
