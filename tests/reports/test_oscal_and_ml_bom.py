"""OSCAL and CycloneDX against the schemas that their publishers give out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource
from tests.clauses.conftest import Make

from plumbline import catalogs
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.records import commands as records
from plumbline.records import queries
from plumbline.reports import ml_bom
from plumbline.reports.oscal import build
from plumbline.reports.oscal import commands as oscal
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
DATA = Path(__file__).parents[1] / "data"


def _check(schema: dict[str, Any], document: Any, registry: Registry[Any] | None = None) -> None:
    checker = jsonschema.Draft7Validator.FORMAT_CHECKER
    found = jsonschema.Draft7Validator(schema, registry=registry or Registry(), format_checker=checker)
    assert [f"{error.json_path}: {error.message[:200]}" for error in found.iter_errors(document)] == []


def _oscal(actor: Actor, model: str) -> dict[str, Any]:
    text = (DATA / "oscal" / f"{model}.json").read_text(encoding="utf-8")
    schema = json.loads(text.replace("\\\\p{L}", "[^\\\\W\\\\d_]").replace("\\\\p{N}", "\\\\d"))
    document = json.loads(oscal.export(actor, model))
    _check(schema, document)
    return dict(document[model])


@pytest.mark.parametrize("model", list(build.MODELS))
def test_an_empty_installation_is_valid_and_leaves_an_entry(mina: Actor, model: str) -> None:
    _oscal(mina, model)
    newest = next(iter(log.search(limit=1)))
    assert (newest.entry_type, newest.subject_ref, newest.actor) == ("oscal.exported", model, mina.id)


def test_the_catalog_has_every_subclause_and_control_once(mina: Actor) -> None:
    found = _oscal(mina, "catalog")
    labels = [c["props"][0]["value"] for group in found["groups"] for c in group["controls"]]
    assert len(labels) == len(set(labels))
    assert {row.number for row in (*catalogs.subclauses(), *catalogs.controls())} <= set(labels)


def test_decisions_become_the_profile_and_the_components(mina: Actor, make: Make) -> None:
    saved = make("applicability")
    records.create(
        mina,
        "applicability",
        {
            "title": "Left out",
            "requirement": "iso42001:A.10.4",
            "applicable": "no",
            "exclusion_reason": "No customers.",
        },
    )
    profile = _oscal(mina, "profile")
    ((selected,),) = [one["with-ids"] for one in profile["imports"][0]["include-controls"]]
    (alter,) = profile["modify"]["alters"]
    assert alter["control-id"] == selected
    assert f"{saved.reference} revision {saved.revision}" in [p["value"] for p in alter["adds"][0]["props"]]
    assert profile["back-matter"]["resources"][0]["description"] == "No customers."
    components = _oscal(mina, "component-definition")["components"]
    used = [
        r for c in components for i in c["control-implementations"] for r in i["implemented-requirements"]
    ]
    assert {each["control-id"] for each in used} == {selected}
    catalog = {c["id"] for g in _oscal(mina, "catalog")["groups"] for c in g["controls"]}
    assert selected in catalog
    results = _oscal(mina, "assessment-results")["results"][0]
    reviewed = results["reviewed-controls"]["control-selections"][0]["include-controls"]
    assert {each["control-id"] for each in reviewed} <= catalog
    assert "satisfied" not in json.dumps(results).replace("not-satisfied", "")
    with pytest.raises(NotFound):
        oscal.export(mina, "ssp")


def test_the_ml_bom_of_a_system_names_model_data_and_supplier(mina: Actor, make: Make) -> None:
    part = make("component")
    (system,) = queries.claimed("ai-system")
    document = json.loads(ml_bom.export(mina, system["reference"]))
    anything = Resource.from_contents({"$schema": "http://json-schema.org/draft-07/schema#"})
    named = "http://cyclonedx.org/schema/spdx.schema.json", "http://cyclonedx.org/schema/jsf-0.82.schema.json"
    signature = Resource.from_contents(
        {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"signature": {}}}
    )
    registry = Registry().with_resources([(named[0], anything), (named[1], signature)])
    _check(json.loads((DATA / "cyclonedx" / "bom-1.6.json").read_text(encoding="utf-8")), document, registry)
    assert document["metadata"]["component"]["bom-ref"] == system["reference"]
    by_type = {each["type"]: each for each in document["components"]}
    model, data = by_type["machine-learning-model"], by_type["data"]
    assert model["bom-ref"] == part.reference
    assert model["modelCard"]["modelParameters"]["datasets"] == [{"ref": data["bom-ref"]}]
    written = queries.find(mina, part.reference)[0]
    assert model["hashes"] == [{"alg": "SHA-256", "content": written.digest}]  # type: ignore[attr-defined]
    assert model["supplier"]["name"]
    depends = {each["ref"]: each["dependsOn"] for each in document["dependencies"]}
    assert depends[system["reference"]] == sorted([part.reference, data["bom-ref"]])
    with pytest.raises(NotFound):
        ml_bom.export(mina, part.reference)
