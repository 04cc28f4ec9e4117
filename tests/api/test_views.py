"""Saved views over HTTP: kept, opened by the list and its CSV, changed by whoever may."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.api.conftest import Caller

from plumbline.identity.actors import Actor
from plumbline.records.commands import Saved

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]


def test_a_view_is_saved_shared_and_opened(
    mina: Actor, sara: Actor, system: Saved, caller: Callable[..., Caller]
) -> None:
    api, other = caller(mina), caller(sara)
    query = {"where": "state:draft", "columns": "state,slug"}
    sent = {"kind": "ai-system", "name": "Drafts", "query": query, "shared_with": "everybody"}
    answer = api("POST", "views", sent)
    assert answer.status_code == 201
    view = answer.json()
    assert view["query"] == query
    assert [each["id"] for each in other("GET", "views?kind=ai-system").json()["items"]] == [view["id"]]
    assert [item["reference"] for item in other("GET", view["records"]).json()["items"]] == [system.reference]
    assert other("GET", f"{view['records']}&where=state:retired").json()["items"] == []
    csv = other("GET", f"ai-systems.csv?view={view['id']}")
    assert b"".join(csv.streaming_content).splitlines()[0] == b"\xef\xbb\xbfreference,title,state,slug"
    assert other("GET", f"risks?view={view['id']}").status_code == 422
    changed = api("PATCH", f"views/{view['id']}", {"name": "Ours"}, If_Match='"1"')
    assert (changed.json()["name"], changed.json()["revision"]) == ("Ours", 2)
    assert api("PATCH", f"views/{view['id']}", {"name": "Late"}, If_Match='"1"').status_code == 412
    assert api("DELETE", f"views/{view['id']}").status_code == 204
    assert api("GET", f"views/{view['id']}").status_code == 404


def test_a_wrong_view_names_what_is_wrong(mina: Actor, caller: Callable[..., Caller]) -> None:
    refused = caller(mina)("POST", "views", {"kind": "risk", "name": "", "shared_with": "nobody-known"})
    assert {error["field"] for error in refused.json()["errors"]} == {"name", "shared_with"}
