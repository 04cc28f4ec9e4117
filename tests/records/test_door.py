"""The one door: every verb leaves a revision and a trail entry, and refuses what it must."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    RevisionRequired,
    Stale,
    TooLarge,
)
from plumbline.records import commands, queries, steps
from plumbline.records.commands import Saved
from plumbline.records.related import queries as related
from plumbline.trail import log

SUPPLIER = {"title": "Example Models", "supplies": ["models"]}
pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_create_gives_a_reference_a_revision_and_an_entry(mina: Actor, system: Saved) -> None:
    assert (system.reference, system.revision, system.state) == ("SYS-0001", 1, "draft")
    leaf = log.leaf(system.leaf)
    assert (leaf.entry_type, leaf.actor, leaf.subject_ref) == ("record.created", mina.id, "SYS-0001")
    body = log.opening(system.leaf, "revision")
    assert body is not None
    assert json.loads(body)["values"]["slug"] == "claims-triage"
    assert b"Claims Triage" not in leaf.body


def test_create_names_every_faulty_field_and_writes_nothing(mina: Actor) -> None:
    before = log.size()
    with pytest.raises(Invalid) as caught:
        commands.create(mina, "ai-system", {"slug": "Not A Slug", "colour": "blue", "lifecycle": "on fire"})
    fields = {fault.field for fault in caught.value.faults}
    assert fields == {"title", "slug", "colour", "lifecycle"}
    assert all("on fire" not in f"{fault.message}{fault.remedy}" for fault in caught.value.faults)
    assert log.size() == before
    assert queries.counts_by_kind(mina) == {}


@pytest.mark.parametrize("value", [["a"], {"a": 1}, True, 7])
def test_a_value_of_the_wrong_type_is_refused(mina: Actor, value: object) -> None:
    with pytest.raises(Invalid) as caught:
        commands.create(mina, "ai-system", {"title": value, "slug": "x"})
    assert [fault.field for fault in caught.value.faults] == ["title"]


@pytest.mark.parametrize("value", ["no", "yes", "off", "2", 1, 0, 0.0])
def test_a_word_for_yes_or_no_is_never_taken_for_the_other(mina: Actor, value: object) -> None:
    """Django reads *no* as a yes where there are two answers, and as nothing said where there are three."""
    pause = {"title": "Pause", "check_name": "error-rate", "reason": "New batch.", "paused": value}
    with pytest.raises(Invalid) as caught:
        commands.create(mina, "limit", pause)
    assert "paused" in {fault.field for fault in caught.value.faults}
    with pytest.raises(Invalid) as caught:
        commands.create(mina, "component", {"title": "Model", "pinned": value})
    assert "pinned" in {fault.field for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("true", True), ("false", False), (False, False), ("unknown", None), ("", None), (None, None)],
)
def test_yes_no_and_not_known_are_kept_as_they_were_sent(mina: Actor, sent: object, kept: object) -> None:
    saved = commands.create(mina, "component", {"title": "Model", "pinned": sent})
    assert queries.find(mina, saved.reference)[0].pinned is kept


def test_amend_keeps_the_other_fields_and_shows_the_change(mina: Actor, system: Saved) -> None:
    saved = commands.amend(mina, "SYS-0001", {"purpose": "Sorts claims"}, revision=1, note="first text")
    assert saved.revision == 2
    newest, first = queries.history(mina, "SYS-0001")
    assert [(change.field, change.before, change.after) for change in newest.changes] == [
        ("purpose", "", "Sorts claims")
    ]
    assert (newest.note, newest.actor_name, first.verb) == ("first text", "Mina", "created")


def test_amending_to_the_same_values_changes_nothing(mina: Actor, system: Saved) -> None:
    again = commands.amend(mina, "SYS-0001", {"title": "Claims Triage"}, revision=1)
    assert (again.revision, again.leaf) == (1, system.leaf)


def test_the_second_of_two_editors_gets_a_conflict(mina: Actor, sara: Actor, system: Saved) -> None:
    commands.amend(mina, "SYS-0001", {"purpose": "one"}, revision=1)
    with pytest.raises(Stale) as caught:
        commands.amend(sara, "SYS-0001", {"purpose": "two"}, revision=1)
    assert caught.value.extra["current_revision"] == 2
    with pytest.raises(RevisionRequired):
        commands.amend(sara, "SYS-0001", {"purpose": "two"}, revision=None)
    assert queries.as_of(mina, "SYS-0001", clock.now())["values"]["purpose"] == "one"


def test_nobody_approves_their_own_revision(mina: Actor, sara: Actor, system: Saved) -> None:
    commands.move(mina, "SYS-0001", "submit", revision=1)
    with pytest.raises(NotAllowed):
        commands.move(mina, "SYS-0001", "approve", revision=2)
    approved = commands.move(sara, "SYS-0001", "approve", revision=2)
    assert approved.state == "approved"
    record, _ = queries.find(mina, "SYS-0001")
    (approval,) = record.approvals.all()
    assert (approval.revision, approval.person_id) == (2, sara.person_id)


def test_an_approval_says_nothing_of_the_next_revision(mina: Actor, sara: Actor, system: Saved) -> None:
    commands.move(mina, "SYS-0001", "submit", revision=1)
    commands.move(sara, "SYS-0001", "approve", revision=2)
    with pytest.raises(Conflict):
        commands.amend(mina, "SYS-0001", {"purpose": "quietly"}, revision=3)
    commands.move(sara, "SYS-0001", "revise", revision=3)
    commands.amend(sara, "SYS-0001", {"purpose": "openly"}, revision=4)
    commands.move(sara, "SYS-0001", "submit", revision=5)
    with pytest.raises(NotAllowed):
        commands.move(sara, "SYS-0001", "approve", revision=6)
    assert commands.move(mina, "SYS-0001", "approve", revision=6).state == "approved"


def test_a_stage_is_no_pair_of_eyes(mina: Actor, system: Saved) -> None:
    commands.move(mina, "SYS-0001", "submit", revision=1)
    with pytest.raises(NotAllowed):
        commands.move(Actor.stage("triage"), "SYS-0001", "approve", revision=2)


def test_a_step_out_of_order_and_an_unknown_step(mina: Actor, system: Saved) -> None:
    with pytest.raises(Conflict):
        commands.move(mina, "SYS-0001", "approve", revision=1)
    with pytest.raises(Invalid):
        commands.move(mina, "SYS-0001", "teleport", revision=1)


def test_a_step_that_asks_for_a_reason(mina: Actor, system: Saved) -> None:
    with pytest.raises(Invalid):
        commands.move(mina, "SYS-0001", "discard", revision=1, reason="  ")
    assert commands.move(mina, "SYS-0001", "discard", revision=1, reason="replaced").state == "retired"


def test_a_gate_can_refuse_a_step(mina: Actor, system: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(actor: Actor, record: object, reason: str) -> None:
        raise Conflict("not before the assessment")

    monkeypatch.setattr(steps, "_gates", {("ai-system", "submit"): [refuse]})
    with pytest.raises(Conflict, match="assessment"):
        commands.move(mina, "SYS-0001", "submit", revision=1)
    assert queries.find(mina, "SYS-0001")[0].state == "draft"


def test_links_comments_and_files(mina: Actor, system: Saved) -> None:
    other = commands.create(mina, "ai-system", {"title": "Chat Assist", "slug": "chat-assist"})
    first = commands.link(mina, "SYS-0001", "feeds", other.reference)
    assert commands.link(mina, "SYS-0001", "feeds", other.reference).leaf == first.leaf
    with pytest.raises(Invalid):
        commands.link(mina, "SYS-0001", "feeds", "SYS-0001")
    with pytest.raises(NotFound):
        commands.link(mina, "SYS-0001", "feeds", "SYS-9999")
    commands.comment(mina, "SYS-0001", "looks **right**")
    with pytest.raises(Invalid):
        commands.comment(mina, "SYS-0001", "   ")
    commands.attach(mina, "SYS-0001", "C:\\docs\\card.md", b"# card", "text/markdown")
    record, _ = queries.find(mina, "SYS-0001")
    assert [item.name for item in record.attachments.all()] == ["card.md"]
    assert record.revision == 1


def test_a_file_over_the_limit_is_refused(mina: Actor, system: Saved, settings: object) -> None:
    from dataclasses import replace

    settings.PLUMBLINE = replace(settings.PLUMBLINE, upload_limit=10)  # type: ignore[attr-defined]
    with pytest.raises(TooLarge):
        commands.attach(mina, "SYS-0001", "big.bin", b"x" * 11, "application/octet-stream")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("report\u202efdp.exe", b"x", "has signs that nobody sees: U+202E"),
        ("a\x1b.txt", b"x", "has signs that nobody sees: U+001B"),
        ("empty.txt", b"", "is empty"),
        ("\u00a0", b"x", "has no usable name"),
    ],
)
def test_a_file_that_deceives_or_shows_nothing_is_refused(
    mina: Actor, system: Saved, name: str, content: bytes, message: str
) -> None:
    size = log.size()
    with pytest.raises(Invalid) as refused:
        commands.attach(mina, "SYS-0001", name, content, "text/plain")
    assert [(fault.field, str(fault.message)) for fault in refused.value.faults] == [("file", message)]
    assert log.size() == size


def test_a_viewer_reads_and_changes_nothing(someone: Callable[..., Actor], system: Saved) -> None:
    viewer = someone("viewer", "Vera")
    assert queries.find(viewer, "SYS-0001")[0].title == "Claims Triage"
    for attempt in (
        lambda: commands.create(viewer, "ai-system", {"title": "x", "slug": "x"}),
        lambda: commands.amend(viewer, "SYS-0001", {"title": "x"}, revision=1),
        lambda: commands.move(viewer, "SYS-0001", "submit", revision=1),
        lambda: commands.attach(viewer, "SYS-0001", "a", b"a", "text/plain"),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_the_same_key_twice_is_a_conflict(mina: Actor) -> None:
    commands.create(mina, "ai-system", {"title": "A", "slug": "a"}, key="reg-1")
    with pytest.raises(Conflict):
        commands.create(mina, "ai-system", {"title": "B", "slug": "b"}, key="reg-1")


def test_as_of_answers_as_we_knew_it_then(mina: Actor, system: Saved) -> None:
    then = clock.now()
    with clock.frozen(then + timedelta(seconds=1)):
        commands.amend(mina, "SYS-0001", {"title": "Claims Triage 2"}, revision=1)
        commands.create(mina, "ai-system", {"title": "Later", "slug": "later"})
        assert queries.as_of(mina, "SYS-0001", then)["values"]["title"] == "Claims Triage"
        assert [item["reference"] for item in queries.all_as_of(mina, then)] == ["SYS-0001"]
        assert len(queries.all_as_of(mina, clock.now())) == 2
    with pytest.raises(NotFound):
        queries.as_of(mina, "SYS-0002", then)


def test_as_of_the_very_instant_of_a_revision_is_that_revision(mina: Actor, system: Saved) -> None:
    with clock.frozen(clock.now() + timedelta(seconds=1)):
        commands.amend(mina, "SYS-0001", {"title": "Claims Triage 2"}, revision=1)
    newest, first = queries.history(mina, "SYS-0001")
    for entry, title in ((newest, "Claims Triage 2"), (first, "Claims Triage")):
        assert queries.as_of(mina, "SYS-0001", entry.at)["values"]["title"] == title
        assert [item["values"]["title"] for item in queries.all_as_of(mina, entry.at)] == [title]
    before = first.at - timedelta(microseconds=1)
    assert queries.all_as_of(mina, before) == []
    with pytest.raises(NotFound):
        queries.as_of(mina, "SYS-0001", before)


Act = Callable[[Actor], Saved]
VERBS: dict[str, tuple[Act, str]] = {
    "created": (lambda mina: commands.create(mina, "supplier", SUPPLIER), "revision"),
    "amended": (
        lambda mina: commands.amend(mina, "SYS-0001", {"purpose": "Sorts claims"}, revision=1),
        "revision",
    ),
    "moved": (lambda mina: commands.move(mina, "SYS-0001", "submit", revision=1), "revision"),
    "linked": (lambda mina: commands.link(mina, "SYS-0001", "like", "SYS-0002"), "link"),
    "commented": (lambda mina: commands.comment(mina, "SYS-0001", "Seen."), "comment"),
    "attached": (
        lambda mina: commands.attach(mina, "SYS-0001", "a.txt", b"abc", "text/plain"),
        "attachment",
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_adds_one_entry_that_commits_to_what_was_done(
    mina: Actor, system: Saved, verb: str
) -> None:
    commands.create(mina, "ai-system", {"title": "Fraud Score", "slug": "fraud-score"})
    act, slot = VERBS[verb]
    before = log.size()
    saved = act(mina)
    assert log.size() == before + 1
    leaf = log.leaf(saved.leaf)
    assert (leaf.index, leaf.entry_type, leaf.actor) == (before, f"record.{verb}", mina.id)
    assert leaf.subject_ref == saved.reference
    assert slot in leaf.entry.commitments
    assert log.opening(saved.leaf, slot)


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_changes_anything_when_the_trail_takes_no_entry(
    mina: Actor, system: Saved, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.create(mina, "ai-system", {"title": "Fraud Score", "slug": "fraud-score"})

    def refuse(*_: object, **__: object) -> None:
        raise log.ReadOnly("clock-back", "The trail takes no entries now.")

    before = (log.size(), queries.counts_by_kind(mina), queries.history(mina, "SYS-0001"))
    monkeypatch.setattr(log, "append", refuse)
    monkeypatch.setattr(log, "append_many", refuse)
    with pytest.raises(log.ReadOnly):
        VERBS[verb][0](mina)
    assert (log.size(), queries.counts_by_kind(mina), queries.history(mina, "SYS-0001")) == before
    assert related.links(mina, "SYS-0001") == []
    assert related.comments(mina, "SYS-0001") == []
    assert related.attachments(mina, "SYS-0001") == []
