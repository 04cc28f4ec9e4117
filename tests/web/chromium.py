"""The Chromium of the system, in which pages are driven as people drive them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

PATIENT = 150_000
"""Milliseconds that an element or page is waited for: a guard against a hang, well within that of a test."""

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
LEADS_ON = """node => {
    if (node.tagName === "A") return node.hasAttribute("href") && !node.getAttribute("href").startsWith("#");
    if (node.type !== "submit" || node.form === null) return false;
    return node.formNoValidate || node.form.noValidate || node.form.querySelector(":invalid") === null;
}"""
"""Whether a click leads to a page: a link does, and the button of a form that the browser finds filled in."""


def path() -> str:
    """Where it is. A missing one is a failure: leaving the browser out is asked for by name."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.fail("No Chromium was found. Install it, or leave these out with: -m 'not browser'")
    return found


def started() -> Iterator[Browser]:
    """One that runs until whoever asked is done."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENT)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path(), args=FLAGS)
        yield browser
        browser.close()


def window(browser: Browser, **options: Any) -> BrowserContext:
    """One with cookies of its own, in which nothing gives up because the machine is busy."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENT)
    return context


def clicked(target: Locator) -> None:
    """Click, and wait for the page that a link or the button of a form leads to.

    A form may ask something before it is sent, so that the click is over while the page before still stands:
    what is read then is of the wrong page, or of one that has no element yet, on a busy machine only.
    """
    if not target.evaluate(LEADS_ON):
        target.click()
        return
    with target.page.expect_navigation():
        target.click()


def touched(target: Locator) -> None:
    """Click what is answered within the page, by a script or a download too."""
    target.click()


def pressed(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait for it."""
    with page.expect_navigation():
        page.keyboard.press(key)
