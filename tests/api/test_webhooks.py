"""Webhooks over HTTP: what the page does, for the same people, and a secret that is answered once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.api.conftest import Caller

from plumbline.delivery.models import Endpoint
from plumbline.delivery.webhook import commands
from plumbline.identity.actors import Actor
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
SENT = {"name": "Team", "address": "https://hooks.example.org/T1?key=very-secret", "style": "slack"}


def test_an_administrator_adds_renews_and_removes(mina: Actor, caller: Callable[..., Caller]) -> None:
    call = caller(mina)
    added: Any = call("POST", "webhooks", SENT)
    assert added.status_code == 201
    made = added.json()
    assert made["secret"].startswith("whsec_")
    (listed,) = call("GET", "webhooks").json()
    assert {**listed, "secret": made["secret"]} == made
    assert "very-secret" not in added.content.decode()
    assert listed["host"] == "hooks.example.org"
    assert call("POST", "webhooks", SENT).status_code == 409
    assert call("POST", "webhooks", {**SENT, "name": "B", "address": "http://10.0.0.1/"}).status_code == 422
    assert call("POST", f"webhooks/{made['id']}/renew").json()["secret"] != made["secret"]
    assert call("POST", f"webhooks/{made['id']}/enable").status_code == 409
    assert call("POST", f"webhooks/{made['id']}/remove").status_code == 204
    assert call("POST", f"webhooks/{made['id']}/remove").status_code == 404
    assert call("GET", "webhooks").json() == []
    types = [leaf.entry_type for leaf in log.leaves(0, log.size())]
    assert [each for each in types if each.startswith("webhook.")] == [
        "webhook.added", "webhook.renewed", "webhook.removed"
    ]  # fmt: skip


def test_nobody_else_sees_or_changes_them(
    installation: Actor, mina: Actor, someone: Callable[..., Actor], caller: Callable[..., Caller]
) -> None:
    made, lars = commands.add(installation, **SENT), someone("system-owner", "Lars")
    for call in (caller(lars), caller(mina, "read")):
        assert call("POST", "webhooks", {**SENT, "name": "Other"}).status_code == 403
        assert call("POST", f"webhooks/{made.endpoint.handle}/remove").status_code == 403
    assert caller(lars, "read")("GET", "webhooks").status_code == 403
    assert caller(mina, "read")("GET", "webhooks").status_code == 200
    assert Endpoint.objects.count() == 1
