"""The way of an AI system into operation: what its tier asks for, and where each thing is made.

The page of a system that is not in operation yet shows the whole way; that of a release shows what the gate
says of it. Both offer the same act for the same lack.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from plumbline.clauses import going_live
from plumbline.controls.visibility import ResultVisibility
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock, tiers
from plumbline.kernel.messages import Message, Ref, redact, say
from plumbline.records import kinds
from plumbline.reports.gate import report
from plumbline.web import cells
from plumbline.web.hubs.declaration import Hub, section
from plumbline.web.requirements import related

SYSTEM = "ai-system"
ON_THE_WAY = frozenset({"", "planned", "in development", "in verification"})
"""Life-cycle states before operation."""
MADE = frozenset({"approved", "confirmed", "accepted", "staged", "live"})
"""States in which nothing more is to be done on a record for the gate."""
OVER = frozenset({"discarded", "retired", "closed", "ended", "rolled back"})
TIERS = {
    tiers.Tier.BASIC: "basic",
    tiers.Tier.RAISED: "raised",
    tiers.Tier.HIGH: "high",
}
Found = Callable[[str], Sequence[Any]]
"""Records of a kind (slug) about the system, as the reader may see them."""


@dataclass(frozen=True)
class Stage:
    """One thing on the way: whether it is there, the sentence that says so, and the act that makes it.

    ``label`` and ``href`` are empty where nothing is left to do, or nothing that the reader may do.
    """

    met: bool
    message: Message
    label: str = ""
    href: str = ""


def stages(
    actor: Actor, system: Any, release: Any | None, needs: Sequence[tiers.Need], found: Found
) -> tuple[Stage, ...]:
    """``needs`` with the act that meets each one that is not met."""
    return tuple(
        Stage(need.met, need.message, *(("", "") if need.met else _act(actor, system, release, need, found)))
        for need in needs
    )


def _act(actor: Actor, system: Any, release: Any | None, need: tiers.Need, found: Found) -> tuple[str, str]:
    """The label and the address of what meets a need."""
    name, _, type_ = need.name.partition(": ")
    begun = {"system": system.reference}
    if name in ("law", "oversight"):
        return _of_system(actor, system)
    if name == "specification":
        return _made(actor, "specification", gettext("Specify the system"), found, begun)
    if name in ("impact", "validation", "requirements"):
        # Without a release there is nothing to assess or validate yet: it comes first.
        return _of_release(actor, release, name, type_, found) if release and release.content else ("", "")
    if name == "risks":
        return _made(actor, "risk", gettext("Add a risk"), found, begun)
    return "", ""


def _of_release(actor: Actor, release: Any, name: str, type_: str, found: Found) -> tuple[str, str]:
    """The assessment or the validation of a release, whose form begins with both."""
    begun = {"system": release.system.reference}
    if name == "impact":
        values = begun | {"version": release.version}
        return _made(actor, "impact-assessment", gettext("Assess impacts"), found, values)
    values = begun | {"release": release.reference} | ({"type": type_} if type_ else {})
    rows = [row for row in found("validation") if row.release_id == release.pk and row.type == type_]
    return _made(actor, "validation", gettext("Validate it"), lambda kind: rows, values)


def _of_system(actor: Actor, system: Any) -> tuple[str, str]:
    unit, owner = system.unit_id, system.owner_id
    if not policy.may(actor, "amend", kind=SYSTEM, unit_id=unit, owner_id=owner):
        return "", ""
    reference = str(system.reference)
    if system.state in kinds.get(SYSTEM).workflow.frozen:
        return gettext("Revise {reference}").format(
            reference=reference
        ), f"{cells.record_href(reference)}?step=revise#step-revise"
    return gettext("Edit {reference}").format(reference=reference), reverse("record-edit", args=[reference])


def _made(actor: Actor, kind: str, label: str, found: Found, values: dict[str, str]) -> tuple[str, str]:
    """The record of that kind that is under way, or the form that begins one."""
    under_way = [row for row in found(kind) if row.state not in MADE | OVER]
    if under_way:
        return _opened(under_way[0].reference)
    href = related.new_href(actor, kind, **values)
    return (label, href) if href else ("", "")


def _opened(reference: str) -> tuple[str, str]:
    return gettext("Open {reference}").format(reference=reference), cells.record_href(reference)


@section(SYSTEM, "way", "The way into operation", 7, tab="Way into operation")
def way(hub: Hub) -> dict[str, Any] | None:
    """What the tier of a system asks for before it goes live, then release, deployment and its own record."""
    record = hub.record
    if record.lifecycle not in ON_THE_WAY or not kinds.exists("release") or hub.kind.slug != SYSTEM:
        return None
    release = next((row for row in hub.records("release") if row.state not in OVER), None)
    answer = report.of(hub.actor, release) if release is not None and release.content else None
    if answer is not None:
        tier, needs = answer.tier, tuple(need for need in answer.needs if need.name != "approval")
    else:
        known = going_live.known_of_system(record)
        tier, needs = known.tier, _shown(hub.actor, tiers.needs(known, clock.today()))
    shown = stages(hub.actor, record, release, needs, hub.records)
    first, *last = _taken(hub, release)
    if release is None or not release.content:
        # What is assessed and validated is a release, so that it comes before both.
        at = next(place for place, need in enumerate(needs) if need.name == "impact")
        rows = (_registered(record), *shown[:at], first, *shown[at:], *last)
    else:
        rows = (_registered(record), *shown, first, *last)
    return {"rows": rows, "tier": gettext(TIERS[tier]), "left": sum(not row.met for row in rows)}


def _shown(actor: Actor, needs: Sequence[tiers.Need]) -> tuple[tiers.Need, ...]:
    """Needs without the names that the reader may not see."""
    may_name = ResultVisibility(actor).may_name([need.message for need in needs])
    return tuple(tiers.Need(need.name, need.met, redact(need.message, may_name)) for need in needs)


def _registered(system: Any) -> Stage:
    reference = Ref(system.reference)
    if system.state == "approved":
        return Stage(True, say("way.registered", "{system} is registered and approved.", system=reference))
    text = "What is written of {system} is not approved yet."
    return Stage(False, say("way.not-registered", text, system=reference))


def _taken(hub: Hub, release: Any | None) -> tuple[Stage, ...]:
    """The release, its deployment, and the record of the system itself."""
    begun, system = {"system": hub.record.reference}, Ref(hub.record.reference)
    if release is None:
        text = say("way.no-release", "No release says what is to go live.")
        first = Stage(False, text, *_made(hub.actor, "release", gettext("Prepare a release"), _none, begun))
    else:
        first = _stage_of(release, say("way.release", "{record} is approved.", record=Ref(release.reference)))
    deployment = next((row for row in hub.records("deployment") if row.state not in OVER), None)
    if deployment is not None:
        text = say("way.deployment", "{record} puts it into use.", record=Ref(deployment.reference))
        second = _stage_of(deployment, text)
    else:
        said = say("way.no-deployment", "No approved deployment puts a release into use.")
        values = begun | ({"release": release.reference} if release is not None else {})
        act = ("", "")
        if first.met:
            act = _made(hub.actor, "deployment", gettext("Plan its deployment"), _none, values)
        second = Stage(False, said, *act)
    last = say("way.not-live", "{system} is not recorded as in operation.", system=system)
    return first, second, Stage(False, last, *(_of_system(hub.actor, hub.record) if second.met else ("", "")))


def _none(kind: str) -> Sequence[Any]:
    return ()


def _stage_of(record: Any, message: Message) -> Stage:
    """A record on the way that is done once it is approved; before that it is to be opened."""
    if record.state in MADE:
        return Stage(True, message)
    text = say("way.under-way", "{record} is not approved yet.", record=Ref(record.reference))
    return Stage(False, text, *_opened(record.reference))
