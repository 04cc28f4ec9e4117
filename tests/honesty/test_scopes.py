"""Two people who describe what belongs to a system so that nobody asks about it any more."""

from __future__ import annotations

from typing import Any

import pytest
from tests.honesty.lines import attempt
from tests.honesty.organization import approved
from tests.honesty.world import World

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "The delivery ended with the first of the month."


def revised(world: World, reference: str, **values: Any) -> None:
    """A revision that two people put in force."""
    world.move("stig", reference, "revise")
    world.amend("stig", reference, **values)
    world.approve(reference, by="ingrid", author="stig")


def approve_easing(world: World, reference: str, days: int = 20, **values: Any) -> None:
    """The same of one that makes a check easier: refused without a reason and a day, taken with both."""
    world.move("stig", reference, "revise")
    world.amend("stig", reference, **values)
    refused = world.try_move("stig", reference, "submit")
    assert refused.status == 409, refused.text
    assert [row for row in refused.remedies if row.startswith("say until when")], refused.text
    world.amend("stig", reference, change_reason=WHY, accepted_until=world.day(days))
    world.approve(reference, by="ingrid", author="stig")


def unsuitable(world: World) -> str:
    """An approved supplier that was found unsuitable; its reference."""
    return approved(
        world, "supplier", title="Weather by Post", supplies=["data"], diligence="not suitable",
        assessed_on=world.day(-10), assessment="Asked in writing; no answer to half of the questions.",
        importance="medium",
    )  # fmt: skip


@attempt("G.suppliers-assessed", "G.duties-shared-out")
def test_a_supplier_is_not_left_unnamed_for_ever(kept: World) -> None:
    """The supplier that fails is taken off the dataset that names it, so that nobody asks about it."""
    supplier, reference = unsuitable(kept), kept.listed("dataset")[0]["reference"]
    revised(kept, reference, supplier=supplier)
    approve_easing(kept, reference, supplier=None)
    values = kept.record(reference)["values"]
    assert "suppliers-assessed" in values["eases"]
    assert "less missing" in values["back_test"]
    kept.wait(days=20)
    assert not tasks(kept), "the day itself counts"
    kept.wait(days=1)
    (task,) = tasks(kept)
    assert task["subject"] == reference
    kept.move("stig", reference, "revise")
    assert tasks(kept), "a draft confirms nothing"
    kept.amend("stig", reference, supplier=supplier)
    kept.approve(reference, by="ingrid", author="stig")
    assert kept.record(reference)["values"]["eases"] == "", "taken back: nothing ends"
    assert not tasks(kept)


def tasks(world: World) -> list[dict[str, Any]]:
    """What has lapsed, as its owner is told."""
    return [row for row in world.get("stig", "tasks")["items"] if row["task"] == "easing lapsed"]


@attempt("G.data-preparation", "G.data-quality")
def test_a_dataset_is_not_put_to_another_use_in_passing(kept: World) -> None:
    """A dataset is no training data any more, then belongs to nothing, before anything is missing of it."""
    reference = kept.listed("dataset")[0]["reference"]
    approve_easing(kept, reference, uses=["production"])
    assert kept.record(reference)["values"]["eases"] == "data-preparation"
    kept.move("stig", reference, "revise")
    kept.amend("stig", reference, systems=[])
    assert kept.try_move("stig", reference, "submit").status == 409, "the reason is that of the one before"
    kept.amend("stig", reference, change_reason="Nobody works with it any more.")
    kept.approve(reference, by="ingrid", author="stig")
    eased = kept.record(reference)["values"]["eases"].split(", ")
    assert {"data-preparation", "data-quality", "data-provenance"} <= set(eased)


@attempt("G.indicators-current")
def test_a_figure_is_not_asked_for_less_often_in_passing(kept: World) -> None:
    """An indicator measured monthly is measured yearly, while its last figure is in time."""
    reference = kept.listed("indicator")[0]["reference"]
    approve_easing(kept, reference, cadence="yearly")
    assert kept.record(reference)["values"]["eases"] == "indicators-current"


@attempt("F2", "G.soa-complete")
def test_a_component_is_not_renamed_to_leave_out_a_control(kept: World) -> None:
    """Computing on record speaks against leaving out A.4.5; before that is left out, it becomes a service."""
    reference = kept.listed("component")[0]["reference"]
    revised(kept, reference, type="computing")
    approve_easing(kept, reference, type="service")
    assert "soa-complete" in kept.record(reference)["values"]["eases"]


@attempt("B8", "G.data-quality")
def test_what_is_mended_is_no_easing(kept: World) -> None:
    """A worse finding about a dataset, then a better one, needs no end."""
    reference = kept.listed("dataset")[0]["reference"]
    revised(kept, reference, quality_verdict="not good enough")
    revised(kept, reference, quality_verdict="good enough", quality_found="0.1 % were missing this week.")
    assert kept.record(reference)["values"]["eases"] == ""
