"""What is kept is its owner's alone, and no log or leaf says what it must not."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import RequestFactory
from tests.security.conftest import House

from plumbline.identity import sign_in
from plumbline.identity.log_redaction import RedactSecretsFilter
from plumbline.identity.models import Token
from plumbline.kernel import clock
from plumbline.records import commands
from plumbline.telemetry import intake
from plumbline.trail import log

CANARY = "Anneliese Wunderlich"
ADDRESS = "anneliese.wunderlich@halden.example"


def test_the_data_folder_is_closed_even_if_it_was_open(tmp_path: Path) -> None:
    """Made by the real command under the usual umask, in a folder that anybody could read."""
    data = tmp_path / "open"
    data.mkdir(mode=0o755)
    code = "import os; os.umask(0o022); from plumbline.cli.main import main; main()"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    for verb in (["init", "--data", str(data)], ["work", "--once", "--data", str(data)]):
        done = subprocess.run(
            [sys.executable, "-c", code, *verb], env=environ, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    wide = [str(path) for path in (data, *data.rglob("*")) if path.lstat().st_mode & 0o077]
    assert not wide
    assert (data / "plumbline.db").exists()


class TestLogs:
    def test_a_traceback_says_no_secret(self) -> None:
        secret = "plb_" + "a" * 20 + "_" + "b" * 64
        try:
            raise ValueError(f"no such thing: {secret} at /sign-in/link/{'c' * 43}/")
        except ValueError:
            record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
        assert RedactSecretsFilter().filter(record)
        said = logging.Formatter("%(message)s").format(record)
        assert "Traceback" in said
        assert "b" * 8 not in said
        assert "c" * 8 not in said

    def test_an_address_in_an_address_is_hidden_too(self) -> None:
        path = f"/sign-in/?next=%2Fsign-in%2Flink%2F{'c' * 43}%2F"
        record = logging.LogRecord("x", logging.WARNING, __file__, 1, "Not Found: %s", (path,), None)
        RedactSecretsFilter().filter(record)
        assert "c" * 8 not in record.getMessage()


PROXIES = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host", "X-Forwarded-Proto"]


@pytest.mark.parametrize("header", [*PROXIES, "CF-Connecting-IP"])
def test_who_comes_through_a_proxy_is_not_at_the_machine(header: str) -> None:
    factory = RequestFactory()
    assert sign_in.is_loopback(factory.get("/"))
    assert not sign_in.is_loopback(factory.get("/", headers={header: "127.0.0.1"}))
    assert not sign_in.is_loopback(factory.get("/", REMOTE_ADDR="10.0.0.1"))
    assert not sign_in.is_loopback(factory.get("/", REMOTE_ADDR=""))


def otlp(name: str, service: str) -> bytes:
    attribute = {"key": "service.name", "value": {"stringValue": service}}
    now = str(int(clock.now().timestamp() * 1e9))
    span = {"traceId": uuid4().hex, "spanId": uuid4().hex[:16], "name": name, "startTimeUnixNano": now}
    span |= {"endTimeUnixNano": now, "attributes": [{"key": name, "value": {"stringValue": name}}]}
    scope = {"spans": [span], "scope": {"name": name}}
    return json.dumps(
        {"resourceSpans": [{"resource": {"attributes": [attribute]}, "scopeSpans": [scope]}]}
    ).encode()


@pytest.mark.django_db(transaction=True)
def test_no_leaf_holds_a_name_or_an_address(house: House) -> None:
    """Planted in every text of the API, the pages and both ingest doors (F19)."""
    from plumbline.identity import commands as people
    from plumbline.records import forms, kinds

    planted = f"{CANARY} {ADDRESS}"
    person = house.person("Mina", "aims-manager")
    send, browser = house.api(house.token(person, "read", "write", "pack")), house.browser(person)
    people.create_person(house.operator, email=ADDRESS, full_name=CANARY)
    people.update_profile(person, full_name=CANARY, theme="light")
    people.create_unit(house.operator, name=planted, slug="planted-unit")
    for kind in kinds.all_kinds():
        values: dict[str, Any] = {}
        for name, field in forms.form_class(kind).base_fields.items():
            values[name] = planted if type(field).__name__ == "CharField" else None
        send("POST", f"/{kind.plural}", {"values": values, "note": planted})
    made = send("POST", "/ai-systems", {"values": {"title": planted, "slug": "a"}, "note": planted}).json()
    base = f"/ai-systems/{made['reference']}"
    send("POST", f"{base}/comments", {"text": planted})
    send("POST", f"{base}/attachments?filename={CANARY}.txt")
    other = send("POST", "/ai-systems", {"values": {"title": planted, "slug": "b"}}).json()
    send("POST", f"{base}/links", {"relation": planted[:40], "target": other["reference"], "note": planted})
    send("PATCH", base, {"values": {"title": f"{planted} 2"}, "note": planted}, **{"If-Match": '"1"'})
    send("POST", f"{base}/moves", {"move": "discard", "reason": planted}, **{"If-Match": '"2"'})
    send("POST", "/packs", {"recipient": planted, "purpose": planted})
    browser.post("/sightings/a/dismiss/", {"reason": planted})
    browser.post("/sign-in/", {"email": ADDRESS, "password": planted})
    day = str(clock.now().date() + timedelta(days=9))
    browser = house.browser(person)
    browser.post("/account/tokens/", {"name": planted, "scopes": ["read"], "expires": day})
    assert Token.objects.filter(name=planted).exists()
    event: dict[str, Any] = {
        "id": str(uuid4()),
        "time": clock.rfc3339(clock.now()),
        "system": "a",
        "type": "decision",
    }
    event |= {"model": {"name": planted, "version": planted}, "outcome": planted, "subject": planted}
    event |= {"input": planted, "output": planted, "error": planted, "features": {planted: planted}}
    body = {"source": "a", "events": [{**event, "attributes": {planted: planted}}]}
    intake.accept(json.dumps(body).encode(), "application/json", "", person.handle, settings.PLUMBLINE)
    intake.accept_traces(otlp(planted, "claims"), "application/json", "", person.handle, settings.PLUMBLINE)
    intake.accept_traces(
        otlp(planted, f"svc {ADDRESS}"), "application/json", "", person.handle, settings.PLUMBLINE
    )
    assert commands.create(house.operator, "ai-system", {"title": planted, "slug": "c"}).leaf
    bodies = [view.body.decode().lower() for view in log.leaves(0, log.size())]
    signs = ("anneliese", "wunderlich", "halden.example")
    assert len(bodies) > 12
    assert not [body for body in bodies if any(sign in body for sign in signs)]
