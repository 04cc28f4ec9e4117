"""Secrets that open a door without a password."""
