"""Norrvik Energi: an invented power company whose AI management system works, as an auditor would find it.

Sixteen people, nine AI systems and eighteen months of records, each made on its day through a real door by
somebody who may, and approved by a second person. Written from what auditors ask for (`AUDITORS.md` of the
product's pages), by somebody who has not read the rules of `plumbline.assurance`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from tests.assurance.outsider import people, year
from tests.assurance.outsider.doors import Doors
from tests.assurance.outsider.thread import Act, Thread

DATA = Path(__file__).parent / "data"
FIRST = date(2025, 5, 19)
TODAY = date(2026, 11, 20)
YEAR = timedelta(days=255)
"""After which a system and its risks are looked at again: in time for what is due after 270 days."""
TIERS = {
    "deposit-score": "high",
    "boiler-agent": "high",
    "service-chat": "high",
    "cv-sorter": "high",
    "tariff-advisor": "raised",
    "field-router": "basic",
    "meter-watch": "basic",
    "load-forecast": "basic",
    "invoice-reader": "basic",
}


def systems() -> dict[str, Any]:
    """What is told of the AI systems, by slug."""
    found: dict[str, Any] = yaml.safe_load((DATA / "systems.yaml").read_text(encoding="utf-8"))
    return found


def build() -> Doors:
    """The organization as it stands on 20 November 2026, in the database of the test."""
    doors = Doors(datetime(FIRST.year, FIRST.month, FIRST.day, 8, tzinfo=UTC))
    doors.tick()
    people.hire(doors)
    for day, act in calendar(doors):
        doors.at(day)
        act()
    doors.at(TODAY, 13)
    return doors


def calendar(doors: Doors) -> list[Act]:
    """Everything that is done here, by day."""
    acts = [*_told(doors, "governance"), *_told(doors, "support"), *people.acts(doors), *year.acts(doors)]
    acts += [*_told(doors, "operation")]
    for slug, facts in systems().items():
        acts += Thread(doors, slug, facts, TIERS[slug]).acts()
        acts.append((facts["live"] + YEAR, _another_year(doors, slug, facts)))
    return sorted(acts, key=lambda one: one[0])


def _another_year(doors: Doors, slug: str, facts: dict[str, Any]) -> Callable[[], None]:
    def act() -> None:
        year.looked_at_again(doors, slug, len(facts["risks"]), "2.0" if facts.get("again") else "1.0")

    return act


def _told(doors: Doors, name: str) -> Iterator[Act]:
    for entry in yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8")):
        yield entry["day"], _act(doors, entry)


def _act(doors: Doors, entry: dict[str, Any]) -> Callable[[], None]:
    def act() -> None:
        who, second = entry["by"], entry.get("second", "")
        for name, values in entry.get("revise", {}).items():
            doors.revise(name, who, second, **values)
        if entry.get("rows"):
            rows = {name: _complete(entry, values) for name, values in entry["rows"].items()}
            doors.import_rows(who, entry["as"], rows)
            if second:
                doors.approve(who, second, *rows)
        for name, steps in entry.get("steps", {}).items():
            for somebody, step, *more in steps:
                doors.step(
                    name,
                    somebody,
                    step,
                    reason=more[0] if more else "As agreed.",
                    **(more[1] if len(more) > 1 else {}),
                )

    return act


def _complete(entry: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    return {**COMMON.get(entry["as"], {}), **values}


COMMON: dict[str, dict[str, Any]] = {
    "document": {
        "origin": "own",
        "version": "1",
        "classification": "internal",
        "media": "Page of the handbook",
        "distribution": "Everybody, in the handbook.",
        "retention_rule": "Ten years after it is replaced, by the archive.",
        "next_review": date(2026, 6, 15),
        "owner": "carla",
    },
    "supplier": {
        "contact": "Account team",
        "regions": ["european union", "other europe"],
        "diligence": "suitable",
        "assessed_on": date(2025, 6, 12),
        "assessment": "Independent report of 2025, tests by group, list of subcontractors, two references.",
        "terms": [
            "no training on our data",
            "notice of model change",
            "notice of incidents",
            "right to audit",
            "deletion",
            "subcontractors named",
            "place of processing",
            "documentation",
            "correction of faults",
            "help on exit",
        ],
        "responsibilities": "They answer for what they deliver, its tests and notices; we for the setting, "
        "oversight and what people are told; customers for nothing.",
        "monitoring": "Notices and figures each month; tests again with each change; last looked at in June.",
        "next_review": date(2026, 6, 15),
        "owner": "dag",
    },
    "resource": {"next_review": date(2026, 6, 15), "owner": "bjorn"},
    "communication": {"owner": "carla"},
}
