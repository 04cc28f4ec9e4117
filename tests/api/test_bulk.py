"""`/api/v1/bulk`: one change to many records, planned, confirmed and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.api.conftest import Caller

from plumbline.bulk.stage import BulkStage
from plumbline.identity.actors import Actor
from plumbline.records import commands

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def systems(mina: Actor) -> list[str]:
    """Three AI systems."""
    made = [{"title": f"System {number}", "slug": f"system-{number}"} for number in range(3)]
    return [commands.create(mina, "ai-system", values).reference for values in made]


def _done(call: Caller, job: dict[str, Any]) -> Any:
    assert call("POST", f"bulk/{job['id']}/confirmation").status_code == 202
    while BulkStage().advance():
        pass
    return call("GET", f"bulk/{job['id']}").json()


def test_a_change_is_planned_confirmed_watched_and_taken_back(
    caller: Callable[..., Caller], mina: Actor, systems: list[str]
) -> None:
    call = caller(mina)
    body = {
        "kind": "ai-system",
        "change": {"act": "edit", "values": {"version": "2"}},
        "where": "version:empty",
    }
    made = call("POST", "bulk", body)
    assert made.status_code == 201
    job = made.json()
    assert made["Location"] == f"/api/v1/bulk/{job['id']}"
    assert (job["state"], job["counts"]["change"], job["done"]) == ("previewed", 3, 0)
    rows = call("GET", f"bulk/{job['id']}/rows?outcome=change").json()
    assert {row["reference"] for row in rows["items"]} == set(systems)
    done = _done(call, job)
    assert (done["state"], done["done"], done["may_be_undone"]) == ("done", 3, True)
    assert call("GET", f"ai-systems/{systems[0]}").json()["values"]["version"] == "2"
    undo = call("POST", f"bulk/{job['id']}/undo").json()
    assert undo["undoes"] == job["id"]
    assert _done(call, undo)["done"] == 3
    assert call("GET", f"ai-systems/{systems[0]}").json()["values"]["version"] == ""
    assert call("POST", f"bulk/{job['id']}/undo").status_code == 409
    assert [each["id"] for each in call("GET", "bulk").json()] == [undo["id"], job["id"]]


def test_why_a_record_is_left_out_is_said(
    caller: Callable[..., Caller], mina: Actor, systems: list[str]
) -> None:
    call = caller(mina)
    body = {"kind": "ai-system", "change": {"act": "move", "move": "approve"}, "references": systems}
    job = call("POST", "bulk", body).json()
    assert job["counts"] == {"change": 0, "unchanged": 0, "refused": 3}
    rows = call("GET", f"bulk/{job['id']}/rows").json()["items"]
    assert all("starts from" in row["message"] for row in rows)
    assert call("POST", f"bulk/{job['id']}/confirmation").status_code == 422
    assert call("DELETE", f"bulk/{job['id']}").status_code == 204


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"where": "owner:empty"}, "references"),
        ({"references": []}, "references"),
        ({"references": [7]}, "references"),
        ({"change": {"act": "paint"}}, "act"),
        ({"change": {"act": "edit", "values": {"slug": "x"}}}, "slug"),
        ({"references": None, "where": "x"}, "references"),
    ],
)
def test_what_cannot_be_planned_names_the_field(
    caller: Callable[..., Caller], mina: Actor, systems: list[str], changed: dict[str, Any], field: str
) -> None:
    body = {"kind": "ai-system", "change": {"act": "edit", "values": {"version": "2"}}, "references": systems}
    answer = caller(mina)("POST", "bulk", body | changed)
    assert answer.status_code in (400, 422)
    assert answer.json()["errors"][0]["field"] == field


def test_a_token_that_may_only_read_plans_nothing(
    caller: Callable[..., Caller], mina: Actor, systems: list[str]
) -> None:
    body = {"kind": "ai-system", "change": {"act": "edit", "values": {"version": "2"}}, "references": systems}
    assert caller(mina, "read")("POST", "bulk", body).status_code == 403
