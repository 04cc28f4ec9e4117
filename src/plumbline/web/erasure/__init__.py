"""Pages of the erasure room."""
