"""The page of a record as a hub: what stands around it, what is missing, and the act that adds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.web import reading

from plumbline.clauses.rules import MATRIX, Level
from plumbline.controls import registry, system_status
from plumbline.controls.system_status import MissingMember, SystemStatus
from plumbline.controls.verdicts import MemberVerdict
from plumbline.kernel.messages import Message, Ref, say
from plumbline.kernel.states import MemberState
from plumbline.records import kinds
from plumbline.records.kinds import HubSection
from plumbline.records.related import queries as related
from plumbline.web.hubs import declaration, matrices

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def page_of(house: House, reference: str, role: str = "aims-manager") -> str:
    answer = house.client(role).get(f"/records/{reference}/")
    assert answer.status_code == 200
    return answer.content.decode()


def named(house: House, reference: str, role: str = "aims-manager") -> dict[tuple[str, str], list[str]]:
    from plumbline.records import queries

    actor = house.actor(role)
    record, kind = queries.find(actor, reference)
    rows, _ = related.naming(actor, kind, record)
    return {(row.kind.slug, row.field): [one.reference for one in row.records] for row in rows}


def test_records_that_name_a_system_are_found_by_any_sort_of_field(house: House) -> None:
    """One query over fields that hold one record and over those that hold several."""
    system = house.references["system"]
    component = house.make("component", title="Triage model", type="model", systems=[system])
    second = house.make("risk", title="Later", system=system, description="Seen.")
    found = named(house, system)
    assert found["component", "systems"] == [component]
    assert found["risk", "system"] == [second, house.references["risk"]]  # newest first


def test_what_the_reader_may_not_see_stands_in_no_section(house: House) -> None:
    system = house.references["system"]
    assert ("risk", "system") in named(house, system)
    answer = house.client("external-auditor").get(f"/records/{system}/")
    assert answer.status_code in {403, 404} or house.references["risk"] not in answer.content.decode()


def test_the_number_of_records_that_name_one_is_bounded(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plumbline.records import queries

    monkeypatch.setattr(related, "MOST_NAMING", 2)
    system = house.references["system"]
    for number in range(3):
        house.make("risk", title=f"Risk {number}", system=system, description="Seen.")
    actor = house.actor("aims-manager")
    record, kind = queries.find(actor, system)
    rows, is_capped = related.naming(actor, kind, record)
    assert is_capped
    assert sum(len(row.records) for row in rows) == 2


def test_a_record_that_names_a_system_is_begun_from_its_page_and_linked(house: House) -> None:
    """The act of a section leads to a form that has the link already."""
    system = house.references["system"]
    page = reading.read(page_of(house, system).encode())
    links = {attrs.get("href", "") for attrs in page.all("a")}
    risk = f"/records/risks/new/?system={system}"
    assert risk in links
    form = reading.read(house.client("aims-manager").get(risk).content)
    filled = [attrs.get("value", "") for tag in ("input", "option") for attrs in form.all(tag)]
    assert [value for value in filled if system in value]


def test_a_reader_without_the_right_is_offered_no_act(house: House) -> None:
    page = reading.read(page_of(house, house.references["system"], "viewer").encode())
    assert not [one for one in page.all("a") if "/new/?" in one.get("href", "")]


def test_nothing_empty_is_shown(house: House) -> None:
    """Fields without a value take no row; a section without anything is not there."""
    text = page_of(house, house.references["system"])
    page = reading.read(text.encode())
    assert "Not filled in yet:" in page.prose
    assert 'id="components"' not in text
    assert 'id="decisions"' not in text


def test_what_a_page_of_an_earlier_day_shows_is_of_that_day_alone(house: House) -> None:
    """What stands around it is read of today, and so left out and said to be."""
    from plumbline.kernel import clock

    system, day = house.references["system"], clock.today().isoformat()
    text = house.client("aims-manager").get(f"/records/{system}/?as_of={day}").content.decode()
    assert 'id="verdict"' not in text
    assert 'id="risks"' not in text
    assert "stands on its" in text


def test_a_kind_to_come_declares_its_section_beside_itself(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No page is edited for it: the declaration alone makes the section."""
    system = house.references["system"]
    house.make("deviation", title="One reviewer in storms", system=system)
    assert "Departures from rules" not in page_of(house, system)
    kind = kinds.get("deviation")
    declared = HubSection("system", "Departures from rules", 66, columns=("expires_on",), adds="Allow one")
    monkeypatch.setitem(vars(kind), "hubs", (declared,))
    text = page_of(house, system)
    assert "Departures from rules" in text
    assert f"/records/deviations/new/?system={system}" in text


@pytest.mark.parametrize(
    ("check", "message", "address"),
    [
        (
            "users-informed",
            say("test.none", "has no approved user information"),
            "/records/documents/new/?systems={system}&type=instructions",
        ),
        ("systems-owned", say("test.owner", "has no owner"), "/records/{system}/edit/"),
        (
            "risks-in-hand",
            say("test.risk", "has {risk}, which is overdue", risk=Ref("RSK-0001")),
            "/records/RSK-0001/",
        ),
    ],
)
def test_what_is_missing_is_named_with_the_act_that_adds_it(
    house: House, monkeypatch: pytest.MonkeyPatch, check: str, message: Message, address: str
) -> None:
    """A new record of the kind that answers the check, the record at fault, or the system's own."""
    system = house.references["system"]
    member = MemberVerdict(Ref(system), MemberState.MISSING, message, system)
    status = SystemStatus({}, (), (MissingMember(registry.get(check), member),))
    monkeypatch.setattr(system_status, "of_system", lambda actor, slug: status)
    text = page_of(house, system)
    section = text.partition('id="missing"')[2].partition("</section>")[0]
    assert f'href="{address.format(system=system)}"'.replace("&", "&amp;") in section
    assert registry.get(check).title in section


def test_a_section_that_lists_nothing_of_its_kind_is_refused() -> None:
    kind = kinds.get("deviation")
    with pytest.raises(ValueError, match="refers to no other record"):
        kinds._check_hub_section(kind, HubSection("departure", "Departures", 1))


def test_two_sections_of_one_kind_cannot_have_one_anchor() -> None:
    with pytest.raises(ValueError, match="two sections"):
        declaration.section("ai-system", "risks", "Risks", 1)(lambda hub: None)


class FakeRisk:
    """What the matrices read of a risk."""

    def __init__(self, **values: Any) -> None:
        self.level = self.residual_level = self.likelihood = self.residual_likelihood = None
        for harm in matrices.HARMS:
            setattr(self, harm, None)
            setattr(self, f"residual_{harm}", None)
        for name, value in values.items():
            setattr(self, name, value)


JUDGED = {
    "likelihood": 4,
    "harm_to_individuals": 2,
    "harm_to_society": 4,
    "level": int(MATRIX[3][3]),
    "residual_likelihood": 2,
    "residual_harm_to_society": 2,
    "residual_level": int(MATRIX[1][1]),
}


def test_the_gravest_harm_places_a_risk() -> None:
    """Harms are never netted: the gravest one decides the cell."""
    assert matrices.plotted(FakeRisk(**JUDGED), 1, None).before == (4, 4)


@pytest.mark.parametrize(
    ("today", "place", "is_between"),
    [(Level.MODERATE, (2, 2), False), (Level.HIGH, (4, 4), False), (Level.ELEVATED, None, True)],
)
def test_of_today_only_a_level_that_is_known_by_its_figures_has_a_cell(
    today: Level, place: tuple[int, int] | None, is_between: bool
) -> None:
    """Between the two levels no likelihood is known, so that a mark in some cell would be invented."""
    plot = matrices.plotted(FakeRisk(**JUDGED), 1, today)
    assert (plot.level_before, plot.level_after) == (Level.HIGH, Level.MODERATE)
    assert plot.today == place
    assert plot.is_between is is_between


def test_a_risk_nobody_has_judged_stands_in_no_matrix_and_says_so() -> None:
    plot = matrices.plotted(FakeRisk(), 1, None)
    assert (plot.before, plot.after, plot.today) == (None, None, None)
    assert [word for _, word, _ in plot.levels] == ["Not judged"] * 3
    assert not plot.is_graver
