"""The records that go on in place of those that were merged into them. Nothing here writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plumbline.records.merging import queries as merging


def references(found: Mapping[str, str]) -> dict[str, str]:
    """``found``, references by key, each of the record that goes on."""
    into = merging.survivors(list(found.values()))
    return {key: into.get(reference, reference) for key, reference in found.items()}


def records(known: dict[str, Any], read: Callable[[Sequence[str]], Mapping[str, Any]]) -> dict[str, Any]:
    """``known``, records by key, each the one that goes on, which ``read`` gives by reference.

    One that two rows of a file would be about stands for the row that has its own key; the other row is
    about the record that has ended, and says so.
    """
    into = merging.survivors([record.reference for record in known.values()])
    if not into:
        return known
    others, own = read(list(into.values())), {record.reference for record in known.values()} - set(into)
    return {
        key: record
        if into.get(record.reference, record.reference) in own | {record.reference}
        else others.get(into[record.reference], record)
        for key, record in known.items()
    }
