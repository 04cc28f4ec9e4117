"""The catalogs hold what the published outlines hold, no more and no less."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from plumbline import catalogs
from plumbline.kernel.problems import NotFound

SUBCLAUSES = [
    "4.1", "4.2", "4.3", "4.4", "5.1", "5.2", "5.3", "6.1.1", "6.1.2", "6.1.3", "6.1.4", "6.2", "6.3",
    "7.1", "7.2", "7.3", "7.4", "7.5.1", "7.5.2", "7.5.3", "8.1", "8.2", "8.3", "8.4",
    "9.1", "9.2.1", "9.2.2", "9.3.1", "9.3.2", "9.3.3", "10.1", "10.2",
]  # fmt: skip
CONTROLS = {
    "A.2": range(2, 5),
    "A.3": range(2, 4),
    "A.4": range(2, 7),
    "A.5": range(2, 6),
    "A.7": range(2, 7),
    "A.8": range(2, 6),
    "A.9": range(2, 5),
    "A.10": range(2, 5),
}


def test_subclauses_are_the_32_of_the_outline_in_its_order() -> None:
    assert [row.number for row in catalogs.subclauses()] == SUBCLAUSES
    assert len(SUBCLAUSES) == 32


def test_controls_are_the_38_of_annex_a() -> None:
    expected = {f"{area}.{last}" for area, lasts in CONTROLS.items() for last in lasts}
    expected |= {"A.6.1.2", "A.6.1.3"} | {f"A.6.2.{last}" for last in range(2, 9)}
    assert len(expected) == 38
    assert {row.number for row in catalogs.controls()} == expected
    assert [row.number for row in catalogs.controls()][::37] == ["A.2.2", "A.10.4"]


def test_areas_have_3_2_5_4_9_5_4_3_3_controls() -> None:
    assert [(area.number, len(area.members)) for area in catalogs.areas()] == [
        ("A.2", 3), ("A.3", 2), ("A.4", 5), ("A.5", 4), ("A.6", 9),
        ("A.7", 5), ("A.8", 4), ("A.9", 3), ("A.10", 3),
    ]  # fmt: skip


def test_statements_are_109_and_each_subclause_knows_its_own() -> None:
    assert len(catalogs.statements()) == 109
    for row in catalogs.subclauses():
        assert row.statements == tuple(f"{row.id}/{n}" for n in range(1, len(row.statements) + 1))
        assert row.statements
        assert all(one.parent == row.id for one in catalogs.statements(row.id))
    assert sum(len(row.statements) for row in catalogs.subclauses()) == 109
    assert len(catalogs.statements("iso42001:6.1.3")) == 10


def test_objectives_and_annex_c() -> None:
    kinds = Counter(row.kind for row in catalogs.requirements("iso42001"))
    assert kinds == {
        "clause": 32, "statement": 109, "control": 38, "objective": 10, "ai-objective": 11, "risk-source": 7,
    }  # fmt: skip


def test_nist_ai_rmf_has_4_functions_19_categories_72_subcategories() -> None:
    kinds = Counter(row.kind for row in catalogs.requirements("nist-ai-rmf"))
    assert kinds == {"function": 4, "category": 19, "subcategory": 72}
    per_function = Counter(row.group for row in catalogs.requirements("nist-ai-rmf", "subcategory"))
    assert per_function == {"GOVERN": 19, "MAP": 18, "MEASURE": 22, "MANAGE": 13}
    categories = Counter(row.group for row in catalogs.requirements("nist-ai-rmf", "category"))
    assert categories == {"GOVERN": 6, "MAP": 5, "MEASURE": 4, "MANAGE": 4}


def test_documented_information_register_has_22_rows() -> None:
    register = catalogs.documented()
    assert len(register) == 22
    assert [row.number for row, _, _ in register if row.number == "6.1.3"] == ["6.1.3"] * 5
    assert sum(bool(row.documented) for row in catalogs.controls()) == 26


def test_mappings_are_499_of_which_360_rest_on_judgement_alone() -> None:
    pairs = catalogs.mappings()
    assert len(pairs) == 499
    assert sum(pair.support == ("judgement",) for pair in pairs) == 360
    assert Counter(pair.target.partition(":")[0] for pair in pairs) == {
        "nist-ai-rmf": 154, "eu-ai-act": 115, "iso9001": 76, "iso27001": 69, "gdpr": 61, "soc2": 24,
    }  # fmt: skip
    assert Counter(pair.confidence for pair in pairs) == {
        "low-medium": 360, "medium": 69, "high": 56, "medium-high": 14,
    }  # fmt: skip


def test_every_mapping_starts_at_a_row_and_every_control_and_subclause_is_mapped() -> None:
    assert all(catalogs.exists(pair.source) for pair in catalogs.mappings())
    assert all(catalogs.exists(p.target) for p in catalogs.mappings() if p.target.startswith("nist-ai-rmf:"))
    for row in (*catalogs.subclauses(), *catalogs.controls()):
        assert catalogs.mappings(row.id), row.id


def test_a_mapping_is_found_from_both_ends_and_says_what_it_rests_on() -> None:
    pairs = catalogs.mappings("nist-ai-rmf:GOVERN 1.6")
    assert {pair.source for pair in pairs} >= {f"iso42001:A.4.{n}" for n in range(2, 7)}
    assert all(pair.rationale and pair.support for pair in catalogs.mappings())
    assert any(pair.target == "eu-ai-act:26(5)" for pair in catalogs.mappings())
    assert not [pair for pair in catalogs.mappings() if re.search(r":\(|\s$", pair.target)]


def test_risk_seeds_are_52_in_10_families_and_point_at_rows() -> None:
    seeds = catalogs.risk_seeds()
    assert [seed.id for seed in seeds] == [f"R-{n:02}" for n in range(1, 53)]
    assert len({seed.family for seed in seeds}) == 10
    assert {source for seed in seeds for source in seed.risk_sources} == {
        row.id for row in catalogs.requirements("iso42001", "risk-source")
    }
    assert {one for seed in seeds for one in seed.objectives} == {
        row.id for row in catalogs.requirements("iso42001", "ai-objective")
    }


def test_nobody_has_checked_a_row_against_a_bought_copy_yet() -> None:
    assert not any(row.checked_against_text for row in catalogs.requirements("iso42001"))


def test_every_row_says_what_a_machine_can_show_and_what_stays_for_people() -> None:
    """No control is shown by a machine alone: what used to be called automated asks for a person as well."""
    audited = (*catalogs.controls(), *catalogs.subclauses())
    assert all(row.people for row in audited)
    assert sum(bool(row.machine) for row in catalogs.controls()) == 36
    assert sum(bool(row.machine) for row in catalogs.subclauses()) == 32
    others = [row for row in catalogs.requirements("iso42001") if row not in audited]
    assert not any(row.machine or row.people for row in others)
    for row in catalogs.controls():
        assert row.gist
        assert row.owner
        assert row.topics
        assert row.auditor_evidence
        assert row.automated_evidence
    for row in catalogs.subclauses():
        assert row.gist
        assert row.owner


def test_parents_exist_and_ids_spell_framework_and_number() -> None:
    for framework in ("iso42001", "nist-ai-rmf"):
        for row in catalogs.requirements(framework):
            assert row.id == f"{framework}:{row.number}"
            assert row.parent is None or catalogs.exists(row.parent)
    assert catalogs.requirement("iso42001:A.6.2.6").parent == "iso42001:A.6.2"
    assert catalogs.requirement("nist-ai-rmf:MEASURE 2.4").parent == "nist-ai-rmf:MEASURE 2"


def test_an_unknown_id_is_not_found() -> None:
    assert not catalogs.exists("iso42001:A.6.10")
    with pytest.raises(NotFound):
        catalogs.requirement("iso42001:6.1.5")
    with pytest.raises(NotFound):
        catalogs.requirements("iso42002")


def test_the_reference_page_shows_every_row() -> None:
    text = catalogs.reference()
    for row in (*catalogs.requirements("iso42001"), *catalogs.requirements("nist-ai-rmf")):
        assert f"`{row.id}`" in text
        assert row.machine in text
        assert row.people in text
    assert "0 of 207 rows have been read against the text." in text
    assert catalogs.version()[:16] in text
