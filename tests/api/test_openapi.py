"""The OpenAPI document: valid, complete, and kept by the API when requests are made up from it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.api.conftest import Caller
from tests.imports.test_import import FILE, MAP

from plumbline.api import registry
from plumbline.api.telemetry import PATHS
from plumbline.identity.actors import Actor
from plumbline.imports import commands as importing
from plumbline.imports import plan
from plumbline.records import commands, kinds
from plumbline.trail import publisher

CHECKS = (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
EXAMPLES = 5
WHOLE = "ai-systems"
"""The kind whose every operation is tried; the others share its code and have their lists and forms tried."""


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(registry.document()).validate()


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in registry.document()["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def test_every_operation_is_named_once_summed_up_and_says_what_it_refuses() -> None:
    names = Counter(operation["operationId"] for _, _, operation in _operations())
    assert not [name for name, times in names.items() if times > 1]
    for _, path, operation in _operations():
        assert operation["summary"]
        assert operation["responses"]
        if operation.get("security") != [] and path not in ("/v1/logs", "/v1/metrics"):
            assert {"401", "403", "429"} <= set(operation["responses"]), path


def test_every_address_is_described_the_ingest_doors_too() -> None:
    described = set(registry.document()["paths"])
    assert {f"/api/v1{operation.path}" for operation in registry.operations()} <= described
    assert described >= PATHS
    for kind in kinds.all_kinds():
        assert f"/api/v1/{kind.plural}" in described


def test_no_kind_takes_the_address_or_the_name_of_something_else() -> None:
    fixed = {
        re.split(r"[/{]", operation.path.strip("/"))[0]
        for operation in registry.operations()
        if operation.tag not in {kind.names for kind in kinds.all_kinds()}
    }
    assert not fixed & {kind.plural for kind in kinds.all_kinds()}
    assert "telemetry" in fixed


def test_the_schema_of_values_is_the_one_that_is_published() -> None:
    from plumbline.records import schema

    values = registry.document()["components"]["schemas"]["AISystemValues"]
    assert values["properties"] == schema.of_kind(kinds.get("ai-system"))["properties"]
    assert "required" not in registry.document()["components"]["schemas"]["AISystemChanges"]


def _tried(path: str, method: str) -> bool:
    first = path.removeprefix("/api/v1/").split("/")[0].partition(".")[0]
    plurals = {kind.plural for kind in kinds.all_kinds()}
    if path in PATHS:
        return False
    return first not in plurals or first == WHOLE or (path.count("/") == 3 and method == "post")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore")
def test_requests_made_up_from_the_document(
    writer: Caller, mina: Actor, system: commands.Saved, caller: Callable[..., Caller]
) -> None:
    """No fault of ours, only documented answers of the documented form, and wrong data is refused."""
    job = importing.keep(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP), "r.csv")
    commands.attach(mina, "SYS-0001", "a.txt", b"text", "text/plain")
    publisher.publish()
    known = {"reference": "SYS-0001", "index": "0", "handle": job.handle, "number": "1", "kind": "ai-system"}
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    statuses: Counter[int] = Counter()
    headers = {"Authorization": f"Bearer {writer.token}"}

    def judge(case: Any, mode: GenerationMode) -> None:
        if mode is GenerationMode.POSITIVE and case.operation.method != "delete":
            real = {name: value for name, value in known.items() if name in (case.path_parameters or {})}
            case.path_parameters = {**(case.path_parameters or {}), **real}
        response = case.call(headers=headers)
        statuses[response.status_code] += 1
        waiting = response.status_code == 503 and "/trail/" in case.operation.path
        assert response.status_code < 500 or waiting, case.as_curl_command()
        if not waiting:
            case.validate_response(response, checks=CHECKS, headers=headers)

    tried = 0
    for result in document.get_all_operations():
        operation = result.ok()
        if not _tried(operation.path, operation.method):
            continue
        tried += 1
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _try(operation, mode, judge)
    assert tried > 40
    assert {200, 404, 422} <= set(statuses)


def _try(operation: Any, mode: GenerationMode, judge: Callable[[Any, GenerationMode], None]) -> None:
    try:
        strategy = operation.as_strategy(generation_mode=mode)
    except schemathesis.errors.SchemathesisError:
        return

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(strategy)
    def one(case: Any) -> None:
        judge(case, mode)

    if mode is GenerationMode.POSITIVE or operation.definition.raw.get("parameters") or operation.body:
        one()
