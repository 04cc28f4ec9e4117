"""Pages in a real browser: accessibility by axe-core, keys, no scripts, narrow screens, weight."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.web import addresses

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from tests.web.conftest import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
FIRST_VISIT = 150_000
NEXT_PAGE = 15_000
NARROWEST = 320
WIDTHS = {1440: 900, 390: 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium of the system. A missing one is a failure: leaving the browser out is asked for by name."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.fail("No Chromium was found. Install it, or leave these out with: -m 'not browser'")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield started
        started.close()


def signed_in(
    browser: Browser, server: Any, house: House, role: str = "aims-manager", **options: Any
) -> BrowserContext:
    """A browser window of somebody with this role."""
    from django.conf import settings

    client = house.client(role)
    context = browser.new_context(base_url=server.url, **options)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server.url}])
    return context


def _watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page and what the browser complains of, refusals of the security policy among it."""
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", sorted(WIDTHS))
def test_no_page_has_a_barrier_that_a_machine_can_find(
    browser: Browser, live_server: Any, house: House, theme: str, width: int
) -> None:
    """axe-core finds nothing, the browser complains of nothing, and nothing sticks out sideways."""
    from axe_playwright_python.sync_playwright import Axe

    context = signed_in(browser, live_server, house, viewport={"width": width, "height": WIDTHS[width]})
    context.add_cookies([{"name": "plumbline_theme", "value": theme, "url": live_server.url}])
    page, complaints = _watched(context)
    axe, found = Axe(), {}
    for address in addresses.pages(house):
        page.goto(address)
        violations = axe.run(page).response["violations"]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if violations or complaints or wide > 0:
            found[address] = (
                [(one["id"], [n["target"] for n in one["nodes"]][:3]) for one in violations],
                wide,
                complaints[:],
            )
        complaints.clear()
    context.close()
    assert not found


def test_pages_reflow_on_the_narrowest_screen_and_with_large_text(
    browser: Browser, live_server: Any, house: House
) -> None:
    """320 px wide (WCAG 2.2, 1.4.10), and text at 200% in a window of 1280 px (1.4.4)."""
    for width, text in ((NARROWEST, "100%"), (1280, "200%")):
        context = signed_in(browser, live_server, house, viewport={"width": width, "height": 700})
        page, _ = _watched(context)
        stuck = {}
        for address in addresses.pages(house):
            page.goto(address)
            if text != "100%":
                page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if wide > 0:
                stuck[address] = wide
        context.close()
        assert not stuck, (width, text)


def test_the_axes_of_a_chart_can_be_read_on_a_phone(browser: Browser, live_server: Any, house: House) -> None:
    with signed_in(browser, live_server, house, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto("/checks/error-rate/claims-triage/")
        height = "one => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().d"
        assert page.eval_on_selector(".chart .ax", height) >= 8


def test_targets_are_large_enough_for_a_thumb(browser: Browser, live_server: Any, house: House) -> None:
    """24 by 24 CSS px at least (WCAG 2.2, 2.5.8); links inside a sentence are exempt."""
    context = signed_in(browser, live_server, house, viewport={"width": 390, "height": 844})
    page, _ = _watched(context)
    small = {}
    for address in (
        "/",
        "/controls/",
        "/records/nonconformities/",
        f"/records/{house.references['nonconformity']}/",
    ):
        page.goto(address)
        found = page.evaluate(
            """() => [...document.querySelectorAll('button, summary, .btn, .ic, .tabbar a, .cc, .tabs a')]
            .filter(node => node.checkVisibility())
            .map(node => [node.textContent.trim(), node.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([text]) => text)"""
        )
        if found:
            small[address] = found
    context.close()
    assert not small


def test_without_scripts_everything_still_works(browser: Browser, live_server: Any, house: House) -> None:
    """Theme, filter, a new record and a move, by plain links and forms."""
    context = signed_in(
        browser, live_server, house, java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.goto("/records/risks/")
    page.locator("summary[aria-label^='Theme']").click()
    page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_label("Text", exact=True).fill("photos")
    page.get_by_role("button", name="Filter").click()
    assert "q=photos" in page.url
    page.get_by_role("link", name="New risk").click()
    page.get_by_label("Title").fill("Seen without scripts")
    page.get_by_label("AI system").first.select_option(house.references["system"])
    page.locator("#id_description").fill("Plain forms suffice.")
    page.get_by_role("button", name="Record the risk").click()
    assert "Seen without scripts" in page.inner_text("h1")
    page.goto(f"/records/{house.references['nonconformity']}/")
    page.locator("summary", has_text="Confirm").click()
    page.locator("#m-confirm").fill("Seen in the log")
    page.locator("form[action$='/confirm/'] button").click()
    assert "Open" in page.inner_text(".cht")
    context.close()


def test_keys_lead_everywhere_and_stay_silent_in_fields(
    browser: Browser, live_server: Any, house: House
) -> None:
    context = signed_in(browser, live_server, house, viewport={"width": 1440, "height": 900})
    page, complaints = _watched(context)
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/controls/")
    page.keyboard.press("Control+k")
    page.keyboard.type("risks")
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/risks/")
    page.keyboard.press("/")
    page.keyboard.type("gc")
    assert page.locator("[data-filter]").input_value() == "gc"
    page.keyboard.press("Tab")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.matches('a[data-open]')")
    page.keyboard.press("c")
    page.wait_for_url("**/records/risks/new/")
    assert not complaints
    context.close()


def test_a_theme_changes_in_place_and_is_remembered(browser: Browser, live_server: Any, house: House) -> None:
    context = signed_in(browser, live_server, house, viewport={"width": 1440, "height": 900})
    page, complaints = _watched(context)
    page.goto("/help/")
    page.locator("summary[aria-label^='Theme']").click()
    with page.expect_response("**/preferences/theme/"):
        page.get_by_role("button", name="Dark").click()
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert not complaints
    context.close()


def test_the_menu_of_a_phone_opens_without_scripts(browser: Browser, live_server: Any, house: House) -> None:
    context = signed_in(
        browser, live_server, house, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto("/")
    assert not page.locator("#side").is_visible()
    page.get_by_role("link", name="Menu", exact=True).click()
    assert page.locator("#side").is_visible()
    page.locator("#side").get_by_role("link", name="Risks").click()
    assert page.url.endswith("/records/risks/")
    context.close()


def test_the_error_summary_takes_focus(browser: Browser, live_server: Any, house: House) -> None:
    context = signed_in(browser, live_server, house, viewport={"width": 1280, "height": 900})
    page, _ = _watched(context)
    page.goto("/records/risks/new/")
    page.get_by_role("button", name="Record the risk").click()
    page.wait_for_selector(".errors")
    assert page.evaluate("document.activeElement.classList.contains('errors')")
    page.locator(".errors a").first.click()
    assert page.evaluate("document.activeElement.id") == "id_title"
    context.close()


def test_a_first_visit_is_light(browser: Browser, live_server: Any, house: House) -> None:
    """At most 150 KB over the line on a first visit, fonts included, and 15 KB on the next page.

    Files are counted as the middleware sends them; the test server hands them out past it.
    """
    import gzip

    context = signed_in(browser, live_server, house, viewport={"width": 390, "height": 844})
    page, _ = _watched(context)
    sizes: dict[str, int] = {}

    def weigh(got: Any) -> None:
        if got.ok:
            body = got.body()
            sizes[got.url] = len(body) if got.url.endswith(".woff2") else len(gzip.compress(body, 6))

    page.on("response", weigh)
    page.goto("/", wait_until="networkidle")
    first, seen = sum(sizes.values()), dict(sizes)
    page.goto("/controls/A.6.2.6/", wait_until="networkidle")
    context.close()
    assert first <= FIRST_VISIT, seen
    assert sum(size for url, size in sizes.items() if url not in seen) <= NEXT_PAGE


def test_forced_colours_and_paper_keep_every_mark(browser: Browser, live_server: Any, house: House) -> None:
    """In forced colours a map cell keeps an edge; on paper there is no sidebar and no button."""
    context = signed_in(
        browser, live_server, house, forced_colors="active", viewport={"width": 1280, "height": 900}
    )
    page, _ = _watched(context)
    page.goto("/controls/")
    assert page.evaluate("getComputedStyle(document.querySelector('.cc')).borderTopStyle") == "solid"
    page.emulate_media(media="print", forced_colors="none")
    assert not page.locator("#side").is_visible()
    assert not page.locator(".top").is_visible()
    assert page.locator(".print-head").is_visible()
    context.close()


def test_the_statement_prints_as_a_table(browser: Browser, live_server: Any, house: House) -> None:
    """However narrow the paper: rows stay rows, and the heads are there to repeat on each sheet."""
    context = signed_in(browser, live_server, house, viewport={"width": 700, "height": 990})
    page, _ = _watched(context)
    page.goto("/statement-of-applicability/")
    page.emulate_media(media="print")
    shown = "getComputedStyle(document.querySelector('.soa {}')).display"
    assert page.evaluate(shown.format("tbody tr")) == "table-row"
    assert page.evaluate(shown.format("thead")) == "table-header-group"
    context.close()
