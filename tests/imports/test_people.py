"""Registers of people and units: through the doors of identity, and out and in again as they were."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from tests.imports.test_round_trip import empty

from plumbline.delivery.models import Delivery
from plumbline.identity import commands as identity
from plumbline.identity import queries as here
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.imports import commands, plan, proofs, queries
from plumbline.imports.directory import export
from plumbline.imports.directory.declarations import DIRECTORIES, PERSON, UNIT
from plumbline.imports.erasure import commands as erasure
from plumbline.imports.plan import ImportPlan
from plumbline.kernel.problems import Conflict, NotAllowed
from plumbline.records import read_log
from plumbline.trail import log
from plumbline.trail import queries as trail
from plumbline.trail.proofs import Proof

__all__ = ["empty"]

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

MAP = """
kind: person
key: {columns: [Mail]}
fields:
  email: Mail
  full_name: Name
  left: Gone
  roles: {column: Role, split: ";"}
  unit: Unit
"""
HEAD = "Mail;Name;Gone;Role;Unit\n"
UNITS = """Short;Name;Above
claims;Claims;
;Motor Claims;claims
lab;Lab;Motor Claims
east;East;west
west;West;east
"""
UNIT_MAP = "kind: unit\nkey: {columns: [Name]}\nfields: {slug: Short, name: Name, parent: Above}\n"


def _plan(actor: Actor, text: str, map_text: str = MAP, kind: str = "person") -> ImportPlan:
    return plan.plan_file(actor, kind, text.encode(), map_text)


def _outcomes(made: ImportPlan) -> list[str]:
    return [row.outcome for row in made.rows]


def _said(made: ImportPlan) -> dict[int, list[str]]:
    return {
        row.line: [str(each.message) for each in (*row.faults, *row.notices)]
        for row in made.rows
        if row.faults or row.notices
    }


def test_people_get_accounts_without_password_mail_or_role(mina: Actor) -> None:
    made = _plan(mina, HEAD + "ada@x.example;Ada Lovelace;;;Claims\nbo@x.example;Bo Ek;yes;;\n")
    assert _outcomes(made) == ["create", "create"]
    before = trail.size()
    assert commands.run(mina, made).written == 2
    ada, bo = here.person("ada@x.example"), here.person("bo@x.example")
    assert (ada.is_active, bo.is_active) == (True, False)
    assert not ada.has_usable_password()
    assert not here.has_role(ada.pk)
    assert not mail.outbox
    assert not Delivery.objects.exists()
    # The unit says nothing without a role, and that is said.
    assert _said(made)[2] == ["is left out: somebody works in a unit by a role there"]
    assert trail.size() - before == 5  # two of the import, three of the people


def test_two_rows_of_one_mailbox_are_one_person(mina: Actor) -> None:
    text = (
        HEAD + "ada@x.example;Ada Lovelace;;;\nＡＤＡ@X.example;Lovelace, Ada;;;\n"
        "ada+lists@x.example;Somebody Else;;;\nMINA@halden.example;Mina;;;\n"
    )
    made = _plan(mina, text)
    assert _outcomes(made) == ["create", "repeat", "repeat", "unchanged"]
    assert [row.repeats for row in made.rows] == [None, 2, 2, None]
    assert _said(made) == {4: ["is the address of line 2, under another name"]}


def test_a_name_that_two_accounts_would_have_is_refused_in_the_file_and_here(mina: Actor) -> None:
    made = _plan(mina, HEAD + "a@x.example;Mina;;;\nb@x.example;Bo Ek;;;\nc@x.example;Ek, Bo;;;\n")
    assert _outcomes(made) == ["faulty", "create", "faulty"]
    assert _said(made) == {2: ["is the name of Mina, who is here"], 4: ["is the name of line 3 too"]}


def test_roles_are_given_by_who_may_and_by_the_rules_of_roles(
    mina: Actor, someone: Callable[..., Actor]
) -> None:
    claims = identity.create_unit(mina, name="Claims")
    rows = [
        HEAD.strip(),
        "ada@x.example;Ada Lovelace;;Reviewer; ",
        "bo@x.example;Bo Ek;;system-owner until 2027-03-31;Claims",
        "cy@x.example;Cy Poe;;external-auditor;",
        "di@x.example;Di Roe;;emperor;",
        "mina@halden.example;Mina;;top-management;",
    ]
    made = _plan(mina, "\n".join(rows) + "\n")
    assert _outcomes(made) == ["create", "create", "faulty", "faulty", "faulty"]
    assert _said(made)[6] == ["is a role for yourself; another AIMS manager has to give it"]
    commands.run(mina, made)
    (grant,) = here.grants_of(here.person("bo@x.example").pk)
    assert (grant.role, grant.unit, str(grant.ends), grant.given_by) == (
        "system-owner", claims, "2027-03-31", mina.id,
    )  # fmt: skip
    # Who manages one unit gives roles in it only; whoever may give none previews nothing.
    pricing = someone("aims-manager", "Pia", unit=identity.create_unit(mina, name="Pricing"))
    other = _plan(pricing, HEAD + "el@x.example;El Foe;;reviewer;\n")
    assert _outcomes(other) == ["faulty"]
    with pytest.raises(NotAllowed):
        _plan(someone("contributor", "Cai"), rows[0] + "\n" + rows[1] + "\n")


def test_who_is_here_keeps_name_and_account_and_a_leaver_leaves(
    mina: Actor, someone: Callable[..., Actor]
) -> None:
    someone("reviewer", "Rolf")
    gone = someone("reviewer", "Gus")
    identity.deactivate_person(mina, here.person(gone.id))
    text = (
        HEAD + "rolf@halden.example;Rudolf;2026-11-01;reviewer;\ngus@halden.example;Gus;;;\n"
        "mina@halden.example;Mina;yes;;\nsol@x.example;Sol Ray;2027-01-31;;\n"
    )
    made = _plan(mina, text)
    assert _outcomes(made) == ["amend", "unchanged", "faulty", "create"]
    assert made.rows[0].fields == ("left",)
    said = _said(made)
    assert (said[2], said[3]) == (["is called Rolf here"], ["is out of use here"])
    assert said[5] == ["lies ahead; the account stays in use"]
    commands.run(mina, made)
    rolf = here.person("rolf@halden.example")
    assert (rolf.is_active, rolf.full_name) == (False, "Rolf")
    assert not here.person("gus@halden.example").is_active


def test_units_come_in_with_their_parents_in_any_order_and_circles_do_not(mina: Actor) -> None:
    text = "Short;Name;Above\nlab;Lab;Motor Claims\nmotor;Motor Claims;CLAIMS\nclaims;Claims;\n"
    commands.run(mina, _plan(mina, text, UNIT_MAP, "unit"))
    assert {unit.slug: unit.parent and unit.parent.slug for unit in here.units()} == {
        "claims": None, "motor": "claims", "lab": "motor",
    }  # fmt: skip
    made = _plan(mina, UNITS, UNIT_MAP, "unit")
    assert _outcomes(made) == ["unchanged", "create", "unchanged", "faulty", "faulty"]
    assert made.rows[1].values["slug"] == "motor-claims"


@pytest.mark.parametrize("ending", list(export.ENDINGS))
def test_people_and_units_come_into_an_empty_installation_as_they_were(
    ending: str, empty: Callable[[], Actor], mina: Actor, someone: Callable[..., Actor]
) -> None:
    claims = identity.create_unit(mina, name="Claims")
    identity.create_unit(mina, name='=Lab; "x"', slug="lab", parent=claims)
    someone("system-owner", "Ulrich", unit=claims)
    identity.create_person(mina, email="ada+x@x.example", full_name='Ünal "=Ada"; 漢字')
    auditor = here.person(someone("reviewer", "Aud").id)
    identity.give_grant(mina, auditor, "contributor", scope="risk systems", starts=None, ends=None)
    leaver = someone("reviewer", "Lea")
    identity.deactivate_person(mina, here.person(leaver.id))
    with read_log.logged():
        files = {one: b"".join(export.pieces(mina, one, ending)) for one in reversed(DIRECTORIES)}
        before = {one: export.plain_rows(mina, one) for one in DIRECTORIES}
    assert [entry.facts["rows"] for entry in log.search("list.exported")] == [5, 2]  # the newest first
    actor = empty()
    for one, content in files.items():
        made = plan.plan_file(actor, one.slug, content, "")
        assert not made.counts["faulty"], _said(made)
        commands.run(actor, made)
        assert plan.plan_file(actor, one.slug, content, "").counts["unchanged"] == len(made.rows)
    assert {one: sorted(map(json.dumps, export.plain_rows(actor, one))) for one in DIRECTORIES} == {
        one: sorted(map(json.dumps, rows)) for one, rows in before.items()
    }


def test_who_may_make_no_accounts_takes_no_addresses_out(someone: Callable[..., Actor]) -> None:
    reader = someone("internal-auditor", "Ines")
    with pytest.raises(NotAllowed):
        export.plain_rows(reader, PERSON)
    assert export.plain_rows(reader, UNIT) == []


def test_an_import_of_people_is_not_withdrawn_as_records_are(mina: Actor) -> None:
    from plumbline.imports.withdrawal import commands as withdrawal

    done = commands.run(mina, _plan(mina, HEAD + "ada@x.example;Ada Lovelace;;;\n"))
    with pytest.raises(Conflict):
        withdrawal.withdraw(mina, done.handle)


def test_a_token_previews_people_and_a_person_confirms(mina: Actor, settings: Any) -> None:
    from dataclasses import replace

    token = replace(mina, scopes=frozenset({"read", "write"}))
    job = commands.keep(token, _plan(token, HEAD + "ada@x.example;Ada Lovelace;;;\n"), "p.csv")
    with pytest.raises(NotAllowed, match="Sign in"):
        commands.confirm(token, job.handle)
    assert commands.run(actor_of_person(here.person(mina.id)), job.handle).written == 1


def test_what_an_import_keeps_of_a_person_is_proved_and_erased(mina: Actor) -> None:
    done = commands.run(mina, _plan(mina, HEAD + "ada@x.example;Ada Lovelace;;;\n"))
    ada = here.person("ada@x.example")
    (declared,) = [one for one in proofs.DECLARATIONS if one.table == "imports.ImportRow"]
    assert isinstance(declared, Proof)
    assert list(declared.passes[0].check(0, 1_000_000)) == []
    assert erasure.files_of([ada.handle]) == {done.file_sha256}
    erasure.erase_rows([ada.handle])
    (row,), _ = queries.rows(mina, done.handle)
    assert (row.title, row.key, dict(row.values)) == ("", "", {})
