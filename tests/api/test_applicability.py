"""The statement of applicability decided over HTTP: the same act as on its page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.api.conftest import Caller
from tests.decided import POLICY

from plumbline.identity.actors import Actor

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
AT = "applicability/decisions"


def test_many_controls_are_decided_in_one_call(mina: Actor, caller: Callable[..., Caller]) -> None:
    api = caller(mina)
    sent = [{"control": number, "values": POLICY, "revision": None} for number in ("A.2.2", "A.2.3")]
    done = api("POST", AT, {"decisions": sent, "submit": True}).json()["items"]
    assert [(each["control"], each["change"], each["state"]) for each in done] == [
        ("A.2.2", "submitted", "in review"),
        ("A.2.3", "submitted", "in review"),
    ]
    rows = {row["number"]: row for row in api("GET", AT).json()["items"]}
    assert len(rows) == 38
    assert (rows["A.2.2"]["applicable"], rows["A.2.2"]["revision"]) == ("yes", done[0]["revision"])
    assert rows["A.2.4"]["reference"] is None


def test_a_refusal_names_the_row_and_saves_nothing(mina: Actor, caller: Callable[..., Caller]) -> None:
    api = caller(mina)
    sent = [{"control": "A.2.2", "values": POLICY}, {"control": "A.2.3", "values": {"applicable": "maybe"}}]
    refused = api("POST", AT, {"decisions": sent})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["A.2.3.applicable"]
    assert all(row["reference"] is None for row in api("GET", AT).json()["items"])
    wrong = api("POST", AT, {"decisions": [{"control": "A.2.2"}]})
    assert [error["field"] for error in wrong.json()["errors"]] == ["decisions.0.values"]


def test_nobody_decides_without_the_right(
    someone: Callable[[str, str], Actor], caller: Callable[..., Caller]
) -> None:
    api = caller(someone("reviewer", "Rita"))
    assert api("GET", AT).status_code == 200
    assert api("POST", AT, {"decisions": [{"control": "A.2.2", "values": POLICY}]}).status_code == 403


@pytest.mark.parametrize("spelled", ["a24", "A.2.4", "iso42001:A.2.4", "ISO42001:a.2.4", "A 2.4", "2.4"])
def test_a_control_is_named_in_any_usual_spelling(
    mina: Actor, caller: Callable[..., Caller], spelled: str
) -> None:
    done = caller(mina)("POST", AT, {"decisions": [{"control": spelled, "values": POLICY}]})
    assert [each["control"] for each in done.json()["items"]] == ["A.2.4"]
