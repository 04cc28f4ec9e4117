"""An engineer's first event: each program of the page, run as it is printed, appears on the page."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass
from html import unescape

import pytest
from tests import clock
from tests.journeys.conftest import MANAGER
from tests.journeys.installation import PROJECT, Installation
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.slow
SYSTEM = "first-event-triage"


@dataclass
class Window:
    """A browser without scripts, signed in as the AIMS manager."""

    house: Installation
    opener: urllib.request.OpenerDirector

    def get(self, path: str) -> str:
        return str(self.opener.open(self.house.url + path, timeout=PATIENCE).read().decode())

    def post(self, path: str, page: str, **values: str) -> str:
        secret = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert secret is not None
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": secret[1], **values}).encode()
        request = urllib.request.Request(self.house.url + path, body, {"Referer": self.house.url + path})
        return str(self.opener.open(request, timeout=PATIENCE).read().decode())


@pytest.fixture(scope="module")
def window(house: Installation) -> Window:
    """Mina at the page, with a registered system."""
    house.ask("create", who=MANAGER, kind="ai-system", values={"title": "First triage", "slug": SYSTEM})
    link = urllib.parse.urlsplit(json.loads(house.run("init", "--json"))["sign_in"]).path
    opened = Window(house, urllib.request.build_opener(urllib.request.HTTPCookieProcessor()))
    opened.post(link, opened.get(link))
    return opened


def page_with_token(window: Window) -> tuple[str, str]:
    """The page that shows a new token, and the token's opaque id."""
    address = f"/telemetry/first-event/?system={SYSTEM}"
    page = window.post("/telemetry/first-event/", window.get(address), system=SYSTEM)
    found = re.search(r"plb_([0-9a-f]{20})_", page)
    assert found is not None
    return page, f"tok_{found[1]}"


def program(page: str, name: str) -> str:
    """The text that the button beside it copies."""
    found = re.search(rf'<pre[^>]* id="{name}"[^>]*>(.*?)</pre>', page, re.S)
    assert found is not None
    return unescape(found[1])


def run(*words: str) -> str:
    """The program, in an environment that knows nothing of the installation; what it printed."""
    paths = os.pathsep.join(map(str, (clock.CHILD, PROJECT / "sdk" / "python" / "src")))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PLUMBLINE_", "OTEL_"))}
    done = subprocess.run(
        words,
        env={**kept, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def arrived(window: Window, token: str) -> str:
    """The part of the page that is asked for again and again, once something has arrived."""
    parts = [""]

    def look() -> bool:
        parts[0] = window.get(f"/telemetry/first-event/{token}/arrived/")
        return "data-arrived" in parts[0]

    until(look, lambda: parts[0], pause=0.1)
    return parts[0]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl(window: Window) -> None:
    page, token = page_with_token(window)
    assert "Nothing has arrived" in window.get(f"/telemetry/first-event/{token}/arrived/")
    answer = json.loads(run("sh", "-c", program(page, "curl")))
    assert answer["accepted"] == 1
    assert f"/telemetry/{answer['leaf']}/" in arrived(window, token)
    assert json.loads(run("sh", "-c", program(page, "curl")))["duplicates"] == 1


def test_the_sdk(window: Window) -> None:
    page, token = page_with_token(window)
    run(sys.executable, "-c", program(page, "sdk"))
    assert f"subject={SYSTEM}" in arrived(window, token)


def test_opentelemetry(window: Window) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
    page, token = page_with_token(window)
    run(sys.executable, "-c", program(page, "otel"))
    assert f"subject={SYSTEM}" in arrived(window, token)


def test_opentelemetry_by_its_environment(window: Window) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
    page, token = page_with_token(window)
    instrumented = (
        "from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter\n"
        "from opentelemetry.sdk.trace import TracerProvider\n"
        "from opentelemetry.sdk.trace.export import BatchSpanProcessor\n"
        "provider = TracerProvider()\n"
        "provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))\n"
        "provider.get_tracer('t').start_span('chat').end()\n"
        "provider.shutdown()\n"
    )
    run("sh", "-c", f'{program(page, "otel-env")}\n{sys.executable} -c "{instrumented}"')
    assert f"subject={SYSTEM}" in arrived(window, token)


def test_what_the_door_refused_is_on_the_page(window: Window) -> None:
    page, token = page_with_token(window)
    text = re.search(r"plb_[0-9a-f_]+", page)
    assert text is not None
    assert window.house.post({"source": "x", "events": [{"system": SYSTEM}]}, text[0]).status == 422
    shown = window.get(f"/telemetry/first-event/?token={token}")
    assert "was refused" in shown
    assert "422" in shown
