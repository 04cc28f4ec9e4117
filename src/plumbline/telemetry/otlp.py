"""OTLP/HTTP trace exports: protobuf or JSON in, events out (OpenTelemetry protocol specification 1.x).

JSON follows the OTLP mapping: lowerCamelCase names, trace and span ids in hexadecimal, 64-bit numbers
as text or number, unknown fields passed over. The protobuf classes are imported only when the first
protobuf body arrives.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from msgspec import Struct

from plumbline.kernel.problems import Fault, Invalid, Malformed, TooLarge
from plumbline.telemetry import genai
from plumbline.telemetry.event import BATCH_LIMIT, SYSTEM_LIMIT, StoredEvent, fault_of
from plumbline.telemetry.span import ERROR_STATUS, Span, Value

_DEPTH: Final = 16
"""Nesting of an attribute's value; deeper parts are dropped, since values come from outside."""


class _Any(Struct, rename="camel"):
    string_value: str | None = None
    bool_value: bool | None = None
    int_value: int | str | None = None
    double_value: float | str | None = None
    array_value: _Values | None = None
    kvlist_value: _Pairs | None = None
    bytes_value: str | None = None


class _Values(Struct):
    values: list[_Any] = []


class _Pair(Struct):
    key: str = ""
    value: _Any | None = None


class _Pairs(Struct):
    values: list[_Pair] = []


class _SpanEvent(Struct):
    name: str = ""
    attributes: list[_Pair] = []


class _Status(Struct):
    code: int | str = 0
    message: str = ""


class _Span(Struct, rename="camel"):
    trace_id: str = ""
    span_id: str = ""
    parent_span_id: str = ""
    name: str = ""
    start_time_unix_nano: int | str = 0
    end_time_unix_nano: int | str = 0
    status: _Status | None = None
    attributes: list[_Pair] = []
    events: list[_SpanEvent] = []


class _Scope(Struct):
    name: str = ""


class _ScopeSpans(Struct, rename="camel"):
    scope: _Scope | None = None
    spans: list[_Span] = []


class _Resource(Struct):
    attributes: list[_Pair] = []


class _ResourceSpans(Struct, rename="camel"):
    resource: _Resource | None = None
    scope_spans: list[_ScopeSpans] = []


class _Export(Struct, rename="camel"):
    resource_spans: list[_ResourceSpans] = []


# Unknown fields are passed over, as the protocol asks: newer exporters send more than we know.
_exports = msgspec.json.Decoder(_Export)


def read_json(body: bytes) -> list[Span]:
    """The spans of an OTLP/JSON trace export. Raises `Malformed`, `Invalid` naming the field, `TooLarge`."""
    try:
        export = _exports.decode(body)
    except msgspec.ValidationError as error:
        raise Invalid(
            "The export was not accepted; nothing of it was stored.", [fault_of(str(error))]
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        remedy = "Send an ExportTraceServiceRequest as JSON in UTF-8."
        raise Malformed("The body is not JSON.", [Fault("", "cannot be read as JSON", remedy)]) from None
    _check_span_count(sum(len(scope.spans) for group in export.resource_spans for scope in group.scope_spans))
    return list(_from_json(export))


def _from_json(export: _Export) -> Iterator[Span]:
    for at, group in enumerate(export.resource_spans):
        resource = _pairs(group.resource.attributes if group.resource else [])
        for below, scope in enumerate(group.scope_spans):
            for place, span in enumerate(scope.spans):
                where = f"resourceSpans[{at}].scopeSpans[{below}].spans[{place}]"
                status = span.status or _Status()
                yield Span(
                    _hex(span.trace_id, where + ".traceId"),
                    _hex(span.span_id, where + ".spanId"),
                    _hex(span.parent_span_id, where + ".parentSpanId"),
                    span.name,
                    _nanoseconds(span.start_time_unix_nano, where + ".startTimeUnixNano"),
                    _nanoseconds(span.end_time_unix_nano, where + ".endTimeUnixNano"),
                    ERROR_STATUS if status.code in (ERROR_STATUS, "STATUS_CODE_ERROR") else 0,
                    status.message,
                    _pairs(span.attributes),
                    resource,
                    scope.scope.name if scope.scope else "",
                    [(event.name, _pairs(event.attributes)) for event in span.events],
                )


def _hex(text: str, where: str) -> str:
    try:
        return bytes.fromhex(text).hex()
    except ValueError:
        remedy = "Send ids in hexadecimal, as the OTLP mapping of JSON says."
        raise Invalid("The export was not accepted.", [Fault(where, "is not hexadecimal", remedy)]) from None


def _nanoseconds(value: int | str, where: str) -> int:
    try:
        number = int(value) if isinstance(value, int) or len(value) <= 20 else -1
    except ValueError:
        number = -1
    if not 0 <= number < 2**64:
        remedy = "Send nanoseconds since 1970 as a whole number."
        raise Invalid("The export was not accepted.", [Fault(where, "is not a time in nanoseconds", remedy)])
    return number


def _pairs(pairs: Sequence[_Pair]) -> dict[str, Value]:
    return {pair.key: _from_any(pair.value) for pair in pairs}


def _from_any(value: _Any | None, depth: int = 0) -> Value:
    if value is None or depth > _DEPTH:
        return None
    if value.string_value is not None:
        return value.string_value
    if value.int_value is not None:
        return _number(value.int_value, int)
    if value.bool_value is not None:
        return value.bool_value
    if value.double_value is not None:
        return _number(value.double_value, float)
    if value.array_value is not None:
        return [_from_any(entry, depth + 1) for entry in value.array_value.values]
    if value.kvlist_value is not None:
        return {pair.key: _from_any(pair.value, depth + 1) for pair in value.kvlist_value.values}
    return None


def _number(value: float | str, kind: type[int] | type[float]) -> int | float | None:
    try:
        number = kind(value) if not isinstance(value, str) or len(value) <= 32 else None
    except ValueError:
        return None
    return number if number is None or math.isfinite(number) else None


def read_protobuf(body: bytes) -> list[Span]:
    """The spans of an OTLP/protobuf trace export. Raises `Malformed`, `TooLarge`."""
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    export = ExportTraceServiceRequest()
    try:
        export.ParseFromString(body)
    except DecodeError:
        remedy = "Send a serialised ExportTraceServiceRequest."
        raise Malformed(
            "The body is not an OTLP trace export.", [Fault("", "cannot be read", remedy)]
        ) from None
    _check_span_count(sum(len(scope.spans) for group in export.resource_spans for scope in group.scope_spans))
    return list(_from_protobuf(export))


def _from_protobuf(export: Any) -> Iterator[Span]:
    for group in export.resource_spans:
        resource = _protobuf_pairs(group.resource.attributes)
        for scope in group.scope_spans:
            for span in scope.spans:
                yield Span(
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    span.name,
                    span.start_time_unix_nano,
                    span.end_time_unix_nano,
                    span.status.code,
                    span.status.message,
                    _protobuf_pairs(span.attributes),
                    resource,
                    scope.scope.name,
                    [(event.name, _protobuf_pairs(event.attributes)) for event in span.events],
                )


def _protobuf_pairs(pairs: Any) -> dict[str, Value]:
    return {pair.key: _protobuf_value(pair.value) for pair in pairs}


def _protobuf_value(value: Any, depth: int = 0) -> Value:
    kind = value.WhichOneof("value")
    if kind is None or depth > _DEPTH:
        return None
    if kind == "array_value":
        return [_protobuf_value(entry, depth + 1) for entry in value.array_value.values]
    if kind == "kvlist_value":
        return {pair.key: _protobuf_value(pair.value, depth + 1) for pair in value.kvlist_value.values}
    scalar: Value = getattr(value, kind)
    return scalar if not isinstance(scalar, float) or math.isfinite(scalar) else None


def _check_span_count(count: int) -> None:
    if count > BATCH_LIMIT:
        remedy = "Lower the exporter's batch size (OTEL_BSP_MAX_EXPORT_BATCH_SIZE)."
        raise TooLarge(
            f"An export may hold at most {BATCH_LIMIT} spans.",
            [Fault("resourceSpans", "is too long", remedy)],
        )


def to_events(
    spans: Sequence[Span], now: datetime, future_tolerance: int
) -> tuple[list[StoredEvent], list[str]]:
    """The events that ``spans`` are, and for those that cannot be accepted the reasons, with their number.

    A span is refused when its ids are missing or all zero (OTLP calls it invalid), when it has no start,
    or when it ends more than ``future_tolerance`` seconds after ``now``.
    """
    latest = int((now + timedelta(seconds=future_tolerance)).timestamp() * 1_000_000_000)
    events: list[StoredEvent] = []
    refusals: Counter[str] = Counter()
    systems: set[str] = set()
    for span in spans:
        if reason := _refusal_reason(span, latest):
            refusals[reason] += 1
            continue
        event = genai.event_of(span, _instant(span.start))
        systems.add(event.system)
        if len(systems) > SYSTEM_LIMIT:
            systems.discard(event.system)
            refusals[f"the export speaks of more than {SYSTEM_LIMIT} systems; send fewer in one export"] += 1
            continue
        events.append(event)
    return events, [f"{count} spans: {reason}" for reason, count in refusals.items()]


def _refusal_reason(span: Span, latest: int) -> str:
    if len(span.trace) != 32 or not span.trace.strip("0"):
        return "traceId must be 16 bytes, not all zero"
    if len(span.id) != 16 or not span.id.strip("0"):
        return "spanId must be 8 bytes, not all zero"
    if span.start == 0 or span.end < span.start:
        return "startTimeUnixNano must be there and not after endTimeUnixNano"
    if span.end > latest:
        return "endTimeUnixNano lies ahead of the server's clock; check the sender's clock"
    return ""


def _instant(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=nanoseconds // 1_000)


def response(rejected: int, message: str, *, json: bool) -> bytes:
    """The ExportTraceServiceResponse: empty on full success, else with ``partialSuccess``."""
    if json:
        partial = {"partialSuccess": {"rejectedSpans": str(rejected), "errorMessage": message}}
        return msgspec.json.encode(partial if rejected or message else {})
    if not rejected and not message:
        return b""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

    answer = ExportTraceServiceResponse()
    answer.partial_success.rejected_spans = rejected
    answer.partial_success.error_message = message
    serialised: bytes = answer.SerializeToString()
    return serialised


def status(code: int, message: str) -> bytes:
    """A google.rpc.Status in protobuf, as OTLP asks for in answer to a protobuf request that failed."""
    text = message.encode()[:8_000]
    return b"\x08" + _varint(code) + b"\x12" + _varint(len(text)) + text


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
