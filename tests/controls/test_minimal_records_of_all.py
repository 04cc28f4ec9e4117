"""What answers each requirement that records answer: with the least of it the requirement is in order, and
with that taken out of force it reads otherwise and names what is not there.

Clause 7 and A.4.4 to A.4.6 are in `test_minimal_records`; 4.1 to 4.3, 5.1, 5.3 and A.3.2 in
`tests/honesty/test_context.py`, 6.3 in `tests/honesty/test_changes.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final, TypeAlias

import pytest
from tests.controls.conftest import approved
from tests.controls.test_minimal_records import Flow, Make, Someone, reads, retire

from plumbline import catalogs
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.states import MeasuredState
from plumbline.records import commands as door
from plumbline.records.commands import Saved

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Made: TypeAlias = tuple[str, Mapping[str, Any]]
GOOD: Final = (MeasuredState.RECORDED, MeasuredState.OPERATING, MeasuredState.EFFECTIVE, MeasuredState.PROVED)
NEXT: Final = "2027-02-01"
TOP: Final = ("policy", "management-review")
"""Kinds that top management approves."""
SYSTEM: Final[Made] = ("ai-system", {"lifecycle": "in operation"})


def written(number: str, type: str = "process", **more: Any) -> Made:
    """A document of our own that answers one requirement."""
    values = {"type": type, "origin": "own", "issuer": "", "requirements": [f"iso42001:{number}"]}
    return ("document", {"systems": [], "next_review": NEXT, **values, **more})


OWNED: Final = {"owner": "mina"}
DATASET: Final[Made] = (
    "dataset",
    {
        "systems": ["ai-system"],
        "origin": "The claims system of the motor branch.",
        "lineage": "Exported from the claims system each night.",
        "preparation": "Names are removed and amounts are rounded to whole units.",
        "quality_wanted": "At most one row in a hundred lacks an amount.",
        "quality_found": "Three rows in a thousand lack an amount.",
        "quality_verdict": "good enough",
    },
)
SUPPLIER: Final[Made] = (
    "supplier",
    {
        "responsibilities": "Who retrains, who watches, and who tells users.",
        "contract": "Frame contract 2025-118 with annex on AI.",
    },
)
REVIEW: Final[Made] = (
    "management-review",
    {"actions": "The chat has an owner by 1 June 2026.", "changes": "The scope takes in the chat assistant."},
)
INDICATOR: Final[Made] = (
    "indicator",
    {"metric": "", "method": "Counted by hand each month.", "source": "Ledger", "measured_on": "2026-02-20"},
)
PLAN: Final[Made] = (
    "monitoring-plan",
    {
        "systems": [],
        "checks": "",
        "indicators": [],
        "objectives": [],
        "source": "Folder of the samples",
        "measured_on": "2026-02-20",
        "evaluator": "mina",
        **OWNED,
    },
)
IMPACT: Final[Made] = ("impact-assessment", {})
NOTICE: Final[Made] = ("information-notice", {"obligations": []})
ASSESSED: Final[Made] = (
    "supplier-assessment",
    {"systems": ["ai-system"], "risks": [], "verdict": "suitable", "conditions": "", "conditions_by": None},
)
SPECIFICATION: Final[Made] = ("specification", {"system": "ai-system", "objectives": []})
GUIDING: Final[Made] = ("objective", {"guides": ["development"], "systems": [], **OWNED})
CARRYING: Final[Made] = ("specification", {"system": "ai-system", "objectives": ["objective"]})
ONE_IMPACT: Final = ((SYSTEM, IMPACT), "has no approved assessment")
ONE_POLICY: Final = ((("policy", {}),), "The AI policy is not approved")
ONE_REVIEW: Final = ((REVIEW,), "did not take place, or nobody has approved it")
MINIMAL: Final[Mapping[str, tuple[tuple[Made, ...], str]]] = {
    "4.4": ((written("4.4"),), "4.4 is in no approved document of our own"),
    "5.2": ONE_POLICY,
    "A.2.2": ONE_POLICY,
    "6.1.4": ONE_IMPACT,
    "8.4": ONE_IMPACT,
    "A.5.2": ((written("A.5.2"),), "A.5.2 is in no approved document of our own"),
    "A.5.3": ONE_IMPACT,
    "A.5.4": ONE_IMPACT,
    "A.5.5": ONE_IMPACT,
    "6.2": ((("objective", OWNED),), "AI objectives are not set and approved"),
    "7.5.2": ((written("7.5.1", version="1", **OWNED),), "There are none: documents and policies in use"),
    "7.5.3": (
        (written("7.5.1", address="https://files.halden.example/1", retention_rule="Ten years."),),
        "There are none: approved documents",
    ),
    "A.3.3": ((written("A.3.3"),), "A.3.3 is in no approved document of our own"),
    "A.4.2": ((SYSTEM, ("component", {})), "has no component"),
    "A.4.3": ((SYSTEM, DATASET), "has no dataset"),
    "A.6.1.2": ((SYSTEM, GUIDING, CARRYING), "has no approved specification"),
    "A.6.2.2": ((SYSTEM, SPECIFICATION), "has no approved specification"),
    "A.6.2.3": ((SYSTEM, SPECIFICATION), "has no approved account of its design"),
    "A.7.2": ((written("A.7.2"),), "A.7.2 is in no approved document of our own"),
    "A.6.1.3": ((written("A.6.1.3"),), "A.6.1.3 is in no approved document of our own"),
    "A.6.2.7": (
        (SYSTEM, written("A.6.2.7", "design", systems=["ai-system"])),
        "has no approved technical documentation",
    ),
    "A.7.3": ((SYSTEM, DATASET), "has no dataset"),
    "A.7.4": ((SYSTEM, DATASET), "has no dataset"),
    "A.7.5": ((SYSTEM, DATASET), "has no dataset"),
    "A.7.6": ((SYSTEM, DATASET), "has no dataset"),
    "A.8.2": (
        (SYSTEM, NOTICE, written("A.8.2", "instructions", systems=["ai-system"])),
        "has no approved user information",
    ),
    "A.8.5": ((SYSTEM, NOTICE), "has no approved notice to those who have to know"),
    "A.8.3": ((written("A.8.3"),), "A.8.3 is in no approved document of our own"),
    "A.8.4": ((written("A.8.4", "plan"),), "A.8.4 is in no approved document of our own"),
    "A.9.2": ((SYSTEM, written("A.9.2")), "A.9.2 is in no approved document of our own"),
    "A.10.2": ((SUPPLIER, SYSTEM), "is not approved"),
    "A.10.3": ((SUPPLIER, SYSTEM, ASSESSED), "is not approved"),
    "8.1": ((SUPPLIER, SYSTEM), "is not approved"),
    "9.1": ((SYSTEM, INDICATOR, PLAN), "Monitoring plan has no approved record"),
    "9.3.1": ONE_REVIEW,
    "9.3.3": ONE_REVIEW,
}
"""By requirement: the least that answers it, in order, and why not once the last of it is gone."""


def filled(values: Mapping[str, Any], mina: Actor, made: Mapping[str, Saved]) -> dict[str, Any]:
    """The values with the owner's id, and the references of records that were made before."""
    found = dict(values)
    if found.get("owner") == "mina":
        found["owner"] = mina.id
    if found.get("evaluator") == "mina":
        found["evaluator"] = mina.id
    if found.get("systems") == ["ai-system"]:
        found["systems"] = [made["ai-system"].reference]
    if found.get("system") == "ai-system":
        found["system"] = made["ai-system"].reference
    if found.get("objectives") == ["objective"]:
        found["objectives"] = [made["objective"].reference]
    return found


@pytest.mark.parametrize("number", MINIMAL)
def test_without_its_minimal_record_a_requirement_says_what_is_not_there(
    number: str, make: Make, mina: Actor, sara: Actor, someone: Someone, flow: Flow
) -> None:
    ida = someone("top-management", "Ida")
    records, why = MINIMAL[number]
    made: dict[str, Saved] = {}
    for kind, values in records:
        saved = make(kind, **filled(values, mina, made))
        made[kind] = approved(saved, mina, ida if kind in TOP else sara)
    flow()
    row = reads(number)
    told = [str(reason) for reason in row.reasons]
    # Nothing reports to this installation, which clause 9.1 says whatever is planned.
    assert row.measured in GOOD or (number == "9.1" and row.measured is MeasuredState.NO_SIGNAL), told
    # A system names its supplier, so that the supplier comes first.
    last = "supplier" if "supplier" in made else records[-1][0]
    retire(made[last], mina, ida if last in TOP else sara)
    with clock.frozen(clock.now() + timedelta(days=1)):
        flow()
        after = reads(number)
        told = [str(reason) for reason in after.reasons]
        assert after.measured not in (*GOOD, row.measured), told
        assert any(why in reason for reason in told), told


def test_without_one_decided_control_the_statement_is_not_whole(
    make: Make, mina: Actor, sara: Actor, flow: Flow
) -> None:
    """6.1.3 and the 38 controls of Annex A."""
    made = []
    for control in catalogs.controls():
        values = {"title": control.title, "requirement": control.id, "systems": [], "documents": []}
        made.append(approved(make("applicability", risks=[], reasons=["own policy"], **values), mina, sara))
    flow()
    before = [str(reason) for reason in reads("6.1.3").reasons]
    assert any("38 of 38" in reason for reason in before), before
    retire(made[-1], mina, sara)
    with clock.frozen(clock.now() + timedelta(days=1)):
        flow()
        after = reads("6.1.3")
        told = [str(reason) for reason in after.reasons]
        assert after.measured not in GOOD
        assert any("37 of 38" in reason and "A.10.4" in reason for reason in told), told


def abandon(saved: Saved, author: Actor, second: Actor) -> None:
    asked = door.move(author, saved.reference, "propose-abandonment", revision=saved.revision, reason="Gone.")
    door.move(second, saved.reference, "abandon", revision=asked.revision)


def test_without_its_treatment_an_assessed_risk_is_one_persons_word(
    make: Make, mina: Actor, sara: Actor, someone: Callable[[str, str], Actor], flow: Flow
) -> None:
    """6.1.2, 8.2 and 8.3: what one person assessed and nobody decided on is no assessment that counts."""
    numbers = ("6.1.2", "8.2", "8.3")
    approved(make("ai-system", lifecycle="in operation"), mina, sara)
    method = approved(make("document", **dict(written("6.1.2", "method", version="3")[1])), mina, sara)
    risk = make("risk", criteria=method.reference, owner=mina.id)
    door.move(mina, risk.reference, "assess", revision=risk.revision)
    treatment = make("treatment", risks=[risk.reference], owner=mina.id, due="2026-12-01")
    treatment = approved(treatment, mina, sara)
    told = {"risks": [risk.reference], "owner": mina.id}
    approved(make("risk-assessment", **told), mina, sara)
    plan = make("treatment-plan", treatments=[treatment.reference], **told)
    approved(plan, mina, someone("top-management", "Ida"))
    flow()
    for number in numbers:
        row = reads(number)
        assert row.measured in GOOD, (number, [str(reason) for reason in row.reasons])
    abandon(treatment, mina, sara)
    with clock.frozen(clock.now() + timedelta(days=1)):
        flow()
        for number in numbers:
            row = reads(number)
            said = [str(reason) for reason in row.reasons]
            assert row.measured not in GOOD
            assert any("is neither treated nor accepted" in reason for reason in said), said


def test_without_its_corrective_action_a_nonconformity_and_10_2_say_so(
    make: Make, mina: Actor, sara: Actor, flow: Flow
) -> None:
    found = make("nonconformity", owner=mina.id, no_action="")
    door.move(mina, found.reference, "confirm", revision=found.revision, reason="It is one.")
    action = make("corrective-action", nonconformity=found.reference, owner=mina.id, due="2026-12-01")
    action = approved(action, mina, sara)
    with clock.frozen(clock.now() + timedelta(days=40)):
        flow()
        row = reads("10.2")
        assert row.measured in GOOD, [str(reason) for reason in row.reasons]
        abandon(action, mina, sara)
    with clock.frozen(clock.now() + timedelta(days=41)):
        flow()
        after = reads("10.2")
        told = [str(reason) for reason in after.reasons]
        assert after.measured not in GOOD
        assert any("has no corrective action after 41 days" in reason for reason in told), told


@pytest.mark.parametrize(
    ("number", "channel", "why"),
    [("A.3.3", "inside", "is not answered"), ("A.8.3", "outside", "is not answered")],
)
def test_without_its_answer_a_concern_is_named(
    number: str, channel: str, why: str, make: Make, mina: Actor, sara: Actor, flow: Flow
) -> None:
    approved(make("document", **dict(written(number)[1])), mina, sara)
    concern = make("concern", channel=channel, owner=mina.id)
    for step in ("take", "answer"):
        concern = door.move(mina, concern.reference, step, revision=concern.revision)
    door.move(sara, concern.reference, "close", revision=concern.revision, reason="Read and agreed.")
    flow()
    row = reads(number)
    assert row.measured in GOOD, [str(reason) for reason in row.reasons]
    opened = door.move(sara, concern.reference, "reopen", revision=concern.revision + 1, reason="Not so.")
    assert opened.revision > concern.revision
    with clock.frozen(clock.now() + timedelta(days=120)):
        flow()
        after = reads(number)
        told = [str(reason) for reason in after.reasons]
        assert after.measured not in GOOD
        assert any(why in reason for reason in told), told


def test_without_a_word_to_its_users_a_grave_incident_and_a_8_4_say_so(
    make: Make, mina: Actor, sara: Actor, flow: Flow
) -> None:
    approved(make("ai-system", lifecycle="in operation"), mina, sara)
    approved(make("document", **dict(written("A.8.4", "plan")[1])), mina, sara)
    incident = make("incident", owner=mina.id, severity="serious")
    flow()
    row = reads("A.8.4")
    assert row.measured in GOOD, [str(reason) for reason in row.reasons]
    door.amend(mina, incident.reference, {"tell": "", "told_on": "", "told": ""}, revision=incident.revision)
    with clock.frozen(clock.now() + timedelta(days=4)):
        flow()
        after = reads("A.8.4")
        said = [str(reason) for reason in after.reasons]
        assert after.measured not in GOOD
        assert any("nobody has told users" in reason for reason in said), said
