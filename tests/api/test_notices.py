"""Notices over HTTP and on the command line: the same as on the page, of the token's owner alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.api.conftest import Caller

from plumbline.delivery.models import Notice
from plumbline.delivery.waiting import queries
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.records import commands

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def notice(mina: Actor) -> Notice:
    method = commands.create(mina, "document", {"title": "Method", "type": "method"})
    return Notice.objects.create(
        person_id=mina.person_id,
        key="k",
        kind="approval",
        subject=method.reference,
        is_record=True,
        created_at=clock.now(),
    )


def test_the_owner_lists_and_reads_their_own(
    notice: Notice, mina: Actor, sara: Actor, caller: Callable[..., Caller]
) -> None:
    call = caller(mina)
    found = call("GET", "notices?unread=true").json()
    assert found["unread"] == 1
    assert [(row["id"], row["kind"], row["title"]) for row in found["items"]] == [
        (notice.handle, "approval", "Method")
    ]
    assert caller(sara)("GET", "notices").json() == {"items": [], "unread": 0}
    assert caller(sara)("POST", f"notices/{notice.handle}/read").status_code == 404
    assert caller(mina, "read")("POST", f"notices/{notice.handle}/read").status_code == 403
    assert call("POST", f"notices/{notice.handle}/read").status_code == 204
    assert call("GET", "notices?unread=true").json() == {"items": [], "unread": 0}
    assert call("POST", "notices/read").json() == {"marked": 0}


def test_the_choice_of_mail_is_the_one_of_the_account_page(
    mina: Actor, caller: Callable[..., Caller]
) -> None:
    call = caller(mina)
    assert call("GET", "notice-preference").json() == {
        "mail": "digest", "digest_hour": 8, "quiet_from": None, "quiet_until": None
    }  # fmt: skip
    sent = {"mail": "at-once", "quiet_from": 20, "quiet_until": 7}
    assert call("POST", "notice-preference", sent).json() == {**sent, "digest_hour": 8}
    assert queries.preference(mina.person_id or 0).quiet_from == 20
    assert call("POST", "notice-preference", {"mail": "hourly"}).status_code == 422
    assert call("POST", "notice-preference", {"mail": "off", "digest_hour": "8"}).status_code == 422
    assert caller(mina, "read")("POST", "notice-preference", sent).status_code == 403
