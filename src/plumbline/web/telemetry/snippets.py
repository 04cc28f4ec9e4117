"""Programs that send one first event, filled in for one system and token; they run as they are printed."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from plumbline.kernel import clock
from plumbline.kernel.ids import uuid7

SOURCE = "first-event"
"""What the events of these programs call their source and their model, so that they are told apart later."""


@dataclass(frozen=True)
class Snippet:
    """One way to send: its title, what has to be installed first, the program and the language it is in."""

    slug: str
    title: str
    install: str
    program: str
    language: str


def snippets(address: str, system: str, token: str) -> tuple[Snippet, ...]:
    """The programs for ``system`` (its slug), ready to be copied."""
    return (
        Snippet("curl", "curl", "", _curl(address, system, token), "shell"),
        Snippet(
            "sdk",
            gettext_noop("Python, with the Plumbline SDK"),
            "pip install ./sdk/python",
            _SDK.format(
                address=json.dumps(address),
                token=json.dumps(token),
                system=json.dumps(system),
                source=json.dumps(SOURCE),
            ),
            "python",
        ),
        Snippet(
            "otel",
            gettext_noop("Python, with OpenTelemetry"),
            "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http",
            _OTEL.format(
                address=json.dumps(f"{address}/v1/traces"),
                header=json.dumps(f"Bearer {token}"),
                system=json.dumps(system),
                source=json.dumps(SOURCE),
            ),
            "python",
        ),
        Snippet(
            "otel-env",
            gettext_noop("A program that is instrumented with OpenTelemetry already"),
            "",
            _environment(address, system, token),
            "shell",
        ),
    )


def _curl(address: str, system: str, token: str) -> str:
    event = {
        # The id is fixed when the page is made, so that sending twice is one event and not two.
        "id": str(uuid7()),
        "time": clock.rfc3339(clock.now()),
        "system": system,
        "type": "decision",
        "model": {"name": SOURCE},
        "outcome": "hello",
    }
    body = json.dumps({"source": SOURCE, "events": [event]})
    return "\n".join(
        (
            f"curl -sS {shlex.quote(f'{address}/api/v1/telemetry/batches')} \\",
            f"  -H {shlex.quote(f'Authorization: Bearer {token}')} \\",
            "  -H 'Content-Type: application/json' \\",
            f"  -d {shlex.quote(body)}",
        )
    )


def _environment(address: str, system: str, token: str) -> str:
    values = {
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{address}/v1/traces",
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS": f"Authorization=Bearer%20{token}",
        "OTEL_RESOURCE_ATTRIBUTES": f"plumbline.system={system}",
    }
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items())


_SDK = """\
from plumbline_sdk import Recorder

recorder = Recorder({address}, token={token}, system={system})
with recorder.decision(model={source}) as decision:
    decision.outcome = "hello"
recorder.flush(timeout=10)
print(recorder.statistics())"""
_OTEL = """\
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

exporter = OTLPSpanExporter({address}, headers={{"Authorization": {header}}})
provider = TracerProvider(resource=Resource({{"plumbline.system": {system}}}))
provider.add_span_processor(BatchSpanProcessor(exporter))
with provider.get_tracer({source}).start_as_current_span("chat") as span:
    span.set_attribute("gen_ai.operation.name", "chat")
    span.set_attribute("gen_ai.request.model", {source})
provider.shutdown()"""
