"""What belongs beside one record: the records that name it, and for some kinds a panel of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from plumbline.clauses import whys
from plumbline.controls import queries as controls
from plumbline.controls.backtest import effect
from plumbline.controls.effectiveness import effectiveness
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.controls.visibility import ResultVisibility, not_shown, redact_results
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Problem
from plumbline.records import kinds
from plumbline.web import cells
from plumbline.web.leadership import frozen_context
from plumbline.web.planning import frozen_risks
from plumbline.web.records import proof_days, release_gate, rests_on
from plumbline.web.reports.versions import frozen_posture, frozen_statement
from plumbline.web.requirements import readings, related
from plumbline.web.requirements.members import member_rows

EACH_SHOWN = 6
RESULTS_SHOWN = 31
CAUSE = ("cause_method", "cause", "similar", "correction")
"""What a nonconformity says of why it happened and how it was put right."""
MOST_JUDGED = 12
"""Systems judged again at the most, for a limit that holds for all."""


def _check_of(actor: Actor, record: Any) -> dict[str, Any]:
    """The reading that a nonconformity is about, as it is today, the results behind it, the next record."""
    found: dict[str, Any] = {
        "action_href": _action_href(actor, record),
        "proofs": proof_days.cards(actor, record.reference),
        "asks_for_proof": record.state in ("open", "contained", "corrected") and not record.no_action,
        "cause_missing": _cause_missing(record),
    }
    if not record.check_name:
        return found
    subject = record.system.slug if record.system else ORGANIZATION
    results = controls.results_under(record.reference, EACH_SHOWN)
    return found | {
        "readings": readings.of_actor(actor, [record.check_name], subject=subject),
        "results": redact_results(actor, results),
        "members": member_rows(actor, results[0]) if results else None,
    }


def _cause_missing(record: Any) -> list[str]:
    """What is not written yet of why it happened, by the names of the fields."""
    if record.state in ("suspected", *related.CLOSED):
        return []
    root = whys.root_cause(record.whys)
    written = {"cause": record.cause or root}
    return [
        cells.label(kinds.get("nonconformity"), name)
        for name in CAUSE
        if not written.get(name, getattr(record, name))
    ]


def _action_href(actor: Actor, record: Any) -> str:
    """The form of a corrective action for a nonconformity that is confirmed and not over; else empty."""
    if record.state in ("suspected", *related.CLOSED):
        return ""
    values = {"nonconformity": record.reference, "cause": record.cause or whys.root_cause(record.whys)}
    if record.check_name:
        values["effectiveness_check"] = record.check_name
    kept = {name: value for name, value in values.items() if value}
    return related.new_href(actor, "corrective-action", **kept)


def _proof_of(actor: Actor, record: Any) -> dict[str, Any]:
    """Whether a corrective action has proved itself, and the results that count."""
    if not record.effectiveness_check:
        return {}
    answer = effectiveness(record.reference)
    reads = reverse("check", args=[answer.check, answer.subject]) if answer.subject else ""
    rows = redact_results(actor, reversed(answer.results[-RESULTS_SHOWN:]))
    return {"proof_answer": answer, "proof_rows": rows, "check_href": reads}


def _back_test_of(actor: Actor, record: Any) -> dict[str, Any]:
    """What a limit would have made of the past, judged again now from the same data."""
    if record.value is None or record.valid_until is None:
        return {}
    visible = ResultVisibility(actor)
    alive = sorted({*controls.live_systems(), ORGANIZATION})
    asked = [record.system.slug, ORGANIZATION] if record.system else alive
    subjects = [slug for slug in asked if visible.covers(slug)]
    hidden = not_shown(len(asked) - len(subjects), "system")
    try:
        tests = effect(controls.limit_row(record.reference), subjects)
    except Problem as problem:
        return {"back_test_problem": problem.detail}
    rows = [(subject, test.message, test.vanish[:EACH_SHOWN]) for subject, test in tests.items()]
    return {"back_tests": rows, "back_tests_hidden": hidden}


def _standing_of(actor: Actor, record: Any) -> dict[str, Any]:
    """What a certificate is by what is recorded, and the day on which somebody else looked that up."""
    return {"certificate_status": record.status, "certificate_looked_up": record.looked_up_on}


PANELS: dict[str, Callable[[Actor, Any], dict[str, Any]]] = {
    "certificate": _standing_of,
    "corrective-action": _proof_of,
    "nonconformity": _check_of,
    "limit": _back_test_of,
    "risk-assessment": frozen_risks.assessment,
    "scope": frozen_context.panel,
    "information-notice": rests_on.panel,
    "release": release_gate.panel,
    "statement-version": frozen_statement,
    "treatment-plan": frozen_risks.plan,
    "posture-version": frozen_posture,
}
"""What the template of a kind is given besides the page, by slug."""
SHOWN_BY_PANEL = dict.fromkeys(
    (
        *("scope", "information-notice", "release", "statement-version", "posture-version"),
        *("risk-assessment", "treatment-plan"),
    ),
    "content",
)
"""The field of a kind that its panel shows as a table, which the page then does not repeat as JSON."""
