"""The same erasure by page, API and command line; four eyes are enforced behind all of them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.api.conftest import Caller, caller
from tests.erasure.conftest import Place

from plumbline.erasure.execution import commands as execution
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.reports import commands as packs
from plumbline.reports.models import Pack
from plumbline.trail import publisher

__all__ = ["caller"]
pytestmark = [pytest.mark.django_db(transaction=True)]


def _pack(actor: Actor, **asked: str) -> Pack:
    made = packs.create_pack(actor, claimed=True, **asked)
    publisher.publish()
    return packs.build_now(made, sign=lambda size: publisher.publish() and None)


def test_by_the_api(planted: Place, mina: Actor, sara: Actor, caller: Callable[..., Caller]) -> None:
    pack = _pack(mina, recipient="Nordic Certification", purpose="Stage 2 audit")
    asked = {"of": "record", "target": planted.risk, "ground": "gdpr-17-1-a", "reason": "They asked."}
    ask, decide = caller(mina), caller(sara)
    seen = ask("POST", "erasures/preview", asked)
    assert (seen.status_code, seen.json()["files"]) == (200, 1), seen.content
    assert seen.json()["recipients"] == [
        {"pack": pack.handle, "recipient": "Nordic Certification", "purpose": "Stage 2 audit",
         "expires": pack.expires.isoformat()}
    ]  # fmt: skip
    made = ask("POST", "erasures", asked)
    assert made.status_code == 201, made.content
    address = f"erasures/{made.json()['id']}"
    assert ask("POST", f"{address}/approve").status_code == 403
    assert decide("POST", f"{address}/approve").json()["state"] == "approved"
    assert decide("POST", f"{address}/approve").status_code == 409
    assert execution.run_next(planted.store)
    done = ask("GET", address).json()
    assert (done["state"], done["target"]) == ("done", "")
    assert [told["recipient"] for told in done["recipients"]] == ["Nordic Certification"]
    assert not packs.pack_path(pack.sha256).exists()
    again = packs.pack_path(_pack(mina, recipient="N", purpose="Again").sha256)
    with zipfile.ZipFile(again) as archive:
        assert not [name for name in archive.namelist() if b"quokka" in archive.read(name)]
    for path in (
        f"risks/{planted.risk}",
        f"risks/{planted.risk}/history",
        f"risks/{planted.risk}/comments",
        "risks",
    ):
        answer = ask("GET", path)
        assert answer.status_code == 200, (path, answer.content)
        assert b"quokka" not in answer.content
    assert ask("GET", "risks.csv").status_code == 200
    held = ask("POST", "legal-holds", {"ground": "Case 1"})
    assert held.status_code == 201
    assert ask("POST", "erasures", asked).status_code == 409
    assert ask("POST", f"legal-holds/{held.json()['id']}/release").status_code == 403
    assert decide("POST", f"legal-holds/{held.json()['id']}/release").status_code == 200
    assert caller(mina, "read")("POST", "erasures", asked).status_code == 403


def test_a_period_by_the_api_and_the_page(
    planted: Place, mina: Actor, sara: Actor, caller: Callable[..., Caller], someone: Callable[..., Any]
) -> None:
    ask, decide = caller(mina), caller(sara)
    kept = {row["class"]: row for row in ask("GET", "retention-periods").json()}
    assert kept["telemetry"]["proposal"] is None
    address = "retention-periods/telemetry"
    short = ask("POST", f"{address}/proposal", {"months": 1, "reason": "Less data."})
    assert (short.status_code, short.json()["errors"][0]["field"]) == (422, "months")
    made = ask("POST", f"{address}/proposal", {"months": 18, "reason": "Contracts."}).json()
    assert (made["months"], made["proposed"]) == (kept["telemetry"]["months"], 18)
    assert ask("POST", f"{address}/approval", {"proposal": made["proposal"]}).status_code == 403
    newer = ask("POST", f"{address}/proposal", {"months": 24, "reason": "Contracts."}).json()
    assert decide("POST", f"{address}/approval", {"proposal": made["proposal"]}).status_code == 409
    done = decide("POST", f"{address}/approval", {"proposal": newer["proposal"]}).json()
    assert (done["months"], done["approved"] is not None) == (24, True)
    assert ask("POST", "retention-periods/nothing/proposal", {"months": 9, "reason": "x"}).status_code == 422
    assert caller(someone("viewer", "Vera"), "read")("GET", "retention-periods").status_code == 403
    mine, hers = _browser(mina), _browser(sara)
    assert (
        mine.post("/erasure/retention/", {"class": "telemetry", "months": "30", "reason": "x"}).status_code
        == 302
    )
    entry = {row["class"]: row for row in ask("GET", "retention-periods").json()}["telemetry"]["proposal"]
    shown = hers.get("/erasure/").content.decode()
    assert f'value="{entry}"' in shown
    approval = {"class": "telemetry", "act": "approve"}
    assert hers.post("/erasure/retention/", {**approval, "proposal": str(entry - 1)}).status_code == 409
    assert hers.post("/erasure/retention/", {**approval, "proposal": str(entry)}).status_code == 302
    assert {row["class"]: row for row in ask("GET", "retention-periods").json()}["telemetry"]["months"] == 30


def _browser(actor: Actor) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(identity.person(actor.id))
    return client


def test_by_the_page(planted: Place, mina: Actor, sara: Actor, someone: Callable[..., Any]) -> None:
    mine, hers = _browser(mina), _browser(sara)
    typed = {
        "kind": "subject",
        "target": "quokka-17",
        "ground": "gdpr-17-1-b",
        "reason": "They asked.",
        "before": "",
    }
    page = mine.post("/erasure/", {**typed, "act": "preview"})
    assert b"The content of 3 events goes." in page.content
    asked = mine.post("/erasure/", {**typed, "act": "request"})
    assert asked.status_code == 302, asked.content
    address = asked.headers["Location"]
    assert b"Somebody else has to take this step." in mine.get(address).content
    assert mine.post(f"{address}decide/", {"act": "approve"}).status_code == 403
    assert b"Approve" in hers.get(address).content
    assert hers.post(f"{address}decide/", {"act": "approve"}).status_code == 302
    assert execution.run_next(planted.store)
    assert b"Erased by entry" in mine.get(address).content
    event = mine.get(f"/telemetry/events/{planted.events[0]}/")
    assert b"Erased (" in event.content
    assert b"quokka-17" not in event.content
    for path in ("/erasure/", f"/records/{planted.risk}/", "/trail/", "/telemetry/"):
        assert mine.get(path).status_code == 200, path
    assert _browser(someone("viewer", "Vera")).get("/erasure/").status_code == 403
    faulty = mine.post("/erasure/", {**typed, "target": "", "act": "request"})
    assert faulty.status_code == 422
