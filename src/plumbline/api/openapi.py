"""The OpenAPI 3.1 document, read off the operations and the forms that the API runs on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import plumbline
from plumbline.api import telemetry_openapi
from plumbline.api.operations import Operation, Reply
from plumbline.api.records import component, record_schema
from plumbline.api.schemas import COMPONENTS, ref
from plumbline.records import kinds, schema

PREFIX = "/api/v1"
PROBLEM_TYPE = "application/problem+json"
TEXT = (
    "Records, measured state and proofs of an AI management system. Every request but this description needs "
    "a bearer token. Changes need If-Match with the revision that was seen; requests that make something "
    "take an Idempotency-Key. Whatever is refused says which field is wrong and how to mend it."
)
REFUSALS = {
    400: "The body or the address cannot be read.",
    401: "There is no valid token.",
    403: "The token's owner may not do this.",
    404: "There is nothing with this name that you may see.",
    408: "The body did not arrive in time.",
    409: "The state does not admit this.",
    412: "Somebody else saved first.",
    413: "The body is too large.",
    415: "The media type is not taken here.",
    422: "Fields, parameters or members need a change.",
    428: "If-Match is missing.",
    429: "Too many requests; Retry-After says how long to wait.",
    501: "This part is not there yet.",
    503: "A part of the installation cannot answer now.",
}


def _refusals(statuses: set[int]) -> dict[str, Any]:
    return {str(status): {"$ref": f"#/components/responses/Refusal{status}"} for status in sorted(statuses)}


def _responses() -> dict[str, Any]:
    """The refusals, by name."""
    found: dict[str, Any] = {
        f"Refusal{status}": {"description": text, "content": {PROBLEM_TYPE: {"schema": ref("Problem")}}}
        for status, text in REFUSALS.items()
    }
    wait = {"description": "Seconds.", "schema": {"type": "integer"}}
    return {**found, "Refusal429": {**found["Refusal429"], "headers": {"Retry-After": wait}}}


def _reply(reply: Reply) -> dict[str, Any]:
    made: dict[str, Any] = {"description": reply.text}
    if reply.schema is not None:
        made["content"] = {reply.media_type: {"schema": dict(reply.schema)}}
    if reply.headers:
        made["headers"] = {
            name: {"description": text, "schema": {"type": "string"}} for name, text in reply.headers.items()
        }
    return made


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{operation.pieces.get(name, '[^/]+')}$"},
        }
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]
    made += [
        {
            "name": item.name,
            "in": "query",
            "required": item.required,
            "description": item.text,
            "schema": dict(item.schema),
        }
        for item in operation.query
    ]
    if operation.guarded:
        made.append({"$ref": "#/components/parameters/IfMatch"})
    if operation.repeatable:
        made.append({"$ref": "#/components/parameters/IdempotencyKey"})
    return made


def described(operation: Operation) -> dict[str, Any]:
    """One operation as OpenAPI says it."""
    statuses = {*operation.problems}
    if not operation.open:
        statuses |= {401, 403, 429, 503}
    if operation.pieces:
        statuses.add(404)
    statuses.add(422)
    if operation.repeatable:
        statuses.add(409)
    made: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": _parameters(operation),
        "responses": {
            **{str(status): _reply(reply) for status, reply in operation.replies.items()},
            **_refusals(statuses),
        },
    }
    if operation.text:
        made["description"] = operation.text
    if operation.body is not None:
        made["requestBody"] = {
            "required": operation.body.required,
            "content": {name: {"schema": dict(shape)} for name, shape in operation.body.content.items()},
        }
    if operation.open:
        made["security"] = []
    return made


def _schemas() -> dict[str, Any]:
    found: dict[str, Any] = {name: dict(shape) for name, shape in COMPONENTS.items()}
    for kind in kinds.all_kinds():
        values = {name: item for name, item in schema.of_kind(kind).items() if name != "$schema"}
        found[component(kind)] = {"description": kind.text, **record_schema(kind)}
        found[f"{component(kind)}Values"] = values
        # What a change leaves out stays as it is: with a default, programs would write that over an answer.
        changed = {
            name: {part: item for part, item in shape.items() if part != "default"}
            for name, shape in values["properties"].items()
        }
        found[f"{component(kind)}Changes"] = {
            name: item for name, item in (values | {"properties": changed}).items() if name != "required"
        }
    return {**found, **telemetry_openapi.schemas()}


PARAMETERS: Mapping[str, Any] = {
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": 'The ETag of the revision that you saw, such as "3".',
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Any text that is new for each request; sent again, the first answer comes back.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    },
}


def document(operations: tuple[Operation, ...]) -> dict[str, Any]:
    """The whole document of an API that consists of ``operations``."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(PREFIX + operation.path, {})[operation.method.lower()] = described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Plumbline",
            "version": plumbline.__version__,
            "description": TEXT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in dict.fromkeys(item.tag for item in operations)],
        "paths": {**paths, **telemetry_openapi.paths(_refusals)},
        "components": {
            "schemas": _schemas(),
            "parameters": dict(PARAMETERS),
            "responses": _responses(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token: plb_<id>_<secret>."}
            },
        },
    }
