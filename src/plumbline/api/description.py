"""The API describes itself: the OpenAPI document and the schema of each kind, open to everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from plumbline.api.operations import Answer, Call, Operation, Reply
from plumbline.api.schemas import listed, thing
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds, schema


def _schemas(call: Call) -> Answer:
    return Answer(
        [{"kind": kind.slug, "plural": kind.plural, "prefix": kind.prefix} for kind in kinds.all_kinds()]
    )


def _schema(call: Call) -> Answer:
    for kind in kinds.all_kinds():
        if call.pieces["kind"] == kind.slug:
            return Answer(schema.of_kind(kind))
    raise NotFound("There is no kind of record with this name. /api/v1/schemas lists them.")


def operations(document: Callable[[], dict[str, Any]]) -> Iterator[Operation]:
    """The document, the list of kinds, and the schema of one.

    ``document`` gives the OpenAPI document when it is asked for: it describes these operations too, so it
    cannot be there before them.
    """
    text = {"type": "string"}
    yield Operation(
        "GET", "/openapi.json", "readDescription", "This document", lambda call: Answer(document()),
        tag="description", open=True,
        replies={200: Reply("OpenAPI 3.1.", {"type": "object"})},
    )  # fmt: skip
    yield Operation(
        "GET", "/schemas", "listKinds", "Every kind of record", _schemas, tag="description", open=True,
        replies={200: Reply("Kinds.", listed(thing(kind=text, plural=text, prefix=text)))},
    )  # fmt: skip
    yield Operation(
        "GET", "/schemas/{kind}", "readSchema", "The JSON Schema of a kind's values", _schema,
        tag="description", pieces={"kind": "[a-z0-9-]{1,60}"}, open=True, problems=(404,),
        replies={200: Reply("JSON Schema 2020-12.", {"type": "object"})},
    )  # fmt: skip
