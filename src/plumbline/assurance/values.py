"""Predicted findings as plain values, the same in the API and on the command line."""

from __future__ import annotations

from typing import Any

from plumbline.assurance.queries import Outcome, PredictedFinding
from plumbline.kernel import clock
from plumbline.kernel.messages import to_json
from plumbline.wording import english


def as_dict(outcome: Outcome) -> dict[str, Any]:
    """What was looked at, what was found, and which rules failed."""
    return {
        "as_of": clock.rfc3339(outcome.as_of),
        "rules": outcome.rules,
        "records": outcome.records,
        "hidden": outcome.hidden,
        "failed": [
            {"rule": one.rule, "reference": one.reference, "error": one.error} for one in outcome.failed
        ],
        "findings": [_finding(one) for one in outcome.findings],
    }


def _finding(one: PredictedFinding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "grade": one.grade,
        "requirements": list(one.requirements),
        "subjects": list(one.subjects),
        "gap": english(one.gap),
        "message": to_json(one.gap),
        "repair": one.repair.text,
        "looks_for": one.text,
        "evidence": [
            {
                "reference": each.reference,
                "title": each.title,
                "state": each.state,
                "says": [{"field": label, "text": text} for label, text in each.says],
            }
            for each in one.evidence
        ],
    }
