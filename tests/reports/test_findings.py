"""What is pointed out about a row, rule by rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plumbline.reports import findings
from plumbline.reports.findings import RowContext

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
CONTROL = "iso42001:A.6.2.6"


def row(**changed: Any) -> dict[str, Any]:
    """An approved row of a control that applies."""
    return {
        "requirement": CONTROL,
        "applicable": "yes",
        "justification": "The risk of drift asks for it.",
        "exclusion_reason": "",
        "state": "approved",
        "revision": 3,
        "risks": ["RSK-0001"],
        "next_review": "2026-12-01",
        **changed,
    }


def codes(changed: dict[str, Any], **around: Any) -> list[str]:
    """The words of the findings of a row that was approved ten days ago."""
    fresh: dict[str, Any] = {"newest": {CONTROL: NOW - timedelta(days=1)}, **around}
    found = findings.row_findings(row(**changed), NOW - timedelta(days=10), RowContext(NOW, **fresh))
    return [finding.code for finding in found]


def test_a_sound_row_has_no_finding() -> None:
    assert codes({}) == []


@pytest.mark.parametrize(
    ("changed", "around", "expected"),
    [
        ({"justification": "  "}, {}, ["no-justification"]),
        ({"applicable": "no"}, {}, ["no-exclusion-reason"]),
        (
            {"applicable": "no", "exclusion_reason": "None trained."},
            {"cited": {CONTROL: ("TRT-0002",)}},
            ["excluded-but-needed"],
        ),
        ({"state": "draft"}, {}, ["not-approved"]),
        ({}, {"risks": {"RSK-0001": NOW - timedelta(days=9)}}, ["risk-changed"]),
        ({}, {"risks": {"RSK-0001": NOW - timedelta(days=11)}}, []),
        ({"next_review": "2026-03-02"}, {}, ["review-overdue"]),
        ({"next_review": "2026-03-03"}, {}, []),
        ({}, {"newest": {CONTROL: NOW - timedelta(days=61)}}, ["no-result"]),
        ({}, {"newest": {CONTROL: NOW - timedelta(days=60)}}, []),
        ({}, {"newest": {}, "checked": frozenset({CONTROL})}, ["no-result"]),
        ({}, {"newest": {}}, ["no-result"]),
        ({}, {"newest": {}, "attested": frozenset({CONTROL})}, []),
        ({"requirement": None}, {"newest": {}}, []),
    ],
)
def test_each_rule(changed: dict[str, Any], around: dict[str, Any], expected: list[str]) -> None:
    assert codes(changed, **around) == expected


def test_an_abandoned_treatment_needs_no_control() -> None:
    rows = [
        {"reference": "TRT-0001", "state": "abandoned", "controls": [CONTROL]},
        {"reference": "TRT-0002", "state": "approved", "controls": [CONTROL]},
        {"reference": "TRT-0003", "state": "draft", "controls": None},
    ]
    assert findings.citations(rows) == {CONTROL: ("TRT-0002",)}
