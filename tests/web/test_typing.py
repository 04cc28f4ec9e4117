"""Typing into forms in a real browser: it is kept without a click, said aloud, and survives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from tests.web.chromium import clicked, touched
from tests.web.test_browser import _watched, signed_in, violations

from plumbline.records import commands, queries
from plumbline.records.working_copies import queries as kept

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from tests.web.conftest import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SAYS = "[data-keep-says]"


def hears(page: Page, text: str) -> None:
    """Wait until the live region says so."""
    from playwright.sync_api import expect

    expect(page.locator(SAYS)).to_contain_text(text)


def is_kept_back(page: Page, says: str = SAYS) -> None:
    """Wait until a form was not sent: the focus is on what is said, whose words may have stood there before.

    A session that comes back while the form is still asking rightly lets it go.
    """
    from playwright.sync_api import expect

    expect(page.locator(says)).to_be_focused()


def test_a_begun_record_survives_its_tab(browser: Browser, live_server: Any, house: House) -> None:
    context = signed_in(browser, live_server, house)
    page, complaints = _watched(context)
    page.goto("/records/risks/new/")
    assert page.locator(SAYS).get_attribute("role") == "status"
    page.locator("#id_description").fill("Photos of the new form are read worse.")
    page.get_by_label("Title").fill("Typed and left")
    hears(page, "Saved at 13:00, for you alone.")
    page.close()
    page, more = _watched(context)
    page.goto("/records/risks/new/")
    clicked(page.get_by_role("link", name="Typed and left"))
    assert page.locator("#id_description").input_value() == "Photos of the new form are read worse."
    page.locator("#id_description").fill("Worse than before.")
    hears(page, "Saved at 13:00")
    assert not violations(page, {"runOnly": ["wcag2a", "wcag2aa"]})
    clicked(page.get_by_role("button", name="Record the risk"))
    page.wait_for_url(re.compile("/records/RSK-"))
    assert "Worse than before." in page.inner_text("main")
    assert kept.all_of(house.actor("aims-manager")) == []
    assert complaints + more == []
    context.close()


def test_the_end_of_a_session_loses_nothing(browser: Browser, live_server: Any, house: House) -> None:
    risk = house.references["risk"]
    context = signed_in(browser, live_server, house)
    page = context.new_page()
    page.goto(f"/records/{risk}/edit/")
    cookies = context.cookies()
    context.clear_cookies()
    page.locator("#id_description").fill("Typed after the end.")
    hears(page, "you are no longer signed in")
    touched(page.get_by_role("button", name="Save", exact=True))
    is_kept_back(page)
    hears(page, "What you typed is still here.")
    assert page.url.endswith(f"/records/{risk}/edit/")
    # Signed in again in another window, which gives a new session and another secret for forms.
    session = [cookie for cookie in cookies if "csrf" not in cookie["name"]]
    context.add_cookies(session)  # type: ignore[arg-type]  # as they came
    context.new_page().goto("/")
    page.bring_to_front()
    clicked(page.get_by_role("button", name="Save", exact=True))
    page.wait_for_url(re.compile(f"/records/{risk}/$"))
    assert "Typed after the end." in page.inner_text("main")
    context.close()


def test_two_windows_and_a_colleague_lose_nothing(browser: Browser, live_server: Any, house: House) -> None:
    risk, actor = house.references["risk"], house.actor("aims-manager")
    context = signed_in(browser, live_server, house)
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.goto(f"/records/{risk}/edit/")
    first.locator("#id_description").fill("In the first window.")
    hears(first, "Saved at 13:00")
    second.locator("#id_description").fill("In the second window.")
    hears(second, "You have typed in another window since.")
    found = kept.of_record(actor, risk)
    assert found is not None
    assert found.fields["description"] == "In the first window."
    touched(second.get_by_role("button", name="Keep what is in this window"))
    hears(second, "Saved at 13:00")
    commands.amend(house.actor("risk-owner"), risk, {"title": "Theirs"}, revision=found.seen)
    second.close()
    first.goto(f"/records/{risk}/edit/")
    assert "Somebody else saved first" in first.inner_text("main")
    assert first.locator("#id_description").input_value() == "In the second window."
    first.get_by_label("Title").fill("Both")
    clicked(first.get_by_role("button", name="Save", exact=True))
    first.wait_for_url(re.compile(f"/records/{risk}/$"))
    record: Any = queries.find(actor, risk)[0]
    assert (record.title, record.description) == ("Both", "In the second window.")
    context.close()


def test_a_reason_survives_its_tab_and_the_end_of_a_session(
    browser: Browser, live_server: Any, house: House
) -> None:
    made = house.make("nonconformity", title="Declined unseen", description="Two.", own_rule="Rule 4.")
    panel, reason = "#step-propose-dismissal", "#m-propose-dismissal"
    context = signed_in(browser, live_server, house)
    page, complaints = _watched(context)
    address = f"/records/{made}/?step=propose-dismissal"
    page.goto(address)
    page.locator(reason).fill("It was seen by two people, and nobody was harmed.")
    heard(page, panel, "Saved at 13:00, for you alone.")
    # The other panel of the page says nothing of it.
    assert page.locator(f"#step-confirm {SAYS}").inner_text() == ""
    page.close()
    assert complaints == []
    page = context.new_page()
    page.goto(reverse("my-work"))
    clicked(page.get_by_role("link", name="Go on with it"))
    clicked(page.get_by_role("link", name="Propose dismissal"))
    assert page.locator(reason).input_value() == "It was seen by two people, and nobody was harmed."
    assert not violations(page, {"runOnly": ["wcag2a", "wcag2aa"]})
    cookies = context.cookies()
    context.clear_cookies()
    page.locator(reason).fill("It was seen by two people before it left.")
    heard(page, panel, "you are no longer signed in")
    touched(page.locator(f"{panel} form[data-keep] button[type=submit]").last)
    is_kept_back(page, f"{panel} {SAYS}")
    heard(page, panel, "What you typed is still here.")
    session = [cookie for cookie in cookies if "csrf" not in cookie["name"]]
    context.add_cookies(session)  # type: ignore[arg-type]  # as they came
    context.new_page().goto("/")
    page.bring_to_front()
    clicked(page.locator(f"{panel} form[data-keep] button[type=submit]").last)
    page.wait_for_url(re.compile(f"/records/{made}/$"))
    assert queries.find(house.actor("aims-manager"), made)[0].state == "dismissal proposed"
    assert kept.all_of(house.actor("aims-manager")) == []
    context.close()


def test_a_comment_survives_its_tab(browser: Browser, live_server: Any, house: House) -> None:
    record = f"/records/{house.references['nonconformity']}/"
    context = signed_in(browser, live_server, house)
    page, complaints = _watched(context)
    page.goto(record)
    page.locator("#cm").fill("Who called the customer?")
    heard(page, "#comments", "Saved at 13:00, for you alone.")
    page.close()
    page, more = _watched(context)
    page.goto(reverse("my-work"))
    clicked(page.get_by_role("link", name="Go on with it"))
    clicked(page.get_by_role("link", name="Comment on"))
    assert page.locator("#cm").input_value() == "Who called the customer?"
    assert not violations(page, {"runOnly": ["wcag2a", "wcag2aa"]})
    clicked(page.locator("#comments").get_by_role("button", name="Comment", exact=True))
    assert "Who called the customer?" in page.inner_text("#comments ol")
    assert kept.all_of(house.actor("aims-manager")) == []
    assert complaints + more == []
    context.close()


def heard(page: Page, panel: str, text: str) -> None:
    """Wait until the live region of one panel says so."""
    from playwright.sync_api import expect

    expect(page.locator(f"{panel} {SAYS}")).to_contain_text(text)
