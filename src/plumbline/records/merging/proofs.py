"""What merges follow from: the entry that says so, and the one by which a proposal was dropped."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.identity import authors
from plumbline.records.merging.models import INTO, Merge
from plumbline.trail.commitments import queries as committed
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.entry_rows import EntryRows, span_of
from plumbline.trail.proofs import Declaration, Difference, Pass, Proof, without_entry, without_row

TABLE, DROPPED = "records.Merge", "record.merge-dropped"


def _expected(entry: CommittedEntry) -> dict[str, object]:
    return {
        "source": entry.subject["ref"],
        "revision": entry.subject["revision"],
        "target": entry.facts[INTO],
        **authors.of_actor(entry.view.actor),
    }


MERGES = EntryRows(
    table=TABLE,
    rows=lambda: Merge.objects.select_related("source", "target", "person"),
    types=frozenset({"record.moved", "record.merge-proposed"}),
    makes_row=lambda entry: INTO in entry.facts,
    expected=_expected,
    found=lambda row: {
        "source": row.source.reference,
        "revision": row.revision,
        "target": row.target.reference,
        **authors.of_row(row),
    },
    row=lambda row: f"merge of {row.source.reference} into {row.target.reference}",
)


def _check_dropped(start: int, stop: int) -> Iterator[Difference]:
    rows = list(MERGES.rows().filter(pk__gte=start, pk__lt=stop).exclude(dropped_leaf=None))
    entries = committed.at([row.dropped_leaf for row in rows])
    for row in rows:
        entry = entries.get(row.dropped_leaf)
        if entry is None or entry.view.entry_type != DROPPED or entry.facts["merge"] != row.leaf:
            yield without_entry(TABLE, f"end of {MERGES.row(row)}", row.dropped_leaf)


def _check_drops(start: int, stop: int) -> Iterator[Difference]:
    views = committed.between(start, stop, {DROPPED})
    dropped = set(
        Merge.objects.filter(dropped_leaf__gte=start, dropped_leaf__lt=stop).values_list(
            "dropped_leaf", flat=True
        )
    )
    for view in views:
        if view.index not in dropped:
            yield without_row(TABLE, view.subject_ref, view.index)


DECLARATIONS: tuple[Declaration, ...] = (
    Proof(
        TABLE,
        "Follows from the entry whose number it has: the step that ends the record, or that proposes it.",
        (
            *MERGES.passes(),
            Pass("dropped", lambda: span_of(Merge.objects.all()), _check_dropped),
            Pass("entries of drops", committed.log_span, _check_drops, step=2_000),
        ),
    ),
)
