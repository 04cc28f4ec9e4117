"""Maps that are proposed for files of published formats: a person only confirms."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.reports.test_command_line import plumbline

from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.imports import commands, matching, plan, reading, reading_words
from plumbline.imports import queries as imports
from plumbline.imports.mapping import parse
from plumbline.imports.suggested import suggestion
from plumbline.kernel.problems import Invalid
from plumbline.records import kinds
from plumbline.records import queries as records

layers = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
FOLDER = Path(__file__).parents[1] / "data" / "documents"
SPDX = {
    "spdxVersion": "SPDX-2.3",
    "packages": [
        {"SPDXID": "SPDXRef-1", "name": "tools", "versionInfo": "1.5", "primaryPackagePurpose": "LIBRARY"},
        {"SPDXID": "SPDXRef-2", "name": "tools", "versionInfo": "1.6", "licenseDeclared": "MIT"},
    ],
}
SPDX_3 = {
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [
        {"type": "Organization", "spdxId": "urn:1", "name": "A lab"},
        {
            "type": "ai_AIPackage",
            "spdxId": "urn:2",
            "name": "Detect",
            "software_primaryPurpose": "model",
            "software_packageVersion": "3.0.2",
            "ai_limitation": "Not outdoors.",
        },
        {
            "type": "dataset_DatasetPackage",
            "spdxId": "urn:3",
            "name": "Train",
            "dataset_knownBias": ["One place"],
        },
    ],
}
EVENT = {
    "eventTime": "2026-01-01T00:00:00Z",
    "producer": "https://example.org",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    "run": {"runId": "0176a8c2-fe01-7439-87e6-56a1a1b4029f"},
    "job": {"namespace": "db", "name": "daily"},
    "outputs": [
        {
            "namespace": "db",
            "name": "sums",
            "facets": {
                "documentation": {
                    "description": "Sums by day.",
                    "_producer": "https://example.org",
                    "_schemaURL": "https://openlineage.io/spec/facets/1-0-1/DocumentationDatasetFacet.json",
                }
            },
        }
    ],
}
FILES: list[tuple[str | dict[str, Any], str, list[dict[str, Any]]]] = [
    (
        "cyclonedx_machine_learning_1.6.json",
        "component",
        [{"title": "CompVis/stable-diffusion", "type": "model", "version": "1.4"}],
    ),
    (
        "cyclonedx_machine_learning_1.6.json",
        "dataset",
        [{"title": "Training Data", "origin": "https://example.com/path/to/dataset"}],
    ),
    (
        "cyclonedx_component_data_1.6.json",
        "component",
        [{"title": "my-configs", "type": "", "version": "1337"}],
    ),
    ("cyclonedx_component_data_1.6.json", "dataset", [{"title": "app.ini"}, {"title": ".env"}]),
    (
        "croissant_simple_parquet_1.0.json",
        "dataset",
        [{"title": "simple-parquet", "rights": "https://creativecommons.org/licenses/by/4.0/", "source": ""}],
    ),
    (
        "croissant_wildchat_1.1.json",
        "dataset",
        [{"title": "WildChat-1M", "origin": "https://huggingface.co/datasets/allenai/WildChat-1M"}],
    ),
    ("model_card.md", "component", [{"title": "my-cool-model", "type": "model", "licence": "mit"}]),
    ("model_card_index.md", "component", [{"title": "my-cool-model", "type": "model"}]),
    ("dataset_card.md", "dataset", [{"title": "Sample Segmentation", "rights": "bsd-3-clause"}]),
    ("model_card_toolkit.json", "component", [{"title": "name", "version": "v1.0", "licence": "Apache-2.0"}]),
    ("oscal_component_definition.json", "component", [{"title": "MongoDB", "type": "service"}]),
    (
        "oscal_assessment_results.json",
        "nonconformity",
        [{"own_rule": "objective-id ac-6.1_obj", "grade": "not graded", "requirements": []}],
    ),
    (
        "oscal_assessment_results.json",
        "risk",
        [{"title": "GoodRead System Engineers Have Over-Privileged Access to Cloud Infrastructure Account"}],
    ),
    ("oscal_poam.json", "nonconformity", [{"source": "observation"}, {"source": "observation"}]),
    ("oscal_poam.json", "risk", [{"likelihood": None}, {"likelihood": None}]),
    (SPDX, "component", [{"version": "1.5", "type": "software"}, {"licence": "MIT", "type": ""}]),
    (SPDX_3, "component", [{"title": "Detect", "type": "model", "limits_of_use": "Not outdoors."}]),
    (SPDX_3, "dataset", [{"title": "Train", "known_bias": "One place"}]),
    (EVENT, "dataset", [{"title": "sums", "origin": "db", "content": "Sums by day."}]),
]


def _content(file: str | dict[str, Any]) -> bytes:
    return (FOLDER / file).read_bytes() if isinstance(file, str) else json.dumps(file).encode()


class TestWritten:
    """What becomes of files whose proposed map is taken as it is."""

    pytestmark = layers

    @pytest.mark.parametrize(("file", "kind", "expected"), FILES)
    def test_a_file_of_a_published_format_needs_no_map(
        self, mina: Actor, file: str | dict[str, Any], kind: str, expected: list[dict[str, Any]]
    ) -> None:
        made = plan.plan_file(mina, kind, _content(file), "")
        assert parse(made.map_text).kind == kind
        assert commands.run(mina, made).state == "done"
        facts = records.claimed(kind)
        assert len(facts) == len(expected)
        for said in expected:
            assert any(said.items() <= one.items() for one in facts), (said, facts)
        again = plan.plan_file(mina, kind, _content(file), "")
        assert again.counts["create"] == again.counts["amend"] == 0, "the same file makes no doubles"

    def test_answers_come_in_under_their_questions_and_no_level_is_invented(self, mina: Actor) -> None:
        content = _content("canada_aia_answers.json")
        sheet = reading.read(content)
        assert "neither a score nor an impact level" in str(sheet.notices[0])
        commands.run(mina, plan.plan_file(mina, "impact-assessment", content, ""))
        (found,) = records.claimed("impact-assessment")
        assert found["title"] == "Temporary Foreign Worker Program Case Selection Algorithm"
        asked = (
            "The impacts that the decision will have on the rights or freedoms of individuals will likely be:"
        )
        assert f"{asked}\nLittle to no impact [item1-1]" in found["individuals"]
        assert "Internal Stakeholders" in found["consulted"]
        for name in ("likelihood", "harm_to_individuals", "harm_to_groups", "harm_to_society"):
            assert found[name] is None, name
        assert (found["reversibility"], found["conclusion"]) == ("", "not decided")
        assert "[withheld]" not in str(found.values()), "the respondent is no part of the assessment"

    def test_a_questionnaire_that_is_not_known_is_said_and_nothing_is_translated(self, mina: Actor) -> None:
        answers = json.loads(_content("canada_aia_answers.json"))
        answers["version"] = "v9.9"
        content = json.dumps(answers).encode()
        sheet = reading.read(content)
        assert "v9.9 say is not known here" in str(sheet.notices[0])
        assert "Impact Assessment" not in sheet.columns
        planned = plan.plan_file(mina, "impact-assessment", content, "")
        assert {item.name for item in planned.register.fields} == {"title", "intended_use"}
        answers["version"] = "v0.10.0"
        answers["data"]["a question that nobody asked"] = "item1-3"
        assert "say is not known here" in str(reading.read(json.dumps(answers).encode()).notices[0])

    def test_a_finding_that_is_satisfied_is_no_nonconformity(self, mina: Actor) -> None:
        text = _content("oscal_assessment_results.json").decode()
        content = text.replace('"not-satisfied"', '"satisfied"').encode()
        planned = plan.plan_file(mina, "nonconformity", content, "")
        assert planned.counts == {**dict.fromkeys(plan.OUTCOMES, 0), "skip": 1}

    def test_a_file_of_no_published_format_still_needs_a_map(self, mina: Actor) -> None:
        with pytest.raises(Invalid) as caught:
            plan.plan_file(mina, "ai-system", b"Name,Stage\nSorter,planned\n", "")
        assert "published formats" in str(caught.value.faults[0].remedy)


class TestPages:
    """The proposal on the page of the columns."""

    pytestmark = layers

    @pytest.fixture
    def browser(self, mina: Actor) -> Client:
        """The AIMS manager's browser."""
        client = Client()
        client.force_login(identity.person(mina.id))
        return client

    def test_one_yes_leads_from_the_file_to_the_preview(self, browser: Client, mina: Actor) -> None:
        file = SimpleUploadedFile("bom.json", _content("cyclonedx_machine_learning_1.6.json"))
        first = browser.post("/imports/", {"kind": "", "file": file})["Location"]
        text = _text(browser.get(first))
        assert "Proposed for a file in CycloneDX 1.6" in text
        assert "Its one entry becomes one component." in text
        assert "modelCard.considerations.technicalLimitations" in text
        assert "columns stay out" in text
        assert 'value="component"' not in text, "the list that is read is not among the others"
        assert "Import 1 entry as dataset" in text
        sent = browser.post(first.replace("columns", "proposal"), {"system": "No such system"})
        shown = _text(browser.get(sent["Location"]))
        assert "names nothing here that you may see" in shown, (
            "the system is looked up, and said not to be here"
        )
        browser.post(sent["Location"] + "confirm/")
        assert [fact["title"] for fact in records.claimed("component")] == ["CompVis/stable-diffusion"]

    def test_another_list_of_the_file_is_imported_from_there(self, browser: Client) -> None:
        file = SimpleUploadedFile("bom.json", _content("cyclonedx_component_data_1.6.json"))
        first = browser.post("/imports/", {"kind": "ai-system", "file": file})["Location"]
        text = _text(browser.get(first))
        assert "Proposed for" not in text, "no list of the file is of AI systems"
        assert "Import 2 entries as datasets" in text
        other = browser.post(
            first.replace("columns", "other-list"), {"kind": "dataset", "path": "components.data"}
        )["Location"]
        assert "read-path=components.data" in other
        assert "Proposed for" in _text(browser.get(other))
        taken = browser.post(
            other.partition("?")[0].replace("columns", "proposal"), {"read-path": "components.data"}
        )
        browser.post(taken["Location"] + "confirm/")
        assert {fact["title"] for fact in records.claimed("dataset")} == {"app.ini", ".env"}

    def test_a_file_without_a_proposal_has_none_to_take(self, browser: Client, mina: Actor) -> None:
        file = SimpleUploadedFile("list.csv", b"Name,Stage\nSorter,planned\n")
        first = browser.post("/imports/", {"kind": "ai-system", "file": file})["Location"]
        assert "Proposed for" not in _text(browser.get(first))
        assert browser.post(first.replace("columns", "proposal")).status_code == 422
        (job,) = imports.jobs(mina)
        assert job.state == "uploaded"

    def test_the_form_of_columns_begins_with_the_proposal(self) -> None:
        sheet = reading.read(_content("croissant_wildchat_1.1.json"))
        chosen = suggestion.choices(kinds.get("dataset"), sheet)
        assert (chosen.columns["rights"], chosen.key, chosen.digest) == ("license", ("url",), True)
        assert chosen.also["lineage"] == "prov:wasDerivedFrom.prov:atLocation"
        plain = reading.read(b"Name,Stage\nSorter,planned\n")
        assert suggestion.choices(kinds.get("ai-system"), plain) == matching.suggested(
            kinds.get("ai-system"), plain
        )


def test_every_proposed_map_names_fields_and_words_that_there_are() -> None:
    for rule in suggestion.MAPS:
        kind = kinds.get(rule.kind)
        for name, take in rule.fields.items():
            assert name in matching.fields(kind), (rule.format, name)
            known = dict(matching.chosen_among(kind, name))
            assert not known or set(take.values.values()) | ({take.constant} - {""}) <= known.keys(), name


def test_a_program_is_told_the_proposed_map() -> None:
    found = reading_words.found(reading.read(_content("model_card.md")))
    assert parse(found["map"]).kind == found["kind"] == "component"
    assert reading_words.found(reading.read(b"Name,Stage\nSorter,planned\n"))["map"] == ""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new installation."""
    folder = tmp_path_factory.mktemp("installation") / "data"
    plumbline(folder, "init", "--email", "mina@halden.example")
    return folder


@pytest.mark.slow
def test_the_command_line_takes_a_file_by_what_it_says(data: Path) -> None:
    bom = str(FOLDER / "cyclonedx_machine_learning_1.6.json")
    assert "Proposed map:" in plumbline(data, "import", "file", bom, "--look")
    told = json.loads(plumbline(data, "import", "file", bom, "--preview", "--json"))
    assert told["counts"]["create"] == 1
    assert told["found"]["kind"] == "component"
    plumbline(data, "import", "dataset", bom)
    assert "Training Data" in plumbline(data, "export", "dataset")


def _text(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())
