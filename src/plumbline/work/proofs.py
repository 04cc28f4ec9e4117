"""What the tables of this room follow from: nothing, they say who works on what at this moment."""

from __future__ import annotations

from plumbline.trail.proofs import Declaration, NoProof

DECLARATIONS: tuple[Declaration, ...] = (
    NoProof("work.Lease", "Which process advances which stage now; it lapses by itself within a minute."),
)
