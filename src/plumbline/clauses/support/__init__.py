"""Clause 7, Support: documented information."""
