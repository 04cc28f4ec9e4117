"""Pages in a real browser: accessibility by axe-core, keys, no scripts, narrow screens, weight."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from tests.web import addresses, chromium
from tests.web.chromium import clicked, touched, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from tests.web.conftest import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FIRST_VISIT = 150_000
NEXT_PAGE = 15_000
NARROWEST = 320
PASSWORD = "a quiet ledger of claims"
WIDTHS = (1440, 390)
HEIGHT = 844
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""The rules of axe-core about colours that its full run asks as well."""

FOUND_BY_AXE = """options => axe.run(options).then(({ violations }) =>
    violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ target }) => target)]))"""


def signed_in(
    browser: Browser, server: Any, house: House, role: str = "aims-manager", **options: Any
) -> BrowserContext:
    """A browser window of somebody with this role."""
    from django.conf import settings

    client = house.client(role)
    context = window(browser, base_url=server.url, **options)
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


def test_no_page_has_a_barrier_that_a_machine_can_find(
    browser: Browser, live_server: Any, house: House
) -> None:
    """At both widths axe-core finds nothing in either theme, the browser complains of nothing, and there
    and on the narrowest screen (320 px; WCAG 2.2, 1.4.10) nothing sticks out sideways.

    The dark theme is the same page with other colours, so only the rules about colours are asked again.
    Each page is loaded once and its window made smaller, since a layout follows its window.
    """
    # Without motion, so that colours are those of the theme at once and not on their way to it.
    size = {"width": WIDTHS[0], "height": HEIGHT}
    context = signed_in(browser, live_server, house, viewport=size, reduced_motion="reduce")
    context.add_cookies([{"name": "plumbline_theme", "value": "light", "url": live_server.url}])
    page, complaints = _watched(context)
    found = {}
    for address in addresses.pages(house):
        page.goto(address)
        assert page.locator("html").get_attribute("data-theme") == "light"
        barriers = [barrier for width in WIDTHS for barrier in _barriers(page, width)]
        page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
        too_wide = _too_wide(page)
        if barriers or too_wide or complaints:
            found[address] = barriers, too_wide, complaints[:]
        complaints.clear()
    context.close()
    assert not found


def _barriers(page: Page, width: int) -> list[tuple[object, ...]]:
    """What is wrong with the page in a window so wide, in either theme; it is left in the light one."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    found: list[tuple[object, ...]] = []
    if too_wide := _too_wide(page):
        found.append((width, "too wide", too_wide))
    for theme, asked in (("light", {}), ("dark", COLOURS)):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        found += [(width, theme, *violation) for violation in violations(page, asked)]
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    return found


def violations(page: Page, options: dict[str, Any]) -> list[list[Any]]:
    """What axe-core finds on the page: the rule and its first three places.

    Its script is put into a page once, and only what is asked for comes back: the rest of what it says is
    longer than the page.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_axe())
    return list(page.evaluate(FOUND_BY_AXE, {**options, "resultTypes": ["violations"]}))


@cache
def _axe() -> str:
    from axe_playwright_python.base import AXE_SCRIPT

    return AXE_SCRIPT


def test_a_barrier_would_be_found(browser: Browser) -> None:
    page = window(browser).new_page()
    page.set_content("<html lang='en'><title>x</title><main><h1>Risks</h1><img src='data:,'></main></html>")
    assert [rule for rule, _ in violations(page, {})] == ["image-alt"]
    assert violations(page, COLOURS) == []
    page.locator("h1").evaluate("node => { node.style = 'color: #ddd; background: #fff' }")
    assert violations(page, COLOURS) == [["color-contrast", [["h1"]]]]
    page.context.close()


def _too_wide(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return max(0, int(wide))


def test_pages_reflow_with_large_text(browser: Browser, live_server: Any, house: House) -> None:
    """Text at 200% (WCAG 2.2, 1.4.4), as somebody sets it in the browser, which is what breakpoints follow.

    The size on the root element would leave the breakpoints where they are, and lay out a wide page.
    """
    large = browser.browser_type.launch(
        executable_path=chromium.path(), args=[*chromium.FLAGS, "--blink-settings=defaultFontSize=32"]
    )
    stuck = {}
    try:
        context = signed_in(large, live_server, house)
        page, _ = _watched(context)
        for address in addresses.pages(house):
            page.goto(address)
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": HEIGHT})
                if too_wide := _too_wide(page):
                    stuck[address, width] = too_wide
                size = page.evaluate("getComputedStyle(document.documentElement).fontSize")
                is_narrow = page.evaluate("matchMedia('(max-width: 47.5em)').matches")
                assert (size, is_narrow) == ("32px", True)
    finally:
        large.close()
    assert not stuck


def test_the_axes_of_a_chart_can_be_read_on_a_phone(browser: Browser, live_server: Any, house: House) -> None:
    with signed_in(browser, live_server, house, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto("/checks/error-rate/claims-triage/")
        height = "one => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().d"
        assert page.eval_on_selector(".chart .ax", height) >= 8


def test_long_names_of_steps_stay_inside_a_narrow_window(
    browser: Browser, live_server: Any, house: House
) -> None:
    context = signed_in(browser, live_server, house, viewport={"width": 390, "height": 844})
    page, _ = _watched(context)
    page.goto(f"/records/{house.references['nonconformity']}/")
    named = page.locator(".cha .btn").evaluate_all(
        "nodes => nodes.map(node => { node.lastChild.textContent = 'Plan a corrective action' }).length"
    )
    assert named > 2
    assert _too_wide(page) == 0
    context.close()


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
    touched(page.locator("summary[aria-label^='Theme']"))
    clicked(page.get_by_role("button", name="Dark"))
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_label("Text", exact=True).fill("photos")
    clicked(page.get_by_role("button", name="Filter"))
    assert "q=photos" in page.url
    clicked(page.get_by_role("link", name="New risk"))
    page.get_by_label("Title").fill("Seen without scripts")
    page.locator("#id_description").fill("Plain forms suffice.")
    page.locator("#id_system").fill("tria")
    clicked(page.get_by_role("button", name="Find AI system"))
    page.get_by_label(f"Claims Triage, {house.references['system']}").check()
    assert page.get_by_label("Title").input_value() == "Seen without scripts"
    clicked(page.get_by_role("button", name="Record the risk"))
    assert "Seen without scripts" in page.inner_text("h1")
    page.goto(f"/records/{house.references['nonconformity']}/")
    touched(page.locator("summary", has_text="Confirm"))
    page.locator("#m-confirm").fill("Seen in the log")
    clicked(page.locator("form[action$='/confirm/']").get_by_role("button", name="Confirm"))
    assert "Open" in page.inner_text(".cht")
    context.close()


def test_keys_lead_everywhere_and_stay_silent_in_fields(
    browser: Browser, live_server: Any, house: House
) -> None:
    context = signed_in(browser, live_server, house, viewport={"width": 1440, "height": 900})
    page, complaints = _watched(context)
    # Two keys that belong together are so within a second and a bit of the browser's own clock.
    page.clock.set_fixed_time("2026-11-20T12:00:00Z")
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
    touched(page.locator("summary[aria-label^='Theme']"))
    with page.expect_response("**/preferences/theme/"):
        touched(page.get_by_role("button", name="Dark"))
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
    touched(page.get_by_role("link", name="Menu", exact=True))
    page.locator("#side").wait_for()
    clicked(page.locator("#side").get_by_role("link", name="Risks"))
    assert page.url.endswith("/records/risks/")
    context.close()


def test_the_error_summary_takes_focus(browser: Browser, live_server: Any, house: House) -> None:
    context = signed_in(browser, live_server, house, viewport={"width": 1280, "height": 900})
    page, _ = _watched(context)
    page.goto("/records/risks/new/")
    clicked(page.get_by_role("button", name="Record the risk"))
    page.wait_for_selector(".errors")
    assert page.evaluate("document.activeElement.classList.contains('errors')")
    touched(page.locator(".errors a").first)
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


def test_a_passkey_is_made_and_signs_in(
    browser: Browser, live_server: Any, house: House, settings: Any
) -> None:
    """With the authenticator that the browser simulates: on the account page, at the door, as second step."""
    from plumbline.identity import commands

    settings.PLUMBLINE = replace(settings.PLUMBLINE, address=live_server.url)
    commands.set_password(house.person("aims-manager"), PASSWORD)
    context = signed_in(browser, live_server, house)
    page, complaints = _watched(context)
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    simulated = {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": simulated})
    page.goto("/account/")
    page.locator("#passkeyform-name").fill("Laptop")
    page.locator("#passkeyform-password").fill(PASSWORD)
    clicked(page.get_by_role("button", name="Add a passkey"))
    page.get_by_role("heading", name="Your recovery codes").wait_for()

    context.clear_cookies()
    page.goto("/sign-in/?next=/account/")
    clicked(page.get_by_role("button", name="Use a passkey"))
    page.wait_for_url(f"{live_server.url}/account/")

    context.clear_cookies()
    page.goto("/sign-in/?next=/account/")
    page.get_by_label("E-mail address").fill(house.people["aims-manager"].email)
    page.get_by_label("Password").fill(PASSWORD)
    clicked(page.get_by_role("button", name="Sign in"))
    page.wait_for_url("**/sign-in/code/")
    clicked(page.get_by_role("button", name="Use a passkey"))
    page.wait_for_url(f"{live_server.url}/account/")
    assert not complaints
    context.close()
