"""The door itself: tokens, unknown addresses, bodies that cannot be read, and what is never echoed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.api.conftest import Caller

from plumbline.identity import commands as people
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.records.commands import Saved

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem document of ``answer``, checked for its form."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    assert found["type"].startswith("urn:plumbline:problem:")
    assert found["title"]
    assert found["detail"]
    return found


@pytest.mark.parametrize(
    "path", ["nothing", "", "ai-systems/", "ai-systems/SYS-1", "AI-systems", "../x", "ai-systems/%0A/links"]
)
def test_unknown_addresses_are_problems(writer: Caller, path: str) -> None:
    problem(writer("GET", f"/api/v1/{path}"), 404)


@pytest.mark.parametrize("method", ["DELETE", "PUT", "OPTIONS", "TRACE", "BREW"])
def test_unknown_methods_are_problems_with_the_known_ones(writer: Caller, method: str) -> None:
    answer = writer(method, "ai-systems")
    problem(answer, 405)
    assert answer["Allow"] == "GET, POST"


def test_a_token_is_needed_and_must_hold(mina: Actor, writer: Caller, settings: Any) -> None:
    answer = Caller()("GET", "ai-systems")
    problem(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")
    for token in ("", "x", "plb_1_2", writer.token[:-1] + ("0" if writer.token[-1] != "0" else "1")):
        problem(Caller()("GET", "ai-systems", Authorization=f"Bearer {token}"), 401)
    problem(Caller()("GET", "ai-systems", Authorization=f"Basic {writer.token}"), 401)
    people.revoke_token(mina, identity.tokens_of(mina.person_id or 0)[0].handle)
    assert "revoked" in problem(writer("GET", "ai-systems"), 401)["detail"]


def test_an_expired_token_is_refused(writer: Caller) -> None:
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert "expired" in problem(writer("GET", "ai-systems"), 401)["detail"]


def test_a_session_counts_for_nothing(mina: Actor) -> None:
    client = Client()
    client.force_login(identity.person(mina.id))
    problem(client.get("/api/v1/ai-systems"), 401)
    problem(client.post("/api/v1/ai-systems", b"{}", "application/json"), 401)


def test_an_inactive_owner_ends_the_token(
    installation: Actor, mina: Actor, sara: Actor, caller: Callable[..., Caller]
) -> None:
    hers = caller(sara)
    people.deactivate_person(mina, identity.person(sara.id))
    problem(hers("GET", "ai-systems"), 401)


def test_too_many_wrong_tokens_are_slowed_down(installation: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    from plumbline.api import dispatch
    from plumbline.identity.throttle import Bucket

    limits = (Bucket("api-test", 2, 60, chunk=1), Bucket("api-wrong-test", 2, 60, chunk=1))
    monkeypatch.setattr(dispatch, "_buckets", lambda rate, wrong: limits)
    found = [Caller("plb_x")("GET", "ai-systems") for _ in range(3)]
    assert [answer.status_code for answer in found] == [401, 401, 429]
    assert int(found[2]["Retry-After"]) >= 1


def test_the_rate_of_one_token_is_limited(writer: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from plumbline.api import dispatch
    from plumbline.identity.throttle import Bucket

    limits = (Bucket("api-test", 2, 60, chunk=1), Bucket("api-wrong-test", 2, 60, chunk=1))
    monkeypatch.setattr(dispatch, "_buckets", lambda rate, wrong: limits)
    assert [writer("GET", "me").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b" ", 400),
        (b"{", 400),
        (b"{'a': 1}", 400),
        (b'{"values": {}, "values": {}}', 400),
        (b'{"values": {"title": NaN}}', 400),
        (b'{"values": {"title": Infinity}}', 400),
        (b'{"values": {"title": 1e999}}', 422),
        (b'{"values": {"title": 99999999999999999999}}', 422),
        (b'{"values": {"title": "\\u0000"}}', 422),
        (b'{"values": {"title": "\\ud800"}}', 422),
        (b'{"values": {"title": "\xff"}}', 400),
        (b"\xef\xbb\xbf{}", 400),
        (b"[" * 100_000, 400),
        (b'{"values":' * 40 + b"{}" + b"}" * 40, 400),
        (b"[]", 422),
        (b"null", 422),
        (b'{"values": []}', 422),
        (b'{"values": {}, "colour": 1}', 422),
        (b'{"values": {"colour": "blue"}}', 422),
        (b'{"note": "x"}', 422),
        (b'{"values": {"title": {"a": 1}}}', 422),
    ],
)
def test_bodies_that_cannot_be_used(writer: Caller, content: bytes, status: int) -> None:
    found = problem(writer("POST", "ai-systems", content=content), status)
    assert found.get("errors")
    assert "blue" not in str(found)


def test_only_json_is_taken(writer: Caller) -> None:
    problem(
        writer("POST", "ai-systems", content=b"a=1", Content_Type="application/x-www-form-urlencoded"), 415
    )
    problem(writer("POST", "ai-systems", content=b"x", Content_Encoding="gzip"), 415)


def test_bodies_over_the_limit_are_not_read(writer: Caller, settings: Any) -> None:
    limit = settings.PLUMBLINE.body_limit
    problem(writer("POST", "ai-systems", content=b" " * (limit + 1)), 413)
    client = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {writer.token}"}
    announced = {"CONTENT_LENGTH": str(1_000_000_000), "CONTENT_TYPE": "application/json"}
    problem(client.post("/api/v1/ai-systems", b"", "application/json", headers=headers, **announced), 413)


def test_values_that_were_sent_are_never_repeated(writer: Caller, system: Saved) -> None:
    secret = "s3cret-value"
    for answer in (
        writer(
            "POST", "ai-systems", {"values": {"title": secret * 40, "slug": secret + "!", "owner": secret}}
        ),
        writer("GET", f"ai-systems?lifecycle={secret}&page=x"),
        writer("GET", f"ai-systems?{secret}=1&as_of={secret}"),
        writer("PATCH", "ai-systems/SYS-0001", {"values": {}}, If_Match=secret),
        writer("POST", "ai-systems/SYS-0001/moves", {"move": secret}, If_Match='"1"'),
    ):
        assert answer.status_code >= 400
        text = "".join(error["message"] + error["remedy"] for error in answer.json().get("errors", [])) + str(
            answer.json()["detail"]
        )
        assert secret not in text


def test_answers_are_kept_by_nobody_and_carry_the_security_headers(writer: Caller) -> None:
    answer = writer("GET", "me")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_the_rest_answers(writer: Caller, system: Saved) -> None:
    assert writer("GET", "me").json()["roles"][0]["role"] == "aims-manager"
    assert writer("GET", "people").json()[0]["name"] == "Mina"
    assert "secret" not in str(writer("GET", "tokens").json()).lower()
    assert len(writer("GET", "requirements?kind=control").json()) == 38
    assert writer("GET", "requirements/iso42001:A.6.2.6").json()["number"] == "A.6.2.6"
    assert writer("GET", "requirements/nist-ai-rmf:MEASURE%202.4").status_code == 200
    problem(writer("GET", "requirements/iso42001:9.9.9"), 404)
    problem(writer("GET", "requirements?framework=iso9001"), 422)
    assert len(writer("GET", "posture").json()) == 70
    assert writer("GET", "checks").json()
    assert writer("GET", "results").json()["total"] == 0
    assert writer("GET", "results?as_of=2026-01-01T00:00:00Z").json()["total"] == 0
    problem(writer("GET", "results?as_of=yesterday"), 422)
    problem(writer("GET", "results/1"), 404)
    problem(writer("GET", "results/99999999999999999999"), 404)
    problem(writer("GET", "telemetry/receipts/019aa0f8-0000-7000-8000-000000000000"), 404)
    assert Caller()("GET", "schemas/ai-system").json()["required"] == ["title"]
    problem(Caller()("GET", "schemas/nothing"), 404)


def test_the_trail(writer: Caller, system: Saved) -> None:
    entries = writer("GET", "trail/entries?subject=SYS-0001").json()
    assert [entry["index"] for entry in entries] == [system.leaf]
    assert writer("GET", f"trail/entries/{system.leaf}").json()["type"] == "record.created"
    problem(writer("GET", "trail/entries/999999"), 404)
    problem(writer("GET", f"trail/entries/{system.leaf}/proof"), 503)
    problem(writer("GET", "trail/checkpoint"), 503)
    problem(writer("GET", "trail/consistency?old=0"), 404)
    assert writer("GET", "trail/consistency?old=1").json()["old"] == 1
    from plumbline.trail import publisher

    publisher.publish()
    assert "plumbline.test/main/1" in writer("GET", "trail/checkpoint").content.decode()
    assert "index" in writer("GET", f"trail/entries/{system.leaf}/proof").content.decode()


def test_a_fault_of_ours_is_a_problem_document_that_says_nothing_of_the_inside(
    writer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plumbline.records import plain_lists

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(plain_lists, "page", broken)
    answer = writer("GET", "ai-systems")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert b"inside" not in answer.content
    assert answer.json()["reference"].startswith("err_")


def test_an_unknown_host_is_refused(writer: Caller) -> None:
    problem(writer("GET", "me", Host="evil.example"), 400)
