"""Files that declare a published schema, held to it: our validator against that of others."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource
from tests.waiting import cpu_at_most

from plumbline.imports import reading
from plumbline.imports.readers.schemas import declared
from plumbline.imports.readers.schemas.validator import Schemas, StepsUsedUp
from plumbline.imports.readers.structured.reader import parsed
from plumbline.kernel.problems import Malformed

FOLDER = Path(__file__).parents[1] / "data" / "documents"
SCHEMAS = Path(declared.__file__).parent / "data"
EVENT = {
    "eventTime": "2026-01-01T00:00:00Z",
    "producer": "https://example.org",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    "eventType": "COMPLETE",
    "run": {"runId": "0176a8c2-fe01-7439-87e6-56a1a1b4029f"},
    "job": {"namespace": "db", "name": "daily"},
    "outputs": [{"namespace": "db", "name": "sums", "facets": {"x": {"_producer": "p", "_schemaURL": "s"}}}],
}
VALID: dict[str, str] = {
    "component": (FOLDER / "cyclonedx_component_data_1.6.json").read_text(encoding="utf-8"),
    "model": (FOLDER / "cyclonedx_machine_learning_1.6.json").read_text(encoding="utf-8"),
    "card": (FOLDER / "model_card_toolkit.json").read_text(encoding="utf-8"),
    "event": json.dumps(EVENT),
}
FILES = {
    "component": "cyclonedx-1.6.json",
    "model": "cyclonedx-1.6.json",
    "card": "model-card-toolkit-0.0.2.json",
    "event": "openlineage-2-0-2.json",
}
KNOWN = {
    "$schema", "$id", "$ref", "$defs", "definitions", "type", "required", "additionalProperties",
    "properties",
    "enum", "const", "pattern", "minimum", "maximum", "items", "additionalItems", "uniqueItems", "minItems",
    "maxItems", "minLength", "maxLength", "format", "oneOf", "anyOf", "allOf", "not", "if", "then", "else",
}  # fmt: skip


def _schema(file: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / file).read_text(encoding="utf-8"))
    return found


def _theirs(name: str) -> Any:
    schema = _schema(FILES[name])
    kind = jsonschema.validators.validator_for(schema)
    others = [_schema(file) for file in ("spdx-licences.json", "jsf-0.82.json")]
    registry: Registry[Any] = Registry().with_resources(
        (each["$id"], Resource.from_contents(each)) for each in others
    )
    checker = jsonschema.FormatChecker(())
    if name != "card":
        checker.checkers = {}
        checker.checkers["uuid"] = (lambda text: not isinstance(text, str) or _is_uuid(text), ())
        checker.checkers["date-time"] = (lambda text: not isinstance(text, str) or _is_instant(text), ())
    return kind(schema, registry=registry, format_checker=checker)


def _is_uuid(text: str) -> bool:
    from uuid import UUID

    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _is_instant(text: str) -> bool:
    from datetime import datetime

    try:
        return "T" in text and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _changed(document: Any) -> Iterator[Any]:
    """The document with one thing of it changed: left out, of another type, another word, said twice."""
    for place in _places(document):
        *before, last = place
        for value in (None, "no such word", 7, -1, True, [], {}, {"no-such-name": 1}, [1, 1]):
            made = copy.deepcopy(document)
            _at(made, before)[last] = value
            yield made
        made = copy.deepcopy(document)
        del _at(made, before)[last]
        yield made
        inside = _at(document, place)
        if isinstance(inside, list) and inside:
            made = copy.deepcopy(document)
            _at(made, place).append(copy.deepcopy(inside[0]))
            yield made
        if isinstance(inside, dict):
            made = copy.deepcopy(document)
            _at(made, place)["no-such-name"] = "x"
            yield made


def _places(document: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for name, inside in items:
        yield (*before, name)
        if isinstance(inside, dict | list):
            yield from _places(inside, (*before, name))


def _at(document: Any, place: Any) -> Any:
    for step in place:
        document = document[step]
    return document


def _ours(name: str, document: Any) -> list[Any]:
    text = json.dumps(document)
    schemas = Schemas(
        {
            "": _schema(FILES[name]),
            "spdx.schema.json": _schema("spdx-licences.json"),
            "jsf-0.82.schema.json": _schema("jsf-0.82.json"),
        },
        frozenset() if name == "card" else frozenset({"date-time", "uuid"}),
    )
    return list(schemas.misfits("", parsed(text)[0]))


@pytest.mark.parametrize("name", list(VALID))
def test_the_validator_says_what_another_one_says_of_every_changed_document(name: str) -> None:
    document, theirs = json.loads(VALID[name]), _theirs(name)
    if name == "model":  # one picture of 90,000 signs says nothing more
        document["components"][0]["modelCard"]["quantitativeAnalysis"].pop("graphics")
    assert _ours(name, document) == []
    assert theirs.is_valid(document)
    tried = refused = 0
    for made in _changed(document):
        tried += 1
        fits = theirs.is_valid(made)
        refused += not fits
        assert (not _ours(name, made)) == fits, made
    assert tried > 50
    assert 0 < refused < tried


def test_every_word_of_the_schemas_is_one_that_the_validator_knows() -> None:
    met: set[str] = set()

    def walk(schema: Any) -> None:
        if not isinstance(schema, dict):
            return
        met.update(schema)
        for word in ("properties", "definitions", "$defs"):
            for inside in schema.get(word, {}).values():
                walk(inside)
        for word in ("items", "additionalProperties", "additionalItems", "not", "if", "then", "else"):
            inside = schema.get(word)
            for each in inside if isinstance(inside, list) else [inside]:
                walk(each)
        for word in ("oneOf", "anyOf", "allOf"):
            for each in schema.get(word, ()):
                walk(each)

    for file in SCHEMAS.glob("*.json"):
        walk(_schema(file.name))
    assert met <= KNOWN, met - KNOWN
    assert {"oneOf", "not", "if", "uniqueItems", "additionalItems"} <= met


def test_a_file_that_does_not_fit_what_it_declares_is_refused_with_the_place_and_the_reason() -> None:
    content = (FOLDER / "cyclonedx_invalid_service_data_1.6.json").read_bytes()
    with pytest.raises(Malformed) as caught:
        reading.read(content)
    (fault,) = caught.value.faults
    assert "CycloneDX 1.6" in str(fault.message)
    assert "services[0].data[0].flow" in str(fault.message)
    assert "inbound, outbound, bi-directional, unknown" in str(fault.message)
    assert "bar" not in str(fault.message)  # what was sent is not repeated
    assert fault.remedy


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"eventTime": "yesterday"}, "eventTime is no date-time"),
        ({"run": {"runId": "1"}}, "run.runId is no uuid"),
        ({"eventType": "DONE"}, "eventType is none of the words"),
        ({"outputs": [{"name": "sums"}]}, "outputs[0] lacks “namespace”"),
    ],
)
def test_an_event_is_held_to_the_schema_that_it_names(change: dict[str, Any], said: str) -> None:
    assert reading.read(json.dumps(EVENT).encode()).format == "OpenLineage"
    with pytest.raises(Malformed) as caught:
        reading.read(json.dumps(EVENT | change).encode())
    assert said in str(caught.value.faults[0].message)
    lines = json.dumps(EVENT) + "\n" + json.dumps(EVENT | change)
    with pytest.raises(Malformed) as caught:
        reading.read(lines.encode())
    assert f"2: {said}" in str(caught.value.faults[0].message)


def test_a_file_of_another_version_is_not_judged_by_this_one() -> None:
    document = json.loads((FOLDER / "cyclonedx_invalid_service_data_1.6.json").read_bytes())
    assert reading.read(json.dumps(document | {"specVersion": "1.4"}).encode()).format == "CycloneDX 1.4"
    assert declared.check(document | {"specVersion": "1.4"}) is None


def test_a_document_costs_no_more_than_the_bound_and_says_that_it_was_checked_in_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    part = {"type": "library", "name": "x"}
    bom: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "components": [part | {"name": f"{n}"} for n in range(900)],
    }
    monkeypatch.setattr(declared, "Schemas", lambda documents, formats: Schemas(documents, formats, 1_000))
    checked = declared.check(bom)
    assert checked is not None
    assert (checked.misfits, checked.is_whole) == ((), False)
    notices = reading.read(json.dumps(bom).encode()).notices
    assert any("only its first part was" in str(notice) for notice in notices)


def test_a_hostile_document_ends() -> None:
    deep: dict[str, Any] = {"type": "library", "name": "x"}
    for _ in range(80):
        deep = {"type": "library", "name": "x", "components": [deep, deep | {"name": "y"}][:1]}
    wide = [
        {"type": "library", "name": "x", "licenses": [{"license": {"id": "none"}}] * 40} for _ in range(2_000)
    ]
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [deep, *wide]}
    with cpu_at_most(20), pytest.raises(Malformed):
        reading.read(json.dumps(bom).encode())


def test_steps_are_counted() -> None:
    schemas = Schemas({"": {"type": "array", "items": {"type": "string"}}}, left=10)
    with pytest.raises(StepsUsedUp):
        list(schemas.misfits("", ["x"] * 11))
