"""What operators ask: alive, ready with reasons, and metrics that the parser of Prometheus reads."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from plumbline.identity.log_redaction import RedactSecretsFilter
from plumbline.kernel import clock, request_notes
from plumbline.kernel.measurements import Counter, Histogram, exposition
from plumbline.kernel.messages import say
from plumbline.server.log_format import JsonFormatter
from plumbline.server.operators import OperatorDoor
from plumbline.server.request_log import RequestLog
from plumbline.telemetry import store_check
from plumbline.telemetry.store_check import StoreFinding
from plumbline.work import commands, readiness
from plumbline.work.pump import Pump

pytestmark = [pytest.mark.django_db(transaction=True)]
LOCAL = ("127.0.0.1", 4711)


def asked(
    path: str,
    *headers: tuple[bytes, bytes],
    client: tuple[str, int] | None = LOCAL,
    method: str = "GET",
    **changed: Any,
) -> tuple[int, bytes]:
    """Status and body of one request."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    door = OperatorDoor(replace(settings.PLUMBLINE, **changed))
    scope = {"type": "http", "method": method, "path": path, "headers": list(headers), "client": client}
    asyncio.run(door(scope, None, send))  # type: ignore[arg-type]
    door.close()
    return sent[0]["status"], sent[1]["body"]


def checks(path: str = "/readyz", **more: Any) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(asked(path, **more)[1])["checks"]}


def turn() -> None:
    """A pump has just had its stages in hand."""
    commands.acquire(["move", "publish"], "1-a")


def test_alive_asks_nothing_and_names_no_host() -> None:
    assert asked("/healthz", client=("192.0.2.1", 1)) == (200, b'{"status":"alive"}')
    assert asked("/healthz", method="HEAD") == (200, b"")
    assert asked("/healthz", method="POST")[0] == 405


def test_ready_says_what_is_missing_and_what_mends_it() -> None:
    status, body = asked("/readyz")
    pump = checks()["pump"]
    assert (status, json.loads(body)["status"]) == (503, "not ready")
    assert (pump["ok"], pump["reason"]) == (False, "never-started")
    assert "plumbline work" in pump["remedy"]
    turn()
    assert asked("/readyz")[0] == 200
    with clock.frozen(clock.now() + readiness.PUMP_AGE + timedelta(seconds=1)):
        assert checks()["pump"]["reason"] == "stopped"


def test_not_ready_while_a_store_lacks_what_the_log_has_committed_to() -> None:
    turn()
    assert checks()["stores"]["ok"]
    data = settings.PLUMBLINE.data
    store_check.keep(
        data, (StoreFinding("the evidence store", "gone", say("x", "It is gone."), clock.now()),)
    )
    stores = checks()["stores"]
    assert (stores["ok"], stores["reason"], stores["detail"]) == (False, "gone", "It is gone.")
    assert "telemetry rebuild" in stores["remedy"]
    assert asked("/readyz")[0] == 503
    store_check.keep(data, ())
    assert checks()["stores"]["ok"]


def test_strangers_learn_the_reason_and_nothing_else() -> None:
    for client, headers in (
        (("192.0.2.1", 1), ()),
        (LOCAL, ((b"x-forwarded-for", b"127.0.0.1"),)),
        (None, ()),
    ):
        _, body = asked("/readyz", *headers, client=client)
        (pump,) = [row for row in json.loads(body)["checks"] if row["name"] == "pump"]
        assert set(pump) == {"name", "ok", "required", "reason"}
        assert asked("/metrics", *headers, client=client)[0] == 401


def test_a_token_opens_the_metrics_and_without_it_this_machine_has_none() -> None:
    right, wrong = (b"authorization", b"Bearer s3cret"), (b"authorization", b"Bearer s3cre")
    far = ("192.0.2.1", 1)
    assert asked("/metrics", right, client=far, metrics_token="s3cret")[0] == 200
    for headers, client in (((wrong,), far), ((), far), ((), LOCAL)):
        assert asked("/metrics", *headers, client=client, metrics_token="s3cret")[0] == 401
    assert asked("/metrics", right, client=far)[0] == 401


def test_a_failing_stage_is_named_with_its_remedy_and_stops_nobody() -> None:
    class Broken:
        name = "deliver"

        def advance(self) -> bool:
            raise PermissionError("noor@example.org may not write here")

    class Well:
        name = "move"

        def advance(self) -> bool:
            return False

    pump = Pump([Broken(), Well()])
    pump.once()
    found = checks()
    assert found["stages"]["reason"] == "failing"
    assert "PermissionError" in found["stages"]["detail"]
    assert "Give it back" in found["stages"]["remedy"]
    assert "noor" not in json.dumps(found)
    assert asked("/readyz")[0] == 200  # the pages are served all the same


def test_the_parser_of_prometheus_reads_the_metrics() -> None:
    turn()
    text = asked("/metrics")[1].decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert {"plumbline_log_entries", "plumbline_spool_segments", "plumbline_stage_failures"} <= set(families)
    assert {family.type for family in families.values()} <= {"gauge", "counter", "histogram"}
    labels = {name for family in families.values() for sample in family.samples for name in sample.labels}
    assert labels <= {"check", "door", "le", "outcome", "reason", "stage", "status", "version", "waits_for"}
    assert "@" not in text


def test_counters_and_histograms_in_the_text_format() -> None:
    counter = Counter("requests_total", 'Of "all"\nkinds.')
    counter.add(outcome='a"b\\c\nd')
    counter.add(2, outcome="x")
    histogram = Histogram("wait_seconds", "Waits.")
    for seconds in (0.001, 0.3, 0.5, 99):
        histogram.observe(seconds, door="page")
    counted, waited = text_string_to_metric_families(exposition([counter.family(), histogram.family()]))
    assert {sample.labels["outcome"]: sample.value for sample in counted.samples} == {'a"b\\c\nd': 1, "x": 2}
    values = {sample.labels.get("le", sample.name): sample.value for sample in waited.samples}
    assert (values["0.005"], values["0.25"], values["0.5"], values["+Inf"]) == (1, 1, 3, 4)
    assert (values["wait_seconds_count"], values["wait_seconds_sum"]) == (4, pytest.approx(99.801))


def test_a_line_for_a_request_names_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """Id, opaque actor, door, status and duration; no address, whose end may be a secret."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        request_notes.note(dict(scope["headers"])[b"x-request-id"].decode(), "per_0123")
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/sign-in/invitation/per_x/SECRET/",
        "query_string": b"email=noor@example.org",
        "headers": [(b"x-request-id", b"forged")],
    }
    with caplog.at_level(logging.INFO, logger="plumbline.request"):
        asyncio.run(RequestLog(application)(scope, None, send))  # type: ignore[arg-type]
    (record,) = [record for record in caplog.records if record.name == "plumbline.request"]
    line = JsonFormatter().format(record)
    document = json.loads(line)
    assert (document["actor"], document["door"], document["outcome"]) == ("per_0123", "page", "refused")
    assert (b"x-request-id", document["request_id"].encode()) in sent[0]["headers"]
    assert document["duration_ms"] >= 0
    assert not [word for word in ("SECRET", "noor", "forged", "invitation") if word in line]


def test_a_traceback_in_json_has_no_secrets() -> None:
    try:
        raise ValueError(f"plb_{'a' * 20}_{'b' * 64}")
    except ValueError as error:
        record = logging.LogRecord("x", 40, "", 0, "failed", None, (type(error), error, error.__traceback__))
    RedactSecretsFilter().filter(record)
    document = json.loads(JsonFormatter().format(record))
    assert "ValueError" in document["traceback"]
    assert "b" * 64 not in document["traceback"]


def test_the_page_of_operations_is_for_who_reads_the_installation(client: Client) -> None:
    assert client.get("/operations/").status_code == 302
