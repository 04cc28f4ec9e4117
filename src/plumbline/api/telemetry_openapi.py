"""The ingest doors in the OpenAPI document, derived from the event types that the doors decode with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from plumbline.api.schemas import COUNT, HEX, TEXT, maybe, ref, thing
from plumbline.api.telemetry import BATCHES, NOT_YET, TRACES
from plumbline.telemetry.event import Batch
from plumbline.telemetry.intake import JSON_TYPE, PROTOBUF_TYPE

TAG = "telemetry"
RECEIPT = thing(
    ("receipt", "waiting"), segment=maybe(TEXT), leaf=maybe(COUNT),
    root={"type": "string", "pattern": "^[0-9a-f]*$"},
    accepted=COUNT, duplicates=COUNT, removed={"type": "object", "additionalProperties": COUNT},
    receipt=maybe(TEXT), waiting=thing(reason=TEXT, detail=TEXT),
)  # fmt: skip
Refusals = Callable[[set[int]], dict[str, Any]]
_STATUSES = {400, 401, 403, 408, 413, 415, 422, 429, 503}


def schemas() -> dict[str, Any]:
    """Schemas of a batch and all it holds, and of the receipt."""
    _, found = msgspec.json.schema_components([Batch], ref_template="#/components/schemas/{name}")
    return {**_portable(found), "BatchReceipt": RECEIPT, "Digest": HEX}


def _portable(value: Any) -> Any:
    """The schema with patterns that every dialect of regular expressions has (``\\Z`` is Python's)."""
    if isinstance(value, dict):
        return {
            name: item.replace("\\Z", "$") if name == "pattern" and isinstance(item, str) else _portable(item)
            for name, item in value.items()
        }
    return [_portable(item) for item in value] if isinstance(value, (list, tuple)) else value


def _header(name: str, text: str, *known: str) -> dict[str, Any]:
    shape = {"type": "string", **({"enum": list(known)} if known else {})}
    return {"name": name, "in": "header", "required": False, "description": text, "schema": shape}


_ENCODING = _header("Content-Encoding", "How the body is packed.", "gzip", "identity")
_EITHER = {
    PROTOBUF_TYPE: {"schema": {"type": "string", "format": "binary"}},
    JSON_TYPE: {"schema": {"type": "object"}},
}


def _batches(refusals: Refusals) -> dict[str, Any]:
    receipt = {
        "description": "What was accepted, and the entry that proves it.",
        "content": {JSON_TYPE: {"schema": ref("BatchReceipt")}},
    }
    taken = {"200": {**receipt, "description": "All events were known already."}, "201": receipt}
    taken["202"] = {**receipt, "description": "Stored; the entry follows when the trail takes entries again."}
    return {
        "operationId": "sendBatch",
        "summary": "Send events of AI systems",
        "description": "Accepted as a whole or not at all. An event sent before counts as a duplicate; one "
        "with the id of an earlier one and other contents is a conflict (409), which names it.",
        "tags": [TAG],
        "parameters": [_ENCODING, _header("Prefer", "`receipt` waits for the signed proof.")],
        "requestBody": {"required": True, "content": {JSON_TYPE: {"schema": ref("Batch")}}},
        "responses": taken | refusals(_STATUSES),
    }


def _traces(refusals: Refusals) -> dict[str, Any]:
    taken = {"description": "ExportTraceServiceResponse, in the encoding of the request.", "content": _EITHER}
    return {
        "operationId": "exportTraces",
        "summary": "Send OpenTelemetry traces (OTLP/HTTP)",
        "tags": [TAG],
        "parameters": [_ENCODING],
        "requestBody": {"required": True, "content": _EITHER},
        "responses": {"200": taken} | refusals(_STATUSES),
    }


def _not_available(what: str, refusals: Refusals) -> dict[str, Any]:
    return {
        "operationId": f"export{what.capitalize()}",
        "summary": f"OpenTelemetry {what}: not available yet",
        "tags": [TAG],
        "responses": refusals({501}),
    }


def paths(refusals: Refusals) -> dict[str, Any]:
    """The addresses of the ingest doors. Bodies may be sent with gzip."""
    return {
        BATCHES: {"post": _batches(refusals)},
        TRACES: {"post": _traces(refusals)},
        **{path: {"post": _not_available(what, refusals)} for path, what in NOT_YET.items()},
    }
