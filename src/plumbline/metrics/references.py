"""Taking a reference: the bins of each feature of a system in a period, as drift is measured against them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from plumbline.metrics.library.drift import binned, by_category, reference_categories, reference_edges
from plumbline.metrics.models import Reference, pack
from plumbline.telemetry.store.port import Numbers, Reader

Period = tuple[datetime, datetime]


def take(system: str, period: Period, store: Reader, *, point: int, since: datetime) -> list[Reference]:
    """The reference of each feature in ``period``; rows that are not kept yet. Empty where nothing came.

    ``point`` is the newest point when it is taken, ``since`` when its period is taken first.
    """
    rows = []
    for feature in store.features(system):
        values = store.values(system, feature.name, *period) if feature.numbers else np.empty(0)
        texts = store.categories(system, feature.name, *period) if feature.texts else {}
        if values.size or texts:
            named = {"system": system, "feature": feature.name, "start": period[0], "end": period[1]}
            rows.append(Reference(**named, **_binning(values, texts), point=point, since=since))
    return rows


def binning_of(store: Reader, system: str, feature: str, period: Period) -> dict[str, Any] | None:
    """The bins of the reference of one feature over ``period``; ``None`` where it has no values."""
    values = store.values(system, feature, *period)
    texts = store.categories(system, feature, *period)
    return {"categories": b"", **_binning(values, texts)} if values.size or texts else None


def _binning(values: Numbers, texts: Mapping[str, int]) -> dict[str, Any]:
    """Bins of the reference of one feature: by category when most of its values are text."""
    if sum(texts.values()) > values.size:
        categories = reference_categories(texts)
        bins = by_category(texts, categories, int(values.size))
        kept = json.dumps(categories).encode()
        return {"size": sum(bins), "edges": b"", "categories": kept, "bins": pack(bins)}
    edges = reference_edges(values)
    raw = edges.astype("<f8").tobytes()
    return {"size": int(values.size), "edges": raw, "bins": pack(binned(values, edges))}
