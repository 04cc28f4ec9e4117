"""How people write references and requirements."""

from __future__ import annotations

import pytest

from plumbline import catalogs
from plumbline.records import spellings

KNOWN = [row.id for row in (*catalogs.subclauses(), *catalogs.controls())]
CONTROLS = [row.id for row in catalogs.controls()]


@pytest.mark.parametrize(
    "text", ["A.6.2.6", "a.6.2.6", "a626", "A 6.2.6", "A6.2.6", "6.2.6", "626", "iso42001:a.6.2.6"]
)
def test_a_control_in_any_usual_spelling(text: str) -> None:
    assert spellings.requirement(text, KNOWN) == "iso42001:A.6.2.6"


def test_a_clause_comes_before_the_control_of_its_number() -> None:
    assert spellings.requirement("4.2", KNOWN) == "iso42001:4.2"
    assert spellings.requirement("4.2", CONTROLS) == "iso42001:A.4.2"


@pytest.mark.parametrize("text", ["", "A.99", "6", "something", "62x"])
def test_what_names_no_requirement_stays_as_it_is(text: str) -> None:
    assert spellings.requirement(text, KNOWN) == text


def test_every_requirement_has_its_number_and_its_signs_to_itself() -> None:
    for name in KNOWN:
        number = name.rpartition(":")[2]
        assert spellings.requirement(number, KNOWN) == name
        assert spellings.requirement(number.lower().replace(".", " "), KNOWN) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sys 1", "SYS-0001"), ("RSK7", "RSK-0007"), ("rsk_0007", "RSK-0007"), ("RSK-12345", "RSK-12345"),
        ("Claims Triage", "Claims Triage"), ("7", "7"), ("", ""),
    ],
)  # fmt: skip
def test_references(text: str, name: str) -> None:
    assert spellings.reference(text) == name
