"""Forms and acts: what is typed is kept, what is refused says why, and every act ends at the one door."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.web import reading

from plumbline.kernel import clock
from plumbline.trail import log

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def _typed(client: Client, address: str) -> dict[str, object]:
    """The values with which a form is shown, as a browser would send them."""
    from plumbline.records import forms, kinds, queries

    reference = address.split("/")[2]
    kind = kinds.of_reference(reference)
    from plumbline.identity.actors import Actor

    record, _ = queries.find(Actor.installation(), reference)
    del client
    values = forms.initial_values(record, kind)
    return {name: "" if value is None else value for name, value in values.items()}


def test_a_record_is_made_by_its_form(house: House, mina: Client) -> None:
    size = log.size()
    answer = mina.post(
        reverse("record-new", args=["risks"]),
        {
            "title": "Drift after the new form",
            "system": house.references["system"],
            "description": "Seen in **shadow**.",
        },
    )
    assert answer.status_code == 302, reading.read(answer.content).text[-900:]
    page = mina.get(answer["Location"])
    assert b"Drift after the new form" in page.content
    assert b"<strong>shadow</strong>" in page.content
    assert log.size() == size + 1


def test_a_faulty_form_keeps_what_was_typed_and_points_at_each_field(house: House, mina: Client) -> None:
    size = log.size()
    answer = mina.post(
        reverse("record-new", args=["risks"]),
        {"title": "", "description": "Typed with care", "system": "SYS-9999"},
    )
    assert answer.status_code == 422
    page = reading.read(answer.content)
    assert "Typed with care" in page.text
    summary = [attrs["href"] for attrs in page.all("a") if attrs.get("href", "").startswith("#id_")]
    assert {"#id_title", "#id_system"} <= set(summary)
    assert {href[1:] for href in summary} <= set(page.values("id"))
    wrong = [attrs for _, attrs in page.tags if attrs.get("aria-invalid") == "true"]
    assert {attrs["name"] for attrs in wrong} == {"title", "system"}
    for attrs in wrong:
        assert set(attrs["aria-describedby"].split()) <= set(page.values("id"))
    assert log.size() == size


def test_a_record_is_changed_by_its_form_and_the_note_stands_in_its_history(
    house: House, mina: Client
) -> None:
    reference = house.references["document"]
    address = reverse("record-edit", args=[reference])
    values = {
        **_typed(mina, address),
        "title": "Runbook 2",
        "revision": "1",
        "_note": "Renamed after the drill",
    }
    assert mina.post(address, values).status_code == 302
    page = mina.get(reverse("record", args=[reference])).content.decode()
    assert "Renamed after the drill" in page
    text = reading.read(page).prose
    assert "before: Runbook" in text
    assert "after: Runbook 2" in text


def test_who_saves_second_sees_both_versions_and_may_go_on(house: House, mina: Client) -> None:
    reference = house.references["document"]
    address = reverse("record-edit", args=[reference])
    values = {**_typed(mina, address), "revision": "1"}
    assert mina.post(address, {**values, "title": "Saved first"}).status_code == 302
    answer = mina.post(address, {**values, "title": "Saved second"})
    assert answer.status_code == 412
    page = reading.read(answer.content)
    assert "Somebody else saved first" in page.text
    assert "saved: Saved first" in page.text
    assert "yours: Saved second" in page.text
    (revision,) = [attrs["value"] for attrs in page.all("input") if attrs.get("name") == "revision"]
    assert revision == "2"
    assert mina.post(address, {**values, "title": "Saved second", "revision": revision}).status_code == 302


def test_a_form_without_its_revision_is_refused(house: House, mina: Client) -> None:
    address = reverse("record-edit", args=[house.references["document"]])
    values = _typed(mina, address)
    assert mina.post(address, {**values, "title": "Blind"}).status_code == 428


def test_a_move_needs_its_reason_and_takes_the_record_on(house: House, mina: Client) -> None:
    reference = house.references["nonconformity"]
    address = reverse("record-move", args=[reference, "confirm"])
    assert mina.post(address, {"revision": "1", "reason": " "}).status_code == 422
    assert mina.post(address, {"revision": "1", "reason": "Seen in the log"}).status_code == 302
    page = reading.read(mina.get(reverse("record", args=[reference])).content)
    assert "moved it to open" in page.text
    assert "Seen in the log" in page.text


def test_a_step_that_needs_a_second_person_is_shown_with_its_reason(house: House, mina: Client) -> None:
    reference = house.references["document"]
    mina.post(reverse("record-move", args=[reference, "submit"]), {"revision": "1"})
    page = reading.read(mina.get(reverse("record", args=[reference])).content)
    assert "You wrote this revision" in page.text
    assert (
        mina.post(reverse("record-move", args=[reference, "approve"]), {"revision": "2"}).status_code == 403
    )
    second = house.client("top-management")
    assert (
        second.post(reverse("record-move", args=[reference, "approve"]), {"revision": "2"}).status_code == 302
    )
    page = reading.read(mina.get(reverse("record", args=[reference])).content)
    assert "approved revision 2" in page.prose
    assert mina.get(reverse("record-edit", args=[reference])).status_code == 409


def test_comments_links_and_files_are_kept(house: House, mina: Client) -> None:
    reference = house.references["risk"]
    mina.post(reverse("record-comment", args=[reference]), {"text": "<b>Look</b> at *this*"})
    mina.post(
        reverse("record-link", args=[reference]),
        {"relation": "raised by", "target": house.references["nonconformity"].lower(), "note": ""},
    )
    upload = SimpleUploadedFile("plan.pdf", b"%PDF-1.7", "application/pdf")
    mina.post(reverse("record-attach", args=[reference]), {"file": upload})
    html = mina.get(reverse("record", args=[reference])).content.decode()
    assert "&lt;b&gt;Look&lt;/b&gt; at <em>this</em>" in html
    assert "raised by" in html
    assert "plan.pdf" in html


def test_an_empty_upload_says_what_is_missing(house: House, mina: Client) -> None:
    answer = mina.post(reverse("record-attach", args=[house.references["risk"]]), {})
    assert answer.status_code == 422
    assert "choose a file" in answer.content.decode().lower()


def test_a_file_is_handed_out_for_download_only(house: House, mina: Client) -> None:
    """HTML that somebody uploaded must never run as a page of this installation."""
    page = reading.read(mina.get(reverse("record", args=[house.references["nonconformity"]])).content)
    (href,) = {attrs["href"] for attrs in page.all("a") if "/files/" in attrs.get("href", "")}
    answer = mina.get(href)
    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="report.html"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_file_of_another_record_is_not_found(house: House, mina: Client) -> None:
    assert mina.get(reverse("record-file", args=[house.references["risk"], 1])).status_code == 404


def test_the_past_is_shown_as_it_was_known(house: House, mina: Client, running_clock: None) -> None:
    reference = house.references["document"]
    from datetime import timedelta

    from plumbline.kernel import clock

    address = reverse("record", args=[reference])
    before = clock.rfc3339(clock.now()).replace("Z", "+00:00")
    edit = reverse("record-edit", args=[reference])
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        mina.post(edit, {**_typed(mina, edit), "title": "Runbook 2", "revision": "1"})
    page = reading.read(mina.get(address, {"as_of": before}).content)
    assert "as it was known" in page.text
    assert "Runbook 2" not in page.text.partition("History")[0]
    early = str((clock.now() - timedelta(days=400)).date())
    assert mina.get(address, {"as_of": early}).status_code == 404
    assert mina.get(address, {"as_of": "last week"}).status_code == 422


def test_the_list_as_csv_has_the_same_filters_and_no_formula(house: House, mina: Client) -> None:
    house.make(
        "risk",
        title='=HYPERLINK("https://evil.example")',
        system=house.references["system"],
        description="Late.",
    )
    answer = mina.get(reverse("record-export", args=["risks"]), {"q": "hyperlink"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type, attr-defined]
    lines = text.splitlines()
    assert lines[0].startswith("reference,key,state,revision,title")
    assert len(lines) == 2
    assert "'=HYPERLINK" in lines[1]


def test_a_new_record_is_prefilled_from_its_address(house: House, mina: Client) -> None:
    address = reverse("record-new", args=["attestations"])
    html = mina.get(address, {"requirement": "iso42001:A.6.2.6"}).content.decode()
    (picked,) = [attrs for attrs in reading.read(html).all("input") if attrs.get("name") == "requirement"]
    assert picked["value"].startswith("A.6.2.6 "), "a requirement is picked by typing, and shown by its label"
    address = reverse("record-new", args=["nonconformities"])
    html = mina.get(address, {"requirements": ["iso42001:8.1", "iso42001:A.6.2.6"]}).content.decode()
    page = reading.read(html)
    chosen = {
        attrs["value"]
        for _, attrs in page.tags
        if ("checked" in attrs or "selected" in attrs) and attrs.get("value", "").startswith("iso42001:")
    }
    assert chosen == {"iso42001:8.1", "iso42001:A.6.2.6"}


def _sections(content: bytes) -> dict[str, bool]:
    """The foldable sections of a form by the id of their fields, and whether each is open."""
    found, open_now = {}, False
    for tag, attrs in reading.read(content).tags:
        if tag == "details" and attrs.get("class") == "sec":
            open_now = "open" in attrs
        if tag == "fieldset" and attrs.get("id", "").startswith("sec-"):
            found[attrs["id"]] = open_now
    return found


def test_a_long_form_begins_with_what_is_needed_and_folds_the_rest(house: House, mina: Client) -> None:
    answer = mina.get(reverse("record-new", args=["ai-systems"]))
    sections = _sections(answer.content)
    assert len(sections) == 8
    opened = [slug for slug, is_open in sections.items() if is_open]
    assert opened == ["sec-1"], "every section is closed but the one whose answer a step asks for"
    text = " ".join(reading.read(answer.content).text.split())
    assert "Needed to save: title." in text, "the slug follows from the title"
    assert "1 of 3 answers" in text, "the owner is filled in"
    opened = _sections(mina.get(reverse("record-new", args=["ai-systems"]) + "?fields=all").content)
    assert [slug for slug, is_open in opened.items() if not is_open] == ["sec-0"]


def test_a_section_opens_for_a_fault_and_for_what_is_needed(house: House, mina: Client) -> None:
    address = reverse("record-new", args=["ai-systems"])
    answer = mina.post(address, {"title": "Chat", "slug": "chat", "next_review": "some day"})
    assert answer.status_code == 422
    sections = _sections(answer.content)
    opened = [slug for slug, is_open in sections.items() if is_open]
    assert "sec-6" in opened, "the field with the fault stands open"
    assert "sec-4" not in opened, "a section without a fault stays closed"
    made = _sections(mina.get(reverse("record-new", args=["impact-assessments"])).content)
    assert made["sec-1"], "what is needed stands open"


def test_what_is_needed_keeps_its_abbreviations_and_0_is_something(house: House, mina: Client) -> None:
    text = reading.read(mina.get(reverse("record-new", args=["impact-assessments"])).content).text
    # A title is enough to save; the rest is what the step out of the draft asks for.
    assert "Ask for review will also ask for: AI system, reason, assessed on" in " ".join(text.split())
    values = {"title": "Late", "check_name": "policy-in-date", "direction": "at most", "value": "0"}
    last = clock.now().date() + timedelta(days=90)
    limit = house.make("limit", **values, reason="Agreed.", valid_until=str(last))
    page = mina.get(reverse("record-edit", args=[limit])).content.decode()
    assert "needed to save" not in page
    assert "needed before" not in page


def test_each_section_of_a_long_form_says_how_far_it_is_and_which_step_asks_for_the_rest(
    house: House, mina: Client
) -> None:
    address = reverse("record-new", args=["impact-assessments"])
    begun = mina.get(address, {"fields": "all"}).content
    text = " ".join(reading.read(begun).text.split())
    assert "not begun" in text
    assert "needed before “Ask for review”" in text
    assert "complete" not in reading.read(begun).text.split()
    from plumbline.records import examples, kinds

    kind = kinds.get("impact-assessment")
    values = examples.values_of(kind, lambda slug: house.references[slug.removeprefix("ai-")])
    record = house.make(kind.slug, **values)
    text = " ".join(reading.read(mina.get(reverse("record-edit", args=[record])).content).text.split())
    assert "needed before" not in text
    assert "complete" in text


def test_several_records_are_chosen_by_boxes_with_a_label(house: House, mina: Client) -> None:
    page = reading.read(mina.get(reverse("record-new", args=["treatments"])).content)
    boxes = [attrs for tag, attrs in page.tags if tag == "input" and attrs.get("name") == "risks"]
    assert [box["type"] for box in boxes] == ["checkbox"]
    groups = [attrs["aria-labelledby"] for tag, attrs in page.tags if attrs.get("role") == "group"]
    assert "id_risks_lab" in groups
    assert set(groups) <= set(page.values("id"))


def test_a_form_that_cannot_be_shown_leads_back_to_its_record(house: House, mina: Client) -> None:
    from plumbline.records import commands

    reference = house.references["document"]
    moved = commands.move(house.actor("aims-manager"), reference, "submit", revision=1)
    commands.move(house.actor("top-management"), reference, "approve", revision=moved.revision)
    answer = mina.get(reverse("record-edit", args=[reference]))
    assert answer.status_code == 409
    page = reading.read(answer.content)
    assert reverse("record", args=[reference]) in [attrs.get("href") for attrs in page.all("a")]


def test_the_past_offers_no_act(house: House, mina: Client) -> None:
    """What is shown is not what would be changed."""
    from plumbline.kernel import clock

    address = reverse("record", args=[house.references["document"]])
    page = reading.read(mina.get(address, {"as_of": str(clock.now().date())}).content)
    assert "as it was known" in page.prose
    posting = {attrs.get("action", "") for attrs in page.all("form") if attrs.get("method") == "post"}
    assert not {action for action in posting if action.startswith("/records/")}
    assert not [attrs for attrs in page.all("a") if attrs.get("href", "").endswith("/edit/")]


def test_a_field_that_is_not_always_asked_for_says_when_it_is(house: House, mina: Client) -> None:
    """Without scripts it is shown with its condition; with them it follows the other field."""
    page = reading.read(mina.get(reverse("record-new", args=["applicability-rows"])).content)
    assert "Only where “applies” is: " in page.text
    (field,) = [attrs for attrs in page.all("textarea") if attrs.get("name") == "exclusion_reason"]
    assert (field["data-shown-by"], field["data-shown-for"]) == ("applicable", "no")
