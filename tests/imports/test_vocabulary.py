"""Words of several languages, several people in a cell, editions of approved records, and what differs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml
from django.test import Client
from tests.imports import workbook_registers
from tests.imports.registers import Register

from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.imports import commands, matching, plan, queries, reading
from plumbline.imports.differences import files
from plumbline.imports.differences import queries as differences
from plumbline.imports.vocabulary import words
from plumbline.imports.withdrawal import commands as withdrawal
from plumbline.records import commands as door
from plumbline.records import kinds
from plumbline.records import queries as records

SYSTEM = "ai-system"
MAP = """\
kind: ai-system
key: {columns: [Id]}
fields:
  title: Name
  slug: {column: Name, slug: 60, once: yes}
  purpose: What for
  owner: Owner
  lifecycle: {column: Stage, values: {En service: in operation, Projet: planned}}
  technique: {constant: unknown}
  autonomy: {constant: unknown}
  effect: {constant: unknown}
  sourcing: {constant: unknown}
  eu_role: {constant: not decided}
  eu_class: {constant: not decided}
"""
FILE = """\
Id,Name,What for,Owner,Stage
A-1,Crues,Floods,Mina; Head of Water,En service
A-2,Courrier,Mail,x,Projet
"""


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Naam", "title"),
        ("AI Use Case", "title"),
        ("11_purpose_benefits", "purpose"),
        ("What problem is the AI intended to solve?", "purpose"),
        ("What are the expected benefits and positive outcomes for the general public?", "benefits"),
        ("Describe the AI system’s outputs.", "outputs"),
        ("Stage of Development", "lifecycle"),
        ("Date when AI use case became operational or the pilot’s start date", "operating_since"),
        ("Intitulé du traitement", "title"),
        ("Name of the AI system / Nom du système d'IA", "title"),
        ("Nombre del sistema", "title"),
        ("System: Name", "title"),
        ("Doel", "purpose"),
        ("Finalité", "purpose"),
        ("Description (EN)", "purpose"),
        ("État d'avancement", "lifecycle"),
        ("AI system status / Statut du système", "lifecycle"),
        ("Estado", "lifecycle"),
        ("Date de mise en service", "operating_since"),
        ("Responsabile", "owner"),
        ("Menselijke tussenkomst", "human_oversight"),
    ],
)
def test_a_column_is_known_by_what_its_language_calls_it(header: str, field: str) -> None:
    assert words.fits(header, field) > 0.9


@pytest.mark.parametrize(
    "header", ["Vendor name", "State", "Lars", "Coût annuel (k€)", "Usa datos personales"]
)
def test_a_column_that_says_something_else_is_no_title_state_or_key(header: str) -> None:
    assert not any(words.fits(header, name) for name in ("title", "lifecycle", "owner", "purpose"))
    assert not words.is_key(header)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("In gebruik", "in operation"),
        ("EN SERVICE", "in operation"),
        ("In production / En production", "in operation"),
        ("Beta/Pilot", "in verification"),
        ("a) Pre-deployment – The use case is in a development or acquisition status.", "in development"),
        ("b) Pilot – The use case has been deployed in a limited test.", "in verification"),
        ("Außer Betrieb", "retired"),
        ("Descontinuado", "retired"),
        ("Production / Retired", ""),
        ("Someday", ""),
    ],
)
def test_a_word_of_a_state_proposes_what_it_means_and_nothing_where_it_means_two(
    word: str, value: str
) -> None:
    known = matching.chosen_among(kinds.get(SYSTEM), "lifecycle")
    assert matching.alike(word, known, "lifecycle") == value


def test_texts_that_mean_nothing_was_said_are_those_that_stand_in_the_file() -> None:
    sheet = reading.read("Intitulé;Responsable\nA;n.c.\nB;Sans objet\nC;Nadia\n".encode())
    made = matching.suggested(kinds.get(SYSTEM), sheet)
    assert [text for text in made.empty if text not in matching.EMPTY] == ["n.c.", "sans objet"]


@pytest.mark.parametrize("register", workbook_registers.every(), ids=lambda one: one.name)
def test_an_unseen_register_has_title_purpose_and_state_proposed(register: Register) -> None:
    sheet = reading.read(register.first)
    made = matching.suggested(kinds.get(SYSTEM), sheet)
    assert {"title", "purpose", "lifecycle", "slug"} <= set(made.columns)
    place = sheet.place(made.columns["title"]) or 0
    assert {row.cells[place] for row in sheet.rows} >= set(register.titles)


def _written(actor: Actor, file: str, map_text: str = MAP) -> str:
    return commands.run(actor, plan.plan_file(actor, SYSTEM, file.encode(), map_text)).handle


@pytest.mark.data_layer
@pytest.mark.django_db(transaction=True)
class TestWithRecords:
    def test_the_one_of_several_who_is_here_is_taken_and_said(self, mina: Actor, sara: Actor) -> None:
        file = FILE.replace("A-2,Courrier,Mail,x", "A-2,Courrier,Mail,Mina / Sara")
        made = plan.plan_file(mina, SYSTEM, file.encode(), MAP)
        first, second = made.rows
        assert [(notice.field, notice.sort) for notice in first.notices] == [("owner", "guessed")]
        assert first.values["owner"]
        assert [notice.sort for notice in second.notices] == ["not understood"]
        assert "several people" in str(second.notices[0].message)

    def test_an_approved_record_gets_a_revision_only_where_that_is_said(
        self, mina: Actor, sara: Actor
    ) -> None:
        reference = _approved(mina, sara)
        again = FILE.replace("Floods", "High water")
        left = plan.plan_file(mina, SYSTEM, again.encode(), MAP)
        assert left.counts["faulty"] == 1
        assert "approved: revise" in str(left.rows[0].faults[0].remedy)
        handle = _written(mina, again, MAP + "approved: revise\n")
        record = records.find(mina, reference)[0]
        assert (record.state, record.purpose) == ("draft", "High water")
        assert "opened" in {notice.sort for notice in queries.rows(mina, handle)[0][0].notices}
        assert records.claimed(SYSTEM)  # what was approved is still in force
        done = withdrawal.withdraw(mina, handle)
        record = records.find(mina, reference)[0]
        assert (done.taken_back, record.state, record.purpose) == (1, "approved", "Floods")

    def test_a_revision_is_not_opened_where_the_change_is_refused(
        self, mina: Actor, sara: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reference = _approved(mina, sara)
        planned = commands.keep(
            mina,
            plan.plan_file(
                mina, SYSTEM, FILE.replace("Floods", "High water").encode(), MAP + "approved: revise\n"
            ),
            "again.csv",
        )
        refused = door.amend

        def amend(*given: object, **named: object) -> object:
            from plumbline.kernel.problems import Fault, Invalid

            raise Invalid("No.", [Fault("purpose", "is refused")])

        monkeypatch.setattr(door, "amend", amend)
        commands.run(mina, planned)
        monkeypatch.setattr(door, "amend", refused)
        assert records.find(mina, reference)[0].state == "approved"

    def test_the_page_offers_the_revisions(self, mina: Actor, sara: Actor) -> None:
        _approved(mina, sara)
        client = Client()
        client.force_login(identity.person(mina.id))
        again = FILE.replace("Floods", "High water").encode()
        handle = commands.keep(mina, plan.plan_file(mina, SYSTEM, again, MAP), "again.csv").handle
        assert "Open a revision of it" in client.get(f"/imports/{handle}/").content.decode()
        client.post(f"/imports/{handle}/revise/")
        assert yaml.safe_load(queries.job(mina, handle).map_text)["approved"] == "revise"
        assert queries.job(mina, handle).counts["amend"] == 1

    def test_what_is_not_as_in_the_file_has_a_name(self, mina: Actor, sara: Actor) -> None:
        handle = _written(mina, FILE)
        first, second = differences.rows(mina, handle)
        said = {one.field: one for one in first.differences}
        assert set(said) == {"owner", "lifecycle"}, "title and purpose are as in the file"
        assert (said["lifecycle"].sort, said["lifecycle"].here) == ("read", "In operation")
        assert {one.by for one in first.differences} == {"Mina"}
        assert {one.field: one.sort for one in second.differences} == {
            "owner": "left out", "lifecycle": "read",
        }  # fmt: skip
        changed = door.amend(sara, first.reference, {"purpose": "Dry feet"}, revision=1)
        here = {one.field: one for one in differences.rows(mina, handle)[0].differences}["purpose"]
        assert (here.sort, here.text, here.here, here.by, here.leaf) == (
            "here", "Floods", "Dry feet", "Sara", changed.leaf,
        )  # fmt: skip
        lines = "".join(files.as_csv(mina, handle)).splitlines()
        assert len(lines) == 1 + 3 + 2

    def test_whoever_may_not_see_a_record_sees_nothing_of_it(
        self, mina: Actor, someone: Callable[..., Actor]
    ) -> None:
        handle = _written(mina, FILE)
        other = someone("viewer", "Vera")
        client = Client()
        client.force_login(identity.person(other.id))
        for path in ("differences/", "differences.csv"):
            assert client.get(f"/imports/{handle}/{path}").status_code in (403, 404)


def _approved(mina: Actor, sara: Actor) -> str:
    """The first row of the file as a record that two people have approved."""
    handle = _written(mina, FILE)
    reference = queries.rows(mina, handle)[0][0].reference
    door.move(mina, reference, "submit", revision=1)
    door.move(sara, reference, "approve", revision=2)
    return reference
