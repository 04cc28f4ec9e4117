"""Checks on documents, resources, people and evaluation as tables: evidence in, verdict out."""

from __future__ import annotations

from typing import Any

import pytest
from tests.controls.tables import judged, person, row, system

from plumbline.controls import evidence

SYSTEM = [system()]
OLD = system(lifecycle="retired")


def document(reference: str = "DOC-1", state: str = "approved", **more: Any) -> dict[str, Any]:
    return row(
        reference,
        state,
        **{
            "type": "process",
            "origin": "own",
            "issuer": "",
            "version": "1",
            "text": "",
            "address": "https://wiki.example/1",
            "requirements": [],
            "systems": ["SYS-0001"],
            "classification": "internal",
            "distribution": "",
            "retention_rule": "ten years",
            "dispose_on": None,
            "next_review": "2026-12-31",
            "effective_from": "2026-01-15",
            "approved_at": "2026-02-01T00:00:00Z",
            "recorded": "2026-02-01T00:00:00Z",
            **more,
        },
    )


ASKED = [{"id": "iso42001:4.3", "what": "scope"}, {"id": "iso42001:5.2", "what": "AI policy"}]


@pytest.mark.parametrize(
    ("documents", "policies", "word", "says"),
    [
        ([], [], "fails", "No approved document names"),
        ([document(requirements=["iso42001:4.3"])], [row("POL-1")], "passes", "2 of 2"),
        ([document(requirements=["iso42001:4.3"])], [row("POL-1", "draft")], "fails", "lacks its AI policy"),
        (
            [document(state="draft", requirements=["iso42001:4.3"])],
            [row("POL-1")],
            "fails",
            "lacks its scope",
        ),
    ],
)
def test_documents_that_are_asked_for(
    documents: list[dict[str, Any]], policies: list[dict[str, Any]], word: str, says: str
) -> None:
    records = {"document": documents, "policy": policies}
    verdict = judged("documents-asked", records=records, facts={"documents-asked": ASKED})
    assert verdict.word == word
    assert says in verdict.reason


def test_which_documents_the_standard_asks_for() -> None:
    asked = {str(one["id"]) for one in evidence._documents_asked()}
    assert asked == {f"iso42001:{number}" for number in ("4.3", "4.4", "5.2", "6.1.2", "6.1.3", "6.2")}


@pytest.mark.parametrize(
    ("more", "word", "says"),
    [
        ({}, "passes", "1 of 1"),
        ({"owner": None}, "fails", "has no owner"),
        ({"version": ""}, "fails", "has no version"),
        ({"next_review": None}, "fails", "has no date of review"),
        ({"next_review": None, "type": "report"}, "passes", "1 of 1"),
        ({"next_review": "2026-03-02"}, "fails", "was due for review on 2026-03-02"),
        ({"next_review": "2026-03-03"}, "passes", "1 of 1"),
        (
            {"state": "in review", "recorded": "2026-01-31T00:00:00Z"},
            "fails",
            "waits for approval since 2026-01-31",
        ),
        ({"state": "in review", "recorded": "2026-02-01T23:00:00Z"}, "passes", "1 of 1"),
        ({"state": "draft"}, "unknown", "There are no documents"),
        ({"state": "retired"}, "unknown", "There are no documents"),
    ],
)
def test_documents_reviewed(more: dict[str, Any], word: str, says: str) -> None:
    # from 1 February to 3 March are thirty days, which is the limit itself
    verdict = judged("documents-reviewed", records={"document": [document(**more)]})
    assert verdict.word == word
    assert says in verdict.reason
    assert verdict.excluded == (more.get("state") == "draft")


def test_policies_are_documents_too() -> None:
    late = row("POL-1", type="AI policy", version="3", next_review="2026-01-01", recorded="2026-01-01")
    verdict = judged("documents-reviewed", records={"document": [document()], "policy": [late]})
    assert (verdict.word, verdict.named, verdict.denominator) == ("fails", ("POL-1",), 2)


@pytest.mark.parametrize(
    ("more", "attached", "word", "says"),
    [
        ({}, [], "passes", "1 of 1"),
        ({"address": ""}, [], "fails", "lacks a place"),
        ({"address": "", "text": "Our scope is ..."}, [], "passes", "1 of 1"),
        ({"address": ""}, ["DOC-1"], "passes", "1 of 1"),
        ({"retention_rule": ""}, [], "fails", "lacks a rule for keeping"),
        ({"retention_rule": "", "dispose_on": "2030-01-01"}, [], "passes", "1 of 1"),
        ({"dispose_on": "2026-03-02"}, [], "fails", "was to be disposed of on 2026-03-02"),
        ({"classification": "restricted"}, [], "fails", "lacks those it is given to"),
        ({"classification": "restricted", "distribution": "the board"}, [], "passes", "1 of 1"),
        ({"origin": "external", "issuer": "a body", "version": ""}, [], "fails", "lacks issuer and edition"),
        ({"origin": "external", "issuer": "a body", "version": "2"}, [], "passes", "1 of 1"),
        ({"state": "draft"}, [], "unknown", "There are no approved documents"),
    ],
)
def test_documents_kept(more: dict[str, Any], attached: list[str], word: str, says: str) -> None:
    facts = {"attached": [{"reference": name} for name in attached]}
    verdict = judged("documents-kept", records={"document": [document(**more)]}, facts=facts)
    assert verdict.word == word
    assert says in verdict.reason


@pytest.mark.parametrize(
    ("systems", "documents", "word", "says"),
    [
        ([OLD], [], "unknown", "There are no live systems"),
        (SYSTEM, [], "fails", "SYS-0001 has no approved user information"),
        (SYSTEM, [document()], "fails", "has no approved user information"),
        (SYSTEM, [document(type="instructions", state="in review")], "fails", "has no approved"),
        (SYSTEM, [document(type="instructions", systems=[])], "fails", "has no approved"),
        (SYSTEM, [document(type="instructions")], "passes", "1 of 1 live systems"),
        (
            SYSTEM,
            [document(type="instructions", next_review="2026-03-01")],
            "fails",
            "no current user information: DOC-1 was due for review on 2026-03-01",
        ),
        (
            SYSTEM,
            [
                document(type="instructions", next_review="2026-03-01"),
                document("DOC-2", type="instructions"),
            ],
            "passes",
            "1 of 1",
        ),
    ],
)
def test_users_are_informed(
    systems: list[dict[str, Any]], documents: list[dict[str, Any]], word: str, says: str
) -> None:
    verdict = judged("users-informed", records={"ai-system": systems, "document": documents})
    assert verdict.word == word
    assert says in verdict.reason


@pytest.mark.parametrize(
    ("more", "word", "says"),
    [
        ({"type": "process"}, "fails", "has no approved technical documentation"),
        ({}, "passes", "1 of 1"),
        ({"type": "specification"}, "passes", "1 of 1"),
        ({"effective_from": "2026-01-10"}, "passes", "1 of 1"),
        (
            {"effective_from": "2026-01-09"},
            "fails",
            "DOC-1 is of 2026-01-09, before the release on 2026-01-10",
        ),
        ({"effective_from": None}, "passes", "1 of 1"),
        ({"effective_from": None, "approved_at": "2026-01-02T00:00:00Z"}, "fails", "is of 2026-01-02"),
        ({"next_review": "2026-03-02"}, "fails", "was due for review"),
    ],
)
def test_technical_documentation_keeps_up(more: dict[str, Any], word: str, says: str) -> None:
    rows = [document(**{"type": "design", **more})]
    verdict = judged("technical-documentation", records={"ai-system": SYSTEM, "document": rows})
    assert verdict.word == word
    assert says in verdict.reason


@pytest.mark.parametrize(
    ("systems", "more", "word"),
    [
        ([OLD], {}, "unknown"),
        (SYSTEM, {"requirements": []}, "fails"),
        (SYSTEM, {"type": "report"}, "fails"),
        (SYSTEM, {"state": "draft"}, "fails"),
        (SYSTEM, {"next_review": "2026-03-02"}, "fails"),
        (SYSTEM, {}, "passes"),
        (SYSTEM, {"type": "plan", "next_review": None}, "passes"),
    ],
)
def test_incident_plan(systems: list[dict[str, Any]], more: dict[str, Any], word: str) -> None:
    rows = [document(**{"requirements": ["iso42001:A.8.4"], **more})]
    verdict = judged("incident-plan", records={"ai-system": systems, "document": rows})
    assert verdict.word == word
    assert bool(verdict.population) is (word != "unknown")


@pytest.mark.parametrize(
    ("parts", "word", "says"),
    [
        ([], "fails", "has no component"),
        ([row("CMP-1", systems=["SYS-0001"], version="")], "fails", "no component with a version"),
        ([row("CMP-1", systems=["SYS-0001"], version="4")], "passes", "1 of 1"),
        ([row("CMP-1", "retired", systems=["SYS-0001"], version="4")], "fails", "has no component"),
    ],
)
def test_components_registered(parts: list[dict[str, Any]], word: str, says: str) -> None:
    verdict = judged("components-registered", records={"ai-system": SYSTEM, "component": parts})
    assert verdict.word == word
    assert says in verdict.reason


@pytest.mark.parametrize(
    ("more", "datasets", "word", "excluded"),
    [
        ({}, [], "fails", 0),
        ({}, [row("DST-1", systems=["SYS-0001"])], "passes", 0),
        ({}, [row("DST-1", "retired", systems=["SYS-0001"])], "fails", 0),
        ({"sourcing": "bought"}, [], "unknown", 1),
        ({"technique": "rules"}, [], "unknown", 1),
    ],
)
def test_data_registered(
    more: dict[str, Any], datasets: list[dict[str, Any]], word: str, excluded: int
) -> None:
    verdict = judged("data-registered", records={"ai-system": [system(**more)], "dataset": datasets})
    assert (verdict.word, verdict.excluded) == (word, excluded)


def test_quality_and_preparation_of_data() -> None:
    data = [
        row(
            f"DST-{number}",
            systems=["SYS-0001"],
            uses=uses,
            quality_wanted="under 2% missing",
            quality_found=found,
            preparation=prepared,
            next_review=review,
        )
        for number, (uses, found, prepared, review) in enumerate(
            [
                (["training"], "0.9%", "imputed", None),
                (["test"], "", "", "2026-12-31"),
                (["retrieval"], "checked", "", "2026-03-02"),
            ]
        )
    ]
    records = {"ai-system": SYSTEM, "dataset": data}
    quality = judged("data-quality", records=records)
    assert (quality.word, quality.named, quality.denominator) == ("fails", ("DST-1", "DST-2"), 3)
    assert "DST-1 lacks quality found; DST-2 was due for review on 2026-03-02" in quality.reason
    prepared = judged("data-preparation", records=records)
    assert (prepared.word, prepared.named, prepared.denominator, prepared.excluded) == (
        "fails",
        ("DST-1",),
        2,
        1,
    )
    good = {"ai-system": SYSTEM, "dataset": data[:1]}
    assert (
        judged("data-quality", records=good).word == judged("data-preparation", records=good).word == "passes"
    )
    assert judged("data-quality", records={"ai-system": SYSTEM}).word == "unknown"
    assert judged("data-preparation", records={"ai-system": SYSTEM, "dataset": data[2:]}).word == "unknown"


@pytest.mark.parametrize(
    ("more", "word", "says"),
    [
        ({}, "passes", "1 of 1"),
        ({"responsibilities": ""}, "fails", "lacks who is responsible for what"),
        ({"contract": ""}, "fails", "lacks a contract"),
        ({"contract_until": "2026-03-02"}, "fails", "has a contract that ended on 2026-03-02"),
        ({"contract_until": "2026-03-03"}, "passes", "1 of 1"),
    ],
)
def test_duties_are_shared_out(more: dict[str, Any], word: str, says: str) -> None:
    supplier = row("SUP-1", responsibilities="r", contract="c", contract_until=None)
    records = {"ai-system": [system(supplier="SUP-1")], "supplier": [{**supplier, **more}]}
    verdict = judged("duties-shared-out", records=records)
    assert verdict.word == word
    assert says in verdict.reason
    nobody = judged("duties-shared-out", records={"ai-system": SYSTEM, "supplier": [supplier]})
    assert nobody.word == "unknown"


@pytest.mark.parametrize(
    ("systems", "people", "word", "says"),
    [
        ([OLD], [], "unknown", "There are no live systems"),
        (SYSTEM, [], "fails", "0 of 3 roles"),
        (
            SYSTEM,
            [person("a", "aims-manager"), person("b", "top-management", "internal-auditor")],
            "passes",
            "3 of 3 roles",
        ),
        (
            SYSTEM,
            [person("a", "aims-manager", "top-management"), person("b", "internal-auditor", active=False)],
            "fails",
            "internal auditor is held by nobody",
        ),
    ],
)
def test_roles_are_held(
    systems: list[dict[str, Any]], people: list[dict[str, Any]], word: str, says: str
) -> None:
    verdict = judged("roles-held", records={"ai-system": systems}, facts={"people": people})
    assert verdict.word == word
    assert says in verdict.reason


def assessment(day: str = "2026-01-10", state: str = "approved", **more: Any) -> dict[str, Any]:
    told = {"groups": ["customers"], "individuals": "i", "society": "none"}
    return row(f"AIA-{day}", state, system="SYS-0001", assessed_on=day, **{**told, **more})


@pytest.mark.parametrize(
    ("assessments", "word", "says"),
    [
        ([], "unknown", "There are no assessed systems"),
        ([assessment(state="draft")], "unknown", "There are no assessed systems"),
        ([assessment()], "passes", "1 of 1"),
        ([assessment(groups=["employees"])], "fails", "leaves out customers"),
        ([assessment(society="")], "fails", "says nothing of individuals or of society"),
        ([assessment(groups=[]), assessment("2026-02-01")], "passes", "1 of 1"),
        ([assessment(), assessment("2026-02-01", groups=[])], "fails", "AIA-2026-02-01, which leaves out"),
    ],
)
def test_assessments_name_everybody(assessments: list[dict[str, Any]], word: str, says: str) -> None:
    records = {"ai-system": SYSTEM, "impact-assessment": assessments}
    verdict = judged("people-assessed", records=records)
    assert verdict.word == word
    assert says in verdict.reason


@pytest.mark.parametrize(
    ("more", "indicators", "documents", "word"),
    [
        ({}, [], [], "fails"),
        ({}, [row("IND-1", system="SYS-0001")], [], "passes"),
        ({}, [row("IND-1", "draft", system="SYS-0001")], [], "fails"),
        ({}, [row("IND-1", system=None)], [], "fails"),
        ({}, [], [document(type="plan", requirements=["iso42001:9.1"])], "passes"),
        ({}, [], [document(type="report", requirements=["iso42001:9.1"])], "fails"),
        ({}, [], [document(type="plan", requirements=["iso42001:8.1"])], "fails"),
        ({"effect": "none"}, [], [], "unknown"),
        ({"effect": "none", "autonomy": "acts alone"}, [], [], "fails"),
    ],
)
def test_monitoring_is_planned(
    more: dict[str, Any], indicators: list[dict[str, Any]], documents: list[dict[str, Any]], word: str
) -> None:
    records = {"ai-system": [system(**more)], "indicator": indicators, "document": documents}
    assert judged("monitoring-planned", records=records).word == word


@pytest.mark.parametrize(
    ("state", "due", "word"),
    [
        ("approved", "2026-03-03", "passes"),
        ("approved", "2026-03-02", "fails"),
        ("draft", "2026-03-02", "fails"),
        ("carried out", "2026-03-02", "passes"),
        ("verified", "2026-03-02", "passes"),
        ("abandoned", "2026-03-02", "unknown"),
    ],
)
def test_treatments_in_time(state: str, due: str, word: str) -> None:
    assert judged("treatments-in-time", records={"treatment": [row("TRT-1", state, due=due)]}).word == word


@pytest.mark.parametrize(
    ("more", "word", "says"),
    [
        ({}, "passes", "1 of 1"),
        ({"expires_on": "2026-03-02"}, "fails", "ended on 2026-03-02 and is not retired"),
        ({"compensation": ""}, "fails", "has nothing that makes up for it"),
        ({"state": "retired", "expires_on": "2026-03-02"}, "unknown", "There are no approved deviations"),
    ],
)
def test_deviations_in_date(more: dict[str, Any], word: str, says: str) -> None:
    deviation = row("DEV-1", expires_on="2026-03-03", compensation="a second look")
    verdict = judged("deviations-in-date", records={"deviation": [{**deviation, **more}]})
    assert verdict.word == word
    assert says in verdict.reason


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"measured_on": None}, "fails"),
        ({"measured_on": "2026-01-17"}, "passes"),  # 45 days; one and a half months of 31 are 46.5
        ({"measured_on": "2026-01-15"}, "fails"),
        ({"measured_on": "2026-01-15", "cadence": "quarterly"}, "passes"),
        ({"measured_on": None, "cadence": "on event"}, "unknown"),
        ({"measured_on": None, "metric": "override-rate"}, "unknown"),
        ({"measured_on": None, "state": "draft"}, "unknown"),
    ],
)
def test_indicators_are_current(more: dict[str, Any], word: str) -> None:
    indicator = row("IND-1", metric="", cadence="monthly", measured_on=None)
    assert judged("indicators-current", records={"indicator": [{**indicator, **more}]}).word == word


@pytest.mark.parametrize(
    ("reviews", "word"),
    [
        ([], "unknown"),
        ([row("MRV-1", "draft", held_on="2026-01-20", inputs={})], "unknown"),
        ([row("MRV-1", held_on="2026-01-20", inputs={})], "fails"),
        ([row("MRV-1", held_on="2026-01-20", inputs={"sections": []})], "passes"),
        (
            [
                row("MRV-1", held_on="2026-01-20", inputs={"sections": []}),
                row("MRV-2", held_on="2026-02-20", inputs={}),
            ],
            "fails",
        ),
    ],
)
def test_inputs_of_the_review(reviews: list[dict[str, Any]], word: str) -> None:
    assert judged("review-inputs", records={"management-review": reviews}).word == word
