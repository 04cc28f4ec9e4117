"""Entries of a register whose records were merged into others."""
