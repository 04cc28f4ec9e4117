"""Checks on the scope, and on the decision on climate change that is approved with it (4.1, 4.3)."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import scope as cases
from plumbline.controls.library.gaps import LONGEST_INTERVALS, Facts, ref, review_too_far, says_too_little
from plumbline.controls.library.population import LIVE_SYSTEMS, must_exist
from plumbline.controls.populations import Member, share
from plumbline.controls.verdicts import Evidence
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength


def _newest(evidence: Evidence) -> Facts:
    return max(evidence.records["scope"], key=lambda row: str(row["approved_at"]), default={})


@check(
    "iso42001:4.3",
    slug="scope-approved",
    title="The scope is approved and in date",
    finding="Scope not approved or out of date",
    over="organization",
    needs=(LONGEST_INTERVALS,),
    population=must_exist("scope", Word("scope of the AIMS"), ("records:scope",), _newest),
    share=share("scope.share", "{have} of {total} scope is approved and in date."),
    strength=Strength.RECORDED,
    required=True,
    cases=cases.SCOPE_APPROVED,
)
def scope_approved(member: Member, evidence: Evidence) -> Message | None:
    """Top management has approved a scope that says what is done with AI, where it begins and ends and at
    which sites, and it is looked at again in time."""
    row = _newest(evidence)
    if not row:
        return say("scope.none", "is not approved")
    texts = {
        "statement": Word("the scope"), "activities": Word("activities"),
        "boundaries": Word("boundaries"), "sites": Word("sites"),
    }  # fmt: skip
    return says_too_little(row, texts) or review_too_far(row, evidence, "scope.next_review")


@check(
    "iso42001:4.1",
    slug="climate-decided",
    title="Climate change is decided on",
    finding="No decision on climate change",
    over="organization",
    needs=(LONGEST_INTERVALS,),
    population=must_exist(
        "climate", Word("decision on climate change"), ("records:scope",), lambda evidence: {}
    ),
    share=share("climate.share", "{have} of {total} decision on climate change is approved with its reason."),
    strength=Strength.RECORDED,
    cases=cases.CLIMATE_DECIDED,
)
def climate_decided(member: Member, evidence: Evidence) -> Message | None:
    """The scope in force says whether climate change is an issue for the AIMS, with what that rests on."""
    row = _newest(evidence)
    if not row:
        return say("climate.none", "is in no approved scope")
    thin = says_too_little(row, {"climate_reason": Word("why")})
    late = thin or review_too_far(row, evidence, "scope.next_review")
    return late and say("climate.thin", "stands in {scope}, which {fault}", scope=ref(row), fault=late)


@check(
    "iso42001:4.3",
    slug="systems-in-scope",
    title="Each live system is in the scope or left out with a reason",
    finding="Live systems that the scope does not know",
    over="organization",
    needs=("records:scope",),
    population=LIVE_SYSTEMS,
    share=share("scope.systems", "{have} of {total} live systems are in the scope or left out of it."),
    strength=Strength.RECORDED,
    cases=cases.SYSTEMS_IN_SCOPE,
)
def systems_in_scope(member: Member, evidence: Evidence) -> Message | None:
    """Every live AI system stands in the context that was approved with the scope in force, within it or left
    out with the reason."""
    row = _newest(evidence)
    if not row:
        return say("scope.no-scope", "is in no approved scope")
    known = {system["reference"] for system in row["content"].get("ai-system", ())}
    if member.system not in known:
        return say("scope.unknown", "is neither within {scope} nor left out of it", scope=ref(row))
    return None
