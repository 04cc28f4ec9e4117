"""Comments: who is mentioned, who edits and resolves, what stays, and what waits for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.clauses.conftest import installation, make, mina, sara, someone, today, tove

from plumbline.controls.tasks import queries as tasks
from plumbline.controls.tasks.task import TaskKind
from plumbline.identity import commands as people
from plumbline.identity import policy
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotFound
from plumbline.records import commands, reading
from plumbline.records.discussion import commands as discussion
from plumbline.records.discussion import proofs, queries
from plumbline.records.erasure.commands import erase_rows
from plumbline.records.models import Comment, Record
from plumbline.records.related import queries as related
from plumbline.records.search_index import queries as search
from plumbline.trail import log

__all__ = ["installation", "make", "mina", "sara", "someone", "today", "tove"]

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Make = Callable[..., commands.Saved]


@pytest.fixture
def document(make: Make) -> str:
    """A draft of Mina's."""
    return make("document").reference


def asked(actor: Actor) -> list[str]:
    """The records in which somebody asks ``actor``."""
    return [task.subject for task in tasks.tasks_of(actor) if task.kind is TaskKind.MENTION]


@pytest.mark.parametrize("text", ["@Sara, why?", "why, @sara@halden.example?", "(@SARA) why?"])
def test_a_mention_waits_for_whoever_is_named_until_they_answer(
    document: str, mina: Actor, sara: Actor, text: str
) -> None:
    saved = commands.comment(mina, document, text)
    assert log.leaf(saved.leaf).facts["mentions"] == [sara.id]
    assert asked(sara) == [document]
    assert asked(mina) == []
    (task,) = [task for task in tasks.tasks_of(sara) if task.kind is TaskKind.MENTION]
    assert "Mina mentioned you" in str(task.reason)
    assert (task.entry, task.path) == (saved.leaf, f"/records/{document}/#comments")
    commands.comment(sara, document, "Because it is a draft.")
    assert asked(sara) == []
    commands.comment(mina, document, "And now, @Sara?")
    assert asked(sara) == [document], "a later mention asks again"


def test_a_mention_ends_when_it_is_seen_resolved_or_taken_out_and_not_by_others(
    document: str, mina: Actor, sara: Actor, tove: Actor
) -> None:
    first = commands.comment(mina, document, "@Sara?").leaf
    commands.comment(tove, document, "I do not know.")
    with pytest.raises(Conflict):
        discussion.mark_seen(tove, first)
    assert asked(sara) == [document]
    seen = discussion.mark_seen(sara, first)
    assert log.leaf(seen.leaf).entry_type == "record.comment-seen"
    assert asked(sara) == []
    second = commands.comment(mina, document, "@Sara and @Tove?").leaf
    discussion.edit(mina, second, "@Tove?")
    assert (asked(sara), asked(tove)) == ([], [document])
    discussion.edit(mina, second, "@Tove and again @Sara?")
    assert asked(sara) == [document]
    discussion.resolve(mina, second)
    assert (asked(sara), asked(tove)) == ([], [])
    discussion.reopen(mina, second)
    assert asked(tove) == [document]


def test_only_people_who_may_see_the_record_are_mentioned(
    document: str, mina: Actor, installation: Actor
) -> None:
    unit = people.create_unit(installation, name="Motor", slug="motor")
    olga = people.create_person(installation, email="olga@halden.example", full_name="Olga")
    ends = clock.today() + timedelta(days=9)
    people.give_grant(installation, olga, "external-auditor", unit=unit, ends=ends)
    with pytest.raises(Invalid, match="not saved") as refused:
        commands.comment(mina, document, "@Olga?")
    assert "Olga may not see this record" in str(refused.value.faults[0].message)
    assert not Comment.objects.exists()
    record = Record.objects.get(reference=document)
    names = [reader.name for reader in queries.readers(mina, record)]
    assert "Olga" not in names
    assert queries.may_see(actor_of_person(olga), record) is False


def test_a_first_name_that_two_people_have_is_not_guessed(
    document: str, mina: Actor, sara: Actor, someone: Callable[[str, str], Actor], installation: Actor
) -> None:
    other = people.create_person(installation, email="sara.b@halden.example", full_name="Sara Berg")
    people.give_grant(installation, other, "contributor")
    assert log.leaf(commands.comment(mina, document, "@Sara Berg?").leaf).facts["mentions"] == [other.handle]
    assert log.leaf(commands.comment(mina, document, "@Sara, you?").leaf).facts["mentions"] == [sara.id]
    third = people.create_person(installation, email="sara.c@halden.example", full_name="Sara Carl")
    people.give_grant(installation, third, "contributor")
    people.deactivate_person(installation, type(other).objects.get(pk=sara.person_id))
    with pytest.raises(Invalid) as refused:
        commands.comment(mina, document, "@Sara?")
    assert "several people" in str(refused.value.faults[0].message)
    plain = commands.comment(mina, document, "mail a@sara.example and @nobody, @ 5 euros")
    assert "mentions" not in log.leaf(plain.leaf).facts


def test_only_the_author_edits_and_what_stood_before_stays(document: str, mina: Actor, sara: Actor) -> None:
    number = commands.comment(mina, document, "Twelve forms.").leaf
    with pytest.raises(NotAllowed, match="Only who wrote"):
        discussion.edit(sara, number, "Thirteen forms.")
    with pytest.raises(Conflict):
        discussion.edit(mina, number, " Twelve forms. ")
    with pytest.raises(Invalid):
        discussion.edit(mina, number, " ")
    saved = discussion.edit(mina, number, "Fourteen forms.")
    (view,) = related.comments(sara, document)
    assert (view.text, [each.text for each in view.earlier]) == ("Fourteen forms.", ["Twelve forms."])
    assert log.opening(saved.leaf, "comment") == b"Fourteen forms."
    found = search.search(sara, "fourteen")
    assert [row.reference for row in found] == [document]
    assert not search.search(sara, "twelve"), "what no longer stands there is not found"


def test_a_comment_reads_as_it_stood_on_a_day(document: str, mina: Actor) -> None:
    number = commands.comment(mina, document, "Twelve forms.").leaf
    then = clock.now()
    with clock.frozen(then + timedelta(days=2)):
        discussion.edit(mina, number, "Fourteen forms.")
        discussion.resolve(mina, number)
        record = Record.objects.get(reference=document)
        (now,) = queries.views(reading.hanging(record))
        (before,) = queries.views(reading.hanging(record), then)
    assert (now.text, now.resolved_by) == ("Fourteen forms.", "Mina")
    assert (before.text, before.earlier, before.resolved_at) == ("Twelve forms.", (), None)


def test_who_wrote_it_and_who_may_change_the_record_resolve(
    document: str, mina: Actor, someone: Callable[[str, str], Actor]
) -> None:
    viewer, auditor = someone("viewer", "Vera"), someone("internal-auditor", "Ida")
    number = commands.comment(auditor, document, "Where is the list?").leaf
    for other in (viewer, someone("reviewer", "Rolf")):
        with pytest.raises(NotAllowed):
            discussion.resolve(other, number)
    discussion.resolve(mina, number)
    with pytest.raises(Conflict):
        discussion.resolve(auditor, number)
    discussion.reopen(auditor, number)
    with pytest.raises(Conflict):
        discussion.reopen(mina, number)


def test_who_may_not_see_the_record_learns_nothing_of_its_comments(
    make: Make, mina: Actor, installation: Actor
) -> None:
    unit = people.create_unit(installation, name="Motor", slug="motor")
    olga = people.create_person(installation, email="olga@halden.example", full_name="Olga")
    ends = clock.today() + timedelta(days=9)
    people.give_grant(installation, olga, "external-auditor", unit=unit, ends=ends)
    number = commands.comment(mina, make("document").reference, "Twelve forms.").leaf
    acts: tuple[Callable[[Actor, int], Any], ...] = (
        discussion.resolve, discussion.reopen, discussion.mark_seen,
    )  # fmt: skip
    for act in acts:
        with pytest.raises(NotFound):
            act(actor_of_person(olga), number)
        with pytest.raises(NotFound):
            act(mina, 999_999)


def test_what_a_scrub_compares_holds_and_an_erasure_leaves_no_text(
    document: str, mina: Actor, sara: Actor
) -> None:
    number = commands.comment(mina, document, "@Sara: twelve forms.").leaf
    discussion.edit(mina, number, "@Sara: fourteen forms.")
    assert not [each for proof in proofs.declarations() for each in scrubbed(proof)]
    erase_rows([document], 7)
    (row,) = Comment.objects.all()
    assert "forms" not in row.text + "".join(act.text for act in row.acts.all())


def scrubbed(proof: Any) -> list[Any]:
    return [each for check in proof.passes for each in check.check(*check.span())]


def test_reach_is_what_visible_answers_of_the_row(
    make: Make, mina: Actor, installation: Actor, someone: Callable[[str, str], Actor]
) -> None:
    units = [people.create_unit(installation, name=name, slug=name.lower()) for name in ("North", "South")]
    own = make("document", unit="north", owner=mina.id).reference
    everywhere = make("document", unit="", owner=mina.id).reference
    ends = clock.today() + timedelta(days=9)
    actors = [mina, installation]
    for number, (role, unit, scope) in enumerate(
        (role, unit, scope)
        for role in ("viewer", "contributor", "external-auditor")
        for unit in (None, *units)
        for scope in ("all", "risk", "governance")
    ):
        person = people.create_person(
            installation, email=f"q{number}@halden.example", full_name=f"Q {number}"
        )
        people.give_grant(installation, person, role, unit=unit, scope=scope, ends=ends)
        actors.append(actor_of_person(person))
    seen = set()
    for reference in (own, everywhere):
        record = Record.objects.get(reference=reference)
        for actor in actors:
            expected = policy.visible(actor, Record.objects.filter(pk=record.pk)).exists()
            assert queries.may_see(actor, record) is expected, (actor.name, reference)
            seen.add(expected)
    assert seen == {True, False}
