"""The review of the checks speaks of the checks as they are: one row for each, with what it declares."""

from __future__ import annotations

import re
from pathlib import Path

from plumbline.controls import registry
from plumbline.controls.declare import Check
from plumbline.controls.library.contradictions import SPEAKS_AGAINST

REVIEW = Path(__file__).parents[2] / "docs/explanation/review-of-checks.md"
PLACE = "Go through the check again, say in its row what it shows now, and write "


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its own headings."""
    section = REVIEW.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def declared(check: Check) -> list[str]:
    """The cells that follow from a check: its slug, over what it speaks, its requirements and strength."""
    assert check.population is not None
    numbers = ", ".join(requirement.partition(":")[2] for requirement in check.requirements)
    return [f"`{check.slug}`", check.population.text.text, numbers, check.strength.value]


def test_each_check_is_reviewed_as_it_is() -> None:
    """A new check, another population, one requirement more or another strength is looked at by somebody."""
    reviewed = {row[0]: row for row in rows("Line by line")}
    wanted = {check.slug: declared(check) for check in registry.all_checks()}
    assert reviewed.keys() == {cells[0] for cells in wanted.values()}
    for cells in wanted.values():
        row = reviewed[cells[0]]
        assert row[:4] == cells, PLACE + " | ".join(cells)
        assert len(row) == 6
        assert all(row), f"{cells[0]}: what was found, and what was done about it"


def test_each_contradiction_is_in_the_review() -> None:
    """The controls that the register may speak for are those of the table, each once."""
    named = [number for row in rows("Contradictions") for number in re.findall(r"A\.[\d.]+\d", row[1])]
    assert sorted(named) == sorted(control.partition(":")[2] for control in SPEAKS_AGAINST)
