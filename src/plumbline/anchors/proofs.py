"""What the tables and files of anchors follow from."""

from __future__ import annotations

from plumbline.trail.proofs import Declaration, NoProof

DECLARATIONS: tuple[Declaration, ...] = (
    NoProof(
        "anchors.AnchorState",
        "When an anchor is tried next and why it failed last. What it has taken, and that it contradicts the "
        "trail, are entries.",
    ),
    NoProof(
        "anchors/git/*",
        "A copy of the git remote, made again from it at every push; the remote is what remembers.",
    ),
)
