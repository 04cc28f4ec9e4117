"""Erasure entries, and what they name."""
