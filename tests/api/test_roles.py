"""Who may do what, at every address: each role by each operation, and an auditor outside the scope."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.api.conftest import Caller

from plumbline.api import registry
from plumbline.api.operations import Operation
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock
from plumbline.records import commands, kinds
from plumbline.records.commands import Saved

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

WRITES = {
    "POST ai-systems": ("create", {"values": {"title": "New", "slug": "new"}}),
    "PATCH ai-systems/SYS-0001": ("amend", {"values": {"purpose": "Sorts claims."}}),
    "POST ai-systems/SYS-0001/moves": ("move", {"move": "submit"}),
    "POST ai-systems/SYS-0001/comments": ("comment", {"text": "x"}),
    "POST ai-systems/SYS-0001/links": ("link", {"relation": "uses", "target": "CMP-0001"}),
    "POST ai-systems/SYS-0001/attachments?filename=a": ("attach", {"any": "bytes"}),
    "GET ai-systems": ("read", None),
    "GET ai-systems/SYS-0001": ("read", None),
    "GET ai-systems/SYS-0001/history": ("read", None),
    "GET ai-systems.csv": ("export", None),
    "GET ai-systems.xlsx": ("export", None),
    "GET ai-systems.json": ("export", None),
    "GET issued-documents/SYS-0001.json": ("export", None),
    "GET posture": ("read", None),
    "GET checks/grid": ("read", None),
    "GET results": ("read", None),
    "GET trail/entries": ("read", None),
}


def _grant(role: str) -> dict[str, Any]:
    if not ROLES[role].scoped:
        return {}
    return {"ends": clock.now().date() + timedelta(days=30), "scope": "all"}


@pytest.mark.parametrize("role", list(ROLES))
def test_each_role_gets_what_the_table_of_roles_says(
    role: str, mina: Actor, system: Saved, someone: Callable[..., Actor], caller: Callable[..., Caller]
) -> None:
    commands.create(mina, "component", {"title": "Model"})
    call = caller(someone(role, "Robin", **_grant(role)), "read")
    writing: Caller | None = None
    if "comment" in ROLES[role].verbs_on("ai-system"):
        writing = caller(_actor("robin@halden.example"), "read", "write")
    for address, (verb, body) in WRITES.items():
        method, path = address.split(" ")
        allowed = verb in ROLES[role].verbs_on("ai-system")
        who = call if method == "GET" else writing or call
        revision = commands_revision(mina)
        answer = who(method, path, body, If_Match=f'"{revision}"')
        if answer.streaming:
            answer.getvalue()
        assert (answer.status_code < 300) == allowed, f"{role} {address} gave {answer.status_code}"
        if not allowed:
            assert answer.status_code == 403, f"{role} {address} gave {answer.status_code}"
            assert answer["Content-Type"] == "application/problem+json"


def _actor(email: str) -> Actor:
    from plumbline.identity import queries
    from plumbline.identity.actors import actor_of_person

    return actor_of_person(queries.person(email))


def commands_revision(actor: Actor) -> int:
    """The present revision of the system under test."""
    from plumbline.records import queries

    return queries.find(actor, "SYS-0001")[0].revision


def _addresses() -> list[Operation]:
    return [operation for operation in registry.operations() if not operation.open]


SAMPLES = (
    "risk-register",
    "0",
    "CAR-0001",
    "iso42001:4.1",
    "governance",
    "blk_" + "0" * 20,
    "ntc_" + "0" * 20,
    "abs_" + "0" * 20,
    "whk_" + "0" * 20,
    "viw_" + "0" * 20,
    "imp_" + "0" * 20,
    "lst_" + "0" * 20,
    "pck_" + "0" * 20,
    "smp_" + "0" * 20,
    "pvn_" + "0" * 20,
    "era_" + "0" * 20,
    "hld_" + "0" * 20,
    "000",
    "019aa0f8-0000-7000-8000-000000000000",
)


def _piece(pattern: str, prefix: str) -> str:
    """A text that fits the pattern of a piece of a path."""
    return next(text for text in (f"{prefix}-0001", *SAMPLES) if re.fullmatch(pattern, text))


def test_every_operation_needs_a_token(installation: Actor) -> None:
    for operation in _addresses():
        prefix = next((kind.prefix for kind in kinds.all_kinds() if f"/{kind.plural}/" in operation.path), "")
        pieces = {name: _piece(pattern, prefix) for name, pattern in operation.pieces.items()}
        path = operation.path.format(**pieces)
        answer = Caller()(operation.method, f"/api/v1{path}", {}, Authorization="Bearer none")
        assert answer.status_code in (401, 429), f"{operation.method} {path} gave {answer.status_code}"


def test_a_token_does_no_more_than_its_scopes(
    mina: Actor, system: Saved, caller: Callable[..., Caller]
) -> None:
    reading, ingesting = caller(mina, "read"), caller(mina, "ingest")
    assert reading("POST", "components", {"values": {"title": "x"}}).status_code == 403
    assert reading("GET", "ai-systems").status_code == 200
    for path in ("ai-systems", "ai-systems/SYS-0001", "posture", "trail/entries", "people", "ai-systems.csv"):
        assert ingesting("GET", path).status_code == 403, path


def test_an_auditor_sees_what_lies_in_the_scope_while_the_audit_lasts(
    mina: Actor, installation: Actor, someone: Callable[..., Actor], caller: Callable[..., Caller]
) -> None:
    inside = people.create_unit(installation, name="Claims")
    people.create_unit(installation, name="Sales")
    commands.create(mina, "ai-system", {"title": "In", "slug": "in", "unit": "claims"})
    commands.create(mina, "ai-system", {"title": "Out", "slug": "out", "unit": "sales"})
    commands.create(mina, "ai-system", {"title": "Nowhere", "slug": "nowhere"})
    commands.link(mina, "SYS-0001", "feeds", "SYS-0002")
    ends = clock.now().date() + timedelta(days=7)
    auditor = someone("external-auditor", "Ada", unit=inside, scope="ai-system", ends=ends)
    call = caller(auditor, "read")
    assert [item["reference"] for item in call("GET", "ai-systems").json()["items"]] == ["SYS-0001"]
    assert call("GET", "ai-systems.csv").getvalue().decode().count("\r\n") == 2
    assert call("GET", "ai-systems/SYS-0001/links").json() == []
    for path in ("SYS-0002", "SYS-0003", "SYS-0002/history", "SYS-0002/comments", "SYS-0002/links"):
        assert call("GET", f"ai-systems/{path}").status_code == 404, path
    assert call("GET", "components").status_code == 403
    assert call("POST", "ai-systems/SYS-0001/comments", {"text": "x"}).status_code == 403
    revoked = caller(auditor, "read")
    from plumbline.identity import queries

    grant = queries.people()[0].open_grants[0]  # type: ignore[attr-defined]  # to_attr
    people.revoke_grant(installation, grant)
    assert revoked("GET", "ai-systems").status_code == 403


def test_a_grant_that_is_over_gives_nothing(
    mina: Actor, system: Saved, someone: Callable[..., Actor], caller: Callable[..., Caller]
) -> None:
    ends = clock.now().date()
    call = caller(someone("external-auditor", "Ada", scope="all", ends=ends), "read")
    assert call("GET", "ai-systems").status_code == 200
    with clock.frozen(clock.now() + timedelta(hours=23)):
        tomorrow = clock.now().date() > ends
        assert call("GET", "ai-systems").status_code == (403 if tomorrow else 200)
