"""What stands in the way of a release, a deployment, a system that goes live, and of its end.

Gates and reports ask here; the rules themselves are in `plumbline.kernel.tiers`. Records are read as they
are in force, whatever unit they are of: what is missing is not less missing because a reader may not see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from plumbline.clauses import deciding, queries, staleness
from plumbline.clauses.workflows import RUNNING
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act
from plumbline.identity.policy import Answer
from plumbline.kernel import acceptance_lines as lines
from plumbline.kernel import clock, release_parts, tiers
from plumbline.kernel.messages import Message, Ref, listing, say
from plumbline.kernel.problems import Fault
from plumbline.records import kinds
from plumbline.records.models import Record

RELEASE, DEPLOYMENT, SYSTEM = "release", "deployment", "ai-system"
_OF_SYSTEM = ("effect", "autonomy", "eu_class", "data_classes", "regions")
"""What of a system its tier follows from."""


@dataclass(frozen=True)
class MadeOf:
    """What a release is made of: its content, what is wrong with that, and what is registered of the system
    and not in it."""

    content: dict[str, Any]
    faults: tuple[Fault, ...]
    not_named: tuple[str, ...]


def made_of(release: Any) -> MadeOf:
    """What ``release``, a record, is made of by what is in force today."""
    system = in_force(SYSTEM, release.system.reference)
    if system is None:
        fault = Fault("system", "is not approved yet", "have its record approved first")
        return MadeOf({}, (fault,), ())
    named = {*_references(release.components), *_references(release.datasets)}
    rows = {kind: queries.in_force_if_any(kind) for kind in ("component", "dataset")}
    every = {row["reference"]: row for found in rows.values() for row in found}
    missing = sorted(named - every.keys())
    blank = sorted(name for name in named & every.keys() if not release_parts.identity(every[name]))
    faults = [
        *_about(missing, "release.not-approved", "names {records}, not approved", "have it approved first"),
        *_about(blank, "release.no-digest", "names {records}, without digest or version", "give one there"),
    ]
    of_system = {
        row["reference"] for found in rows.values() for row in found if system["reference"] in row["systems"]
    }
    picked = {kind: [row for row in found if row["reference"] in named] for kind, found in rows.items()}
    content = release_parts.content(system, picked["component"], picked["dataset"])
    return MadeOf(content, tuple(faults), tuple(sorted(of_system - named)))


def _references(related: Any) -> list[str]:
    return list(related.order_by("reference").values_list("reference", flat=True))


def _about(names: list[str], code: str, text: str, remedy: str) -> list[Fault]:
    if not names:
        return []
    return [Fault("components", say(code, text, records=listing([Ref(name) for name in names])), remedy)]


def in_force(kind: str, reference: str) -> Mapping[str, Any] | None:
    """The row of a record as it is in force, whatever unit it is of; None where it is not."""
    return next((row for row in queries.in_force_if_any(kind) if row["reference"] == reference), None)


def spoken_of(notice: Any) -> tuple[dict[str, str], list[Fault]]:
    """Digest or version of each component, dataset and release that ``notice``, a record, speaks of, by its
    reference; and what is wrong with those that it names. A part is of its system where it says so itself,
    or a release of the system is made of it."""
    found: dict[str, str] = {}
    faults: list[Fault] = []
    system = notice.system.reference
    released = {
        name
        for release in _of(RELEASE, system)
        for part in release_parts.PARTS
        for name in release["content"].get(part, ())
    }
    for field, kind in (("components", "component"), ("datasets", "dataset"), ("releases", RELEASE)):
        rows = {row["reference"]: row for row in queries.in_force_if_any(kind)}
        for name in _references(getattr(notice, field)):
            row, ref = rows.get(name), Ref(name)
            if row is None:
                text = say("notice.part-not-approved", "names {record}, not approved", record=ref)
                faults.append(Fault(field, text, "have it approved first"))
            elif name not in released and system not in row.get("systems", (row.get("system"),)):
                text = say("notice.part-of-another", "names {record}, of another system", record=ref)
                faults.append(Fault(field, text, "name what this system is made of"))
            else:
                found[name] = f"sha256:{row['digest']}" if kind == RELEASE else release_parts.identity(row)
    return found, faults


def _of(kind: str, system: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(row for row in queries.in_force_if_any(kind) if row["system"] == system)


def running(system: Record) -> dict[str, str]:
    """What is in use of ``system``: by reference of the deployment, the reference of the release."""
    if not kinds.exists(DEPLOYMENT):
        return {}
    rows = queries.of_system(DEPLOYMENT, system.pk).filter(state__in=RUNNING)
    found = rows.values_list("reference", "release__reference", "back_to__reference", "state")
    return {name: back if state == "rolled back" else release for name, release, back, state in found}


def known_already(release: Any, digest: str) -> list[Fault]:
    """That a release with the same digest is live or approved already, by name."""
    same = [row for row in _of(RELEASE, release.system.reference) if row["digest"] == digest]
    same = [row for row in same if row["reference"] != release.reference]
    if not same:
        return []
    live = {*running(release.system).values()}
    twin = next((row for row in same if row["reference"] in live), same[0])
    name = Ref(twin["reference"])
    if twin["reference"] in live:
        text = say("release.live", "has the digest of {record}, which is live", record=name)
        return [Fault("digest", text, "nothing has changed: no release is needed")]
    text = say("release.known", "has the digest of {record}, which is approved", record=name)
    return [Fault("digest", text, "deploy that one")]


def known(release: Any) -> tiers.Known | None:
    """What is in force about a release, a record, and its system; None while the system is not approved."""
    system = in_force(SYSTEM, release.system.reference)
    if system is None:
        return None
    row = {"reference": release.reference, "version": release.version, "content": release.content}
    return _known(release.system, system, row)


def known_of_system(record: Any) -> tiers.Known:
    """What is in force about an AI system, a record, of which no release is prepared; while it is not
    approved, what is written of it stands in the place of what is in force."""
    names = ("reference", "human_oversight", "stop_procedure", *_OF_SYSTEM)
    written = {name: getattr(record, name) for name in names}
    return _known(record, in_force(SYSTEM, record.reference) or written, tiers.NO_RELEASE)


def _known(record: Any, system: Mapping[str, Any], release: Mapping[str, Any]) -> tiers.Known:
    name = system["reference"]
    accepted = {row["reference"]: row["accepted_until"] or "" for row in _of("risk", name)}
    risks = queries.of_system("risk", record.pk).exclude(state="closed")
    return tiers.Known(
        system=system,
        release=release,
        drafts=({field: getattr(record, field) for field in _OF_SYSTEM},),
        specifications=_of("specification", name),
        assessments=_of("impact-assessment", name),
        validations=(*_of("validation", name), *_failed(record.pk)),
        risks=tuple({"reference": one} for one in _references(risks)),
        accepted=accepted,
    )


def _failed(system: int) -> list[dict[str, Any]]:
    """Validations that failed and that nobody has confirmed yet: leaving one so does not hide it."""
    if not kinds.exists("validation"):
        return []
    names = ("reference", "type", "depends_on", "content", "verdict", "limits")
    failed = queries.of_system("validation", system).filter(state="measured", verdict=lines.FAILED)
    return [{name: getattr(record, name) for name in names} for record in failed]


def needs(found: tiers.Known | None) -> tuple[tiers.Need, ...]:
    """All that a release needs before it goes live, met or not, by what is `known` of it; empty while its
    system is not approved."""
    return () if found is None else tiers.needs(found, clock.today())


def needs_of_going_live(release: Any, found: tiers.Known | None) -> tuple[tiers.Need, ...]:
    """As `needs` of ``release``, a record, with the approval of the release itself first."""
    reference = Ref(release.reference)
    if in_force(RELEASE, release.reference) is None:
        first = tiers.Need(
            "approval", False, say("golive.not-approved-yet", "{record} is not approved.", record=reference)
        )
    else:
        first = tiers.Need(
            "approval", True, say("golive.approved", "{record} is approved.", record=reference)
        )
    return (first, *needs(found))


def faults_of(release: Any, field: str) -> list[Fault]:
    """A fault in ``field`` for each thing that a release, a record, lacks before it may go live."""
    found = known(release)
    if found is None:
        return [Fault("system", "is not approved yet", "have its record approved first")]
    return [_fault(field, need.message) for need in tiers.unmet(tiers.needs(found, clock.today()))]


def _fault(field: str, message: Message) -> Fault:
    return Fault(field, say("golive.lacks", "is not ready: {what}", what=message), "see to that first")


def faults_of_approved(release: Any, field: str) -> list[Fault]:
    """As `faults_of`, of a release that has to be in force too."""
    if in_force(RELEASE, release.reference) is None:
        text = say("golive.not-approved", "{record} is not approved", record=Ref(release.reference))
        return [Fault(field, text, "have the release approved first")]
    return faults_of(release, field)


def faults_of_rollback(deployment: Any) -> list[Fault]:
    """Why a deployment may not go back to the release that it names: not approved, never passed, never in
    use."""
    target = deployment.back_to
    name, row = Ref(target.reference), in_force(RELEASE, target.reference)
    if row is None:
        text = say("rollback.not-approved", "{record} was never approved, or no longer is", record=name)
        return [Fault("back_to", text, "name a release that was approved and passed")]
    passed = [
        one
        for one in _of("validation", deployment.system.reference)
        if tiers.holds_for(one, row) and one["verdict"] == lines.PASSED
    ]
    if not passed:
        text = say("rollback.not-passed", "{record} never passed a validation", record=name)
        return [Fault("back_to", text, "name a release that was approved and passed")]
    earlier = (
        queries.of_system(DEPLOYMENT, deployment.system_id)
        .filter(release_id=target.pk)
        .exclude(pk=deployment.pk)
    )
    if not earlier.filter(state__in=[*RUNNING, "ended"]).exists():
        text = say("rollback.not-used", "{record} was never in use", record=name)
        return [Fault("back_to", text, "name a release that was in use before")]
    return []


def faults_of_system(system: Any) -> list[Fault]:
    """Why ``system`` may not be called in operation: nothing of it is approved for use, or what is lacks
    something."""
    field, found = "lifecycle", list[Any]()
    if kinds.exists(DEPLOYMENT):
        every = queries.of_system(DEPLOYMENT, system.pk).filter(state__in=["approved", *RUNNING])
        found = list(every.select_related("release", "release__system"))
    if not found:
        text = "cannot be in operation: no approved deployment puts a release of it into use"
        remedy = "specify it, have a release validated and approved, and its deployment approved"
        return [Fault(field, say("golive.no-deployment", text), remedy), *_faults_so_far(system, field)]
    lacks = [faults_of_approved(one.release, field) for one in found]
    return min(lacks, key=len)


def _faults_so_far(system: Any, field: str) -> list[Fault]:
    """What ``system`` lacks on the way there, by its newest release where there is one."""
    if not kinds.exists(RELEASE):
        return []
    newest = queries.of_system(RELEASE, system.pk).exclude(state="discarded").last()
    found = known(newest) if newest is not None else None
    return [
        _fault(field, need.message)
        for need in tiers.unmet(tiers.needs(found or known_of_system(system), clock.today()))
    ]


def release_before(release: Any) -> Mapping[str, Any] | None:
    """The release, in force, that ``release`` follows: the one it names, else the one in use; None for a
    first one."""
    named = [release.previous.reference] if release.previous is not None else []
    for reference in (*named, *running(release.system).values()):
        row = in_force(RELEASE, reference) if reference != release.reference else None
        if row is not None:
            return row
    return None


def made_stale(release: Any, before: Mapping[str, Any] | None) -> list[staleness.Stale]:
    """What has to be looked at anew since ``release``, a record, differs from the one ``before``."""
    system = release.system.reference
    if before is None:
        return []
    after = {"reference": release.reference, "version": release.version, "content": release.content}
    return staleness.stale(
        before,
        after,
        staleness.Around(
            assessments=_of("impact-assessment", system),
            risks=_of("risk", system),
            validations=_of("validation", system),
            documents=_naming("document", system),
            communications=_naming("communication", system),
            notices=_of("information-notice", system),
            releases=_of(RELEASE, system),
        ),
    )


def _naming(kind: str, system: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(row for row in queries.in_force_if_any(kind) if system in row["systems"])


def may_approve_release(actor: Actor, record: Record) -> Answer:
    """A release is approved by somebody whose authority covers the tier of its system, from the raised tier
    on with no part in it."""
    system: Any = record.system  # type: ignore[attr-defined]  # a release has one
    tier = _tier(system)
    involved = deciding.Involved(record.kind) if tier is tiers.Tier.BASIC else deciding.involved_in(record)
    return _within_authority(actor, record, tier, involved)


def may_approve_deployment(actor: Actor, record: Record) -> Answer:
    """As a release; in the high tier, who approved the release does not approve its deployment too."""
    deployment: Any = record
    tier = _tier(deployment.system)
    if tier < tiers.Tier.HIGH:
        return may_approve_release(actor, record)
    involved = deciding.involved_in(record)
    approvers = deployment.release.approvals.values_list("person_id", flat=True)
    text = say("own-cause.release", "You approved {release}.", release=Ref(deployment.release.reference))
    involved.add(approvers, text)
    return _within_authority(actor, record, tier, involved)


def _within_authority(actor: Actor, record: Record, tier: tiers.Tier, involved: deciding.Involved) -> Answer:
    return deciding.may_decide(actor, record, Act.GO_LIVE, rank=tier, rank_name=tier.word, involved=involved)


def _tier(system: Any) -> tiers.Tier:
    """The graver of the tiers by what is approved of a system and by what is written of it now: a draft makes
    nobody's authority reach further."""
    approved = in_force(SYSTEM, system.reference)
    rows = [{field: getattr(system, field) for field in _OF_SYSTEM}, *([approved] if approved else [])]
    return max(map(tiers.tier, rows))


_WAITS: Mapping[str, tuple[str, ...]] = {
    "incident": ("closed", "dismissed"),
    "nonconformity": ("closed", "dismissed"),
    "concern": ("closed", "answered"),
}
"""Kinds of which something is to be decided about a system, with the states in which it has been."""


def waiting(system: Record) -> list[Fault]:
    """What is still to be decided about ``system``, by name."""
    found: list[Fault] = []
    for kind, over in _WAITS.items():
        if not kinds.exists(kind):
            continue
        names = _references(queries.of_system(kind, system.pk).exclude(state__in=over))
        if names:
            text = say(
                "retirement.waits", "still has decisions that wait: {records}",
                records=listing([Ref(name) for name in names]),
            )  # fmt: skip
            found.append(Fault("system", text, "decide them first"))
    return found


def still_running(system: Record) -> list[Fault]:
    """The deployments of ``system`` that are in use, by name."""
    names: Iterable[str] = running(system)
    found = [Ref(name) for name in names]
    if not found:
        return []
    text = say("retirement.runs", "is still in use by {records}", records=listing(found))
    return [Fault("system", text, "record the end of each deployment first")]
