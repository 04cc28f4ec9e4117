"""The ingest doors: a small raw ASGI application in front of Django.

``POST /api/v1/telemetry/batches`` takes native batches, ``POST /v1/traces`` OTLP trace exports; ``/v1/logs``
and ``/v1/metrics`` answer that they are not available yet. Django's middleware does not see these addresses,
so the door itself checks, in this order: host, method, token, rate, number in flight, size and time of the
body. Cheap checks come first, and nothing of a body is read before its sender is known: whoever has no token
cannot make the server hold a single byte of theirs.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

import msgspec
from django.conf import settings
from django.db import close_old_connections, connections
from django.http.request import split_domain_port, validate_host

from plumbline.api.raw_body import (
    ClientDisconnected,
    Headers,
    MethodNotAllowed,
    Receive,
    Scope,
    Send,
    read_body,
)
from plumbline.clauses.queries import systems_within
from plumbline.config import Config
from plumbline.identity import actors, policy
from plumbline.identity.actors import Actor
from plumbline.identity.throttle import Bucket, network
from plumbline.kernel import clock, request_notes
from plumbline.kernel.measurements import INGESTED_EVENTS
from plumbline.kernel.problems import (
    Conflict,
    Fault,
    Malformed,
    NotFound,
    NotSignedIn,
    NotYet,
    Problem,
    TooMany,
    Unavailable,
)
from plumbline.telemetry import intake, otlp, refusals
from plumbline.telemetry.refusals import Refusal
from plumbline.trail import log, write_priority

Result = TypeVar("Result")

BATCHES: Final = "/api/v1/telemetry/batches"
TRACES: Final = "/v1/traces"
NOT_YET: Final = {"/v1/logs": "logs", "/v1/metrics": "metrics"}
PATHS: Final = frozenset({BATCHES, TRACES, *NOT_YET})
RECEIPT_HEADER: Final = b"plumbline-receipt"
"""Header of an OTLP answer, whose body has no room for it: the receipt, as JSON."""
_WORKERS: Final = 4
IN_FLIGHT_LIMIT: Final = 32
"""Bodies held in memory at once. Together with the limit on one body it bounds what intake can occupy."""
_SPANS_REFUSED: Final = "Some spans were refused; the others were taken."
_RECEIPT_WAIT: Final = 10.0
_RECEIPT_INTERVAL: Final = 0.05
_WRONG_TOKENS: Final = 120
"""Wrong tokens a minute from one address. Only wrong ones count, so senders behind one proxy do not throttle
each other."""


@dataclass(frozen=True)
class Answer:
    """A whole response."""

    status: int
    body: bytes
    media_type: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


class IngestDoor:
    """The ASGI application for the addresses in `PATHS`."""

    def __init__(self, config: Config) -> None:
        """Take limits and host names from ``config``. Threads start with the first request."""
        self._config = config
        self._hosts = [name.strip() for name in config.hosts.split(",") if name.strip()]
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="ingest")
        self._rate = Bucket("ingest", config.ingest_rate, 60)
        self._wrong_tokens = Bucket("ingest-token", _WRONG_TOKENS, 60, chunk=1)
        self._in_flight = 0
        self._recovered = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; every refusal is a problem document (RFC 9457)."""
        if scope["type"] != "http":
            raise ValueError("the ingest door speaks HTTP only")
        headers = Headers(scope["headers"])
        try:
            answer = await self._answer(scope, headers, receive)
        except ClientDisconnected:
            return
        except Problem as problem:
            answer = refusal(problem, scope["path"], headers)
            faults = problem.faults[: refusals.FAULTS]
            _note(headers, Refusal(clock.now(), problem.status, scope["path"], problem.detail, faults))
        await _send(send, answer)

    def close(self) -> None:
        """Close the threads' database connections and let the threads end."""
        together = threading.Barrier(_WORKERS)
        for _ in range(_WORKERS):
            self._pool.submit(_leave, together)
        self._pool.shutdown(wait=True)

    async def _answer(self, scope: Scope, headers: Headers, receive: Receive) -> Answer:
        path = scope["path"]
        self._check_host(headers)
        if path in NOT_YET:
            raise NotYet(
                f"OTLP {NOT_YET[path]} are not accepted yet. "
                f"Send traces to {TRACES}, or native events to {BATCHES}."
            )
        if path not in PATHS:
            raise NotFound("There is no ingest endpoint at this address.")
        if scope["method"] != "POST":
            raise MethodNotAllowed("Send a POST request to this address.")
        actor = await self._run(self._admit, headers.get("authorization"), _peer(scope))
        request_notes.note(headers.get("x-request-id"), actor.id)
        if self._in_flight >= IN_FLIGHT_LIMIT:
            raise Unavailable(
                "Too many batches are being received. Send it again in a second.", retry_after=1
            )
        self._in_flight += 1  # no lock: only the event loop counts, and nothing is awaited since the check
        try:
            body = await read_body(receive, headers, self._config.body_limit, self._config.body_timeout)
            take = intake.accept_traces if path == TRACES else intake.accept
            media_type = headers.get("content-type").partition(";")[0].strip().lower()
            encoding = headers.get("content-encoding")
            whole = policy.may_everywhere(actor, "ingest")
            within = None if whole else partial(systems_within, actor, "ingest")
            receipt = await self._run(take, body, media_type, encoding, actor.id, self._config, within)
        except Problem as problem:
            INGESTED_EVENTS.add(outcome="conflict" if isinstance(problem, Conflict) else "batch-refused")
            raise
        finally:
            self._in_flight -= 1
        for outcome in ("accepted", "duplicates", "refused"):
            INGESTED_EVENTS.add(getattr(receipt, outcome), outcome=outcome)
        if path == TRACES:
            if receipt.refused:
                reasons = tuple(Fault("", reason) for reason in receipt.reasons[: refusals.FAULTS])
                _note(headers, Refusal(clock.now(), 200, path, _SPANS_REFUSED, reasons))
            return _trace_answer(receipt, headers, media_type)
        return await self._native_answer(receipt, headers)

    def _check_host(self, headers: Headers) -> None:
        host = headers.get("host")
        domain, _ = split_domain_port(host)
        if not domain or not validate_host(domain, self._hosts):
            remedy = "Use a name the installation answers to, or add it to PLUMBLINE_HOSTS."
            raise Malformed(
                "The server does not answer to this host name.", [Fault("Host", "is not known", remedy)]
            )

    async def _run(self, work: Callable[..., Result], *values: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, partial(_with_connection, work, *values)
        )

    def _admit(self, authorization: str, peer: str) -> Actor:
        """The actor behind the token, if it may ingest and has not used up its rate."""
        # Segments that a crash left without a leaf are logged before anything new is accepted. Here and not
        # when the server starts, since the trail may not be writable yet then.
        if not self._recovered.is_set():
            intake.recover(self._config.data)
            self._recovered.set()
        with write_priority.foreground():
            return self._known(authorization, peer)

    def _known(self, authorization: str, peer: str) -> Actor:
        kind, _, text = authorization.partition(" ")
        try:
            if kind.lower() != "bearer":
                raise NotSignedIn("Send a token with scope `ingest`: Authorization: Bearer plb_…")
            actor = actors.actor_of_token(text)
        except NotSignedIn:
            if (wait := self._wrong_tokens.take(peer)) is not None:
                raise _too_many(wait, "wrong tokens from this address") from None
            raise
        policy.require(actor, "ingest")
        if (wait := self._rate.take(actor.id)) is not None:
            raise _too_many(wait, "requests with this token")
        return actor

    async def _native_answer(self, receipt: intake.Receipt, headers: Headers) -> Answer:
        document = receipt.as_dict()
        applied: tuple[tuple[bytes, bytes], ...] = ()
        if _prefers_receipt(headers) and receipt.leaf_index is not None:
            document["receipt"] = await self._proof(receipt.leaf_index)
            if document["receipt"] is not None:
                applied = ((b"preference-applied", b"receipt"),)
        # 202 (accepted, not yet carried out): the events are durable, and their entry is still to come.
        status = 202 if receipt.waits else 201 if receipt.accepted else 200
        return Answer(status, msgspec.json.encode(document), intake.JSON_TYPE, applied)

    async def _proof(self, leaf: int) -> str | None:
        """The ``.tlog-proof`` of a leaf, as soon as a checkpoint covers it; ``None`` after ten seconds."""
        deadline = asyncio.get_running_loop().time() + _RECEIPT_WAIT
        while asyncio.get_running_loop().time() < deadline:
            try:
                return await self._run(log.receipt, leaf)
            except Unavailable:
                await asyncio.sleep(_RECEIPT_INTERVAL)
        return None


def _note(headers: Headers, refused: Refusal) -> None:
    """Keep a refusal for the page on which the token's owner waits for the first event."""
    refusals.note(actors.claimed_token(headers.get("authorization")), refused)


def _trace_answer(receipt: intake.Receipt, headers: Headers, media_type: str) -> Answer:
    """The answer of OTLP, in the format of the request unless JSON is asked for; the receipt beside it."""
    if _takes_json(headers):
        media_type = intake.JSON_TYPE
    # OTLP has a message beside a full success for what a sender should know and need not repeat.
    words = "; ".join([*receipt.reasons, *filter(None, [receipt.waiting.get("detail")])])
    body = otlp.response(receipt.refused, words, json=media_type == intake.JSON_TYPE)
    summary = msgspec.json.encode({**receipt.as_dict(), "refused": receipt.refused})
    return Answer(200, body, media_type, ((RECEIPT_HEADER, summary),))


def _takes_json(headers: Headers) -> bool:
    return "json" in headers.get("accept").lower()


def refusal(problem: Problem, path: str, headers: Headers) -> Answer:
    """The answer to a request that was refused: a problem document, or a Status for OTLP in protobuf."""
    document = problem.as_dict()
    extra: list[tuple[bytes, bytes]] = [(b"connection", b"close")]
    if "retry_after" in problem.extra or problem.status == 503:
        extra.append((b"retry-after", str(problem.extra.get("retry_after", 5)).encode()))
    if problem.status == 401:
        extra.append((b"www-authenticate", b'Bearer realm="plumbline"'))
    if problem.status == 405:
        extra.append((b"allow", b"POST"))
    media_type = headers.get("content-type").partition(";")[0].strip().lower()
    if path.startswith("/v1/"):
        words = [
            str(problem.detail),
            *(f"{fault.field}: {fault.message}. {fault.remedy}" for fault in problem.faults),
        ]
        if media_type == intake.PROTOBUF_TYPE and not _takes_json(headers):
            return Answer(
                problem.status, otlp.status(_grpc(problem.status), " ".join(words)), media_type, tuple(extra)
            )
        document |= {"code": _grpc(problem.status), "message": " ".join(words)}
    return Answer(problem.status, msgspec.json.encode(document), "application/problem+json", tuple(extra))


def _grpc(status: int) -> int:
    """The gRPC status code that an HTTP status corresponds to (google.rpc.Code)."""
    known = {401: 16, 403: 7, 404: 5, 408: 4, 413: 8, 429: 8, 501: 12, 503: 14}
    return known.get(status, 3)


def _too_many(wait: float, what: str) -> TooMany:
    seconds = max(1, int(wait + 0.999))
    return TooMany(f"There were too many {what}. Send again in {seconds} seconds.", retry_after=seconds)


def _prefers_receipt(headers: Headers) -> bool:
    preferences = headers.get("prefer").lower().replace(";", ",").split(",")
    return "receipt" in {preference.strip() for preference in preferences}


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return network(str(client[0])) if client else "unknown"


def _with_connection(work: Callable[..., Result], *values: Any) -> Result:
    """Do ``work`` in this thread without a connection that has met an error or reached its age.

    Django does this around each of its own requests; this door is beside it.
    """
    close_old_connections()
    return work(*values)


def _leave(together: threading.Barrier) -> None:
    # A barrier, so that every thread of the pool comes here once instead of one thread several times.
    together.wait()
    connections.close_all()


async def _send(send: Send, answer: Answer) -> None:
    headers = [
        (b"content-type", answer.media_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


application = IngestDoor(settings.PLUMBLINE)
