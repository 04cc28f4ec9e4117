"""The four walks of `docs/howto/four-walks.md`, driven in a browser over the real pages, clicks counted.

One installation is walked through from empty: what a walk claims is done on pages alone. What lies outside a
walk (data that AI systems have sent before it begins) comes in by the doors that the senders use.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.urls import reverse
from tests.journeys.conftest import MANAGER
from tests.journeys.installation import Installation
from tests.waiting import until
from tests.web.chromium import clicked, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IDA, OLE, RITA, NADIA = (
    "ida@halden.example", "ole@halden.example", "rita@halden.example", "nadia@nordic.example",
)  # fmt: skip
PASSWORD = "a quiet ledger of claims"
DRIFTING, FAILING = "fraud-score", "quick-quote"
CONTROLS = 38
LEFT_OUT = "A.4.5"
MOST_CLICKS_TO_A_STATEMENT, CLICKS_TO_THE_DISTRIBUTION = 120, 3


class Walker:
    """Somebody with a browser. Every click, every key that chooses an option and every form that is sent is
    counted; typing is not, and neither are keys that only move."""

    def __init__(self, browser: Browser, house: Installation, link: str) -> None:
        self.context = window(
            browser, viewport={"width": 1280, "height": 900}, base_url=house.url, reduced_motion="reduce"
        )
        self.page: Page = self.context.new_page()
        self.clicks = 0
        self.page.goto(link)

    @property
    def path(self) -> str:
        """Where the browser is now."""
        return "/" + self.page.url.split("://", 1)[1].partition("/")[2]

    @property
    def main(self) -> Locator:
        """What stands in the frame of the page; that it has one is what no bare page fulfils."""
        return self.page.locator("main")

    def text(self) -> str:
        """What can be read on the page besides the frame around it."""
        return self.main.inner_text()

    def click(self, target: Locator) -> None:
        """One click, and the page that it leads to."""
        self.clicks += 1
        clicked(target)

    def link(self, name: str | re.Pattern[str], inside: str = "main") -> None:
        """The first link of that name."""
        self.click(self.page.locator(inside).get_by_role("link", name=name).first)

    def button(self, name: str | re.Pattern[str]) -> None:
        """The one button of that name."""
        self.click(self.main.get_by_role("button", name=name, exact=isinstance(name, str)))

    def field(self, label: str, inside: str) -> Locator:
        """The first field with this label that can be seen."""
        found = self.page.locator(inside).get_by_label(
            re.compile(rf"^\s*{re.escape(label)}\s*(optional|needed)?\s*$")
        )
        return found.filter(visible=True).first

    def choose(self, label: str, option: str | re.Pattern[str], inside: str = "main") -> None:
        """An option of a field that offers some."""
        self.clicks += 1
        field = self.field(label, inside)
        text = field.locator("option").filter(has_text=option).first.inner_text()
        field.select_option(label=text.strip())

    def tick(self, label: str, inside: str = "main") -> None:
        """A box by its label."""
        self.clicks += 1
        self.field(label, inside).check()

    def key(self, key: str, *, chooses: bool) -> None:
        """A key of the page; one that only moves from row to row is no choice."""
        self.clicks += chooses
        self.page.keyboard.press(key)

    def type(self, label: str, text: str, inside: str = "main") -> None:
        """Text into a field."""
        self.field(label, inside).fill(text)

    def step(self, name: str, label: str, **texts: str) -> None:
        """A step taken in its panel, which stands open where somebody was led to it, with what it asks."""
        panel = f"#step-{name}"
        if not self.page.locator(f"{panel} details").evaluate("node => node.open"):
            self.click(self.page.locator(f"{panel} summary"))
        for name, text in texts.items():
            self.type(name.replace("_", " ").capitalize(), text, panel)
        self.click(self.page.locator(panel).get_by_role("button", name=label, exact=True))

    def at(self, pattern: str) -> None:
        """Fail unless the browser is at a path that matches, on a page with the frame of the product."""
        assert re.fullmatch(pattern, self.path), f"{self.path} instead of {pattern}: {self.text()[:400]}"
        assert self.page.locator("#side").count() == 1, f"{self.path} is a bare page"

    def state(self) -> str:
        """The state in the head of a record's page."""
        return self.page.locator(".cht .st").first.inner_text().strip()

    def told(self, house: Installation, text: str) -> None:
        """Whoever has something to do learns it: a count in the shell, a line in My work, a notice."""
        # My work counts anew; beside it on other pages the count may be a minute old.
        self.page.goto(reverse("my-work"))
        if text not in self.text() and self.main.get_by_role("link", name="Show them").count():
            self.link("Show them")
        assert text in self.text(), self.text()[:600]
        self.page.goto("/")
        count = self.page.locator("#side").get_by_role("link", name=re.compile("^My work")).inner_text()
        assert re.search("[1-9]", count), count
        house.ask("look_for_notices")

        def noticed() -> bool:
            self.page.goto("/notices/")
            return text in self.text()

        until(noticed, self.text, pause=0.5)


@dataclass
class Town:
    """The installation that is walked through, its people, and the day."""

    house: Installation
    browser: Browser
    first_link: str
    today: date
    people: dict[str, Walker] = field(default_factory=dict)

    def invited(self, email: str, name: str, role: str, **more: str) -> str:
        """Have Mina make an account with a role and an invitation on the pages; the invitation's address."""
        mina = self.people[MANAGER]
        if mina.path != "/people/":
            mina.page.goto("/people/")
        mina.type("E-mail address", email)
        mina.type("Name", name)
        mina.button("Make the account")
        give = "section[aria-labelledby=give]"
        mina.choose("Role", re.compile(f"^{role}:"), give)
        if "scope" in more:
            mina.choose("Scope", more["scope"], give)
            mina.type("Last day", more["ends"], give)
        mina.button("Give the role")
        mina.button("Make an invitation")
        return mina.page.locator("#invitation-address").inner_text()

    def arrive(self, email: str, invitation: str) -> Walker:
        """Set a password by the invitation and sign in with it."""
        walker = Walker(self.browser, self.house, invitation)
        page = walker.page
        page.locator("[name=password]").fill(PASSWORD)
        walker.click(page.get_by_role("button", name="Set the password"))
        page.locator("[name=email]").fill(email)
        page.locator("[name=password]").fill(PASSWORD)
        walker.click(page.get_by_role("button", name="Sign in", exact=True))
        walker.at("/")
        self.people[email] = walker
        return walker

    def hire(self, email: str, name: str, role: str, **more: str) -> Walker:
        """Somebody who comes in by an invitation."""
        return self.arrive(email, self.invited(email, name, role, **more))

    def send(self, *batches: list[dict[str, Any]]) -> None:
        """Let AI systems send decisions, and wait until they are judged."""
        token = self.house.ask("token", email=MANAGER, scopes=["ingest"])
        events = [event for batch in batches for event in batch]
        assert self.house.post({"source": "walk", "events": events}, token).status == 201
        self.house.quiet()


def decisions(slug: str, day: date, count: int, **more: Any) -> list[dict[str, Any]]:
    """Decisions of one day; ``amount`` is an input of all, ``more`` are fields of the first ten of them."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    amount = more.pop("amount", None)
    return [
        {
            "id": str(uuid4()),
            "time": (noon + timedelta(seconds=number)).isoformat().replace("+00:00", "Z"),
            "system": slug,
            "type": "decision",
            "outcome": "pay",
            "latency_ms": 120,
            **({"features": {"amount": amount + number % 50}} if amount is not None else {}),
            **(more if number < 10 else {}),
        }
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """An empty installation: one account, and the link that its operator hands over."""
    house = Installation(tmp_path_factory.mktemp("walks") / "data")
    made = house.run("init", "--email", MANAGER, "--name", "Mina Okafor", "--json")
    house.start()
    yield Town(house, browser, json.loads(made)["sign_in"], datetime.now(UTC).date())
    house.close()


@pytest.fixture(scope="module")
def governed(town: Town) -> Town:
    """The installation once its statement of applicability is approved; the first walk."""
    mina = town.people[MANAGER] = Walker(town.browser, town.house, town.first_link)
    mina.click(mina.page.get_by_role("button", name="Sign in"))
    mina.link("Name your organization")
    mina.type("Name of the organization", "Halden Insurance")
    mina.button("Save the settings")
    mina.link("Home", "#side")
    mina.link("Invite a second person")
    ida = town.arrive(IDA, town.invited(IDA, "Ida Strand", "Top management"))
    mina.link("Home", "#side")
    mina.link("Register your first AI system")
    mina.type("Title", "Claims Triage")
    mina.button("Record the AI system")
    mina.link("Home", "#side")
    mina.link("Decide which controls apply")
    decided_by_keyboard(mina)
    approved_together(town, ida)
    mina.link("Applicability", "#side")
    mina.type("What this version is for", "Stage 2 audit")
    mina.button("Freeze and send for approval")
    assert mina.state() == "In review"
    ida.told(town.house, "Statement of applicability, ")
    ida.page.goto("/")
    ida.link("Open My work")
    ida.link(re.compile(r"^Approve\s*: Statement of applicability"))
    ida.at(r"/records/SOA-0001/.*")
    ida.step("approve", "Approve")
    assert ida.state() == "Approved"
    return town


def decided_by_keyboard(mina: Walker) -> None:
    """Every control of Annex A: one is left out in its row, all others apply for one reason."""
    mina.at("/statement-of-applicability/")
    mina.link(re.compile("^Undecided"))
    rows = mina.page.locator("tr[data-decide]")
    assert rows.count() == CONTROLS
    mina.key("j", chooses=False)
    # Yes, and taken back: the row is as it was recorded, and nothing of it is sent.
    mina.key("y", chooses=True)
    assert mina.page.locator("#yes-A\\.2\\.2").is_checked()
    mina.key("z", chooses=True)
    assert not mina.page.locator("#yes-A\\.2\\.2").is_checked()
    for _ in range(CONTROLS):
        here = mina.page.evaluate("document.activeElement.closest('[data-row]').id")
        if here == f"r-{LEFT_OUT}":
            mina.key("n", chooses=True)
            mina.key("e", chooses=True)
            mina.page.keyboard.type("All computing is rented.")
            mina.key("Escape", chooses=False)
        else:
            mina.key("x", chooses=True)
        mina.key("j", chooses=False)
    mina.click(mina.page.locator(".selbar summary"))
    mina.click(mina.page.locator("label[for=yes-all]"))
    # What is missing is said in the words of the page, and everything typed is still there.
    mina.page.locator("#reason-all").fill("Our AI policy asks for it.")
    mina.button("Save and ask for review")
    assert "A.2.2, needed because of:" in mina.text()
    assert (
        mina.page.locator(f"#reason-{LEFT_OUT}".replace(".", "\\.")).input_value()
        == "All computing is rented."
    )
    mina.tick("Our own policy asks for it", ".selbar")
    mina.button("Save and ask for review")
    assert f"{CONTROLS} rows wait for a second person" in mina.text()


def approved_together(town: Town, ida: Walker) -> None:
    """What waits is found where work is found, and approved in one go after a preview."""
    ida.told(town.house, "AI policy")
    ida.page.goto("/")
    ida.link("Open My work")
    ida.link("Approve them together")
    ida.button(f"Approve {CONTROLS} rows")
    ida.button(f"Change {CONTROLS} records")

    def done() -> bool:
        ida.page.reload()
        return f"{CONTROLS} of {CONTROLS} are done" in ida.text()

    until(done, ida.text, pause=0.5)


@pytest.fixture(scope="module")
def watched(governed: Town) -> Town:
    """The same with an AI system in operation, which has drifted and had one bad day, and its people."""
    town, house = governed, governed.house
    town.hire(OLE, "Ole Berg", "System owner")
    town.hire(RITA, "Rita Vos", "Reviewer")
    month = town.today.replace(day=1)
    last = (month - timedelta(days=1)).replace(day=1)
    before = (last - timedelta(days=1)).replace(day=1)
    running = {"purpose": "Scores claims.", "lifecycle": "in operation", "owner": OLE}
    compared = {"reference_from": str(before), "reference_until": str(before + timedelta(days=6))}
    approved_by_ida(house, "ai-system", {"title": "Fraud Score", "slug": DRIFTING, **running, **compared})
    approved_by_ida(house, "ai-system", {"title": "Quick Quote", "slug": FAILING, **running})
    authority = {
        "title": "What Mina may decide",
        "person": MANAGER,
        "acts": ["no action"],
        "grade": "minor",
        "basis": "Decision of the board.",
        "valid_until": str(town.today + timedelta(days=365)),
    }
    approved_by_ida(house, "authority", authority)
    bad, good = (town.today - timedelta(days=ago) for ago in (2, 1))
    town.send(
        decisions(DRIFTING, before + timedelta(days=2), 600, amount=0),
        decisions(FAILING, bad, 40, error="timeout"),
    )
    town.send(
        decisions(DRIFTING, last + timedelta(days=9), 600, amount=80),
        decisions(FAILING, good, 40),
    )
    return town


def approved_by_ida(house: Installation, kind: str, values: dict[str, Any]) -> None:
    """A record that Mina wrote and Ida approved."""
    reference = house.ask("create", who=MANAGER, kind=kind, values=values)["reference"]
    house.ask("move", who=MANAGER, reference=reference, step="submit")
    house.ask("move", who=IDA, reference=reference, step="approve")


def test_from_empty_to_a_statement_that_a_second_person_approved(governed: Town) -> None:
    clicks = {name: governed.people[name].clicks for name in (MANAGER, IDA)}
    assert sum(clicks.values()) <= MOST_CLICKS_TO_A_STATEMENT, clicks


def test_a_suspicion_is_closed_and_every_step_is_on_the_page(watched: Town) -> None:
    ole, mina, rita = (watched.people[name] for name in (OLE, MANAGER, RITA))
    title = "Error rate over its limit in Quick Quote"
    ole.told(watched.house, title)
    opened(ole, title)
    ole.choose("Grade", re.compile("^Minor"), "#step-confirm")
    ole.step("confirm", "Confirm", reason="The scoring service timed out all day.")
    assert ole.state() == "Open"
    # Refused, and back in the same place with what was typed.
    ole.link(re.compile("^Record containment"))
    ole.step("contain", "Record containment", consequences="None that we know of.")
    assert ole.state() == "Open"
    ole.step("contain", "Record containment", containment="People decided the claims of the day.")
    assert ole.state() == "Contained"
    ole.link(re.compile("^Record the correction"))
    ole.step(
        "correct", "Record the correction",
        cause="One service was called without a time limit.",
        similar_cases="The other callers: none does so.",
        correction="The claims of the day were decided by people.",
        why_no_corrective_action_is_needed="A single lapse; the time limit is set.",
    )  # fmt: skip
    assert ole.state() == "Corrected"
    mina.told(watched.house, title)
    opened(mina, title)
    mina.step("verify", "Verify effectiveness")
    assert mina.state() == "Verified"
    rita.told(watched.house, title)
    opened(rita, title)
    rita.step("close", "Close")
    assert rita.state() == "Closed"


def opened(walker: Walker, title: str) -> None:
    """From My work to the panel of the step that waits, which stands open."""
    walker.page.goto(reverse("my-work"))
    wanted = walker.main.locator("li", has_text=title)
    if not wanted.count():
        walker.link("Show them")
    walker.click(wanted.get_by_role("link").last)
    walker.at(r"/records/NCR-\d+/\?step=.*")


def test_an_engineer_sees_the_distribution_and_sends_a_first_event(watched: Town) -> None:
    ole = watched.people[OLE]
    ole.told(watched.house, "Input drift in Fraud Score")
    ole.page.goto("/")
    ole.clicks = 0
    ole.link("Live checks", "#side")
    ole.click(ole.main.get_by_role("link", name=re.compile("Over limit")).first)
    ole.at(rf"/checks/input-drift[a-z-]*/{DRIFTING}/")
    assert ole.clicks <= CLICKS_TO_THE_DISTRIBUTION
    assert "What moved" in ole.text()
    assert ole.main.get_by_role("img", name=re.compile("^amount, reference and now")).is_visible()
    ole.button("Judge again under other limits")
    assert "Windows beyond it" in ole.text()
    assert "at most 0.25 in force" in " ".join(ole.text().split())
    ole.link("Telemetry received", "#side")
    ole.link("Send your first event")
    ole.choose("AI system", re.compile("Fraud Score"))
    ole.button("Make a token")
    program = ole.page.locator("pre#curl").inner_text()
    assert "Nothing has arrived with this token yet." in ole.text()
    answer = subprocess.run(
        ["sh", "-c", program], capture_output=True, text=True, timeout=60, check=True, env=dict(os.environ)
    )
    assert json.loads(answer.stdout)["accepted"] == 1, answer.stdout + answer.stderr
    # The page was not loaded anew: what arrived comes by itself.
    ole.page.locator("[data-arrived]").wait_for()
    ole.link("receipt of the event")
    ole.at(r"/telemetry/events/[0-9a-f-]+/")


def test_an_auditor_finds_the_evidence_of_a_control_as_of_a_day(watched: Town) -> None:
    mina = watched.people[MANAGER]
    ends = str(watched.today + timedelta(days=30))
    nadia = watched.hire(NADIA, "Nadia Haddad", "External auditor", scope="Governance", ends=ends)
    rows = watched.house.ask("facts", kind="applicability")
    reference = next(row["reference"] for row in rows if row["requirement"] == "iso42001:A.6.2.6")
    mina.page.goto(f"/records/{reference}/")
    mina.type("Add a comment", "The row, and what stands behind it.")
    mina.choose("Whom it asks", "Nadia Haddad")
    mina.button("Comment")
    title = "AI system operation and monitoring"
    nadia.told(watched.house, title)
    nadia.page.goto(reverse("my-work"))
    nadia.link(title)
    nadia.at(rf"/records/{reference}/.*")
    nadia.link(re.compile(r"^A\.6\.2\.6"))
    nadia.at(r"/controls/A\.6\.2\.6/")
    as_of(nadia, watched.today)
    assert reference in nadia.page.locator("#evidence").inner_text()
    nadia.click(nadia.main.locator(f"a[href^='/records/{reference}/']").first)
    nadia.at(rf"/records/{reference}/\?as_of={watched.today}")
    assert "Our AI policy asks for it." in nadia.text()
    # The day before nothing was there yet, and the page says so in place of showing today.
    nadia.page.go_back()
    as_of(nadia, watched.today - timedelta(days=1))
    assert reference not in nadia.text()
    nadia.page.goto("/search/?q=Fraud+Score")
    assert "Nothing that you may see has" in nadia.text(), "AI systems lie outside the scope"


def as_of(walker: Walker, day: date) -> None:
    """The page as of a day, by the clock in the bar at the top."""
    walker.click(walker.page.get_by_label("Show this page as of another day"))
    walker.page.get_by_label("As of the end of").fill(str(day))
    walker.click(walker.page.get_by_role("button", name="Show", exact=True))
    assert f"as_of={day}" in walker.path
    assert "You see what was recorded, judged and in force on" in walker.text()
