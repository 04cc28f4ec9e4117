"""Comments on the page of a record and over the API: asked, answered, edited, resolved, linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from tests.web.test_absences import caller

if TYPE_CHECKING:
    from tests.web.conftest import House

    from plumbline.records.models import Comment

pytestmark = pytest.mark.django_db(transaction=True)


def newest() -> Comment:
    from plumbline.records.models import Comment

    return Comment.objects.latest("pk")


def test_a_question_is_asked_seen_edited_and_resolved_on_the_page(house: House) -> None:
    reference = house.references["nonconformity"]
    address = reverse("record-comment", args=[reference])
    boss, owner = house.client("aims-manager"), house.client("system-owner")
    sent = {"text": "Is it the same?", "mention": "System owner"}
    assert boss.post(address, sent).status_code == 302
    number = newest().leaf
    assert newest().text == "@System owner Is it the same?"
    work = owner.get(reverse("my-work")).content.decode()
    assert "Somebody asks you" in work
    assert f"/records/{reference}/#comments" in work
    page = reverse("record", args=[reference])
    assert "Mark as seen" in owner.get(page).content.decode()
    assert "Mark as seen" not in boss.get(page).content.decode()

    def act(name: str, **typed: str) -> int:
        done = reverse("record-comment-act", args=[reference, number, name])
        return (owner if name == "seen" else boss).post(done, typed).status_code

    assert act("seen") == 302
    assert "Somebody asks you" not in owner.get(reverse("my-work")).content.decode()
    assert act("edit", text="Is it the same as before?") == 302
    shown = boss.get(page).content.decode()
    assert "What it said before" in shown
    assert act("resolve") == 302
    assert "resolved by Aims manager" in " ".join(boss.get(page).content.decode().split())
    assert act("edit", text="") == 422, "a refusal comes back to the record's page"
    assert act("dance") == 404


def test_a_mention_that_is_refused_keeps_what_was_typed(house: House) -> None:
    reference = house.references["risk"]
    house.person("external-auditor")
    typed = {"text": "@External auditor, look at this long sentence.", "mention": ""}
    answer = house.client("aims-manager").post(reverse("record-comment", args=[reference]), typed)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "may not see this record" in text
    assert "look at this long sentence." in text


def test_references_in_a_comment_are_links_for_those_who_may_see_them(house: House) -> None:
    from plumbline.records import commands

    reference, risk = house.references["system"], house.references["risk"]
    document = commands.create(
        house.actor("aims-manager"), "document", {"title": "Runbook", "type": "process"}
    )
    commands.comment(house.actor("aims-manager"), document.reference, f"As {risk} says, **soon**.")
    shown = house.client("viewer").get(reverse("record", args=[document.reference])).content.decode()
    assert f'href="/records/{risk}/"' in shown
    narrow = house.client("external-auditor").get(reverse("record", args=[document.reference]))
    text = narrow.content.decode()
    assert narrow.status_code == 200
    assert f"As {risk} says" in text
    assert f'href="/records/{risk}/"' not in text
    assert reference


def test_the_same_over_the_api(house: House) -> None:
    reference = house.references["nonconformity"]
    writes, other = caller(house, "aims-manager", "write"), caller(house, "system-owner", "write")
    house.person("system-owner")
    path = f"/api/v1/nonconformities/{reference}/comments"
    made = writes.post(path, {"text": "@System owner?"}, content_type="application/json").json()
    number = made["leaf"]

    def act(who: object, name: str) -> int:
        sent = {"act": name}
        return who.post(  # type: ignore[attr-defined]
            f"/api/v1/comments/{number}/acts", sent, content_type="application/json"
        ).status_code

    task = next(row for row in other.get("/api/v1/tasks").json()["items"] if row["task"] == "mention")
    assert (task["subject"], task["entry"]) == (reference, number)
    text = {"text": "Never mind."}
    edit = f"/api/v1/comments/{number}/text"
    assert other.post(edit, text, content_type="application/json").status_code == 403
    assert writes.post(edit, text, content_type="application/json").status_code == 201
    assert act(other, "seen") == 409, "nobody is mentioned any more"
    assert act(other, "dance") == 422
    assert act(writes, "resolve") == 201
    row = writes.get(path).json()[-1]
    assert (row["text"], row["earlier"][0]["text"]) == ("Never mind.", "@System owner?")
    assert (row["resolved_by"], row["mentions"]) == ("Aims manager", [])
    assert act(writes, "reopen") == 201
    assert writes.get(path).json()[-1]["resolved_at"] is None
