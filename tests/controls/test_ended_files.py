"""Whatever check reads it: a record that rests on a file past its last valid day shows nothing any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from plumbline.controls import registry
from plumbline.controls.cases import Case, Sample
from plumbline.controls.declare import Check

pytestmark = pytest.mark.pure

ENDED = [{"document_date": None, "valid_until": "2026-03-02", "replaced": False}]
IN_DATE = [{"document_date": None, "valid_until": "2026-03-03", "replaced": False}]

RESTS_ON_FACTS = {
    "roles-held": "who holds a role is read off the accounts, to which no file belongs",
    "systems-owned": "it is about the record of the system, which rests on no file",
    "oversight-described": "it is about the record of the system, which rests on no file",
    "roles-determined": "it is about the record of the system, which rests on no file",
    "inventory-complete": "it is about the record of the system, which rests on no file",
}
"""Checks in whose passing cases no record is there that a file could carry, with why."""


def _with_files(sample: Sample, files: list[dict[str, Any]]) -> Sample:
    carries = sample.need.partition(":")[0] in ("records", "claims") and not sample.need.endswith(
        ":ai-system"
    )
    if not carries or not isinstance(sample.value, Mapping):
        return sample
    return replace(sample, value={**sample.value, "attachments": files})


def _outcome(check: Check, case: Case, files: list[dict[str, Any]]) -> str:
    world = tuple(_with_files(sample, files) for sample in case.world)
    evidence = replace(case, world=world).evidence(check.needs, check.window, check.limits)
    return check.judge(evidence).outcome


CASES = [
    pytest.param(check, case, id=f"{check.slug}-{number}")
    for check in registry.all_checks()
    for number, case in enumerate(check.cases)
    if not check.on_telemetry and case.outcome == "passes"
]


@pytest.mark.parametrize(("check", "case"), CASES)
def test_no_check_passes_by_records_whose_files_have_ended(check: Check, case: Case) -> None:
    assert _outcome(check, case, IN_DATE) == "passes", "the last day itself counts"
    expected = "passes" if check.slug in RESTS_ON_FACTS else "fails"
    assert _outcome(check, case, ENDED) == expected
