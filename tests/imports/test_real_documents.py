"""Documents as others have published them, each read as what it is (`tests/data/documents/README.md`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from plumbline.imports import reading

FOLDER = Path(__file__).parents[1] / "data" / "documents"


@pytest.mark.parametrize(
    ("name", "format_name", "kind", "cells"),
    [
        (
            "cyclonedx_component_data_1.6.json",
            "CycloneDX 1.6",
            "component",
            {"type": "data", "data.type": "configuration, other"},
        ),
        ("croissant_simple_parquet_1.0.json", "Croissant", "dataset", {"name": "simple-parquet"}),
        ("model_card.md", "Model card", "component", {"title": "my-cool-model", "license": "mit"}),
        ("dataset_card.md", "Data set card", "dataset", {"multilinguality": "monolingual"}),
        ("model_card_toolkit.json", "Model card", "component", {"model_details.owners.name": "name1, name2"}),
        (
            "oscal_assessment_results.json",
            "OSCAL assessment results 1.1.2",
            "nonconformity",
            {"target.type": "objective-id"},
        ),
        (
            "oscal_component_definition.json",
            "OSCAL component definition 1.1.2",
            "component",
            {"type": "service", "title": "MongoDB"},
        ),
        (
            "canada_aia_answers.json",
            "Algorithmic Impact Assessment (Canada) v0.10.0",
            "impact-assessment",
            {"projectDetailsTitle": "Temporary Foreign Worker Program Case Selection Algorithm"},
        ),
    ],
)
def test_a_published_document_is_read_as_what_it_is(
    name: str, format_name: str, kind: str, cells: dict[str, str]
) -> None:
    content = (FOLDER / name).read_bytes()
    sheet = reading.read(content)
    assert (sheet.format, sheet.kind) == (format_name, kind)
    row = dict(zip(sheet.columns, sheet.rows[0].cells, strict=True))
    assert cells.items() <= row.items(), row
    assert reading.read(content, sheet.options) == sheet
