"""Pages of the trail: entries, proofs, verification."""
