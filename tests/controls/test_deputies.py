"""A deputy sees what waits for whoever is away, does it by roles of their own, and judges none of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from tests.authority import give_authority

from plumbline.controls.tasks import queries as tasks
from plumbline.controls.tasks.task import TaskKind
from plumbline.identity import authority, queries
from plumbline.identity import commands as people
from plumbline.identity.absences import commands as absences
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.authority import Act
from plumbline.identity.models import Absence
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed
from plumbline.records import commands, steps
from plumbline.records import queries as records
from plumbline.records.discussion import commands as discussion
from plumbline.records.models import Record, Revision
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Someone = Callable[[str, str], Actor]
Make = Callable[..., commands.Saved]
WEEK = timedelta(days=7)


def away(person: Actor, deputy: Actor | None, today: date, **changed: Any) -> Absence:
    named = queries.person(deputy.id) if deputy is not None else None
    return absences.record(
        person, queries.person(person.id), deputy=named, **{"ends": today + WEEK, **changed}
    )


def own_draft(make: Make, mina: Actor) -> commands.Saved:
    return make("document", owner=mina.id)


def subjects(actor: Actor) -> dict[str, str]:
    """For whom each task of ``actor`` is, by its subject."""
    return {task.subject: task.deputy_for for task in tasks.tasks_of(actor)}


def test_what_waits_for_somebody_who_is_away_waits_for_the_deputy_until_they_are_back(
    make: Make, mina: Actor, sara: Actor, today: date
) -> None:
    draft = own_draft(make, mina)
    assert subjects(mina)[draft.reference] == ""
    assert draft.reference not in subjects(sara)
    row = away(mina, sara, today)
    assert subjects(sara)[draft.reference] == mina.id
    assert subjects(mina)[draft.reference] == "", "it stays what waits for whoever is away"
    (task,) = [task for task in tasks.tasks_of(sara) if task.subject == draft.reference]
    assert task.kind is TaskKind.DRAFT
    assert "For Mina, who is away until" in str(task.reason)
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert draft.reference not in subjects(sara), "it ends by itself"
    absences.end(sara, row.handle)
    assert draft.reference not in subjects(sara), "whoever was named can decline"


def mentions(actor: Actor) -> dict[str, str]:
    """For whom each mention that waits for ``actor`` is, by the record."""
    waiting = (task for task in tasks.tasks_of(actor) if task.kind is TaskKind.MENTION)
    return {task.subject: task.deputy_for for task in waiting}


def test_a_mention_of_somebody_who_is_away_is_shown_to_both_until_either_answers(
    make: Make, mina: Actor, sara: Actor, someone: Someone, today: date
) -> None:
    rita = someone("reviewer", "Rita")
    document = make("document", owner=mina.id).reference
    discussion.comment(rita, document, "@Mina, does this hold for Chat Assist too?")
    assert mentions(sara) == {}
    away(mina, sara, today)
    assert mentions(mina) == {document: ""}, "it stays with whoever was asked"
    assert mentions(sara) == {document: mina.id}
    (task,) = [task for task in tasks.tasks_of(sara) if task.kind is TaskKind.MENTION]
    assert str(task.reason).startswith("For Mina, who is away until")
    assert "Rita asked in a comment on" in str(task.reason)
    discussion.comment(sara, document, "It does, since March.")
    assert mentions(sara) == {}
    assert mentions(mina) == {document: ""}, "somebody else's answer is not theirs"
    discussion.comment(mina, document, "Thank you.")
    assert mentions(mina) == {}


def test_a_mention_shows_a_deputy_nothing_that_their_own_roles_do_not(
    make: Make, mina: Actor, sara: Actor, someone: Someone, today: date
) -> None:
    document = make("document", owner=mina.id).reference
    discussion.comment(sara, document, "@Mina, is this current?")
    person = people.create_person(Actor.installation(), email="nils@halden.example", full_name="Nils")
    people.give_grant(Actor.installation(), person, "viewer", scope="risk")
    nils = actor_of_person(person)
    away(mina, nils, today)
    assert mentions(nils) == {}
    narrow = someone("viewer", "Vera")
    away(sara, narrow, today, scope="risk")
    discussion.comment(mina, document, "@Sara, it is.")
    assert mentions(narrow) == {}, "only work that was named goes to the deputy"
    with pytest.raises(NotAllowed):
        commands.amend(narrow, document, {"summary": "Mine now."}, revision=1)


def test_only_the_work_that_was_named_goes_to_the_deputy(
    make: Make, mina: Actor, sara: Actor, today: date
) -> None:
    draft = own_draft(make, mina)
    away(mina, sara, today, scope="risk")
    assert draft.reference not in subjects(sara)


def test_a_deputy_gets_nothing_that_their_own_roles_do_not_allow(
    make: Make, mina: Actor, someone: Someone, today: date
) -> None:
    draft, vera = own_draft(make, mina), someone("viewer", "Vera")
    away(mina, vera, today)
    assert draft.reference not in subjects(vera)
    with pytest.raises(NotAllowed):
        commands.move(vera, draft.reference, "submit", revision=draft.revision)


def test_authority_is_not_passed_on(make: Make, mina: Actor, sara: Actor, today: date) -> None:
    give_authority(mina, "accept risk", level="low")
    away(mina, sara, today)
    assert authority.may_decide(mina, Act.ACCEPT_RISK, rank=1)
    assert not authority.may_decide(sara, Act.ACCEPT_RISK, rank=1)


def test_what_a_deputy_does_names_both_and_what_they_do_for_themself_does_not(
    make: Make, mina: Actor, sara: Actor, today: date
) -> None:
    draft, other = own_draft(make, mina), make("document", owner="")
    away(mina, sara, today)
    saved = commands.move(sara, draft.reference, "submit", revision=draft.revision)
    entry = log.leaf(saved.leaf)
    assert (entry.actor, entry.facts["deputy_for"]) == (sara.id, mina.id)
    newest = records.history(mina, draft.reference)[0]
    assert (newest.actor_name, newest.deputy_for) == ("Sara", "Mina")
    alone = commands.move(sara, other.reference, "submit", revision=other.revision)
    assert "deputy_for" not in log.leaf(alone.leaf).facts
    assert Revision.objects.get(leaf=alone.leaf).deputy_for is None


def test_a_deputy_is_no_second_person_for_what_the_absent_person_wrote(
    make: Make, mina: Actor, sara: Actor, tove: Actor, today: date
) -> None:
    draft = own_draft(make, mina)
    asked = commands.move(mina, draft.reference, "submit", revision=draft.revision)
    assert draft.reference in subjects(sara)
    row = away(mina, sara, today)
    assert draft.reference not in subjects(sara)
    with pytest.raises(NotAllowed, match="stand in for whoever wrote"):
        commands.move(sara, draft.reference, "approve", revision=asked.revision)
    record, approve = Record.objects.get(reference=draft.reference), "Tove can take this one"
    step = steps.find(records.find(mina, draft.reference)[1], "approve")
    assert approve in str(steps.four_eyes(sara, record, step).reason), "the deputy is not named as another"
    assert commands.move(tove, draft.reference, "approve", revision=asked.revision).state == "approved"
    absences.end(mina, row.handle)


def test_whoever_was_away_is_no_second_person_for_what_the_deputy_did_for_them(
    make: Make, mina: Actor, sara: Actor, today: date
) -> None:
    draft = own_draft(make, sara)
    row = away(sara, mina, today)
    written = commands.amend(mina, draft.reference, {"title": "Written for Sara"}, revision=draft.revision)
    absences.end(sara, row.handle)
    asked = commands.move(mina, draft.reference, "submit", revision=written.revision)
    with pytest.raises(NotAllowed, match="You wrote this revision"):
        commands.move(sara, draft.reference, "approve", revision=asked.revision)


def test_a_limit_to_other_work_leaves_the_second_pair_of_eyes(
    make: Make, mina: Actor, sara: Actor, today: date
) -> None:
    draft = own_draft(make, mina)
    asked = commands.move(mina, draft.reference, "submit", revision=draft.revision)
    away(mina, sara, today, scope="risk")
    assert commands.move(sara, draft.reference, "approve", revision=asked.revision).state == "approved"


def test_a_manager_names_a_deputy_for_somebody_who_has_left(
    make: Make, mina: Actor, sara: Actor, tove: Actor, someone: Someone, today: date
) -> None:
    from plumbline.identity import commands as people

    draft = own_draft(make, mina)
    people.deactivate_person(sara, queries.person(mina.id))
    row = absences.record(sara, queries.person(mina.id), deputy=queries.person(tove.id), ends=today + WEEK)
    assert subjects(tove)[draft.reference] == mina.id
    carl = someone("contributor", "Carl")
    with pytest.raises(NotAllowed):
        absences.record(carl, queries.person(sara.id), ends=today + WEEK)
    with pytest.raises(NotAllowed):
        absences.end(carl, row.handle)


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("starts", {"starts": timedelta(days=-1)}),
        ("starts", {"starts": timedelta(days=400), "ends": timedelta(days=401)}),
        ("ends", {"ends": timedelta(days=-1)}),
        ("ends", {"ends": timedelta(days=93)}),
        ("scope", {"scope": "nothing-known"}),
        ("deputy", {"deputy": "mina"}),
        ("deputy", {"deputy": "carl"}),
    ],
)
def test_an_absence_is_bounded_and_its_deputy_is_somebody_else_who_is_here(
    mina: Actor, sara: Actor, installation: Actor, today: date, field: str, changed: dict[str, Any]
) -> None:
    from plumbline.identity import commands as people

    carl = people.create_person(installation, email="carl@halden.example", full_name="Carl")
    known = {"mina": queries.person(mina.id), "carl": carl}
    values: dict[str, Any] = {"ends": today + WEEK, "deputy": queries.person(sara.id)}
    for name, value in changed.items():
        values[name] = today + value if isinstance(value, timedelta) else known.get(value, value)
    with pytest.raises(Invalid) as refused:
        absences.record(mina, queries.person(mina.id), **values)
    assert {fault.field for fault in refused.value.faults} == {field}
    assert not Absence.objects.exists()


def test_there_is_one_deputy_for_one_work_and_no_chain(
    mina: Actor, sara: Actor, tove: Actor, today: date
) -> None:
    first = away(mina, sara, today, scope="risk")
    away(mina, tove, today, scope="governance")
    with pytest.raises(Invalid, match="not recorded"):
        away(mina, tove, today)
    away(sara, None, today)
    with pytest.raises(Invalid) as refused:
        away(tove, sara, today)
    assert "is away until" in str(refused.value.faults[0].message)
    absences.end(mina, first.handle)
    with pytest.raises(Conflict):
        absences.end(mina, first.handle)


def test_nobody_records_an_absence_with_a_token_that_reads_or_without_a_role(
    mina: Actor, installation: Actor, today: date
) -> None:
    from dataclasses import replace

    from plumbline.identity import commands as people

    with pytest.raises(NotAllowed, match="only reads"):
        absences.record(replace(mina, scopes=frozenset({"read"})), queries.person(mina.id), ends=today + WEEK)
    carl = people.create_person(installation, email="carl@halden.example", full_name="Carl")
    with pytest.raises(NotAllowed, match="Without a role"):
        absences.record(actor_of_person(carl), carl, ends=today + WEEK)
