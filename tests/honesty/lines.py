"""The lines of the list of ways to look better than the evidence, in short words of our own.

Sections A to F are ways that were tried on the product; section G goes through the checks, one line each.
`attempt("A1")` above a test says which line it tries; `test_lines.py` fails while a line has none. A test
that tries more of the same kind names the line it is closest to.
"""

from __future__ import annotations

import pytest

attempt = pytest.mark.attempt

WAYS = {
    "A1": "nothing is recorded at all",
    "A2": "one draft, and home says ready",
    "A3": "a live system about which nothing is recorded",
    "A4": "a real register with a handful of risks",
    "A5": "hundreds of systems lumped into one sentence",
    "A6": "one slow system takes the signal from everybody",
    "A7": "nearly everything is missing, and it still works",
    "A8": "one of many systems speaks for all",
    "A9": "no record of support exists, and the clause is complete",
    "A10": "a declared input vanishes",
    "B1": "a policy of one letter, reviewed in decades",
    "B2": "a bought copy of the standard answers for every document",
    "B3": "the method that the assessments rest on is retired",
    "B4": "a management review made of phrases",
    "B5": "an attestation that cannot tell",
    "B6": "a machine stands in for the person",
    "B7": "oversight described by a dash",
    "B8": "quality found bad counts as found",
    "C1": "a draft moves the release day",
    "C2": "a draft moves the reference period",
    "C3": "a looser limit with a typed back-test",
    "C4": "a late event has a closed month judged again",
    "C5": "a delivered limit that nobody adopted",
    "C6": "a new version under an old assessment",
    "D1": "a proof that lies before the action",
    "D2": "an action proved by a check that never failed",
    "D3": "something done in the future",
    "D4": "dates decades away",
    "D5": "the last day does not count",
    "D6": "the age of the judgement for the age of the data",
    "D7": "a file past its last valid day, or older than it looks",
    "E1": "one person takes out of force what two put in",
    "E2": "the owner dismisses what a check found",
    "E3": "the line dismisses a finding of an audit",
    "E4": "a major closed the same day with a letter",
    "E5": "accepting and excluding without authority",
    "E6": "the manager attests the audit of their own work",
    "E7": "a unit emptied to widen who reads",
    "E8": "a file added after the approval",
    "E9": "an invitation taken over before roles are given",
    "F1": "a duty towards interested parties excluded by a provider",
    "F2": "computing resources excluded while there are some",
    "F3": "a prohibited practice in operation",
    "F4": "high risk and no assessment",
    "F5": "an acceptance that today's level has overtaken",
    "F6": "a treatment that nobody can measure",
    "F7": "two seals that disagree",
    "F8": "the expectation printed as what was seen",
}

CHECKS = (
    "risks-in-hand", "suppliers-assessed", "duties-shared-out", "log-present", "actions-effective",
    "nonconformities-in-time", "documents-asked", "review-inputs", "policy-in-date", "inventory-complete",
    "oversight-described", "objectives-measurable", "components-registered", "accuracy", "performance-auc",
    "override-rate", "input-drift", "input-drift-week", "impact-assessed", "people-assessed", "soa-complete",
    "treatments-in-time", "data-registered", "data-provenance", "data-quality", "data-preparation",
    "indicators-current", "management-review", "monitoring-planned", "roles-held", "systems-owned",
    "users-informed", "incident-plan", "technical-documentation", "error-rate", "latency-p95",
    "deviations-in-date", "documents-kept", "documents-reviewed", "log-complete",
)  # fmt: skip
"""The forty checks of the review. A check that has gone since then is tried all the same: what it read
must not read good by another way."""

LINES = {**WAYS, **{f"G.{check}": f"the weak spot of {check}" for check in CHECKS}}
