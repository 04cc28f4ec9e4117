"""Forty real reports of the AI Vulnerability Database come in as incidents and risks, and claim nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from plumbline.identity.actors import Actor
from plumbline.imports import commands, plan
from plumbline.records import commands as door
from plumbline.records import queries as records

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
FILE = Path(__file__).parents[1] / "data" / "incidents" / "avid_vulnerabilities_2022_2023.jsonl"


@pytest.mark.parametrize(("kind", "state"), [("incident", "suspected"), ("risk", "identified")])
def test_real_reports_come_in_and_claim_nothing(kind: str, state: str, mina: Actor) -> None:
    content = FILE.read_bytes()
    assert commands.run(mina, plan.plan_file(mina, kind, content, "")).state == "done"
    found = records.claimed(kind)
    assert len(found) == 40
    assert {row["state"] for row in found} == {state}
    uber = next(row for row in found if row["title"] == "Uber AV Killed Pedestrian in Arizona")
    assert "incidentdatabase.ai" in uber["description"]
    if kind == "incident":
        assert {(row["severity"], row["system"], row["tell"]) for row in found} == {("", None, "")}
    again = plan.plan_file(mina, kind, content, "")
    assert again.counts["create"] == again.counts["amend"] == 0


MAP = """
kind: incident
key: {columns: [id]}
fields: {title: title, description: what, system: system, happened_on: happened, noticed_on: noticed}
"""


@pytest.mark.parametrize(
    ("happened", "noticed", "field"),
    [
        ("2026-11-21", "2026-11-21", "happened_on"),
        ("2026-02-02", "2026-02-01", "noticed_on"),
        ("2026-01-14", "2026-02-01", "happened_on"),
    ],
)
def test_what_cannot_be_is_named_and_not_taken(happened: str, noticed: str, field: str, mina: Actor) -> None:
    system = {"title": "Triage", "slug": "triage", "operating_since": "2026-01-15"}
    reference = door.create(mina, "ai-system", system).reference
    content = (
        f"id,title,what,system,happened,noticed\n1,A call,Somebody called.,{reference},{happened},{noticed}"
    )
    made = plan.plan_file(mina, "incident", content.encode(), MAP)
    (row,) = made.rows
    assert field in {*row.set_aside, *(fault.field for fault in row.faults)}
    commands.run(mina, made)
    assert all(one[field] is None for one in records.claimed("incident"))
