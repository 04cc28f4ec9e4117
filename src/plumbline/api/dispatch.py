"""The door of the API: from an HTTP request to an operation and back.

Every answer that is not a success is a problem document (RFC 9457), for unknown addresses and methods too.
A request is known by its bearer token alone; cookies do not count here, so that no page of another site can
make a browser act, and CSRF secrets have nothing to protect.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Call, Operation
from plumbline.api.raw_body import MethodNotAllowed
from plumbline.identity import actors
from plumbline.identity.actors import Actor
from plumbline.identity.throttle import Bucket, network
from plumbline.kernel import ids, request_notes
from plumbline.kernel.problems import NotFound, NotSignedIn, Problem, TooMany, Unavailable
from plumbline.records import read_log
from plumbline.records.idempotency import commands as idempotency
from plumbline.trail import storage

PROBLEM_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)
_Routes = dict[str, list[tuple[re.Pattern[str], dict[str, Operation]]]]


@cache
def routes() -> _Routes:
    """Operations by the first piece of their path, then by pattern and method."""
    from plumbline.api.registry import operations

    found: dict[str, dict[str, dict[str, Operation]]] = {}
    patterns: dict[str, re.Pattern[str]] = {}
    for operation in operations():
        first = re.split(r"[/{]", operation.path.strip("/"))[0]
        found.setdefault(first, {}).setdefault(operation.path, {})[operation.method] = operation
        patterns[operation.path] = _pattern(operation)
    return {
        first: [(patterns[path], methods) for path, methods in paths.items()]
        for first, paths in found.items()
    }


def _pattern(operation: Operation) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", operation.path)
    made = [re.escape(part) if place % 2 == 0 else "" for place, part in enumerate(parts)]
    for place in range(1, len(parts), 2):
        made[place] = f"(?P<{parts[place]}>{operation.pieces.get(parts[place], '[^/]+')})"
    return re.compile("".join(made))


def _found(path: str) -> tuple[Mapping[str, Operation], dict[str, str]]:
    first = re.split(r"/", path, maxsplit=1)[0]
    for pattern, methods in routes().get(first, ()):
        matched = pattern.fullmatch(f"/{path}")
        if matched is not None:
            return methods, matched.groupdict()
    raise NotFound("The API has nothing at this address. Its description is /api/v1/openapi.json.")


@csrf_exempt
def dispatch(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """Answer one request to ``/api/v1/<path>``."""
    try:
        return _served(request, path)
    except Problem as problem:
        return refusal(problem, request.path)
    except OperationalError as error:
        if (found := storage.problem_of(error)) is not None:
            return refusal(found, request.path)
        _log.warning("the database did not answer in time", exc_info=True)
        return refusal(Unavailable("The database is busy. Nothing was changed; send it again."), request.path)


def _served(request: HttpRequest, path: str) -> HttpResponseBase:
    methods, pieces = _found(path)
    method = "GET" if request.method == "HEAD" else request.method or ""
    operation = methods.get(method)
    if operation is None:
        raise MethodNotAllowed("This address does not take this method.", allow=", ".join(sorted(methods)))
    actor = _public() if operation.open else _admitted(request)
    call = Call(request, actor, pieces, parsing.query(request, [item.name for item in operation.query]))
    if operation.body is not None and "multipart/form-data" not in operation.body.content:
        limit = settings.PLUMBLINE.upload_limit if operation.large else settings.PLUMBLINE.body_limit
        call.body = parsing.raw_body(request, limit)
        if JSON_TYPE in operation.body.content:
            call.json = parsing.json_body(request, call.body)
    key = request.headers.get("Idempotency-Key")
    if operation.repeatable and key is not None:
        return _once(operation, call, key)
    return _response(_handled(operation, call))


def _handled(operation: Operation, call: Call) -> Answer:
    with read_log.logged():
        return operation.handler(call)


def _public() -> Actor:
    return Actor("anonymous", None, "anybody")


@cache
def _buckets(rate: int, wrong: int) -> tuple[Bucket, Bucket]:
    return Bucket("api", rate, 60), Bucket("api-token", wrong, 60, chunk=1)


def _admitted(request: HttpRequest) -> Actor:
    """The actor of the bearer token (RFC 6750). Raises `NotSignedIn`, or `TooMany` over the rate."""
    by_token, by_address = _buckets(settings.PLUMBLINE.api_rate, 120)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn("Send the header Authorization: Bearer and a token.")
        actor = actors.actor_of_token(token)
    except NotSignedIn:
        wait = by_address.take(network(request.META.get("REMOTE_ADDR") or ""))
        if wait is not None:
            raise _too_many("Too many requests without a valid token came from this address.", wait) from None
        raise
    request_notes.note(request.headers.get("X-Request-ID", ""), actor.id)
    wait = by_token.take(actor.id)
    if wait is not None:
        raise _too_many("This token has sent too many requests.", wait)
    return actor


def _too_many(detail: str, wait: float) -> TooMany:
    return TooMany(f"{detail} Wait {wait:.0f} seconds.", retry_after=max(1, round(wait + 0.5)))


def _once(operation: Operation, call: Call, key: str) -> HttpResponse:
    def act() -> idempotency.Reply:
        made = _response(_handled(operation, call))
        assert isinstance(made, HttpResponse)
        return idempotency.Reply(made.status_code, dict(made.headers), made.content.decode())

    address = f"{call.request.method} {call.request.path}?{call.request.META.get('QUERY_STRING', '')}"
    carried = call.body + (call.request.headers.get("If-Match") or "").encode()
    reply = idempotency.once(call.actor.id, address, key, carried, act)
    response = HttpResponse(reply.body, status=reply.status)
    for name, value in reply.headers.items():
        response[name] = value
    if reply.repeated:
        response["Idempotency-Replayed"] = "true"
    return response


def _response(answer: Answer) -> HttpResponseBase:
    response = answer.response
    if response is None:
        content = b"" if answer.status in (204, 304) else msgspec.json.encode(answer.value)
        response = HttpResponse(content, status=answer.status, content_type=JSON_TYPE)
        if not content:
            del response["Content-Type"]
    response["Cache-Control"] = "no-store"
    for name, value in answer.headers.items():
        response[name] = value
    return response


def refusal(problem: Problem, path: str) -> HttpResponse:
    """The problem document of ``problem``, with the headers its status asks for."""
    document: dict[str, Any] = problem.as_dict()
    document["instance"] = path
    if problem.status >= 500:
        document["reference"] = ids.opaque("err")
        _log.warning("%s at %s: %s", document["reference"], path, problem.code)
    response = HttpResponse(msgspec.json.encode(document), status=problem.status, content_type=PROBLEM_TYPE)
    response["Cache-Control"] = "no-store"
    if problem.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="plumbline"'
    if "retry_after" in problem.extra:
        response["Retry-After"] = str(problem.extra["retry_after"])
    if "allow" in problem.extra:
        response["Allow"] = problem.extra["allow"]
    return response
