"""The page of one event: what it is, what was said of it afterwards, and who may read which."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.conf import settings

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(house: House) -> Iterator[dict[str, str]]:
    """A decision, its review and its outcome in the evidence store, which answers on its socket."""
    from plumbline.kernel import clock
    from plumbline.telemetry import intake
    from plumbline.telemetry.mover import MoverStage
    from plumbline.telemetry.store.duckdb import DuckStore
    from plumbline.telemetry.store.serve import StoreServer

    names = {name: str(uuid4()) for name in ("decision", "review", "outcome", "call")}
    now = clock.now()
    events: list[dict[str, Any]] = [
        {"type": "decision", "outcome": "pay"},
        {
            "type": "review",
            "about": names["decision"],
            "review": {"decision": "override", "reviewer": "rev_7"},
        },
        {"type": "outcome", "about": names["decision"], "truth": "refuse"},
        {"type": "call", "about": names["decision"]},
    ]
    for place, (name, one) in enumerate(zip(names.values(), events, strict=True)):
        one |= {
            "id": name,
            "system": "claims-triage",
            "time": clock.rfc3339(now - timedelta(hours=4 - place)),
        }
    body = json.dumps({"source": "claims-triage", "events": events}).encode()
    intake.accept(body, "application/json", "", house.operator.id, settings.PLUMBLINE)
    store = DuckStore(settings.PLUMBLINE.data / "evidence.duckdb")
    server = StoreServer(settings.PLUMBLINE.data, store)
    while MoverStage(settings.PLUMBLINE.data, store).advance():
        pass
    yield names
    server.close()
    store.close()


def page(house: House, role: str, event: str) -> str:
    answer = house.client(role).get(f"/telemetry/events/{event}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_decision_shows_the_review_and_the_truth_in_order(house: House, told: dict[str, str]) -> None:
    shown = page(house, "aims-manager", told["decision"])
    assert "What was said of it afterwards" in shown
    after = shown.partition("What was said of it afterwards")[2]
    assert after.index(told["review"]) < after.index(told["outcome"])
    assert ">Override</a>" in after
    assert "by rev_7" in " ".join(after.split())
    assert ">refuse</a>" in after, "the truth stands as it was sent"
    assert after.count(">Recorded</a>") == 1, "what says nothing can be followed all the same"


def test_an_event_says_when_it_happened_when_it_was_received_and_whether_late(
    house: House, told: dict[str, str]
) -> None:
    from plumbline.kernel import clock
    from plumbline.telemetry import intake

    now, late = clock.now(), str(uuid4())
    earlier = {"id": late, "system": "claims-triage", "type": "decision", "outcome": "pay"}
    earlier["time"] = clock.rfc3339(now - timedelta(days=2))
    body = json.dumps({"source": "claims-triage", "events": [earlier]}).encode()
    intake.accept(body, "application/json", "", house.operator.id, settings.PLUMBLINE)
    shown = page(house, "aims-manager", late)
    assert "Received" in shown
    assert "late: after the day on which it happened was closed" in shown
    assert "late: after" not in page(house, "aims-manager", told["decision"])


def test_a_review_leads_back_to_its_decision(house: House, told: dict[str, str]) -> None:
    shown = page(house, "aims-manager", told["review"])
    assert f'href="/telemetry/events/{told["decision"]}/"' in shown
    assert "What was said of it afterwards" not in shown


def test_who_may_not_read_what_is_sensitive_reads_no_outcome(house: House, told: dict[str, str]) -> None:
    shown = page(house, "viewer", told["decision"])
    assert "Override" not in shown
    assert "rev_7" not in shown
    assert "<dt>Outcome</dt>" not in shown


def test_the_page_stands_while_the_evidence_store_does_not_answer(house: House) -> None:
    assert "What was said of it afterwards" not in page(house, "aims-manager", house.event)


def test_a_word_that_is_no_id_names_the_field_and_the_remedy(house: House) -> None:
    answer = house.client("aims-manager").get("/telemetry/", {"event": "claim 7"})
    assert answer.status_code == 422
    assert "Give the UUID that was sent with it." in answer.content.decode()
