"""What is declared of checks fits together: requirements, limits, facts, measures, windows, digests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from plumbline import catalogs
from plumbline.controls import declare, limits, registry
from plumbline.controls.cases import NOW
from plumbline.controls.declare import register
from plumbline.controls.facts import FACTS
from plumbline.controls.populations import Member, Population, judge_members, share
from plumbline.controls.rows import RowError, compiled
from plumbline.controls.verdicts import Evidence, Limit, leading_names
from plumbline.controls.windows import floor, iso_window, window_message, window_of
from plumbline.kernel.messages import Message, Ref, Subject, Word, listing, say
from plumbline.metrics import registry as metrics
from plumbline.records import kinds

CHECKS = registry.by_slug()


def test_every_check_points_at_what_exists() -> None:
    assert len(CHECKS) >= 40
    areas = {id.split(":")[1].rsplit(".", 1)[0] for check in CHECKS.values() for id in check.requirements}
    assert {"A.2", "A.3", "A.4", "A.5", "A.6.1", "A.6.2", "A.7", "A.8", "A.9", "A.10"} <= areas
    assert {"4", "5", "6", "7.5", "8", "9", "10", "9.3"} <= {*areas, *(area.split(".")[0] for area in areas)}
    names = {metric.name for metric in metrics.all_metrics()}
    for declared in CHECKS.values():
        assert all(catalogs.exists(id) for id in declared.requirements), declared.slug
        assert set(declared.needed("metric")) <= names, declared.slug
        assert set(declared.needed("facts")) <= FACTS.keys(), declared.slug
        assert set(declared.needed("records")) <= {kind.slug for kind in kinds.all_kinds()}, declared.slug
        assert len(declared.digest) == 64
        assert declared.text


def test_what_a_check_reads_is_what_the_catalog_says_a_machine_can_show() -> None:
    read = {id for declared in CHECKS.values() for id in declared.requirements}
    assert [id for id in sorted(read) if not catalogs.requirement(id).machine] == []


def test_every_fact_is_asked_for_by_a_check() -> None:
    assert {name for check in CHECKS.values() for name in check.needed("facts")} == FACTS.keys()


def test_the_registry_holds_every_module_and_row_without_being_told() -> None:
    slugs = {check.slug for check in registry.all_checks()}
    assert {"error-rate", "latency-p95", "performance-auc", "accuracy"} <= slugs
    assert {"input-drift", "soa-complete", "roles-held", "documents-kept", "incident-plan"} <= slugs
    assert list(CHECKS) != []
    assert [check.slug for check in registry.all_checks()] == sorted(slugs)


def test_a_limit_is_declared_with_the_check_that_its_name_begins_with() -> None:
    defaults = registry.default_limits()
    assert len(defaults) >= 18
    for name, limit in defaults.items():
        assert limit.name == name
        assert limit.why, name
        assert (limit.source, limit.revision) == ("default", 0)
    owners = {
        name: {check.slug for check in CHECKS.values() if name in check.limit_names} for name in defaults
    }
    documented = {
        "nonconformity-action": "nonconformities-in-time",
        "nonconformity-confirm": "nonconformities-in-time",
    }
    assert owners.pop("cadence") == set(), "how often a system is in use belongs to every check on it"
    assert owners.pop("window-closing") == set(), "when a window closes belongs to every check on telemetry"
    for name, slugs in owners.items():
        assert documented.get(name, name.partition(".")[0]) in slugs, name


def test_the_digest_of_a_check_covers_what_it_calls_and_not_its_cases() -> None:
    text = declare._source(CHECKS["input-drift"].function, None)
    assert "VALUES_A_BIN = 10" in text
    assert "def _drift(" in text
    assert "def of_system(" in declare._source(CHECKS["users-informed"].function, None)
    assert "def review_too_far(" in declare._source(CHECKS["users-informed"].function, None)
    assert "USERS_INFORMED = (" not in declare._source(CHECKS["users-informed"].function, None)
    owned = CHECKS["systems-owned"]
    assert "def live_systems(" in declare._source(owned.function, owned.population)
    assert "SYSTEMS_OWNED = (" not in declare._source(owned.function, owned.population)
    assert "def system(" not in declare._source(owned.function, owned.population), "samples are no verdict"


GOOD = {
    "slug": "x",
    "title": "X",
    "finding": "Too much X",
    "text": "X is small.",
    "requirements": ["iso42001:9.1"],
    "metric": "error-rate",
    "population": "live-systems",
    "limit": {"value": 0.1, "side": "over", "unit": "ratio", "minimum": 1, "why": "so"},
    "window": "day",
    "severity": "minor",
    "cases": [{"value": 0.2, "of": 10, "outcome": "fails", "says": "20.0%"}],
}


def test_rows_with_faults_are_refused_by_name() -> None:
    row = compiled(GOOD)
    assert row.limits == (Limit(0.1, "ratio", 1, side="over", name="x", why="so"),)
    other_case = {**GOOD, "cases": [{"outcome": "unknown", "says": "Nothing"}]}
    assert compiled(other_case).digest == row.digest
    assert compiled({**GOOD, "limit": {**GOOD["limit"], "value": 0.3}}).digest != row.digest  # type: ignore[dict-item]
    for change, said in (
        ({"metric": None}, "metric is missing"),
        ({"population": None}, "population is missing"),
        ({"population": "some"}, "population is one of live-systems, "),
        ({"cases": None}, "cases is missing"),
        ({"colour": "red"}, "colour is not a field"),
        ({"limit": {**GOOD["limit"], "side": "left"}}, "side is one of over, under"),  # type: ignore[dict-item]
        ({"limit": {"value": 1}}, "minimum is missing"),
        ({"window": "year"}, "window is one of hour, day, week, month"),
    ):
        broken = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
        with pytest.raises(RowError, match=said):
            compiled(broken)


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


def test_a_window_is_a_field_of_a_record_and_a_part_of_a_sentence() -> None:
    start = datetime(2026, 2, 23, tzinfo=UTC)
    assert [iso_window(start, window) for window in ("month", "week", "day", "hour")] == [
        "2026-02",
        "2026-W09",
        "2026-02-23",
        "2026-02-23 00:00",
    ]
    assert [str(window_message(start, window)) for window in ("month", "week", "day", "hour")] == [
        "in the month from 23 Feb 2026",
        "in the week from 23 Feb 2026",
        "on 23 Feb 2026",
        "in the hour from 23 Feb 2026, 00:00 UTC",
    ]


@pytest.mark.parametrize(
    ("slug", "unit", "compared_with", "under"),
    [
        ("impact-assessed", "ratio", 1.0, True),
        ("accuracy", "ratio", 0.7, True),
        ("error-rate", "ratio", 0.05, False),
        ("input-drift", "index", 0.25, False),
        ("management-review", "days", 365.0, False),
    ],
)
def test_which_side_fails(slug: str, unit: str, compared_with: float, under: bool) -> None:
    assert limits.fails_under(CHECKS[slug], unit, compared_with) is under


def test_a_share_is_compared_with_all_and_names_who_is_missing() -> None:
    names = [Ref("SYS-0002"), Ref("SYS-0001"), Subject("shadow")]
    people = Population("p", Word("people"), (), lambda evidence: [Member(name) for name in names])
    nobody, sentence = (
        Evidence("organization", NOW, NOW, NOW),
        share("test.share", "{have} of {total} have it."),
    )
    whole = judge_members(people, sentence, lambda member, evidence: None, nobody)
    assert (whole.against, whole.outcome, whole.value) == (1.0, "passes", 1.0)

    def lacking(member: Member, evidence: Evidence) -> Message | None:
        return say("test.lacks", "lacks it") if isinstance(member.name, Ref) else None

    part = judge_members(people, sentence, lacking, nobody)
    assert (part.against, part.outcome, part.numerator) == (1.0, "fails", 1)
    assert str(part.reason) == "1 of 3 have it. SYS-0001 lacks it; SYS-0002 lacks it."
    assert part.named == ("SYS-0001", "SYS-0002")


def test_what_a_message_is_about() -> None:
    inner = say("test.inner", "see {record}", record=Ref("RSK-0001"))
    assert leading_names(say("test.outer", "{system}: {inner}", system=Subject("a"), inner=inner)) == ()
    assert leading_names(say("test.one", "{record} {inner}", record=Ref("POL-0001"), inner=inner)) == (
        "POL-0001",
    )
    several = say(
        "test.list", "{record}: {names}", record=Ref("POL-0001"), names=listing(["age", "sum", "age"])
    )
    assert leading_names(several) == ("age", "sum")


def test_a_declaration_of_a_taken_slug_is_refused() -> None:
    old = CHECKS["roles-held"]
    with pytest.raises(ValueError, match="already a check"):
        register(replace(old, title="Another"))
