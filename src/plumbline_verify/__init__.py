"""The verifier of evidence packs: one file, standard library only; a copy travels inside every pack."""
