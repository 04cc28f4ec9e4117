"""Checks on the records of AI systems: impact, ownership, oversight, data, suppliers, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from plumbline.controls.declare import Evidence, Verdict, check, day_of, every

Facts = Mapping[str, Any]
_GOOD = frozenset({"suitable", "suitable with conditions"})


def live(evidence: Evidence) -> list[Facts]:
    """Registered systems that are in operation."""
    systems = evidence.records["ai-system"]
    return [row for row in systems if row["lifecycle"] == "in operation" and row["state"] != "retired"]


@check(
    "iso42001:6.1.4",
    "iso42001:8.4",
    "iso42001:A.5.2",
    "iso42001:A.5.3",
    slug="impact-assessed",
    title="Impact assessed for the current release",
    over="organization",
    needs=("records:ai-system", "records:impact-assessment"),
    severity="major",
    required=True,
    limits=("impact-assessed",),
)
def impact_assessed(evidence: Evidence) -> Verdict:
    """Every live AI system has an approved impact assessment that is no older than its current release.

    An assessment made before the release says nothing of what is running now; one older than the limit
    has to be made again.
    """
    limit, today, missing = evidence.limit("impact-assessed"), evidence.now.date(), {}
    systems, newest = live(evidence), _newest_assessments(evidence)
    for row in systems:
        name, released = str(row["reference"]), day_of(row["released_on"])
        made = newest.get(name)
        if made is None:
            missing[name] = "has no approved assessment"
        elif released is not None and made < released:
            missing[name] = f"was assessed on {made}, before its release on {released}"
        elif (today - made).days > limit.value:
            missing[name] = f"was last assessed on {made}"
    return every("live systems", "have an approved and current impact assessment", _named(*systems), missing)


def _newest_assessments(evidence: Evidence) -> dict[str, date]:
    newest: dict[str, date] = {}
    for row in evidence.records["impact-assessment"]:
        made = day_of(row["assessed_on"])
        if row["state"] == "approved" and row["system"] and made is not None:
            newest[row["system"]] = max(made, newest.get(row["system"], made))
    return newest


def _named(*rows: Facts) -> list[str]:
    return [str(row["reference"]) for row in rows]


@check(
    "iso42001:5.3",
    "iso42001:A.3.2",
    slug="systems-owned",
    title="Every live system has an owner",
    over="organization",
    needs=("records:ai-system",),
    severity="major",
    required=True,
)
def systems_owned(evidence: Evidence) -> Verdict:
    """Every AI system in operation has a named person who answers for it."""
    systems = live(evidence)
    missing = {str(row["reference"]): "has no owner" for row in systems if not row["owner"]}
    return every("live systems", "have an owner", _named(*systems), missing)


@check(
    "iso42001:A.9.2",
    "iso42001:A.9.4",
    "iso42001:8.1",
    slug="oversight-described",
    title="Purpose, oversight and stop are written down",
    over="organization",
    needs=("records:ai-system",),
)
def oversight_described(evidence: Evidence) -> Verdict:
    """For every live AI system it is written what it is meant for, who watches it and how it is stopped."""
    asked = {"purpose": "purpose", "human_oversight": "human oversight", "stop_procedure": "how to stop it"}
    systems, missing = live(evidence), {}
    for row in systems:
        lacking = [label for name, label in asked.items() if not row[name]]
        if lacking:
            missing[str(row["reference"])] = f"lacks {', '.join(lacking)}"
    return every("live systems", "say what they are for and who watches them", _named(*systems), missing)


@check(
    "iso42001:4.3",
    "iso42001:A.4.2",
    slug="inventory-complete",
    title="Every AI system seen is registered",
    over="organization",
    needs=("records:ai-system", "facts:sightings"),
    severity="major",
    required=True,
)
def inventory_complete(evidence: Evidence) -> Verdict:
    """Every AI system that sent telemetry is in the register, or was set aside with a reason.

    An inventory that grows only when somebody remembers is the finding auditors write up most.
    """
    today, seen = evidence.now.date(), evidence.facts["sightings"]
    known = {row["slug"] for row in evidence.records["ai-system"]}
    aside = {row["slug"] for row in seen if (day_of(row["dismissed_until"]) or today) > today}
    judged = [str(row["slug"]) for row in seen if row["slug"] in known or row["slug"] not in aside]
    missing = {slug: "is not registered" for slug in judged if slug not in known}
    return every("systems seen", "are registered", judged, missing, excluded=len(seen) - len(judged))


@check(
    "iso42001:A.10.2",
    "iso42001:A.10.3",
    "iso42001:8.1",
    slug="suppliers-assessed",
    title="Suppliers of live systems are assessed",
    over="organization",
    needs=("records:ai-system", "records:component", "records:dataset", "records:supplier"),
    limits=("suppliers-assessed",),
)
def suppliers_assessed(evidence: Evidence) -> Verdict:
    """Every supplier behind a live AI system was assessed, found suitable, and not too long ago.

    Suppliers count through the system itself, its components and its data.
    """
    limit, systems = evidence.limit("suppliers-assessed"), live(evidence)
    names = set(_named(*systems))
    parts = [
        row
        for kind in ("component", "dataset")
        for row in evidence.records[kind]
        if names & {*row["systems"]}
    ]
    behind = {row["supplier"] for row in (*systems, *parts) if row["supplier"]}
    suppliers = [row for row in evidence.records["supplier"] if row["reference"] in behind]
    missing = {}
    for row in suppliers:
        assessed = day_of(row["assessed_on"])
        if assessed is None or row["diligence"] == "not done":
            missing[str(row["reference"])] = "was never assessed"
        elif row["diligence"] not in _GOOD:
            missing[str(row["reference"])] = f"was found {row['diligence']}"
        elif (evidence.now.date() - assessed).days > limit.value:
            missing[str(row["reference"])] = f"was last assessed on {assessed}"
    return every("suppliers of live systems", "are assessed and suitable", _named(*suppliers), missing)


@check(
    "iso42001:A.7.3",
    "iso42001:A.7.5",
    "iso42001:A.4.3",
    slug="data-provenance",
    title="Data of live systems has a known origin",
    over="organization",
    needs=("records:ai-system", "records:dataset"),
)
def data_provenance(evidence: Evidence) -> Verdict:
    """For every dataset of a live AI system origin, provenance and the right to use it are recorded."""
    asked = {"origin": "origin", "lineage": "provenance", "rights": "right to use it"}
    names = set(_named(*live(evidence)))
    datasets = [
        row for row in evidence.records["dataset"] if names & {*row["systems"]} and row["state"] != "retired"
    ]
    missing = {}
    for row in datasets:
        lacking = [label for name, label in asked.items() if not row[name]]
        if lacking:
            missing[str(row["reference"])] = f"lacks {', '.join(lacking)}"
    return every("datasets of live systems", "have a recorded origin", _named(*datasets), missing)
