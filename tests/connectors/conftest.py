"""An installation, people, and an MLflow registry as a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.records.conftest import installation, mina, sara, someone

__all__ = ["installation", "mina", "sara", "someone"]

Save = Callable[..., Path]


def version(name: str, number: int, changed: int, **more: Any) -> dict[str, Any]:
    """A model version as the registry writes it."""
    return {
        "name": name,
        "version": str(number),
        "creation_timestamp": changed,
        "last_updated_timestamp": changed,
        "source": f"s3://models/{name}/{number}",
        "status": "READY",
        **more,
    }


@pytest.fixture
def registry(tmp_path: Path) -> Save:
    """Saves an answer of the registry and says where."""

    def save(*versions: dict[str, Any], text: str | None = None) -> Path:
        file = tmp_path / "registry.json"
        file.write_text(text if text is not None else json.dumps({"model_versions": versions}))
        return file

    return save
