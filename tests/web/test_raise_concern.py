"""Raising a concern without a name in a real browser: no barrier, no scripts needed, from keys alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.web.chromium import clicked, pressed, window
from tests.web.test_browser import NARROWEST, WIDTHS, _barriers, _too_wide, _watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from tests.web.conftest import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def opened(house: House, settings: Any) -> House:
    """The organization with both channels open."""
    settings.PLUMBLINE = replace(settings.PLUMBLINE, concern_channels="inside,outside", concern_rate=0)
    return house


def found_on(page: Page) -> list[Any]:
    """Barriers at both widths and themes, and by how much the page is too wide on the narrowest screen."""
    barriers: list[Any] = [barrier for width in WIDTHS for barrier in _barriers(page, width)]
    page.set_viewport_size({"width": NARROWEST, "height": 844})
    wide = _too_wide(page)
    page.set_viewport_size({"width": WIDTHS[0], "height": 844})
    return [*barriers, *([wide] if wide else [])]


def test_its_pages_have_no_barrier(browser: Browser, live_server: Any, opened: House) -> None:
    context = window(browser, base_url=live_server.url, reduced_motion="reduce")
    page, complaints = _watched(context)
    page.goto("/raise-concern/")
    found = found_on(page)
    page.goto("/raise-concern/inside/")
    found += found_on(page)
    page.get_by_label("What is it about?").fill("Eighty proposals an hour. " * 30)
    clicked(page.get_by_role("button", name="Send it"))
    receipt = page.locator("#receipt").inner_text()
    found += found_on(page)
    clicked(page.get_by_role("link", name="Use the receipt"))
    found += found_on(page)
    page.get_by_label("Receipt").fill(receipt)
    clicked(page.get_by_role("button", name="See what became of it"))
    page.get_by_label("Add to it").fill("Twice more.")
    clicked(page.get_by_role("button", name="Send it"))
    found += found_on(page)
    assert page.get_by_role("status").inner_text().strip() == "What you added has come in."
    assert (found, complaints, context.cookies()) == ([], [], [])
    page.goto("/raise-concern/follow/")
    page.get_by_label("Receipt").fill("wrong")
    clicked(page.get_by_role("button", name="See what became of it"))
    assert found_on(page) == []
    assert "No concern has this receipt." in page.get_by_role("alert").inner_text()
    context.close()


def test_it_works_without_scripts_and_from_keys_alone(
    browser: Browser, live_server: Any, opened: House
) -> None:
    context = window(browser, base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/raise-concern/outside/")
    page.get_by_label("What is it about?").focus()
    page.keyboard.type("I was turned away by a machine.")
    page.keyboard.press("Tab")
    pressed(page, "Enter")
    receipt = page.locator("#receipt").inner_text()
    assert receipt not in page.url
    page.get_by_role("link", name="Use the receipt").focus()
    pressed(page, "Enter")
    page.get_by_label("Receipt").focus()
    page.keyboard.type(receipt)
    pressed(page, "Enter")
    assert "Nobody has begun to look into it yet." in page.inner_text("main")
    assert receipt not in page.url
    context.close()
