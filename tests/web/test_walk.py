"""The way of one decision, walked in a browser by following links alone, with scripts and without.

From the one-time link to a pack that another Python process has verified: no address is ever typed, so
whatever is missing on the way is missing for a newcomer too.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from tests.journeys.conftest import MANAGER
from tests.journeys.installation import Installation
from tests.web.chromium import clicked, touched, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SARA = "sara@halden.example"
SYSTEMS = {"scripts": "Claims Triage", "plain": "Fraud Score"}


def _events(slug: str, day: date, count: int, every: int) -> list[dict[str, Any]]:
    """``count`` decisions of a day, of which one in ``every`` ended in an error."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return [
        {
            "id": str(uuid4()),
            "time": (noon + timedelta(seconds=number)).isoformat().replace("+00:00", "Z"),
            "system": slug,
            "type": "decision",
            "outcome": "pay",
            "latency_ms": 120,
            **({"error": "timeout"} if number % every == 0 else {}),
        }
        for number in range(count)
    ]


@dataclass
class Town:
    """The installation that is walked through, and what stands outside it."""

    house: Installation
    token: str
    today: date

    def send(self, slug: str, *days: date, every: int = 1_000) -> None:
        """Send forty decisions for each day and wait until they are judged."""
        for day in days:
            batch = {"source": "walk", "events": _events(slug, day, 40, every)}
            assert self.house.post(batch, self.token).status == 201
        self.house.quiet()

    def sleep(self) -> None:
        """Let the afternoon of the next day come; tokens last no longer."""
        self.today += timedelta(days=1)
        noon = datetime(self.today.year, self.today.month, self.today.day, 13, tzinfo=UTC)
        self.house.live_on(noon)
        self.token = self.house.ask("token", email=MANAGER, scopes=["ingest"])

    def link(self, email: str) -> str:
        """A one-time link for somebody, as the operator's command prints it."""
        return str(json.loads(self.house.run("init", "--email", email, "--json"))["sign_in"])


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A small installation: two systems with a bad day each, a second manager, a running server."""
    house = Installation(tmp_path_factory.mktemp("walk") / "data")
    house.run("init", "--email", MANAGER, "--name", "Mina Okafor", "--organization", "Halden Insurance")
    house.start()
    made = Town(house, house.ask("token", email=MANAGER, scopes=["ingest"]), datetime.now(UTC).date())
    house.ask("hire", email=SARA, name="Sara Lind", role="aims-manager")
    for slug, title in SYSTEMS.items():
        values = {"title": title, "slug": slug, "purpose": "Sorts claims.", "lifecycle": "in operation"}
        house.ask("create", who=MANAGER, kind="ai-system", values=values)
        made.send(slug, made.today - timedelta(days=1), every=4)
    yield made
    house.close()


class Walker:
    """Somebody with a browser who clicks what can be seen, and nothing else."""

    def __init__(self, browser: Browser, town: Town, email: str, scripts: bool) -> None:
        self.context = window(
            browser,
            java_script_enabled=scripts,
            viewport={"width": 1280, "height": 900},
            base_url=town.house.url,
            accept_downloads=True,
        )
        self.page: Page = self.context.new_page()
        self.town, self.email = town, email
        self.sign_in()

    def sign_in(self) -> None:
        """Come in by a one-time link; a session does not last over night."""
        self.page.goto(self.town.link(self.email))
        clicked(self.page.get_by_role("button", name="Sign in"))

    @property
    def path(self) -> str:
        """Where the browser is now."""
        return "/" + self.page.url.split("://", 1)[1].partition("/")[2]

    def text(self) -> str:
        """What can be read on the page besides the frame around it."""
        return self.page.locator("main").inner_text()

    def menu(self, name: str) -> None:
        """An entry of the sidebar."""
        clicked(self.page.locator("#side").get_by_role("link", name=re.compile(f"^{name}")))

    def follow(self, name: str | re.Pattern[str], leads_to: str, inside: str = "main") -> None:
        """The first link of that name; where it leads is a path beginning or pattern."""
        clicked(self.page.locator(inside).get_by_role("link", name=name).first)
        self.arrived(leads_to)

    def first(self, selector: str, leads_to: str) -> None:
        """The first link of a list."""
        clicked(self.page.locator(selector).first)
        self.arrived(leads_to)

    def arrived(self, pattern: str) -> None:
        """Fail unless the browser is at a path that matches from its beginning."""
        assert re.match(pattern, self.path), f"{self.path} instead of {pattern}: {self.text()[:300]}"

    def fill(self, **values: str) -> None:
        """Fill fields of a form by name."""
        for name, value in values.items():
            field = self.page.locator(f"main form [name={name}]").last
            folded = field.locator("xpath=ancestor::details[not(@open)]/summary")
            if folded.count():
                touched(folded)
            if field.evaluate("node => node.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def press(self, name: str) -> None:
        """A button of the page."""
        clicked(self.page.locator("main").get_by_role("button", name=name, exact=True))

    def step(self, label: str, name: str, reason: str = "As agreed") -> None:
        """One step of the workflow, with a reason."""
        moves = self.page.locator("#moves")
        moves.wait_for()
        panel = moves.locator("details", has=self.page.locator(f"#m-{name}"))
        assert panel.count() == 1, f"{self.email} cannot take {name}: {moves.inner_text()}"
        if not panel.evaluate("node => node.open"):
            touched(panel.locator("summary"))
        panel.locator("[name=reason]").fill(reason)
        clicked(panel.get_by_role("button", name=label, exact=True))

    def state(self) -> str:
        """The state in the head of a record's page."""
        return self.page.locator(".cht .st").first.inner_text().strip()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_the_thirteen_hops_by_links_alone(
    browser: Browser, town: Town, tmp_path: Path, scripts: bool
) -> None:
    slug = "scripts" if scripts else "plain"
    mina = Walker(browser, town, MANAGER, scripts)
    sara = Walker(browser, town, SARA, scripts)
    assert mina.path == "/"
    event = received(mina, SYSTEMS[slug])
    suspicion = judged(mina, SYSTEMS[slug], event)
    confirmed(mina, suspicion)
    action = planned(mina, sara, town, suspicion)
    proved(mina, sara, town, slug, suspicion, action)
    told(mina, suspicion)
    reviewed(mina, town, SYSTEMS[slug])
    packed(mina, tmp_path)
    for one in (mina, sara):
        one.context.close()


def received(mina: Walker, title: str) -> str:
    """Hops 0 to 5: telemetry, its segment, one event with its proof, and the entry with its own."""
    mina.menu("Telemetry received")
    for row in range(mina.page.locator("tbody a").count()):
        clicked(mina.page.locator("tbody a").nth(row))
        if title in mina.text():
            break
        mina.page.go_back()
    mina.arrived(r"/telemetry/\d+/$")
    assert "40" in mina.text()
    event = mina.page.locator("tbody tr", has_text=title).locator("a").first.inner_text()
    mina.follow(event, rf"/telemetry/events/{event}/$")
    assert "Path in the segment" in mina.text()
    mina.follow(re.compile("signed, entry"), r"/trail/\d+/$")
    assert "Hashed again just now" in mina.text()
    mina.page.get_by_role("link", name="Download the proof").wait_for()
    mina.first("main dl a[href^='/telemetry/']", r"/telemetry/\d+/$")
    mina.follow(event, rf"/telemetry/events/{event}/$")
    return event


def judged(mina: Walker, title: str, event: str) -> str:
    """Hops 6 to 8: points over time, one result with its digests and run, the suspicion it raised."""
    mina.follow("what the checks read of it", r"/checks/\?subject=")
    assert title in mina.text()
    mina.follow(re.compile("^Error rate"), r"/checks/error-rate/")
    mina.page.locator("main svg.chart").wait_for()
    clicked(mina.page.locator("tbody tr", has_text="Over limit").locator("a").first)
    mina.arrived(r"/results/\d+/$")
    for word in ("Check source", "Evidence", "Root of the run", "25.0%"):
        assert word in mina.text()
    result = mina.path
    mina.follow(re.compile("^[0-9a-f]{8}-"), r"/telemetry/events/")
    mina.page.go_back()
    mina.follow(re.compile("signed, entry"), r"/trail/\d+/$")
    assert "Checks run" in mina.text()
    mina.page.go_back()
    assert mina.path == result
    mina.follow(re.compile("^See NCR-"), r"/records/NCR-\d+/$")
    assert mina.state() == "Suspected"
    mina.first("#results tbody a", re.escape(result))
    mina.follow(re.compile("^See NCR-"), r"/records/NCR-\d+/$")
    return mina.path


def confirmed(mina: Walker, suspicion: str) -> None:
    """Hop 9, the person: confirm with a reason, grade, contain."""
    mina.arrived(suspicion)
    mina.step("Confirm", "confirm", "A supplier's service timed out all day")
    assert mina.state() == "Open"
    mina.follow("Edit", rf"{suspicion}edit/$")
    # Whoever answers for it has no part in verifying it, so that it must not be Sara's.
    mina.fill(
        owner="Mina Okafor",
        grade="minor",
        containment="Claims went to the handlers by hand.",
        cause="One service was called without a time limit.",
        similar="Looked at the other callers: none does so.",
        correction="The claims of the day were decided by people.",
    )
    mina.press("Save")
    mina.arrived(suspicion)
    mina.step("Record containment", "contain")
    assert mina.state() == "Contained"


def planned(mina: Walker, sara: Walker, town: Town, suspicion: str) -> str:
    """Hop 9, the plan: a corrective action with its proof set beforehand, approved by a second person."""
    mina.follow("Plan a corrective action", r"/records/corrective-actions/new/\?nonconformity=NCR-")
    form = mina.page.locator("main form")
    assert form.locator("[name=effectiveness_check]").input_value() == "error-rate"
    assert "without a time limit" in form.locator("[name=cause]").input_value()
    mina.fill(
        title="Give every call a time limit",
        action="A time limit of two seconds on every call, and a test that finds a call without one.",
        due=(town.today + timedelta(days=30)).isoformat(),
        effectiveness_from=(town.today + timedelta(days=1)).isoformat(),
        effectiveness_until=(town.today + timedelta(days=3)).isoformat(),
        minimum_results="3",
    )
    mina.press("Record the corrective action")
    mina.arrived(r"/records/CAR-\d+/$")
    action = mina.path
    mina.step("Ask for review", "submit")
    assert mina.page.get_by_role("button", name="Approve").is_disabled()
    sara.menu("Corrective actions")
    sara.first(f"main a[href='{action}']", action)
    sara.step("Approve", "approve")
    assert sara.state() == "Approved"
    mina.first(f"main a[href='{suspicion}']", suspicion)
    mina.first(f"main a[href='{action}']", action)
    mina.step("Record that it was carried out", "carry-out")
    assert "Not proved yet" in mina.text()
    return action


def proved(mina: Walker, sara: Walker, town: Town, slug: str, suspicion: str, action: str) -> None:
    """Hop 10: results over the period that was set; a second person verifies."""
    for _ in range(3):
        town.sleep()
        town.send(slug, town.today)
    town.sleep()
    for walker in (mina, sara):
        walker.sign_in()
    sara.menu("Corrective actions")
    sara.first(f"main a[href='{action}']", action)
    assert sara.page.locator("#worked tbody tr").count() == 3
    sara.first("#worked tbody a", r"/results/\d+/$")
    sara.page.go_back()
    sara.arrived(rf"{action}$")
    sara.step("Verify that it works", "verify")
    assert sara.state() == "Verified"
    mina.menu("Nonconformities")
    mina.first(f"main a[href='{suspicion}']", suspicion)
    mina.step("Record the correction", "correct")
    sara.first(f"main a[href='{suspicion}']", suspicion)
    sara.step("Verify effectiveness", "verify")
    assert sara.state() == "Verified"


def told(mina: Walker, suspicion: str) -> None:
    """The history of the record with its entries, and the control with its two states."""
    mina.menu("Nonconformities")
    mina.first(f"main a[href='{suspicion}']", suspicion)
    mina.follow("Compare", rf"{suspicion}history/$")
    assert mina.text().count("Entry ") >= 6
    mina.follow(re.compile("^Entry "), r"/trail/\d+/$")
    mina.first(f"main a[href='{suspicion}']", suspicion)
    mina.follow(re.compile("^A.6.2.6"), r"/controls/A\.6\.2\.6/$")
    assert "Measured by checks" in mina.text()
    assert "Attested by a person" in mina.text()


def reviewed(mina: Walker, town: Town, title: str) -> None:
    """Hop 11: a management review whose inputs are gathered and frozen."""
    mina.menu("Home")
    mina.follow("Prepare management review", r"/records/management-reviews/new/")
    mina.fill(
        title=f"Review after {title}",
        period_from=(town.today - timedelta(days=30)).isoformat(),
        period_until=town.today.isoformat(),
    )
    mina.press("Record the management review")
    mina.follow("Inputs", r"/management-reviews/MRV-\d+/inputs/$")
    mina.press("Gather the inputs")
    assert "frozen since" in mina.text()
    assert "NCR-" in mina.text()


def packed(mina: Walker, folder: Path) -> None:
    """Hops 12 and 13: a pack, its download, and its verification by another Python as the page says."""
    mina.menu("Evidence packs")
    mina.fill(recipient="Nordic Certification", purpose="Stage 2 audit", sample="5")
    mina.press("Make the pack")
    mina.page.get_by_role("button", name="Draw and make the pack").wait_for()
    mina.fill(seed="by the auditor")
    mina.town.house.quiet()  # the entry that commits to the population is signed
    mina.press("Draw and make the pack")
    button = mina.page.get_by_role("button", name="Fetch the pack")
    button.wait_for()
    command = mina.page.locator("code", has_text="verify.py verify").inner_text()
    with mina.page.expect_download() as coming:
        touched(button)
    pack = folder / coming.value.suggested_filename
    coming.value.save_as(pack)
    mina.town.house.quiet()  # that the pack was fetched is an entry too
    mina.follow("verification page", r"/trail/verification/$")
    assert "The record is intact" in mina.text()
    assert "verify.py verify" in mina.text()
    key = shlex.split(command)[-1]
    assert key in mina.text()
    with zipfile.ZipFile(pack) as members:
        (folder / "verify.py").write_bytes(members.read("verify.py"))
    words = [sys.executable, "-I", *shlex.split(command)[1:]]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("VERIFIED")
    assert "no other version" in done.stdout
