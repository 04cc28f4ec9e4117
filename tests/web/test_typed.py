"""What is typed into a form is kept for its author alone, survives a closed tab, and never is a record."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.web import reading

from plumbline.kernel import clock
from plumbline.records import commands, kinds, queries
from plumbline.records.models import Revision
from plumbline.records.working_copies import commands as copies
from plumbline.records.working_copies import queries as kept
from plumbline.records.working_copies.models import WorkingCopy
from plumbline.records.working_copies.stage import TypingStage
from plumbline.trail import log

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
NEW, FORM = "/records/risks/typed/", "/records/risks/new/"
TEXT = "Photos of the new form are read worse: äöü, <b>bold</b> & “quoted”."


def page(client: Client, address: str) -> tuple[dict[str, str], str]:
    """The fields that a form sends as it stands, and the text of its page."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    read = reading.read(answer.content)
    hidden = {
        a["name"]: a.get("value") or ""
        for a in read.all("input")
        if a.get("type") == "hidden" and a.get("name")
    }
    return {
        str(name): str(value) for name, value in hidden.items() if name != "csrfmiddlewaretoken"
    }, read.text


def typed_risk(client: Client, **more: str) -> dict[str, str]:
    sent, _ = page(client, FORM)
    return {**sent, "title": "Photos differ again", "description": TEXT, **more}


def test_a_begun_record_is_in_the_form_again_and_is_no_record(house: House, mina: Client) -> None:
    before = (log.size(), Revision.objects.count())
    sent = typed_risk(mina, family="Fairness")
    answer = mina.post(NEW, sent)
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert said["said"] == "Saved at 13:00, for you alone. Nothing is recorded until you press the button."
    again = mina.post(
        NEW, {**sent, "_copy": said["copy"], "_kept": said["kept"], "description": f"{TEXT} More."}
    )
    assert again.json()["copy"] == said["copy"]
    assert again.json()["kept"] == "2"
    assert (log.size(), Revision.objects.count()) == before
    assert b"Photos differ again" not in mina.get("/records/risks/").content
    _, text = page(mina, FORM)
    assert "Begun and not recorded" in text
    form, text = page(mina, f"{FORM}?copy={said['copy']}")
    assert f"{TEXT} More." in text
    assert "Nobody else can see it" in " ".join(text.split())
    assert (form["_copy"], form["_kept"]) == (said["copy"], "2")
    saved = mina.post(f"{FORM}?copy={said['copy']}", {**sent, **form, "description": f"{TEXT} More."})
    assert saved.status_code == 302, saved.content
    assert kept.all_of(house.actor("aims-manager")) == []


def test_a_lost_answer_makes_no_second_copy_and_another_window_is_told(house: House, mina: Client) -> None:
    sent = typed_risk(mina)
    first, second = mina.post(NEW, sent).json(), mina.post(NEW, sent).json()
    assert first["copy"] == second["copy"]
    other = {**sent, "_window": "win_other", "_copy": first["copy"], "_kept": "1", "description": "Older."}
    refused = mina.post(NEW, other)
    assert refused.status_code == 412
    assert refused.json()["kept"] == "2"
    assert "You have typed in another window since." in refused.json()["said"]
    assert "What you typed is still here." in refused.json()["said"]
    assert kept.copy(house.actor("aims-manager"), first["copy"]).fields["description"] == TEXT
    assert mina.post(NEW, {**other, "_kept": "2"}).status_code == 200
    assert kept.copy(house.actor("aims-manager"), first["copy"]).fields["description"] == "Older."


def test_an_approved_record_is_never_changed_and_a_conflict_shows_both(house: House, mina: Client) -> None:
    risk = house.references["risk"]
    edit, address = f"/records/{risk}/edit/", f"/records/{risk}/typed/"
    sent, _ = page(mina, edit)
    size = log.size()
    assert (
        mina.post(address, {**sent, "title": "Mine", "description": TEXT, "_note": "Heard it."}).status_code
        == 200
    )
    actor = house.actor("aims-manager")
    assert log.size() == size
    assert queries.find(actor, risk)[0].revision == int(sent["revision"])
    _, text = page(mina, edit)
    assert TEXT in text
    assert "Typed before and not saved" in text
    assert "Somebody else saved first" not in text
    commands.amend(house.actor("risk-owner"), risk, {"title": "Theirs"}, revision=int(sent["revision"]))
    late, text = page(mina, edit)
    assert "Somebody else saved first" in text
    assert "Theirs" in text
    assert TEXT in text
    assert late["revision"] == str(int(sent["revision"]) + 1)
    saved = mina.post(edit, {**late, "title": "Mine", "description": TEXT})
    assert saved.status_code == 302
    assert kept.all_of(actor) == []
    assert queries.find(actor, risk)[0].title == "Mine"


def test_nobody_else_sees_keeps_or_discards_it(house: House, mina: Client) -> None:
    sent = typed_risk(mina)
    handle = mina.post(NEW, sent).json()["copy"]
    other = house.client("risk-owner")
    assert other.get(f"{FORM}?copy={handle}").status_code == 404
    assert other.post(reverse("typed-discard", args=[handle])).status_code == 404
    assert "Photos differ again" not in page(other, reverse("typed"))[1]
    mine = {**sent, "_by": house.actor("risk-owner").id, "_copy": handle, "_kept": "1"}
    assert other.post(NEW, mine).status_code == 404
    stolen = other.post(NEW, sent)
    assert stolen.status_code == 403
    assert "Somebody else is signed in here now." in stolen.json()["said"]
    assert "Photos differ again" in page(mina, reverse("typed"))[1]
    assert mina.post(reverse("typed-discard", args=[handle]), {"then": "all"})["Location"] == reverse("typed")
    assert not WorkingCopy.objects.exists()


def test_who_may_not_write_keeps_nothing_and_a_session_is_needed(house: House, mina: Client) -> None:
    risk = house.references["risk"]
    viewer = house.client("viewer")
    sent = {"_by": house.actor("viewer").id, "_window": "win_1", "title": "T", "revision": "1"}
    assert viewer.post(NEW, sent).status_code == 403
    assert viewer.post(f"/records/{risk}/typed/", sent).status_code == 403
    assert Client().post(NEW, sent).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(house.person("aims-manager"))
    assert strict.post(NEW, typed_risk(mina)).status_code == 403
    assert mina.get(NEW).status_code == 405
    assert not WorkingCopy.objects.exists()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"title": "  "}, 422),
        ({"_window": ""}, 422),
        ({"_window": "x" * 41}, 422),
        ({"_window": "../../etc"}, 422),
        ({"_copy": "wcp_0"}, 404),
        ({"_copy": "' OR 1=1 --"}, 404),
        ({"_kept": "-1"}, 200),
        ({"_kept": "9" * 40}, 200),
        ({"description": "x" * 400_001}, 422),
        ({"description": "a\x00b"}, 422),
        ({"description": "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")}, 200),
        ({"system": "SYS-9999"}, 200),
        ({"likelihood": "a million"}, 200),
        ({"state": "closed", "reference": "RSK-0001", "key": "1", "level": "5"}, 200),
    ],
)
def test_what_comes_in_is_judged(house: House, mina: Client, change: dict[str, str], status: int) -> None:
    answer = mina.post(NEW, {**typed_risk(mina), **change})
    assert answer.status_code == status, answer.content
    row = WorkingCopy.objects.first()
    assert (row is None) == (status != 200)
    if row is not None:
        assert set(json.loads(row.values)) <= set(kinds.get("risk").field_names)
        assert page(mina, f"{FORM}?copy={row.handle}")


def test_a_record_that_is_not_to_be_changed_keeps_nothing(house: House, mina: Client) -> None:
    sent = {"_by": house.actor("aims-manager").id, "_window": "win_1", "title": "T"}
    risk = house.references["risk"]
    for revision in ("0", "-1", "999", "x", ""):
        assert mina.post(f"/records/{risk}/typed/", {**sent, "revision": revision}).status_code == 422
    assert mina.post("/records/RSK-9999/typed/", {**sent, "revision": "1"}).status_code == 404
    made = house.make("policy", title="On AI")
    commands.move(house.actor("aims-manager"), made, "discard", revision=1, reason="Twice.")
    answer = mina.post(f"/records/{made}/typed/", {**sent, "revision": "1"})
    assert (answer.status_code, "kept" in answer.json()) == (409, False)
    assert not WorkingCopy.objects.exists()


def test_there_is_an_end_to_how_many_and_how_long(house: House, mina: Client) -> None:
    actor: Any = house.actor("aims-manager")
    for number in range(copies.MOST):
        copies.keep_new(actor, "risk", {"title": f"Risk {number}"}, window=f"win_{number}")
    answer = mina.post(NEW, typed_risk(mina))
    assert answer.status_code == 422
    assert "begun record too many" in answer.json()["said"]
    with clock.frozen(clock.now() + kept.KEPT + timedelta(seconds=1)):
        assert kept.all_of(actor) == []
        assert copies.end_old() == copies.MOST


def fields_of(client: Client, address: str, action: str) -> dict[str, str]:
    """What the form with this ``action`` sends as it stands on the page at ``address``."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    form = answer.content.decode().split(f'action="{action}"')[1].split("</form>")[0]
    return {
        str(a["name"]): a.get("value") or ""
        for a in reading.read(f"<form {form}</form>").all("input")
        if a.get("name") and a.get("name") != "csrfmiddlewaretoken"
    }


def panel(client: Client, reference: str, step: str) -> dict[str, str]:
    """What the form of a step's panel sends as it stands."""
    page, action = f"/records/{reference}/?step={step}", f"/records/{reference}/moves/{step}/"
    return {**fields_of(client, page, action), "reason": ""}


def test_a_steps_panel_is_kept_and_goes_when_the_step_is_taken(house: House, mina: Client) -> None:
    made = house.make("nonconformity", title="Declined unseen", description="Two.", own_rule="Rule 4.")
    actor, typed_at = house.actor("aims-manager"), f"/records/{made}/moves/propose-dismissal/typed/"
    before = (log.size(), Revision.objects.count())
    sent = panel(mina, made, "propose-dismissal")
    answer = mina.post(typed_at, {**sent, "reason": TEXT})
    assert answer.status_code == 200, answer.content
    assert answer.json()["said"].startswith("Saved at 13:00, for you alone.")
    # Two panels of one record, and its form, are kept apart.
    assert mina.post(f"/records/{made}/moves/confirm/typed/", {**sent, "reason": "It is."}).status_code == 200
    assert (log.size(), Revision.objects.count()) == before
    assert kept.of_record(actor, made) is None
    assert {name: copy.note for name, copy in kept.of_steps(actor, made).items()} == {
        "propose-dismissal": TEXT, "confirm": "It is.",
    }  # fmt: skip
    _, text = page(mina, f"/records/{made}/")
    assert TEXT in text
    assert "the step is not taken" in " ".join(text.split())
    _, listed = page(mina, reverse("typed"))
    assert "Propose dismissal" in listed
    assert TEXT in listed
    for address in (reverse("my-work"), reverse("account")):
        _, text = page(mina, address)
        assert "2 things that you have typed are not saved or sent." in " ".join(text.split())
        assert reverse("typed").encode() in mina.get(address).content
    other = house.client("risk-owner")
    assert TEXT not in page(other, f"/records/{made}/")[1]
    assert "you have typed" not in page(other, reverse("my-work"))[1]
    again = panel(mina, made, "confirm")
    assert (again["_copy"], again["_kept"]) == (kept.of_steps(actor, made)["confirm"].handle, "1")
    again |= {"f-grade": "minor", "f-due": "2026-12-01", "reason": "It is."}
    taken = mina.post(f"/records/{made}/moves/confirm/", again)
    assert taken.status_code == 302, reading.read(taken.content).text
    # What was typed into the other panel stays in reach, although the record has left that state.
    assert set(kept.of_steps(actor, made)) == {"propose-dismissal"}
    assert TEXT in page(mina, reverse("typed"))[1]


def test_a_comment_is_kept_and_goes_when_it_is_sent(house: House, mina: Client) -> None:
    made, actor = house.references["nonconformity"], house.actor("aims-manager")
    address, before = f"/records/{made}/", (log.size(), Revision.objects.count())
    sent = fields_of(mina, address, f"{address}comments/")
    answer = mina.post(f"{address}comments/typed/", {**sent, "text": TEXT, "mention": "Rita Vos"})
    assert answer.status_code == 200, answer.content
    assert (log.size(), Revision.objects.count()) == before
    _, text = page(mina, address)
    assert TEXT in text
    assert "it is not sent" in " ".join(text.split())
    assert f"Comment on {made}" in page(mina, reverse("typed"))[1]
    assert kept.of_steps(actor, made)["comment"].mention == "Rita Vos"
    assert TEXT not in page(house.client("risk-owner"), address)[1]
    again = fields_of(mina, address, f"{address}comments/")
    assert (again["_copy"], again["_kept"]) == (answer.json()["copy"], answer.json()["kept"])
    # Another page that did not know of it is told, and what was typed first stays.
    elsewhere = {**sent, "_window": "win_other", "_kept": "0", "text": "Other."}
    assert mina.post(f"{address}comments/typed/", elsewhere).status_code == 412
    assert mina.post(f"{address}comments/", {**again, "text": " "}).status_code == 422
    assert kept.of_steps(actor, made)["comment"].note == TEXT, "a refused comment is kept"
    assert mina.post(f"{address}comments/", {**again, "text": TEXT}).status_code == 302
    assert kept.all_of(actor) == []
    assert TEXT in page(mina, address)[1]


@pytest.mark.parametrize(
    ("role", "sent", "status"),
    [
        ("viewer", {}, 403),
        ("aims-manager", {"revision": "9000"}, 422),
        ("aims-manager", {"_window": "no name!"}, 422),
        ("aims-manager", {"text": "x" * 400_001}, 422),
        ("aims-manager", {"_by": "psn_0"}, 403),
    ],
)
def test_a_comment_that_cannot_be_kept_says_why(
    house: House, mina: Client, role: str, sent: dict[str, str], status: int
) -> None:
    address = f"/records/{house.references['nonconformity']}/"
    form = fields_of(mina, address, f"{address}comments/")
    form |= {"text": TEXT, "_by": house.actor(role).id, **sent}
    answer = house.client(role).post(f"{address}comments/typed/", form)
    assert (answer.status_code, answer.json()["said"][:10]) == (status, "Not saved:")
    assert kept.all_of(house.actor(role)) == []


def test_a_panel_with_fields_says_what_was_saved_since(house: House, mina: Client) -> None:
    made = house.make("nonconformity", title="Declined unseen", description="Two.", own_rule="Rule 4.")
    commands.move(house.actor("aims-manager"), made, "confirm", revision=1, reason="It is.")
    sent = panel(mina, made, "contain")
    assert "containment" in sent["_fields"]
    typed = {**sent, "f-containment": "Stopped the form.", "reason": "Done."}
    assert mina.post(f"/records/{made}/moves/contain/typed/", typed).status_code == 200
    assert "Stopped the form." in page(mina, f"/records/{made}/")[1]
    commands.amend(house.actor("aims-manager"), made, {"containment": "Theirs."}, revision=2)
    _, text = page(mina, f"/records/{made}/")
    assert "The record has changed since. Now saved in it:" in text
    assert "Theirs." in text
    assert "Stopped the form." in text


@pytest.mark.parametrize(
    ("step", "change", "status"),
    [
        ("propose-dismissal", {"revision": "99"}, 422),
        ("propose-dismissal", {"_window": ""}, 422),
        ("propose-dismissal", {"_by": "person:somebody"}, 403),
        ("propose-dismissal", {"reason": "a\x00b"}, 422),
        ("propose-dismissal", {"_fields": "state,level,owner_since", "f-state": "closed"}, 200),
        ("close", {}, 409),
        ("nosuch", {}, 422),
    ],
)
def test_what_comes_into_a_panel_is_judged(
    house: House, mina: Client, step: str, change: dict[str, str], status: int
) -> None:
    made = house.make("nonconformity", title="Declined unseen", description="Two.", own_rule="Rule 4.")
    sent = {**panel(mina, made, "propose-dismissal"), "reason": "R", **change}
    answer = mina.post(f"/records/{made}/moves/{step}/typed/", sent)
    assert answer.status_code == status, answer.content
    assert WorkingCopy.objects.exists() == (status == 200)
    viewer = house.client("viewer")
    theirs = {**sent, "reason": "R", "_by": house.actor("viewer").id}
    assert viewer.post(f"/records/{made}/moves/propose-dismissal/typed/", theirs).status_code == 403


def test_a_stage_ends_what_is_past_its_time_without_anybody_typing(house: House, mina: Client) -> None:
    actor: Any = house.actor("aims-manager")
    copies.keep_new(actor, "risk", {"title": "Old"}, window="win_1")
    with clock.frozen(clock.now() + kept.KEPT):
        TypingStage().advance()
        assert WorkingCopy.objects.count() == 1
    size = log.size()
    with clock.frozen(clock.now() + kept.KEPT + timedelta(seconds=1)):
        assert not TypingStage().advance()
    assert not WorkingCopy.objects.exists()
    assert log.size() == size
