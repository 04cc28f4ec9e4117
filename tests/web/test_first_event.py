"""The page for the first event: its token, its programs, what arrives and what is refused."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from tests.web.conftest import House

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]
ADDRESS = "/telemetry/first-event/"


@pytest.fixture(autouse=True)
def _no_refusals() -> Iterator[None]:
    from plumbline.telemetry import refusals

    refusals.forget()
    yield
    refusals.forget()


def system_of(house: House) -> str:
    """The slug of the registered system of the furnished organization."""
    from plumbline.records import queries

    return str(queries.find(house.actor("aims-manager"), house.references["system"])[0].slug)


def issue(client: Client, slug: str) -> tuple[str, str]:
    """The page with a new token, and the token's text."""
    answer = client.post(ADDRESS, {"system": slug})
    assert answer.status_code == 200
    text = answer.content.decode()
    found = re.search(r'id="token-text"[^>]*>(plb_[0-9a-f_]+)<', text)
    assert found is not None
    return text, found[1]


def handle(token: str) -> str:
    return f"tok_{token.split('_')[1]}"


def arrived(token: str) -> str:
    """The address of the part that changes while one waits."""
    return f"{ADDRESS}{handle(token)}/arrived/"


def test_the_token_may_send_and_nothing_else_and_is_shown_once(house: House, mina: Client) -> None:
    from plumbline.identity import policy
    from plumbline.identity.actors import actor_of_token

    text, token = issue(mina, system_of(house))
    actor = actor_of_token(token)
    assert actor.scopes == {"ingest"}
    assert policy.may(actor, "ingest", anywhere=True)
    assert not policy.may(actor, "read", anywhere=True)
    assert not policy.may(actor, "create", kind="risk", anywhere=True)
    again = mina.get(ADDRESS, {"token": handle(token)}).content.decode()
    assert token.rpartition("_")[2] in text
    assert token.rpartition("_")[2] not in again


def test_the_programs_have_address_system_and_token(house: House, mina: Client, settings: Any) -> None:
    from dataclasses import replace

    slug = system_of(house)
    text, token = issue(mina, slug)
    for name in ("curl", "sdk", "otel", "otel-env"):
        found = re.search(rf'<pre[^>]* id="{name}"[^>]*>(.*?)</pre>', text, re.S)
        assert found is not None
        program = unescape(found[1])
        assert token in program
        assert slug in program
        assert settings.PLUMBLINE.public_address in program
        assert "testserver" not in program, "the Host header is the visitor's word"
    settings.PLUMBLINE = replace(settings.PLUMBLINE, address="https://aims.example.org/")
    text, _ = issue(mina, slug)
    assert "https://aims.example.org/v1/traces" in text


def test_only_who_may_send_for_a_system_is_offered_it(house: House, mina: Client) -> None:
    assert house.client("viewer").get(ADDRESS).status_code == 403
    assert house.client("viewer").post(ADDRESS, {"system": system_of(house)}).status_code == 403
    assert mina.post(ADDRESS, {"system": "nobody-registered-this"}).status_code == 422
    assert (
        f'value="{system_of(house)}" selected'
        in mina.get(ADDRESS, {"system": system_of(house)}).content.decode()
    )


def test_what_came_of_the_token_of_another_is_not_shown(house: House, mina: Client) -> None:
    _, token = issue(mina, system_of(house))
    other = house.client("system-owner")
    assert other.get(arrived(token)).status_code == 404
    assert other.get(ADDRESS, {"token": handle(token)}).status_code == 404


def test_nothing_then_a_refusal_then_the_event(house: House, mina: Client) -> None:
    from django.conf import settings
    from tests.telemetry.test_door import Sender, batch, event

    slug = system_of(house)
    _, token = issue(mina, slug)

    def shown() -> str:
        answer = mina.get(arrived(token))
        assert answer.status_code == 200
        return answer.content.decode()

    assert "Nothing has arrived" in shown()
    sender = Sender(settings.PLUMBLINE, token)
    try:
        assert sender.post(batch(event(system=slug, latency_ms=-1))).status == 422
        assert "events[0].latency_ms" in shown()
        assert "422" in shown()
        wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
        assert sender.post(batch(event(system=slug)), authorization=f"Bearer {wrong}").status == 401
        assert "copied whole" in shown()
        assert "data-arrived" not in shown()
        assert sender.post(batch(event(system=slug), event(system=slug))).status == 201
        text = shown()
        assert "data-arrived" in text
        assert "2 events have arrived" in text
        assert f"subject={slug}" in text
    finally:
        sender.close()


def test_refused_spans_are_shown_beside_what_was_taken(house: House, mina: Client) -> None:
    import json

    from django.conf import settings
    from tests.telemetry.test_door import Sender

    _, token = issue(mina, system_of(house))
    span = {"traceId": "0" * 32, "spanId": "b" * 16, "name": "chat", "startTimeUnixNano": "1"}
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()
    sender = Sender(settings.PLUMBLINE, token)
    try:
        assert sender.post(body, "/v1/traces").status == 200
    finally:
        sender.close()
    text = mina.get(arrived(token)).content.decode()
    assert "spans were refused" in text


def test_the_ways_to_it(house: House, mina: Client) -> None:
    assert ADDRESS in mina.get("/telemetry/").content.decode()
    assert ADDRESS not in house.client("viewer").get("/telemetry/").content.decode()
    silent = f"/records/{house.make('ai-system', title='Chat Assist', slug='chat-assist')}/"
    assert f"{ADDRESS}?system=chat-assist" in mina.get(silent).content.decode()
    assert ADDRESS not in house.client("viewer").get(silent).content.decode()
    heard = f"/records/{house.references['system']}/"
    assert ADDRESS not in mina.get(heard).content.decode()


def test_many_tokens_are_remembered_within_a_bound() -> None:
    from plumbline.kernel import clock
    from plumbline.telemetry import refusals

    for number in range(refusals.TOKENS + 10):
        refusals.note(f"tok_{number}", refusals.Refusal(clock.now(), 401, "/v1/traces", "No."))
    assert refusals.last("tok_0") is None
    assert refusals.last(f"tok_{refusals.TOKENS + 9}") is not None
    refusals.note("", refusals.Refusal(clock.now(), 401, "/v1/traces", "No."))
    assert refusals.last("") is None
