"""The MLflow connector alone: bytes in, facts out, no database."""

from __future__ import annotations

from itertools import permutations

import pytest
from tests.connectors.conftest import Save, version

from plumbline.connectors.mlflow import CONNECTOR, read
from plumbline.kernel.problems import Malformed, Unavailable

FRAUD = version("fraud", 1, 1_000, description="Gradient boosting")
CLAIMS = version("claims", 1, 2_000)
CLAIMS_2 = version("claims", 2, 3_000)


def _titles(save: Save, *versions: dict[str, object], since: str = "") -> list[object]:
    return [fact.values["title"] for fact in read({"file": str(save(*versions))}, since)]


def test_each_version_is_a_component_that_says_where_it_comes_from(registry: Save) -> None:
    (fact,) = read({"file": str(registry(FRAUD))}, "")
    assert (fact.kind, fact.key, fact.faults) == ("component", "mlflow:fraud/1", ())
    assert fact.values == {
        "title": "fraud 1",
        "type": "model",
        "version": "1",
        "origin": "s3://models/fraud/1",
        "method": "Gradient boosting",
    }


def test_the_oldest_change_comes_first_however_the_file_is_sorted(registry: Save) -> None:
    for order in permutations((FRAUD, CLAIMS, CLAIMS_2)):
        assert _titles(registry, *order) == ["fraud 1", "claims 1", "claims 2"]


def test_reading_goes_on_after_a_position(registry: Save) -> None:
    first, second, _ = read({"file": str(registry(FRAUD, CLAIMS, CLAIMS_2))}, "")
    assert _titles(registry, FRAUD, CLAIMS, CLAIMS_2, since=first.position) == ["claims 1", "claims 2"]
    changed = {**FRAUD, "last_updated_timestamp": 9_000}
    assert _titles(registry, changed, CLAIMS, CLAIMS_2, since=second.position) == ["claims 2", "fraud 1"]


def test_of_two_changes_in_one_millisecond_neither_is_lost(registry: Save) -> None:
    twin = version("claims", 2, 1_000)
    first, _ = read({"file": str(registry(FRAUD, twin))}, "")
    assert _titles(registry, FRAUD, twin, since=first.position) == ["fraud 1"]


def test_a_version_without_a_name_is_reported_and_the_others_are_read(registry: Save) -> None:
    nameless, fraud = read({"file": str(registry(FRAUD, version("", 1, 500)))}, "")
    assert nameless.faults[0].field == "name"
    assert fraud.key == "mlflow:fraud/1"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"model_versions": [1]}', '{"model_versions": [{"creation_timestamp": "x"}]}']
)
def test_what_is_no_answer_of_the_registry_is_refused_as_a_whole(registry: Save, text: str) -> None:
    with pytest.raises(Malformed):
        list(read({"file": str(registry(text=text))}, ""))


def test_a_file_that_is_not_there_is_named_with_the_reason() -> None:
    with pytest.raises(Unavailable) as refused:
        list(read({"file": "/nowhere/registry.json"}, ""))
    assert "No such file" in str(refused.value.faults[0].message)


def test_the_form_asks_for_the_file() -> None:
    assert CONNECTOR.settings_form({}).errors.keys() == {"file"}
