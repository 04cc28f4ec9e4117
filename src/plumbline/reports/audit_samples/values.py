"""A sample as plain values, for API and command line."""

from __future__ import annotations

from typing import Any

from plumbline.kernel.clock import rfc3339
from plumbline.reports.audit_samples import lines
from plumbline.reports.audit_samples.queries import Draw, Item, Sample


def as_dict(sample: Sample) -> dict[str, Any]:
    """The population with its draws, items and marks; what anybody needs to draw again is in it."""
    row = sample.row
    return {
        "id": row.handle,
        "about": row.about,
        "of": row.of,
        "only": row.only,
        "wanted": row.wanted,
        "size": row.size,
        "sha256": row.digest,
        "whole": row.whole,
        "at": rfc3339(row.at),
        "by": sample.by,
        "entry": row.leaf,
        "populations": sample.repeated,
        "method": lines.METHOD,
        "draws": [_draw(sample, draw) for draw in sample.draws],
    }


def _draw(sample: Sample, draw: Draw) -> dict[str, Any]:
    return {
        "number": draw.row.number,
        "seed": draw.row.seed,
        "reason": draw.row.reason,
        "at": rfc3339(draw.row.at),
        "by": draw.by,
        "entry": draw.row.leaf,
        "counts": draw.counts,
        "evidence": str(sample.evidence(draw)),
        "items": [_item(item) for item in draw.items],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "place": item.place,
        "reference": item.line.reference,
        "revision": item.line.revision,
        "entry": item.line.entry,
        "title": item.title,
        "since": item.became,
        "mark": item.mark,
        "note": item.note,
        "by": item.by,
        "at": None if item.at is None else rfc3339(item.at),
    }
