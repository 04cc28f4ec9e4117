"""Model versions from an MLflow model registry, read from a file.

The file is what the registry answers to ``GET /api/2.0/mlflow/model-versions/search`` (MLflow REST API),
saved by whatever may reach the registry: so Plumbline needs neither its address nor its password. Each
version becomes a component of type *model*, with the key ``mlflow:NAME/VERSION``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django import forms

from plumbline.connectors.port import Connector, Fact
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Malformed, TooLarge, Unavailable

LIMIT = 26_214_400
"""Bytes of the largest file that is read."""


class Settings(forms.Form):
    """Where the file is."""

    file = forms.CharField(
        label="File", max_length=1000, help_text="Path of the registry's answer, saved as JSON."
    )


def _load(place: str) -> Any:
    path = Path(place)
    try:
        if path.stat().st_size > LIMIT:
            raise TooLarge(
                "The registry was not read.",
                [
                    Fault(
                        "file",
                        say("fault.over-bytes", "is over {limit} bytes", limit=LIMIT),
                        "page it",
                    )
                ],
            )
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Unavailable(
            "The registry was not read.",
            [Fault("file", say("connectors.cannot-be-opened", "cannot be opened: {why}", why=why))],
        ) from error
    except ValueError as error:  # no UTF-8 or no JSON
        remedy = "save the answer of model-versions/search"
        raise Malformed("The registry was not read.", [Fault("file", "is not JSON", remedy)]) from error


def _position(version: Mapping[str, Any]) -> str:
    """By time of the last change, and then by name: a text whose order is the order of reading."""
    changed = version.get("last_updated_timestamp") or version.get("creation_timestamp") or 0
    return f"{int(changed):016d} {version.get('name', '')}/{version.get('version', '')}"


def _fact(version: Mapping[str, Any]) -> Fact:
    name, number = str(version.get("name") or ""), str(version.get("version") or "")
    key, position = f"mlflow:{name}/{number}"[:200], _position(version)
    if not name or not number:
        fault = Fault("name", "a model version has no name or no number", "look at it in the registry")
        return Fact("component", key, position, faults=(fault,))
    values = {
        "title": f"{name} {number}"[:300],
        "type": "model",
        "version": number[:120],
        "origin": str(version.get("source") or "")[:500],
        "method": str(version.get("description") or ""),
    }
    return Fact("component", key, position, values)


def read(settings: Mapping[str, str], since: str) -> Iterator[Fact]:
    """Model versions changed after ``since``, the oldest first. Raises `Unavailable` or `Malformed`."""
    answer = _load(settings["file"])
    versions = answer.get("model_versions") if isinstance(answer, Mapping) else None
    if not isinstance(versions, list) or not all(isinstance(each, Mapping) for each in versions):
        remedy = "save the answer of model-versions/search"
        raise Malformed("The registry was not read.", [Fault("file", "has no list model_versions", remedy)])
    try:
        listed = sorted((_position(version), place) for place, version in enumerate(versions))
    except (TypeError, ValueError) as error:
        fault = Fault("file", "has a time that is not a number", "save the answer of model-versions/search")
        raise Malformed("The registry was not read.", [fault]) from error
    for position, place in listed:
        if position > since:
            yield _fact(versions[place])


CONNECTOR = Connector(
    slug="mlflow-file",
    title="MLflow model registry, from a file",
    text="Model versions of an MLflow registry, saved as JSON, become components of type model.",
    kinds=("component",),
    settings_form=Settings,
    read=read,
)
