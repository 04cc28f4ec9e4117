"""What the files of components and datasets say of them, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.api.operations import REFERENCE, Answer, Call, Handler, Operation, Reply
from plumbline.api.records import component, own_kind
from plumbline.api.schemas import COUNT, TEXT, listed, thing
from plumbline.imports.artifacts import queries
from plumbline.imports.artifacts.queries import FileFacts
from plumbline.records import kinds
from plumbline.records.kinds import Kind

FACT = thing(field=TEXT, label=TEXT, text=TEXT, place=TEXT, own=TEXT, state=TEXT)
FILE = thing(
    file=COUNT, name=TEXT, sha256=TEXT, format=TEXT, schema=TEXT, entry=TEXT, note=TEXT,
    misfits=listed(TEXT), facts=listed(FACT),
)  # fmt: skip


def _as_dict(kind: Kind, found: FileFacts) -> dict[str, object]:
    return {
        "file": found.file.pk,
        "name": found.file.name,
        "sha256": found.file.sha256,
        "format": found.format,
        "schema": found.schema,
        "entry": found.entry.place if found.entry is not None else "",
        "note": str(found.note),
        "misfits": [str(text) for text in found.misfits],
        "facts": [
            {
                "field": row.fact.field,
                "label": str(row.fact.label) or str(kind.field(row.fact.field).verbose_name),
                "text": row.fact.text,
                "place": row.fact.place,
                "own": row.own,
                "state": row.state,
            }
            for row in found.facts
        ],
    }


def _read(kind: Kind) -> Handler:
    def act(call: Call) -> Answer:
        reference = own_kind(call, kind)
        return Answer([_as_dict(kind, found) for found in queries.of_reference(call.actor, reference)])

    return act


def operations() -> Iterator[Operation]:
    """What files of published formats say of the record that carries them, beside its own fields."""
    for kind in filter(queries.carries, kinds.all_kinds()):
        yield Operation(
            "GET", f"/{kind.plural}/{{reference}}/file-facts", f"readFileFactsOf{component(kind)}",
            f"What the files of a {kind.name} say of it", _read(kind), tag=kind.names,
            pieces={"reference": REFERENCE},
            replies={200: Reply("The files, newest first, each with its facts.", listed(FILE))},
            text="Of each fact: where it stands in the file, what the field of the record says (`own`), how"
            " the two stand: `same`, `differs`, `only in the file`, or `no field`. Nothing is written.",
        )  # fmt: skip
