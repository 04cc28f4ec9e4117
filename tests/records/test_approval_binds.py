"""An approval binds all that a reader takes as approved; what is added later stands apart and says so."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from tests.records.test_in_force import amend, approved, step

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import canonical
from plumbline.kernel.problems import Stale
from plumbline.records import commands, queries
from plumbline.records.approved import queries as approved_queries
from plumbline.records.commands import Saved
from plumbline.records.models import Approval
from plumbline.records.related import queries as related
from plumbline.trail import log
from plumbline.web.records import in_force

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reviewed(mina: Actor, system: Saved) -> Saved:
    """An AI system in review, with a file and a link to another one."""
    other = commands.create(mina, "ai-system", {"title": "Chat Assist", "slug": "chat-assist"})
    commands.attach(mina, system.reference, "card.md", b"# Card", "text/markdown")
    commands.link(mina, system.reference, "shares data with", other.reference, "the claims")
    return step(mina, system, "submit")


def approve(actor: Actor, saved: Saved, additions: int | None) -> Saved:
    return commands.move(actor, saved.reference, "approve", revision=saved.revision, additions=additions)


def test_the_digest_is_over_fields_files_links_and_named_revisions(sara: Actor, reviewed: Saved) -> None:
    saved = approve(sara, reviewed, 2)
    approval = Approval.objects.get()
    opened = log.opening(saved.leaf, "approval")
    assert opened is not None
    body = json.loads(opened)
    assert approval.digest == hashlib.sha256(opened).hexdigest()
    assert log.leaf(saved.leaf).facts["digest"] == approval.digest
    assert opened == canonical(body)
    assert body["revision"] == reviewed.revision
    assert body["values"]["title"] == "Claims Triage"
    assert [file["sha256"] for file in body["attachments"]] == [hashlib.sha256(b"# Card").hexdigest()]
    assert body["links"] == [{"relation": "shares data with", "target": "SYS-0002", "note": "the claims"}]
    assert body["records"] == {"SYS-0002": 1}
    assert queries.in_force("ai-system")[0]["approval_digest"] == approval.digest


@pytest.mark.parametrize("added", ["file", "link"])
def test_approving_what_has_had_an_addition_since_is_a_conflict(
    mina: Actor, sara: Actor, reviewed: Saved, added: str
) -> None:
    if added == "file":
        saved = commands.attach(mina, reviewed.reference, "more.md", b"More", "text/markdown")
    else:
        saved = commands.link(mina, reviewed.reference, "replaces", "SYS-0002")
    assert saved.additions == 3
    with pytest.raises(Stale, match="3 files and links; you saw 2"):
        approve(sara, reviewed, 2)
    assert not Approval.objects.exists()
    assert approve(sara, reviewed, 3).state == "approved"


def test_what_is_added_later_stands_apart(mina: Actor, sara: Actor, reviewed: Saved) -> None:
    approve(sara, reviewed, 2)
    commands.attach(mina, reviewed.reference, "later.md", b"Later", "text/markdown")
    commands.link(mina, reviewed.reference, "replaces", "SYS-0002")
    files = {view.name: view.approved for view in related.attachments(mina, reviewed.reference)}
    links = {view.relation: view.approved for view in related.links(mina, reviewed.reference)}
    assert files == {"card.md": True, "later.md": False}
    assert links == {"shares data with": True, "replaces": False}
    (row,) = queries.in_force("ai-system")
    assert [file["name"] for file in row["attachments"]] == ["card.md"]
    assert [link["relation"] for link in row["links"]] == ["shares data with"]
    assert len(queries.claimed("ai-system")[0]["attachments"]) == 2


def test_a_file_on_a_draft_that_was_never_approved_is_not_approved(mina: Actor, system: Saved) -> None:
    commands.attach(mina, system.reference, "card.md", b"# Card", "text/markdown")
    assert [view.approved for view in related.attachments(mina, system.reference)] == [False]


def test_the_next_approval_covers_what_was_added(mina: Actor, sara: Actor, reviewed: Saved) -> None:
    first = approve(sara, reviewed, 2)
    commands.attach(mina, reviewed.reference, "later.md", b"Later", "text/markdown")
    draft = amend(mina, step(mina, first, "revise"), purpose="Sorts claims")
    approve(sara, step(mina, draft, "submit"), 3)
    assert all(view.approved for view in related.attachments(mina, reviewed.reference))
    digests = set(Approval.objects.values_list("digest", flat=True))
    assert len(digests) == 2


def test_a_named_record_that_changed_since_shows(mina: Actor, sara: Actor, reviewed: Saved) -> None:
    approve(sara, reviewed, 2)
    other = approved(mina, sara, Saved("SYS-0002", 1, "draft", 0))
    record, _ = queries.find(mina, reviewed.reference)
    given = approved_queries.given(record, reviewed.revision)
    assert given is not None
    assert given.records == {"SYS-0002": 1}
    assert approved_queries.revision_numbers(given.records) == {"SYS-0002": other.revision}


def test_what_is_shown_as_in_force_has_its_own_approval_and_no_later_one(
    mina: Actor, sara: Actor, system: Saved
) -> None:
    done = approved(mina, sara, system)
    draft = amend(mina, step(mina, done, "revise"), effective_from=str(clock.today() + timedelta(days=9)))
    approved(mina, sara, draft)
    record, kind = queries.find(mina, system.reference)
    (row,) = queries.in_force("ai-system")
    shown = in_force.in_force(mina, kind, record, row)
    assert shown is not None
    assert (shown.revision, shown.digest, shown.day) == (
        done.revision,
        row["approval_digest"],
        row["approved_at"],
    )
    assert Approval.objects.count() == 2
