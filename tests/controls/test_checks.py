"""Every check of the library as a table: evidence in, verdict out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.controls.tables import CHECKS, NOW, judged, person, rate, row, system

from plumbline import catalogs
from plumbline.controls import declare, limits
from plumbline.controls.declare import Evidence, Limit, Measure, Verdict, check, floor, passes, window_of
from plumbline.controls.rows import RowError, compiled, figure
from plumbline.metrics import declare as metrics


@pytest.mark.parametrize(
    ("slug", "measures", "word", "says"),
    [
        ("error-rate", {"error-rate": rate(0.2, 100)}, "fails", "20.0%"),
        ("error-rate", {"error-rate": rate(0.05, 100)}, "passes", "limit 5.0%"),
        ("error-rate", {"error-rate": rate(0.9, 10)}, "unknown", "Only 10 values"),
        ("error-rate", {}, "unknown", "Nothing was measured"),
        ("latency-p95", {"latency-p95": rate(12_000, 50)}, "fails", "12,000 ms"),
        ("performance-auc", {"roc-auc": rate(0.66, 500)}, "fails", "0.66"),
        ("performance-auc", {"roc-auc": rate(0.95, 500)}, "passes", "0.95"),
        ("accuracy", {"accuracy": rate(0.5, 500)}, "fails", "50.0%"),
        ("override-rate", {"override-rate": rate(0.5, 100)}, "fails", "over the limit"),
        ("override-rate", {"override-rate": rate(0.0, 412)}, "fails", "0 overrides in 412 reviews"),
        ("override-rate", {"override-rate": rate(0.0, 100)}, "passes", "judged from 400 reviews on"),
        (
            "override-rate",
            {"override-rate": rate(0.1, 100)},
            "passes",
            "10 overrides in 100 reviews (10.0%), in",
        ),
        (
            "override-rate",
            {"override-rate": rate(0.0, 500), "intervention-rate": rate(0.1, 500)},
            "passes",
            "0 overrides in 500 reviews (0.0%), inside the band. Rejected or escalated: 50.",
        ),
        (
            "override-rate",
            {"override-rate": rate(0.0, 1000), "intervention-rate": rate(0.001, 1000)},
            "fails",
            "0 overrides in 1,000 reviews and 1 rejected or escalated (0.10%), under 0.20%",
        ),
        ("override-rate", {"override-rate": rate(0.1, 10)}, "unknown", "30 reviews are needed"),
        ("override-rate", {}, "unknown", "No decision was reviewed"),
        ("log-present", {"volume": Measure and {"": Measure(12, 12)}}, "passes", "12 decisions"),
        ("log-present", {}, "unknown", "No event"),
        ("log-complete", {"log-coverage": {"": Measure(0.98, 100, 98, 100)}}, "fails", "2 of 100"),
        ("log-complete", {"log-coverage": {"": Measure(1.0, 100, 100, 100)}}, "passes", "All 100"),
        ("log-complete", {}, "unknown", "No source"),
    ],
)
def test_telemetry_checks(slug: str, measures: dict[str, dict[str, Measure]], word: str, says: str) -> None:
    verdict = judged(slug, measures=measures)
    assert verdict.word == word
    assert says in verdict.reason


@pytest.mark.parametrize(
    ("psi", "ks", "word", "named"),
    [
        ({"age": 0.1, "sum": 0.2}, {"age": 0.1, "sum": 0.1}, "passes", ()),
        ({"age": 0.3, "sum": 0.2}, {"age": 0.1, "sum": 0.1}, "fails", ("age",)),
        ({"age": 0.1, "sum": 0.2}, {"age": 0.1, "sum": 0.4}, "fails", ("sum",)),
        ({"age": 0.3, "sum": 0.9}, {"age": 0.5, "sum": 0.9}, "fails", ("age", "sum")),
    ],
)
def test_any_drifting_feature_fails_and_is_named(
    psi: dict[str, float], ks: dict[str, float], word: str, named: tuple[str, ...]
) -> None:
    measures = {
        "input-drift-psi": {name: Measure(value, 700) for name, value in psi.items()},
        "input-drift-ks": {name: Measure(value, 700) for name, value in ks.items()},
    }
    verdict = judged("input-drift", measures=measures)
    assert (verdict.word, verdict.named) == (word, named)
    assert (verdict.numerator, verdict.denominator) == (len(named), 2)
    assert verdict.value == max(psi.values())
    assert judged("input-drift", measures=measures, reference_period=True).word == "unknown"


@pytest.mark.parametrize(
    ("measure", "word", "says"),
    [
        (Measure(0.9, 12, base=5000, bins=10), "unknown", "Only 12 values of any feature against 5,000 in"),
        (Measure(0.9, 12, base=5000, bins=10), "unknown", "; 100 are needed to judge"),
        (Measure(0.9, 5000, base=12, bins=10), "unknown", "against 12 in the reference, worth 12; 100 are"),
        (Measure(0.9, 150, base=150, bins=10), "unknown", "worth 75; 100 are needed"),
        (Measure(0.9, 200, base=200, bins=10), "fails", "age (PSI 0.900)"),
        (Measure(0.9, 200, base=200, bins=21), "unknown", "worth 100; 210 are needed"),
        (Measure(0.9, 420, base=420, bins=21), "fails", "age (PSI 0.900)"),
    ],
)
def test_too_few_values_on_either_side_give_no_verdict_on_drift(
    measure: Measure, word: str, says: str
) -> None:
    verdict = judged("input-drift", measures={"input-drift-psi": {"age": measure}})
    assert verdict.word == word
    assert says in verdict.reason


def test_what_could_not_be_compared_is_named_and_sets_no_value() -> None:
    psi = {
        "age": Measure(0.1, 700, base=700, bins=10),
        "region": Measure(5.0, 700, base=20, bins=4),
        "sum": Measure(None, 0, base=700),
    }
    verdict = judged("input-drift", measures={"input-drift-psi": psi})
    assert (verdict.word, verdict.value, verdict.denominator, verdict.excluded) == ("passes", 0.1, 1, 2)
    assert "Too few values: region. Not seen: sum." in verdict.reason


def test_a_text_input_drifts_by_its_index_or_by_total_variation() -> None:
    for psi, distance, word in ((0.1, 0.1, "passes"), (0.3, 0.1, "fails"), (0.1, 0.4, "fails")):
        measures = {
            "input-drift-psi": {"region": Measure(psi, 700, base=700, bins=4)},
            "input-drift-tv": {"region": Measure(distance, 700, base=700, bins=4)},
        }
        assert judged("input-drift", measures=measures).word == word
    assert "region (TV 0.400). Limits: PSI 0.25, TV 0.3" in judged("input-drift", measures=measures).reason


def test_a_week_is_judged_on_twice_as_many_values_as_a_month() -> None:
    for count, word in ((300, "unknown"), (400, "fails")):
        measures = {"input-drift-psi": {"age": Measure(0.9, count, base=count, bins=10)}}
        assert judged("input-drift-week", measures=measures).word == word
        assert judged("input-drift", measures=measures).word == "fails"


def test_the_digest_of_a_check_covers_what_it_calls() -> None:
    text = declare._source(CHECKS["input-drift"].function)
    assert "VALUES_A_BIN = 10" in text
    assert "def _drift(" in text
    assert "def every(" in declare._source(CHECKS["users-informed"].function)
    assert "def live(" in declare._source(CHECKS["users-informed"].function)


def test_drift_needs_a_reference_and_enough_values() -> None:
    assert "declared reference" in judged("input-drift").reason
    few = {"input-drift-psi": {"age": Measure(9.0, 20)}, "input-drift-ks": {}}
    assert "Only 20 values" in judged("input-drift", measures=few).reason


@pytest.mark.parametrize(
    ("systems", "assessments", "word", "says"),
    [
        ([], [], "unknown", "no live systems"),
        ([system(lifecycle="planned")], [], "unknown", "no live systems"),
        ([system()], [], "fails", "SYS-0001 has no approved assessment"),
        ([system()], [("draft", "2026-02-01")], "fails", "has no approved assessment"),
        ([system()], [("approved", "2026-01-09")], "fails", "before its release on 2026-01-10"),
        ([system()], [("approved", "2026-01-10")], "passes", "1 of 1"),
        ([system(released_on=None)], [("approved", "2025-01-01")], "fails", "last assessed on 2025-01-01"),
    ],
)
def test_impact_is_assessed_after_the_release(
    systems: list[dict[str, Any]], assessments: list[tuple[str, str]], word: str, says: str
) -> None:
    made = [
        row(f"AIA-{n}", state, system="SYS-0001", assessed_on=day, conclusion="go ahead")
        for n, (state, day) in enumerate(assessments)
    ]
    verdict = judged("impact-assessed", records={"ai-system": systems, "impact-assessment": made})
    assert verdict.word == word
    assert says in verdict.reason


def test_a_system_that_should_not_run_is_no_assessed_system() -> None:
    made = [
        row("AIA-1", "approved", system="SYS-0001", assessed_on="2026-01-11", conclusion="go ahead"),
        row("AIA-2", "approved", system="SYS-0001", assessed_on="2026-01-12", conclusion="do not go ahead"),
    ]
    verdict = judged("impact-assessed", records={"ai-system": [system()], "impact-assessment": made})
    assert verdict.word == "fails"
    assert "SYS-0001 runs although AIA-2 concludes not to go ahead" in verdict.reason


def test_owners_and_oversight() -> None:
    both = [system(), system(reference="SYS-0002", owner=None, stop_procedure="")]
    left = system(reference="SYS-0003", owner="per_2")
    here = {"people": [person("per_1"), person("per_2", active=False)]}
    owned = judged("systems-owned", records={"ai-system": [*both, left]}, facts=here)
    assert (owned.word, owned.named, owned.numerator, owned.denominator) == (
        "fails",
        ("SYS-0002", "SYS-0003"),
        1,
        3,
    )
    assert "SYS-0003 has an owner who is not here any more" in owned.reason
    described = judged("oversight-described", records={"ai-system": both})
    assert "lacks how to stop it" in described.reason
    assert judged("systems-owned", records={"ai-system": both[:1]}, facts=here).word == "passes"


def test_inventory_against_what_was_seen() -> None:
    seen = [
        {"slug": "claims", "reference": "SYS-0001", "dismissed_until": None},
        {"slug": "shadow", "reference": "", "dismissed_until": None},
        {"slug": "toy", "reference": "", "dismissed_until": "2026-06-01"},
    ]
    verdict = judged("inventory-complete", records={"ai-system": [system()]}, facts={"sightings": seen})
    assert (verdict.word, verdict.named, verdict.excluded) == ("fails", ("shadow",), 1)
    verdict = judged("inventory-complete", records={"ai-system": [system()]}, facts={"sightings": seen[:1]})
    assert verdict.word == "passes"


@pytest.mark.parametrize(
    ("supplier", "word"),
    [
        ({"diligence": "suitable", "assessed_on": "2026-01-01"}, "passes"),
        ({"diligence": "suitable", "assessed_on": "2024-01-01"}, "fails"),
        ({"diligence": "not done", "assessed_on": None}, "fails"),
        ({"diligence": "not suitable", "assessed_on": "2026-01-01"}, "fails"),
    ],
)
def test_suppliers_behind_live_systems(supplier: dict[str, Any], word: str) -> None:
    part = {"systems": ["SYS-0001"], "supplier": "SUP-1"}
    records = {
        "ai-system": [system()],
        "component": [row("CMP-1", **part)],
        "supplier": [row("SUP-1", **supplier), row("SUP-2", diligence="not done", assessed_on=None)],
    }
    verdict = judged("suppliers-assessed", records=records)
    assert (verdict.word, verdict.population) == (word, 1)


def test_data_provenance() -> None:
    data = [
        row("DST-1", systems=["SYS-0001"], origin="o", lineage="l", rights="r"),
        row("DST-2", systems=["SYS-0001"], origin="o", lineage="", rights=""),
        row("DST-3", systems=[], origin="", lineage="", rights=""),
        row("DST-4", "retired", systems=["SYS-0001"], origin="", lineage="", rights=""),
    ]
    verdict = judged("data-provenance", records={"ai-system": [system()], "dataset": data})
    assert (verdict.word, verdict.numerator, verdict.denominator) == ("fails", 1, 2)
    assert "DST-2 lacks provenance, right to use it" in verdict.reason


def test_soa_has_a_row_for_every_control() -> None:
    controls = [{"id": one.id, "title": one.title} for one in catalogs.controls()]
    rows = [
        row(f"APP-{n}", requirement=one["id"], justification="j", exclusion_reason="")
        for n, one in enumerate(controls)
    ]
    good = judged("soa-complete", records={"applicability": rows}, facts={"controls": controls})
    assert (good.word, good.numerator, good.denominator) == ("passes", 38, 38)
    rows[0] = {**rows[0], "state": "draft"}
    bad = judged("soa-complete", records={"applicability": rows[:-1]}, facts={"controls": controls})
    assert bad.word == "fails"
    assert bad.named == (controls[-1]["id"], controls[0]["id"])


@pytest.mark.parametrize(
    ("risk", "word", "says"),
    [
        ({"state": "identified"}, "fails", "is not assessed"),
        ({"state": "assessed"}, "fails", "neither treated nor accepted"),
        ({"state": "treated"}, "passes", "1 of 1"),
        ({"state": "treated", "reference": "RSK-2"}, "fails", "no approved treatment"),
        ({"state": "treated", "reference": "RSK-2", "response": "retain"}, "passes", "1 of 1"),
        ({"state": "accepted", "accepted_until": "2026-03-01"}, "fails", "accepted until 2026-03-01"),
        ({"state": "accepted", "accepted_until": "2026-03-03"}, "passes", "1 of 1"),  # its last day
        ({"state": "accepted", "next_review": "2026-03-01"}, "fails", "due for review"),
        ({"state": "closed"}, "unknown", "no open risks"),
    ],
)
def test_risks_in_hand(risk: dict[str, Any], word: str, says: str) -> None:
    base = {"reference": "RSK-1", "response": "reduce", "next_review": None, "accepted_until": None}
    records = {"risk": [{**base, **risk}], "treatment": [row("TRT-1", risks=["RSK-1"])]}
    verdict = judged("risks-in-hand", records=records)
    assert verdict.word == word
    assert says in verdict.reason


@pytest.mark.parametrize(
    ("objective", "word"),
    [
        ({"target": "0.9"}, "passes"),
        ({"target": None}, "fails"),
        ({"target": None, "reference": "OBJ-2"}, "passes"),
        ({"target": "0.9", "owner": None}, "fails"),
        ({"target": "0.9", "due": "2026-03-01"}, "fails"),
        ({"target": "0.9", "outcome": "reached"}, "unknown"),
    ],
)
def test_objectives_are_measurable(objective: dict[str, Any], word: str) -> None:
    base = row("OBJ-1", outcome="open", due="2026-12-31")
    records = {"objective": [{**base, **objective}], "indicator": [row("IND-1", objective="OBJ-2")]}
    assert judged("objectives-measurable", records=records).word == word


@pytest.mark.parametrize(
    ("policies", "word", "value"),
    [
        ([], "fails", None),
        ([("draft", "2027-01-01")], "fails", None),
        ([("approved", "2027-01-01")], "passes", 0),
        ([("approved", "2026-02-17")], "fails", 14),
    ],
)
def test_policy_in_date(policies: list[tuple[str, str]], word: str, value: float | None) -> None:
    rows = [
        row(f"POL-{n}", state, type="AI policy", next_review=day) for n, (state, day) in enumerate(policies)
    ]
    verdict = judged("policy-in-date", records={"policy": rows})
    assert (verdict.word, verdict.value) == (word, value)


@pytest.mark.parametrize(
    ("review", "word"),
    [
        (None, "fails"),
        ({"held_on": "2026-01-20"}, "passes"),
        ({"held_on": "2026-01-20", "state": "draft"}, "fails"),
        ({"held_on": "2025-01-20"}, "fails"),
        ({"held_on": "2026-01-20", "decisions": ""}, "fails"),
        ({"held_on": "2026-01-20", "top_management": ""}, "fails"),
    ],
)
def test_management_review(review: dict[str, Any] | None, word: str) -> None:
    rows = [{**row("MRV-1", top_management="t", decisions="d"), **review}] if review else []
    assert judged("management-review", records={"management-review": rows}).word == word


@pytest.mark.parametrize(
    ("found", "word", "says"),
    [
        ({"state": "suspected", "created": "2026-03-01"}, "passes", "1 of 1"),
        ({"state": "suspected", "created": "2026-02-01"}, "fails", "suspected for 30 days"),
        ({"state": "open", "created": "2026-03-01", "due": "2026-03-02"}, "fails", "was due"),
        ({"state": "open", "created": "2026-01-01"}, "fails", "has no cause"),
        ({"state": "open", "created": "2026-01-01", "cause": "c"}, "passes", "1 of 1"),
        (
            {"state": "open", "created": "2026-01-01", "cause": "c", "reference": "NCR-2"},
            "fails",
            "no corrective",
        ),
        ({"state": "closed"}, "passes", "No nonconformity is open"),
    ],
)
def test_nonconformities_in_time(found: dict[str, Any], word: str, says: str) -> None:
    base = {**row("NCR-1"), "detected_on": None, "due": None, "cause": ""}
    records = {
        "nonconformity": [{**base, **found}],
        "corrective-action": [row("CAR-1", nonconformity="NCR-1")],
    }
    verdict = judged("nonconformities-in-time", records=records)
    assert verdict.word == word
    assert says in verdict.reason


def test_closed_nonconformities_have_verified_actions() -> None:
    closed = [row("NCR-1", "closed")]
    for state, word in (("verified", "passes"), ("carried out", "fails"), ("abandoned", "passes")):
        actions = [row("CAR-1", state, nonconformity="NCR-1")]
        records = {"nonconformity": closed, "corrective-action": actions}
        assert judged("actions-effective", records=records).word == word


def test_every_check_points_at_what_exists() -> None:
    assert len(CHECKS) >= 30
    areas = {one.split(":")[1].rsplit(".", 1)[0] for made in CHECKS.values() for one in made.requirements}
    assert {"A.2", "A.3", "A.4", "A.5", "A.6.1", "A.6.2", "A.7", "A.8", "A.9", "A.10"} <= areas
    assert {"4", "5", "6", "7.5", "8", "9", "10", "9.3"} <= {*areas, *(one.split(".")[0] for one in areas)}
    names = {one.name for one in metrics.all_metrics()}
    for made in CHECKS.values():
        assert all(catalogs.exists(one) for one in made.requirements), made.slug
        assert set(made.limits) <= set(limits.defaults()), made.slug
        assert set(made.needed("metric")) <= names, made.slug
        assert len(made.digest) == 64
        assert made.text


def test_every_default_limit_is_read_by_a_check() -> None:
    assert {name for made in CHECKS.values() for name in made.limits} == set(limits.defaults())


def test_rows_with_faults_are_refused_by_name() -> None:
    good = {
        "slug": "x",
        "title": "X",
        "text": "X is small.",
        "requirements": ["iso42001:9.1"],
        "metric": "error-rate",
        "side": "over",
        "window": "day",
        "severity": "minor",
    }
    assert compiled(good).limits == ("x",)
    for change, said in (
        ({"metric": None}, "metric is missing"),
        ({"colour": "red"}, "colour is not a field"),
        ({"side": "left"}, "side is one of over, under"),
        ({"window": "year"}, "window is one of hour, day, week, month"),
    ):
        broken = {name: value for name, value in {**good, **change}.items() if value is not None}
        with pytest.raises(RowError, match=said):
            compiled(broken)


def test_declarations_that_do_not_fit_are_refused() -> None:
    def nothing(evidence: Evidence) -> Verdict:
        """Nothing."""
        return passes("fine")

    with pytest.raises(ValueError, match="already a check"):
        check("iso42001:9.1", slug="error-rate", title="t", over="system", needs=["metric:volume"])(nothing)
    with pytest.raises(ValueError, match="cannot need records"):
        check("iso42001:9.1", slug="y", title="t", over="system", needs=["records:policy"])(nothing)
    with pytest.raises(ValueError, match="needs requirements"):
        check(slug="z", title="t", over="system", needs=["metric:volume"])(nothing)
    assert "y" not in {made.slug for made in declare.all_checks()}


def test_windows_are_calendar_windows() -> None:
    instant = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    assert floor(instant, "hour") == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert window_of(instant, "day") == (datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert window_of(instant, "month") == (
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    )
    # 31 December 2026 is a Thursday
    assert window_of(instant, "week") == (
        datetime(2026, 12, 28, tzinfo=UTC),
        datetime(2027, 1, 4, tzinfo=UTC),
    )
    assert floor(datetime(2026, 12, 28, tzinfo=UTC), "week") == datetime(2026, 12, 28, tzinfo=UTC)


def test_figures_read_as_people_read_them() -> None:
    assert figure(0.0512, "ratio") == "5.1%"
    assert figure(1234.5, "ms") == "1,234 ms"
    assert Limit(1.0).source == "default"


def test_a_looser_limit_of_completeness_does_not_say_that_all_is_here() -> None:
    made = CHECKS["log-complete"]
    start, end = window_of(NOW, made.window)
    measures = {"log-coverage": {"": Measure(0.98, 100, 98, 100)}}
    held = {"log-complete": Limit(0.95, "ratio", 1, "LIM-0001", 1, "under")}
    verdict = made.judge(Evidence("claims", start, end, NOW, measures, {}, {}, held))
    assert (verdict.word, verdict.reason) == (
        "passes",
        "2 of 100 counted events are missing; at least 95.0% have to be here.",
    )
