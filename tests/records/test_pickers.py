"""What fits into a field for a few letters, and nothing that the reader may not see."""

from __future__ import annotations

import dataclasses

import pytest

from plumbline.identity.actors import Actor
from plumbline.records import commands, forms, kinds, queries
from plumbline.records.pickers import queries as pickers
from plumbline.records.writing import Saved

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def offered(actor: Actor, slug: str, name: str, text: str) -> list[str]:
    form = forms.form_for(kinds.get(slug), actor, only=[name])
    return [option.value for option in pickers.search(actor, form.fields[name], text)]


@pytest.mark.parametrize("text", ["SYS-0001", "sys 1", "tria", "claims", "TRIAGE claims", ""])
def test_a_record_by_name_and_reference(mina: Actor, system: Saved, text: str) -> None:
    assert offered(mina, "risk", "system", text) == ["SYS-0001"]


def test_what_fits_nothing_offers_nothing(mina: Actor, system: Saved) -> None:
    assert offered(mina, "risk", "system", "pangolin") == []
    assert offered(mina, "risk", "system", "%_") == []


@pytest.mark.parametrize("text", ["mina", "MIN"])
def test_a_person_by_name(mina: Actor, text: str) -> None:
    assert mina.id in offered(mina, "risk", "owner", text)


@pytest.mark.parametrize("text", ["A.6.2.6", "a626", "6.2.6"])
def test_a_requirement_by_its_id(mina: Actor, text: str) -> None:
    assert offered(mina, "attestation", "requirement", text)[0] == "iso42001:A.6.2.6"


def test_the_door_takes_every_spelling(mina: Actor, system: Saved) -> None:
    """The same for a page, a program and a register."""
    sent = {
        "title": "Late", "system": "sys 1", "description": "Late.", "requirements": ["a626", "8.1"],
        "source": "monitoring",
    }  # fmt: skip
    form, _ = forms.clean(kinds.get("nonconformity"), mina, sent)
    assert form.cleaned_data["system"].reference == "SYS-0001"
    assert sorted(form.cleaned_data["requirements"]) == ["iso42001:8.1", "iso42001:A.6.2.6"]


def test_two_records_of_one_title_are_both_offered_and_none_is_meant(mina: Actor, system: Saved) -> None:
    record, _ = queries.find(mina, "SYS-0001")
    commands.create(mina, "ai-system", {"title": record.title, "slug": "another", "purpose": "Sorts."})
    form = forms.form_for(kinds.get("risk"), mina, only=["system"])
    assert pickers.meant(form.fields["system"], record.title) is None
    assert len(offered(mina, "risk", "system", record.title)) == 2
    assert pickers.meant(form.fields["system"], f"{record.title}, SYS-0001") == pickers.Option(
        "SYS-0001", f"{record.title}, SYS-0001"
    )


def test_who_sees_nothing_is_offered_nothing(mina: Actor, system: Saved) -> None:
    nobody = dataclasses.replace(mina, grants=())
    assert offered(nobody, "risk", "system", "SYS-0001") == []
    assert offered(nobody, "risk", "system", "triage") == []
    assert offered(nobody, "risk", "system", "") == []
