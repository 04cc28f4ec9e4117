"""The California housing rows as arrays, by column and by calendar month."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent.parent / "data" / "california-housing"
FEATURES = ("MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude", "Longitude")


@lru_cache
def rows(part: str) -> list[dict[str, str]]:
    """Rows of ``reference``, ``analysis`` or ``analysis_gt``."""
    with gzip.open(FOLDER / f"california_housing_{part}.csv.gz", "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def expected() -> dict[str, Any]:
    """What the publisher's documentation prints."""
    answers: dict[str, Any] = json.loads((FOLDER / "expected_california_housing.json").read_text())
    return answers


def column(part: str, name: str) -> np.ndarray[Any, Any]:
    """One column as numbers."""
    return np.array([float(row[name]) for row in rows(part)])


def months(part: str) -> np.ndarray[Any, Any]:
    """The calendar month of each row, as ``2021-06``."""
    return np.array([row["timestamp"][:7] for row in rows(part)])


def instant(row: dict[str, str]) -> datetime:
    """When the row's decision was made."""
    return datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC)
