"""Records over HTTP: the six verbs, lists, history, time travel, and two writers of one record."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.api.conftest import Caller

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.records import commands, plain_lists, queries
from plumbline.records.commands import Saved
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

ACME = {"title": "Acme", "supplies": ["models"]}
NEW = {"values": {"title": "Claims Triage", "slug": "claims-triage", "lifecycle": "in operation"}}


def test_create_and_read(writer: Caller) -> None:
    made = writer("POST", "ai-systems", {**NEW, "note": "from the list"})
    assert (made.status_code, made["Location"], made["ETag"]) == (201, "/api/v1/ai-systems/SYS-0001", '"1"')
    assert made.json()["reference"] == "SYS-0001"
    found = writer("GET", "ai-systems/SYS-0001")
    body = found.json()
    assert (found.status_code, found["ETag"], found["Cache-Control"]) == (200, '"1"', "no-store")
    assert (body["state"], body["revision"], body["values"]["title"]) == ("draft", 1, "Claims Triage")
    assert [move["name"] for move in body["moves"]] == ["submit", "discard"]
    assert not found.cookies
    assert writer("GET", "ai-systems/SYS-0001", If_None_Match='"1"').status_code == 304
    assert writer("HEAD", "ai-systems/SYS-0001").content == b""


def test_amend_needs_the_revision_that_was_seen(writer: Caller, system: Saved) -> None:
    change = {"values": {"purpose": "Sorts claims"}}
    missing = writer("PATCH", "ai-systems/SYS-0001", change)
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (428, "If-Match")
    done = writer("PATCH", "ai-systems/SYS-0001", change, If_Match='"1"')
    assert (done.status_code, done["ETag"]) == (200, '"2"')
    stale = writer("PATCH", "ai-systems/SYS-0001", {"values": {"purpose": "Other"}}, If_Match='"1"')
    assert (stale.status_code, stale.json()["current_revision"]) == (412, 2)
    assert writer("GET", "ai-systems/SYS-0001").json()["values"]["purpose"] == "Sorts claims"


@pytest.mark.parametrize(
    ("tag", "status"),
    [("1", 400), ('"x', 400), ("*", 412), ('W/"1"', 412), ('"1", "2"', 400), ('"99"', 412), ('""', 412)],
)
def test_other_entity_tags_are_refused(writer: Caller, system: Saved, tag: str, status: int) -> None:
    assert writer("PATCH", "ai-systems/SYS-0001", {"values": {}}, If_Match=tag).status_code == status


def test_two_writers_of_one_record(
    writer: Caller, sara: Actor, caller: Callable[..., Caller], system: Saved
) -> None:
    """Both read revision 1; the second to save is told, and nothing of theirs is written."""
    other = caller(sara)
    tags = [who("GET", "ai-systems/SYS-0001")["ETag"] for who in (writer, other)]
    first = writer("PATCH", "ai-systems/SYS-0001", {"values": {"purpose": "Mine"}}, If_Match=tags[0])
    size = log.size()
    second = other("PATCH", "ai-systems/SYS-0001", {"values": {"benefits": "Theirs"}}, If_Match=tags[1])
    moved = other("POST", "ai-systems/SYS-0001/moves", {"move": "submit"}, If_Match=tags[1])
    assert [first.status_code, second.status_code, moved.status_code] == [200, 412, 412]
    assert log.size() == size
    assert writer("GET", "ai-systems/SYS-0001").json()["values"]["benefits"] == ""


def test_moves_and_four_eyes(
    writer: Caller, sara: Actor, caller: Callable[..., Caller], system: Saved
) -> None:
    moved = writer("POST", "ai-systems/SYS-0001/moves", {"move": "submit"}, If_Match='"1"')
    assert (moved.status_code, moved.json()["state"]) == (200, "in review")
    own = writer("POST", "ai-systems/SYS-0001/moves", {"move": "approve"}, If_Match='"2"')
    assert (own.status_code, own["Content-Type"]) == (403, "application/problem+json")
    assert writer("POST", "ai-systems/SYS-0001/moves", {"move": "fly"}, If_Match='"2"').status_code == 422
    assert writer("POST", "ai-systems/SYS-0001/moves", {"move": "return"}, If_Match='"2"').status_code == 422
    assert writer("POST", "ai-systems/SYS-0001/moves", {"move": "revise"}, If_Match='"2"').status_code == 409
    approved = caller(sara)("POST", "ai-systems/SYS-0001/moves", {"move": "approve"}, If_Match='"2"')
    assert approved.json()["state"] == "approved"
    frozen = writer("PATCH", "ai-systems/SYS-0001", {"values": {"purpose": "Sorts claims."}}, If_Match='"3"')
    assert frozen.status_code == 409


def test_what_hangs_on_a_record(writer: Caller, mina: Actor, system: Saved) -> None:
    commands.create(mina, "supplier", ACME)
    link = {"relation": "supplied by", "target": "SUP-0001", "note": "contract 7"}
    assert writer("POST", "ai-systems/SYS-0001/links", link).status_code == 201
    assert writer("GET", "ai-systems/SYS-0001/links").json()[0]["reference"] == "SUP-0001"
    assert writer("GET", "suppliers/SUP-0001/links").json()[0]["direction"] == "in"
    assert writer("POST", "ai-systems/SYS-0001/comments", {"text": "Seen."}).status_code == 201
    comment = writer("GET", "ai-systems/SYS-0001/comments").json()[0]
    assert (comment["text"], comment["name"]) == ("Seen.", "Mina")
    sent = writer(
        "POST",
        "ai-systems/SYS-0001/attachments?filename=a%20b.html",
        content=b"<script>alert(1)</script>",
        Content_Type="text/html",
    )
    assert sent.status_code == 201
    nameless = writer("POST", "ai-systems/SYS-0001/attachments", content=b"x", Content_Type="text/plain")
    assert nameless.status_code == 422
    assert nameless.json()["errors"][0]["field"] == "filename"
    file = writer("GET", "ai-systems/SYS-0001/attachments").json()[0]
    assert (file["name"], file["media_type"], file["size"]) == ("a b.html", "text/html", 25)
    got = writer("GET", f"ai-systems/SYS-0001/attachments/{file['id']}")
    assert got.content == b"<script>alert(1)</script>"
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"] == "attachment; filename*=UTF-8''a%20b.html"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got["Content-Security-Policy"]
    assert writer("GET", "ai-systems/SYS-0001/attachments/9999").status_code == 404


def test_history_and_time_travel(writer: Caller, system: Saved, running_clock: None) -> None:
    before = clock.rfc3339(clock.now())
    with clock.frozen(clock.now() + timedelta(seconds=1)):
        change = {"values": {"title": "Triage"}, "note": "shorter"}
        writer("PATCH", "ai-systems/SYS-0001", change, If_Match='"1"')
    newest, first = writer("GET", "ai-systems/SYS-0001/history").json()
    assert (newest["note"], newest["changes"][0]["after"], first["verb"]) == ("shorter", "Triage", "created")
    then = writer("GET", f"ai-systems/SYS-0001?as_of={before}").json()
    assert (then["revision"], then["values"]["title"]) == (1, "Claims Triage")
    listed = writer("GET", f"ai-systems?as_of={before}").json()
    assert [item["values"]["title"] for item in listed["items"]] == ["Claims Triage"]
    assert writer("GET", "ai-systems?as_of=yesterday").status_code == 422
    assert writer("GET", "ai-systems/SYS-0001?as_of=2001-01-01T00:00:00Z").status_code == 404
    assert writer("GET", f"ai-systems?as_of={before}&q=x").status_code == 422


def test_lists_are_paged_filtered_sorted_and_searched(writer: Caller, mina: Actor) -> None:
    for number in range(5):
        values = {"title": f"System {number}", "slug": f"s-{number}"}
        if number % 2:
            values["lifecycle"] = "in operation"
        commands.create(mina, "ai-system", values)
    first = writer("GET", "ai-systems?size=2&sort=title")
    body = first.json()
    assert [item["values"]["slug"] for item in body["items"]] == ["s-0", "s-1"]
    assert (body["page"], body["size"], body["total"], body["capped"]) == (1, 2, 5, False)
    following = first["Link"].split(">")[0].strip("<")
    assert [item["reference"] for item in writer("GET", following).json()["items"]] == [
        "SYS-0003",
        "SYS-0004",
    ]
    assert "Link" not in writer("GET", "ai-systems?size=2&sort=title&page=3").headers
    live = writer("GET", "ai-systems?lifecycle=in+operation&sort=-title").json()["items"]
    assert [item["values"]["slug"] for item in live] == ["s-3", "s-1"]
    assert writer("GET", "ai-systems?q=system+4").json()["total"] == 1
    rows = list(
        csv.reader(
            io.StringIO(writer("GET", "ai-systems.csv?lifecycle=planned").getvalue().decode("utf-8-sig"))
        )
    )
    assert (rows[0][0], len(rows)) == ("reference", 4)


def test_a_list_is_filtered_by_a_field(writer: Caller, mina: Actor) -> None:
    commands.create(mina, "component", {"title": "Model", "type": "model"})
    commands.create(mina, "component", {"title": "Prompt", "type": "prompt"})
    found = writer("GET", "components?type=prompt&sort=title").json()["items"]
    assert [item["values"]["title"] for item in found] == ["Prompt"]


@pytest.mark.parametrize(
    "query",
    [
        "colour=blue",
        "page=0",
        "page=x",
        "page=1e3",
        "page=99999999999999999999",
        "size=0",
        "size=1001",
        "sort=nothing",
        "lifecycle=sideways",
        "state=%00",
        "q=%ff",
        "page=1&page=2",
    ],
)
def test_wrong_parameters_are_named(writer: Caller, query: str) -> None:
    answer = writer("GET", f"ai-systems?{query}")
    if query.startswith("lifecycle"):
        assert answer.json()["total"] == 0
        return
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["errors"][0]["field"]


def test_the_list_says_what_the_record_says(writer: Caller, mina: Actor) -> None:
    """The fast list and the record itself give the same values, for relations and figures too."""
    supplier = commands.create(mina, "supplier", ACME)
    full = {
        "title": "Chat",
        "slug": "chat",
        "supplier": supplier.reference,
        "owner": mina.id,
        "regions": ["world", "canada"],
        "released_on": "2025-01-31",
        "version": "2",
        "effective_from": "2024-01-01",
    }
    commands.create(mina, "ai-system", full)
    model = {"title": "Model", "systems": ["SYS-0001"], "version": "1", "pinned": True}
    commands.create(mina, "component", model)
    for plural, reference in (("ai-systems", "SYS-0001"), ("components", "CMP-0001")):
        listed = writer("GET", plural).json()["items"][0]
        read = writer("GET", f"{plural}/{reference}").json()
        assert {**listed, "moves": read["moves"], "in_force": None} == read


def test_a_list_takes_few_queries(mina: Actor, django_assert_max_num_queries: object) -> None:
    for number in range(3):
        commands.create(mina, "component", {"title": f"Model {number}"})
    from plumbline.records import kinds

    with django_assert_max_num_queries(4):  # type: ignore[operator]  # a fixture that makes a context
        assert len(plain_lists.page(mina, kinds.get("component")).items) == 3


def test_the_same_request_sent_again_gets_the_same_answer(writer: Caller) -> None:
    first = writer("POST", "ai-systems", NEW, Idempotency_Key="8c1f")
    size = log.size()
    again = writer("POST", "ai-systems", NEW, Idempotency_Key="8c1f")
    assert (again.status_code, again.content, again["Location"]) == (201, first.content, first["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert log.size() == size
    other = writer("POST", "ai-systems", {"values": {"title": "Other", "slug": "o"}}, Idempotency_Key="8c1f")
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert writer("POST", "ai-systems", NEW, Idempotency_Key="").status_code == 422


def test_a_refused_request_may_be_sent_again_under_its_key(writer: Caller) -> None:
    assert writer("POST", "ai-systems", {"values": {}}, Idempotency_Key="k").status_code == 422
    assert writer("POST", "ai-systems", NEW, Idempotency_Key="k").status_code == 201


def test_keys_of_two_senders_have_nothing_to_do_with_each_other(
    writer: Caller, sara: Actor, caller: Callable[..., Caller]
) -> None:
    assert writer("POST", "components", {"values": {"title": "A"}}, Idempotency_Key="k").status_code == 201
    assert (
        caller(sara)("POST", "components", {"values": {"title": "B"}}, Idempotency_Key="k").status_code == 201
    )


def test_a_reference_is_that_of_its_kind(writer: Caller, system: Saved) -> None:
    assert writer("GET", "suppliers/SYS-0001").status_code == 404
    assert writer("GET", "ai-systems/SYS-0404").status_code == 404
    assert writer("GET", "ai-systems/sys-0001").status_code == 404
    assert queries.counts_by_kind


def test_an_approval_with_a_tag_from_before_a_file_was_added_is_refused(
    writer: Caller, system: Saved, mina: Actor, sara: Actor, caller: Callable[..., Caller]
) -> None:
    moved = commands.move(mina, system.reference, "submit", revision=system.revision)
    tag = writer("GET", "ai-systems/SYS-0001")["ETag"]
    added = writer("POST", "ai-systems/SYS-0001/attachments?filename=card.md", content=b"# Card")
    assert (tag, added["ETag"]) == (f'"{moved.revision}"', f'"{moved.revision}-1"')
    assert writer("GET", "ai-systems/SYS-0001")["ETag"] == added["ETag"]
    approver = caller(sara)
    refused = approver("POST", "ai-systems/SYS-0001/moves", {"move": "approve"}, If_Match=tag)
    assert (refused.status_code, refused.json()["status"]) == (412, 412)
    done = approver("POST", "ai-systems/SYS-0001/moves", {"move": "approve"}, If_Match=added["ETag"])
    assert done.status_code == 200, done.content
    writer("POST", "ai-systems/SYS-0001/attachments?filename=later.md", content=b"Later")
    listed = writer("GET", "ai-systems/SYS-0001/attachments").json()
    assert [(row["name"], row["approved"]) for row in listed] == [("card.md", True), ("later.md", False)]


def test_what_is_in_force_stands_beside_a_draft(
    writer: Caller, system: Saved, mina: Actor, sara: Actor
) -> None:
    moved = commands.move(mina, system.reference, "submit", revision=system.revision)
    done = commands.move(sara, system.reference, "approve", revision=moved.revision)
    draft = commands.move(mina, system.reference, "revise", revision=done.revision)
    commands.amend(mina, system.reference, {"title": "Another name"}, revision=draft.revision)
    body = writer("GET", "ai-systems/SYS-0001").json()
    assert (body["state"], body["values"]["title"]) == ("draft", "Another name")
    assert (body["in_force"]["revision"], body["in_force"]["values"]["title"]) == (3, "Claims Triage")
    assert len(body["in_force"]["digest"]) == 64


def test_steps_say_what_they_need_and_the_act_can_be_taken_back(writer: Caller) -> None:
    values = {"title": "Missing", "description": "Nine days.", "own_rule": "House rule 4"}
    assert writer("POST", "nonconformities", {"values": values}).status_code == 201
    found = writer("GET", "nonconformities/NCR-0001/steps").json()
    assert [(row["name"], row["next"]) for row in found] == [("confirm", True), ("propose-dismissal", True)]
    sent = {"move": "confirm", "reason": "Seen.", "values": {"grade": "minor"}}
    done = writer("POST", "nonconformities/NCR-0001/moves", sent, If_Match='"1"')
    assert (done.status_code, done.json()["revision"]) == (200, 3)
    correct = next(
        row for row in writer("GET", "nonconformities/NCR-0001/steps").json() if row["name"] == "correct"
    )
    assert {fault["field"] for fault in correct["unmet"]} == {"cause", "similar", "correction"}
    assert "cause" in correct["fields"]
    assert correct["allowed"]
    refused = {"move": "contain", "values": {"title": "Other"}}
    answer = writer("POST", "nonconformities/NCR-0001/moves", refused, If_Match='"3"')
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "title")
    back = writer("POST", "nonconformities/NCR-0001/take-back", {}, If_Match='"3"')
    assert (back.status_code, back.json()["state"], back.json()["revision"]) == (200, "suspected", 4)
    body = writer("GET", "nonconformities/NCR-0001").json()
    assert body["values"]["grade"] == "not graded"
    late = writer("POST", "nonconformities/NCR-0001/take-back", {}, If_Match='"4"')
    assert late.status_code == 409


def test_steps_that_are_not_the_callers_name_who_could(
    someone: Callable[..., Actor], caller: Callable[..., Caller], mina: Actor, system: Saved
) -> None:
    viewer = caller(someone("viewer", "Vera"), "read")
    (submit, *_) = viewer("GET", "ai-systems/SYS-0001/steps").json()
    assert (submit["name"], submit["allowed"], submit["could"]) == ("submit", False, ["Mina"])
    assert submit["refusal"]


def test_blanks_count_for_the_length_of_a_text_as_the_schema_says(writer: Caller) -> None:
    """A form takes the blanks off before it counts; who goes by the schema would be told otherwise."""
    fits = writer("POST", "ai-systems", {**NEW, "values": {**NEW["values"], "title": "x" * 300}})
    assert fits.status_code == 201
    told = writer("POST", "ai-systems", {"values": {**NEW["values"], "slug": "b", "title": "\n" + "x" * 300}})
    assert told.status_code == 422
    (fault,) = told.json()["errors"]
    assert (fault["field"], fault["message"]) == ("title", "has more than 300 characters, its blanks counted")
