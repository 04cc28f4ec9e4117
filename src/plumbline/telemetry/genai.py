"""What a span says of a model call: the GenAI attribute names, present and past, read into one event.

Read are the OpenTelemetry GenAI semantic conventions as they stand (``gen_ai.operation.name``,
``gen_ai.usage.input_tokens`` …), their older names (``gen_ai.system``, ``gen_ai.usage.prompt_tokens``),
OpenInference (``openinference.span.kind``, ``llm.token_count.prompt``) and Traceloop
(``llm.request.type``, ``gen_ai.prompt.0.content``). Other spans become events of type ``span`` without
their content.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec

from plumbline.telemetry.event import TEXT_LIMIT, Model, StoredEvent, Tokens
from plumbline.telemetry.redaction import redact_text
from plumbline.telemetry.span import ERROR_STATUS, Span

_CALLS: Final = {
    "chat": "chat",
    "text_completion": "text_completion",
    "completion": "text_completion",
    "generate_content": "chat",
    "embeddings": "embeddings",
    "embedding": "embeddings",
    "rerank": "rerank",
}
_KINDS: Final = {"llm": "chat", "embedding": "embeddings", "reranker": "rerank"}
_PROVIDER: Final = ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "llm.vendor")
_REQUEST_MODEL: Final = ("gen_ai.request.model", "llm.request.model")
_RESPONSE_MODEL: Final = (
    "gen_ai.response.model", "llm.response.model", "llm.model_name",
    "embedding.model_name", "reranker.model_name",
)  # fmt: skip
_INPUT_TOKENS: Final = (
    "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens",
    "llm.token_count.prompt",
)  # fmt: skip
_OUTPUT_TOKENS: Final = (
    "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.usage.completion_tokens",
    "llm.token_count.completion",
)  # fmt: skip
_STREAMED: Final = ("gen_ai.request.stream", "gen_ai.is_streaming", "llm.is_streaming", "llm.request.stream")
_FINISH: Final = (
    "gen_ai.response.finish_reasons", "gen_ai.response.finish_reason", "llm.finish_reason",
    "llm.response.finish_reason", "gen_ai.completion.0.finish_reason",
)  # fmt: skip
_INPUT: Final = ("gen_ai.input.messages", "gen_ai.prompt", "input.value")
_OUTPUT: Final = ("gen_ai.output.messages", "gen_ai.completion", "output.value")
_CONVERSATION: Final = ("gen_ai.conversation.id", "session.id", "traceloop.association.properties.session_id")
_SUBJECT: Final = ("enduser.pseudo.id", "user.id", "enduser.id", "traceloop.association.properties.user_id")
_SETTINGS: Final = ("llm.invocation_parameters", "embedding.invocation_parameters")
_TOOL_CALL: Final = re.compile(
    r"(?:llm\.output_messages\.\d+\.message\.tool_calls|gen_ai\.completion\.\d+\.tool_calls)\.\d+(?=\.)"
)
_MESSAGE: Final = re.compile(
    r"(gen_ai\.prompt|gen_ai\.completion|llm\.(?:in|out)put_messages)\.\d+\.(?:message\.)?content\Z"
)
_NOT_SLUG = re.compile(r"[^a-z0-9._-]+")
_NAMESPACE: Final = uuid.UUID("6f0a3a52-0a3c-5d0a-9f1e-5b1d8a1c4e70")


def slug(text: str) -> str:
    """``text`` as a system's slug: lower case, other signs as hyphens, at most 80; never empty."""
    plain = _NOT_SLUG.sub("-", text.lower()[:400]).strip("-._")[:80]
    return plain or "unknown-system"


def event_id(trace: str, span: str) -> uuid.UUID:
    """The id of the event that a span is: always the same, so that a resent export is recognised.

    Exporters retry whole exports after a lost answer; without stable ids every retry would count twice.
    """
    return uuid.uuid5(_NAMESPACE, f"{trace}/{span}")


def operation_of(attributes: dict[str, Any]) -> str | None:
    """The operation of a model call (chat, embeddings, rerank …); ``None`` for other spans."""
    named = _text(attributes, ("gen_ai.operation.name", "llm.request.type"))
    if named:
        return _CALLS.get(named.lower())
    kind = _text(attributes, ("openinference.span.kind",))
    if kind:
        return _KINDS.get(kind.lower())
    if attributes.get("traceloop.span.kind"):
        return None
    has_model = _text(attributes, (*_REQUEST_MODEL, *_RESPONSE_MODEL))
    return "chat" if has_model and _text(attributes, _PROVIDER) else None


def event_of(span: Span, time: datetime) -> StoredEvent:
    """The event that ``span`` is: ``call`` for a model call, ``span`` for anything else."""
    attributes = span.attributes
    named = attributes.get("plumbline.system") or span.resource.get("plumbline.system")
    operation = operation_of(attributes)
    event = StoredEvent(
        id=event_id(span.trace, span.id),
        time=time,
        # Redacted before anything else: the name of a service becomes a column and a word in the trail.
        system=slug(redact_text(str(named or span.resource.get("service.name") or "")[:400])[0]),
        type="call" if operation else "span",
        latency_ms=(span.end - span.start) / 1e6,
        error=_error(span),
        attributes={"name": span.name[:200], "trace": span.trace, "span": span.id},
    )
    if span.parent:
        event.attributes = {**(event.attributes or {}), "parent": span.parent}
    if subject := _text(attributes, _SUBJECT):
        event.subject = subject[:200]
    if operation:
        _describe_call(event, span, operation)
    elif named_operation := _text(
        attributes, ("gen_ai.operation.name", "openinference.span.kind", "traceloop.span.kind")
    ):
        event.attributes = {**(event.attributes or {}), "operation": named_operation.lower()[:100]}
    return event


def _describe_call(event: StoredEvent, span: Span, operation: str) -> None:
    attributes = span.attributes
    settings = _settings(attributes)
    requested = _text(attributes, _REQUEST_MODEL) or _string(settings.get("model"))
    responded = _text(attributes, _RESPONSE_MODEL)
    if requested or responded:
        name, version = requested or responded, responded if requested and responded != requested else None
        event.model = Model(name[:200], version[:200] if version else None)
    tokens = Tokens(_count(attributes, _INPUT_TOKENS), _count(attributes, _OUTPUT_TOKENS))
    event.tokens = tokens if tokens.input is not None or tokens.output is not None else None
    event.input = _content(span, _INPUT, "gen_ai.prompt", "llm.input_messages", "gen_ai.content.prompt")
    event.output = _content(
        span, _OUTPUT, "gen_ai.completion", "llm.output_messages", "gen_ai.content.completion"
    )
    finish = _finish(attributes)
    extracted: dict[str, bool | int | float | str | None] = {
        "operation": operation,
        "provider": _text(attributes, _PROVIDER)[:100] or None,
        "streamed": _streamed(span, settings) or None,
        "tool_calls": _tool_calls(attributes, finish) or None,
        "finish": finish[:100] or None,
        "conversation": _text(attributes, _CONVERSATION)[:200] or None,
        "scope": span.scope[:200] or None,
    }
    event.attributes = {
        **(event.attributes or {}),
        **{name: value for name, value in extracted.items() if value is not None},
    }


def _first(attributes: dict[str, Any], names: Iterable[str]) -> Any:
    return next((attributes[name] for name in names if attributes.get(name) not in (None, "")), None)


def _text(attributes: dict[str, Any], names: Iterable[str]) -> str:
    return _string(_first(attributes, names))


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _count(attributes: dict[str, Any], names: Iterable[str]) -> int | None:
    value = _first(attributes, names)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= 1e12 else None


def _settings(attributes: dict[str, Any]) -> dict[str, Any]:
    text = _text(attributes, _SETTINGS)
    try:
        settings = msgspec.json.decode(text) if 0 < len(text) <= TEXT_LIMIT else {}
    except (msgspec.DecodeError, RecursionError):
        return {}
    return settings if isinstance(settings, dict) else {}


def _streamed(span: Span, settings: dict[str, Any]) -> bool:
    if _first(span.attributes, _STREAMED) is True or settings.get("stream") is True:
        return True
    return any(name == "First Token Stream Event" for name, _ in span.events)


def _finish(attributes: dict[str, Any]) -> str:
    value = _first(attributes, _FINISH)
    if isinstance(value, list):
        return ",".join(entry for entry in value if isinstance(entry, str))
    return _string(value)


def _tool_calls(attributes: dict[str, Any], finish: str) -> int:
    """How many tools the answer asks for; 1 when only the finish reason says so."""
    flat = {found[0] for name in attributes if (found := _TOOL_CALL.match(name))}
    count = len(flat) or _tool_parts(attributes.get("gen_ai.output.messages"))
    return count or int(any(word in ("tool_calls", "tool_call", "tool_use") for word in finish.split(",")))


def _tool_parts(messages: Any) -> int:
    if isinstance(messages, str):
        try:
            messages = msgspec.json.decode(messages)
        except (msgspec.DecodeError, RecursionError):
            return 0
    if not isinstance(messages, list):
        return 0
    parts = [part for message in messages if isinstance(message, dict) for part in message.get("parts") or []]
    return sum(isinstance(part, dict) and part.get("type") == "tool_call" for part in parts)


def _content(span: Span, names: Iterable[str], *flat: str) -> str | None:
    value = _first(span.attributes, names)
    if value is None:
        lines = [
            text
            for name, text in span.attributes.items()
            if _is_message(name, flat) and isinstance(text, str)
        ]
        value = "\n".join(lines)
    if not value:
        inside = (event_attributes for name, event_attributes in span.events if name in flat)
        value = next((_first(event_attributes, names) for event_attributes in inside), None)
    if value is None or value == "":
        return None
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text[:TEXT_LIMIT]


def _is_message(name: str, flat: Iterable[str]) -> bool:
    found = _MESSAGE.match(name)
    return found is not None and found[1] in flat


def _error(span: Span) -> str | None:
    kind = _text(span.attributes, ("error.type",))
    if span.status != ERROR_STATUS and not kind:
        return None
    raised = next((event_attributes for name, event_attributes in span.events if name == "exception"), {})
    kind = kind or _text(raised, ("exception.type",)) or "error"
    message = span.message or _text(raised, ("exception.message",))
    return (f"{kind}: {message}" if message else kind)[:4_000]
