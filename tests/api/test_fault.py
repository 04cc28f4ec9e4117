"""What breaks inside is answered with a problem document that says nothing of the inside."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from plumbline.identity import commands as people
from plumbline.identity.actors import Actor
from plumbline.kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_unexpected_fault_is_a_problem_document(mina: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from plumbline.identity import queries
    from plumbline.records import plain_lists

    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError("a secret of the inside")

    token = people.issue_token(
        mina,
        name="test",
        scopes=("read",),
        expires=clock.now() + timedelta(hours=1),
        owner=queries.person(mina.id),
    )
    monkeypatch.setattr(plain_lists, "page", broken)
    client = Client(raise_request_exception=False)
    answer = client.get("/api/v1/risks", HTTP_AUTHORIZATION=f"Bearer {token.text}")
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert b"secret" not in answer.content
