"""Registers that nobody here has seen, taken through the pages by somebody who has not either.

From the file as it was published to assigned and approved records, and its next edition: nothing is edited
beside the pages, no map is written, and every address is followed and not typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.imports import workbook_registers
from tests.imports.registers import OTHER, OWNER, Register
from tests.journeys.conftest import MANAGER
from tests.journeys.installation import Installation
from tests.web.chromium import clicked, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SARA = "sara@halden.example"
NOBODY_KNOWS = {
    "technique": "Not known",
    "autonomy": "Not known",
    "effect": "Not known",
    "sourcing": "Not known",
    "eu_role": "Not decided yet",
    "eu_class": "Not decided yet",
}
"""What a newcomer answers for the whole register where it has no column for a question of the form."""


@dataclass
class Town:
    """The installation and its two people, who sit before browsers of their own."""

    house: Installation
    mina: Page
    sara: Page
    folder: Path


@pytest.fixture(scope="module")
def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("registers")
    house = Installation(folder / "data")
    house.run("init", "--email", MANAGER, "--name", OWNER, "--organization", "Halden Insurance")
    house.start()
    house.ask("hire", email=SARA, name=OTHER, role="aims-manager")
    yield Town(house, _signed_in(browser, house, MANAGER), _signed_in(browser, house, SARA), folder)
    house.close()


def _signed_in(browser: Browser, house: Installation, email: str) -> Page:
    link = str(json.loads(house.run("init", "--email", email, "--json"))["sign_in"])
    context = window(browser, base_url=house.url, reduced_motion="reduce")
    page = context.new_page()
    page.goto(link)
    _press(page, "Sign in")
    return page


def _press(page: Page, name: str | re.Pattern[str]) -> None:
    clicked(page.get_by_role("button", name=name).first)


def _follow(page: Page, name: str | re.Pattern[str], inside: str = "main") -> None:
    clicked(page.locator(inside).get_by_role("link", name=name).first)


def _text(page: Page) -> str:
    return page.locator("main").inner_text()


def _upload(page: Page, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    _follow(page, re.compile("^AI systems"), "#side")
    _follow(page, "Import")
    page.set_input_files("input[name=file]", str(file))
    clicked(page.locator("main form").first.locator("button[type=submit]").first)
    if page.locator("#id_read_endings").count():  # the page has said what looks like a total
        page.select_option("#id_read_endings", "skip")
        _press(page, "Read the file again")


def _matched(page: Page) -> None:
    """What nobody knows is said once for the whole register; the words are as the page proposes them."""
    for name, label in NOBODY_KNOWS.items():
        if not page.locator(f"[name='column:{name}']").input_value():
            page.locator(f"[name='constant:{name}']").evaluate("node => node.closest('details').open = true")
            page.select_option(f"[name='constant:{name}']", label=label)
    _press(page, "Go on")
    for order in page.locator("select[name^='order:']").all():
        order.select_option("dmy")
    while page.get_by_role("button", name="Check the rows").count():
        _press(page, "Check the rows")


def _together(page: Page, address: str, step: str) -> None:
    page.goto(address)
    page.select_option("#b-move", label=step)
    clicked(page.locator("form:has(#b-move) button").first)
    _press(page, re.compile("^Change "))


def _state(page: Page, title: str) -> str:
    _follow(page, re.compile("^AI systems"), "#side")
    clicked(page.locator("main a.row-link", has_text=title).first)
    page.wait_for_selector(".cht .st")
    return page.locator(".cht .st").first.inner_text().strip()


@pytest.mark.parametrize("register", workbook_registers.every(), ids=lambda one: one.name)
def test_a_register_nobody_has_seen_becomes_approved_records_and_comes_again(
    town: Town, register: Register
) -> None:
    mina, sara, file = town.mina, town.sara, town.folder / register.file_name
    _upload(mina, file, register.first)
    _matched(mina)
    assert "Nothing has been written yet" in _text(mina)
    _press(mina, re.compile("^Write 4 rows"))
    assert "Import done" in _text(mina)
    address = mina.url
    for title in register.titles:
        assert title in _text(mina)
    # Assigned together where the register names nobody that is here.
    together = (
        mina.locator("main").get_by_role("link", name="All 4 records that were written").get_attribute("href")
        or ""
    )
    mina.goto(together)
    mina.select_option("#b-field", "owner")
    mina.wait_for_selector("#b-value")
    mina.select_option("#b-value", label=OWNER)
    clicked(mina.locator("form:has(#b-value) button"))
    assert f"Set Owner: {OWNER}." in _text(mina)
    if "0 records will be changed" not in _text(mina):  # a register may name somebody who is here
        _press(mina, re.compile("^Change "))
    _together(mina, together, "Ask for review")
    _together(sara, together, "Approve")
    for title in register.titles:
        assert _state(sara, title) == "Approved"
    _says_who_decided(mina, register, address)
    _comes_again(town, register, file)


def _says_who_decided(mina: Page, register: Register, address: str) -> None:
    """The page of the import says what stands here other than in the file, and by whose decision."""
    mina.goto(address)
    _follow(mina, "What is not as in the file")
    said = _text(mina)
    assert f"Matched by {OWNER}" in said
    whole = mina.locator("section", has_text="Decided for the whole register").first.inner_text()
    assert "the same for every row: Not known" in whole
    assert "is In operation" in whole
    rows = mina.locator("section", has_text="Entry by entry").last.locator("tbody tr").all_inner_texts()
    assert rows, said
    for row in rows:
        assert OWNER in row, f"nobody has decided {row}"


def _comes_again(town: Town, register: Register, file: Path) -> None:
    """The next edition changes an approved record, brings one and has lost one."""
    mina, sara = town.mina, town.sara
    _upload(mina, file, register.next)
    _press(mina, "Use that map as it is")
    assert "Approved records that this edition changes" in _text(mina)
    _press(mina, "Open a revision of it")
    said = _text(mina)
    assert "No longer in the file" in said
    # A register may say that a system went live; here it does so by a release.
    assert "Held back by a rule" in said
    assert "cannot be in operation: no approved deployment puts a release of it into use" in said
    assert re.search(r"New records\s+1\s", said), said[:1_500]
    assert re.search(r"Change a record\s+1\s", said), said[:1_500]
    assert not re.search(r"Cannot be imported\s+[1-9]", said), said[:1_500]
    _press(mina, re.compile("^Write 2 rows"))
    assert register.added in _text(mina)
    assert _state(sara, register.changed) == "Draft"
    assert _state(sara, register.gone) == "Approved", "what the file has lost is for a person to end"
