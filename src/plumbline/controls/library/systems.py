"""Checks on the records of AI systems: impact, oversight, monitoring, and what is missing."""

from __future__ import annotations

from datetime import date

from plumbline.controls.declare import check
from plumbline.controls.library.cases import systems as cases
from plumbline.controls.library.population import NO_LIVE_SYSTEMS, Facts, gaps, live, ref, refs
from plumbline.controls.verdicts import Evidence, Verdict, day_of, every, limit
from plumbline.kernel.messages import Message, Name, Ref, Subject, Word, listing, say

_CLOSELY = frozenset({"direct", "legal or similar"})
"""Effects on people for which a system is watched by a plan of its own."""


@check(
    "iso42001:6.1.4",
    "iso42001:8.4",
    "iso42001:A.5.3",
    slug="impact-assessed",
    title="Impact assessed for the current release",
    finding="Live systems without a current impact assessment",
    over="organization",
    needs=("claims:ai-system", "records:impact-assessment"),
    severity="major",
    required=True,
    limits=(limit("impact-assessed", 365, "days", why="assessments are read again at least yearly"),),
    cases=cases.IMPACT_ASSESSED,
)
def impact_assessed(evidence: Evidence) -> Verdict:
    """Every live AI system has an approved impact assessment that is no older than its current release.

    An assessment made before the release says nothing of what is running now; one older than the limit
    has to be made again; and one that concludes not to go ahead speaks against what is running.
    """
    newest = _newest_assessments(evidence)
    faults = {ref(row): _unassessed(row, newest.get(row["reference"]), evidence) for row in live(evidence)}
    missing: dict[Name, Message] = {name: message for name, message in faults.items() if message is not None}
    return every(
        "assessment.share", "{have} of {total} live systems have an approved and current impact assessment.",
        refs(live(evidence)), missing, none=NO_LIVE_SYSTEMS,
    )  # fmt: skip


def _unassessed(system: Facts, newest: tuple[date, Facts] | None, evidence: Evidence) -> Message | None:
    """What is wrong with the newest assessment of a system; None for nothing."""
    if newest is None:
        return say("assessment.none", "has no approved assessment")
    (day, assessment), released = newest, day_of(system["released_on"])
    if released is not None and day < released:
        return say(
            "assessment.before-release", "was assessed on {day}, before its release on {released}",
            day=day, released=released,
        )  # fmt: skip
    if (evidence.today - day).days > evidence.limit("impact-assessed").value:
        return say("record.last-assessed", "was last assessed on {day}", day=day)
    if assessment["conclusion"] == "do not go ahead":
        name = ref(assessment)
        return say(
            "assessment.against", "runs although {assessment} concludes not to go ahead", assessment=name
        )
    return None


def _newest_assessments(evidence: Evidence) -> dict[str, tuple[date, Facts]]:
    """The newest approved assessment of each system, with its day."""
    newest: dict[str, tuple[date, Facts]] = {}
    for row in evidence.records["impact-assessment"]:
        day = day_of(row["assessed_on"])
        if row["state"] == "approved" and row["system"] and day is not None:
            known = newest.get(row["system"])
            if known is None or day >= known[0]:
                newest[row["system"]] = (day, row)
    return newest


@check(
    "iso42001:A.5.4",
    "iso42001:A.5.5",
    slug="people-assessed",
    title="Impact assessments cover everybody who is affected",
    finding="Impact assessments that leave somebody out",
    over="organization",
    needs=("claims:ai-system", "records:impact-assessment"),
    cases=cases.PEOPLE_ASSESSED,
)
def people_assessed(evidence: Evidence) -> Verdict:
    """The newest approved impact assessment of a live AI system names every group that its record names.

    It also says something of individuals and of society. Systems without an assessment are left out.
    """
    newest, systems = _newest_assessments(evidence), live(evidence)
    judged = [row for row in systems if row["reference"] in newest]
    missing: dict[Name, Message] = {}
    for row in judged:
        assessment = newest[row["reference"]][1]
        absent = sorted(set(row["affected_groups"]) - set(assessment["groups"]))
        name, groups = (
            Ref(assessment["reference"]),
            listing([Word(group) for group in absent], conjunction="and"),
        )
        if absent:
            missing[ref(row)] = say(
                "assessment.omits", "has {name}, which leaves out {groups}", name=name, groups=groups
            )
        elif not (assessment["individuals"] and assessment["society"]):
            missing[ref(row)] = say(
                "assessment.silent", "has {name}, which says nothing of individuals or of society", name=name
            )
    return every(
        "assessment.everybody", "{have} of {total} assessed systems have everybody considered.", refs(judged),
        missing, none=say("assessment.no-systems", "There are no assessed systems."),
        excluded=len(systems) - len(judged),
    )  # fmt: skip


@check(
    "iso42001:A.9.2",
    "iso42001:A.9.4",
    slug="oversight-described",
    title="Purpose, oversight and stop are written down",
    finding="Live systems without purpose, oversight or a way to stop them",
    over="organization",
    needs=("claims:ai-system",),
    cases=cases.OVERSIGHT_DESCRIBED,
)
def oversight_described(evidence: Evidence) -> Verdict:
    """For every live AI system it is written what it is meant for, who watches it and how it is stopped."""
    asked = {
        "purpose": Word("purpose"),
        "human_oversight": Word("human oversight"),
        "stop_procedure": Word("how to stop it"),
    }
    systems = live(evidence)
    return every(
        "oversight.share", "{have} of {total} live systems say what they are for and who watches them.",
        refs(systems), gaps(systems, asked), none=NO_LIVE_SYSTEMS,
    )  # fmt: skip


@check(
    "iso42001:A.6.2.6",
    "iso42001:9.1",
    slug="monitoring-planned",
    title="Monitoring is planned for systems that touch people",
    finding="Systems that touch people without a monitoring plan",
    over="organization",
    needs=("claims:ai-system", "records:indicator", "records:document"),
    cases=cases.MONITORING_PLANNED,
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
    neither = say("monitoring.none", "has neither indicator nor plan")
    missing: dict[Name, Message] = {ref(row): neither for row in judged if row["reference"] not in planned}
    return every(
        "monitoring.share",
        "{have} of {total} systems that touch people are watched by a plan.",
        refs(judged),
        missing,
        none=say("systems.none-touching", "There are no live systems that touch people."),
        excluded=len(systems) - len(judged),
    )


@check(
    "iso42001:A.4.2",
    "iso42001:A.9.2",
    slug="inventory-complete",
    title="Every AI system seen is registered",
    finding="AI systems in use that are not registered",
    over="organization",
    needs=("records:ai-system", "facts:sightings"),
    severity="major",
    required=True,
    cases=cases.INVENTORY_COMPLETE,
)
def inventory_complete(evidence: Evidence) -> Verdict:
    """Every AI system that sent telemetry is in the register, or was set aside with a reason.

    An inventory that grows only when somebody remembers is the finding auditors write up most.
    """
    today, seen = evidence.today, evidence.facts["sightings"]
    known = {row["slug"] for row in evidence.records["ai-system"]}
    aside = {row["slug"] for row in seen if (day_of(row["dismissed_until"]) or date.min) >= today}
    judged = [str(row["slug"]) for row in seen if row["slug"] in known or row["slug"] not in aside]
    unregistered = say("inventory.missing", "is not registered")
    missing: dict[Name, Message] = {Subject(slug): unregistered for slug in judged if slug not in known}
    return every(
        "inventory.share",
        "{have} of {total} systems seen are registered.",
        [Subject(slug) for slug in judged],
        missing,
        none=say("inventory.none", "No system was seen in telemetry."),
        excluded=len(seen) - len(judged),
    )
