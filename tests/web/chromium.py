"""The Chromium of the system, in which pages are driven as people drive them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


def path() -> str:
    """Where it is. A missing one is a failure: leaving the browser out is asked for by name."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.fail("No Chromium was found. Install it, or leave these out with: -m 'not browser'")
    return found


def started() -> Iterator[Browser]:
    """One that runs until whoever asked is done."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path(), args=FLAGS)
        yield browser
        browser.close()
