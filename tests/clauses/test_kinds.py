"""What every kind declares: words for readers, ids that exist, fields that all have a place."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from plumbline import catalogs
from plumbline.clauses.evaluation.attestations import Attestation
from plumbline.clauses.fields import MultiChoiceField
from plumbline.clauses.kind_data import beside
from plumbline.clauses.planning.applicability import Applicability
from plumbline.records import kinds
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

PREFIXES = {
    "monitoring-plan": "MPL",
    "action": "ACT",
    "certificate": "CRT",
    "opportunity": "OPP",
    "risk-assessment": "RAS",
    "treatment-plan": "TPL",
    "change": "CHG",
    "specification": "SPC",
    "release": "REL",
    "validation": "VLD",
    "deployment": "DPL",
    "retirement": "RTM",
    "scope": "SCP",
    "responsibility": "RSP",
    "committee": "CTE",
    "committee-meeting": "MTG",
    "committee-decision": "DCN",
    "issue": "ISS",
    "interested-party": "PTY",
    "obligation": "OBL",
    "ai-system": "SYS",
    "component": "CMP",
    "dataset": "DST",
    "supplier": "SUP",
    "risk": "RSK",
    "treatment": "TRT",
    "impact-assessment": "AIA",
    "policy": "POL",
    "document": "DOC",
    "document-review": "DRV",
    "applicability": "APP",
    "statement-version": "SOA",
    "posture-version": "PST",
    "authority": "AUT",
    "longest-interval": "LGI",
    "risk-criteria": "CRI",
    "objective": "OBJ",
    "indicator": "IND",
    "limit": "LIM",
    "deviation": "DEV",
    "attestation": "ATT",
    "nonconformity": "NCR",
    "corrective-action": "CAR",
    "competence": "CMT",
    "incident": "INC",
    "information-notice": "NTC",
    "supplier-assessment": "SAS",
    "concern": "CCN",
    "awareness": "AWR",
    "communication": "COM",
    "resource": "RES",
    "qualification": "QLF",
    "training": "TRN",
    "management-review": "MRV",
    "audit-programme": "APR",
    "audit": "IAU",
    "audit-finding": "FND",
    "audit-request": "ARQ",
}
OURS = [kind for kind in kinds.all_kinds() if kind.model.__module__.startswith("plumbline.clauses")]


def test_the_kinds_keep_their_prefixes() -> None:
    assert {kind.slug: kind.prefix for kind in OURS} == PREFIXES
    assert {kind.model for kind in OURS} == set(apps.get_app_config("clauses").get_models())


def test_kinds_come_in_the_order_of_the_clauses() -> None:
    assert [int(kind.clause) for kind in OURS] == sorted(int(kind.clause) for kind in OURS)


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.slug)
def test_a_kind_gives_evidence_for_requirements_that_exist(kind: Kind) -> None:
    assert kind.requirements
    assert [one for one in kind.requirements if not catalogs.exists(one)] == []
    assert any(one.startswith("iso42001:") for one in kind.requirements)


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.slug)
def test_a_kind_and_each_of_its_fields_say_what_they_are(kind: Kind) -> None:
    assert kind.text.endswith(".")
    assert len(kind.text) > 60
    for field in (*kind.model._meta.local_fields, *kind.model._meta.local_many_to_many):
        assert field.help_text, f"{kind.slug}.{field.name} has no help text"
        assert str(field.help_text).endswith((".", "?")), f"{kind.slug}.{field.name}"
        assert "_" not in str(field.verbose_name)


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.slug)
def test_columns_and_filters_are_fields_that_lists_can_show(kind: Kind) -> None:
    assert 2 <= len(kind.columns) <= 6
    for name in (*kind.columns, *kind.filters):
        field = kind.model._meta.get_field(name)
        assert not isinstance(
            field, (MultiChoiceField, models.TextField, models.JSONField, models.ManyToManyField)
        ), name


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.slug)
def test_words_hold_no_comma_and_are_what_readers_know(kind: Kind) -> None:
    for field in kind.model._meta.local_fields:
        if isinstance(field, MultiChoiceField):
            assert all("," not in word and word.strip() == word for word, _ in field.options)
            assert field.options
        elif field.choices:
            assert all(isinstance(word, int) or re.fullmatch(r"\S.*\S|", word) for word, _ in field.choices)


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.slug)
def test_fields_stand_under_titles_in_the_order_of_the_model(kind: Kind) -> None:
    assert [name for section in kind.sections for name in section.fields] == list(kind.own_fields)
    assert [section.title for section in kind.sections] == list(kind.titles.values())


@pytest.mark.parametrize(
    ("titles", "told"),
    [
        ({"colour": "Paint"}, r"\['colour'\], which are no fields"),
        ({"cause": "Why"}, "under no title"),
    ],
)
def test_a_kind_whose_titles_fit_no_field_does_not_register(
    titles: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    risk = kinds.get("risk")
    monkeypatch.setattr(kinds, "_kinds", {})
    with pytest.raises(ValueError, match=told):
        kinds.register(replace(risk, titles=titles))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[example", "Expected"),
        ("[colours]", r"\['colours'\] are neither choices nor example"),
        ("[choices.grade]", "choices.grade needs words"),
        ('[choices.grade]\nminor = ""', "choices.grade needs words"),
        ("[choices.grade]\nminor = 3", "choices.grade needs words"),
    ],
)
def test_data_of_a_kind_that_cannot_be_used_names_its_file(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "kites.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"kites\.toml: .*{told}"):
        beside(str(tmp_path / "kites.py"))


def test_data_of_a_kind_keeps_the_order_of_its_words(tmp_path: Path) -> None:
    (tmp_path / "kites.toml").write_text('[choices.size]\nsmall = "Small"\nbig = "Big"\n', encoding="utf-8")
    assert beside(str(tmp_path / "kites.py")) == ({"size": (("small", "Small"), ("big", "Big"))}, {})
    with pytest.raises(ValueError, match=r"gone\.toml"):
        beside(str(tmp_path / "gone.py"))


def test_only_a_snapshot_is_json() -> None:
    found = [
        (kind.slug, field.name)
        for kind in OURS
        for field in kind.model._meta.local_fields
        if isinstance(field, models.JSONField)
    ]
    assert found == [
        ("scope", "content"),
        ("statement-version", "content"),
        ("risk-assessment", "content"),
        ("treatment-plan", "content"),
        ("release", "content"),
        ("validation", "content"),
        ("information-notice", "content"),
        ("management-review", "inputs"),
        ("posture-version", "content"),
    ]


def test_no_kind_leaves_an_attribute_on_other_records() -> None:
    assert not [relation for relation in Record._meta.related_objects if relation.one_to_one]


def test_requirement_choices_are_the_catalogs() -> None:
    rows = Applicability._meta.get_field("requirement").flatchoices
    assert [word for word, _ in rows] == [row.id for row in catalogs.controls()]
    assert len(Attestation._meta.get_field("requirement").flatchoices) == 70
