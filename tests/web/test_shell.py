"""The frame of every page: theme and sidebar without scripts, the seal, errors, the trail and its proofs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from tests.clock import NOW
from tests.trail import compared
from tests.web import reading

from plumbline.kernel import clock
from plumbline.kernel.note import LogProof
from plumbline.trail import log, publisher
from plumbline.trail.compare_stage import CompareStage
from plumbline.web import security

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_a_theme_is_chosen_by_a_plain_form_and_drawn_by_the_server(house: House, mina: Client) -> None:
    answer = mina.post(reverse("theme"), {"theme": "dark", "next": "/controls/"})
    assert answer["Location"] == "/controls/"
    cookie = answer.cookies["plumbline_theme"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert 'data-theme="dark"' in mina.get("/help/").content.decode()
    assert mina.post(reverse("theme"), {"theme": "plaid"}).status_code == 422


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_going_back_never_leaves_the_installation(house: House, mina: Client, target: str) -> None:
    assert mina.post(reverse("theme"), {"theme": "dark", "next": target})["Location"] == "/"


def test_the_sidebar_folds_and_unfolds_without_scripts(house: House, mina: Client) -> None:
    mina.post(reverse("sidebar"), {"next": "/"})
    assert 'data-side="folded"' in mina.get("/help/").content.decode()
    mina.post(reverse("sidebar"), {"next": "/"})
    assert 'data-side="open"' in mina.get("/help/").content.decode()


def test_the_counts_beside_the_sidebar_say_when_they_were_counted(house: House, mina: Client) -> None:
    day = NOW + timedelta(hours=2, seconds=7)
    written = f"{day.day} {day:%b %Y}, 15:00:07 UTC"
    for seconds in (0, 42):  # counted once, shown again
        with clock.frozen(day + timedelta(seconds=seconds)):
            shown = reading.read(mina.get("/help/").content)
        assert f"AI systems, counted on {written}" in shown.values("title")


def test_a_form_without_its_secret_is_refused_with_a_page(house: House) -> None:
    client = house.client("aims-manager", enforce_csrf_checks=True)
    answer = client.post(reverse("theme"), {"theme": "dark"})
    assert answer.status_code == 403
    assert "Nothing was saved" in answer.content.decode()


def test_the_headers_of_a_page(house: House, mina: Client) -> None:
    answer = mina.get("/help/")
    assert answer["Content-Security-Policy"] == security.POLICY
    assert "unsafe" not in security.POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-store"


def test_the_seal_says_intact_and_waiting(house: House, mina: Client) -> None:
    publisher.publish()
    # Signed is not intact: nothing has compared the tables with the entries yet.
    shown = reading.read(mina.get("/help/").content).prose
    assert "Entries signed" in shown
    assert "tables not compared yet" in shown
    mina.post(reverse("verify-now"))
    assert "tables not compared yet" in reading.read(mina.get("/help/").content).prose
    compared.by_the_stage()
    shown = reading.read(mina.get("/help/").content).prose
    assert "Record intact" in shown
    assert f"all compared up to {log.size():,}" in shown
    house.make("risk", title="New", system=house.references["system"], description="It may happen.")
    assert "Not yet anchored" in reading.read(mina.get("/help/").content).prose


def test_a_broken_record_is_said_on_every_page(house: House, mina: Client) -> None:
    from django.conf import settings

    settings.PLUMBLINE.guard_file.unlink()
    page = reading.read(mina.get("/help/").content)
    assert "The record is broken." in page.text
    assert "Record broken" in page.text
    assert any(attrs.get("role") == "alert" for _, attrs in page.tags)


def test_the_whole_record_is_verified_on_request(house: House, mina: Client) -> None:
    assert house.client("viewer").post(reverse("verify-now")).status_code == 403
    answer = mina.post(reverse("verify-now"), follow=True)
    assert "Aims manager asked for a verification" in reading.read(answer.content).prose
    again = mina.post(reverse("verify-now"), follow=True)
    assert "A verification was asked for already." in reading.read(again.content).text
    stage = CompareStage()
    assert stage.advance()
    assert "being compared now" in reading.read(mina.get("/help/").content).prose
    part = mina.get(reverse("verification-progress")).content.decode()
    assert "A verification runs now" in part
    assert "<progress" in part
    assert "data-ended" not in part
    compared.by_the_stage(stage)
    part = mina.get(reverse("verification-progress")).content.decode()
    assert "data-ended" in part
    said = reading.read(mina.get(reverse("verification")).content).prose
    assert re.search(
        rf"{log.size():,} entries hashed again, [\d,]+ rows and entries compared, 0 differ", said
    )
    assert "asked for by Aims manager" in said
    assert "being compared now" not in reading.read(mina.get("/help/").content).prose


def test_a_proof_is_downloaded_and_says_what_the_page_says(house: House, mina: Client) -> None:
    publisher.publish()
    answer = mina.get(reverse("trail-proof", args=[2]))
    assert answer["Content-Disposition"] == 'attachment; filename="entry-2.tlog-proof"'
    assert LogProof.parse(answer.content.decode()).index == 2
    page = reading.read(mina.get(reverse("trail-entry", args=[2])).content)
    assert log.leaf(2).leaf_hash.hex() in page.text


def test_an_entry_shows_what_it_commits_to_only_to_those_who_may_read_it(house: House, mina: Client) -> None:
    index = next(one.index for one in log.search(subject_ref=house.references["risk"]))
    assert "Photos differ" in mina.get(reverse("trail-entry", args=[index])).content.decode()
    outsider = house.client("external-auditor").get(reverse("trail-entry", args=[index]))
    assert "Photos differ" not in outsider.content.decode()


def test_the_receipt_of_an_event_hides_what_was_removed(house: House, mina: Client) -> None:
    html = mina.get(reverse("event", args=[house.event])).content.decode()
    assert "ada@example.org" not in html
    assert mina.get(reverse("segments"), {"event": house.event}).status_code == 302
    assert mina.get(reverse("segments"), {"event": "no-uuid"}).status_code == 422
    assert "Email" in mina.get(reverse("segment", args=[house.segment])).content.decode()


def test_search_goes_straight_to_what_has_a_name(house: House, mina: Client) -> None:
    risk = house.references["risk"]
    assert mina.get("/search/", {"q": risk.lower()})["Location"] == reverse("record", args=[risk])
    assert mina.get("/search/", {"q": "A.6.2.6"})["Location"] == "/controls/A.6.2.6/"
    assert "Photos differ" in reading.read(mina.get("/search/", {"q": "photos"}).content).text
    assert "Nothing that you may see" in mina.get("/search/", {"q": "zzzz"}).content.decode()


def test_a_blank_organization_gets_first_steps_counted_from_real_records(installation: House) -> None:
    client = installation.client("aims-manager")
    page = reading.read(client.get("/").content)
    assert "Nothing is recorded yet. Begin with the first step." in page.text
    assert "0 of 12 done" in page.text
    installation.make("ai-system", title="Chat", slug="chat")
    page = reading.read(client.get("/").content)
    assert "1 of 12 done" in page.text
    client.post(reverse("fold-steps"))
    folded = reading.read(client.get("/").content).text
    assert "1 of 12 done" in folded
    assert "Write the AI policy" not in folded.partition("First steps")[2]
    client.post(reverse("fold-steps"))
    assert "Write the AI policy" in reading.read(client.get("/").content).text.partition("First steps")[2]


def test_a_first_step_opens_its_form_until_it_is_done(installation: House) -> None:
    from plumbline.web.home.first_steps import first_steps

    actor = installation.actor("aims-manager")
    forms = {step.label: step for step in first_steps(actor, {"risk": 2})}
    assert forms["Write the AI policy"].href.startswith("/records/policies/new/")
    assert forms["Send your first event"].href == "/telemetry/first-event/"
    assert forms["Invite a second person"].href == "/people/#invite"
    assert forms["Assess the first risk"].href == "/records/risks/"
    client = installation.client("aims-manager")
    for step in forms.values():
        assert client.get(step.href.partition("#")[0]).status_code == 200, step.label


def test_a_reader_is_shown_the_first_steps_that_they_may_take(installation: House) -> None:
    def shown(role: str) -> str:
        return reading.read(installation.client(role).get("/").content).text.partition("First steps")[2]

    assert "Assess the first risk" in shown("risk-owner")
    assert "Invite a second person" not in shown("risk-owner")
    assert "Send your first event" not in shown("risk-owner")
    assert "Send your first event" in shown("system-owner")
    assert shown("viewer") == ""


def test_home_names_each_blocker_and_gives_every_figure_its_base(house: House, mina: Client) -> None:
    page = reading.read(mina.get("/").content)
    assert "Not ready yet." in page.text
    assert f"Runbook {house.references['document']} is 3 days overdue" in " ".join(page.text.split())
    for base in ("/32", "/38", "/1"):
        assert base in page.text


def test_a_reading_over_its_limit_is_shown_on_the_control_it_bears_on(house: House, mina: Client) -> None:
    page = reading.read(mina.get("/controls/A.6.2.6/").content)
    text = " ".join(page.text.split())
    assert "7.5%" in text
    assert "at most 5.0%" in text
    assert "Over limit" in text
    assert "1 of 1 beyond the limit" in text
    labels = [attrs["aria-label"] for attrs in page.all("svg") if "aria-label" in attrs]
    assert any("from 2.0% to 7.5%, beyond its limit of at most 5.0%" in label for label in labels)


def test_pages_go_compressed_and_data_do_not(house: House, mina: Client) -> None:
    import gzip

    taken = {"headers": {"accept-encoding": "gzip"}}
    answer = mina.get("/help/", **taken)  # type: ignore[arg-type]
    assert answer["Content-Encoding"] == "gzip"
    assert b"Help and keys" in gzip.decompress(answer.content)
    style = mina.get("/static/web/app.css", **taken)  # type: ignore[arg-type]
    assert style["Content-Encoding"] == "gzip"
    font = mina.get("/static/web/fonts/inter.woff2", **taken)  # type: ignore[arg-type]
    assert "Content-Encoding" not in font.headers
    assert "Content-Encoding" not in mina.get("/trail/2/proof/", **taken).headers  # type: ignore[arg-type]
