"""People with roles, an initialised trail, and a small register."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from tests.clauses.conftest import make
from tests.records.conftest import installation, mina, sara, someone

__all__ = ["installation", "inventory", "inventory_map", "make", "mina", "sara", "someone"]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def inventory() -> bytes:
    """The 2024 US federal inventory as it was published."""
    return gzip.decompress((ROOT / "tests/data/ai-inventories/us_federal_2024_v1.csv.gz").read_bytes())


@pytest.fixture(scope="session")
def inventory_map() -> str:
    """The map that ships for it."""
    return (ROOT / "examples/imports/us-federal-2024.yaml").read_text(encoding="utf-8")
