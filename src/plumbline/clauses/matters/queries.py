"""What `plumbline.clauses.deciding` asks of each record, read beforehand for many of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from django.db.models import prefetch_related_objects

from plumbline.clauses import deciding, queries
from plumbline.kernel import memo
from plumbline.records.models import Record, Revision

RELATED = ("nonconformity__system", "system", "corrective_actions")
"""Relations that say who has a part in a matter, for the kinds that have them."""
CHUNK = 10_000
"""Records whose relations are read in one query: SQLite takes no more than 32,766 parameters."""


def preload(records: Sequence[Record]) -> None:
    """Read what deciding about ``records`` asks for, within `memo.shared_reads`: in queries for each kind,
    not for each record."""
    systems: dict[int, Record] = {}
    for model, rows in groupby(sorted(records, key=lambda record: record.kind), key=type):
        of_model = list(rows)
        names = [name for name in RELATED if hasattr(model, name.partition("__")[0])]
        for start in range(0, len(of_model), CHUNK):
            prefetch_related_objects(of_model[start : start + CHUNK], *names)
        for record in of_model:
            system = getattr(getattr(record, "nonconformity", None) or record, "system", None)
            if system is not None:
                systems[system.pk] = system
            actions = getattr(record, "corrective_actions", None)
            if actions is not None:
                states = sorted((action.reference, action.state) for action in actions.all())
                memo.preload((queries.ACTIONS, record.reference), dict(states))
    _preload_owners(systems)


def _preload_owners(systems: dict[int, Record]) -> None:
    """Who owned each system in each of its revisions."""
    revisions: dict[int, list[tuple[int, datetime, int]]] = {key: [] for key in systems}
    rows = Revision.objects.filter(record_id__in=systems).order_by("record_id", "number")
    for key, number, at, leaf in rows.values_list("record_id", "number", "at", "leaf"):
        revisions[key].append((number, at, leaf))
    for key, found in revisions.items():
        memo.preload((deciding.REVISIONS, key), found)
    leaves = [leaf for found in revisions.values() for _, _, leaf in found]
    memo.preload(deciding.OWNERS, deciding.owners_at(leaves))
