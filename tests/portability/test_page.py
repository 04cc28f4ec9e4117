"""The page of backups: what the last one covers, and a warning when it is old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from plumbline.identity import queries as people
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.portability import entries
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(mina: Actor) -> Callable[[], str]:
    """Mina, the AIMS manager, looks at the page."""
    client = Client()
    client.force_login(people.person("mina@halden.example"))

    def look() -> str:
        answer = client.get("/trail/backups/")
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    return look


def _backed_up() -> None:
    with transaction.atomic():
        facts: dict[str, Any] = {"size": log.size(), "bytes": 1_000, "signing-keys": True}
        log.append(entries.BACKUP, actor="stage:installation", subject={"ref": "bak_1"}, facts=facts)


def test_it_says_that_there_was_none(page: Callable[[], str]) -> None:
    assert "No backup was ever made" in page()


def test_it_says_what_the_last_one_covers_and_warns_when_it_is_old(page: Callable[[], str]) -> None:
    _backed_up()
    shown = page()
    assert "bak_1" in shown
    assert "lies here alone" not in shown
    with clock.frozen(clock.now() + timedelta(days=3)):
        last = entries.last_backup()
        assert last is not None
        assert "lies here alone" in str(_verdict(last))


def _verdict(last: entries.LastBackup) -> object:
    from plumbline.web.trail import backups

    return backups.verdict(last, is_stale=clock.now() - last.at > backups.STALE)


def test_whoever_does_not_look_after_people_is_refused(someone: Callable[..., Actor]) -> None:
    client, _ = Client(), someone("viewer", "Vera")
    client.force_login(people.person("vera@halden.example"))
    assert client.get("/trail/backups/").status_code == 403
