"""People over HTTP: the records that nobody answers for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.api.conftest import Caller

from plumbline.identity import commands as people
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.records import commands

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_records_that_nobody_answers_for_say_whose_they_were(
    mina: Actor, installation: Actor, someone: Callable[..., Actor], caller: Callable[..., Caller]
) -> None:
    lars = someone("system-owner", "Lars")
    method = commands.create(mina, "document", {"title": "Method", "type": "method", "owner": lars.id})
    risk = commands.create(mina, "risk", {"title": "Drift", "description": "Claims change."})
    people.deactivate_person(installation, identity.person("lars@halden.example"))
    answer = caller(mina)("GET", "unowned-records")
    assert answer.status_code == 200
    rows = [(row["reference"], row["left"], row["unit"]) for row in answer.json()["items"]]
    assert rows == [(method.reference, "Lars", None), (risk.reference, None, None)]
    assert answer.json()["total"] == 2


def test_a_reader_of_one_unit_learns_of_no_record_of_another(
    mina: Actor, installation: Actor, someone: Callable[..., Actor], caller: Callable[..., Caller]
) -> None:
    claims, sales = (people.create_unit(installation, name=name) for name in ("Claims", "Sales"))
    commands.create(mina, "document", {"title": "Process", "type": "process", "unit": claims.slug})
    found = caller(someone("viewer", "Olaf", unit=sales), "read")("GET", "unowned-records").json()
    assert found == {"items": [], "total": 0}
