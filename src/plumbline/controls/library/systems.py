"""Checks on the records of AI systems: impact, oversight, monitoring, and what is missing."""

from __future__ import annotations

from datetime import date

from plumbline.controls.declare import Evidence, Verdict, check, day_of, every
from plumbline.controls.library.population import Facts, gaps, live, named

_CLOSELY = frozenset({"direct", "legal or similar"})
"""Effects on people for which a system is watched by a plan of its own."""


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
    has to be made again; and one that concludes not to go ahead speaks against what is running.
    """
    limit, today, missing = evidence.limit("impact-assessed"), evidence.now.date(), {}
    systems, newest = live(evidence), _newest_assessments(evidence)
    for row in systems:
        name, released = str(row["reference"]), day_of(row["released_on"])
        made = newest[name][0] if name in newest else None
        if made is None:
            missing[name] = "has no approved assessment"
        elif released is not None and made < released:
            missing[name] = f"was assessed on {made}, before its release on {released}"
        elif (today - made).days > limit.value:
            missing[name] = f"was last assessed on {made}"
        elif newest[name][1]["conclusion"] == "do not go ahead":
            missing[name] = f"runs although {newest[name][1]['reference']} concludes not to go ahead"
    return every("live systems", "have an approved and current impact assessment", named(*systems), missing)


def _newest_assessments(evidence: Evidence) -> dict[str, tuple[date, Facts]]:
    """The newest approved assessment of each system, with its day."""
    newest: dict[str, tuple[date, Facts]] = {}
    for row in evidence.records["impact-assessment"]:
        made = day_of(row["assessed_on"])
        if row["state"] == "approved" and row["system"] and made is not None:
            held = newest.get(row["system"])
            if held is None or made >= held[0]:
                newest[row["system"]] = (made, row)
    return newest


@check(
    "iso42001:A.5.4",
    "iso42001:A.5.5",
    slug="people-assessed",
    title="Assessments name everybody who is affected",
    over="organization",
    needs=("records:ai-system", "records:impact-assessment"),
)
def people_assessed(evidence: Evidence) -> Verdict:
    """The newest approved impact assessment of a live AI system names every group that its record names.

    It also says something of individuals and of society. Systems without an assessment are left out.
    """
    newest, systems, missing = _newest_assessments(evidence), live(evidence), {}
    judged = [row for row in systems if row["reference"] in newest]
    for row in judged:
        name = str(row["reference"])
        assessment = newest[name][1]
        absent = sorted(set(row["affected_groups"]) - set(assessment["groups"]))
        if absent:
            missing[name] = f"has {assessment['reference']}, which leaves out {', '.join(absent)}"
        elif not (assessment["individuals"] and assessment["society"]):
            missing[name] = f"has {assessment['reference']}, which says nothing of individuals or of society"
    without = len(systems) - len(judged)
    return every("assessed systems", "have everybody considered", named(*judged), missing, without)


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
    systems = live(evidence)
    missing = gaps(systems, asked)
    return every("live systems", "say what they are for and who watches them", named(*systems), missing)


@check(
    "iso42001:A.6.2.6",
    "iso42001:9.1",
    slug="monitoring-planned",
    title="It is planned how systems that touch people are watched",
    over="organization",
    needs=("records:ai-system", "records:indicator", "records:document"),
)
def monitoring_planned(evidence: Evidence) -> Verdict:
    """Every live AI system that acts alone or touches people directly has an approved indicator or plan."""
    systems = live(evidence)
    judged = [row for row in systems if row["effect"] in _CLOSELY or row["autonomy"] == "acts alone"]
    planned = {row["system"] for row in evidence.records["indicator"] if row["state"] == "approved"}
    for row in evidence.records["document"]:
        about = {"iso42001:A.6.2.6", "iso42001:9.1"}.intersection(row["requirements"])
        if row["state"] == "approved" and row["type"] == "plan" and about:
            planned.update(row["systems"])
    missing = {name: "has neither indicator nor plan" for name in named(*judged) if name not in planned}
    other = len(systems) - len(judged)
    return every("systems that touch people", "are watched by a plan", named(*judged), missing, other)


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
