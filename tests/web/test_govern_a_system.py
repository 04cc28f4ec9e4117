"""The tutorial `docs/tutorial/govern-a-system.md`, driven in a browser from an empty installation to its end.

What the tutorial prints in bold is what a reader presses or fills in. The walk takes it from the pages by
that name, and at the end both lists are the same: a label that is on no page, and one that the tutorial does
not name, fail.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.journeys.conftest import MANAGER
from tests.journeys.installation import PROJECT, Installation
from tests.web.chromium import touched
from tests.web.test_four_walks import IDA, RITA, Town, Walker

from plumbline.kernel.states import MeasuredState

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TUTORIAL = PROJECT / "docs" / "tutorial" / "govern-a-system.md"
BOLD = re.compile(r"\*\*(.+?)\*\*", re.S)
SYSTEM, VERSION, NEXT = "Claims triage", "4.3", "4.4"
GATE_OPEN, GATE_CLOSED = 0, 3
CHANGED = {
    **dict.fromkeys(
        ("5.2", "A.2.2", "A.4.3", "A.5.4", "A.6.2.2", "A.6.2.4", "A.6.2.5"), str(MeasuredState.RECORDED)
    ),
    **dict.fromkeys(("6.1.4", "8.4", "10.2", "A.6.2.8"), str(MeasuredState.OPERATING)),
}
"""What the tutorial says of requirements at its end."""


def named_in_bold() -> set[str]:
    """Every label that the tutorial prints in bold."""
    return {" ".join(label.split()) for label in BOLD.findall(TUTORIAL.read_text(encoding="utf-8"))}


class Reader(Walker):
    """Somebody who follows the tutorial. What is pressed or filled in is noted by its label."""

    used: set[str]

    def noted(self, label: str) -> str:
        """``label``, from now on among those that were found on a page."""
        self.used.add(label)
        return label

    def named(self, label: str, inside: str = "main") -> Locator:
        """The first link or button of that name that can be seen."""
        exact = re.compile(rf"^{re.escape(label)}(?:\s.*)?$", re.S)
        place = self.page.locator(inside)
        found = place.get_by_role("link", name=exact).or_(place.get_by_role("button", name=exact))
        return found.filter(visible=True).first

    def press(self, label: str, inside: str = "main") -> None:
        """A link or a button."""
        self.click(self.named(self.noted(label), inside))

    def menu(self, label: str) -> None:
        """An entry of the side bar."""
        self.press(label, "#side")

    def labelled(self, label: str, inside: str) -> Locator:
        """The field of that name, in a section that is opened where it is folded."""
        wanted = re.compile(rf"^\s*{re.escape(self.noted(label))}(\s+(optional|needed.*))?\s*$", re.S)
        tag = self.page.locator(inside).locator("label, .lab").filter(has_text=wanted).first
        for folded in tag.locator("xpath=ancestor::details[not(@open)]").all():
            touched(folded.locator("xpath=./summary"))
        return tag

    def of_label(self, label: str, inside: str) -> Locator:
        """The field of that name itself."""
        tag = self.labelled(label, inside)
        if not tag.count():
            return self.field(label, inside)
        return self.page.locator(f"[id='{tag.get_attribute('for')}']")

    def put(self, inside: str = "main", **values: str) -> None:
        """Texts and answers into fields; a blank stands for a space in the name of a field."""
        for name, value in values.items():
            field = self.of_label(name.replace("_", " "), inside)
            if field.evaluate("node => node.tagName") == "SELECT":
                offered = [text.strip() for text in field.locator("option").all_inner_texts()]
                alike = [text for text in offered if text.startswith(value)]
                field.select_option(label=value if value in offered else alike[0])
            else:
                field.fill(value)

    def tick_of(self, label: str, *options: str) -> None:
        """Boxes of a field that takes several answers."""
        tag = self.labelled(label, "main")
        group = tag.locator("xpath=following-sibling::*[@role='group']").first
        for option in options:
            group.get_by_label(re.compile(rf"^\s*{re.escape(option)}")).first.check()

    def take(self, step: str, label: str, why: str = "", **values: str) -> str:
        """A step in its panel, with what it asks; the state that follows."""
        panel = f"#step-{step}"
        if not self.page.locator(f"{panel} details").evaluate("node => node.open"):
            self.click(self.page.locator(f"{panel} summary"))
        if why:
            values["Reason"] = why
        self.put(panel, **values)
        self.click(self.page.locator(panel).get_by_role("button", name=self.noted(label), exact=True))
        assert not self.page.locator(".errors").count(), self.page.locator(".errors").inner_text()
        return self.state()

    def record(self) -> str:
        """Record the form; the reference of what was made."""
        self.click(self.main.get_by_role("button", name=re.compile("^Record the ")))
        assert "/new/" not in self.path, self.text()[:600]
        return self.path.split("/")[2]

    def open(self, reference: str) -> None:
        """A record, as it is now."""
        self.page.goto(f"/records/{reference}/")

    def waits(self, title: str, label: str) -> None:
        """What *My work* offers to do about the record of that title."""
        self.menu("My work")
        row = self.main.locator("li", has_text=title).filter(has=self.page.get_by_role("link", name=label))
        self.click(row.first.get_by_role("link", name=re.compile(f"^{self.noted(label)}")).last)


class Story:
    """The installation, its three people and what they have made."""

    def __init__(self, town: Town) -> None:
        self.town, self.house = town, town.house
        self.before = measured(town.house)
        self.used: set[str] = set()
        self.ida: Reader
        self.rita: Reader
        self.made: dict[str, str] = {}
        self.mina = self.comes_in(town.first_link)
        self.mina.press("Sign in", "body")
        town.people[MANAGER] = self.mina

    def comes_in(self, link: str) -> Reader:
        """A browser for somebody."""
        reader = Reader.__new__(Reader)
        reader.used = self.used
        Walker.__init__(reader, self.town.browser, self.house, link)
        return reader

    def day(self, ahead: int = 0) -> str:
        """A day as forms take it."""
        return (self.town.today + timedelta(days=ahead)).isoformat()

    def invited(self, email: str, name: str, role: str) -> Reader:
        """Somebody for whom Mina makes an account, and who sets a password."""
        mina = self.mina
        mina.put(**{"E-mail address": email, "Name": name})
        mina.press("Make the account")
        mina.put("section[aria-labelledby=give]", Role=f"{role}:")
        mina.press("Give the role")
        mina.press("Make an invitation")
        reader = self.comes_in(mina.page.locator("#invitation-address").inner_text())
        for label in ("Set the password", "Sign in"):
            for field, typed in (("email", email), ("password", "a quiet ledger of claims")):
                place = reader.page.locator(f"[name={field}]")
                if place.count():
                    place.fill(typed)
            reader.press(label, "body")
        return reader

    def approved(self, title: str, reader: Reader, reference: str = "") -> None:
        """Mina asks for review where she stands; another one finds it in *My work* and approves it."""
        if reference:
            self.mina.open(reference)
        assert self.mina.take("submit", "Ask for review") == "In review", self.mina.text()[:600]
        reader.waits(title, "Approve")
        assert reader.take("approve", "Approve") == "Approved"


@pytest.fixture(scope="module")
def story(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """An empty installation, and the link that its operator hands over."""
    house = Installation(tmp_path_factory.mktemp("govern") / "data")
    house.settings["PLUMBLINE_PUBLISH_INTERVAL"] = "1"
    made = house.run("init", "--email", MANAGER, "--name", "Mina Okafor", "--json")
    house.start()
    yield Story(Town(house, browser, json.loads(made)["sign_in"], datetime.now(UTC).date()))
    house.close()


def test_the_tutorial_from_an_empty_installation_to_a_closed_incident(story: Story) -> None:
    organization(story)
    registered(story)
    refused(story)
    specified(story)
    risk_accepted(story)
    release_prepared(story)
    assessed_and_validated(story)
    live(story)
    heard(story)
    incident(story)
    changed(story)
    everything_is_there(story)


def organization(story: Story) -> None:
    """Chapter 1: the name, two more people, the AI policy and the criteria for risks."""
    mina = story.mina
    mina.press("Name your organization")
    mina.put(Name_of_the_organization="Halden Insurance")
    mina.press("Save the settings")
    mina.menu("Home")
    mina.press("Invite a second person")
    story.ida = story.invited(IDA, "Ida Strand", "Top management")
    mina.page.goto("/people/")
    story.rita = story.invited(RITA, "Rita Vos", "Reviewer")
    mina.menu("Starting points")
    for title in ("AI policy", "Criteria for AI risks"):
        mina.page.get_by_label(mina.noted(title), exact=True).check()
    mina.press("Make drafts of what is ticked")
    for kind, title in (("Policies", "AI policy"), ("Risk criteria", "Criteria for AI risks")):
        mina.menu(kind)
        mina.click(mina.main.get_by_role("link", name=title).first)
        story.made[title] = mina.path.split("/")[2]
        story.approved(title, story.ida)

    scope(story)


def scope(story: Story) -> None:
    """The last of chapter 1: where the management system begins and ends."""
    mina = story.mina
    mina.menu("Scopes")
    mina.press("New scope")
    mina.put(
        Title="Scope of the AI management system",
        Scope="Development and use of AI for claims of Halden Insurance.",
        Activities="We build one system and use it; clauses 4 to 10 and the controls apply.",
        Boundaries="All units; reinsurers and hosting are outside, by contract.",
        Sites="Bergen.",
        Climate_change="No, it is not",
        Why="Weather bears on our claims and not on how AI is governed.",
        Next_review=story.day(300),
    )
    mina.tick_of("Our roles", "AI producer")
    story.made["scope"] = mina.record()
    story.approved("Scope of the AI management system", story.ida)


def registered(story: Story) -> None:
    """Chapter 2: four fields."""
    mina = story.mina
    mina.menu("Home")
    mina.press("Register your first AI system")
    mina.put(
        Title=SYSTEM,
        Slug="claims-triage",
        Purpose="Sorts motor claims by urgency for the desk in Bergen. It decides on no claim.",
        **{"Life-cycle state": "In development"},
    )
    story.made["system"] = mina.record()
    story.approved(SYSTEM, story.ida)


def refused(story: Story) -> None:
    """Chapter 3: it cannot go live, and each reason is named."""
    mina = story.mina
    mina.open(story.made["system"])
    assert "Its tier is high" in mina.text()
    mina.press("Revise")
    mina.take("revise", "Revise", why="What it does to people was not said yet.")
    mina.press("Edit")
    mina.put(**{"Life-cycle state": "In operation"})
    mina.press("Save")
    said = mina.page.locator(".errors").inner_text()
    for reason in (
        "no approved deployment puts a release of it into use",
        "No approved specification in date",
        "No approved impact assessment is of a release",
        "No confirmed test",
        "No confirmed look at bias",
        "No confirmed red team",
        f"No risk of {story.made['system']} is recorded",
        f"{story.made['system']} does not say who watches it or how it is stopped",
    ):
        assert reason in said, said
    assert "already exists" not in mina.text()
    mina.put(
        Autonomy="Suggests",
        Human_oversight="A handler sees every proposal and decides.",
        How_to_stop_it="The duty lead switches the queue to plain order of arrival.",
        Effect_on_people="Direct",
        **{"Life-cycle state": "In development"},
    )
    mina.tick_of("People affected", "Customers")
    mina.tick_of("Data it handles", "Personal data")
    mina.tick_of("Regions", "Other Europe")
    mina.press("Save")
    story.approved(SYSTEM, story.ida)
    mina.open(story.made["system"])
    assert "Its tier is raised" in mina.text()


def specified(story: Story) -> None:
    """Chapter 4: what it shall do."""
    mina = story.mina
    mina.open(story.made["system"])
    mina.press("Specify the system")
    mina.put(
        Title="What claims triage shall do",
        What_it_is_for="Handlers find urgent claims first.",
        Intended_use="The desk in Bergen; a claim goes in, an urgency from 1 to 3 comes out.",
        Requirements="R1: sorts claims by urgency | 95 of 100 as an expert would\n"
        "R2: is as good for each language | 3 points apart at most",
        Next_review=story.day(300),
    )
    story.made["specification"] = mina.record()
    story.approved("What claims triage shall do", story.ida)


def risk_accepted(story: Story) -> None:
    """Chapter 5: a risk, its treatment, and what remains of it."""
    mina, ida, title = story.mina, story.ida, "Claims in one language wait longer"
    mina.open(story.made["system"])
    mina.press("Add a risk")
    mina.put(
        Title=title,
        What_may_happen="Claims in Polish and Finnish are sorted as less urgent than they are.",
        Risk_source="C.3.4",
    )
    story.made["risk"] = mina.record()
    figures = {
        "Likelihood": "3",
        "Harm to individuals or groups": "4",
        "Harm to society": "1",
        "Harm to the organization": "2",
    }
    assert mina.take("assess", "Record the assessment", **figures, Assessed_on=story.day()) == "Assessed"
    mina.press("Plan a treatment")
    mina.put(
        Title="Train with claims in each language",
        Option="Reduce",
        What_is_done="Train again with claims in both languages; compare every month.",
        Other_controls="Two readers for each claim until then.",
        Due=story.day(60),
        How_success_is_seen="Languages differ by 3 points at most.",
    )
    story.made["treatment"] = mina.record()
    story.approved("Train with claims in each language", ida)
    mina.open(story.made["risk"])
    after = {f"{name} after treatment": value for name, value in figures.items()} | {
        "Likelihood after treatment": "2",
        "Harm to individuals or groups after treatment": "3",
    }
    state = mina.take(
        "treat", "Record the treatment", Response="Reduce", **after, Accepted_until=story.day(180)
    )
    assert state == "Treated"
    ida.waits(title, "Accept the residual risk")
    state = ida.take("accept", "Accept the residual risk", why="Within what we accept.")
    assert state == "Accepted"


def release_prepared(story: Story) -> None:
    """Chapter 6: what it is made of, and the release."""
    mina = story.mina
    mina.open(story.made["system"])
    mina.press("Add a component")
    mina.put(Title="Triage model", Type="Model", Version=VERSION)
    story.made["component"] = mina.record()
    story.approved("Triage model", story.ida)
    mina.open(story.made["system"])
    mina.press("Add a dataset")
    mina.put(
        Title="Claims of two years",
        Content="One row is one motor claim.",
        Source="From our own business",
        Version="2025-12",
    )
    mina.tick_of("Used for", "Training")
    story.made["dataset"] = mina.record()
    story.approved("Claims of two years", story.ida)
    story.made["release"] = prepared(story, VERSION, "The first release.")


def prepared(story: Story, version: str, changes: str) -> str:
    """A release of what is registered, in review; its reference."""
    mina = story.mina
    mina.open(story.made["system"])
    mina.press("Prepare a release")
    mina.put(Title=f"Claims triage {version}", Version=version, What_changed=changes)
    mina.tick_of("Components", "Triage model")
    mina.tick_of("Datasets", "Claims of two years")
    reference = mina.record()
    assert mina.take("submit", "Ask for review") == "In review"
    return reference


def assessed_and_validated(story: Story) -> None:
    """Chapter 7: what the gate still misses, from the page of the release."""
    mina, ida = story.mina, story.ida
    mina.open(story.made["release"])
    mina.press("Assess impacts")
    mina.put(
        Title="Impacts of triage",
        Reason="New system",
        Assessed_on=story.day(),
        Who_took_part="Claims desk and data science, led by Mina Okafor.",
        Intended_use="The desk in Bergen sorts motor claims by urgency.",
        Foreseeable_misuse="Somebody reads the urgency as a decision.",
        Effects_on_individuals="Some wait longer for their money.",
        Effects_on_groups="Claims in small languages, see the risk.",
        Effects_on_society="None that we know of.",
        Safeguards="A handler reads each claim the same day.",
        Likelihood_of_the_gravest_effect="2",
        Gravest_harm_to_individuals="2",
        Gravest_harm_to_groups="2",
        Gravest_harm_to_society="1",
        Can_it_be_undone="Easily",
        Conclusion="Go ahead",
    )
    mina.tick_of("People affected", "Customers")
    story.made["impact"] = mina.record()
    story.approved("Impacts of triage", ida)
    both = "R1 share as an expert would >= 0.95\nR2 difference between languages <= 3 points"
    found = "R1 share as an expert would = 0.97\nR2 difference between languages = 2 points"
    for title, limits, results in (
        ("Test of claims triage", both, found),
        ("Look at languages", both.split("\n")[1], found.split("\n")[1]),
    ):
        mina.open(story.made["release"])
        mina.press("Validate it")
        mina.put(
            Title=title,
            Method="Two experts sort each case without seeing the proposal.",
            Data="400 claims of January; none was used for training.",
            Limits=limits,
        )
        story.made[title] = mina.record()
        assert mina.take("set-limits", "Set the limits") == "Limits set"
        begun = mina.page.locator("#step-measure textarea").first.input_value()
        assert "R2 difference between languages =  points" in begun
        state = mina.take(
            "measure",
            "Record the results",
            Measured_on=story.day(),
            Results=results,
            Where_the_results_are="Run 214 in the evaluation store.",
        )
        assert state == "Measured"
        ida.waits(title, "Confirm")
        assert ida.take("confirm", "Confirm") == "Confirmed"


def live(story: Story) -> None:
    """Chapter 8: release and deployment approved, the record of the system, the gate, and live."""
    mina, ida, system = story.mina, story.ida, story.made["system"]
    ida.waits(f"Claims triage {VERSION}", "Approve")
    assert ida.take("approve", "Approve") == "Approved"
    assert "All is there that its tier asks for." in ida.text()
    mina.open(story.made["release"])
    mina.press("Plan its deployment")
    mina.put(
        Title="4.3 at the desk in Bergen",
        Where="Desk in Bergen, 40 handlers",
        What_is_watched="Overrides, daily for two weeks; back at more than 20 in 100.",
        Way_back="The duty lead switches the queue to order of arrival; two minutes.",
    )
    story.made["deployment"] = mina.record()
    story.approved("4.3 at the desk in Bergen", ida)
    mina.open(story.made["deployment"])
    needed = " ".join((mina.page.locator("#step-go-live").text_content() or "").split())
    assert f"{SYSTEM} {system} is not recorded as in operation" in needed
    mina.open(system)
    mina.press("Revise")
    mina.take("revise", "Revise", why="Release 4.3 goes live.")
    mina.press("Edit")
    mina.put(
        Current_release=VERSION,
        Released_on=story.day(),
        In_operation_since=story.day(),
        **{"Life-cycle state": "In operation"},
    )
    mina.press("Save")
    story.approved(SYSTEM, ida)
    mina.open(story.made["deployment"])
    assert mina.take("go-live", "Go live") == "Live"
    assert gate(story, VERSION, GATE_OPEN)["open"] is True
    told(story)


def told(story: Story) -> None:
    """The last of chapter 8: two notices, of which one speaks of the data."""
    for title, audience, learned, text in (
        ("What triage learned from", "People who use the system", "Claims of two years",
         "It learned from claims of two years; forms in small languages are rare among them."),
        ("A program sorts your claim", "People whom its output touches", "",
         "A program proposes how urgent your claim is. A person decides; call us to have it read."),
    ):  # fmt: skip
        mina = story.mina
        mina.open(story.made["system"])
        mina.press("Write an information notice")
        mina.put(
            Title=title, About="The system", Wording=text, Language="English", Version="1",
            Channel="In the product", Next_review=story.day(300),
        )  # fmt: skip
        mina.tick_of("To whom", audience)
        if learned:
            mina.tick_of("Data it speaks of", learned)
        story.made[title] = mina.record()
        story.approved(title, story.ida)


def gate(story: Story, version: str, code: int) -> dict[str, Any]:
    """What ``plumbline gate`` says, as a build asks it over the network."""
    token = story.house.ask("token", email=MANAGER, scopes=["write"])
    words = ("gate", "--system", "claims-triage", "--release", version, "--url", story.house.url, "--json")
    answer = json.loads(story.house.run(*words, code=code, PLUMBLINE_TOKEN=token))
    report: dict[str, Any] = answer["report"]
    return report


def heard(story: Story) -> None:
    """Chapter 9: the first event arrives with its receipt."""
    mina = story.mina
    mina.open(story.made["system"])
    mina.press("Send its first event")
    mina.press("Make a token")
    program = mina.page.locator("pre#curl").inner_text()
    sent = subprocess.run(["sh", "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(sent.stdout)["accepted"] == 1, sent.stdout + sent.stderr
    mina.page.locator("[data-arrived]").wait_for()
    mina.press("receipt of the event")
    assert "Path in the segment" in mina.text()


def incident(story: Story) -> None:
    """Chapter 10: an incident, its nonconformity, the cause, the corrective action, and who closes."""
    mina, ida, rita, title = story.mina, story.ida, story.rita, "Forms in Polish were rejected"
    mina.open(story.made["system"])
    mina.press("Report an incident")
    mina.put(Title=title, What_happened="Forty claims in Polish were sorted as empty.")
    reference = story.made["incident"] = mina.record()
    state = mina.take(
        "confirm", "Confirm", why="Seen in the queue.", Happened_on=story.day(), Noticed_on=story.day(),
        Type="Unfair", Severity="Limited",
    )  # fmt: skip
    assert state == "Open"
    state = mina.take(
        "contain", "Record containment", What_was_done_at_once="All forms go to handlers.",
        Evidence_kept_on=story.day(), What_was_kept="Events and version 4.3, in the evidence store.",
    )  # fmt: skip
    assert state == "Contained"
    mina.press("Record its nonconformity")
    mina.put(Own_rule="No claim is rejected unread: specification of the system, R2.")
    story.made["nonconformity"] = mina.record()
    assert f"{reference} names it now" in mina.page.locator("body").inner_text()
    corrected(story, title)
    mina.open(reference)
    state = mina.take(
        "correct", "Record the correction",
        Timeline=f"{story.day()} 09:30 A handler calls.\n{story.day()} 09:50 Switched off for all forms.",
        Cause="No text was read as an empty form.", What_was_learned="No text is not empty.",
        What_they_were_told="Nobody lost anything: each claim was read the same day.",
        **{"Are users told?": "No"},
    )  # fmt: skip
    assert state == "Corrected"
    verified_and_closed(story, reference)
    assert rita.state() == "Closed"
    assert ida.path.startswith(f"/records/{reference}/")


def corrected(story: Story, title: str) -> None:
    """The nonconformity from its confirmation to its closing."""
    mina, ida, reference = story.mina, story.ida, story.made["nonconformity"]
    assert mina.take("confirm", "Confirm", why="It was so.", Grade="Minor") == "Open"
    assert mina.take("contain", "Record containment") == "Contained"
    mina.press("Plan a corrective action")
    mina.put(
        Title="Read every alphabet",
        Cause_it_removes="The reader returns no text for letters that it does not know.",
        What_is_done="Another reader, and a test with forms in each language.",
        Due=story.day(20),
        What_else_shows_it="Twenty forms in Polish are read and sorted.",
    )
    story.made["action"] = mina.record()
    story.approved("Read every alphabet", ida)
    mina.open(story.made["action"])
    state = mina.take("carry-out", "Record that it was carried out", why="The new reader is in use.")
    assert state == "Carried out"
    ida.open(story.made["action"])
    state = ida.take("verify", "Verify that it works", why="Twenty of twenty forms were read.")
    assert state == "Verified"
    mina.open(reference)
    state = mina.take(
        "correct", "Record the correction", Cause="No text was read as an empty form.",
        Similar_cases="The other readers: none does so.", Correction="The forty claims were read by people.",
    )  # fmt: skip
    assert state == "Corrected"
    verified_and_closed(story, reference)


def verified_and_closed(story: Story, reference: str) -> None:
    """Two people who have no part in it: one verifies, the other closes."""
    for reader, step, label, state in (
        (story.ida, "verify", "Verify effectiveness", "Verified"),
        (story.rita, "close", "Close", "Closed"),
    ):
        reader.open(reference)
        assert reader.take(step, label, why="Read and checked.") == state


def changed(story: Story) -> None:
    """Chapter 11: one dataset becomes another, and what rests on it is named, and nothing else."""
    mina, made = story.mina, story.made
    mina.open(made["dataset"])
    mina.press("Revise")
    mina.take("revise", "Revise", why="Claims of this year are added.")
    mina.press("Edit")
    mina.put(Version="2026-11")
    mina.press("Save")
    story.approved("Claims of two years", story.ida)
    made["next"] = prepared(story, NEXT, "Trained again with the claims of this year.")
    report = gate(story, NEXT, GATE_CLOSED)
    stale = [
        (row["kind"], row["record"], tuple(row["fields"]), tuple(row["parts"])) for row in report["stale"]
    ]
    assert set(stale) == {
        ("impact-assessment", made["impact"], ("basis", "group_effects"), ("dataset",)),
        ("risk", made["risk"], (), ("dataset",)),
        ("validation", made["Test of claims triage"], (), ("dataset",)),
        ("validation", made["Look at languages"], (), ("dataset",)),
        ("information-notice", made["What triage learned from"], (), ("dataset",)),
    }  # fmt: skip
    assert [row["name"] for row in report["needs"] if not row["met"]] == [
        "approval", "impact", "validation: test", "validation: bias", "requirements",
    ]  # fmt: skip
    shown = mina.page.locator("#gate").inner_text()
    assert "To be looked at anew" in shown
    assert made["What triage learned from"] in shown.partition("To be looked at anew")[2]
    for other in ("specification", "A program sorts your claim"):
        assert made[other] not in shown.partition("To be looked at anew")[2]


def everything_is_there(story: Story) -> None:
    """The state of the system, of the gate, of the requirements and of the trail; and each label was used."""
    made = story.made
    story.house.quiet()
    story.mina.open(made["system"])
    assert story.mina.state() == "Approved"
    assert not story.mina.page.locator("#way").count(), "it is in operation"
    after = measured(story.house)
    assert {number: after[f"iso42001:{number}"] for number in CHANGED} == CHANGED
    assert not {number for number in CHANGED if story.before[f"iso42001:{number}"] == CHANGED[number]}
    entries = json.loads(story.house.run("trail", "entries", "--limit", "10000", "--json"))
    told = Counter((entry["type"], entry["about"]) for entry in entries)
    for name, reference in made.items():
        assert told["record.created", reference] == 1, name
        assert told["record.moved", reference], name
    assert told["gate.asked", made["release"]] == 1
    assert told["gate.asked", made["next"]] == 1
    assert story.used == named_in_bold() - {"Bold"}


def measured(house: Installation) -> dict[str, str]:
    """What is measured of each requirement."""
    return {row["requirement"]: row["measured"] for row in json.loads(house.run("posture", "--json"))}
