"""Checks on the records of AI systems: impact, oversight and monitoring (6.1.4, 8.4, A.5, A.9)."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import systems as cases
from plumbline.controls.library.gaps import Facts, aged, ref, says_too_little
from plumbline.controls.library.population import (
    LIVE_SYSTEMS,
    TOUCHING,
    in_force,
    not_approved,
    of_system,
    prohibited,
)
from plumbline.controls.populations import Member, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Ref, Word, listing, say
from plumbline.kernel.states import Strength


def _newest(member: Member, evidence: Evidence) -> Facts | None:
    """The newest assessment in force of a live system."""
    rows = evidence.records["impact-assessment"]
    about = [row for row in rows if member.system and row["system"] == member.system and row["assessed_on"]]
    return max(about, key=lambda row: (str(row["assessed_on"]), row["reference"]), default=None)


@check(
    "iso42001:6.1.4",
    "iso42001:8.4",
    "iso42001:A.5.3",
    slug="impact-assessed",
    title="Impact assessed for the current release",
    finding="Live systems without a current impact assessment",
    over="organization",
    needs=("records:impact-assessment", "records:component", "facts:component-changes"),
    population=LIVE_SYSTEMS,
    share=share(
        "assessment.share", "{have} of {total} live systems have an approved and current impact assessment."
    ),
    strength=Strength.OPERATING,
    severity="major",
    required=True,
    limits=(limit("impact-assessed", 365, "days", why="assessments are read again at least yearly"),),
    cases=cases.IMPACT_ASSESSED,
)
def impact_assessed(member: Member, evidence: Evidence) -> Message | None:
    """Every live AI system has an approved impact assessment of the release in operation, no older than it.

    An assessment of another release says nothing of what is running now; one older than the limit has to be
    made again; a conclusion not to go ahead, or a practice that is prohibited, speaks against running it.
    """
    newest = _newest(member, evidence)
    forbidden = prohibited(member)
    if forbidden is not None:
        return forbidden
    if newest is None:
        return say("assessment.none", "has no approved assessment")
    stale = _of_another_release(member, newest, evidence) or _changed_since(member, newest, evidence)
    stale = stale or aged(day_of(newest["assessed_on"]), evidence, "impact-assessed")
    if stale is None and newest["conclusion"] == "do not go ahead":
        return say(
            "assessment.against",
            "runs although {assessment} concludes not to go ahead",
            assessment=ref(newest),
        )
    return stale


def _of_another_release(member: Member, newest: Facts, evidence: Evidence) -> Message | None:
    """That an assessment is not of the release in operation; None if it is.

    A draft that names another release, earlier or later, calls the assessment into question and never makes
    it fit: each version of the record has to agree with it.
    """
    day = day_of(newest["assessed_on"])
    for system in member.row["versions"]:
        released = day_of(system["released_on"])
        if system["version"] and system["version"] != newest["version"]:
            return say(
                "assessment.other-release", "runs {version}, and {assessment} is of another release",
                version=system["version"], assessment=ref(newest),
            )  # fmt: skip
        if released is not None and day is not None and day < released:
            return say(
                "assessment.before-release", "was assessed on {day}, before its release on {released}",
                day=day, released=released,
            )  # fmt: skip
    return None


def _changed_since(member: Member, newest: Facts, evidence: Evidence) -> Message | None:
    """That a part of a system was changed after its assessment was approved; None if none was.

    A model that is swapped under the same version number of the system is another system to whom it judges.
    """
    parts = {row["reference"] for row in of_system(member, evidence, "component")}
    approved = newest["approved_at"] or ""
    for change in evidence.facts["component-changes"]:
        if change["reference"] in parts and change["at"] > approved:
            return say(
                "assessment.changed", "has {component}, which was changed after {assessment} was approved",
                component=Ref(change["reference"]), assessment=ref(newest),
            )  # fmt: skip
    return None


@check(
    "iso42001:A.5.4",
    "iso42001:A.5.5",
    slug="people-assessed",
    title="Impact assessments cover everybody who is affected",
    finding="Impact assessments that leave somebody out",
    over="organization",
    needs=("records:impact-assessment",),
    population=TOUCHING,
    share=share(
        "assessment.everybody", "{have} of {total} systems that touch people have everybody considered."
    ),
    strength=Strength.RECORDED,
    cases=cases.PEOPLE_ASSESSED,
)
def people_assessed(member: Member, evidence: Evidence) -> Message | None:
    """The newest approved assessment of a system that touches people names every group that its record names.

    The record names at least one, and the assessment says something of individuals and of society.
    """
    newest = _newest(member, evidence)
    groups = {group for system in member.row["versions"] for group in system["affected_groups"] or ()}
    if newest is None:
        return say("assessment.none", "has no approved assessment")
    if not groups:
        return say("assessment.no-groups", "names nobody whom it affects")
    absent, name = sorted(groups - set(newest["groups"])), ref(newest)
    if absent:
        left_out = listing([Word(group) for group in absent], conjunction="and")
        return say("assessment.omits", "has {name}, which leaves out {groups}", name=name, groups=left_out)
    texts = {"individuals": Word("individuals"), "society": Word("society")}
    silent = says_too_little(newest, texts)
    return (
        None
        if silent is None
        else say("assessment.silent", "has {name}, which {fault}", name=name, fault=silent)
    )


@check(
    "iso42001:A.9.2",
    "iso42001:A.9.4",
    slug="oversight-described",
    title="Purpose, oversight and stop are written down",
    finding="Live systems without purpose, oversight or a way to stop them",
    over="organization",
    needs=(),
    population=LIVE_SYSTEMS,
    share=share(
        "oversight.share", "{have} of {total} live systems say what they are for and who watches them."
    ),
    strength=Strength.RECORDED,
    cases=cases.OVERSIGHT_DESCRIBED,
)
def oversight_described(member: Member, evidence: Evidence) -> Message | None:
    """For every live AI system it is written what it is for, who watches it and how it is stopped."""
    asked = {
        "purpose": Word("purpose"),
        "human_oversight": Word("human oversight"),
        "stop_procedure": Word("how to stop it"),
    }
    row = in_force(evidence, "ai-system", member.system)
    if row is None:
        return not_approved(member)
    return prohibited(member) or says_too_little(row, asked)


@check(
    "iso42001:A.6.2.6",
    "iso42001:9.1",
    slug="monitoring-planned",
    title="Monitoring is planned for every live system",
    finding="Live systems without a monitoring plan",
    over="organization",
    needs=("records:indicator", "records:document", "records:monitoring-plan"),
    population=LIVE_SYSTEMS,
    share=share("monitoring.share", "{have} of {total} live systems are watched by an indicator or a plan."),
    strength=Strength.RECORDED,
    cases=cases.MONITORING_PLANNED,
)
def monitoring_planned(member: Member, evidence: Evidence) -> Message | None:
    """Every live AI system has an approved indicator of its own or stands in an approved monitoring plan."""
    indicated = any(member.system and row["system"] == member.system for row in evidence.records["indicator"])
    about = {"iso42001:A.6.2.6", "iso42001:9.1"}
    plans = [row for row in of_system(member, evidence, "document") if row["type"] == "plan"]
    if indicated or of_system(member, evidence, "monitoring-plan"):
        return None
    if any(about.intersection(row["requirements"]) for row in plans):
        return None
    return say("monitoring.none", "has neither indicator nor plan")
