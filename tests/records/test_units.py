"""A record belongs where its system belongs, and no single person changes who can read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.records.test_in_force import amend, approved, step

from plumbline.identity import commands as people
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, NotAllowed, NotFound
from plumbline.records import commands, kinds, plain_lists, queries
from plumbline.records import values as plain_values
from plumbline.records.commands import Saved
from plumbline.records.models import Record, RecordIndex
from plumbline.records.units import rules as units_rules
from plumbline.records.units.commands import place_misplaced
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ida(someone: Callable[..., Actor]) -> Actor:
    """Top management, who may change the unit of a record."""
    return someone("top-management", "Ida")


@pytest.fixture
def units(installation: Actor) -> None:
    """Two units of which one has a team, and a third apart."""
    people.create_unit(installation, slug="claims", name="Claims")
    people.create_unit(installation, slug="motor", name="Motor", parent=identity.unit("claims"))
    people.create_unit(installation, slug="chat", name="Chat")


@pytest.fixture
def triage(mina: Actor, units: None) -> Saved:
    """An AI system of the unit Claims, in draft."""
    return commands.create(mina, "ai-system", {"title": "Triage", "slug": "triage", "unit": "claims"})


def unit_of(reference: str) -> str | None:
    record = Record.objects.get(reference=reference)
    indexed = RecordIndex.objects.get(reference=reference)
    assert indexed.unit_id == record.unit_id, "lists show what the record's page shows"
    return record.unit.slug if record.unit else None


def risk(actor: Actor, system: str, **values: Any) -> Saved:
    example = {name: value for name, value in kinds.get("risk").example.items() if name != "criteria"}
    return commands.create(actor, "risk", {**example, "title": "Drift", "system": system, **values})


@pytest.mark.parametrize("asked", ["", "chat"])
def test_nobody_alone_changes_the_unit_of_a_system(
    mina: Actor, sara: Actor, ida: Actor, triage: Saved, someone: Callable[..., Actor], asked: str
) -> None:
    outsider = someone("contributor", "Olaf", unit=identity.unit("motor"))
    draft = amend(mina, triage, unit=asked)
    assert unit_of(triage.reference) == "claims"
    with pytest.raises(NotFound):
        queries.find(outsider, triage.reference)
    snapshot = queries.as_of(mina, triage.reference, log.leaf(draft.leaf).time)
    assert snapshot["values"]["unit"] == (asked or None)
    again = amend(mina, draft, purpose="Sorts claims")
    assert Record.objects.get().unit_change, "another amendment does not drop the request"
    ready = step(mina, again, "submit")
    with pytest.raises(NotAllowed, match=r"authority to change the unit of a record\. Ida may decide it"):
        step(sara, ready, "approve")
    step(ida, ready, "approve")
    assert unit_of(triage.reference) == (asked or None)
    assert not Record.objects.get().unit_change


def test_asking_for_the_unit_it_has_takes_the_request_back(mina: Actor, triage: Saved) -> None:
    draft = amend(mina, amend(mina, triage, unit="chat"), unit="claims")
    assert (unit_of(draft.reference), Record.objects.get().unit_change) == ("claims", False)


def test_a_record_about_a_system_has_its_unit(mina: Actor, triage: Saved) -> None:
    made = risk(mina, triage.reference)
    assert unit_of(made.reference) == "claims"
    model = commands.create(mina, "component", {"title": "Model", "systems": [triage.reference]})
    assert unit_of(model.reference) == "claims"


def test_one_about_two_systems_belongs_where_both_do(mina: Actor, triage: Saved) -> None:
    motor = commands.create(mina, "ai-system", {"title": "Motor", "slug": "motor", "unit": "motor"})
    chat = commands.create(mina, "ai-system", {"title": "Chat", "slug": "chat", "unit": "chat"})
    both = [triage.reference, motor.reference]
    near = commands.create(mina, "component", {"title": "Model", "systems": both})
    far = commands.create(mina, "component", {"title": "Mail", "systems": [*both, chat.reference]})
    assert (unit_of(near.reference), unit_of(far.reference)) == ("claims", None)


def test_the_owner_approves_no_other_unit_for_the_own_record(mina: Actor, ida: Actor, triage: Saved) -> None:
    ready = step(mina, amend(mina, triage, unit="", owner=ida.id), "submit")
    with pytest.raises(NotAllowed, match="You own this record"):
        step(ida, ready, "approve")


def test_what_is_about_a_system_follows_it(mina: Actor, ida: Actor, triage: Saved) -> None:
    made = risk(mina, triage.reference)
    example = {**kinds.get("nonconformity").example, "check_name": "", "window": None}
    found = commands.create(
        mina, "nonconformity", {**example, "source": "observation", "system": triage.reference}
    )
    assert unit_of(found.reference) == "claims"
    saved = approved(mina, ida, amend(mina, triage, unit="chat"))
    assert {unit_of(item.reference) for item in (saved, made, found)} == {"chat"}
    newest = Record.objects.get(reference=made.reference).revisions.order_by("-number")[0]
    assert (newest.number, newest.verb) == (2, "followed")
    assert triage.reference in newest.note
    assert log.leaf(newest.leaf).entry_type == "record.followed"


def test_a_unit_of_its_own_takes_a_second_person(mina: Actor, ida: Actor, triage: Saved) -> None:
    values = {"title": "Impact", "system": triage.reference, "unit": "chat"}
    example = {**kinds.get("impact-assessment").example, **values, "risks": []}
    made = commands.create(mina, "impact-assessment", example)
    assert unit_of(made.reference) == "claims"
    kept = approved(mina, ida, made)
    assert unit_of(kept.reference) == "chat"
    approved(mina, ida, amend(mina, triage, unit="motor"))
    assert unit_of(kept.reference) == "chat", "the exception was approved and stays"


def test_a_kind_that_nobody_approves_keeps_the_unit_of_its_system(mina: Actor, triage: Saved) -> None:
    example = {**kinds.get("nonconformity").example, "check_name": "", "window": None}
    found = commands.create(
        mina, "nonconformity", {**example, "source": "observation", "system": triage.reference}
    )
    for asked in ("", "chat"):
        with pytest.raises(Conflict):
            amend(mina, found, unit=asked)
    assert unit_of(found.reference) == "claims"


def test_a_scoped_auditor_sees_the_risks_of_the_systems_in_scope(
    mina: Actor, triage: Saved, someone: Callable[..., Actor]
) -> None:
    made = risk(mina, triage.reference)
    other = risk(
        mina,
        commands.create(mina, "ai-system", {"title": "Chat", "slug": "chat", "unit": "chat"}).reference,
    )
    auditor = someone("external-auditor", "Ada", unit=identity.unit("claims"), ends=clock.today())
    record, _ = queries.find(auditor, made.reference)
    assert record.reference == made.reference
    with pytest.raises(NotFound):
        queries.find(auditor, other.reference)


def test_dropping_a_draft_takes_back_the_unit_it_asked_for(mina: Actor, sara: Actor, triage: Saved) -> None:
    done = approved(mina, sara, triage)
    draft = amend(mina, step(mina, done, "revise"), unit="")
    assert step(mina, draft, "restore").state == "approved"
    assert (unit_of(triage.reference), Record.objects.get().unit_change) == ("claims", False)


def test_dropping_a_draft_takes_back_the_unit_it_set_where_there_was_none(
    mina: Actor, sara: Actor, units: None
) -> None:
    """Otherwise one person would hide for good what two approved for the whole organization."""
    made = commands.create(mina, "ai-system", {"title": "Triage", "slug": "triage"})
    draft = amend(mina, step(mina, approved(mina, sara, made), "revise"), unit="chat")
    assert unit_of(made.reference) == "chat"
    step(mina, draft, "restore")
    assert unit_of(made.reference) is None


def test_a_record_put_under_another_system_by_one_person_is_not_taken_along(
    mina: Actor, ida: Actor, triage: Saved
) -> None:
    chat = commands.create(mina, "ai-system", {"title": "Chat", "slug": "chat", "unit": "chat"})
    made = risk(mina, triage.reference)
    amend(mina, made, system=chat.reference)
    approved(mina, ida, amend(mina, chat, unit="motor"))
    moved = Record.objects.get(reference=made.reference)
    assert (unit_of(made.reference), moved.unit_change) == ("claims", True)
    assert moved.unit_wanted == identity.unit("motor"), "it asks for where its system lies now"


def test_a_record_that_waits_for_another_unit_follows_its_system_meanwhile(
    mina: Actor, ida: Actor, triage: Saved
) -> None:
    made = risk(mina, triage.reference, unit="chat")
    approved(mina, ida, amend(mina, triage, unit="motor"))
    waiting = Record.objects.get(reference=made.reference)
    assert (unit_of(made.reference), waiting.unit_wanted) == ("motor", identity.unit("chat"))
    draft = amend(mina, step(mina, Saved(triage.reference, 4, "approved", 0), "revise"), unit="chat")
    approved(mina, ida, draft)
    settled = Record.objects.get(reference=made.reference)
    assert (unit_of(made.reference), settled.unit_change) == ("chat", False), "nothing is left to ask for"


def test_a_list_says_the_unit_that_reading_the_record_says(mina: Actor, triage: Saved) -> None:
    amend(mina, triage, unit="chat")
    (item,) = plain_lists.page(mina, kinds.get("ai-system")).items
    record, kind = queries.find(mina, triage.reference)
    assert item["values"]["unit"] == plain_values.of_record(record, kind)["unit"] == "chat"


def test_the_first_unit_of_a_system_takes_along_what_was_recorded_before(mina: Actor, units: None) -> None:
    system = commands.create(mina, "ai-system", {"title": "Early", "slug": "early"})
    made = risk(mina, system.reference)
    example = {**kinds.get("nonconformity").example, "check_name": "", "window": None, "system": None}
    found = commands.create(mina, "nonconformity", {**example, "source": "observation"})
    action = commands.create(
        mina,
        "corrective-action",
        {**kinds.get("corrective-action").example, "nonconformity": found.reference},
    )
    assert {unit_of(item.reference) for item in (made, found, action)} == {None}
    amend(mina, found, system=system.reference)
    amend(mina, system, unit="claims")
    assert {unit_of(item.reference) for item in (made, found, action)} == {"claims"}
    newest = Record.objects.get(reference=made.reference).revisions.order_by("-number")[0]
    assert (newest.verb, log.leaf(newest.leaf).entry_type) == ("followed", "record.followed")


def test_what_hangs_on_a_record_follows_when_it_is_put_under_a_system(mina: Actor, triage: Saved) -> None:
    example = {**kinds.get("nonconformity").example, "check_name": "", "window": None, "system": None}
    found = commands.create(mina, "nonconformity", {**example, "source": "observation"})
    action = commands.create(
        mina,
        "corrective-action",
        {**kinds.get("corrective-action").example, "nonconformity": found.reference},
    )
    amend(mina, found, system=triage.reference)
    assert {unit_of(item.reference) for item in (found, action)} == {"claims"}


def test_dropping_the_draft_that_set_the_first_unit_takes_them_back(
    mina: Actor, sara: Actor, units: None
) -> None:
    """Otherwise one person would hide for good what everybody may read."""
    system = commands.create(mina, "ai-system", {"title": "Early", "slug": "early"})
    made = risk(mina, system.reference)
    draft = amend(mina, step(mina, approved(mina, sara, system), "revise"), unit="chat")
    assert unit_of(made.reference) == "chat"
    step(mina, draft, "restore")
    assert unit_of(made.reference) is None


def test_records_from_before_they_followed_anything_come_to_the_unit_of_their_system(
    mina: Actor, triage: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an older version wrote them: no unit of their own, so that everybody could read them."""
    with monkeypatch.context() as older:
        older.setattr(units_rules, "place_new", lambda record, kind, many: None)
        old = risk(mina, triage.reference)
        action = commands.create(
            mina,
            "nonconformity",
            {
                "title": "Late",
                "description": "It was late.",
                "own_rule": "Instruction 4 for claims handlers",
                "system": triage.reference,
            },
        )
        narrower = risk(mina, triage.reference, unit="motor")
        elsewhere = risk(mina, triage.reference, unit="chat")
    apart = commands.create(
        mina, "risk", {"title": "Of the AIMS as a whole", "description": "It may be late."}
    )
    assert [unit_of(one.reference) for one in (old, action)] == [None, None]
    stage = Actor.stage("triage")
    assert place_misplaced(stage) == 2
    assert [unit_of(one.reference) for one in (old, action)] == ["claims", "claims"]
    newest = Record.objects.get(reference=old.reference).revisions.latest("number")
    assert (newest.number, newest.verb, newest.actor) == (2, "followed", stage.id)
    assert log.leaf(newest.leaf).entry_type == "record.followed"
    # More people, or others, would read these: that takes a second person.
    assert [unit_of(one.reference) for one in (narrower, elsewhere, apart)] == ["motor", "chat", None]
    assert place_misplaced(stage) == 0
