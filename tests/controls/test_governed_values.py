"""What makes a check easier to pass is a governed value: a second person, a reason, an end, and a back-test
that the product computes. Every such value is enumerated here from what is declared, or says why it needs
none.

There are two sorts. Some records *govern*: a limit, a longest interval, the criteria of risks, an authority.
Others are *read* by checks, and a revision of one can make a check easier (`plumbline.controls.easings`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from plumbline.clauses import columns
from plumbline.clauses.planning.longest_intervals import LongestInterval
from plumbline.controls import easings, registry
from plumbline.controls.library.population import Unrecorded
from plumbline.controls.verdicts import SYSTEM_CADENCE, WINDOW_CLOSING, minimum_of
from plumbline.records import kinds, steps
from plumbline.records.gates import OnTaking
from plumbline.records.kinds import Kind


@dataclass(frozen=True)
class Governing:
    """The fields of a kind that sets values: why, until when, and what the product computed of it; or why it
    needs no back-test."""

    reason: str
    end: str
    back_test: str = "back_test"
    needs_none: str = ""


EASING = Governing("change_reason", "accepted_until")
GOVERNING = {
    "limit": Governing("reason", "valid_until"),
    "longest-interval": Governing("reason", "valid_until"),
    "risk-criteria": Governing("basis", "next_review"),
    "authority": Governing("basis", "valid_until"),
    "applicability": Governing("exclusion_reason", "next_review"),
    "deviation": Governing("reason", "expires_on", "", "it departs from an own rule, which no check reads"),
    **dict.fromkeys(("ai-system", "dataset", "component", "indicator"), EASING),
    **dict.fromkeys(("document", "treatment", "objective", "corrective-action", "monitoring-plan"), EASING),
}
"""The kinds whose records set a governed value, each with its fields for it."""

SAYS_WHAT_IS = "says what there is or what was done, which two people approved; it takes nobody out"
REVIEWED = "bounded by the longest interval of its kind, and a review that is overdue is missed by name"
ENDS_ITSELF = "ends by itself on its day, and what has ended is missed by name"
NEEDS_NONE: Mapping[tuple[str, str], str] = {
    **{("competence", name): SAYS_WHAT_IS for name in ("position", "proof")},
    **{("qualification", name): SAYS_WHAT_IS for name in ("competence", "person", "shown_on")},
    ("qualification", "valid_until"): ENDS_ITSELF,
    **{("training", name): "of what was held, days move only to earlier ones; the rest is approved"
       for name in ("held_on", "evaluate_on", "competences", "person", "holder", "result")},
    **{("awareness", name): "what was done counts for a limited time"
       for name in ("topics", "done_on", "invited", "reached")},
    **{("communication", name): SAYS_WHAT_IS for name in ("side", "speaker")},
    ("communication", "next_due"): REVIEWED,
    **{("document-review", name): "an act that was approved stays as it was; the next one is another record"
       for name in ("policy", "document", "reviewed_on", "outcome", "next_review")},
    ("policy", "readers"): "whom a version asks is approved with it; one that asks nobody is named",
    **{(slug, "next_review"): REVIEWED
       for slug in ("committee", "interested-party", "issue", "obligation", "responsibility", "scope")},
    **{("committee", name): "its terms are approved by top management, and are looked at yearly"
       for name in ("cadence", "mandate", "members", "quorum")},
    **{("action", name): "what was approved stays: another day or another aim is approved anew"
       for name in ("due", "expected")},
    **{("monitoring-plan", name): SAYS_WHAT_IS
       for name in ("purpose", "methods", "measured_on", "evaluator", "evaluated_on")},
    ("monitoring-plan", "next_review"): REVIEWED,
    **{("risk-assessment", name): "an act that was approved stays as it was; the next one is another record"
       for name in ("assessed_on", "participants", "findings", "content")},
    **{("treatment-plan", name): "approved as one by whoever may accept what is left, from what it freezes"
       for name in ("residual", "content")},
    **{(slug, "next_review"): REVIEWED for slug in ("risk-assessment", "treatment-plan")},
    **{("opportunity", name): "what was approved stays: another day is approved anew, its evaluation reviewed"
       for name in ("issues", "benefit", "reason", "due", "evaluated_on", "effect")},
    ("issue", "risks"): SAYS_WHAT_IS,
    ("objective", "judged_on"): SAYS_WHAT_IS,
    **{("change", name): "what was approved stays: another plan is approved anew, and its report reviewed"
       for name in ("begins_on", "due", "done_on", "purpose", "consequences", "integrity", "resources",
                    "responsibilities")},
    **{("audit-programme", name): "what was approved stays; another period is another programme"
       for name in ("frequency", "importance", "method", "objectives", "period_from", "period_until",
                    "reporting", "requirements", "responsibilities")},
    **{("audit", name): "fixed for its team or said with its reason once it began, and frozen by its report"
       for name in ("criteria", "due", "ended_on", "programme")},
    **{("audit-finding", name): "what was reported stays, and the auditors look at its answer"
       for name in ("answer", "answered_on", "audit", "grade")},
    ("committee-decision", "due"): "what was decided stays: another day is another decision",
    **{("committee-meeting", name): "what took place counts for a limited time"
       for name in ("committee", "held_on")},
    **{("interested-party", name): SAYS_WHAT_IS for name in ("declined", "needs", "relevance", "type")},
    **{("issue", name): SAYS_WHAT_IS for name in ("description", "effect", "origin")},
    **{("obligation", name): SAYS_WHAT_IS for name in ("how", "party", "text")},
    ("obligation", "ends_on"): ENDS_ITSELF,
    **{("responsibility", name): SAYS_WHAT_IS for name in ("area", "duty")},
    **{("scope", name): "top management approves it, together with the context that it freezes"
       for name in ("activities", "boundaries", "climate_reason", "content", "sites", "statement")},
    **{("resource", name): SAYS_WHAT_IS for name in ("type", "systems", "enough")},
    **{("incident", name): "what was confirmed stays, and its answer is looked at when it closes"
       for name in ("system", "noticed_on", "tell", "told_on", "told", "cause", "lessons",
                    "nonconformities")},
    ("incident", "severity"): "lowered only by somebody without a part in it, once it is confirmed",
    **{("concern", name): "what came in stays, and its answer is looked at when it closes"
       for name in ("channel", "received_on", "answered_on")},
    **{("information-notice", name): SAYS_WHAT_IS
       for name in ("system", "about", "audience", "covers", "text", "obligations", "delivery_evidence")},
    **{("information-notice", name): "a notice of fewer parts is approved anew, beside its words"
       for name in ("components", "datasets")},
    **{(kind, "digest"): SAYS_WHAT_IS for kind in ("component", "dataset")},
    ("information-notice", "delivered_on"): "says what was done, and that it reached people is approved",
    ("information-notice", "content"): "frozen by the product when it goes into review",
    ("information-notice", "next_review"): REVIEWED,
    ("obligation", "controls"): "looked at yearly; a system that touches people is a member without any",
    **{("specification", name): SAYS_WHAT_IS for name in ("system", "need", "use", "asked", "design")},
    ("specification", "objectives"): "what it carries is approved with the requirements themselves",
    **{("objective", name): "what it guides and of which systems is approved with it; a revision too"
       for name in ("guides", "systems")},
    **{("risk-criteria", name): "approved by top management; another day or basis is approved anew"
       for name in ("basis", "next_review")},
    ("specification", "next_review"): REVIEWED,
    ("release", "content"): "what was approved stays as it was; another one is another release",
    **{("deployment", name): "what was approved stays while it is in use" for name in ("system", "release")},
    **{("validation", name): "stays as it was when the limits were set, before there were results"
       for name in ("system", "type", "depends_on", "limits", "content")},
    **{("dataset", name): SAYS_WHAT_IS for name in (
        "lineage", "origin", "preparation", "quality_found", "quality_verdict", "quality_wanted", "rights",
    )},
    ("dataset", "next_review"): REVIEWED,
    **{("component", name): SAYS_WHAT_IS
       for name in ("version", "tools", "amount_limits", "data_limits", "stopped_by", "stop_how")},
    **{("supplier-assessment", name): SAYS_WHAT_IS
       for name in ("supplier", "findings", "evidence", "systems", "inherited", "verdict")},
    ("supplier-assessment", "assessed_on"): "an assessment ends by itself after a year",
    ("supplier-assessment", "conditions_by"): ENDS_ITSELF,
    ("supplier-assessment", "next_review"): REVIEWED,
    ("corrective-action", "nonconformity"): "an action counts for the nonconformity that it was approved for",
    ("document", "next_review"): REVIEWED,
    **{("document", name): SAYS_WHAT_IS for name in (
        "requirements", "systems", "version", "text", "address", "retention_rule", "distribution", "issuer",
    )},
    **{("impact-assessment", name): "what was assessed is approved anew, and is bound to a version and a year"
       for name in ("assessed_on", "conclusion", "groups", "individuals", "society", "system", "version")},
    **{("indicator", name): SAYS_WHAT_IS for name in ("objective", "metric", "measured_on")},
    **{("management-review", name): "what took place counts for a limited time"
       for name in ("held_on", "inputs", "period_from", "period_until", "actions", "changes", "decisions",
                    "top_management")},
    **{("nonconformity", name): "what was found stays so, and its answer is looked at when it closes"
       for name in ("system", "cause", "correction", "no_action")},
    ("nonconformity", "grade"): "lowered only by somebody without a part in it, with the authority for it",
    ("nonconformity", "due"): "put off by a month at a time, each time by an entry of the trail",
    **{("objective", name): SAYS_WHAT_IS for name in ("outcome", "target")},
    **{("policy", name): SAYS_WHAT_IS for name in ("type", "purpose", "text", "version")},
    ("policy", "next_review"): REVIEWED,
    ("risk", "accepted_until"): "an acceptance takes the authority for its level, and ends on its day",
    ("risk", "next_review"): REVIEWED,
    ("risk", "response"): "what follows from it is approved: a treatment, or an acceptance",
    **{("risk", name): "an assessment is of one day and by one method, and ends with either"
       for name in ("assessed_on", "criteria", "criteria_version")},
    ("risk", "system"): "stays as it was once the risk was assessed",
    **{("supplier", name): SAYS_WHAT_IS for name in (
        "assessment", "contract", "diligence", "responsibilities",
    )},
    ("supplier", "assessed_on"): "an assessment ends by itself after a year",
    ("supplier", "contract_until"): ENDS_ITSELF,
    ("treatment", "risks"): "an approved treatment counts for the assessment that it followed from",
}  # fmt: skip
"""Fields of records that checks read and that no governing record holds, each with why it needs none of the
four."""


class Row(Unrecorded):
    """A row that keeps which of its fields were read."""

    def __init__(self, row: Mapping[str, Any], read: set[str]) -> None:
        super().__init__(row)
        self.read = read

    def __getitem__(self, name: str) -> Any:
        """The field, which is then known to have been read."""
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """As `__getitem__`."""
        self.read.add(name)
        return super().get(name, default)


def _kind_of(reference: str) -> Kind | None:
    prefix = reference.partition("-")[0]
    return next((kind for kind in kinds.all_kinds() if kind.prefix == prefix), None)


def fields_judged() -> dict[str, set[str]]:
    """By kind, the own fields of its records that any check reads in its own cases: of members, and of what
    speaks for them."""
    read: dict[str, set[str]] = defaultdict(set)

    def watched(of_kinds: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, tuple[Row, ...]]:
        return {kind: tuple(Row(row, read[kind]) for row in rows) for kind, rows in of_kinds.items()}

    for check in registry.all_checks():
        if check.over != "organization" or check.population is None:
            continue
        for case in check.cases:
            given = case.evidence((*check.needs, *check.population.needs), check.window, check.limits)
            seen = replace(given, records=watched(given.records), claims=watched(given.claims))
            for member in check.population.members(seen):
                kind = _kind_of(str(member.row.get("reference") or ""))
                row = member.row if kind is None else Row(member.row, read[kind.slug])
                check.function(replace(member, row=row), seen)  # type: ignore[call-arg]
    own = {kind.slug: set(kind.own_fields) for kind in kinds.all_kinds()}
    return {slug: names & own[slug] for slug, names in read.items()}


def test_every_field_that_a_check_reads_is_governed_or_says_why_not() -> None:
    """A check that reads another field of a record tomorrow fails here until somebody has decided."""
    read = fields_judged()
    assert {"due"} <= read["treatment"], "the trial sees what is read of a member"
    assert "type" in read["document"], "and of what speaks for it"
    open_ended = {
        (slug, name)
        for slug, names in read.items()
        for name in names - set(kinds.get(slug).scope)
        if slug != easings.KIND and slug not in {"limit", "longest-interval", "applicability", "deviation"}
    }
    assert open_ended <= NEEDS_NONE.keys(), "govern it (Kind.scope), or say why it needs none"
    assert NEEDS_NONE.keys() <= open_ended, "no check reads it any more"


def test_every_kind_of_which_a_revision_can_make_a_check_easier_is_governed() -> None:
    assert {slug for slug, governing in GOVERNING.items() if governing is EASING} == set(
        easings.kinds_that_ease()
    )


@pytest.mark.parametrize("slug", GOVERNING)
def test_a_governed_value_has_a_second_person_a_reason_an_end_and_a_computed_back_test(slug: str) -> None:
    kind, governing = kinds.get(slug), GOVERNING[slug]
    assert any(step.approves for step in kind.workflow.moves), "a second person puts it in force"
    assert not any(step.target in kind.workflow.approved and not step.approves and "draft" in step.sources
                   for step in kind.workflow.moves if not step.restores), "and nobody does alone"  # fmt: skip
    assert governing.reason in kind.own_fields
    end = kind.field(governing.end)
    assert isinstance(end, columns.DayField)
    assert end.ahead, "an end may not lie as far ahead as somebody likes"
    if governing.needs_none:
        assert governing.needs_none.strip()
        return
    assert governing.back_test in kind.own_fields
    for step in ("submit", "approve"):
        gates = steps.gates_of(kind, kind.workflow.by_name[step])
        computed = [gate for gate in gates if isinstance(gate, OnTaking)]
        assert computed, f"nothing computes it on {step}"
    record = kind.model(**{governing.back_test: "It changes nothing."})
    with suppress(ValidationError):  # the rest of the record is empty
        record.clean()
    assert getattr(record, governing.back_test) == "", "nobody writes it but the product"


def test_every_limit_minimum_and_cadence_is_governed_by_one_kind() -> None:
    """What `limit` names: all limits of the checks and their smallest samples, and those of no check."""
    declared = {limit.name for check in registry.all_checks() for limit in check.limits}
    declared |= {minimum_of(limit).name for check in registry.all_checks() for limit in check.limits}
    assert {SYSTEM_CADENCE.name, WINDOW_CLOSING.name}.isdisjoint(declared)
    assert {"paused", "check_name", "value"} <= set(kinds.get("limit").own_fields)


def test_every_day_ahead_has_a_longest_interval() -> None:
    """Reviews, ends and deadlines: none may be put as far ahead as somebody likes."""
    governed = {subject for subject, _ in LongestInterval._meta.get_field("subject").flatchoices}
    for kind in kinds.all_kinds():
        for name in kind.own_fields:
            field = kind.field(name)
            if isinstance(field, columns.DayField) and field.ahead:
                assert f"{kind.slug}.{name}" in governed
