"""What a newcomer stumbles over: each step is offered where it can be taken, with what is known filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.web import reading

from plumbline.clauses.operation import components
from plumbline.kernel import acceptance_lines, release_parts
from plumbline.web.words import ended, of_fault

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

pages = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def page_of(client: Client, reference: str) -> reading.Page:
    answer = client.get(f"/records/{reference}/")
    assert answer.status_code == 200
    return reading.read(answer.content)


def errors(answer: Any) -> str:
    """What a form was refused for."""
    return str(answer.content.decode()).partition('class="errors"')[2][:1500]


def links(page: reading.Page) -> set[str]:
    return {one.get("href", "") for one in page.all("a")}


def helper(house: House, **more: Any) -> str:
    """A system of four fields that is not in operation."""
    values = {"title": "Helper", "slug": "helper", "purpose": "Answers.", "lifecycle": "planned"}
    return house.make("ai-system", **values | more)


# -- plain rules ---------------------------------------------------------------------------------------


def test_each_type_of_component_is_a_part_of_a_release() -> None:
    """An agent or a server of tools in a release was an error of the server."""
    assert release_parts.SORTS.keys() == dict(components.CHOICES["type"]).keys()
    assert set(release_parts.SORTS.values()) <= set(release_parts.PARTS)


def test_results_begin_with_the_limits_that_they_answer() -> None:
    limits = "R1 share sorted right >= 0.95\nR2 difference <= 3 points"
    begun = acceptance_lines.awaited(limits)
    assert begun.splitlines() == ["R1 share sorted right = ", "R2 difference =  points"]
    filled = begun.replace("right = ", "right = 0.97").replace("=  points", "= 2 points")
    assert acceptance_lines.missing(limits, filled) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("is empty", "is empty."), ("Say when.", "Say when."), ("Who? ", "Who?"), ("", "")],
)
def test_a_sentence_has_one_full_stop(text: str, sentence: str) -> None:
    assert ended(text) == sentence


def test_a_fault_reads_as_sentences() -> None:
    assert of_fault("Say when.", "a date such as 2026-11-20") == "Say when. A date such as 2026-11-20."
    assert of_fault("is empty", "") == "is empty."


# -- pages ---------------------------------------------------------------------------------------------


class TestPages:
    """The pages that offer the steps."""

    pytestmark = pages

    def test_a_system_that_is_not_live_shows_its_whole_way_with_the_acts(
        self, house: House, mina: Client
    ) -> None:
        system = helper(house)
        page = page_of(mina, system)
        for text in (
            "Its tier is high",
            "12 things are missing",
            "is not approved yet.",
            "No approved specification in date",
            "No release says what is to go live.",
            "No approved impact assessment is of a release.",
            "No confirmed red team",
            "does not say who watches it or how it is stopped.",
            "is not recorded as in operation.",
        ):
            assert text in page.prose, text
        for kind in ("specifications", "releases", "risks"):
            assert f"/records/{kind}/new/?system={system}" in links(page), kind
        # Before there is a release nothing of it can be validated.
        assert not [href for href in links(page) if href.startswith("/records/validations/new/")]

    def test_what_is_under_way_is_opened_and_not_begun_twice(self, house: House, mina: Client) -> None:
        system = helper(house)
        draft = house.make("specification", title="What it shall do", system=system)
        release = house.make("release", title="Helper 1", system=system, version="1", changes="First.")
        page = page_of(mina, system)
        assert f"Open {draft}" in page.prose
        assert f"Open {release}" in page.prose
        assert f"{release} is not approved yet." in " ".join(page.prose.split())

    def test_a_live_system_is_on_no_way_and_a_viewer_is_offered_no_act(
        self, house: House, mina: Client
    ) -> None:
        assert "The way into operation" not in page_of(mina, house.references["system"]).prose
        page = page_of(house.client("viewer"), helper(house))
        assert "The way into operation" in page.prose
        assert not [href for href in links(page) if "/new/?" in href or "step=revise" in href]

    def test_what_nothing_names_yet_is_begun_from_the_page(self, house: House, mina: Client) -> None:
        """A section begins with its first record, so that the way to the first one stands elsewhere."""
        system = house.references["system"]
        page = page_of(mina, system)
        assert "Not recorded yet" in page.prose
        incident = f"/records/incidents/new/?system={system}"
        assert incident in links(page)
        house.make("incident", title="Forms rejected", description="Forty.", system=system)
        page = page_of(mina, system)
        shown = {one.get("href", ""): one for one in page.all("a")}
        assert incident in shown  # now it stands at its section
        begun = mina.get(f"/records/{system}/").content.decode().partition('id="begin"')[2]
        assert incident not in begun.partition("</section>")[0]

    def test_what_is_begun_from_a_release_is_of_its_system(self, house: House, mina: Client) -> None:
        system = helper(house)
        release = house.make("release", title="Helper 1", system=system, version="1", changes="First.")
        page = page_of(mina, release)
        assert f"/records/deployments/new/?release={release}&system={system}" in links(page)

    def test_an_approved_record_offers_to_revise_it_where_edit_stood(
        self, house: House, mina: Client
    ) -> None:
        from plumbline.records import commands

        system = helper(house)
        assert "step=revise" not in str(links(page_of(mina, system)))
        commands.move(house.actor("aims-manager"), system, "submit", revision=1)
        commands.move(house.actor("top-management"), system, "approve", revision=2)
        page = page_of(mina, system)
        assert f"/records/{system}/?step=revise#step-revise" in links(page)
        assert f"/records/{system}/edit/" not in links(page)

    def test_who_waits_for_somebody_else_is_not_led_to_take_it_back(self, house: House, mina: Client) -> None:
        from plumbline.records import commands

        system = helper(house)
        commands.move(house.actor("aims-manager"), system, "submit", revision=1)
        page = page_of(mina, system)
        assert "step=return" not in str(links(page))
        assert "Return to draft" in page.prose
        assert "step=approve" in str(links(page_of(house.client("top-management"), system)))

    def test_a_refused_edit_does_not_call_its_own_name_taken(self, house: House, mina: Client) -> None:
        from plumbline.records import forms, queries

        system = helper(house)
        record, kind = queries.find(house.actor("aims-manager"), system)
        saved = {name: value for name, value in forms.initial_values(record, kind).items() if value}
        typed = saved | {"lifecycle": "in operation", "revision": "1"}
        answer = mina.post(f"/records/{system}/edit/", typed)
        page = reading.read(answer.content)
        assert answer.status_code == 409
        assert "already exists" not in page.prose
        assert "no approved deployment puts a release of it into use." in page.prose
        assert f"No risk of {system} is recorded." in page.prose
        other = mina.post(f"/records/{system}/edit/", typed | {"slug": "claims-triage"})
        assert other.status_code in {409, 422}
        assert "already exists" in reading.read(other.content).prose

    def test_an_incident_is_taken_on_as_a_nonconformity_with_what_is_known(
        self, house: House, mina: Client
    ) -> None:
        from plumbline.records import commands, queries

        actor, system = house.actor("aims-manager"), house.references["system"]
        incident = house.make(
            "incident", title="Forms rejected", description="Forty.", system=system, type="unfair",
            severity="limited", happened_on="2026-11-18", noticed_on="2026-11-19",
        )  # fmt: skip
        assert "Record its nonconformity" not in page_of(mina, incident).prose, "nobody has confirmed it"
        commands.move(actor, incident, "confirm", revision=1, reason="Seen.")
        (href,) = [one for one in links(page_of(mina, incident)) if "named_by=" in one]
        form = mina.get(href).content.decode()
        for known in ("Forms rejected", "Forty.", "2026-11-19"):
            assert known in form
        typed = {
            "title": "Forms rejected", "description": "Forty.", "system": system, "own_rule": "Read each.",
            "source": "observation", "grade": "not graded",
        }  # fmt: skip
        answer = mina.post(href, typed, follow=True)
        assert f"{incident} names it now" in reading.read(answer.content).prose
        record, _ = queries.find(actor, incident)
        (made,) = record.nonconformities.all()
        assert made.title == "Forms rejected"
        assert "Record its nonconformity" not in page_of(mina, incident).prose

    def test_what_may_not_be_changed_does_not_name_it_and_that_is_said(
        self, house: House, mina: Client
    ) -> None:
        risk = house.references["risk"]
        values = {
            "title": "Forms rejected",
            "description": "Forty.",
            "own_rule": "Read each.",
            "source": "observation",
            "grade": "not graded",
        }
        answer = mina.post(
            "/records/nonconformities/new/?named_by=INC-0999.nonconformities", values, follow=True
        )
        assert "INC-0999 does not name it" in reading.read(answer.content).prose, errors(answer)
        # A field that holds other kinds is left alone.
        mina.post(f"/records/nonconformities/new/?named_by={risk}.system", values, follow=True)
        mina.post(f"/records/nonconformities/new/?named_by={risk}.nowhere", values, follow=True)

    def test_the_panels_of_a_risk_mark_all_that_their_step_needs(self, house: House, mina: Client) -> None:
        from plumbline.records import commands

        risk, actor = house.references["risk"], house.actor("aims-manager")

        def needed(step: str) -> set[str]:
            html = mina.get(f"/records/{risk}/").content.decode()
            panel = reading.read(html.partition(f'id="step-{step}"')[2].partition("</form>")[0])
            fields = (*panel.all("input"), *panel.all("select"), *panel.all("textarea"))
            return {one["name"].removeprefix("f-") for one in fields if "required" in one}

        assert needed("assess") == {"likelihood", "assessed_on"}
        judged = {
            "likelihood": 3,
            "harm_to_individuals": 4,
            "harm_to_society": 1,
            "assessed_on": "2026-11-19",
        }
        commands.move(actor, risk, "assess", values=judged, revision=1)
        assert needed("treat") == {
            "response", "residual_likelihood", "residual_harm_to_individuals", "residual_harm_to_society",
        }  # fmt: skip


def test_somebody_without_a_first_step_is_not_told_to_begin_with_it() -> None:
    from plumbline.web.home import blockers
    from plumbline.wording import english

    assert "first step" in english(blockers.verdict((), blank=True))
    assert "first step" not in english(blockers.verdict((), blank=True, begins=False))
