"""The pages on which anybody raises a concern without a name, and reads what became of it (decision 61)."""
