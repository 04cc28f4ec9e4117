"""Decisions of the past that took an authority, for the back-test of authority limits."""
