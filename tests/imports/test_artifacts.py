"""Files that a component or dataset carries: their facts beside its fields, on every door."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.web.conftest import data, furnished, house, installation, mina
from tests.web.test_command_line import Command, command

from plumbline.imports.artifacts.entries import Artifact, artifact
from plumbline.imports.models import ImportJob
from plumbline.kernel.problems import Problem
from plumbline.records import files
from plumbline.records import queries as records
from plumbline.records.models import Attachment
from plumbline.records.related import queries as related
from plumbline.trail import log

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

__all__ = ["command", "data", "furnished", "house", "installation", "mina"]
FOLDER = Path(__file__).parents[1] / "data" / "documents"
INVALID = "cyclonedx_invalid_service_data_1.6.json"
WHY = "services[0].data[0].flow"


def facts(read: Artifact | None, number: int = 0) -> dict[str, str]:
    """The facts of one entry by field or label."""
    assert read is not None
    return {fact.field or str(fact.label): fact.text for fact in read.entries[number].facts}


SPDX_3 = {
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [
        {"type": "ai_AIPackage", "name": "Detect", "software_packageVersion": "3.0.2",
         "verifiedUsing": [{"algorithm": "sha256", "hashValue": "AB" * 32}],
         "ai_metric": [{"key": "accuracy", "value": "0.9"}, {"key": "recall", "value": "0.8"}]},
        {"type": "dataset_DatasetPackage", "name": "Train", "dataset_knownBias": ["One place"]},
    ],
}  # fmt: skip
EVENT = {
    "eventTime": "2026-01-01T00:00:00Z",
    "producer": "https://example.org",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    "run": {"runId": "0176a8c2-fe01-7439-87e6-56a1a1b4029f"},
    "job": {"namespace": "db", "name": "daily"},
    "outputs": [
        {"namespace": "db", "name": "sums",
         "facets": {"schema": {"_producer": "p", "_schemaURL": "s",
                               "fields": [{"name": "a"}, {"name": "b"}]}}}
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "content", "format_name", "schema", "said"),
    [
        (
            "component", "cyclonedx_machine_learning_1.6.json", "CycloneDX 1.6", "CycloneDX 1.6",
            {"title": "CompVis/stable-diffusion", "version": "1.4", "type": "model", "supplier": "Acme Inc",
             "datasets": "Training Data",
             "Metrics": "The type of performance metric: The value of the performance metric"},
        ),
        (
            "dataset", "cyclonedx_machine_learning_1.6.json", "CycloneDX 1.6", "CycloneDX 1.6",
            {"title": "Training Data", "origin": "https://example.com/path/to/dataset",
             "Classification": "public"},
        ),
        (
            "dataset", "croissant_simple_parquet_1.0.json", "Croissant", "",
            {"title": "simple-parquet", "rights": "https://creativecommons.org/licenses/by/4.0/"},
        ),
        (
            "component", "model_card_index.md", "Model card", "",
            {"title": "my-cool-model", "licence": "mit", "datasets": "beans",
             "Metrics": "accuracy: 0.9\nf1: 0.66"},
        ),
        ("dataset", "dataset_card.md", "Data set card", "",
         {"title": "Sample Segmentation", "rights": "bsd-3-clause",
          "labelling": "crowdsourced, expert-generated"}),
        (
            "component", "model_card_toolkit.json", "Model card", "Model Card Toolkit 0.0.2",
            {"title": "name", "version": "v1.0", "licence": "Apache-2.0", "Intended use": "use_cases",
             "Training data": "data name", "Metrics": "accuracy: 0.9", "Owners": "name1, name2",
             "Ethical considerations": "ethical considerations name"},
        ),
        ("component", SPDX_3, "SPDX 3", "",
         {"title": "Detect", "version": "3.0.2", "digest": "ab" * 32,
          "Metrics": "accuracy: 0.9\nrecall: 0.8"}),
        ("dataset", SPDX_3, "SPDX 3", "", {"title": "Train", "known_bias": "One place"}),
        ("dataset", EVENT, "OpenLineage", "OpenLineage 2-0-2",
         {"title": "sums", "origin": "db", "Columns": "a, b"}),
    ],
)  # fmt: skip
def test_facts_are_read_out_of_each_format(
    kind: str, content: Any, format_name: str, schema: str, said: dict[str, str]
) -> None:
    given = (FOLDER / content).read_bytes() if isinstance(content, str) else json.dumps(content).encode()
    read = artifact(kind, given)
    assert read is not None
    assert (read.format, read.schema, read.misfits) == (format_name, schema, ())
    found = facts(read)
    assert said.items() <= found.items(), found


def test_a_digest_is_the_one_that_the_publisher_states() -> None:
    document = json.loads((FOLDER / "croissant_simple_parquet_1.0.json").read_bytes())
    stated = document["distribution"][0]["sha256"]
    assert len(stated) == 64
    assert facts(artifact("dataset", json.dumps(document).encode()))["digest"] == stated
    document["distribution"].append({"@type": "cr:FileObject", "sha256": "0" * 64})
    # With two files neither digest is that of the data.
    assert "digest" not in facts(artifact("dataset", json.dumps(document).encode()))


def test_what_is_no_published_format_says_nothing() -> None:
    assert artifact("component", b'{"name": "x"}') is None
    assert artifact("component", b"Name;Version\nx;1\n") is None
    parts = artifact("dataset", (FOLDER / "model_card.md").read_bytes())
    assert parts is not None
    assert parts.entries == ()


layers = [pytest.mark.django_db(transaction=True)]


def sent(name: str, content: bytes | None = None) -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content or (FOLDER / name).read_bytes(), "application/json")}


class TestDoors:
    """One component and its files, asked and refused by page, API and command line."""

    pytestmark = layers

    def component(self, house: House, **values: Any) -> str:
        given = {"title": "stable-diffusion", "version": "1.5", "licence": "", "purpose": "Draws", **values}
        return house.make("component", **given)

    def test_facts_stand_beside_the_fields_and_change_none(
        self, house: House, mina: Client, command: Command
    ) -> None:
        reference = self.component(house)
        before = records.find(house.actor("aims-manager"), reference)[0].revision
        mina.post(f"/records/{reference}/files/", sent("cyclonedx_machine_learning_1.6.json"))
        page = mina.get(f"/records/{reference}/").content.decode()
        assert "What its files say" in page
        assert "fits the schema of CycloneDX 1.6" in page
        assert "something else" in page
        for role in ("aims-manager", "viewer"):
            (file,) = command("file", "facts", reference, role=role)
            assert (file["format"], file["schema"], file["entry"]) == (
                "CycloneDX 1.6", "CycloneDX 1.6", "components[0]",
            )  # fmt: skip
            states = {row["field"] or row["label"]: row["state"] for row in file["facts"]}
            assert states["version"] == "differs"
            assert states["supplier"] == "only in the file"
            assert states["Metrics"] == "no field"
            version = next(row for row in file["facts"] if row["field"] == "version")
            assert (version["text"], version["own"], version["place"]) == ("1.4", "1.5", "version")
        record = records.find(house.actor("aims-manager"), reference)[0]
        assert (record.revision, record.version) == (before, "1.5")  # type: ignore[attr-defined]

    def test_the_part_is_found_by_its_name_and_said_where_none_is_called_so(
        self, house: House, mina: Client, command: Command
    ) -> None:
        bom = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
            {"type": "library", "name": "numpy", "version": "2.1"},
            {"type": "library", "name": "scipy", "version": "1.15"},
        ]}  # fmt: skip
        named = self.component(house, title="scipy")
        other = self.component(house, title="Something of ours")
        for reference in (named, other):
            mina.post(f"/records/{reference}/files/", sent("bom.json", json.dumps(bom).encode()))
        (file,) = command("file", "facts", named)
        assert file["entry"] == "components[1]"
        (file,) = command("file", "facts", other)
        assert (file["facts"], "numpy" in file["note"]) == ([], True)
        assert (
            "None of the parts in it is called like this record"
            in mina.get(f"/records/{other}/").content.decode()
        )

    def test_a_file_that_is_not_what_it_declares_is_refused_on_every_door(
        self, house: House, mina: Client, command: Command, tmp_path: Path
    ) -> None:
        component, dataset = (
            self.component(house),
            house.make("dataset", title="Readings", uses=["training"], content="Rows"),
        )
        content = (FOLDER / INVALID).read_bytes()
        path = tmp_path / INVALID
        path.write_bytes(content)
        before = self.counts()
        for reference in (component, dataset):
            page = mina.post(f"/records/{reference}/files/", sent(INVALID))
            assert page.status_code in (422, 200)
            assert WHY in page.content.decode()
            with pytest.raises(Problem) as caught:
                command("file", "add", reference, str(path))
            assert WHY in str(caught.value.faults[0].message)
        assert self.counts() == before
        assert not files.has(hashlib.sha256(content).hexdigest())
        # Beside a nonconformity it is evidence of what somebody delivered.
        mina.post(f"/records/{house.references['nonconformity']}/files/", sent(INVALID))
        kept = related.attachments(house.actor("aims-manager"), house.references["nonconformity"])
        assert kept[-1].name == INVALID

    def test_it_is_refused_at_import_too_and_nothing_is_left(self, house: House, mina: Client) -> None:
        before = self.counts()
        answer = mina.post("/imports/", {"kind": "component", **sent(INVALID)}, follow=True)
        assert WHY in answer.content.decode()
        assert self.counts() == before

    def test_a_card_with_metadata_that_are_no_yaml_is_refused(self, house: House, mina: Client) -> None:
        reference = self.component(house)
        card = b"---\nlicense: [mit\n---\n# A model\n"
        answer = mina.post(f"/records/{reference}/files/", sent("card.md", card))
        assert "no YAML" in answer.content.decode()
        assert related.attachments(house.actor("aims-manager"), reference) == []

    def counts(self) -> tuple[int, int, int]:
        # Each call of the command line takes a token, which leaves an entry of its own.
        entries = [view for view in log.search(limit=500) if not view.entry_type.startswith("token.")]
        return (Attachment.objects.count(), ImportJob.objects.count(), len(entries))
