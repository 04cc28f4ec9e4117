"""Checks on the life cycle: what is specified, validated and deployed of what is in use (A.6.2.2 to A.6.2.5).

Every live system is a member, also one that was in operation before anybody recorded it: the gate before a
release refuses nothing that is stated of the past, and these checks name it.
"""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import life_cycle as cases
from plumbline.controls.library.gaps import (
    LONGEST_INTERVALS,
    Facts,
    ref,
    review_too_far,
    says_too_little,
)
from plumbline.controls.library.population import LIVE_SYSTEMS, in_force, not_approved
from plumbline.controls.populations import Member, share
from plumbline.controls.verdicts import Evidence
from plumbline.kernel import acceptance_lines as lines
from plumbline.kernel import tiers
from plumbline.kernel.messages import Message, Ref, Word, listing, say
from plumbline.kernel.states import Strength

_SPECIFIED = {"need": Word("what it is for"), "use": Word("its intended use")}
USED = frozenset({"staged", "live"})
"""States of a deployment in which people meet its release."""


def specification_in_force(member: Member, evidence: Evidence) -> Facts | Message:
    """The specification in force of a live system, or why none counts."""
    rows = [
        row for row in evidence.records["specification"] if member.system and row["system"] == member.system
    ]
    if not rows:
        return say("specification.none", "has no approved specification")
    # The newest, as the gate takes it: an older one that asks for less would pass where this one does not.
    row = max(rows, key=lambda one: str(one["approved_at"]))
    fault = says_too_little(row, _SPECIFIED) or review_too_far(row, evidence, "specification.next_review")
    if fault is None:
        return row
    text = "has only {record}, which {fault}"
    return say("specification.not-current", text, record=ref(row), fault=fault)


@check(
    "iso42001:A.6.2.2",
    slug="systems-specified",
    title="Requirements with criteria that can be measured",
    finding="Live systems without an approved specification",
    over="organization",
    needs=("records:specification", LONGEST_INTERVALS),
    population=LIVE_SYSTEMS,
    share=share(
        "specification.share", "{have} of {total} live systems have an approved specification in date."
    ),
    strength=Strength.RECORDED,
    cases=cases.SYSTEMS_SPECIFIED,
)
def systems_specified(member: Member, evidence: Evidence) -> Message | None:
    """Every live AI system has an approved specification that is looked at again in time: what it is for, its
    use, and requirements each with a figure to measure it by. Whether they are right is for people."""
    if in_force(evidence, "ai-system", member.system) is None:
        return not_approved(member)
    found = specification_in_force(member, evidence)
    return found if isinstance(found, Message) else None


def _in_use(member: Member, evidence: Evidence) -> list[Facts] | Message:
    """The releases in force that a live system runs by, or why it runs by none."""
    deployed = [
        row for row in evidence.records["deployment"] if member.system and row["system"] == member.system
    ]
    used = [row for row in deployed if row["state"] in USED]
    if not used:
        back = next((row for row in deployed if row["state"] == "rolled back"), None)
        if back is not None:
            text = "was rolled back by {record}, and what is in use has no deployment of its own"
            return say("deployment.rolled-back", text, record=ref(back))
        return say("deployment.none", "is live by no approved deployment of a release")
    releases = {row["reference"]: row for row in evidence.records["release"]}
    unknown = sorted(row["release"] for row in used if row["release"] not in releases)
    if unknown:
        names = listing([Ref(name) for name in unknown])
        return say("deployment.not-approved", "runs {records}, not approved any more", records=names)
    return [releases[row["release"]] for row in used]


@check(
    "iso42001:A.6.2.5",
    slug="releases-deployed",
    title="What is in use went live by an approved release",
    finding="Live systems that went live by no approved release",
    over="organization",
    needs=("records:deployment", "records:release"),
    population=LIVE_SYSTEMS,
    share=share(
        "deployment.share", "{have} of {total} live systems run by the approved deployment of a release."
    ),
    strength=Strength.RECORDED,
    severity="major",
    cases=cases.RELEASES_DEPLOYED,
)
def releases_deployed(member: Member, evidence: Evidence) -> Message | None:
    """Every live AI system runs a release that was approved with what its tier needs, by a deployment that
    was approved.

    A system that was in operation before it was recorded has no such release until one has passed the gate.
    """
    if in_force(evidence, "ai-system", member.system) is None:
        return not_approved(member)
    found = _in_use(member, evidence)
    return found if isinstance(found, Message) else None


@check(
    "iso42001:A.6.2.4",
    slug="releases-validated",
    title="What is in use was validated against limits set beforehand",
    finding="Live systems whose release was not validated",
    over="organization",
    needs=(
        *("records:deployment", "records:release", "records:validation", "records:specification"),
        LONGEST_INTERVALS,
    ),
    population=LIVE_SYSTEMS,
    share=share("validation.share", "{have} of {total} live systems run a release that was validated."),
    strength=Strength.RECORDED,
    severity="major",
    cases=cases.RELEASES_VALIDATED,
)
def releases_validated(member: Member, evidence: Evidence) -> Message | None:
    """The release that every live AI system runs passed each type of validation that its tier asks for: of
    these digests, against limits set before there were results, confirmed by a second person; and each
    requirement of its specification was validated. One that failed for these digests speaks against it."""
    if in_force(evidence, "ai-system", member.system) is None:
        return not_approved(member)
    found = _in_use(member, evidence)
    if isinstance(found, Message):
        return found
    for release in found:
        fault = _unvalidated(member, release, evidence)
        if fault is not None:
            return fault
    return None


def _unvalidated(member: Member, release: Facts, evidence: Evidence) -> Message | None:
    about = [row for row in evidence.records["validation"] if row["system"] == member.system]
    counted = [row for row in about if tiers.holds_for(row, release)]
    failed = [ref(row) for row in counted if row["verdict"] == lines.FAILED]
    if failed:
        text = "runs {release}, which failed {records}"
        return say("validation.failed", text, release=ref(release), records=listing(failed))
    passed = [row for row in counted if row["verdict"] == lines.PASSED]
    tier = max(tiers.tier(row) for row in member.row["versions"])
    absent = [
        tiers.TYPES[one] for one in tiers.VALIDATIONS[tier] if one not in {row["type"] for row in passed}
    ]
    if absent:
        text = "runs {release}, of which no {types} was confirmed"
        return say("validation.absent", text, release=ref(release), types=listing(absent, conjunction="or"))
    specified = specification_in_force(member, evidence)
    if isinstance(specified, Message):
        return specified
    tested: set[str] = set().union(*(lines.tested_ids(row["limits"]) for row in passed))
    untested = sorted(set(lines.requirements(specified["asked"]) or ()) - tested)
    if not untested:
        return None
    text = "runs {release}, of which these requirements were not validated: {names}"
    names = listing([Word(name) for name in untested])
    return say("validation.untested", text, release=ref(release), names=names)
