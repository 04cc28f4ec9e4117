"""OTLP trace exports in both spellings, and the attribute names of several years."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from plumbline.kernel.problems import Invalid, Malformed, TooLarge
from plumbline.telemetry import genai, otlp
from plumbline.telemetry.event import StoredEvent, decode_opening, opening_bytes
from plumbline.telemetry.redaction import redact
from plumbline.telemetry.span import Span

from .conftest import DATA

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CAPTURE = DATA / "telemetry"
START = 1_770_000_000_000_000_000


def captured(kind: str) -> list[StoredEvent]:
    read: Callable[[bytes], list[Span]] = otlp.read_protobuf if kind == "pb" else otlp.read_json
    spans = read((CAPTURE / f"openinference-openai.traces.{kind}").read_bytes())
    events, reasons = otlp.to_events(spans, NOW, 300)
    assert reasons == []
    return events


@pytest.mark.parametrize("kind", ["pb", "json"])
def test_the_counts_of_the_capture_come_out(kind: str) -> None:
    events = captured(kind)
    calls = [event for event in events if event.type == "call"]
    more = [event.attributes or {} for event in calls]
    assert (len(events), len(calls)) == (11, 10)
    operations = [one["operation"] for one in more]
    assert (operations.count("chat"), operations.count("embeddings")) == (9, 1)
    assert [event.error for event in calls if event.error] == [
        "openai.InternalServerError: InternalServerError: Error code: 500 - "
        "The server had an error while processing your request"
    ]
    assert sum(one.get("streamed") is True for one in more) == 1
    assert sum(one.get("tool_calls", 0) == 1 for one in more) == 1
    tokens = [
        (event.tokens, one["operation"]) for event, one in zip(calls, more, strict=True) if event.tokens
    ]
    assert sum(counted.input or 0 for counted, _ in tokens) == 256
    assert sum(counted.input or 0 for counted, operation in tokens if operation == "embeddings") == 8
    assert sum(counted.output or 0 for counted, _ in tokens) == 96
    assert {event.system for event in events} == {"support-assistant"}
    assert calls[0].model is not None
    assert (calls[0].model.name, calls[0].model.version) == ("gpt-4o-mini", "gpt-4o-mini-2024-07-18")
    assert all(event.latency_ms is not None and event.latency_ms > 0 for event in events)
    assert events[-1].subject == "u-77"


def test_both_spellings_are_the_same_events() -> None:
    assert sorted(map(opening_bytes, captured("pb"))) == sorted(map(opening_bytes, captured("json")))


def test_personal_data_of_the_capture_is_gone_before_it_is_sealed() -> None:
    events = captured("pb")
    removed = [found for event in events for found in redact(event)]
    assert any(found.type == "phone" for found in removed)
    sealed = b"".join(map(opening_bytes, events))
    assert b"905-674-3793" not in sealed
    assert {decode_opening(opening_bytes(event)).type for event in events} == {"call", "span"}


def test_the_example_of_the_specification_is_a_span_that_is_no_call() -> None:
    spans = otlp.read_json((CAPTURE / "otlp_example_trace.json").read_bytes())
    (event,), reasons = otlp.to_events(spans, NOW, 300)
    assert reasons == []
    assert (event.type, event.system, event.latency_ms) == ("span", "my.service", 1000.0)
    assert event.time == datetime(2018, 12, 13, 14, 51, tzinfo=UTC)
    assert event.attributes == {
        "name": "I'm a server span",
        "trace": "5b8efff798038103d269b633813fc60c",
        "span": "eee19b7ec3c1b174",
        "parent": "eee19b7ec3c1b173",
    }


def value(plain: Any) -> dict[str, Any]:
    if isinstance(plain, bool):
        return {"boolValue": plain}
    if isinstance(plain, int):
        return {"intValue": str(plain)}
    if isinstance(plain, float):
        return {"doubleValue": plain}
    if isinstance(plain, list):
        return {"arrayValue": {"values": [value(one) for one in plain]}}
    return {"stringValue": plain}


def export(*spans: dict[str, Any], resource: dict[str, Any] | None = None) -> bytes:
    whole = [
        {
            "traceId": "0af7651916cd43dd8448eb211c80319c",
            "spanId": f"{place + 1:016x}",
            "name": "s",
            "startTimeUnixNano": str(START),
            "endTimeUnixNano": str(START + 2_500_000),
            **span,
        }
        for place, span in enumerate(spans)
    ]
    pairs = [{"key": key, "value": value(one)} for key, one in (resource or {"service.name": "App"}).items()]
    return json.dumps(
        {"resourceSpans": [{"resource": {"attributes": pairs}, "scopeSpans": [{"spans": whole}]}]}
    ).encode()


def one(attributes: dict[str, Any], **span: Any) -> StoredEvent:
    pairs = [{"key": key, "value": value(plain)} for key, plain in attributes.items()]
    (event,), _ = otlp.to_events(otlp.read_json(export({"attributes": pairs, **span})), NOW, 300)
    return event


NAMES: dict[str, tuple[dict[str, Any], tuple[str, str, str | None, int, int]]] = {
    "current": (
        {
            "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "m",
            "gen_ai.response.model": "m-1", "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 4,
        },
        ("chat", "m", "m-1", 10, 4),
    ),
    "of 2024": (
        {
            "gen_ai.operation.name": "text_completion", "gen_ai.system": "openai",
            "gen_ai.request.model": "m",
            "gen_ai.usage.prompt_tokens": 10, "gen_ai.usage.completion_tokens": 4,
        },
        ("text_completion", "m", None, 10, 4),
    ),
    "before operations were named": (
        {"gen_ai.system": "openai", "gen_ai.request.model": "m", "gen_ai.usage.prompt_tokens": 10,
         "gen_ai.usage.completion_tokens": 4},
        ("chat", "m", None, 10, 4),
    ),
    "traceloop": (
        {
            "llm.request.type": "completion", "gen_ai.system": "OpenAI", "gen_ai.request.model": "m",
            "gen_ai.response.model": "m",
            "gen_ai.usage.prompt_tokens": 10, "gen_ai.usage.completion_tokens": 4,
        },
        ("text_completion", "m", None, 10, 4),
    ),
    "openinference": (
        {"openinference.span.kind": "LLM", "llm.model_name": "m", "llm.token_count.prompt": 10,
         "llm.token_count.completion": 4},
        ("chat", "m", None, 10, 4),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_names_of_several_years(name: str) -> None:
    attributes, (operation, model, version, tokens_in, tokens_out) = NAMES[name]
    event = one(attributes)
    assert event.type == "call"
    assert (event.attributes or {})["operation"] == operation
    assert event.model is not None
    assert (event.model.name, event.model.version) == (model, version)
    assert event.tokens is not None
    assert (event.tokens.input, event.tokens.output) == (tokens_in, tokens_out)


@pytest.mark.parametrize(
    "attributes",
    [
        {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.request.model": "m",
            "gen_ai.usage.input_tokens": 99,
        },
        {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "t"},
        {"openinference.span.kind": "CHAIN", "llm.model_name": "m"},
        {"traceloop.span.kind": "workflow", "gen_ai.system": "x", "gen_ai.request.model": "m"},
        {"http.request.method": "GET"},
    ],
)
def test_what_only_surrounds_calls_is_not_counted_as_one(attributes: dict[str, Any]) -> None:
    event = one(attributes)
    assert event.type == "span"
    assert event.tokens is None


def test_streaming_tools_errors_content_and_conversation() -> None:
    parts = [{"role": "assistant", "parts": [{"type": "tool_call"}, {"type": "tool_call"}, {"type": "text"}]}]
    event = one(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.stream": True,
            "gen_ai.output.messages": json.dumps(parts),
            "gen_ai.response.finish_reasons": ["tool_call", "stop"],
            "gen_ai.conversation.id": "conv_1",
            "error.type": "timeout",
        },
        status={"code": 2, "message": "gave up"},
    )
    more = event.attributes or {}
    assert (more["streamed"], more["tool_calls"], more["finish"]) == (True, 2, "tool_call,stop")
    assert more["conversation"] == "conv_1"
    assert event.error == "timeout: gave up"
    flat = one(
        {
            "llm.request.type": "chat",
            "gen_ai.prompt.0.role": "user",
            "gen_ai.prompt.0.content": "hello",
            "gen_ai.prompt.1.content": "there",
            "gen_ai.completion.0.content": "hi",
            "gen_ai.completion.0.tool_calls.0.name": "t",
            "gen_ai.completion.0.tool_calls.0.arguments": "{}",
        }
    )
    assert (flat.input, flat.output) == ("hello\nthere", "hi")
    assert (flat.attributes or {})["tool_calls"] == 1


@pytest.mark.parametrize(
    ("resource", "slug"),
    [
        ({"service.name": "My Service (EU)"}, "my-service-eu"),
        ({"service.name": "x", "plumbline.system": "claims-triage"}, "claims-triage"),
        ({"service.name": "…"}, "unknown-system"),
        ({"other": 1}, "unknown-system"),
        ({"service.name": "a" * 300}, "a" * 80),
    ],
)
def test_the_system_is_named_by_the_resource(resource: dict[str, Any], slug: str) -> None:
    (event,), _ = otlp.to_events(otlp.read_json(export({}, resource=resource)), NOW, 300)
    assert event.system == slug


def test_the_id_of_an_event_depends_on_trace_and_span_only() -> None:
    first, second = one({"a": 1}), one({"b": 2}, name="other", spanId="0000000000000001")
    assert first.id == second.id == genai.event_id("0af7651916cd43dd8448eb211c80319c", "0000000000000001")
    assert one({}, spanId="0000000000000002").id != first.id


def test_spans_that_cannot_be_taken_are_refused_one_by_one() -> None:
    ahead = int(NOW.timestamp() + 301) * 1_000_000_000
    spans = otlp.read_json(
        export(
            {},
            {"traceId": "0" * 32},
            {"spanId": "ab"},
            {"startTimeUnixNano": "0"},
            {"startTimeUnixNano": str(START + 10**10)},
            {"startTimeUnixNano": str(ahead), "endTimeUnixNano": str(ahead)},
        )
    )
    events, reasons = otlp.to_events(spans, NOW, 300)
    assert len(events) == 1
    assert [reason.partition(":")[0] for reason in reasons] == ["1 spans", "1 spans", "2 spans", "1 spans"]
    message = "; ".join(reasons)
    assert json.loads(otlp.response(5, message, json=True)) == {
        "partialSuccess": {"rejectedSpans": "5", "errorMessage": message}
    }
    parsed = ExportTraceServiceResponse.FromString(otlp.response(5, message, json=False))
    assert (parsed.partial_success.rejected_spans, parsed.partial_success.error_message) == (5, message)
    assert otlp.response(0, "", json=True) == b"{}"
    assert otlp.response(0, "", json=False) == b""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"traceId": "zz"}, "resourceSpans[0].scopeSpans[0].spans[1].traceId"),
        ({"startTimeUnixNano": "soon"}, "resourceSpans[0].scopeSpans[0].spans[1].startTimeUnixNano"),
        ({"endTimeUnixNano": -1}, "resourceSpans[0].scopeSpans[0].spans[1].endTimeUnixNano"),
        ({"attributes": {}}, "resourceSpans[0].scopeSpans[0].spans[1].attributes"),
        ({"name": 7}, "resourceSpans[0].scopeSpans[0].spans[1].name"),
    ],
)
def test_a_wrong_type_is_refused_by_the_field_s_name(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        otlp.read_json(export({}, change))
    assert caught.value.faults[0].field == field


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 200_000, b'{"resourceSpans": [' * 20_000])
def test_what_is_no_export_is_malformed(body: bytes) -> None:
    with pytest.raises((Malformed, Invalid)):
        otlp.read_json(body)


def test_hostile_protobuf_is_malformed_or_empty() -> None:
    with pytest.raises(Malformed):
        otlp.read_protobuf(b"\xff\xff\xff")
    with pytest.raises(Malformed):
        otlp.read_protobuf(b"\x0a\xff\xff\xff\x7f")
    assert otlp.read_protobuf(b"") == []
    request = ExportTraceServiceRequest()
    held = request.resource_spans.add().scope_spans.add().spans.add().attributes.add(key="deep").value
    for _ in range(40):
        held = held.array_value.values.add()
    (span,) = otlp.read_protobuf(request.SerializeToString())
    assert "deep" in span.attributes


def test_an_export_has_a_bound() -> None:
    with pytest.raises(TooLarge):
        otlp.read_json(export(*[{}] * 5_001))


def test_odd_attributes_do_no_harm() -> None:
    event = one(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.usage.input_tokens": "many",
            "gen_ai.usage.output_tokens": -5,
            "gen_ai.output.messages": "[" * 5_000,
            "llm.invocation_parameters": '{"stream": ',
            "gen_ai.response.finish_reasons": [1, "stop"],
            "gen_ai.request.model": "m" * 5_000,
            "gen_ai.input.messages": "x" * 100_000,
        },
        name="n" * 10_000,
    )
    assert event.tokens is None
    assert event.input is not None
    assert len(event.input) == 65_536
    assert event.model is not None
    assert len(event.model.name) == 200
    assert decode_opening(opening_bytes(event)) == event
