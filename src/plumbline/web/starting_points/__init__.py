"""The library of starting points."""
