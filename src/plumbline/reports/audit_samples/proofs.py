"""What populations, draws and marks follow from: the entry that each left."""

from __future__ import annotations

import json

from plumbline.reports.audit_samples.models import SampleDraw, SampleMark, SamplePopulation
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.entry_rows import EntryRows
from plumbline.trail.proofs import Declaration, Proof

POPULATION, DRAW, MARK = "reports.SamplePopulation", "reports.SampleDraw", "reports.SampleMark"


def _population(entry: CommittedEntry) -> dict[str, object]:
    names = ("about", "of", "wanted", "size", "whole")
    said: dict[str, object] = {name: entry.facts[name] for name in names}
    said |= {"only": entry.text("only")} if "only" in entry.openings else {}
    return {
        **said,
        "handle": entry.view.subject_ref,
        "actor": entry.view.actor,
        "digest": entry.facts["sha256"],
    }


POPULATIONS = EntryRows(
    table=POPULATION,
    rows=lambda: SamplePopulation.objects.all(),
    types=frozenset({"sample.committed"}),
    expected=_population,
    found=lambda row: {
        name: getattr(row, name)
        for name in ("about", "of", "wanted", "size", "whole", "only", "handle", "actor", "digest")
    },
    row=lambda row: str(row.handle),
)


def _draw(entry: CommittedEntry) -> dict[str, object]:
    said: dict[str, object] = {
        "handle": entry.view.subject_ref,
        "actor": entry.view.actor,
        "population": entry.facts["population"],
        "number": entry.facts["draw"],
    }
    if "seed" in entry.openings:
        said["seed"] = json.loads(entry.text("seed"))["seed"]
    return said | ({"reason": entry.text("reason")} if "reason" in entry.openings else {})


DRAWS = EntryRows(
    table=DRAW,
    rows=lambda: SampleDraw.objects.select_related("population"),
    types=frozenset({"sample.drawn"}),
    expected=_draw,
    found=lambda row: {
        "handle": row.population.handle,
        "actor": row.actor,
        "population": row.population.leaf,
        "number": row.number,
        "seed": row.seed,
        "reason": row.reason,
    },
    row=lambda row: f"{row.population.handle} {row.number}",
)


def _mark(entry: CommittedEntry) -> dict[str, object]:
    said: dict[str, object] = {
        "actor": entry.view.actor,
        "drawn": entry.facts["drawn"],
        "reference": entry.facts["record"],
        "mark": entry.facts["mark"],
    }
    return said | ({"note": entry.text("note")} if "note" in entry.openings else {})


MARKS = EntryRows(
    table=MARK,
    rows=lambda: SampleMark.objects.select_related("draw"),
    types=frozenset({"sample.marked"}),
    expected=_mark,
    found=lambda row: {
        "actor": row.actor,
        "drawn": row.draw.leaf,
        "reference": row.reference,
        "mark": row.mark,
        "note": row.note,
    },
    row=lambda row: f"{row.reference} {row.pk}",
)

DECLARATIONS: tuple[Declaration, ...] = (
    Proof(
        POPULATION,
        "Kind, size, digest and how many are wanted stand in the entry that commits to the population; its "
        "opening “only” is the filter, “population” the lines.",
        POPULATIONS.passes(),
    ),
    Proof(
        DRAW,
        "The entry of a draw names its population and number; the opening “seed” has the seed, “reason” why "
        "it was drawn again. What is drawn follows from the seed.",
        DRAWS.passes(),
    ),
    Proof(
        MARK,
        "The entry of a mark names the draw, the record and the mark; the opening “note” is its note.",
        MARKS.passes(),
    ),
)
