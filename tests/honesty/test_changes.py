"""Changes of the AIMS (6.3): approved before they begin, carried out as they were approved, and reviewed.

Without the minimal record, or with one person's word alone, 6.3 says so. Every door refuses the same.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.honesty.world import GOOD, World

from plumbline.records import kinds

pytestmark = pytest.mark.django_db(transaction=True)


def planned(office: World, *, begins: int = 0, due: int = 20, **changed: Any) -> str:
    """A change of the AIMS as Mina writes it, which begins and is due so many days from today."""
    days = {"begins_on": office.day(begins).isoformat(), "due": office.day(due).isoformat()}
    return office.make("change", owner=office.people["mina"].handle, **{**days, **changed})


def carried_out(office: World, reference: str, **changed: Any) -> str:
    """The same, begun and reported by Mina."""
    office.move("mina", reference, "begin")
    report = {"done_on": office.day().isoformat(), "result": "yes", "outcome": "The chat has its new owner."}
    office.amend("mina", reference, **{**report, **changed})
    office.move("mina", reference, "carry-out")
    return reference


def test_an_approved_change_is_what_6_3_needs_and_without_it_says_so(office: World) -> None:
    reference = planned(office)
    assert office.words("6.3") == {"6.3": "Nothing to judge"}, "a draft shows nothing"
    office.approve(reference)
    assert office.words("6.3") == {"6.3": "Operating"}
    office.move("mina", reference, "propose-abandonment")
    office.move("sara", reference, "abandon")
    seen = office.seen("6.3")
    assert not seen.good
    assert "There are none: changes of the AIMS" in seen.reasons


def test_a_change_that_begins_without_an_approval_is_named(office: World) -> None:
    reference = planned(office, begins=3)
    assert office.try_move("mina", reference, "begin").refused
    office.wait(days=4)
    seen = office.seen("6.3")
    assert not seen.good
    assert "and is not approved" in seen.reasons
    office.move("mina", reference, "submit")
    refused = office.try_move("sara", reference, "approve")
    assert refused.refused
    assert [fault["field"] for fault in refused.json["errors"]] == ["begins_on"]


def test_a_change_is_reviewed_by_somebody_without_a_part_in_it(office: World) -> None:
    reference = carried_out(office, office.approve(planned(office)))
    assert office.try_move("mina", reference, "review").refused
    assert office.words("6.3")["6.3"] in GOOD
    office.wait(days=20 + 90)
    assert office.words("6.3")["6.3"] in GOOD, "the last day on which one person's word counts"
    office.wait(days=1)
    seen = office.seen("6.3")
    assert not seen.good
    assert "is what one person says" in seen.reasons
    office.move("sara", reference, "review")
    assert office.words("6.3")["6.3"] in GOOD
    office.wait(days=400)
    assert "There are none: changes of the AIMS" in office.seen("6.3").reasons


def test_what_was_approved_is_carried_out_as_it_stands(office: World) -> None:
    reference = office.approve(planned(office))
    assert office.try_amend("mina", reference, due=office.day(90).isoformat()).refused
    office.move("mina", reference, "begin")
    for changed in ({"due": office.day(90).isoformat()}, {"consequences": "None."}):
        refused = office.try_amend("mina", reference, **changed)
        assert refused.refused
        assert [fault["field"] for fault in refused.json["errors"]] == list(changed)
    office.wait(days=21)
    seen = office.seen("6.3")
    assert not seen.good
    assert "and is not carried out" in seen.reasons


def test_it_does_not_begin_early_nor_end_before_its_approval(office: World) -> None:
    early = office.approve(planned(office, begins=5))
    refused = office.try_move("mina", early, "begin")
    assert refused.refused
    assert "is still to come" in refused.text
    office.wait(days=5)
    office.move("mina", early, "begin")
    empty = office.try_move("mina", early, "carry-out")
    assert {fault["field"] for fault in empty.json["errors"]} == {"done_on", "result", "outcome"}
    refused = office.try_amend("mina", early, done_on=office.day(-1).isoformat())
    assert [fault["field"] for fault in refused.json["errors"]] == ["done_on"]
    assert all(refused.remedies)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"begins_on": "2026-06-02", "due": "2026-06-01"}, "due"),
        ({"parts": "everything"}, "parts"),
        ({"done_on": "2031-01-01"}, "done_on"),
        ({"duties": "RSP-0099"}, "duties"),
    ],
)
def test_what_is_wrong_is_refused_at_every_door(office: World, changed: dict[str, Any], field: str) -> None:
    """Page and API name the field, say what to do, and write nothing; an import names what it leaves out."""
    good = office.record(planned(office))["values"]
    wrong = {**{name: value for name, value in good.items() if value}, **changed}
    listed = {name: [value] if name in ("parts", "duties") else value for name, value in changed.items()}
    before = len(office.listed("change"))
    refused = office.try_create("mina", "change", **{**wrong, **listed})
    assert refused.refused
    assert [fault["field"].partition(".")[0] for fault in refused.json["errors"]] == [field]
    page = reverse("record-new", args=[kinds.get("change").plural])
    assert office.press("mina", page, **wrong).status not in (302, 500)
    assert len(office.listed("change")) == before
    told = {name: str(value) for name, value in wrong.items() if not isinstance(value, list)}
    assert field in office.import_csv("mina", "change", [told]).text


def test_a_change_goes_its_way_on_the_page_and_the_command_line(office: World) -> None:
    reference = planned(office)
    assert "How the AIMS stays whole" in office.page("mina", reverse("record", args=[reference]))
    office.press_move("mina", reference, "submit")
    office.press_move("sara", reference, "approve")
    assert office.record(reference)["state"] == "approved"
    page = office.page("mina", reverse("record", args=[reference]))
    assert "Begin" in page
    office.press_move("mina", reference, "begin")
    assert office.record(reference)["state"] == "under way"
    printed = office.cli("export", "change")
    assert reference in printed
    assert "under way" in printed
