"""A data folder of its own for each test, and batches as a sender would write them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plumbline.config import Config
from plumbline.kernel.ids import uuid7
from plumbline.telemetry import openings, spool
from plumbline.telemetry.store.duckdb import DuckStore

DATA = Path(__file__).parent.parent / "data"
Batch = Callable[..., bytes]


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Config]:
    """Settings of an installation in an empty folder; its files are closed afterwards."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    yield Config(data=data)
    for opened in (
        spool._spools.pop(data / "spool.db", None),
        openings._stores.pop(data / "openings.db", None),
    ):
        if opened is not None:
            opened.close()


@pytest.fixture
def store(config: Config) -> Iterator[DuckStore]:
    """An empty evidence store."""
    opened = DuckStore(config.data / "evidence.duckdb")
    yield opened
    opened.close()


def event(**values: Any) -> dict[str, Any]:
    """A decision, with ``values`` over the defaults; ``None`` takes a field away."""
    base = {
        "id": str(uuid7()),
        "time": datetime(2026, 3, 4, 10, 30, tzinfo=UTC).isoformat(),
        "system": "claims-triage",
        "type": "decision",
        "outcome": "pay",
    }
    return {name: value for name, value in {**base, **values}.items() if value is not None}


def batch(*events: dict[str, Any], **more: Any) -> bytes:
    """A batch of ``events`` as JSON."""
    return json.dumps({"source": "test", "events": list(events), **more}).encode()
